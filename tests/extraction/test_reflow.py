"""However a text is broken, spaced and set, the grammar reads the same in it; and it reads any text whatever."""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from hypothesis import example, given, settings
from hypothesis import strategies as st

from friendship.dates import PartialDate
from friendship.enums import RelationshipType
from friendship.extraction import read
from friendship.extraction.records import Quote, Reading
from tests.extraction.sentences import KNOWN_LIMITS, SENTENCES, Sentence, misquoted, said

_BREAKS = ["\n", "\n\n", "\r\n", " ", "  ", "\u3000", "\t", " \n\u3000", "\u00a0", "\u200b"]
_QUOTATION = '“”‘’"「」『』〝〞＂'
#: Each sign with the other width in which it is printed.
_WIDTHS = {
    **{chr(sign): chr(sign + 0xFEE0) for sign in (*range(ord("0"), ord("9") + 1), *range(ord("A"), ord("z") + 1))},
    **dict(zip(",;:()!?", "，；：（）！？", strict=True)),
    "。": "｡",
    "、": "､",
}
_WIDTHS |= {full: half for half, full in _WIDTHS.items()}
_TABLE = st.sampled_from((*SENTENCES, *KNOWN_LIMITS))


def _is_one_run(left: str, right: str) -> bool:
    """Whether a break between these two would split a number or a Latin word."""
    return all(
        sign.isdecimal() or (sign.isalpha() and unicodedata.normalize("NFKC", sign) < "\u0250")
        for sign in (left, right)
    )


@st.composite
def reflowed(draw: st.DrawFn) -> tuple[Sentence, str]:
    """A sentence of the table, and its text broken, spaced and set otherwise."""
    sentence = draw(_TABLE)
    signs = list(sentence.text)
    for place in draw(st.lists(st.integers(0, len(signs) - 1), max_size=12)):
        signs[place] = (
            draw(st.sampled_from(_QUOTATION)) if signs[place] in _QUOTATION else _WIDTHS.get(signs[place], signs[place])
        )
    for place in sorted(draw(st.sets(st.integers(0, len(signs)), max_size=12)), reverse=True):
        if 0 < place < len(signs) and _is_one_run(signs[place - 1], signs[place]):
            continue
        signs.insert(place, draw(st.sampled_from(_BREAKS)))
    return sentence, "".join(signs)


def without_layout(reading: Reading) -> list[Any]:
    """All that a reading says, its quotes without offsets, spaces, widths and quotation marks."""
    return [replace(each, evidence=Quote(_bare(each.evidence.quote), 0, 0)) for each in said(reading)]


def _bare(quote: str) -> str:
    one_width = unicodedata.normalize("NFKC", quote)
    return "".join(sign for sign in one_width if not sign.isspace() and sign not in _QUOTATION + "\u200b")


@settings(max_examples=400, deadline=None)
@given(reflowed())
def test_reflowing_a_text_changes_nothing(example: tuple[Sentence, str]) -> None:
    sentence, text = example
    reading = sentence.read(text)
    assert without_layout(reading) == without_layout(sentence.read())
    assert misquoted(reading, text) == []


@settings(max_examples=100, deadline=None)
@given(_TABLE, st.sampled_from(_BREAKS))
@example(next(each for each in SENTENCES if each.id == "list-numbered-full-stop"), " ")
def test_a_break_after_every_sign_changes_nothing(sentence: Sentence, between: str) -> None:
    text = _broken_everywhere(sentence.text, between)
    assert without_layout(sentence.read(text)) == without_layout(sentence.read())


def _broken_everywhere(text: str, between: str) -> str:
    pairs = zip(text, text[1:] + text[-1:], strict=True)
    return "".join(sign if _is_one_run(sign, following) else sign + between for sign, following in pairs)


@settings(max_examples=100, deadline=None)
@given(_TABLE, st.sampled_from([lambda sign: _WIDTHS.get(sign, sign), lambda sign: "" if sign in _QUOTATION else sign]))
def test_another_setting_throughout_changes_nothing(sentence: Sentence, set_as: Callable[[str], str]) -> None:
    text = "".join(map(set_as, sentence.text))
    assert without_layout(sentence.read(text)) == without_layout(sentence.read())


# --- any text whatever ----------------------------------------------------------------------------------------------

_WORDS = """友好城市 友好省州关系 国际友城 友好合作关系 友好交流城市 备忘录 意向书 协议书 结为 缔结 建立 签署 结好
    解除 终止 暂停 将 拟 已 与 和 同 分别与 以及 等 双方 两市 该市 该州 我市 我省 全省各级 市本级 各县(市、区)
    四川省 绵阳 凉山州 元江县 歙县 日本 美国 芬兰共和国 华盛顿州 清迈府 庆尚南道 布里恩茨市 布拉格 四日市市
    2019年4月25日 二〇〇八年 5月21日 去年 次年 三年前 昨日 截至 40周年 九十九年 9999年 前 后 起 至
    119对 约90个 第34个 81个国家 440个 突破 余 第 对 个 十百千 大学 港 公司 中国 我国 香港 台北市
    、 , 。 ; : 《 》 〈 ( ) “ ” - · ? ! ① ㎞""".split()


@st.composite
def scraps(draw: st.DrawFn) -> str:
    """A piece of a sentence of the table, cut anywhere: it goes deeper into the grammar than chance does."""
    text = draw(_TABLE).text
    start = draw(st.integers(0, len(text)))
    return text[start : draw(st.integers(start, len(text)))]


_ANY_TEXT = st.lists(
    st.one_of(
        st.sampled_from(_WORDS),
        scraps(),
        st.text(st.characters(min_codepoint=0x4E00, max_codepoint=0x9FFF), max_size=4),
        st.text(max_size=4),
    ),
    max_size=40,
).map("".join)
_PUBLISHED = st.one_of(
    st.none(),
    st.dates().map(lambda day: PartialDate(day.year, day.month, day.day)),
    st.integers(1, 9999).map(PartialDate),
)


@settings(max_examples=600, deadline=None)
@example("2000年,宁波市与日本长冈京市结好2000周年。", None, "")  # the year 0 is no year
@example("宁波市与日本长冈京市结好19周年。", PartialDate(5), "")  # nor is one before it
@given(_ANY_TEXT, _PUBLISHED, st.sampled_from(["", "绵阳市", "四川", "无此地", "市"]))
def test_any_text_gives_a_reading(text: str, published: PartialDate | None, home: str) -> None:
    reading = read(text, published, home)
    assert isinstance(reading, Reading)
    assert misquoted(reading, text) == []
    for tie in reading.ties:
        assert tie.type in RelationshipType.values
        assert tie.status in {"active", "planned", "suspended", "terminated"}
        assert tie.home.level in {"province", "municipality", "prefecture", "county", "district"}
        assert (tie.partner.country is None) == (tie.partner.iso2 is None)
        assert [date for date in (tie.date, tie.ended) if date and PartialDate.parse(date).iso != date] == []
    json.dumps(reading.as_json())
