"""Types, statuses and levels as lists write them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from friendship.enums import Level, RelationshipType, Status
from friendship.importers import wording
from friendship.importers.records import Reason
from friendship.importers.wording import level_of, status_of, type_of


@pytest.mark.parametrize(
    ("code", "words"),
    [
        (
            "sister",
            "友好城市|国际友城|友好城市关系|友好省州|友好省州关系|友好省、州|友好省—州关系|友好省道|友好省县|友好县|友好市",
        ),
        (
            "sister",
            "姐妹城市|姉妹都市|友好都市|sister cities|Sister State|twinned|Twin Town|twinned administrative body",
        ),
        ("sister", "jumelage|Städtepartnerschaft|자매결연|友好城市协议书"),
        (
            "cooperation",
            "友好合作|友好合作关系|友好合作城市|合作备忘录|友好合作备忘录|友好交流合作关系|友好合作交流城市",
        ),
        ("cooperation", "friendly cooperation city|friendship cooperation"),
        ("exchange", "友好交流|友好交流城市|友好交流往来城市|交流关系|friendly exchange city|우호교류"),
        ("intent", "意向|意向书|结好意向书|友好城市意向书|letters of intent|LOI"),
        ("other", "边境友好村寨|备忘录|友好港|友好学校|friendship city|Kontakt|x"),
    ],
)
def test_a_word_of_a_list_is_kept_beside_its_code(code: str, words: str) -> None:
    assert {word: type_of(word) for word in words.split("|")} == {word: (code, word) for word in words.split("|")}


@pytest.mark.parametrize(
    ("written", "printed", "unknown"),
    [
        ("奇怪类型", "", "奇怪类型"),
        (" 国际友好诚市 ", "", "国际友好诚市"),
        ("", "x", "x"),
        ("备忘录", "", "备忘录"),
        ("sister", "奇怪类型", ""),
        ("其他", "", ""),
        ("friendship city", "", ""),
        ("边境友好村寨", "", ""),
        ("友好城市", "", ""),
        ("结好", "", ""),
        ("无", "-", ""),
        ("", "", ""),
    ],
)
def test_a_word_that_nobody_knows_is_told_apart_from_another_type(written: str, printed: str, unknown: str) -> None:
    assert wording.unknown_type(written, printed) == unknown


@pytest.mark.parametrize("word", ["结好", "友好结对"])
def test_a_word_that_says_only_that_there_is_a_tie_names_no_type(word: str) -> None:
    assert (type_of(word), type_of("", word)) == (("", word), ("", word))


@pytest.mark.parametrize("kind", RelationshipType)
def test_codes_and_labels_are_ours_and_leave_no_word(kind: RelationshipType) -> None:
    assert [type_of(kind.value), type_of(str(kind.label)), type_of(kind.value.upper())] == [(kind.value, "")] * 3


@pytest.mark.parametrize(
    ("label", "code"),
    [
        ("国际友好城市", "sister"),
        ("国际友好合作关系", "cooperation"),
        ("友好交流关系", "exchange"),
        ("结好意向", "intent"),
        ("其他", "other"),
    ],
)
def test_labels_in_chinese_are_ours(label: str, code: str) -> None:
    assert type_of(label) == (code, "")


@pytest.mark.parametrize("nothing", ["", " ", "-", "—", "无", "N/A"])
def test_no_type_and_no_status(nothing: str) -> None:
    assert (type_of(nothing), status_of(nothing), level_of(nothing)) == (("", ""), "", "")


def test_a_printed_word_stays_beside_a_code() -> None:
    assert type_of("sister", "友好省州关系") == ("sister", "友好省州关系")
    assert type_of("", "友好合作城市") == ("cooperation", "友好合作城市")


def test_a_type_that_no_column_holds_is_refused() -> None:
    assert type_of("友" * 101) == Reason(wording.LONG_TYPE, {"text": "友" * 100, "limit": 100})


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("active", "active|Active|有效|正常|活跃|current"),
        ("suspended", "suspended|暂停|中止|on hold"),
        ("ended", "ended|已终止|终止|解除|已结束|terminated"),
        ("unknown", "unknown|not verified|未核实|不详"),
    ],
)
def test_a_status_in_words(code: str, words: str) -> None:
    assert {word: status_of(word) for word in words.split("|")} == dict.fromkeys(words.split("|"), code)


def test_an_unknown_status_is_named() -> None:
    assert status_of("搁置") == Reason(wording.UNKNOWN_STATUS, {"text": "搁置"})


@pytest.mark.parametrize(
    ("word", "code"), [("province", "province"), ("省级", "province"), ("地级市", "city"), ("县", "county")]
)
def test_a_level_of_a_column(word: str, code: str) -> None:
    assert level_of(word) == code


def test_an_unknown_level_is_named() -> None:
    assert level_of("planet") == Reason(wording.UNKNOWN_LEVEL, {"text": "planet"})


@given(st.text(max_size=120))
def test_no_text_is_an_error(text: str) -> None:
    kind = type_of(text)
    assert isinstance(kind, Reason) or kind[0] in {"", *RelationshipType.values}
    assert isinstance(status_of(text), Reason) or status_of(text) in {"", *Status.values}
    assert isinstance(level_of(text), Reason) or level_of(text) in {"", *Level.values}
