"""Every sentence of the table is read exactly: all that it tells, and nothing more."""

from __future__ import annotations

from collections import Counter

import pytest

from friendship.extraction.records import Reading
from tests.extraction.sentences import KNOWN_LIMITS, SENTENCES, Sentence, answer


@pytest.mark.parametrize("sentence", SENTENCES, ids=lambda sentence: sentence.id)
def test_sentence(sentence: Sentence) -> None:
    reading = sentence.read()
    assert answer(reading) == sentence.answer
    assert misquoted(reading, sentence.text) == []


@pytest.mark.parametrize(
    "sentence",
    [pytest.param(sentence, id=sentence.id, marks=pytest.mark.xfail(strict=True)) for sentence in KNOWN_LIMITS],
)
def test_known_limit(sentence: Sentence) -> None:
    """One that passes has been repaired: move it to sentences.txt, and out of docs/extraction.md."""
    assert answer(sentence.read()) == sentence.answer


def misquoted(reading: Reading, text: str) -> list[str]:
    """The quotes that are not the words of ``text`` at their offsets."""
    quotes = [said.evidence for said in (*reading.ties, *reading.totals)]
    return [quote.quote for quote in quotes if not quote.quote or text[quote.start : quote.end] != quote.quote]


def test_the_table_is_large_and_its_names_are_unique() -> None:
    names = Counter(sentence.id for sentence in (*SENTENCES, *KNOWN_LIMITS))
    assert [name for name, count in names.items() if count > 1] == []
    assert len(SENTENCES) >= 170
