"""Staff add and correct: editors drafts, and who reviews alone what the public sees as well."""

from __future__ import annotations

import pytest

from friendship.dates import PartialDate
from friendship.models import City, Evidence, Place, Relationship, ReportedTotal
from tests import builders
from tests.admin.desk import RELATIONSHIPS, at_the_desk, opened, problems, said

pytestmark = pytest.mark.django_db

ONE_EVIDENCE = {
    "evidence-TOTAL_FORMS": "1",
    "evidence-0-claim": "tie",
    "evidence-0-value": "sister",
    "evidence-0-strength": "explicit",
    "evidence-0-quote": "",
}


def test_editor_adds_a_draft_with_evidence_in_one_go() -> None:
    home, partner, paper = builders.place("one"), builders.place("two"), builders.source()
    editor = at_the_desk("editor", "Editors")
    entries = opened(editor, f"{RELATIONSHIPS}add/") | ONE_EVIDENCE
    entries |= {"home": home.pk, "partner": partner.pk, "type": "sister", "founded": "1982年10月3日"}
    response = editor.post(f"{RELATIONSHIPS}add/", entries | {"evidence-0-source": paper.pk})

    tie = Relationship.objects.get(home=home, partner=partner)
    assert said(response) == [
        f'The relationship “<a href="{RELATIONSHIPS}{tie.pk}/change/">One – Two</a>” was added successfully.'
    ]
    assert (tie.founded.iso if tie.founded else "", tie.review_state, tie.version) == ("1982-10-03", "draft", 1)
    assert [(piece.claim, piece.value, piece.source) for piece in tie.evidence.all()] == [("tie", "sister", paper)]
    assert [(entry.history_type, str(entry.history_user)) for entry in tie.history.all()] == [("+", "editor")]


def test_a_city_added_by_an_editor_is_found_and_recorded_as_a_place() -> None:
    editor = at_the_desk("editor", "Editors")
    entries = opened(editor, "/en/admin/friendship/city/add/")
    entries |= {"country": "PL", "level": "city", "name_en": "Łódź Nowa", "name_zh": "新罗兹"}
    response = editor.post("/en/admin/friendship/city/add/", entries)

    city = City.objects.get(slug="lodz-nowa")
    link = f'<a href="/en/admin/friendship/city/{city.pk}/change/">Łódź Nowa</a>'
    assert said(response) == [f"The city “{link}” was added successfully."]
    assert [str(entry.history_user) for entry in Place.history.filter(id=city.pk)] == ["editor"]


def test_a_form_of_a_published_city_comes_back_whatever_was_left_out() -> None:
    root = at_the_desk("root")
    where = f"/en/admin/friendship/city/{Place.objects.get(slug='mianyang').pk}/change/"
    response = root.post(where, opened(root, where) | {"slug": "", "country": ""})
    assert (response.status_code, problems(response)) == (200, ["This field is required."])
    assert root.get("/en/cities/mianyang/").status_code == 200


def test_saving_without_a_change_leaves_no_trace() -> None:
    tie = builders.tie()
    editor = at_the_desk("editor", "Reviewers")
    editor.post(f"{RELATIONSHIPS}{tie.pk}/change/", opened(editor, f"{RELATIONSHIPS}{tie.pk}/change/"))
    tie.refresh_from_db()
    assert (tie.version, tie.history.count()) == (1, 1)


def test_a_quote_is_found_in_the_text_of_its_source() -> None:
    tie, paper = builders.tie(), builders.source(text="In 1982 One and Two became sister cities.")
    editor = at_the_desk("editor", "Reviewers")
    address = f"{RELATIONSHIPS}{tie.pk}/change/"
    entries = opened(editor, address) | ONE_EVIDENCE | {"evidence-0-source": paper.pk}

    refused = editor.post(address, entries | {"evidence-0-quote": "twin cities"})
    assert problems(refused) == ["Quote: these words do not stand in the full text of the source."]
    editor.post(address, entries | {"evidence-0-quote": "sister cities"})
    assert list(Evidence.objects.filter(relationship=tie).values_list("start", "end")) == [(27, 40)]


def test_an_editor_deletes_evidence_and_not_the_tie() -> None:
    piece = builders.evidence(builders.tie(review_state="draft"))
    editor = at_the_desk("editor", "Editors")
    address = f"{RELATIONSHIPS}{piece.relationship_id}/"
    entries = opened(editor, f"{address}change/") | {"evidence-0-DELETE": "on"}
    editor.post(f"{address}change/", entries)
    assert not Evidence.objects.filter(pk=piece.pk).exists()
    assert [str(entry.history_user) for entry in Evidence.history.filter(id=piece.pk, history_type="-")] == ["editor"]
    assert editor.post(f"{address}delete/", {"post": "yes"}).status_code == 403
    assert Relationship.objects.filter(pk=piece.relationship_id).exists()


def test_a_full_text_that_is_quoted_stays_as_it_was_entered() -> None:
    paper = builders.source(text="Word for word.")
    builders.evidence(builders.tie(), paper, quote="Word", start=0, end=4)
    editor = at_the_desk("editor", "Reviewers")
    address = f"/en/admin/friendship/source/{paper.pk}/change/"
    entries = opened(editor, address)
    assert "text" not in entries
    editor.post(address, entries | {"title": "New title", "text": "Tidied up."})
    paper.refresh_from_db()
    assert (paper.title, paper.text) == ("New title", "Word for word.")


@pytest.mark.parametrize(
    ("claim", "typed", "stored"),
    [
        ("tie", "sister city", "sister"),
        ("tie", "friendly cooperation", "cooperation"),
        ("tie", "twin town", "twin town"),
        ("status", "ended", "ended"),
        ("status", "not verified", "unknown"),
        ("founded", "1982年10月", "1982-10"),
        ("ended", "31 February", "31 February"),
        ("type", "sister city", "sister city"),
    ],
)
def test_claims_are_entered_in_words_and_stored_as_codes(claim: str, typed: str, stored: str) -> None:
    piece = builders.evidence(builders.tie())
    editor = at_the_desk("editor", "Reviewers")
    address = f"/en/admin/friendship/evidence/{piece.pk}/change/"
    assert opened(editor, address)["value"] == "sister city"
    editor.post(address, opened(editor, address) | {"claim": claim, "value": typed})
    piece.refresh_from_db()
    assert (piece.claim, piece.value) == (claim, stored)


def test_a_total_without_an_exact_number_is_entered_in_the_words_of_its_source() -> None:
    one, paper = builders.place("one"), builders.source()
    editor = at_the_desk("editor", "Reviewers")
    address = "/en/admin/friendship/reportedtotal/"
    entries = opened(editor, f"{address}add/") | {"place": one.pk, "source": paper.pk, "scope": "all", "metric": "all"}
    editor.post(f"{address}add/", entries | {"as_printed": "近90", "as_of": "2014-11"})

    total = ReportedTotal.objects.get(place=one)
    assert (total.value, total.as_printed, total.as_of) == (None, "近90", PartialDate(2014, 11))
    assert '<td class="field-figure">近90</td>' in editor.get(f"{address}?q=one").content.decode()
    assert "One of the two: the number, or the source’s own words" in editor.get(f"{address}add/").content.decode()
