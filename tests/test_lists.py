"""The generated lists: the same for the same seed, and read as what they are."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable

import pytest

from friendship.importers.reading import read
from tests import lists
from tests.lists import Quirk

COUNT = 300
NO_LABEL = "%(field)s: %(item)s has no label in Chinese or English."
BLANK_NODE = "%(field)s is a blank node: Wikidata knows that there is one, and not which."
MAKERS: list[tuple[str, Callable[[int, int], bytes]]] = [
    ("pairs", lists.pairs),
    ("cpaffc", lists.cpaffc),
    ("wikidata", lists.wikidata),
    ("wikidata", lambda count, seed: lists.wikidata(count, seed, "csv")),
    ("wikidata", lambda count, seed: lists.wikidata(count, seed, "tsv")),
    ("office", lists.office),
    ("office", lambda count, seed: lists.office(count, seed, "xlsx")),
]


@pytest.mark.parametrize(("name", "made"), MAKERS)
def test_every_row_is_read(name: str, made: Callable[[int, int], bytes]) -> None:
    listing = read(made(COUNT, 1), "list")
    assert listing.format == name
    assert len(listing.records) == COUNT
    wrong = Counter(record.wrong.text for record in listing.records if record.wrong)
    assert wrong == ({NO_LABEL: 1} if name == "wikidata" else {})
    assert all(record.quote for record in listing.records)


@pytest.mark.parametrize("form", ["json", "csv", "tsv"])
def test_wikidata_has_blank_nodes_as_well(form: str) -> None:
    records = read(lists.wikidata(2 * COUNT, 1, form), "list").records  # type: ignore[arg-type]
    assert Counter(record.wrong.text for record in records if record.wrong) == {NO_LABEL: 1, BLANK_NODE: 1}


@pytest.mark.parametrize(("name", "made"), MAKERS)
def test_the_same_seed_gives_the_same_file(name: str, made: Callable[[int, int], bytes]) -> None:
    assert made(COUNT, 1) == made(COUNT, 1)
    assert made(COUNT, 1) != made(COUNT, 2)


def test_all_forms_tell_the_same_ties() -> None:
    told = [
        [(record.home, record.partner, record.founded) for record in read(lists.wikidata(COUNT, 1, form), "").records]
        for form in ("json", "csv", "tsv")
    ]
    assert told[0] == told[1] == told[2]


def test_quirks_take_turns() -> None:
    quirks = [tie.quirk for tie in lists.ties(COUNT, 1)]
    assert [quirk for quirk in quirks if quirk] == list(Quirk)
    assert [row for row, quirk in enumerate(quirks, start=1) if quirk] == [50, 100, 150, 200, 250, 300]


def test_ties_without_a_quirk_are_all_different() -> None:
    pairs = [frozenset({tie.home.number, tie.partner.number}) for tie in lists.ties(2_000, 1) if not tie.quirk]
    assert len(pairs) == 1_960
    assert len(set(pairs)) == 1_960


def test_ties_from_china_lead_abroad() -> None:
    ties = [tie for tie in lists.ties(COUNT, 1, from_china=True) if not tie.quirk]
    assert {tie.home.country_en for tie in ties} == {"China"}
    assert "China" not in {tie.partner.country_en for tie in ties}
