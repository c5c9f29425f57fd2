"""Two people at one row: what does not clash is brought together, what clashes is refused with the facts named."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import transaction
from django.utils import translation

from friendship import curation
from friendship.models import Place, Relationship
from tests import builders

pytestmark = pytest.mark.django_db


def meanwhile(tie: Relationship, **values: Any) -> Relationship:
    """Somebody else saves these values; the row as it was before is given back."""
    seen = Relationship.objects.get(pk=tie.pk)
    other = Relationship.objects.get(pk=tie.pk)
    for column, value in values.items():
        setattr(other, column, value)
    curation.save(other, actor=None)
    return seen


def rebased(row: Any, version: int = 1) -> list[str]:
    with translation.override("en"), transaction.atomic():
        return curation.rebase(row, version)


def test_a_row_that_nobody_touched_stays_as_it_is() -> None:
    tie = builders.tie()
    tie.note_en = "mine"
    assert (rebased(tie), tie.note_en, tie.version) == ([], "mine", 1)


def test_facts_of_both_are_kept() -> None:
    mine = meanwhile(builders.tie(), note_zh="他人", status="ended", ended_year=2020)
    mine.note_en = "mine"
    assert rebased(mine) == ["Status", "Date ended", "Note in Chinese"]
    curation.save(mine, actor=None)
    held = Relationship.objects.get(pk=mine.pk)
    assert (held.note_en, held.note_zh, held.status, held.ended_year, held.version) == (
        "mine",
        "他人",
        "ended",
        2020,
        3,
    )


@pytest.mark.parametrize(
    ("theirs", "mine", "fact"),
    [
        ({"note_en": "theirs"}, {"note_en": "mine"}, "Note in English"),
        ({"founded_year": 1982}, {"founded_year": 1983}, "Date established"),
    ],
)
def test_the_same_fact_is_refused_by_name(theirs: dict[str, Any], mine: dict[str, Any], fact: str) -> None:
    row = meanwhile(builders.tie(), **theirs)
    for column, value in mine.items():
        setattr(row, column, value)
    with pytest.raises(curation.StaleVersion, match=rf" Changed: {fact}\. Nothing was saved"):
        rebased(row)


def test_a_date_is_one_fact_whatever_part_of_it_changes() -> None:
    row = meanwhile(builders.tie(founded_year=1982), founded_month=10)
    row.founded_year = 1983
    with pytest.raises(curation.StaleVersion):
        rebased(row)


def test_a_point_on_the_map_is_one_fact() -> None:
    place = builders.place("one", latitude=1, longitude=1)
    seen, other = Place.objects.get(pk=place.pk), Place.objects.get(pk=place.pk)
    other.latitude = 2
    curation.save(other, actor=None)
    seen.longitude = 3
    with pytest.raises(curation.StaleVersion):
        rebased(seen)


def test_nothing_is_published_that_the_reviewer_has_not_seen() -> None:
    row = meanwhile(builders.tie(review_state="draft"), note_en="unseen")
    row.review_state = "published"
    with pytest.raises(curation.StaleVersion):
        rebased(row)


def test_what_was_published_meanwhile_stays_public() -> None:
    tie = builders.tie(review_state="draft")
    mine = Relationship.objects.get(pk=tie.pk)
    curation.publish([tie], actor=User.objects.create_superuser("root"))
    mine.note_en = "mine"
    assert (rebased(mine), mine.review_state) == ([], "published")


def test_a_row_that_is_gone_or_whose_past_nobody_knows_is_refused() -> None:
    tie = builders.tie()
    with pytest.raises(curation.StaleVersion):
        rebased(tie, version=7)
    curation.delete(Relationship.objects.get(pk=tie.pk), actor=None)
    with pytest.raises(curation.StaleVersion, match="has been deleted"):
        rebased(tie)
