"""Tables that ``exporters.worksheet`` made for editing, read back: which cells a person has changed, and what follows.

What stood in the file when it was made is not asked of the file: its version of each row stands in the history.
Compared are three values of each fact: then, in the file, and now.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from django.conf import settings
from django.db.models import QuerySet
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from friendship.curation import batches
from friendship.curation.bulk import MOST_ROWS, NOT_YOURS, Allowed, Built
from friendship.dates import PartialDate
from friendship.exporters.worksheet import TIES, WORKSHEETS, Fact, Worksheet, slugs_of
from friendship.importers import faults, reading
from friendship.importers.edits import Places, read_fact
from friendship.importers.records import Reason, Unreadable
from friendship.importers.tables import Table, fold, joined
from friendship.models import Country, Place

#: A table of 20,000 rows with all its notes; what is larger is no table of ours.
MAX_BYTES = 15_000_000

UNKNOWN = gettext_noop("No record of this list has the number “%(id)s”.")
DELETED = gettext_noop("The record has been deleted since the table was made.")
TWICE = gettext_noop("Number %(id)s stands in row %(row)s already.")
NO_VERSION = gettext_noop("The register does not know version “%(version)s” of this record. Export the table again.")
OTHER_RECORD = gettext_noop(
    "%(field)s: the table says “%(given)s”, the record with this number says “%(held)s”. Leave the grey columns as "
    "they are."
)
CHANGED_SINCE = gettext_noop(
    "%(field)s: somebody has changed it to “%(held)s” since the table was made; the table says “%(given)s”."
)
_ENDS_FIRST, _NAMELESS = faults.ENDS_FIRST, faults.NAMELESS
_SHOWN = 100
_AT_ONCE = 500
_LARGEST_ID = 2**53


@dataclass(frozen=True, slots=True)
class Line:
    """One row of the file: its number there, its cells by the names of their columns, its own words."""

    number: int
    cells: Mapping[str, str]
    words: str
    wrong: Reason | None = None


# --- the file ---------------------------------------------------------------------------------------------------------


def read(content: bytes, worksheet: Worksheet) -> list[Line]:
    """The rows of a table made for editing. Raises ``Unreadable`` where the file is none."""
    if len(content) > MAX_BYTES:
        raise Unreadable(_("The file is too large: at most %(most)d MB.") % {"most": MAX_BYTES // 10**6})
    for table in reading.tables(content):
        for known in WORKSHEETS:
            columns = _columns(table.header, known)
            if columns.keys() >= known.keys.keys():
                if known is not worksheet:
                    raise Unreadable(
                        _("This table holds: %(title)s. Upload it at their list.") % {"title": known.title}
                    )
                return list(_lines(table, columns))
    wanted = _(", ").join(worksheet.heading(key) for key in worksheet.keys)
    message = _("This is no table made for editing: it needs the columns %(columns)s. Export one from the list first.")
    raise Unreadable(message % {"columns": wanted})


def _lines(table: Table, columns: Mapping[str, int]) -> Iterator[Line]:
    for count, row in enumerate(table.rows, 1):
        if count > MOST_ROWS:
            raise Unreadable(_("At most %(most)s rows can be changed at once.") % {"most": f"{MOST_ROWS:,}"})
        cells = {name: _unified(row.cells[place]) if place < len(row.cells) else "" for name, place in columns.items()}
        yield Line(row.number, cells, joined(row.cells)[:_SHOWN], row.wrong)


def _unified(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _columns(header: tuple[str, ...], worksheet: Worksheet) -> Mapping[str, int]:
    """The place of each column, read as names or as the headings of the language that fits best."""
    return max((_placed(header, called) for called in _headings(worksheet.title)), key=len)


def _placed(header: tuple[str, ...], called: Mapping[str, str]) -> Mapping[str, int]:
    found: dict[str, int] = {}
    for place, heading in enumerate(header):
        if name := called.get(fold(heading)):
            found.setdefault(name, place)
    return found


@cache
def _headings(title: Any) -> tuple[Mapping[str, str], ...]:
    worksheet = next(each for each in WORKSHEETS if each.title is title)
    called = [{fold(cell): cell for cell in worksheet.cells}]
    for code, _language in settings.LANGUAGES:
        with translation.override(code):
            called.append({fold(worksheet.heading(cell)): cell for cell in worksheet.cells})
    return tuple(called)


# --- the comparison ---------------------------------------------------------------------------------------------------


def compare(lines: Iterable[Line], worksheet: Worksheet, rows: QuerySet[Any], *, may_change: Allowed) -> Built:
    """What the file changes of ``rows``, those that the person has to do with; nothing is saved."""
    comparison = _Comparison(worksheet, rows, may_change)
    for some in batches(lines, _AT_ONCE):
        comparison.add(some)
    return comparison.built


class _Refused(Exception):
    """A row that cannot be taken over; ``parameters`` stand in the reason."""

    def __init__(self, why: str, parameters: Mapping[str, Any] | None = None) -> None:
        super().__init__(why)
        self.why = why
        self.parameters = parameters or {}


class _Comparison:
    """A file beside the register, a few hundred rows at a time."""

    def __init__(self, worksheet: Worksheet, rows: QuerySet[Any], may_change: Allowed) -> None:
        self.built = Built()
        self._worksheet = worksheet
        self._rows = rows.order_by()
        self._may_change = may_change
        self._history: Any = worksheet.model.history
        self._columns = [column for fact in worksheet.facts for column in fact.columns]
        self._seen: dict[int, int] = {}

    def add(self, lines: list[Line]) -> None:
        """Compare these rows of the file."""
        keys = {line.number: _key(line.cells["id"]) for line in lines}
        wanted = [key for key in keys.values() if key is not None]
        self._held = {row.pk: row for row in self._rows.filter(pk__in=wanted)}
        self._gone = self._deleted(set(wanted) - self._held.keys())
        self._bases = self._former(lines, keys)
        self._places = self._named(lines)
        for line in lines:
            self._compare(line, keys[line.number])

    def _compare(self, line: Line, key: int | None) -> None:
        row = None if key is None else self._held.get(key)
        if key is None and not line.wrong and not line.cells["id"] and not line.cells["version"]:
            self.built.added += 1
            return
        try:
            self._change(line, key, row)
        except _Refused as refused:
            self.built.refuse(row, refused.why, refused.parameters, number=line.number, label=line.words)

    def _change(self, line: Line, key: int | None, row: Any) -> None:
        if line.wrong is not None:
            raise _Refused(line.wrong.text, line.wrong.parameters)
        if key is None or row is None:
            raise _Refused(DELETED) if key in self._gone else _Refused(UNKNOWN, {"id": line.cells["id"][:_SHOWN]})
        if key in self._seen:
            raise _Refused(TWICE, {"id": key, "row": self._seen[key]})
        self._seen[key] = line.number
        base = self._base(line, row)
        self._refuse_another(line, row, base)
        edited = dict(self._edited(line, base))
        before, after = self._against_now(edited, base, row)
        if not after:
            self.built.unchanged += 1
            return
        if not self._may_change(row):
            raise _Refused(NOT_YOURS)
        self._refuse_broken(row, {**row.__dict__, **after})
        self.built.change(row, before, after)

    # --- what stood in the file when it was made

    def _base(self, line: Line, row: Any) -> Mapping[str, Any]:
        version = _key(line.cells["version"])
        if version == row.version:
            return dict(row.__dict__)
        found: Mapping[str, Any] | None = self._bases.get((row.pk, version))
        if found is None:
            raise _Refused(NO_VERSION, {"version": line.cells["version"][:_SHOWN]})
        return found

    def _former(self, lines: list[Line], keys: Mapping[int, int | None]) -> dict[tuple[int, int | None], Any]:
        """Rows as they stood in versions that are not the present ones."""
        versions = {(keys[line.number], _key(line.cells["version"])) for line in lines}
        wanted = {
            (key, version)
            for key, version in versions
            if version is not None and key in self._held and self._held[key].version != version
        }
        if not wanted:
            return {}
        records = self._history.exclude(history_type="-").filter(
            id__in={key for key, _version in wanted}, version__in={version for _key, version in wanted}
        )
        columns = [*self._columns, *self._own_keys()]
        rows = records.order_by("history_id").values("id", "version", *columns)
        return {(values["id"], values["version"]): values for values in rows}

    def _own_keys(self) -> tuple[str, ...]:
        """The columns that tell the row and are its own: those of ties are names of places."""
        return () if self._worksheet is TIES else ("slug", "level")

    def _deleted(self, keys: set[int]) -> set[int]:
        gone = self._history.filter(id__in=keys, history_type="-") if keys else self._history.none()
        return set(gone.values_list("id", flat=True))

    def _named(self, lines: list[Line]) -> Places:
        """The places to which the rows and the file point."""
        if self._worksheet is TIES:
            return Places()
        parents = {row.parent_id for row in self._held.values()} | {row["parent_id"] for row in self._bases.values()}
        return Places.read(slugs_of(parents), {line.cells.get("parent", "") for line in lines})

    # --- keys

    def _refuse_another(self, line: Line, row: Any, base: Mapping[str, Any]) -> None:
        """The grey columns must tell the same record as its number: else somebody has sorted a part of the columns."""
        for key, told in _told_by(self._worksheet, row, base).items():
            given = line.cells[key]
            if fold(given) not in {fold(name) for name in told} and given not in _formerly(key, row):
                held = next(filter(None, told), "")
                raise _Refused(OTHER_RECORD, {"field": key, "given": given[:_SHOWN], "held": held})

    # --- facts

    def _edited(self, line: Line, base: Mapping[str, Any]) -> Iterator[tuple[Fact, tuple[Any, ...]]]:
        """The facts that the file states in another way than it did when it was made."""
        for fact in self._worksheet.facts:
            if not all(cell in line.cells for cell in fact.cells):
                continue  # the column was taken out of the table
            texts = tuple(line.cells[cell] for cell in fact.cells)
            if texts == tuple(_unified(text).strip() for text in fact.texts(base, self._places.slugs)):
                continue
            values = read_fact(self._worksheet.model, fact, texts, self._places)
            if isinstance(values, Reason):
                raise _Refused(values.text, values.parameters)
            if values != _values(fact, base):
                yield fact, values

    def _against_now(
        self, edited: Mapping[Fact, tuple[Any, ...]], base: Mapping[str, Any], row: Any
    ) -> tuple[dict[str, Any], dict[str, Any]]:
        before: dict[str, Any] = {}
        after: dict[str, Any] = {}
        for fact, wanted in edited.items():
            now = _values(fact, row.__dict__)
            if now == wanted:
                continue
            if now != _values(fact, base):
                held, given = (
                    " ".join(fact.texts(dict(zip(fact.columns, values, strict=True)), self._places.slugs))
                    for values in (now, wanted)
                )
                raise _Refused(CHANGED_SINCE, {"field": fact.name, "held": held[:_SHOWN], "given": given[:_SHOWN]})
            # A date is one fact: its parts go together, even those that stay.
            before |= dict(zip(fact.columns, now, strict=True))
            after |= dict(zip(fact.columns, wanted, strict=True))
        return before, after

    def _refuse_broken(self, row: Any, values: Mapping[str, Any]) -> None:
        """The rules that tie several facts of a row together."""
        if self._worksheet is TIES:
            founded, ended = (
                PartialDate.of(*(values[f"{name}_{part}"] for part in ("year", "month", "day")))
                for name in ("founded", "ended")
            )
            if founded and ended and founded.is_after(ended):
                raise _Refused(_ENDS_FIRST)
            return
        if not values["name_zh"] and not values["name_en"]:
            raise _Refused(_NAMELESS)
        parent = self._places.by_key.get(values["parent_id"])
        if values["parent_id"] != row.parent_id and parent and (fault := row.fault_of_parent(parent)):
            raise _Refused(fault)


def _key(text: str) -> int | None:
    if text.isascii() and text.isdigit() and len(text) < 17 and 0 < int(text) < _LARGEST_ID:
        return int(text)
    return None


def _values(fact: Fact, values: Mapping[str, Any]) -> tuple[Any, ...]:
    return tuple(values[column] for column in fact.columns)


def _told_by(worksheet: Worksheet, row: Any, base: Mapping[str, Any]) -> dict[str, list[str]]:
    """What may stand in the grey columns of a row, in any language."""
    if worksheet is TIES:
        sides = {"home": row.home, "partner": row.partner, "country": row.partner.country}
        return {key: [place.name_zh, place.name_en] for key, place in sides.items()}
    country = [row.country.name_zh, row.country.name_en]
    return {"slug": [base["slug"]], "country": country, "level": list(_labels_of_levels()[base["level"]])}


@cache
def _labels_of_levels() -> Mapping[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for code, _language in settings.LANGUAGES:
        with translation.override(code):
            for level, label in Place._meta.get_field("level").flatchoices:
                found[level] = (*found.get(level, ()), str(label))
    return found


def _formerly(key: str, row: Any) -> set[str]:
    """What the side or the country was called before; asked only where the present name is another."""
    named: Place | Country | None = {
        "home": getattr(row, "home", None),
        "partner": getattr(row, "partner", None),
        "country": row.country if isinstance(row, Place) else getattr(row.partner, "country", None),
    }.get(key)
    if named is None:
        return set()
    return {name for names in named.history.values_list("name_zh", "name_en") for name in names}
