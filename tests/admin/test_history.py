"""The history tells who changed what, in words, and leads back."""

from __future__ import annotations

import re
from html import unescape
from typing import Any

import pytest
from django.test import Client

from friendship import curation
from friendship.models import Place, Relationship
from tests import builders
from tests.admin.desk import RELATIONSHIPS, at_the_desk, opened, problems, with_permissions

pytestmark = pytest.mark.django_db


def told(client: Client, address: str) -> list[str]:
    """The rows of a history page without the dates: user, action and changes."""
    page = re.sub(r"<p class=\"record-tools\">.*?</p>", "", client.get(address).content.decode(), flags=re.DOTALL)
    rows = re.findall(r"<tr>\s*<th scope=\"row\">.*?</th>(.*?)</tr>", page, re.DOTALL)
    return [" ".join(unescape(re.sub(r"<[^>]+>", " ", row)).split()) for row in rows]


def revert(client: Client, address: str, entry: int) -> object:
    """Open an earlier state and press the button."""
    return client.post(f"{address}history/{entry}/", opened(client, f"{address}history/{entry}/"))


def test_history_shows_who_changed_what_in_the_words_of_the_form() -> None:
    tie = builders.tie()
    editor = at_the_desk("editor", "Reviewers")
    address = f"{RELATIONSHIPS}{tie.pk}/"
    editor.post(f"{address}change/", opened(editor, f"{address}change/") | {"type": "cooperation", "note_en": "New."})
    assert told(editor, f"{address}history/") == [
        "editor Changed Type sister city → friendly cooperation Note in English — → New.",
        "— Created",
    ]


def test_the_history_of_a_source_tells_dates_in_one_piece_and_codes_by_their_labels() -> None:
    paper = builders.source(published_year=2019)
    editor = at_the_desk("editor", "Reviewers")
    address = f"/en/admin/friendship/source/{paper.pk}/"
    changed = {"kind": "official", "published_on": "2020-05-18", "url": "https://example.org/"}
    editor.post(f"{address}change/", opened(editor, f"{address}change/") | changed)
    assert told(editor, f"{address}history/") == [
        "editor Changed Kind news → official Published on 2019 → 2020-05-18 Web address — → https://example.org/",
        "— Created",
    ]


def test_a_tie_goes_back_to_an_earlier_state() -> None:
    tie = builders.tie(founded_year=1982)
    editor = at_the_desk("editor", "Reviewers")
    address = f"{RELATIONSHIPS}{tie.pk}/"
    first = tie.history.get()
    editor.post(f"{address}change/", opened(editor, f"{address}change/") | {"type": "other", "founded": "1999-01"})
    revert(editor, address, first.pk)
    tie = Relationship.objects.get(pk=tie.pk)
    assert (tie.type, tie.founded_year, tie.founded_month, tie.version) == ("sister", 1982, None, 3)
    assert [str(entry.history_user) for entry in tie.history.all()] == ["editor", "editor", "None"]


@pytest.mark.parametrize(("model", "level"), [("place", "county"), ("city", "city"), ("province", "province")])
def test_a_place_of_any_list_has_a_history_and_goes_back(model: str, level: str) -> None:
    place = builders.place("one", level=level, name_zh="壹")
    editor = at_the_desk("editor", "Reviewers")
    address = f"/en/admin/friendship/{model}/{place.pk}/"
    editor.post(f"{address}change/", opened(editor, f"{address}change/") | {"name_en": "Uno"})
    assert told(editor, f"{address}history/") == ["editor Changed English name One → Uno", "— Created"]
    revert(editor, address, place.history.last().pk)
    place = Place.objects.get(pk=place.pk)
    assert (place.name_en, place.search_text, place.version) == ("One", " 壹 yi y one", 3)


def test_going_back_is_refused_when_someone_has_saved_in_the_meantime() -> None:
    place = builders.place("one")
    editor = at_the_desk("editor", "Reviewers")
    address = f"/en/admin/friendship/city/{place.pk}/history/{place.history.get().pk}/"
    place.name_en = "Uno"
    curation.save(place, actor=None)
    entries = opened(editor, address)
    place.name_en = "Eins"
    curation.save(place, actor=None)
    response = editor.post(address, entries)
    assert [text.split(" changed this record on ")[0] for text in problems(response)] == ["Someone"]
    assert Place.objects.get(pk=place.pk).name_en == "Eins"


@pytest.mark.parametrize(
    ("group", "then", "now"),
    [("Editors", "published", "draft"), ("Reviewers", "published", "draft"), ("Reviewers", "draft", "published")],
)
def test_going_back_changes_nothing_about_what_the_public_sees(group: str, then: str, now: str) -> None:
    tie = builders.tie(review_state=then, note_en="then")
    past = tie.history.get()
    tie.review_state, tie.note_en = now, "now"
    tie.save()
    revert(at_the_desk("someone", group), f"{RELATIONSHIPS}{tie.pk}/", past.pk)
    tie.refresh_from_db()
    assert (tie.note_en, tie.review_state) == ("then", now)


def test_a_deleted_tie_comes_back() -> None:
    tie = builders.tie(founded_year=1982)
    address, pk = f"{RELATIONSHIPS}{tie.pk}/", tie.pk
    past = tie.history.get()
    tie.delete()
    revert(at_the_desk("editor", "Reviewers"), address, past.pk)
    tie = Relationship.objects.get(pk=pk)
    assert (tie.founded_year, tie.review_state, tie.history.first().history_type) == (1982, "draft", "+")


@pytest.mark.parametrize("codenames", [("view_relationship",), ("view_relationship", "add_relationship")])
def test_whoever_may_only_read_writes_nothing_from_the_past(codenames: tuple[str, ...]) -> None:
    tie = builders.tie(note_en="then")
    address = f"{RELATIONSHIPS}{tie.pk}/history/{tie.history.get().pk}/"
    entries = opened(at_the_desk("editor", "Reviewers"), address)
    tie.note_en = "now"
    tie.save()
    reader = with_permissions(*codenames)
    assert reader.get(address).status_code == 200
    for sent in ({}, entries, entries | {"note_en": "mine"}):
        assert reader.post(address, sent).status_code == 403
    tie.refresh_from_db()
    assert (tie.note_en, tie.history.count()) == ("now", 2)


@pytest.mark.parametrize("codenames", [("view_relationship",), ("view_relationship", "change_relationship")])
def test_whoever_may_not_add_brings_no_deleted_tie_back(codenames: tuple[str, ...]) -> None:
    tie = builders.tie()
    address, pk = f"{RELATIONSHIPS}{tie.pk}/history/{tie.history.get().pk}/", tie.pk
    entries = opened(at_the_desk("editor", "Reviewers"), address)
    tie.delete()
    assert with_permissions(*codenames).post(address, entries).status_code == 403
    assert not Relationship.objects.filter(pk=pk).exists()


@pytest.mark.parametrize(("quoted", "text"), [(True, "One, now."), (False, "One, then.")])
def test_the_text_into_which_quotes_point_does_not_go_back(quoted: bool, text: str) -> None:
    paper = builders.source(title="Then", text="One, then.")
    paper.title, paper.text = "Now", "One, now."
    paper.save()
    if quoted:
        builders.total(by=paper, quote="now", start=5, end=8)
    revert(at_the_desk("editor", "Reviewers"), f"/en/admin/friendship/source/{paper.pk}/", paper.history.last().pk)
    paper.refresh_from_db()
    assert (paper.title, paper.text) == ("Then", text)


@pytest.mark.parametrize("kind", ["evidence", "reportedtotal"])
@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("One and Two.", (0, 3)),  # where it stood
        ("Both: One and Two.", (6, 9)),  # elsewhere
        ("Two. And One.", (9, 12)),
        ("", (None, None)),
    ],
)
def test_a_quote_that_goes_back_is_found_in_the_present_text(kind: str, text: str, place: tuple[object, ...]) -> None:
    row, address = changed_quote(kind, text)
    revert(at_the_desk("editor", "Reviewers"), address, row.history.last().pk)
    row.refresh_from_db()
    assert (row.quote, (row.start, row.end)) == ("One", place)


@pytest.mark.parametrize("kind", ["evidence", "reportedtotal"])
def test_a_quote_that_stands_no_more_in_its_source_does_not_go_back(kind: str) -> None:
    row, address = changed_quote(kind, "Two.")
    response = revert(at_the_desk("editor", "Reviewers"), address, row.history.last().pk)
    assert problems(response) == ["Quote: these words do not stand in the full text of the source."]
    row.refresh_from_db()
    assert (row.quote, row.start) == ("", None)


def test_a_quote_that_goes_back_keeps_its_place_among_equal_words() -> None:
    row, address = changed_quote("evidence", "One and One.", start=8, end=11)
    revert(at_the_desk("editor", "Reviewers"), address, row.history.last().pk)
    row.refresh_from_db()
    assert (row.start, row.end) == (8, 11)


def changed_quote(kind: str, text: str, start: int = 0, end: int = 3) -> tuple[Any, str]:
    """A row that once quoted a source, whose text is now another; and where it is edited."""
    paper = builders.source(text="One.")
    quote: dict[str, Any] = {"quote": "One", "start": start, "end": end}
    row = builders.evidence(builders.tie(), paper, **quote) if kind == "evidence" else builders.total(by=paper, **quote)
    row.quote, row.start, row.end = "", None, None
    row.save()
    paper.text = text
    paper.save()
    return row, f"/en/admin/friendship/{kind}/{row.pk}/"
