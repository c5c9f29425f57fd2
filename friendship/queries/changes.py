"""What changed, and when: for readers of the feed and for search engines."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from django.db.models import DateTimeField, F, Max, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce, Greatest
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from friendship.enums import ReviewState
from friendship.models import Country, Event, Evidence, Place, PlaceQuerySet, Relationship, RelationshipQuerySet, Source
from friendship.queries.criteria import Criteria
from friendship.queries.facts import facts_of
from friendship.queries.places import PlaceCriteria, select_places
from friendship.queries.relationships import in_order
from friendship.queries.selections import selected

#: The facts of a tie that a reader is told of, each with its columns.
_NOTES = ("note_zh", "note_en")
_FACTS: list[tuple[Promise | str, tuple[str, ...]]] = [
    *((fact.label, fact.columns) for fact in facts_of(Relationship) if fact.name not in {*_NOTES, "review_state"}),
    (_("note"), _NOTES),
]
_COLUMNS = [column for _label, columns in _FACTS for column in columns]


# --- ties, for the feed ---------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Change:
    """What happened last to a tie that the public sees: it was published, or ``facts`` of it were changed."""

    tie: Relationship
    is_new: bool
    facts: tuple[str, ...]


def recent_changes(criteria: Criteria, most: int) -> list[Change]:
    """The ties that answer the criteria, last changed first, each with what its history says; at most so many."""
    chosen = selected(replace(criteria, sort="updated"))
    ties = in_order(chosen.columns.ids[chosen.page(0, most, chinese=False)].tolist())
    versions = _published_versions([tie.pk for tie in ties])
    return [Change(tie, len(versions[tie.pk]) < 2, _changed(versions[tie.pk])) for tie in ties]


def _published_versions(ids: list[int]) -> dict[int, list[dict[str, Any]]]:
    """The versions that the public has seen, by tie, oldest first: what a draft said is nobody's business."""
    rows = Relationship.history.filter(id__in=ids, review_state=ReviewState.PUBLISHED).exclude(history_type="-")
    versions: dict[int, list[dict[str, Any]]] = {pk: [] for pk in ids}
    for row in rows.order_by("history_date", "history_id").values("id", *_COLUMNS):
        versions[row["id"]].append(row)
    return versions


def _changed(versions: list[dict[str, Any]]) -> tuple[str, ...]:
    if len(versions) < 2:
        return ()
    before, after = versions[-2:]
    return tuple(str(fact) for fact, columns in _FACTS if any(before[name] != after[name] for name in columns))


# --- every address, for the sitemap ---------------------------------------------------------------------------------


def relationships_changed() -> RelationshipQuerySet:
    """Every published tie by id, with ``changed_at``: of the row, its evidence or its events."""
    rows = Relationship.objects.published().only("pk").order_by("pk")
    return rows.annotate(
        changed_at=_latest((Evidence.objects.all(), "relationship"), (Event.objects.all(), "relationship"))
    )


def places_changed() -> PlaceQuerySet:
    """Every place that a published tie names, with ``changed_at``: of the place or its ties."""
    published = Relationship.objects.published()
    rows = select_places(Place.objects.published(), PlaceCriteria()).only("slug", "level").order_by("pk")
    return rows.annotate(changed_at=_latest((published, "home"), (published, "partner")))


def countries_changed() -> QuerySet[Country]:
    """Every country that a published tie touches, with ``changed_at``: of the country or its ties."""
    published = Relationship.objects.published()
    sides = ("home__country", "partner__country")
    touched = Q(pk__in=published.values(sides[0])) | Q(pk__in=published.values(sides[1]))
    rows = Country.objects.filter(touched).only("code").order_by("pk")
    return rows.annotate(changed_at=_latest(*((published, side) for side in sides)))


def sources_changed() -> QuerySet[Source]:
    """Every public source, with ``changed_at``: of the source or of what it says of published ties."""
    published = Relationship.objects.published()
    says = Evidence.objects.filter(relationship__in=published)
    tells = Event.objects.filter(relationship__in=published)
    rows = Source.objects.published().only("slug").order_by("pk")
    return rows.annotate(changed_at=_latest((says, "source"), (tells, "source")))


def _latest(*pointing: tuple[QuerySet[Any], str]) -> Greatest:
    """The latest change of a row and of the rows that point at it, each with the column that does."""
    return Greatest("updated_at", *(Coalesce(_last_of(rows, key), F("updated_at")) for rows, key in pointing))


def _last_of(rows: QuerySet[Any], key: str) -> Subquery:
    found = rows.filter(**{key: OuterRef("pk")}).order_by().values(key)
    return Subquery(found.annotate(last=Max("updated_at")).values("last"), output_field=DateTimeField())
