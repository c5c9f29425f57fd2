"""What an import would do: the outcome of each row, and what would be written."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from friendship.curation.imports import load
from friendship.dates import PartialDate
from friendship.importers import faults, planning
from friendship.importers.planning import Plan, Row, plan, plan_understood
from friendship.importers.records import Happening, Listing, Piece, Publication, Reason, Record, Side
from friendship.importers.understanding import WITH_ITSELF, Meant, Named
from friendship.models import Country, Evidence, Place, Relationship, Source
from tests import builders

pytestmark = pytest.mark.django_db

Pair = tuple[Record, Meant | Reason]
ONE, TWO = Named("CN", name_en="One"), Named("CN", name_en="Two")


def listed(number: int = 2, home: Named = ONE, partner: Named = TWO, **said: Any) -> Pair:
    """A row that a list understood: ``said`` goes to what is meant, and what only the record knows to the record."""
    own = {name: said.pop(name) for name in ("note_zh", "note_en", "id", "evidence", "events") if name in said}
    dates: dict[str, Any] = {name: PartialDate.parse(said.pop(name)) for name in ("founded", "ended") if name in said}
    return Record(number, quote=f"row {number}", **own), Meant(home, partner, **said, **dates)


def the_list() -> Source:
    return Source(slug="the-list", title="The list", publisher="Test Press", kind="official", language="en")


def planned(*rows: Pair, publications: Iterable[Publication] = (), **options: Any) -> Plan:
    listing = Listing("pairs", [record for record, _meant in rows], tuple(publications))
    known = {"source": Source.objects.filter(slug="the-list").first() or the_list(), "default_type": "sister"}
    return plan_understood(listing, rows, **{"publish": False, **known, **options})


def loaded(*rows: Pair, **options: Any) -> Plan:
    found = planned(*rows, **options)
    load(found.load, actor=None, reason="import/1")
    return found


def outcomes(found: Plan) -> list[tuple[str, str]]:
    return [(str(row.outcome), row.reason.text if row.reason else "") for row in found.rows]


def only(found: Plan) -> Row:
    assert len(found.rows) == 1
    return found.rows[0]


def said(found: Plan) -> list[tuple[str, str, str, str, str]]:
    """The evidence that would be added."""
    return [(piece.source.slug, piece.claim, piece.value, piece.strength, piece.quote) for piece in found.load.evidence]


def held(**fields: Any) -> Relationship:
    """A tie of the register between One and Two, by a newspaper."""
    row = builders.tie(**fields)
    builders.evidence(row)
    return row


# --- rows that cannot be used -----------------------------------------------------------------------------------------


def test_a_row_that_nobody_understands_is_rejected_in_its_own_words() -> None:
    record = Record(
        7, Side(name="A\0", country="X", within=(Side(name_zh="乙"),)), Side(name_en="B"), quote="A\ud800 | B"
    )
    row = only(planned((record, Reason("Because of %(text)s.", {"text": "\0", "count": 1}))))
    assert (row.number, row.outcome, row.text, row.home, row.partner) == (7, "rejected", "A� | B", "A�, 乙, X", "B")
    assert row.reason == Reason("Because of %(text)s.", {"text": "�", "count": 1})
    assert row.relationship is None


def test_what_the_format_saw_comes_first() -> None:
    listing = Listing("pairs", [Record(2, wrong=Reason("Broken off."))])
    found = plan(listing, source=the_list(), default_type="sister", publish=False)
    assert outcomes(found) == [("rejected", "Broken off.")]


@pytest.mark.parametrize(
    ("row", "text"),
    [
        (listed(founded="1990", ended="1980"), faults.ENDS_FIRST),
        (listed(home=Named("CN", name_zh="长" * 101)), "Chinese name: at most %(most)d characters."),
        (listed(home=Named("CN", name_en="x" * 101)), "English name: at most %(most)d characters."),
        (listed(home=replace(ONE, official_code="1" * 13)), "Official code: at most %(most)d characters."),
        (listed(home=replace(ONE, wikidata_id="Q" * 17)), "Wikidata item: at most %(most)d characters."),
        (
            listed(home=replace(ONE, within=(Named("CN", name_en="x" * 101),))),
            "English name: at most %(most)d characters.",
        ),
        (
            listed(home=replace(ONE, slug="../one")),
            "Address: “%(slug)s” may hold only letters, digits, hyphens and underscores, at most %(most)d.",
        ),
        (listed(home=Named("CN")), "Name: give a Chinese or an English name."),
        (
            listed(home=replace(ONE, latitude=91.0, longitude=0.0)),
            "Latitude: must lie between -90 and 90 degrees.",
        ),
        (
            listed(home=replace(ONE, latitude=float("nan"), longitude=0.0)),
            "Latitude: must lie between -90 and 90 degrees.",
        ),
        (
            listed(home=replace(ONE, latitude=0.0, longitude=181.0)),
            "Longitude: must lie between -180 and 180 degrees.",
        ),
        (listed(home=replace(ONE, latitude=1.0)), "Latitude and longitude: give both or neither."),
        (listed(type="cousin"), "Type: choose one from the list."),
        (listed(status="lost"), "Status: choose one from the list."),
        (listed(type_as_printed="长" * 101), "Type as printed: at most %(most)d characters."),
        (listed(note_en="\0"), faults.UNKEPT),
        (listed(home=replace(ONE, official_code="1\x1b")), faults.UNKEPT),
        (listed(home=replace(ONE, aliases=("Uno\N{RIGHT-TO-LEFT OVERRIDE}",))), faults.UNKEPT),
        (listed(evidence=(Piece("paper", "tie", "x" * 201),)), "Value: at most %(most)d characters."),
        (listed(evidence=(Piece("paper", "fame"),)), "Claim: choose one from the list."),
        (listed(evidence=(Piece("paper", "tie", strength="loud"),)), "Strength: choose one from the list."),
        (
            listed(evidence=(Piece("paper", "tie", start=5, end=5),)),
            "Quote position: give begin and end, the end after the begin, or neither.",
        ),
        (listed(events=(Happening("feast"),)), "Kind: choose one from the list."),
        (listed(events=(Happening("visit", paper="napkin"),)), "Paper: choose one from the list."),
        (listed(partner=ONE), WITH_ITSELF),
    ],
)
def test_what_breaks_a_rule_of_the_register_is_rejected(row: Pair, text: str) -> None:
    found = planned(row)
    assert outcomes(found) == [("rejected", text)]
    assert (found.load.ties, found.load.places, found.load.evidence, found.load.sources) == ([], [], [], [])


@pytest.mark.parametrize(
    ("fields", "why"),
    [
        ({"title": "x" * 301}, "Title of a source: at most %(most)d characters."),
        ({"title": "A\0B"}, "The row contains characters that no text may hold."),
        ({"title": "Paper", "note_en": "\ud800"}, "The row contains characters that no text may hold."),
    ],
)
def test_a_source_that_the_register_cannot_keep_is_refused(fields: dict[str, str], why: str) -> None:
    row = listed(evidence=(Piece("new", "tie", "sister"),))
    found = planned(row, publications=[Publication("new", **fields)])
    assert outcomes(found) == [("rejected", why)]
    assert found.load.sources == []


def test_an_ambiguous_place_rejects_the_row_and_asks() -> None:
    twins = [builders.place(f"twin-{number}", name_en="Twin") for number in (1, 2)]
    row = only(planned(listed(home=Named("CN", name_en="Twin"))))
    assert row.reason == Reason(planning.UNCLEAR_PLACE, {"places": "Twin, CN"})
    assert row.questions == [
        {
            "key": "CN|||twin||",
            "side": "home",
            "text": "Twin, CN",
            "candidates": [twin.pk for twin in twins],
            "others": [],
        }
    ]
    answered = planned(listed(home=Named("CN", name_en="Twin")), answers={"CN|||twin||": twins[1].pk})
    assert outcomes(answered) == [("created", "")]
    assert answered.load.ties[0].home == twins[1]


def test_unclear_places_stand_apart_in_any_language() -> None:
    for name in ("Twin", "Double"):
        for number in (1, 2):
            builders.place(f"{name.lower()}-{number}", name_en=name)
    row = only(planned(listed(home=Named("CN", name_en="Twin"), partner=Named("CN", name_en="Double"))))
    assert row.reason == Reason(planning.UNCLEAR_PLACE, {"places": "Twin, CN / Double, CN"})


def test_staff_may_leave_a_row_out() -> None:
    found = planned(listed(2), listed(3), choices={2: "skip"})
    assert outcomes(found) == [("rejected", planning.LEFT_OUT), ("created", "")]


# --- new ties ---------------------------------------------------------------------------------------------------------


def test_a_new_tie_holds_what_the_list_says_and_the_list_stands_for_it() -> None:
    found = planned(
        listed(
            type="cooperation",
            type_as_printed="友好合作城市",
            status="active",
            founded="1999-05",
            ended="2020",
            note_zh="注",
        )
    )
    assert outcomes(found) == [("created", "")]
    tie = found.load.ties[0]
    assert only(found).relationship is tie
    assert (tie.type, tie.type_as_printed, tie.status, tie.note_zh, tie.review_state) == (
        "cooperation",
        "友好合作城市",
        "active",
        "注",
        "draft",
    )
    assert (tie.founded, tie.ended) == (PartialDate(1999, 5), PartialDate(2020))
    assert said(found) == [
        ("the-list", "tie", "cooperation", "explicit", "row 2"),
        ("the-list", "type", "友好合作城市", "explicit", "row 2"),
        ("the-list", "status", "active", "explicit", "row 2"),
        ("the-list", "founded", "1999-05", "explicit", "row 2"),
        ("the-list", "ended", "2020", "explicit", "row 2"),
    ]
    assert [source.slug for source in found.load.sources] == ["the-list"]


def test_a_type_that_the_list_does_not_name_is_implied() -> None:
    found = planned(listed(), default_type="exchange")
    assert (found.load.ties[0].type, found.load.ties[0].status) == ("exchange", "unknown")
    assert said(found) == [("the-list", "tie", "exchange", "implied", "row 2")]


def test_a_saved_source_is_not_added_again() -> None:
    builders.source("the-list")
    found = planned(listed(), source=the_list())
    assert (found.load.sources, found.load.evidence[0].source.pk is not None) == ([], True)


def test_drafts_unless_published() -> None:
    assert planned(listed()).load.ties[0].review_state == "draft"
    found = planned(listed(), publish=True)
    assert {tie.review_state for tie in found.load.ties} == {"published"}
    assert {place.review_state for place in found.load.places} == {"published"}


def test_the_chinese_side_is_home() -> None:
    foreign = Named("DE", name_en="Other")
    tie = planned(listed(home=foreign, partner=ONE)).load.ties[0]
    assert (tie.home.name_en, tie.partner.name_en) == ("One", "Other")
    tie = planned(listed(home=foreign, partner=Named("FR", name_en="Autre"))).load.ties[0]
    assert tie.home.name_en == "Other"


def test_new_places_come_with_what_contains_them_and_only_if_a_row_needs_them() -> None:
    state = Named("US", name_en="Maine", level="province")
    found = planned(listed(partner=Named("US", name_en="Aurora", within=(state,))), listed(3, partner=ONE))
    assert [place.slug for place in found.load.places] == ["one", "maine", "aurora"]
    assert planned(listed(3, partner=ONE)).load.places == []


def test_events_of_the_list_come_with_their_source() -> None:
    events = (
        Happening("signing", "1999年5月3日", "agreement", text_zh="签署"),
        Happening("visit", "约1985年", text_zh="来访"),
    )
    found = planned(listed(events=events))
    kept = [(event.kind, event.date, event.paper, event.text_zh, str(event.source)) for event in found.load.events]
    assert kept == [
        ("signing", PartialDate(1999, 5, 3), "agreement", "签署", "The list"),
        ("visit", None, "", "约1985年 来访", "The list"),
    ]


def test_what_is_planned_can_be_loaded() -> None:
    state = Named("US", name_en="Maine", level="province")
    loaded(listed(partner=Named("US", name_en="Aurora", within=(state,)), founded="1999"))
    tie = Relationship.objects.get(home__name_en="One")
    assert (tie.partner.slug, tie.partner.parent and tie.partner.parent.slug) == ("aurora", "maine")
    assert sorted(tie.evidence.values_list("claim", flat=True)) == ["founded", "tie"]


# --- the same tie twice -----------------------------------------------------------------------------------------------


def test_a_pair_listed_from_both_sides_is_one_tie() -> None:
    found = planned(listed(2, founded="1999"), listed(3, home=TWO, partner=ONE, founded="1999"))
    assert outcomes(found) == [("created", ""), ("duplicate", planning.SAME_TIE)]
    assert found.rows[1].reason == Reason(planning.SAME_TIE, {"row": 2})
    assert found.rows[1].relationship is found.load.ties[0]
    assert len(found.load.ties) == 1
    assert len(found.load.evidence) == 2


def test_a_duplicate_that_differs_loses_nothing() -> None:
    found = planned(listed(2, founded="1999"), listed(3, founded="2001"))
    assert found.rows[1].outcome == "duplicate"
    assert found.rows[1].differences == [{"field": "founded", "held": "1999", "given": "2001", "sources": ["the-list"]}]
    assert found.load.ties[0].founded == PartialDate(1999)
    assert said(found)[-1] == ("the-list", "founded", "2001", "explicit", "row 3")


def test_a_duplicate_that_knows_more_fills_the_gap() -> None:
    found = planned(listed(2, founded="1999"), listed(3, founded="1999-05", type="cooperation", status="active"))
    tie = found.load.ties[0]
    assert (tie.founded, tie.type, tie.status) == (PartialDate(1999, 5), "cooperation", "active")
    assert said(found)[0] == ("the-list", "tie", "cooperation", "explicit", "row 2")


def test_a_duplicate_of_a_row_that_was_left_out_is_the_first() -> None:
    assert outcomes(planned(listed(2), listed(3, founded="1999"), choices={2: "skip"}))[1] == ("created", "")


# --- ties that are there ----------------------------------------------------------------------------------------------


def test_a_list_that_agrees_becomes_a_further_source() -> None:
    held(founded_year=1999, founded_month=5)
    found = planned(listed(type="sister", founded="1999", status="active"))
    assert outcomes(found) == [("updated", planning.FURTHER_SOURCE)]
    assert only(found).differences == []
    assert [piece[1:3] for piece in said(found)] == [("tie", "sister"), ("status", "active"), ("founded", "1999")]
    assert found.load.changed == []


def test_a_list_that_knows_more_fills_gaps() -> None:
    row = held(status="unknown", founded_year=1999)
    found = planned(listed(type_as_printed="友好城市", status="active", founded="1999-05-03", note_zh="注"))
    assert outcomes(found) == [("updated", planning.KNOWS_MORE)]
    assert only(found).differences == [
        {"field": "type_as_printed", "held": "", "given": "友好城市", "sources": []},
        {"field": "status", "held": "unknown", "given": "active", "sources": []},
        {"field": "founded", "held": "1999", "given": "1999-05-03", "sources": []},
        {"field": "note_zh", "held": "", "given": "注", "sources": []},
    ]
    columns = ("type_as_printed", "status", "founded_year", "founded_month", "founded_day", "note_zh")
    assert found.load.changed == [(row, columns)]
    load(found.load, actor=None, reason="import/1")
    row.refresh_from_db()
    assert (row.founded, row.status, row.type_as_printed) == (PartialDate(1999, 5, 3), "active", "友好城市")


def test_a_list_that_names_no_type_claims_none_that_the_register_does_not_hold() -> None:
    held(type="cooperation")
    assert said(planned(listed())) == [("the-list", "tie", "", "implied", "row 2")]


@pytest.mark.parametrize(
    ("fields", "given", "difference"),
    [
        ({"type": "cooperation"}, {"type": "sister"}, ("type", "cooperation", "sister", ["paper"])),
        ({"status": "active"}, {"status": "ended"}, ("status", "active", "ended", [])),
        ({"founded_year": 1999}, {"founded": "2001"}, ("founded", "1999", "2001", [])),
        (
            {"founded_year": 1999, "founded_month": 5},
            {"founded": "1999-06"},
            ("founded", "1999-05", "1999-06", []),
        ),
        ({"ended_year": 2005}, {"ended": "2006"}, ("ended", "2005", "2006", [])),
    ],
)
def test_a_conflict_never_overwrites_and_stands_as_evidence(
    fields: dict[str, Any], given: dict[str, Any], difference: tuple[str, str, str, list[str]]
) -> None:
    held(**fields)
    found = planned(listed(**given))
    assert outcomes(found) == [("conflict", planning.DISAGREES)]
    assert only(found).differences == [dict(zip(("field", "held", "given", "sources"), difference, strict=True))]
    assert found.load.changed == []
    assert difference[2] in [piece.value for piece in found.load.evidence]


def test_a_conflict_says_which_sources_say_otherwise() -> None:
    row = held(founded_year=1999)
    builders.evidence(row, claim="founded", value="1999")
    builders.evidence(row, builders.source("gazette"), claim="founded", value="1999")
    assert only(planned(listed(founded="2001"))).differences[0]["sources"] == ["paper", "gazette"]


def test_what_speaks_of_another_stage_fills_no_gap() -> None:
    held(type="sister", founded_year=None)
    found = planned(listed(type="cooperation", founded="2018"))
    assert [item["field"] for item in only(found).differences] == ["type", "founded"]
    assert found.load.changed == []


def test_printed_types_and_notes_of_other_lists_are_no_conflict() -> None:
    held(type_as_printed="友好省州", note_en="Ours")
    found = planned(listed(type_as_printed="友好城市", note_en="Theirs"))
    assert outcomes(found) == [("updated", planning.FURTHER_SOURCE)]
    assert ("type", "友好城市") in [piece[1:3] for piece in said(found)]


def test_a_gap_that_would_end_a_tie_before_it_began_is_a_conflict() -> None:
    held(founded_year=1999)
    found = planned(listed(ended="1990"))
    assert outcomes(found) == [("conflict", planning.DISAGREES)]
    assert found.load.changed == []
    taken = planned(listed(ended="1990"), choices={2: "take"})
    assert outcomes(taken) == [("rejected", faults.ENDS_FIRST)]


def test_staff_may_take_the_values_of_the_list() -> None:
    row = held(founded_year=1999, type="cooperation")
    found = planned(listed(founded="2001", type="sister"), choices={2: "take"})
    assert outcomes(found) == [("updated", planning.TAKEN)]
    assert [item["held"] for item in only(found).differences] == ["cooperation", "1999"]
    load(found.load, actor=None, reason="import/1")
    row.refresh_from_db()
    assert (row.founded, row.type) == (PartialDate(2001), "sister")
    assert Evidence.objects.filter(source__slug="the-list", claim="founded", value="2001").count() == 1


def test_events_are_added_once() -> None:
    row = held()
    builders.event(row, kind="signing", date_year=1999, text_en="In other words")
    told = (Happening("signing", "1999", text_zh="签署"), Happening("visit", "2001", text_zh="来访"))
    found = loaded(listed(events=told))
    assert [event.text_zh for event in found.load.events] == ["来访"]
    assert only(found).differences == [{"field": "events", "held": "", "given": "2001 来访", "sources": []}]
    assert outcomes(planned(listed(events=told))) == [("unchanged", "")]


def test_an_event_without_a_date_that_can_be_read_is_added_once() -> None:
    told = (Happening("visit", "约1985年", text_zh="来访"), Happening("visit", "约1986年"))
    loaded(listed(events=told))
    assert outcomes(planned(listed(events=told))) == [("unchanged", "")]


def test_gaps_of_a_place_are_filled_and_told() -> None:
    row = held()
    known = replace(ONE, wikidata_id="Q1", latitude=1.5, longitude=2.5)
    found = loaded(listed(home=known))
    assert outcomes(found) == [("updated", planning.KNOWS_MORE)]
    assert only(found).differences == [{"field": "home", "held": "", "given": "Q1, 1.5, 2.5", "sources": []}]
    place = Place.objects.get(pk=row.home_id)
    assert (place.wikidata_id, place.latitude, place.longitude, place.version) == ("Q1", 1.5, 2.5, 2)
    assert outcomes(planned(listed(home=known))) == [("unchanged", "")]


def test_a_place_is_filled_once_however_many_rows_name_it() -> None:
    builders.place("one")
    known = replace(ONE, wikidata_id="Q1")
    found = planned(listed(2, home=known), listed(3, home=replace(known, latitude=1.0, longitude=2.0), partner=TWO))
    assert [(str(row), names) for row, names in found.load.changed] == [
        ("One", ("wikidata_id", "latitude", "longitude"))
    ]


# --- a second run -----------------------------------------------------------------------------------------------------


def test_a_second_run_says_only_unchanged_and_duplicate() -> None:
    held(founded_year=1980, type="cooperation")
    rows = [
        listed(2, type="sister", founded="1999"),
        listed(3, partner=Named("US", name_en="Aurora"), founded="1999"),
        listed(4, partner=Named("US", name_en="Aurora"), founded="1999-05", status="active"),
        listed(5, partner=Named("US", name_en="Aurora"), founded="2003"),
        listed(6, home=TWO, partner=Named("US", name_en="Boreal", within=(Named("US", name_en="Maine"),))),
        listed(7, partner=ONE),
    ]
    first = [str(row.outcome) for row in loaded(*rows).rows]
    assert first == ["conflict", "created", "duplicate", "duplicate", "created", "rejected"]
    second = loaded(*rows)
    assert outcomes(second) == [
        ("unchanged", planning.AS_BEFORE),
        ("unchanged", ""),
        ("duplicate", planning.SAME_TIE),
        ("duplicate", planning.SAME_TIE),
        ("unchanged", ""),
        ("rejected", WITH_ITSELF),
    ]
    written = second.load
    assert [written.sources, written.places, written.ties, written.evidence, written.changed] == [[], [], [], [], []]


# --- our own exports --------------------------------------------------------------------------------------------------

PIECES = (
    Piece("paper", "tie", "sister", "They are sisters", 0, 16),
    Piece("paper", "founded", "1999", "since 1999", 17, 27, "implied"),
)
PAPER = Publication("paper", "Paper", "Test Press", "news", "2001-02", "https://example.org/", "en", "注", "Note")


def exported(number: int = 1, **said: Any) -> Pair:
    """A row of our own JSON."""
    known = {"id": 5000, "evidence": PIECES, "type": "sister", "status": "active", "founded": "1999"}
    sides = {"home": replace(ONE, slug="one", level="city"), "partner": replace(TWO, slug="two", level="city")}
    return listed(number, **{**sides, **known, **said})


def held_export() -> Relationship:
    row = builders.tie(id=5000, founded_year=1999)
    for piece in PIECES:
        known: dict[str, Any] = {"value": piece.value, "quote": piece.quote, "start": piece.start, "end": piece.end}
        builders.evidence(row, claim=piece.claim, strength=piece.strength, **known)
    return row


def test_an_export_brings_its_number_its_evidence_and_its_sources() -> None:
    event = Happening("signing", "1850-01-02", "agreement", text_en="Signed", source="paper")
    found = planned(exported(events=(event, Happening("visit"))), publications=[PAPER])
    assert outcomes(found) == [("created", "")]
    assert (found.load.ties[0].pk, [place.slug for place in found.load.places]) == (5000, ["one", "two"])
    assert [(piece.claim, piece.quote, piece.start, piece.strength) for piece in found.load.evidence] == [
        ("tie", "They are sisters", 0, "explicit"),
        ("founded", "since 1999", 17, "implied"),
    ]
    [paper] = found.load.sources
    described = (paper.slug, paper.title, paper.publisher, paper.kind, paper.published_on, paper.url, paper.note_en)
    assert described == (
        "paper",
        "Paper",
        "Test Press",
        "news",
        PartialDate(2001, 2),
        "https://example.org/",
        "Note",
    )
    told = [(event.date, str(event.source)) for event in found.load.events]
    assert told == [(PartialDate(1850, 1, 2), "Paper"), (None, "None")]


def test_a_source_of_which_little_is_said_gets_nothing_invented() -> None:
    found = planned(exported())
    [paper] = found.load.sources
    assert (paper.title, paper.publisher, paper.kind, paper.language, paper.published_on, paper.note_en) == (
        "(paper)",
        "—",
        "encyclopaedia",
        "und",
        None,
        "The imported list does not say what kind of source this is.",
    )


def test_a_source_of_the_register_is_found_by_its_address() -> None:
    paper = builders.source("paper", title="Ours")
    found = planned(exported(), publications=[PAPER])
    assert found.load.sources == []
    assert {piece.source for piece in found.load.evidence} == {paper}


def test_an_export_changes_nothing_in_the_register_it_came_from() -> None:
    row = held_export()
    builders.event(row, date_year=1999, text_en="Signed")
    found = planned(exported(events=(Happening("signing", "1999", text_en="Signed"),)), publications=[PAPER])
    assert outcomes(found) == [("unchanged", "")]
    assert (found.load.evidence, found.load.events, found.load.sources, found.load.changed) == ([], [], [], [])


def test_a_table_tells_of_each_source_only_that_it_speaks() -> None:
    held_export()
    pieces = (Piece("paper", "tie", "sister", "They are sisters since 1999"),)
    assert outcomes(planned(exported(evidence=pieces))) == [("unchanged", "")]


def test_further_evidence_of_an_export_is_added() -> None:
    held_export()
    found = planned(exported(evidence=(*PIECES, Piece("gazette", "tie", "sister"))))
    assert outcomes(found) == [("updated", planning.FURTHER_SOURCE)]
    assert [piece[:3] for piece in said(found)] == [("gazette", "tie", "sister")]


def test_a_corrected_export_is_a_conflict_by_the_list_itself() -> None:
    held_export()
    found = loaded(exported(founded="2001"))
    assert outcomes(found) == [("conflict", planning.DISAGREES)]
    assert only(found).differences == [{"field": "founded", "held": "1999", "given": "2001", "sources": ["paper"]}]
    assert [piece[:3] for piece in said(found)] == [("the-list", "tie", "sister"), ("the-list", "founded", "2001")]
    assert outcomes(planned(exported(founded="2001"))) == [("unchanged", planning.AS_BEFORE)]
    assert outcomes(planned(exported(founded="2001"), choices={1: "take"})) == [("updated", planning.TAKEN)]


def test_a_corrected_note_of_an_export_is_a_conflict_that_is_told_once() -> None:
    held_export()
    Relationship.objects.filter(pk=5000).update(note_en="Ours")
    first = loaded(exported(note_en="Theirs"))
    assert only(first).differences == [{"field": "note_en", "held": "Ours", "given": "Theirs", "sources": []}]
    assert outcomes(first) == [("conflict", planning.DISAGREES)]
    assert outcomes(planned(exported(note_en="Theirs"))) == [("unchanged", planning.AS_BEFORE)]


def test_a_number_that_belongs_to_another_tie_creates_nothing() -> None:
    builders.tie(builders.place("three"), builders.place("four"), id=5000)
    found = planned(exported())
    assert only(found).reason == Reason(planning.NUMBER_TAKEN, {"number": 5000})
    assert only(found).outcome == "rejected"
    assert (found.load.ties, found.load.places, found.load.evidence) == ([], [], [])


def test_two_rows_with_one_number_are_not_two_ties_with_it() -> None:
    found = planned(exported(1), exported(2, partner=Named("CN", name_en="Three", slug="three")))
    assert outcomes(found) == [("created", ""), ("rejected", planning.NUMBER_TAKEN)]
    load(found.load, actor=None, reason="import/1")
    again = planned(exported(1), exported(2, partner=Named("CN", name_en="Three", slug="three")))
    assert outcomes(again) == [("unchanged", ""), ("rejected", planning.NUMBER_TAKEN)]


def test_a_tie_that_was_deleted_comes_back_under_its_number_and_another_does_not() -> None:
    held_export().delete()
    assert planned(exported()).load.ties[0].pk == 5000
    other = exported(partner=Named("CN", name_en="Three", slug="three"))
    assert planned(other).load.ties[0].pk is None


def test_a_row_that_someone_added_to_an_export_has_the_list_as_its_source() -> None:
    found = planned(exported(id=None, evidence=()))
    assert [piece[:3] for piece in said(found)] == [
        ("the-list", "tie", "sister"),
        ("the-list", "status", "active"),
        ("the-list", "founded", "1999"),
    ]


def test_a_tie_without_evidence_comes_back_without() -> None:
    found = planned(exported(evidence=()))
    assert (found.load.evidence, found.load.sources) == ([], [])


# --- many rows --------------------------------------------------------------------------------------------------------


def many(count: int) -> list[Pair]:
    return [
        listed(number, partner=Named("US", name_en=f"Town {number}"), founded=str(1950 + number % 50))
        for number in range(2, count + 2)
    ]


@pytest.mark.parametrize("count", [1, 300])
def test_the_number_of_queries_does_not_grow_with_the_rows(count: int) -> None:
    builders.place("one")
    with CaptureQueriesContext(
        connection,
    ) as fresh:
        found = planned(*many(count))
    assert len(fresh) == 4  # the list’s source twice, the places, and the addresses that are taken
    load(found.load, actor=None, reason="import/1")
    with CaptureQueriesContext(connection) as again:
        planned(*many(count))
    assert len(again) == 5  # the list’s source twice, the places, the ties, their evidence


def test_progress_is_told_to_the_end() -> None:
    steps: list[tuple[int, int]] = []
    rows = [Record(number, wrong=Reason("No.")) for number in range(1, 1201)]
    plan(
        Listing("pairs", rows),
        source=the_list(),
        default_type="sister",
        publish=False,
        progress=lambda done, total: steps.append((done, total)),
    )
    assert steps == [(250, 1200), (500, 1200), (850, 1200), (1100, 1200), (1200, 1200)]


NAMES = st.sampled_from(["Aurora", "Boreal", "Boreal City", "Borealis Province", "Borealis"])
NAMED = st.builds(
    Named,
    country=st.sampled_from(["US", "CN"]),
    name_en=NAMES,
    level=st.sampled_from(["", "city", "province"]),
    within=st.sampled_from([(), (Named("US", name_en="Maine"),), (Named("US", name_en="Ohio", level="province"),)]),
).map(lambda named: replace(named, within=tuple(replace(one, country=named.country) for one in named.within)))
PAIRS = st.lists(st.tuples(NAMED, NAMED, st.sampled_from(["1999", "1999-05", "2001"])), min_size=1, max_size=8)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(pairs=PAIRS, seed=st.integers(0, 99))
def test_the_order_of_rows_changes_no_number_of_ties(pairs: list[tuple[Named, Named, str]], seed: int) -> None:
    rows = [listed(number, home, partner, founded=year) for number, (home, partner, year) in enumerate(pairs, 2)]
    shuffled = random.Random(seed).sample(rows, len(rows))  # noqa: S311 (an order, no secret)
    first, second = planned(*rows), planned(*shuffled)
    assert len(first.load.ties) == len(second.load.ties)
    assert counted(first) == counted(second)
    assert sorted(place.slug for place in first.load.places) == sorted(place.slug for place in second.load.places)


def counted(found: Plan) -> Mapping[str, int]:
    return Counter(str(row.outcome) for row in found.rows)


def test_what_hypothesis_makes_lies_in_countries_of_the_register() -> None:
    assert Country.objects.filter(pk__in=["US", "CN"]).count() == 2


@pytest.mark.parametrize(("written", "is_told"), [("约1985年", True), ("八十年代", True), ("", False), ("不详", False)])
def test_a_date_that_is_not_exact_is_said_to_be_left_out(written: str, is_told: bool) -> None:
    listing = Listing(
        "office", [Record(2, Side("合成甲市", country="CN"), Side("合成乙市", country="JP"), founded=written)]
    )
    row = planning.plan(listing, source=Source(slug="list"), default_type="sister", publish=False).rows[0]
    assert row.outcome == "created"
    assert (row.reason is not None and row.reason.text == planning.INEXACT_DATE) is is_told
