"""The passages are read as well as they were: a change of the grammar that loses something says what."""

from __future__ import annotations

import pytest

from tests.extraction.measuring import Counts, measured, passages, sets

#: Right, wrong and missed of pairs, types, dates and totals; docs/extraction.md tells what they mean.
READ = {
    "a": {
        "pair": Counts(132, 2, 7),
        "type": Counts(134, 3, 9),
        "date": Counts(132, 5, 11),
        "country": Counts(135, 0, 0),
        "total": Counts(22, 1, 0),
    },
    "b": {
        "pair": Counts(117, 0, 4),
        "type": Counts(120, 0, 4),
        "date": Counts(117, 3, 7),
        "country": Counts(120, 0, 0),
        "total": Counts(19, 0, 0),
    },
    "c": {
        "pair": Counts(93, 1, 3),
        "type": Counts(93, 3, 5),
        "date": Counts(94, 2, 4),
        "country": Counts(95, 0, 0),
        "total": Counts(18, 0, 0),
    },
    "d": {
        "pair": Counts(112, 2, 2),
        "type": Counts(117, 2, 2),
        "date": Counts(116, 3, 3),
        "country": Counts(117, 0, 0),
        "total": Counts(17, 0, 0),
    },
    "e": {
        "pair": Counts(136, 1, 0),
        "type": Counts(139, 1, 0),
        "date": Counts(137, 3, 2),
        "country": Counts(139, 0, 0),
        "total": Counts(17, 0, 0),
    },
    "f": {
        "pair": Counts(164, 0, 6),
        "type": Counts(165, 0, 7),
        "date": Counts(165, 0, 7),
        "country": Counts(164, 1, 0),
        "total": Counts(35, 0, 0),
    },
    "g": {
        "pair": Counts(132, 4, 9),
        "type": Counts(134, 4, 9),
        "date": Counts(132, 6, 11),
        "country": Counts(134, 0, 0),
        "total": Counts(34, 0, 0),
    },
}


@pytest.mark.parametrize("name", sets())
def test_a_set_is_read_as_well_as_it_was(name: str) -> None:
    counts = measured(passages(name))
    assert {what: counts[what] for what in READ[name]} == READ[name]


def test_counts_of_a_made_up_answer() -> None:
    [passage] = [passage for passage in passages("c") if passage["id"] == "C001"]
    wrong = [{**passage["records"][0], "partner": {"name": "乌有市", "iso2": "FR"}}]
    missed = measured([{**passage, "records": wrong, "totals": []}])
    assert (missed["pair"].right, missed["pair"].wrong, missed["pair"].missed) == (0, 1, 1)
    assert missed["pair"].f1 == 0.0
