"""Commands for Wikidata: exact lines, only what Wikidata means by its words, nothing that breaks a line."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.core.management import call_command
from django.test import Client

from friendship import queries
from friendship.models import Relationship
from friendship.queries import Criteria
from tests import builders
from tests.exporters.register import empty, written

pytestmark = pytest.mark.django_db

COMMAND = re.compile(
    r"Q\d+\tP190\tQ\d+(?:\tP58[02]\t(?:\+\d{4}-\d{2}-\d{2}T00:00:00Z/(?:9|10|11)|somevalue))*"
    r'(?:\t!?S854\t"[\x21\x23-\x7e]+")*'
)


def twinned(number: int = 1, **fields: Any) -> Relationship:
    """A sister tie between items Q10 and Q20, or Q30 and Q40."""
    home = builders.place(f"home-{number}", wikidata_id=f"Q{number}0")
    partner = builders.place(f"partner-{number}", wikidata_id=f"Q{number + 10}0")
    return builders.tie(home, partner, **fields)


def commands(**criteria: Any) -> list[str]:
    """The lines of the file."""
    text = written("quickstatements", Criteria(**criteria)).decode()
    assert text == "".join(f"{line}\n" for line in text.splitlines())
    return text.splitlines()


@pytest.fixture(autouse=True)
def no_ties() -> None:
    empty()


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({}, ""),
        ({"founded_year": 1985}, "\tP580\t+1985-00-00T00:00:00Z/9"),
        ({"founded_year": 1985, "founded_month": 10}, "\tP580\t+1985-10-00T00:00:00Z/10"),
        (
            {"founded_year": 1985, "founded_month": 10, "founded_day": 3},
            "\tP580\t+1985-10-03T00:00:00Z/11",
        ),
        ({"founded_year": 794}, "\tP580\t+0794-00-00T00:00:00Z/9"),
        (
            {"founded_year": 1985, "ended_year": 2022, "ended_month": 3, "status": "ended"},
            "\tP580\t+1985-00-00T00:00:00Z/9\tP582\t+2022-03-00T00:00:00Z/10",
        ),
        ({"status": "ended"}, "\tP582\tsomevalue"),
    ],
)
def test_a_tie_is_said_on_both_items_as_precisely_as_it_is_known(fields: dict[str, Any], said: str) -> None:
    twinned(**fields)
    assert commands() == [f"Q10\tP190\tQ110{said}", f"Q110\tP190\tQ10{said}"]


def test_each_web_address_of_a_source_is_a_reference() -> None:
    tie = twinned()
    builders.evidence(tie, builders.source("b", url="https://b.example.org/one page?q=“a”\tb"))
    builders.evidence(tie, builders.source("a", url="https://a.example.org/?x=1&y=%20"))
    builders.evidence(tie, builders.source("a"), claim="status")
    builders.evidence(tie, builders.source("unprinted"))
    builders.evidence(tie, builders.source("c", url="https://a.example.org/?x=1&y=%20"))
    assert commands()[0] == (
        'Q10\tP190\tQ110\tS854\t"https://a.example.org/?x=1&y=%20"'
        '\t!S854\t"https://b.example.org/one%20page?q=%E2%80%9Ca%E2%80%9D%09b"'
    )


@pytest.mark.parametrize("kind", ["cooperation", "exchange", "intent", "other"])
def test_only_sister_ties_are_twinned(kind: str) -> None:
    twinned(type=kind)
    assert commands() == []


@pytest.mark.parametrize("item", ["", "Q", "q10", "Q0", "Q10\tP1", "P190", " Q10", "Q１"])
def test_only_with_an_item_on_each_side(item: str) -> None:
    home = builders.place("home", wikidata_id=item)
    builders.tie(home, builders.place("partner", wikidata_id="Q20"))
    assert commands() == []


def test_an_item_is_not_twinned_with_itself() -> None:
    builders.tie(builders.place("home", wikidata_id="Q20"), builders.place("partner", wikidata_id="Q20"))
    assert commands() == []


def test_drafts_are_left_out_and_the_filters_apply() -> None:
    twinned(1, founded_year=1985)
    twinned(2, founded_year=1999)
    twinned(3, founded_year=1999, review_state="draft")
    assert [line.split("\t")[0] for line in commands()] == ["Q10", "Q110", "Q20", "Q120"]
    assert [line.split("\t")[0] for line in commands(founded_after=1990)] == ["Q20", "Q120"]


def test_the_door_and_the_command_give_the_same(client: Client, capfdbinary: Any) -> None:
    twinned(1, founded_year=1985)
    twinned(2, founded_year=1999)
    response = client.get("/relationships.quickstatements?founded_before=1990")
    said = b"".join(response)
    assert said == b"Q10\tP190\tQ110\tP580\t+1985-00-00T00:00:00Z/9\nQ110\tP190\tQ10\tP580\t+1985-00-00T00:00:00Z/9\n"
    assert response["Content-Type"] == "text/plain; charset=utf-8"
    call_command("export_relationships", "founded_before=1990", format="quickstatements")
    assert capfdbinary.readouterr().out == said
    refused = client.get("/relationships.quickstatements?type=cousin")
    assert (refused.status_code, b"cousin" in refused.content) == (400, True)


def test_a_list_of_every_kind_is_well_formed() -> None:
    from friendship import synthetic

    synthetic.generate(300, seed=4)
    for number, place in enumerate(queries.all_places()):
        place.wikidata_id = f"Q{number + 1}"
        place.save()
    lines = commands()
    assert len(lines) > 100
    assert [line for line in lines if not COMMAND.fullmatch(line)] == []
    pairs = {tuple(line.split("\t")[:3]) for line in lines}
    assert {(partner, link, home) for home, link, partner in pairs} == pairs
