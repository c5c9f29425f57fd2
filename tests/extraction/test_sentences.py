"""Every sentence of the table is read exactly: all that it tells, and nothing more."""

from __future__ import annotations

from collections import Counter

import pytest

from tests.extraction.sentences import KNOWN_LIMITS, SENTENCES, Sentence, answer, misquoted


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


def test_the_table_is_large_and_its_names_are_unique() -> None:
    names = Counter(sentence.id for sentence in (*SENTENCES, *KNOWN_LIMITS))
    assert [name for name, count in names.items() if count > 1] == []
    assert len(SENTENCES) >= 170
