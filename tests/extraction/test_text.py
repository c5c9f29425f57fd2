"""A text brought into one line, and the way back to the text as given."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from friendship.extraction.records import Quote
from friendship.extraction.text import flatten, sentences


@pytest.mark.parametrize(
    ("source", "line"),
    [
        ("", ""),
        (" \u3000\n", ""),
        ("扬\n\n州 市\u3000与\r\n里米尼", "扬州市与里米尼"),
        ("２００４年,Ａ", "2004年,A"),
        ("20 18年1 2月3 0日", "2018年12月30日"),  # a scan breaks within a year or a day
        ("19\n98年", "1998年"),
        ("3 5", "3 5"),  # two numbers
        ("New   York 市", "New York市"),
        ('“友城”「友城」『友城』"友城"', "友城友城友城友城"),
        ("上海——大阪", "上海-大阪"),
        ("上海—大阪－东京", "上海-大阪-东京"),
        ("圣路易斯•波托西・A", "圣路易斯·波托西·A"),
        ("〔省州〕［省州］【省州】", "(省州)(省州)(省州)"),
        ("〈协议〉＜协议＞", "《协议》《协议》"),
        ("A市、B市﹑C市､D市", "A市、B市、C市、D市"),
        ("3.5万.结好.", "3.5万。结好。"),
        ("结好…", "结好。"),
        ("①武汉②长沙", "、武汉、长沙"),
        ("㎞", "km"),
        ("武\u200b汉\ufeff市\x07", "武汉市"),
        ("二○○八年", "二〇〇八年"),
    ],
)
def test_one_line_and_one_width(source: str, line: str) -> None:
    assert flatten(source).line == line


def test_every_sign_knows_where_it_stood() -> None:
    assert flatten("“扬\n州” ２㎞").offsets == (1, 3, 6, 7, 7)


def test_a_quote_is_verbatim_with_its_breaks() -> None:
    text = flatten("昨日,扬\n州 市与里米尼市结好。")
    start = text.line.index("扬州市")
    assert text.quote(start, start + 3) == Quote("扬\n州 市", 3, 8)


def test_a_quote_of_a_sign_that_unfolds_is_the_sign() -> None:
    assert flatten("共5㎞长").quote(2, 3) == Quote("㎞", 2, 3)


@given(st.text())
def test_offsets_rise_and_quote_the_source(source: str) -> None:
    text = flatten(source)
    assert len(text.offsets) == len(text.line)
    assert list(text.offsets) == sorted(text.offsets)
    if text.line:
        quote = text.quote(0, len(text.line))
        assert source[quote.start : quote.end] == quote.quote


def test_sentences_keep_their_marks() -> None:
    line = "甲。乙!?丙;丁"
    assert [line[start:end] for start, end in sentences(line)] == ["甲。", "乙!?", "丙;丁"]
