"""Changes looked at and carried out, however many: rows are read and written a thousand at a time."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import partial
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import ForeignKey, QuerySet
from django.utils.translation import gettext as _

from friendship.curation import Actor, batches, delete, save
from friendship.curation.changes import Change, model_of
from friendship.curation.imports import Load, load
from friendship.enums import ReviewState
from friendship.models import Country, Event, Evidence, Place, Relationship, ReportedTotal, Source
from friendship.models.curation import Curated

#: (index of the change, column, value held now)
Clash = tuple[int, str, Any]


class Held:
    """The rows that changes are about, as the register holds them."""

    def __init__(
        self,
        changes: Iterable[Change],
        read: Callable[[type[Curated]], QuerySet[Any]] = lambda model: model._default_manager.all(),
    ) -> None:
        wanted: dict[type[Curated], set[Any]] = defaultdict(set)
        for change in changes:
            if change["pk"] is not None:
                wanted[model_of(change)].add(change["pk"])
        self._rows: dict[tuple[type[Curated], Any], Any] = {}
        for model, keys in wanted.items():
            for some in batches(sorted(keys)):
                self._rows |= {(model, row.pk): row for row in read(model).filter(pk__in=some)}

    def of(self, change: Change) -> Any:
        """The row, or None where there is none (any more)."""
        return self._rows.get((model_of(change), change["pk"]))


#: Columns that decide to whose remit a row belongs.
_MOVING = frozenset({"home_id", "partner_id", "parent_id", "place_id", "country_id", "level"})


def stays(change: Change) -> bool:
    """Whether the row stays where it is, whoever it belongs to; a new piece belongs to its tie."""
    if change["action"] == "add":
        return change["model"] in {"evidence", "event"} and "relationship_id" in change["after"]
    return not change["after"].keys() & {*_MOVING, "relationship_id"}


def staying(changes: Iterable[Change], held: Held) -> list[Curated]:
    """The rows of such changes as they are held, and the ties of new pieces."""
    rows, ties = list[Curated](), set[Any]()
    for change in filter(stays, changes):
        if change["action"] == "add":
            ties.add(change["after"]["relationship_id"])
        elif (row := held.of(change)) is not None:
            rows.append(row)
    for some in batches(ties):
        rows += Relationship.objects.with_places().filter(pk__in=some)
    return rows


def altered(change: Change, held: Held) -> Any:
    """The row as it would become; None where somebody has deleted it meanwhile."""
    row = model_of(change)() if change["action"] == "add" else held.of(change)
    if row is not None:
        for column, value in change["after"].items():
            setattr(row, column, value)
    return row


# --- what the public sees ---------------------------------------------------------------------------------------------


def touch_public(changes: Iterable[Change]) -> bool:
    """Whether the public sees any row of these changes, as it stands or as it would become."""
    alike: dict[type[Curated], list[Change]] = defaultdict(list)
    for change in changes:
        alike[model_of(change)].append(change)
    return any(_SHOWN[model](same) for model, same in alike.items())


def _keys(changes: Iterable[Change]) -> set[Any]:
    return {change["pk"] for change in changes if change["action"] != "add"}


def _any(rows: QuerySet[Any], keys: Iterable[Any]) -> bool:
    return any(rows.filter(pk__in=some).exists() for some in batches(keys))


def _a_shown_tie(changes: list[Change]) -> bool:
    return _any(Relationship.objects.published(), _keys(changes)) or _a_new_one(Relationship, changes)


def _a_shown_place(changes: list[Change]) -> bool:
    return _any(Place.objects.published(), _keys(changes)) or _a_new_one(Place, changes)


def _a_new_one(model: type[Relationship | Place], changes: list[Change]) -> bool:
    """Whether a row that would be added is public from the beginning."""
    added = (change for change in changes if change["action"] == "add")
    return any(model(**change["after"]).review_state == ReviewState.PUBLISHED for change in added)


def _on_a_shown_tie(model: type[Evidence | Event], changes: list[Change]) -> bool:
    named = {change["after"].get("relationship_id") for change in changes} - {None}
    held = model._default_manager.filter(relationship__review_state=ReviewState.PUBLISHED)
    return _any(Relationship.objects.published(), named) or _any(held, _keys(changes))


def _always(model: type[Curated], changes: list[Change]) -> bool:
    added = any(change["action"] == "add" for change in changes)
    return added or _any(model._default_manager.all(), _keys(changes))


_SHOWN: dict[Any, Callable[[list[Change]], bool]] = {
    Relationship: _a_shown_tie,
    Place: _a_shown_place,
    Evidence: partial(_on_a_shown_tie, Evidence),
    Event: partial(_on_a_shown_tie, Event),
    Source: lambda changes: _any(Source.objects.published(), _keys(changes)),
    Country: partial(_always, Country),
    ReportedTotal: partial(_always, ReportedTotal),
}


# --- what others have changed meanwhile -------------------------------------------------------------------------------


def clashes(changes: Sequence[Change], held: Held) -> Iterator[Clash]:
    """The facts that are neither as the author saw them nor as the author wants them."""
    missing = _missing(changes)
    for index, change in enumerate(changes):
        for column, value in change["after"].items():
            if (change["model"], column, value) in missing:
                yield index, column, None
        if change["action"] != "add":
            yield from ((index, column, value) for column, value in _clashes_of(change, held.of(change)))


def _clashes_of(change: Change, row: Any) -> Iterator[tuple[str, Any]]:
    if row is None:
        if change["action"] == "change":
            yield "", None
        return
    if change["action"] == "delete" and row.version != change["version"]:
        yield "", str(row)
    for column, wanted in change["after"].items():
        value = getattr(row, column)
        if value not in (change["before"].get(column), wanted):
            yield column, value


def _missing(changes: Iterable[Change]) -> set[tuple[str, str, Any]]:
    """The rows to which the changes point and which are not there any more, as (model, column, key)."""
    pointing: dict[tuple[str, str], tuple[Any, set[Any]]] = {}
    for change in changes:
        for column, key in change["after"].items():
            field = _foreign_keys(model_of(change)).get(column)
            if field is not None and key is not None:
                pointing.setdefault((change["model"], column), (field.remote_field.model, set()))[1].add(key)
    found: set[tuple[str, str, Any]] = set()
    for (name, column), (model, keys) in pointing.items():
        for some in batches(keys):
            there = set(model._default_manager.filter(pk__in=some).values_list("pk", flat=True))
            found |= {(name, column, key) for key in some if key not in there}
    return found


def _foreign_keys(model: type[Curated]) -> dict[str, Any]:
    return {field.attname: field for field in model._meta.concrete_fields if isinstance(field, ForeignKey)}


# --- writing ----------------------------------------------------------------------------------------------------------


def write_each(changes: Sequence[Change], *, actor: Actor, author: Actor, reason: str) -> None:
    """Write row after row, each with all of its rules and what follows from it; new rows get their keys."""
    for change in changes:
        _write_one(change, {"actor": actor, "author": author, "reason": reason, "reviewed": True})


def _write_one(change: Change, known: Mapping[str, Any]) -> None:
    model = model_of(change)
    if change["action"] == "add":
        back = {} if change["pk"] is None else {"pk": change["pk"]}  # what was deleted comes back under its key
        change["pk"] = save(model(**back, **change["after"]), **known).pk
        return
    held = model._default_manager.filter(pk=change["pk"]).first()
    if held is None:
        return  # somebody else has deleted it already
    if change["action"] == "delete":
        delete(held, **known)
        return
    for column, value in change["after"].items():
        setattr(held, column, value)
    save(held, **known)


def is_plain(changes: Iterable[Change]) -> bool:
    """Whether nothing follows from these changes but the rows themselves, so that they can be written together."""
    return all(
        (change["model"], change["action"]) in {("relationship", "change"), ("place", "change"), ("evidence", "add")}
        and not change["after"].keys() & {"home_id", "partner_id", "level", "country_id", "slug"}
        for change in changes
    )


def write_together(changes: Sequence[Change], held: Held, *, actor: Actor, author: Actor, reason: str) -> None:
    """Write plain changes a thousand rows at a time. Raises what ``imports.load`` raises.

    Whoever made these changes has looked at the rules that a row itself can break; the database looks again.
    """
    rows, altered = Load(), dict[Any, tuple[Any, set[str]]]()
    for change in changes:
        if change["action"] == "add":
            rows.evidence.append(Evidence(**change["after"]))
            continue
        row = held.of(change)
        columns = {column for column, value in change["after"].items() if getattr(row, column) != value}
        for column in columns:
            setattr(row, column, change["after"][column])
        altered.setdefault(row, (row, set()))[1].update(columns)
    rows.changed = [(row, tuple(sorted(columns))) for row, columns in altered.values() if columns]
    _refuse_unfit(row for row, columns in altered.values() if "parent_id" in columns)
    load(rows, actor=actor, reason=reason, author=author, reviewed=True)
    added = iter(rows.evidence)
    for change in changes:
        if change["action"] == "add":
            change["pk"] = next(added).pk


def _refuse_unfit(places: Iterable[Place]) -> None:
    """SQL cannot compare a place with what contains it."""
    for some in batches(places):
        parents = Place.objects.in_bulk([place.parent_id for place in some if place.parent_id])
        for place in some:
            parent = parents.get(place.parent_id) if place.parent_id else None
            if parent is not None and (fault := place.fault_of_parent(parent)):
                said = _("%(field)s: %(rule)s") % {"field": f"“{place}”", "rule": _(fault)}
                raise ValidationError({"parent": said})
