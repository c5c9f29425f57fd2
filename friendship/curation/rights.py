"""Who may change what: a person with a remit changes nothing beyond it, whichever way they come.

Every write of a record that somebody asks for comes by here: no address, form, action or import gets round it.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta

from django.core.exceptions import PermissionDenied
from django.utils import timezone
from django.utils.translation import gettext as _

from friendship.enums import ReviewState
from friendship.models import AccessEvent, Event, Evidence, Place, Relationship, Remit, ReportedTotal, Source
from friendship.models.curation import Curated
from friendship.queries.rights import Person, reach, remit_of, within

#: How long the access log is kept: network addresses are personal data.
DAYS_KEPT = 180


def forget_old_events(days: int = DAYS_KEPT) -> int:
    """Remove entries of the access log that are older than so many days; returns how many."""
    old = AccessEvent.objects.filter(at__lt=timezone.now() - timedelta(days=days))
    return old.delete()[0]


def guard(row: Curated, actor: Person) -> None:
    """Refuse to let the actor write the row where it lies beyond their remit, as it is held or as it would become.

    Raises ``PermissionDenied`` with a sentence for the person.
    """
    remit = remit_of(actor)
    if remit is None:
        return
    held = row._state.adding or _held_within(row, remit)
    if not (held and _will_be_within(row, remit)):
        raise PermissionDenied(_refusal(row, remit))


def guard_held(rows: Iterable[Curated], *people: Person) -> None:
    """Refuse where any of these rows, as the database holds them, lies beyond the remit of one of the people.

    For many rows: before they are written, and once more afterwards in the same transaction.
    """
    remits = [remit for person in people if (remit := remit_of(person)) is not None]
    by_model: dict[type[Curated], dict[object, Curated]] = {}
    for row in rows if remits else ():
        by_model.setdefault(type(row), {})[row.pk] = row
    for remit in remits:
        _guard_each(by_model, remit)


def _guard_each(by_model: dict[type[Curated], dict[object, Curated]], remit: Remit) -> None:
    for model, held in by_model.items():
        keys = list(held)
        for start in range(0, len(keys), 500):
            some = keys[start : start + 500]
            inside = model._default_manager.filter(within(model, remit), pk__in=some).values_list("pk", flat=True)
            if beyond := set(some) - set(inside):
                raise PermissionDenied(_refusal(held[min(beyond, key=str)], remit))


def may_change(row: Curated, actor: Person) -> bool:
    """Whether the row, as the database holds it, lies within the actor's remit; True where there is none."""
    remit = remit_of(actor)
    return remit is None or _held_within(row, remit)


def _refusal(row: Curated, remit: Remit) -> str:
    return _("“%(row)s” lies beyond your remit (%(place)s). Nothing was saved.") % {"row": row, "place": remit.place}


def _held_within(row: Curated, remit: Remit) -> bool:
    model = row._meta.concrete_model or type(row)
    return model._default_manager.filter(within(model, remit), pk=row.pk).exists()


def _will_be_within(row: Curated, remit: Remit) -> bool:
    """Whether the row as it stands in memory lies within the remit."""
    match row:
        case Relationship():
            return reach(remit).filter(pk__in=(row.home_id, row.partner_id)).exists()
        case Event() | Evidence():
            return Relationship.objects.filter(within(Relationship, remit), pk=row.relationship_id).exists()
        case Place():
            return _place_will_be_within(row, remit)
        case ReportedTotal():
            return reach(remit).filter(pk=row.place_id).exists()
        case Source():
            return True  # a source may be added; one that is held was asked about already
        case _:
            return False


def _place_will_be_within(place: Place, remit: Remit) -> bool:
    """Under the place of the remit, that place itself, or a draft abroad: the partner of a tie to come."""
    if place.pk == remit.place_id:
        return True
    if place.country_id != remit.place.country_id:
        return place.review_state == ReviewState.DRAFT
    return place.parent_id is not None and reach(remit).filter(pk=place.parent_id).exists()
