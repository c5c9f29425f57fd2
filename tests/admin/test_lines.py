"""Browsers end lines with CR LF, the register with LF: nothing is changed by that, and nothing is refused."""

from __future__ import annotations

from typing import Any

import pytest

from friendship.models import Evidence, Place, Relationship
from tests import builders
from tests.admin.desk import RELATIONSHIPS, at_the_desk, opened

pytestmark = pytest.mark.django_db

WORDS = "  “One\nand Two”\n\n"


def quotes(tie: Relationship) -> list[tuple[Any, ...]]:
    """What the sources say of a tie, and where."""
    return list(tie.evidence.order_by("pk").values_list("quote", "start", "end", "version"))


@pytest.mark.parametrize("pk", [4, 5])
def test_a_changed_note_leaves_quotes_of_several_lines_alone(pk: int) -> None:
    tie = Relationship.objects.get(pk=pk)
    before = quotes(tie)
    assert any("\n" in quote for quote, *_rest in before)
    editor, address = at_the_desk("editor", "Reviewers"), f"{RELATIONSHIPS}{pk}/change/"
    response = editor.post(address, opened(editor, address) | {"note_en": "One.\r\nTwo."})
    assert response.status_code == 302
    tie.refresh_from_db()
    assert (tie.note_en, quotes(tie)) == ("One.\nTwo.", before)


@pytest.mark.parametrize("changes", [{}, {"official_code": "123"}])
def test_other_names_stay_as_they_are(changes: dict[str, str]) -> None:
    place = builders.place("one", aliases="Uno\nUn\nEins")
    editor, address = at_the_desk("editor", "Reviewers"), f"/en/admin/friendship/city/{place.pk}/change/"
    editor.post(address, opened(editor, address) | changes)
    place = Place.objects.get(pk=place.pk)
    assert (place.aliases, place.version, place.history.count()) == (
        "Uno\nUn\nEins",
        1 + len(changes),
        1 + len(changes),
    )


@pytest.mark.parametrize(("title", "version"), [("Paper", 1), ("Other", 2)])
def test_a_full_text_is_never_tidied_up(title: str, version: int) -> None:
    paper = builders.source(text=WORDS)
    editor, address = at_the_desk("editor", "Reviewers"), f"/en/admin/friendship/source/{paper.pk}/change/"
    editor.post(address, opened(editor, address) | {"title": title})
    paper.refresh_from_db()
    assert (paper.text, paper.title, paper.version) == (WORDS, title, version)


@pytest.mark.parametrize("ending", ["\r\n", "\r", "\n"])
def test_a_quote_of_several_lines_is_found(ending: str) -> None:
    piece = builders.evidence(builders.tie(), builders.source(text=f"Yes: {WORDS}"))
    editor, address = at_the_desk("editor", "Reviewers"), f"/en/admin/friendship/evidence/{piece.pk}/change/"
    editor.post(address, opened(editor, address) | {"quote": WORDS.replace("\n", ending)})
    piece = Evidence.objects.get(pk=piece.pk)
    assert (piece.quote, piece.start, piece.end) == (WORDS, 5, 5 + len(WORDS))
