"""No date lies after the end of next year, by whatever way it comes; what came past the models the audit finds."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.core.management import call_command
from django.db import models
from django.test import Client
from django.utils import timezone, translation

from friendship import curation
from friendship.curation import merging
from friendship.dates import PartialDate, latest_year
from friendship.exporters.worksheet import TIES
from friendship.importers import dating, planning
from friendship.importers.records import Happening, Listing, Publication, Reason, Record, Side
from friendship.models import Event, Relationship, ReportedTotal, Source
from tests import builders
from tests.admin.desk import RELATIONSHIPS, at_the_desk, opened, problems
from tests.auditing.faults import finding, subjects
from tests.importers.test_worksheet import changes, compared, refusals, with_cells
from tests.models import test_constraints

pytestmark = pytest.mark.django_db

LATEST = timezone.localdate().year + 1
AHEAD = LATEST + 1
RULE = f"the year must not lie after {LATEST}."


@pytest.fixture(autouse=True)
def _in_english() -> Iterator[None]:
    with translation.override("en"):
        yield


def test_models_and_lists_have_one_bound() -> None:
    assert latest_year() == LATEST
    assert [dating.read(str(LATEST)), dating.read(str(AHEAD))] == [PartialDate(LATEST), dating.Undatable.OUT_OF_RANGE]


DATES: list[tuple[Callable[..., models.Model], str, str, str]] = [
    (test_constraints.tie, "founded_year", "Date established", "结好时间"),
    (test_constraints.tie, "ended_year", "Date ended", "终止时间"),
    (test_constraints.event, "date_year", "Date", "日期"),
    (test_constraints.source, "published_year", "Published on", "发布日期"),
    (test_constraints.total, "as_of_year", "As of", "截至"),
]


@pytest.mark.parametrize(("build", "column", "label", "chinese"), DATES, ids=[each[1] for each in DATES])
def test_a_model_refuses_what_lies_ahead_and_names_the_field(
    build: Callable[..., models.Model], column: str, label: str, chinese: str
) -> None:
    row = build(**{column: LATEST})
    row.full_clean()
    setattr(row, column, AHEAD)
    with pytest.raises(ValidationError) as refused:
        row.full_clean()
    assert refused.value.message_dict == {"__all__": [f"{label}: {RULE}"]}
    with translation.override("zh-hans"), pytest.raises(ValidationError) as refused:
        row.full_clean()
    assert refused.value.message_dict == {"__all__": [f"{chinese}：年份不得晚于{LATEST}年。"]}


# --- forms ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("field", "label"), [("founded", "Date established"), ("ended", "Date ended")])
def test_the_form_of_a_tie_says_it_beside_the_box_and_keeps_what_was_typed(field: str, label: str) -> None:
    tie = builders.tie()
    editor, address = at_the_desk("root"), f"{RELATIONSHIPS}{tie.pk}/change/"
    entries = opened(editor, address)
    answer = editor.post(address, entries | {field: f"{AHEAD}-05", "note_en": "typed"})
    form = answer.context["adminform"].form
    assert (problems(answer), list(form.errors)) == ([f"{label}: {RULE}"], [field])
    assert (form[field].value(), form["note_en"].value()) == (f"{AHEAD}-05", "typed")
    assert Relationship.objects.get(pk=tie.pk).version == 1
    editor.post(address, entries | {field: str(LATEST)})
    assert getattr(Relationship.objects.get(pk=tie.pk), f"{field}_year") == LATEST


def test_an_event_below_a_tie_is_refused_as_well() -> None:
    tie = builders.tie()
    root, address = at_the_desk("root"), f"{RELATIONSHIPS}{tie.pk}/change/"
    entries = opened(root, address) | {"events-TOTAL_FORMS": "1", "events-0-kind": "signing"}
    assert problems(root.post(address, entries | {"events-0-date": str(AHEAD)})) == [f"Date: {RULE}"]
    assert Event.objects.filter(relationship=tie).count() == 0


def test_what_came_past_the_models_is_not_published_and_the_reviewer_reads_why() -> None:
    tie = builders.tie(review_state="draft", founded_year=AHEAD)
    root: Client = at_the_desk("root")
    answer = root.post(RELATIONSHIPS, {"action": "publish", "_selected_action": [tie.pk]}, follow=True)
    assert any(f"Date established: {RULE}" in str(told) for told in answer.context["messages"])
    assert Relationship.objects.get(pk=tie.pk).review_state == "draft"


# --- files ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("cell", ["founded", "ended"])
def test_a_table_made_for_editing_is_refused_row_by_row(cell: str) -> None:
    builders.tie()
    label = {"founded": "Date established", "ended": "Date ended"}[cell]
    for written in (str(AHEAD), f"{AHEAD}-05-01", f"{AHEAD}年"):
        built = compared(with_cells(TIES, 2, "en", **{cell: written}))
        assert refusals(built) == [f"{label}: “{written}” lies outside the years 1900 to {LATEST}."]
    assert [after for _before, after in changes(compared(with_cells(TIES, 2, "en", **{cell: str(LATEST)})))] == [
        {f"{cell}_year": LATEST, f"{cell}_month": None, f"{cell}_day": None}
    ]


def planned(record: Record, *publications: Publication) -> planning.Plan:
    listing = Listing("register", [record], publications)
    return planning.plan(listing, source=Source(slug="list"), default_type="sister", publish=False)


def exported(**fields: Any) -> Record:
    """A row of our own export: its places have addresses."""
    one, two = (Side(name_en=name, country="CN", level="city", slug=f"test-{name}") for name in ("one", "two"))
    return Record(2, one, two, id=99_999, type="sister", **fields)


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ({"founded": str(AHEAD)}, "Date established: “%(text)s” lies outside the years %(earliest)d to %(latest)d."),
        ({"ended": f"{AHEAD}-05"}, "Date ended: “%(text)s” lies outside the years %(earliest)d to %(latest)d."),
    ],
)
def test_our_own_export_with_another_year_typed_in_is_refused(fields: dict[str, str], told: str) -> None:
    [row] = planned(exported(**fields)).rows
    parameters = {"text": next(iter(fields.values())), "earliest": 1900, "latest": LATEST}
    assert (row.outcome, row.reason) == ("rejected", Reason(told, parameters))


def test_our_own_export_may_name_years_before_all_lists() -> None:
    [tie] = planned(exported(founded="0836")).load.ties
    assert tie.founded_year == 836


@pytest.mark.parametrize(("written", "year"), [(f"{AHEAD}-05-01", None), (f"{LATEST}-05-01", LATEST)])
def test_an_event_of_a_list_keeps_a_date_that_lies_ahead_in_words(written: str, year: int | None) -> None:
    [event] = planned(exported(events=(Happening("signing", written, text_en="Signed"),))).load.events
    assert (event.date_year, event.text_en) == (year, "Signed" if year else f"{written} Signed")


def test_a_source_that_a_list_brings_is_refused() -> None:
    events = (Happening("signing", source="paper-x"),)
    [row] = planned(exported(events=events), Publication("paper-x", published_on=str(AHEAD))).rows
    told = "Published on: “%(text)s” lies after the year %(latest)d."
    assert (row.outcome, row.reason) == ("rejected", Reason(told, {"text": str(AHEAD), "latest": LATEST}))


# --- merging, and what came past the models ---------------------------------------------------------------------------


def test_merging_takes_no_such_date_over() -> None:
    one, two = builders.place("one"), builders.place("two")
    kept, gone = builders.tie(one, builders.place("three")), builders.tie(two, one, founded_year=AHEAD)
    with pytest.raises(ValidationError, match=f"Date established: {RULE}"):
        merging.merge_ties(kept, gone, actor=User.objects.create_superuser("root"))
    assert Relationship.objects.filter(pk=gone.pk).exists()


def test_no_other_change_is_saved_before_the_date_is_mended() -> None:
    tie = builders.tie(founded_year=AHEAD)
    tie.note_en = "A note."
    root = User.objects.create_superuser("root")
    with pytest.raises(ValidationError, match=f"Date established: {RULE}"):
        curation.save(tie, actor=root)
    tie = Relationship.objects.get(pk=tie.pk)
    tie.founded_year = 1999
    assert curation.save(tie, actor=root).version == 2


def test_the_audit_finds_ties_events_sources_and_totals() -> None:
    before = subjects("date-ahead")
    tie = builders.tie(founded_year=AHEAD, founded_month=5, ended_year=AHEAD + 1)
    builders.event(tie, kind="visit", date_year=AHEAD)
    eventful = builders.tie(builders.place("three"))
    builders.event(eventful, kind="signing", date_year=AHEAD, source=builders.source("printed", published_year=AHEAD))
    in_time = builders.tie(builders.place("four"), founded_year=LATEST, ended_year=LATEST)
    builders.event(in_time, kind="signing", date_year=LATEST)
    total = builders.total(as_of_year=AHEAD)
    printed = Source.objects.get(slug="printed")
    assert subjects("date-ahead") - before == {
        f"relationship/{tie.pk}",
        f"relationship/{eventful.pk}",
        f"source/{printed.pk}",
        f"reportedtotal/{total.pk}",
    }
    found = finding("date-ahead", f"relationship/{tie.pk}")
    dates = f"Date established May {AHEAD}; Date ended {AHEAD + 1}; Visit {AHEAD}"
    assert found.says == f"{tie}: {dates}"
    assert found.facts == (str(AHEAD), f"{AHEAD}-05", str(AHEAD + 1))


def test_the_command_fails_of_a_date_that_lies_ahead() -> None:
    builders.evidence(builders.tie(founded_year=AHEAD))
    with pytest.raises(SystemExit):
        call_command("audit", "--rule", "date-ahead")


def test_the_register_holds_none() -> None:
    assert subjects("date-ahead") == set()
    assert not ReportedTotal.objects.filter(as_of_year__gt=LATEST).exists()
