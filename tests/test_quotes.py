"""Texts cut at their quotes."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from friendship.quotes import Passage, passages


def test_two_quotes_that_overlap() -> None:
    assert passages("abcdef", [(1, 4), (3, 5)]) == [
        Passage("a", (), (), ()),
        Passage("bc", ((1, 4),), ((1, 4),), ()),
        Passage("d", ((1, 4), (3, 5)), ((3, 5),), ((1, 4),)),
        Passage("e", ((3, 5),), (), ((3, 5),)),
        Passage("f", (), (), ()),
    ]


def test_a_quote_outside_the_text_is_left_out() -> None:
    assert passages("abc", [(1, 9), (2, 2), (-1, 2)]) == [Passage("abc", (), (), ())]


def test_an_empty_text() -> None:
    assert passages("", []) == []


@given(st.text(max_size=40), st.lists(st.tuples(st.integers(-2, 45), st.integers(-2, 45)), max_size=6))
def test_together_they_are_the_text_and_every_quote_is_whole(text: str, spans: list[tuple[int, int]]) -> None:
    cut = passages(text, spans)
    assert "".join(passage.text for passage in cut) == text
    for start, end in {span for span in spans if 0 <= span[0] < span[1] <= len(text)}:
        assert "".join(passage.text for passage in cut if (start, end) in passage.spans) == text[start:end]
