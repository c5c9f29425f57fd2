"""A limited editor touches another city by no address of the admin, and by no form that was tampered with."""

from __future__ import annotations

from functools import partial
from typing import Any

import pytest
from django.contrib.auth.models import Group, User
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from friendship import curation
from friendship.curation import proposals
from friendship.importers import runs
from friendship.models import (
    City,
    Country,
    Event,
    Evidence,
    ImportRun,
    Place,
    Relationship,
    Remit,
    ReportedTotal,
    Source,
)
from tests import builders
from tests.admin.desk import RELATIONSHIPS, act, at_the_desk, opened, problems

pytestmark = pytest.mark.django_db

ADMIN = "/en/admin/friendship/"
REFUSAL = "lies beyond your remit (Mianyang). Nothing was saved."
TABLES = (Country, Event, Evidence, ImportRun, Place, Relationship, ReportedTotal, Source)
ONE_EVIDENCE = {
    "evidence-TOTAL_FORMS": "1",
    "evidence-0-claim": "tie",
    "evidence-0-value": "sister",
    "evidence-0-strength": "explicit",
    "evidence-0-quote": "",
}


def limited(group: str = "Editors") -> Client:
    """A browser with someone who looks after Mianyang alone."""
    user = User.objects.create_user("limited", is_staff=True)
    user.groups.add(Group.objects.get(name=group))
    Remit.objects.create(user=user, place=Place.objects.get(slug="mianyang"))
    client = Client()
    client.force_login(user)
    return client


class Rows:
    """What belongs to Mianyang and what to Deyang."""

    def __init__(self) -> None:
        self.mianyang, self.deyang = (Place.objects.get(slug=slug) for slug in ("mianyang", "deyang"))
        abroad = {"country": Country.objects.get(pk="FR")}
        self.ville, self.bourg = builders.place("ville", **abroad), builders.place("bourg", **abroad)
        self.own = builders.tie(self.mianyang, self.ville, review_state="draft")
        self.other = builders.tie(self.deyang, self.bourg, review_state="draft")
        self.own_piece = builders.evidence(self.own, builders.source("own-paper"))
        self.other_piece = builders.evidence(self.other, builders.source("other-paper"))
        self.other_event = builders.event(self.other)
        self.other_total = builders.total(self.deyang)

    @property
    def hidden(self) -> list[Any]:
        """Rows of another city that are not even shown."""
        return [self.other, self.other_piece, self.other_event, self.other_total]

    @property
    def untouchable(self) -> list[Any]:
        """Rows that are shown, to choose among them, and must stay."""
        return [
            self.deyang,
            City.objects.get(pk=self.deyang.pk),
            self.ville,
            self.other_piece.source,
            self.ville.country,
        ]


@pytest.fixture
def rows() -> Rows:
    return Rows()


def contents() -> dict[Any, Any]:
    return {model: list(model._default_manager.order_by("pk").values()) for model in TABLES}


def address(row: Any, *parts: object) -> str:
    return "/".join([f"{ADMIN}{row._meta.model_name}", *map(str, parts), ""])


def test_lists_show_what_lies_within_the_remit(rows: Rows) -> None:
    editor = limited()
    for model in (Relationship, Evidence, Event, ReportedTotal):
        page = editor.get(f"{ADMIN}{model._meta.model_name}/")
        shown = {row.pk for row in page.context["cl"].result_list}
        assert shown.isdisjoint({row.pk for row in rows.hidden if type(row) is model})
    page = editor.get(RELATIONSHIPS, {"q": "Ville"})
    assert [row.pk for row in page.context["cl"].result_list] == [rows.own.pk]
    assert editor.get(RELATIONSHIPS, {"q": "Bourg"}).context["cl"].result_count == 0


def test_a_list_takes_as_many_queries_as_for_anybody(rows: Rows) -> None:
    """The remit comes with the person, in the same query."""
    counts = []
    for editor in (limited(), at_the_desk("editor", "Editors")):
        editor.get(RELATIONSHIPS)
        with CaptureQueriesContext(connection) as captured:
            editor.get(RELATIONSHIPS)
        counts.append(len(captured))
    assert counts == [10, 10]


def test_pages_of_another_city_do_not_open(rows: Rows) -> None:
    editor, before = limited("Reviewers"), contents()
    for row in rows.hidden:
        entry = row.history.latest().pk
        for page in (("change",), ("delete",), ("history",), ("history", entry)):
            for answer in (
                editor.get(address(row, row.pk, *page)),
                editor.post(address(row, row.pk, *page), {"post": "yes"}),
            ):
                assert (answer.status_code, answer.headers.get("Location", "")) in {
                    (403, ""),
                    (302, "/en/admin/"),
                }
    assert contents() == before


def test_what_is_shown_beyond_the_remit_has_a_form_without_entries(rows: Rows) -> None:
    editor, before = limited("Reviewers"), contents()
    for row in rows.untouchable:
        page = editor.get(address(row, row.pk, "change"))
        assert (page.status_code, "_save" in page.content.decode()) == (200, False)
        root = Client()
        root.force_login(User.objects.get_or_create(username="root", is_superuser=True, is_staff=True)[0])
        forged = opened(root, address(row, row.pk, "change"))
        answers = [editor.post(address(row, row.pk, "change"), {**forged, "name_en": "X", "title": "X"})]
        answers.append(editor.post(address(row, row.pk, "delete") + "?seen=1", {"post": "yes"}))
        entry = row.history.latest().pk
        answers.append(editor.post(address(row, row.pk, "history", entry), forged))
        assert [answer.status_code for answer in answers] == [403, 403, 403]
    assert contents() == before


def test_history_is_not_brought_back_to_another_city(rows: Rows) -> None:
    """The tie was Deyang's once: its past version may be read, and not returned to."""
    moved = rows.other
    moved.home = rows.mianyang
    curation.save(moved, actor=None)
    past = Relationship.history.filter(id=moved.pk).earliest().pk
    editor = limited()
    where = address(moved, moved.pk, "history", past)
    entries = opened(editor, where)
    response = editor.post(where, entries)
    assert [REFUSAL in problem for problem in problems(response)] == [True]
    moved.refresh_from_db()
    assert moved.home == rows.mianyang


def test_actions_do_not_reach_another_city(rows: Rows) -> None:
    reviewer, before = limited("Reviewers"), contents()
    for action in ("publish", "unpublish", "delete_selected"):
        act(reviewer, action, [rows.other], post="yes")
    assert contents() == before
    response = act(reviewer, "delete_selected", [rows.deyang], f"{ADMIN}place/", post="yes")
    assert (response.status_code, contents() == before) == (200, True)  # other rows need it: nothing was confirmed


def test_a_city_without_ties_is_not_deleted_either(rows: Rows) -> None:
    lonely, reviewer = builders.place("lonely", parent=Place.objects.get(slug="sichuan")), limited("Reviewers")
    response = act(reviewer, "delete_selected", [lonely], f"{ADMIN}place/", post="yes")
    assert (response.status_code, Place.objects.filter(pk=lonely.pk).exists()) == (403, True)


def test_boxes_that_choose_a_tie_offer_own_ones(rows: Rows) -> None:
    asked = {"app_label": "friendship", "model_name": "evidence", "field_name": "relationship", "term": ""}
    found = limited().get("/en/admin/autocomplete/", asked).json()["results"]
    assert str(rows.own.pk) in {each["id"] for each in found}
    assert str(rows.other.pk) not in {each["id"] for each in found}


def test_boxes_that_choose_a_place_offer_all(rows: Rows) -> None:
    asked = {"app_label": "friendship", "model_name": "relationship", "field_name": "home", "term": "deyang"}
    found = limited().get(f"{ADMIN}place/choices/", asked).json()["results"]
    assert str(rows.deyang.pk) in {each["id"] for each in found}


def test_a_tie_is_added_and_moved_within_the_remit_only(rows: Rows) -> None:
    editor = limited()
    entries = opened(editor, f"{RELATIONSHIPS}add/") | {
        "home": rows.mianyang.pk,
        "partner": rows.bourg.pk,
        "type": "sister",
    }
    editor.post(f"{RELATIONSHIPS}add/", entries)
    assert Relationship.objects.filter(home=rows.mianyang, partner=rows.bourg, review_state="draft").exists()

    response = editor.post(f"{RELATIONSHIPS}add/", entries | {"home": rows.deyang.pk, "partner": rows.ville.pk})
    assert [REFUSAL in problem for problem in problems(response)] == [True]
    where = f"{RELATIONSHIPS}{rows.own.pk}/change/"
    response = editor.post(where, opened(editor, where) | {"home": rows.deyang.pk})
    assert [REFUSAL in problem for problem in problems(response)] == [True]
    assert set(Relationship.objects.filter(home=rows.deyang).values_list("pk", flat=True)) >= {rows.other.pk}
    assert not Relationship.objects.filter(home=rows.deyang, partner=rows.ville).exists()


def test_forms_inside_a_tie_take_no_rows_of_another(rows: Rows) -> None:
    editor, where = limited(), f"{RELATIONSHIPS}{rows.own.pk}/change/"
    before = list(Evidence.objects.filter(pk=rows.other_piece.pk).values())
    forged = opened(editor, where) | {
        "evidence-0-id": rows.other_piece.pk,
        "evidence-0-relationship": rows.own.pk,
        "evidence-0-value": "stolen",
        "evidence-0-seen_version": 1,
    }
    for more in ({}, {"evidence-0-DELETE": "on"}, {"evidence-0-relationship": rows.other.pk}):
        editor.post(where, {**forged, **more})
    assert list(Evidence.objects.filter(pk=rows.other_piece.pk).values()) == before


@pytest.mark.parametrize("model", ["evidence", "event"])
def test_evidence_and_events_are_not_added_to_another_tie(rows: Rows, model: str) -> None:
    editor, before = limited(), contents()
    entries = opened(editor, f"{ADMIN}{model}/add/") | {
        "relationship": rows.other.pk,
        "source": rows.own_piece.source_id,
    }
    entries |= {"claim": "tie", "value": "sister", "strength": "explicit"} if model == "evidence" else {"kind": "visit"}
    response = editor.post(f"{ADMIN}{model}/add/", entries)
    assert [REFUSAL in problem for problem in problems(response)] == [True]
    assert contents() == before


def test_own_evidence_is_not_handed_to_another_tie(rows: Rows) -> None:
    editor, where = limited(), address(rows.own_piece, rows.own_piece.pk, "change")
    response = editor.post(where, opened(editor, where) | {"relationship": rows.other.pk})
    assert [REFUSAL in problem for problem in problems(response)] == [True]
    rows.own_piece.refresh_from_db()
    assert rows.own_piece.relationship == rows.own


def test_a_total_of_another_city_is_not_added(rows: Rows) -> None:
    editor, where = limited(), f"{ADMIN}reportedtotal/add/"
    entries = {"place": rows.deyang.pk, "source": rows.own_piece.source_id, "scope": "all", "metric": "all", "value": 3}
    response = editor.post(where, opened(editor, where) | entries)
    assert [REFUSAL in problem for problem in problems(response)] == [True]


def test_places_are_added_under_the_city_or_abroad(rows: Rows) -> None:
    editor, where = limited(), f"{ADMIN}city/add/"
    entries = opened(editor, where) | {"country": "CN", "level": "county", "name_en": "Beichuan X"}
    response = editor.post(where, entries | {"parent": rows.deyang.pk})
    assert [REFUSAL in problem for problem in problems(response)] == [True]
    editor.post(where, entries | {"parent": rows.mianyang.pk})
    editor.post(where, entries | {"country": "FR", "level": "city", "name_en": "Petit Lieu"})
    added = (
        Place.objects.filter(slug__in=("beichuan-x", "petit-lieu")).order_by("slug").values_list("slug", "review_state")
    )
    assert list(added) == [("beichuan-x", "draft"), ("petit-lieu", "draft")]


def test_countries_are_not_added(rows: Rows) -> None:
    assert limited("Reviewers").get(f"{ADMIN}country/add/").status_code == 403


def test_imports_of_others_are_not_there(rows: Rows) -> None:
    other = ImportRun.objects.create(file_name="theirs.csv", content=b"x", format="pairs", state="loaded")
    editor = limited("Reviewers")
    assert "theirs.csv" not in editor.get(f"{ADMIN}importrun/").content.decode()
    steps = ["change", "columns", "answers", "decisions", "check", "load", "undo", "rows.csv", "report.json", "delete"]
    for step in steps:
        where = f"{ADMIN}importrun/{other.pk}/{step}" + ("" if "." in step else "/")
        assert [editor.get(where).status_code, editor.post(where).status_code] == [404, 404], step
    other.refresh_from_db()
    assert other.state == "loaded"
    assert "theirs.csv" not in editor.get(RELATIONSHIPS, {"import": other.pk}).content.decode()


def test_texts_of_others_are_not_there(rows: Rows) -> None:
    """What a text says of another city than one's own, tests/admin/test_readings.py asks."""
    theirs = builders.reading("Theirs", title="Theirs")
    decision = theirs.decisions.create(fingerprint="1", choice="accepted", label="x", relationship=rows.own)
    editor, before = limited("Reviewers"), contents()
    assert "Theirs" not in editor.get(f"{ADMIN}reading/").content.decode()
    for step in ("change", "decide", "undo", "submit", "delete"):
        where = f"{ADMIN}reading/{theirs.pk}/{step}/"
        answers = [editor.get(where).status_code, editor.post(where, {"decision": decision.pk}).status_code]
        assert answers == [404, 404], step
    assert (contents(), theirs.decisions.count()) == (before, 1)


def test_an_import_with_a_tie_of_another_city_is_refused_as_a_whole(rows: Rows) -> None:
    user = User.objects.get(pk=limited().session["_auth_user_id"])
    table = "城市,外方城市,国别,结好时间\n绵阳市,试验市一,法国,2020\n德阳市,试验市二,法国,2021\n"
    run = runs.receive(table.encode(), "list.csv", by=user)
    before = Relationship.objects.count()
    with pytest.raises(PermissionDenied):
        runs.load(run)
    run.refresh_from_db()
    assert (run.state, Relationship.objects.count()) == ("failed", before)
    assert "德阳市" in run.error


def test_suggestions_about_another_city_are_not_there(rows: Rows) -> None:
    editor = limited("Reviewers")
    own, other = builders.suggestion(rows.own), builders.suggestion(rows.other)
    listed = editor.get(f"{ADMIN}suggestion/").context["cl"].result_list
    assert [row.pk for row in listed] == [own.pk]
    for step in ("change", "delete"):
        where = f"{ADMIN}suggestion/{other.pk}/{step}/"
        assert editor.post(where, {"post": "yes", "state": "answered", "answer": "x"}).status_code in {302, 403}
        assert editor.get(where).status_code in {302, 403}
    other.refresh_from_db()
    assert (other.state, other.answer) == ("open", "")
    assert editor.get(f"{ADMIN}suggestion/{own.pk}/change/").status_code == 200


def test_changes_of_another_city_are_not_proposed_or_decided(rows: Rows) -> None:
    shown = builders.tie(rows.deyang, builders.place("shown"))
    change = proposals.difference(_changed(shown, note_en="other"))
    reviewer = User.objects.get(pk=limited("Reviewers").session["_auth_user_id"])
    for act_on in (
        partial(proposals.propose, [change], actor=reviewer),
        partial(proposals.propose_publication, rows.other, actor=reviewer),
    ):
        with pytest.raises(PermissionDenied):
            act_on()
    waiting = proposals.propose([change], actor=None)
    for decide in (
        partial(proposals.apply, waiting, actor=reviewer),
        partial(proposals.decline, waiting, actor=reviewer, word="no"),
        partial(proposals.send_back, waiting, actor=reviewer, word="no"),
    ):
        with pytest.raises(PermissionDenied):
            decide()
    waiting.refresh_from_db()
    assert waiting.state == "open"
    client = Client()
    client.force_login(reviewer)
    assert client.get(f"{ADMIN}proposal/{waiting.pk}/change/").status_code == 404
    assert client.post(f"{ADMIN}proposal/{waiting.pk}/decide/", {"decision": "apply"}).status_code == 404
    proposals.apply(waiting, actor=None)
    with pytest.raises(PermissionDenied):
        proposals.undo(waiting, actor=reviewer)


def _changed(row: Any, **values: Any) -> Any:
    for name, value in values.items():
        setattr(row, name, value)
    return row


def test_the_api_writes_nothing_for_anybody(rows: Rows) -> None:
    editor, before = limited(), contents()
    for where in ("relationships/", f"relationships/{rows.own.pk}/", "places/", "sources/", "totals/"):
        for method in ("post", "put", "patch", "delete"):
            answer = getattr(editor, method)(f"/api/v1/{where}", {"type": "other"}, content_type="application/json")
            assert answer.status_code == 405
    assert contents() == before


def test_without_a_remit_nothing_is_narrower(rows: Rows) -> None:
    editor = at_the_desk("editor", "Editors")
    shown = {row.pk for row in editor.get(RELATIONSHIPS, {"q": "Bourg"}).context["cl"].result_list}
    assert shown == {rows.other.pk}


def test_the_upload_form_opens_for_a_limited_editor(rows: Rows) -> None:
    editor = limited()
    assert editor.get(f"{ADMIN}importrun/add/").status_code == 200
    file = SimpleUploadedFile("list.csv", b"nonsense")
    assert editor.post(f"{ADMIN}importrun/add/", {"file": file, "type": "sister"}).status_code == 200
