"""What the public suggests: one suggestion by its token, and those that wait for an answer."""

from __future__ import annotations

from django.db.models import QuerySet

from friendship.enums import SuggestionState
from friendship.models import Place, Relationship, Source, Suggestion


def suggestion(token: str) -> Suggestion | None:
    """The suggestion that somebody asks for by its token, or None."""
    return Suggestion.objects.filter(token=token).first()


def public_subject(of: Suggestion) -> Relationship | Place | None:
    """The record that it is about, where the public sees it at present."""
    if of.relationship_id is not None:
        return Relationship.objects.published().with_places().filter(pk=of.relationship_id).first()
    if of.place_id is not None:
        return Place.objects.published().filter(pk=of.place_id).first()
    return None


def open_suggestions() -> QuerySet[Suggestion]:
    """Those that wait for an answer, the oldest first."""
    return Suggestion.objects.filter(state=SuggestionState.OPEN).order_by("created_at", "pk")


def source_at(address: str) -> Source | None:
    """The source at this web address, with or without the stroke at its end, without its full text."""
    bare = address.rstrip("/")
    return Source.objects.defer("text").filter(url__in=[bare, f"{bare}/"]).order_by("pk").first()
