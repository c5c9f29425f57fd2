"""What lies within a person's remit, as conditions on rows: lists are narrowed by them, writes held against them."""

from __future__ import annotations

from typing import Any, TypeVar

from django.contrib.auth.models import AnonymousUser, User
from django.db.models import Exists, Model, OuterRef, Q, QuerySet

from friendship.enums import ReviewState
from friendship.models import (
    Event,
    Evidence,
    ImportRun,
    Place,
    Proposal,
    Reading,
    Relationship,
    Remit,
    ReportedTotal,
    Source,
    Suggestion,
)

Rows = TypeVar("Rows", bound=QuerySet[Any])
Person = User | AnonymousUser | None


def remit_of(person: Person) -> Remit | None:
    """The remit of a person; None where nothing limits them. Asked of the database once for each person read."""
    return getattr(person, "remit", None)


def narrowed(rows: Rows, person: Person) -> Rows:
    """The rows that the person may change; all of them where nothing limits the person."""
    remit = remit_of(person)
    return rows if remit is None else rows.filter(within(rows.model, remit))


def within(model: type[Model], remit: Remit) -> Q:
    """The condition that a row of the model lies within the remit."""
    model = model._meta.concrete_model or model
    if model is Relationship:
        return _tie(remit)
    if model in (Event, Evidence):
        return _tie(remit, "relationship__")
    if model is Place:
        return _place(remit) | _own_drafts_abroad(remit)
    if model is ReportedTotal:
        return _place(remit, "place__")
    if model is Source:
        return _source(remit)
    if model in (ImportRun, Reading):
        return Q(started_by=remit.user_id)
    if model is Proposal:
        return Q(author=remit.user_id) | _tie(remit, "relationship__") | _place(remit, "place__")
    if model is Suggestion:
        return _tie(remit, "relationship__") | _place(remit, "place__")
    return Q(pk__in=[])  # countries, and whatever nobody has thought of


def reach(remit: Remit) -> QuerySet[Place]:
    """The place of the remit and what lies under it."""
    return Place.objects.filter(_place(remit))


def _place(remit: Remit, prefix: str = "") -> Q:
    ways = ("", "parent", "parent__parent")
    found = Q()
    for way in ways:
        found |= Q(**{f"{prefix}{way}".rstrip("_") or "pk": remit.place_id})
    return found


def _tie(remit: Remit, prefix: str = "") -> Q:
    inside = reach(remit).values("pk")
    return Q(**{f"{prefix}home__in": inside}) | Q(**{f"{prefix}partner__in": inside})


def _own_drafts_abroad(remit: Remit) -> Q:
    """Partner places that the person has added themselves and that nobody has published yet."""
    added = Q(Exists(_added_by(Place, remit).filter(id=OuterRef("pk"))))
    return Q(review_state=ReviewState.DRAFT) & ~Q(country=remit.place.country_id) & added


def _source(remit: Remit) -> Q:
    """Sources that speak of what lies within and of nothing else; those that speak of nothing by who added them."""
    own, others = Q(), Q()
    for model in (Event, Evidence, ReportedTotal):
        told = model._default_manager.filter(source=OuterRef("pk"))
        inside = within(model, remit)
        own |= Q(Exists(told.filter(inside)))
        others |= Q(Exists(told.exclude(inside)))
    return ~others & (own | Q(Exists(_added_by(Source, remit).filter(id=OuterRef("pk")))))


def _added_by(model: type[Place | Source], remit: Remit) -> QuerySet[Any]:
    added: QuerySet[Any] = model.history.filter(history_type="+", history_user=remit.user_id)
    return added
