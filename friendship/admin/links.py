"""Records by their short names, such as ``relationship/12``: what they are called, and where they are edited."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.contrib.auth.models import AnonymousUser, User
from django.db.models import Model, QuerySet
from django.urls import reverse
from django.utils.text import Truncator

from friendship.admin.choices import place_label
from friendship.models import Country, Evidence, Place, Relationship, ReportedTotal, Source

Viewer = User | AnonymousUser
_SHOWN = 80


@dataclass(frozen=True)
class Link:
    """A record by its name; ``url`` is empty where the reader may not open it."""

    label: str
    url: str


@dataclass(frozen=True)
class Links:
    """The records of a page by their short names; those that are gone are left out."""

    known: dict[str, Link]

    def named(self, names: Iterable[str]) -> list[Link]:
        """The records of these names."""
        return [self.known[name] for name in names if name in self.known]

    def of(self, subject: str) -> list[Link]:
        """The records of which a subject consists."""
        return self.named(subject.split("+"))


def links(names: Iterable[str], user: Viewer) -> Links:
    """The records of these names: one query for each kind."""
    wanted: dict[str, set[str]] = defaultdict(set)
    for name in names:
        model, _slash, key = name.partition("/")
        wanted[model].add(key)
    known: dict[str, Link] = {}
    for model, rows in _kinds().items():
        for row in rows.filter(pk__in=wanted[model]) if wanted.get(model) else ():
            known[f"{model}/{row.pk}"] = Link(_label(row), _address(row, user))
    return Links(known)


def _kinds() -> dict[str, QuerySet[Any]]:
    rows: tuple[QuerySet[Any], ...] = (
        Relationship.objects.select_related("home", "partner"),
        Place.objects.select_related("country", "parent"),
        Country.objects.all(),
        Evidence.objects.select_related("relationship__home", "relationship__partner"),
        ReportedTotal.objects.select_related("place"),
        Source.objects.defer("text"),
    )
    return {str(kind.model._meta.model_name): kind for kind in rows}


def _label(row: Any) -> str:
    match row:
        case Place():
            return place_label(row)
        case Evidence():
            return Truncator(f"{row.relationship} · {row}").chars(_SHOWN)
        case _:
            return Truncator(str(row)).chars(_SHOWN)


def _address(row: Model, user: Viewer) -> str:
    name = row._meta.model_name
    may_open = user.has_perm(f"friendship.view_{name}")
    return reverse(f"admin:friendship_{name}_change", args=[row.pk]) if may_open else ""
