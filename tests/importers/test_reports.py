"""What an import came to, and what differs between the register and a list, in words."""

from __future__ import annotations

from typing import Any

import pytest
from django.utils import translation

from friendship.importers import reports
from friendship.importers.reports import difference
from friendship.models import ImportRow, ImportRun

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


@pytest.mark.django_db
def test_a_terminal_shows_some_rows_of_each_outcome_and_says_how_many_more(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reports, "_SHOWN", 2)
    run = ImportRun.objects.create(file_name="list.csv", content=b"", counts={"created": 1_000, "rejected": 3})
    for number in (4, 2, 3):
        ImportRow.objects.create(run=run, number=number, outcome="rejected", text=f"\x1b[2J{number}")
    ImportRow.objects.create(run=run, number=5, outcome="created", text="new")
    with translation.override("en"):
        counts, shown = [list(reports.as_table(run))[part] for part in (slice(6), slice(6, None))]
    assert [line.split()[:2] for line in counts] == [
        ["1,000", "created"],
        ["0", "updated"],
        ["0", "unchanged"],
        ["0", "duplicate"],
        ["0", "conflicting"],
        ["3", "rejected"],
    ]
    assert shown == [
        "",
        "Rejected",
        "        2    [�[2J2]",
        "        3    [�[2J3]",
        "…and 1 more: --report writes them all.",
    ]
