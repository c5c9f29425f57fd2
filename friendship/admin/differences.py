"""Proposed changes field by field, in the words of the forms: what stands there, what should stand there."""

from __future__ import annotations

import hashlib
import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, overload

from django.core.exceptions import FieldDoesNotExist
from django.db.models import ForeignKey, Model, QuerySet
from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from friendship.admin.choices import place_label
from friendship.admin.history import DATE_COLUMN, DATE_LABELS
from friendship.curation import batches
from friendship.curation.carrying import Clash, Held
from friendship.curation.changes import Change, columns_of, model_of, removal
from friendship.curation.reviewing import shown_with
from friendship.dates import PartialDate
from friendship.enums import ProposalKind
from friendship.exporters.worksheet import heading_of
from friendship.models import Event, Evidence, Place, Proposal, Relationship, Source
from friendship.models.curation import Curated

#: What a reader of a change learns elsewhere on the page, or from the quote itself.
_UNTOLD = frozenset({"start", "end", "id"})


@dataclass(frozen=True)
class Line:
    """One fact: its name, what it says now, what it should say; ``held`` is what others have made of it meanwhile."""

    label: str
    before: str
    after: str
    held: str | None = None
    is_long: bool = False


@dataclass(frozen=True)
class Sheet:
    """One record that changes: its name and kind, what happens to it, and the facts."""

    title: str
    kind: str
    action: str
    address: str
    lines: list[Line] = field(default_factory=list)


def sheets(proposal: Proposal, clashes: Sequence[Clash] = ()) -> Sequence[Sheet]:
    """Every record that the proposal changes; of a draft to be published all that it says."""
    if proposal.kind == ProposalKind.PUBLISH:
        return list(_draft(proposal))
    return Sheets(proposal.changes, clashes)


class Sheets(Sequence[Sheet]):
    """The records that changes are about. Only those of a page are read; where some clash, they come first."""

    def __init__(self, changes: Sequence[Change], clashes: Sequence[Clash] = ()) -> None:
        self._changes = changes
        self._clashes: dict[int, dict[str, Any]] = defaultdict(dict)
        for index, column, value in clashes:
            self._clashes[index][column] = value
        self._order = sorted(range(len(changes)), key=lambda index: index not in self._clashes)

    def __len__(self) -> int:
        return len(self._order)

    @overload
    def __getitem__(self, some: int) -> Sheet: ...
    @overload
    def __getitem__(self, some: slice) -> list[Sheet]: ...

    def __getitem__(self, some: int | slice) -> Sheet | list[Sheet]:
        return self._of(self._order[some]) if isinstance(some, slice) else self._of([self._order[some]])[0]

    def _of(self, shown: list[int]) -> list[Sheet]:
        changes = [self._changes[index] for index in shown]
        held = Held(changes, read=_with_labels)
        names = Names(changes)
        return [
            _sheet(change, self._clashes.get(index, {}), held.of(change), names)
            for index, change in zip(shown, changes, strict=True)
        ]


def _with_labels(model: type[Curated]) -> QuerySet[Any]:
    """The rows with what their labels name, without long texts."""
    rows: QuerySet[Any] = model._default_manager.all()
    match model._meta.model_name:
        case "relationship":
            return Relationship.objects.with_places()
        case "place":
            return rows.select_related("country", "parent")
        case "evidence" | "event":
            return rows.select_related("source", "relationship").defer("source__text")
        case "reportedtotal":
            return rows.select_related("source", "place").defer("source__text")
        case "source":
            return rows.defer("text")
    return rows


class Names:
    """What the rows are called to which foreign keys point; those of some changes are read at once."""

    def __init__(self, changes: Iterable[Change] = ()) -> None:
        self._known: dict[tuple[type[Any], Any], str] = {}
        wanted: dict[type[Any], set[Any]] = defaultdict(set)
        for change in changes:
            for side in (change["before"], change["after"]):
                for column, key in side.items():
                    field = asked_for(model_of(change), column)
                    if isinstance(field, ForeignKey) and key is not None:
                        wanted[field.remote_field.model].add(key)
        for model, keys in wanted.items():
            self._read(model, keys)

    def of(self, model: type[Any], key: Any) -> str:
        """The label, or the key itself where there is no such row any more."""
        if (model, key) not in self._known:
            self._read(model, [key])
        return self._known.get((model, key), str(key))

    def _read(self, model: type[Any], keys: Iterable[Any]) -> None:
        for row in _with_labels(model).filter(pk__in=list(keys)):
            self._known[model, row.pk] = place_label(row) if isinstance(row, Place) else str(row)


def fingerprint(proposal: Proposal) -> str:
    """What the person who decides has seen, in short: the changes, and the versions of the rows as they stand."""
    if proposal.kind == ProposalKind.PUBLISH:
        seen = repr(list(_draft(proposal)))
    else:
        seen = json.dumps([proposal.changes, list(_versions(proposal.changes))], sort_keys=True)
    return hashlib.sha256(seen.encode()).hexdigest()[:32]


#: Columns that let the public see another row, which may be a draft until then.
_NAMING: dict[str, type[Curated]] = {"home_id": Place, "partner_id": Place, "parent_id": Place, "source_id": Source}


def _versions(changes: Iterable[Change]) -> Iterator[Any]:
    wanted: dict[type[Curated], set[Any]] = defaultdict(set)
    for change in changes:
        if change["pk"] is not None:
            wanted[model_of(change)].add(change["pk"])
        for column, model in _NAMING.items():  # a draft that would be named may change as well
            if (key := change["after"].get(column)) is not None:
                wanted[model].add(key)
    for model, keys in wanted.items():
        for some in batches(sorted(keys)):
            held = model._default_manager.filter(pk__in=some).order_by("pk").values_list("pk", "version")
            yield [model._meta.model_name, *map(list, held)]


def _draft(proposal: Proposal) -> Iterator[Sheet]:
    tie = proposal.relationship
    if tie is None:
        return
    pieces = (*tie.evidence.select_related("source"), *tie.events.select_related("source"))
    rows: list[Curated] = [tie, *shown_with(tie), *pieces]
    names = Names()
    for row in rows:
        change = removal(row)
        whole = Change(**{**change, "action": "publish", "before": {}, "after": change["before"]})
        yield _sheet(whole, {}, row, names)


def _sheet(change: Change, clashes: dict[str, Any], row: Any, names: Names) -> Sheet:
    model = model_of(change)
    return Sheet(
        title=_title(change, row, names),
        kind=capfirst(str(model._meta.verbose_name)),
        action=change["action"],
        address=_address(model, row),
        lines=list(_lines(model, change, clashes, row, names)),
    )


def _title(change: Change, row: Curated | None, names: Names) -> str:
    if isinstance(row, Place):
        return place_label(row)
    if isinstance(row, Evidence | Event) and row.source is not None:
        return f"{row} · {row.source}"
    if row is not None:
        return str(row)
    if change["action"] != "add":
        return _("deleted meanwhile")
    tie = change["after"].get("relationship_id")
    return "" if tie is None else names.of(Relationship, tie)


def _address(model: type[Curated], row: Curated | None) -> str:
    return "" if row is None else reverse(f"admin:friendship_{model._meta.model_name}_change", args=[row.pk])


def _lines(model: type[Curated], change: Change, clashes: dict[str, Any], row: Any, names: Names) -> Iterator[Line]:
    told: set[str] = set()
    untold = _UNTOLD | {"relationship_id"} if change["action"] == "add" else _UNTOLD  # the title names the tie
    for column in columns_of(model):
        if column in untold or (column not in change["before"] and column not in change["after"]):
            continue
        if found := DATE_COLUMN.fullmatch(column):
            prefix = found.group("prefix")
            if prefix not in told:
                told.add(prefix)
                yield _date_line(prefix, change, clashes, row)
        elif change["action"] != "change" or change["before"].get(column) != change["after"].get(column):
            yield _line(model, column, change, clashes, names)


def _line(model: type[Curated], column: str, change: Change, clashes: dict[str, Any], names: Names) -> Line:
    label = capfirst(str(asked_for(model, column).verbose_name))
    before, after = (written(model, column, change[side].get(column), names) for side in ("before", "after"))
    held = written(model, column, clashes[column], names) if column in clashes else None
    return Line(label, before, after, held, is_long=max(len(before), len(after)) > 80)


def _date_line(prefix: str, change: Change, clashes: dict[str, Any], row: Any) -> Line:
    columns = [f"{prefix}_{part}" for part in ("year", "month", "day")]
    whole = _whole_dates(columns, change, row)
    held = None
    if clashes.keys() & set(columns):
        held = _date([clashes.get(column, whole[0][at]) for at, column in enumerate(columns)])
    return Line(str(DATE_LABELS[prefix]), _date(whole[0]), _date(whole[1]), held)


def _whole_dates(columns: list[str], change: Change, row: Any) -> tuple[list[Any], list[Any]]:
    """The two dates with the parts that did not change, which only the row tells."""
    row = row if change["action"] == "change" else None
    held = [getattr(row, column, None) for column in columns]
    before = [change["before"].get(column, value) for column, value in zip(columns, held, strict=True)]
    after = [change["after"].get(column, value) for column, value in zip(columns, held, strict=True)]
    return (before, after) if change["action"] != "delete" else (before, [None] * 3)


def _date(parts: list[Any]) -> str:
    try:
        date = PartialDate.of(*parts)
    except ValueError:
        return "-".join(str(part) for part in parts if part is not None)
    return date.iso if date else "—"


def asked_for(model: type[Model], column: str) -> Any:
    """The field of a column, foreign keys by their keys."""
    try:
        return model._meta.get_field(column.removesuffix("_id"))
    except FieldDoesNotExist:
        return model._meta.get_field(column)


def written(model: type[Model], column: str, value: Any, names: Names) -> str:
    """A value of a column as people read it: a label for a code, a name for a key, a dash for nothing."""
    if value in (None, ""):
        return "—"
    asked = asked_for(model, column)
    if isinstance(asked, ForeignKey):
        return names.of(asked.remote_field.model, value)
    return str(dict(asked.flatchoices).get(value, value))


# --- what would not change --------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Refusal:
    """A row of a selection or a file that stays as it is, and why; ``number`` is its row in the file."""

    title: str
    address: str
    number: int
    why: str


def refusals(left_out: Mapping[str, Any], most: int) -> list[Refusal]:
    """The first rows that were refused, in the reader's words."""
    told: list[dict[str, Any]] = left_out.get("refused", [])[:most]
    held = Held((_about(each) for each in told if each["model"]), read=_with_labels)
    return [_refusal(each, held.of(_about(each)) if each["model"] else None) for each in told]


def _about(refused: Mapping[str, Any]) -> Change:
    return Change(model=refused["model"], pk=refused["pk"], version=None, action="change", before={}, after={})


def _refusal(refused: Mapping[str, Any], row: Curated | None) -> Refusal:
    parameters = dict(refused["parameters"])
    if name := parameters.get("field"):
        parameters["field"] = heading_of(refused["model"], name)
    why = refused["why"]  # a text of the catalogue
    return Refusal(
        title=refused["label"] if row is None else place_label(row) if isinstance(row, Place) else str(row),
        address="" if row is None else _address(type(row), row),
        number=refused["row"],
        why=_(why) % parameters,
    )
