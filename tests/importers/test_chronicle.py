"""Chronicles: dates and words out of markup, plain text and JSON; nothing of a script is left."""

from __future__ import annotations

import time
from typing import Any

import pytest

from friendship.importers import chronicle


@pytest.mark.parametrize(
    ("markup", "words"),
    [
        ("<p>一</p><p>二</p>", "一\n二"),
        ("一<br/>二<BR>三", "一\n二\n三"),
        ("<b>绵</b><i>阳</i>", "绵阳"),
        ("前<script>alert('<b>')</script>后", "前\n后"),
        ("前<STYLE type=a>p{}</style >后", "前\n后"),
        ("前<script>never closed", "前"),
        ("&lt;p&gt;逃&lt;/p&gt;&lt;script&gt;x&lt;/script&gt;", "逃"),
        ("&amp;lt;script&amp;gt;x&amp;lt;/script&amp;gt;后", "后"),
        ("<img src=x onerror=alert(1)>图", "图"),
        ("3 < 5 &amp; 7 > 2", "3 < 5 & 7 > 2"),
        ("前<script src=x", "前"),
        ("前<img onerror=1 <b>后", "前\n后"),
        ("<!-- <b>注</b> -->后", "注 -->后"),
        ("a &lt; b", "a < b"),
        ("一\u3000\n\n 二 ", "一\n二"),
    ],
)
def test_markup_becomes_words(markup: str, words: str) -> None:
    assert chronicle.plain(markup) == words


@pytest.mark.parametrize(
    ("value", "lines"),
    [
        ("1985年4月1日：访问。\n1986.5 签署", [("1985年4月1日", "访问。"), ("1986.5", "签署")]),
        ("1985-04-01、访问", [("1985-04-01", "访问")]),
        ("1985 访问", [("1985", "访问")]),
        ("<h4>2001年</h4><p>访问</p>", [("2001年", "访问")]),
        ("2001年\n2002年\n访问", [("2001年", ""), ("2002年", "访问")]),
        ("访问\n2001年", [("", "访问"), ("2001年", "")]),
        ("只有文字", [("", "只有文字")]),
        ("1985名学生来访", [("", "1985名学生来访")]),
        ([{"id": 9, "date": "1999-01-02", "title": "访问", "url": "https://example.org"}], [("1999-01-02", "访问")]),
        ([{"content": "<p>1999年：访问</p>"}, "2000年 回访", 7, None], [("1999年", "访问"), ("2000年", "回访")]),
        ('[{"nian": 1999, "year": 2001, "nr": "访问"}]', [("2001", "访问")]),
        ("[不是 JSON", [("", "[不是 JSON")]),
        ("[" * 15_000, [("", "[" * 15_000)]),
        ({"time": "1999", "text": "访问"}, [("1999", "访问")]),
        (None, []),
        (17, []),
        ("", []),
        ([[["nested"]]], []),
    ],
)
def test_lines_and_their_dates(value: Any, lines: list[tuple[str, str]]) -> None:
    assert list(chronicle.lines(value)) == lines


def test_a_chronicle_without_end_is_cut() -> None:
    assert len(list(chronicle.lines("1999年 访问\n" * 100_000))) == 200
    assert len(list(chronicle.lines(["1999年 访问"] * 100_000))) == 200


def test_hostile_markup_takes_no_time() -> None:
    begun = time.perf_counter()
    for piece in ("<", "<script>", "<a ", "&lt;", "<!--", "1999-"):
        list(chronicle.lines(piece * 1_000_000))
    assert time.perf_counter() - begun < 5
