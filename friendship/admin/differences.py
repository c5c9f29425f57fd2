"""Proposed changes field by field, in the words of the forms: what stands there, what should stand there."""

from __future__ import annotations

import hashlib
import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any, overload

from django.db.models import ForeignKey, QuerySet
from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from friendship.admin.choices import place_label
from friendship.curation import batches
from friendship.curation.carrying import Clash, Held
from friendship.curation.changes import Change, model_of, removal
from friendship.curation.reviewing import shown_with
from friendship.enums import ProposalKind
from friendship.exporters.worksheet import heading_of
from friendship.models import Event, Evidence, Place, Proposal, Relationship, Source
from friendship.models.curation import Curated
from friendship.queries.facts import Fact, Key, facts_of, in_words

#: What a reader of a change learns elsewhere on the page, or from the quote itself.
_UNTOLD = frozenset({"start", "end", "review_state"})


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


class Names(Mapping[Key, str]):
    """What the rows are called to which foreign keys point; those of some changes are read at once.

    A row that is not there any more is called by its key.
    """

    def __init__(self, changes: Iterable[Change] = ()) -> None:
        self._known: dict[Key, str] = {}
        wanted: dict[type[Any], set[Any]] = defaultdict(set)
        for change in changes:
            for side in (change["before"], change["after"]):
                for column, key in side.items():
                    field: Any = model_of(change)._meta.get_field(column)
                    if isinstance(field, ForeignKey) and key is not None:
                        wanted[field.remote_field.model].add(key)
        for model, keys in wanted.items():
            self._read(model, keys)

    def __getitem__(self, key: Key) -> str:
        if key not in self._known:
            self._read(key[0], [key[1]])
        return self._known.setdefault(key, str(key[1]))

    def __iter__(self) -> Iterator[Key]:
        return iter(self._known)

    def __len__(self) -> int:
        return len(self._known)

    def _read(self, model: type[Curated], keys: Iterable[Any]) -> None:
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
    return "" if tie is None else names[Relationship, tie]


def _address(model: type[Curated], row: Curated | None) -> str:
    return "" if row is None else reverse(f"admin:friendship_{model._meta.model_name}_change", args=[row.pk])


def _lines(model: type[Curated], change: Change, clashes: dict[str, Any], row: Any, names: Names) -> Iterator[Line]:
    untold = _UNTOLD | {"relationship_id"} if change["action"] == "add" else _UNTOLD  # the title names the tie
    before, after, held = _sides(model, change, clashes, row)
    for fact in facts_of(model):
        columns = [column for column in fact.columns if column not in untold]
        if any(_is_told(change, column) for column in columns):
            was, becomes = _in_words(model, fact, before, names), _in_words(model, fact, after, names)
            now = _in_words(model, fact, held, names) if clashes.keys() & set(columns) else None
            is_long = max(len(was), len(becomes)) > 80
            yield Line(capfirst(str(fact.label)), was, becomes, now, is_long)


def _is_told(change: Change, column: str) -> bool:
    before, after = change["before"], change["after"]
    if change["action"] == "change":
        return before.get(column) != after.get(column)
    return column in before or column in after


def _sides(model: type[Curated], change: Change, clashes: dict[str, Any], row: Any) -> Iterator[SimpleNamespace]:
    """What the row said, what it would say, and what it says by now: the change, and around it what only the row tells.

    The value of a piece of evidence means something only with its claim, the month of a date only with its year.
    """
    around = {} if row is None or change["action"] != "change" else row.__dict__
    columns = [column.attname for column in model._meta.concrete_fields]
    for side in (change["before"], change["after"], clashes):
        yield SimpleNamespace(**{column: side.get(column, around.get(column)) for column in columns})


def _in_words(model: type[Curated], fact: Fact, said: SimpleNamespace, names: Names) -> str:
    """What is said as people read it; a dash for nothing."""
    try:
        return in_words(model, fact, said, names) or "—"
    except ValueError:  # a day whose month is gone with its row
        return "-".join(str(part) for part in fact.of(said) if part is not None)


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
