"""Every rule of the audit: a planted fault is found, accepted it is gone, and it comes back when a fact changes."""

from __future__ import annotations

import pytest

from friendship import auditing
from friendship.curation import auditing as decisions
from friendship.models import Event, Evidence, Place
from tests import builders
from tests.auditing.faults import FAULTS, Fault, abroad, finding, open_subjects, subjects

pytestmark = pytest.mark.django_db

#: Nothing can change of these and leave them found.
WITHOUT_FACTS = {"no-evidence", "ended-without-date"}
by_rule = pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.rule)


def test_every_rule_has_its_fault() -> None:
    assert [fault.rule for fault in FAULTS] == [rule.code for rule in auditing.RULES]


@by_rule
def test_a_planted_fault_is_found_and_nothing_else(fault: Fault) -> None:
    before = subjects(fault.rule)
    assert subjects(fault.rule) - before == set()
    planted = fault.plant()
    assert subjects(fault.rule) - before == {planted}


@by_rule
def test_an_accepted_finding_is_gone_until_a_fact_changes(fault: Fault) -> None:
    before = open_subjects(fault.rule)
    planted = fault.plant()
    rule = auditing.rule(fault.rule)
    assert rule
    decisions.accept(rule, finding(fault.rule, planted), "It is right.", actor=None)
    assert open_subjects(fault.rule) - before == set()
    fault.change()
    assert open_subjects(fault.rule) - before == (set() if fault.rule in WITHOUT_FACTS else {planted})


@by_rule
def test_the_numbers_are_those_of_the_findings(fault: Fault) -> None:
    rule = auditing.rule(fault.rule)
    assert rule
    [before] = auditing.tallies([rule])
    planted = fault.plant()
    [after] = auditing.tallies([rule])
    assert (after.open, after.accepted) == (before.open + 1, before.accepted)
    decisions.accept(rule, finding(fault.rule, planted), "It is right.", actor=None)
    [accepted] = auditing.tallies([rule])
    assert (accepted.open, accepted.accepted) == (before.open, before.accepted + 1)


def test_the_shipped_register_has_no_errors_and_four_totals_that_moved() -> None:
    assert {tally.rule.code: tally.open for tally in auditing.tallies() if tally.open} == {"total-moved": 4}
    assert sum(tally.accepted for tally in auditing.tallies()) == 30


# --- ties -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("home", "partner", "is_one"), [("CN", "HK", True), ("TW", "MO", True), ("CN", "FR", False)])
def test_china_is_one_country(home: str, partner: str, is_one: bool) -> None:
    tie = builders.tie(abroad("one", home), abroad("two", partner))
    assert (f"relationship/{tie.pk}" in subjects("partner-in-home-country")) is is_one


@pytest.mark.parametrize(
    ("fields", "is_found"),
    [
        ({}, True),
        ({"type": "cooperation"}, False),
        ({"status": "ended"}, False),
        ({"home": "province"}, False),
        ({"home": "hanoi"}, False),
    ],
)
def test_a_second_sister_tie_is_active_and_of_the_same_level_and_country(
    fields: dict[str, str], is_found: bool
) -> None:
    partner = abroad("two")
    builders.tie(builders.place("one"), partner)
    homes = {"province": lambda: builders.place("above", level="province"), "hanoi": lambda: abroad("hanoi-x", "VN")}
    home = homes.get(fields.pop("home", ""), lambda: builders.place("three"))()
    builders.tie(home, partner, **fields)
    assert (f"place/{partner.pk}+country/CN" in subjects("second-sister-tie")) is is_found


def test_a_home_place_may_have_many_sister_ties_in_one_country() -> None:
    before = subjects("second-sister-tie")
    for slug in ("two", "three"):
        builders.tie(builders.place("one"), abroad(slug))
    assert subjects("second-sister-tie") == before


def test_an_end_is_known_by_its_date_or_its_event() -> None:
    dated = builders.tie(builders.place("one"), abroad("two"), status="ended", ended_year=2020)
    told = builders.tie(builders.place("one"), abroad("three"), status="ended")
    builders.event(told, kind="end")
    assert not {f"relationship/{dated.pk}", f"relationship/{told.pk}"} & subjects("ended-without-date")


def test_a_draft_may_wait_for_its_source() -> None:
    tie = builders.tie(builders.place("one"), abroad("two"), review_state="draft")
    assert f"relationship/{tie.pk}" not in subjects("no-evidence")


# --- the order of events --------------------------------------------------------------------------------------------

Step = tuple[str, str, str]


def _dated(iso: str) -> dict[str, int]:
    return dict(zip(("date_year", "date_month", "date_day"), (int(part) for part in iso.split("-")), strict=False))


@pytest.mark.parametrize(
    ("steps", "is_found"),
    [
        ([("signing", "2018", ""), ("intent", "2019", "")], True),
        ([("signing", "2018-05", ""), ("intent", "2018-05-02", "")], False),
        ([("signing", "2018", ""), ("intent", "2018-05", "")], False),
        ([("signing", "2018-05-01", ""), ("intent", "2018-05-02", "")], True),
        ([("intent", "2018", ""), ("signing", "2019", "")], False),
        ([("signing", "2012", ""), ("intent", "2018", ""), ("signing", "2019", "")], False),
        ([("signing", "2012", ""), ("intent", "2018", ""), ("upgrade", "2018", "")], False),
        ([("signing", "2012", ""), ("signing", "2018-03", "letter_of_intent")], True),
        ([("visit", "2012", ""), ("intent", "2018", "")], False),
        ([("signing", "2012", "")], False),
    ],
)
def test_only_what_dates_prove_is_in_the_wrong_order(steps: list[Step], is_found: bool) -> None:
    tie = builders.tie(builders.place("one"), abroad("two"))
    for kind, iso, paper in steps:
        builders.event(tie, kind=kind, paper=paper, **_dated(iso))
    assert (f"relationship/{tie.pk}" in subjects("signing-before-intent")) is is_found


@pytest.mark.parametrize(("type_of_tie", "is_found"), [("sister", True), ("intent", False)])
def test_the_date_established_is_a_signing_unless_the_row_is_an_intent(type_of_tie: str, is_found: bool) -> None:
    tie = builders.tie(builders.place("one"), abroad("two"), type=type_of_tie, founded_year=2015)
    builders.event(tie, kind="intent", date_year=2017)
    assert (f"relationship/{tie.pk}" in subjects("signing-before-intent")) is is_found


# --- what sources say -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("claim", "value", "is_found"),
    [
        ("founded", "1998", True),
        ("founded", "1999", False),
        ("founded", "1999-05", False),
        ("founded", "1999-06", True),
        ("founded", "五月", False),
        ("tie", "cooperation", True),
        ("tie", "sister", False),
        ("status", "ended", True),
        ("status", "active", False),
        ("ended", "2020", False),
        ("type", "姊妹城市", False),
    ],
)
def test_what_contradicts_the_register(claim: str, value: str, is_found: bool) -> None:
    tie = builders.tie(builders.place("one"), abroad("two"), founded_year=1999, founded_month=5)
    builders.evidence(tie, claim=claim, value=value)
    assert (f"relationship/{tie.pk}" in subjects("contradicted-value")) is is_found


def test_a_note_explains_and_an_earlier_stage_contradicts_nothing() -> None:
    noted = builders.tie(builders.place("one"), abroad("two"), note_zh="据批复。")
    staged = builders.tie(builders.place("one"), abroad("three"), founded_year=2020)
    for tie in (noted, staged):
        builders.evidence(tie, value="cooperation")
    builders.event(staged, source=builders.source(), kind="signing", date_year=2012)
    assert not {f"relationship/{noted.pk}", f"relationship/{staged.pk}"} & subjects("contradicted-value")


# --- quotes ---------------------------------------------------------------------------------------------------------

TEXT = "甲市与乙市𠮷结为友城。"


@pytest.mark.parametrize(
    ("text", "fields", "is_found"),
    [
        (TEXT, {"quote": "乙市𠮷结", "start": 3, "end": 7}, False),
        (TEXT, {"quote": "结为", "start": 5, "end": 7}, True),
        (TEXT, {"quote": "结为", "start": 6, "end": 8}, False),
        (TEXT, {"quote": "结为"}, False),
        (TEXT, {"quote": "丙市"}, True),
        (TEXT, {"quote": "友城。", "start": 8, "end": 20}, False),
        (TEXT, {"quote": "友城", "start": 80, "end": 82}, True),
        ("Twin towns", {"quote": "twin"}, True),
        ("", {"quote": "丙市"}, False),
        ("", {"quote": "丙市", "start": 0, "end": 2}, True),
        (TEXT, {"quote": ""}, False),
    ],
)
def test_a_quote_stands_where_it_is_said_to_stand(text: str, fields: dict[str, object], is_found: bool) -> None:
    piece = builders.evidence(builders.tie(), builders.source("letter", text=text), **fields)
    assert (f"evidence/{piece.pk}" in subjects("quote-lost")) is is_found


def test_quotes_of_totals_are_looked_at_as_well() -> None:
    total = builders.total(by=builders.source("letter", text=TEXT), quote="丙市")
    assert f"reportedtotal/{total.pk}" in subjects("quote-lost")


# --- reported totals ------------------------------------------------------------------------------------------------


def test_a_total_that_two_sources_repeat_has_moved_from_the_one_before() -> None:
    one = builders.place("one")
    said = [
        builders.total(one, builders.source(f"paper-{year}"), value=value, as_of_year=year)
        for year, value in ((2019, 119), (2022, 127), (2024, 127))
    ]
    assert finding("total-moved", f"reportedtotal/{said[-1].pk}").says.endswith("119 → 127，已收录0")


def test_a_single_total_and_a_register_that_caught_up_are_quiet() -> None:
    before = subjects("total-moved") | subjects("total-passed")
    one = builders.place("one")
    builders.total(one, value=50)
    builders.total(one, builders.source("old"), metric="sister", value=0, as_of_year=2019)
    builders.total(one, builders.source("new"), metric="sister", value=1, as_of_year=2026)
    builders.tie(one, abroad("two"))
    assert subjects("total-moved") | subjects("total-passed") == before


# --- texts ----------------------------------------------------------------------------------------------------------


def test_a_finding_names_its_records() -> None:
    tie = builders.tie(builders.place("one"), abroad("two", level="province"))
    found = finding("levels-differ", f"relationship/{tie.pk}")
    assert found.says == "One（地市级）与Two（省级）"
    assert found.mended_at == (f"relationship/{tie.pk}", f"place/{tie.home_id}", f"place/{tie.partner_id}")


def test_nothing_is_found_in_an_empty_register() -> None:
    Evidence.objects.all().delete()
    Event.objects.all().delete()
    Place.objects.update(parent=None)
    for tie in builders.tie().__class__.objects.all():
        tie.delete()
    for place in Place.objects.all():
        place.totals.all().delete()
        place.delete()
    assert {rule.code: list(rule.find()) for rule in auditing.RULES} == {rule.code: [] for rule in auditing.RULES}
