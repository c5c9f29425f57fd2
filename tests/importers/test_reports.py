"""What differs between the register and a list, in words."""

from __future__ import annotations

from typing import Any

import pytest
from django.utils import translation

from friendship.importers.reports import difference

FOUNDED = {"field": "founded", "held": "1982-10", "given": "1983"}


@pytest.mark.parametrize(
    ("item", "said"),
    [
        (
            {**FOUNDED, "sources": ["a list", "a book"]},
            "Date established: the register holds October 1982 (a list, a book), the list gives 1983.",
        ),
        ({**FOUNDED, "sources": []}, "Date established: the register holds October 1982, the list gives 1983."),
        ({**FOUNDED, "given": None}, "Date established: the register holds October 1982, the list gives —."),
        ({**FOUNDED, "held": None}, "Date established: the list adds 1983."),
        ({"field": "note_en", "held": "", "given": "twins"}, "Note in English: the list adds twins."),
    ],
)
def test_a_difference_in_words(item: dict[str, Any], said: str) -> None:
    with translation.override("en"):
        assert difference(item) == said
