"""Ties and places as a workbook made for editing: what may be changed stands open, what tells the row is locked.

``importers.worksheet`` reads it back. The version of each row is written beside its number: what stood in the file is
then known from the history, whatever happens to the other cells.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from tempfile import TemporaryDirectory, TemporaryFile
from typing import IO, Any

from django.db.models import QuerySet, TextChoices
from django.utils.functional import Promise
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from xlsxwriter import Workbook
from xlsxwriter.worksheet import Worksheet as XlsxSheet

from friendship.dates import PartialDate
from friendship.enums import RelationshipType, Status
from friendship.exporters.columns import COLUMNS
from friendship.exporters.csv import guarded
from friendship.exporters.xlsx import LONGEST_CELL, TooLong
from friendship.models import Place, Relationship

_FONT = {"font_name": "Arial", "font_size": 10, "valign": "top"}
_TEXT = {"num_format": "@"}  # Excel would turn 1982-10 into a date
_GREY, _OPEN = "#EDEAE3", "#FFFFFF"
_ROW_HEIGHT = 16.5
_AT_ONCE = 500
_SPARE = 200  # rows below the last one that still offer the lists of words

#: What a row says, column by column, and what the other places are called to which it points.
Values = Mapping[str, Any]
Slugs = Mapping[int, str]


@dataclass(frozen=True)
class Fact:
    """What may be changed of a row: the cells in which it stands, and the columns in which the register keeps it.

    ``texts`` gives the cells for the values of a row, in the active language where they hold words of a list.
    """

    cells: tuple[str, ...]
    columns: tuple[str, ...]
    texts: Callable[[Values, Slugs], tuple[str, ...]]
    choices: type[TextChoices] | None = None
    help: str | Promise = ""

    @property
    def name(self) -> str:
        """What the fact is called among programs."""
        return self.cells[0]


@dataclass(frozen=True)
class Worksheet:
    """A kind of row that is edited in a spreadsheet."""

    model: type[Relationship | Place]
    title: str | Promise
    keys: Mapping[str, Callable[[Any], Any]]
    facts: tuple[Fact, ...]
    labels: Mapping[str, str | Promise]
    widths: Mapping[str, int] = field(default_factory=dict)

    @property
    def cells(self) -> tuple[str, ...]:
        """Every column of the sheet, by name."""
        return (*self.keys, *(cell for fact in self.facts for cell in fact.cells))

    def heading(self, cell: str) -> str:
        """What stands above a column, in the active language."""
        return capfirst(str(self.labels[cell]))


# --- what can be edited -----------------------------------------------------------------------------------------------


def _text(name: str, hint: str | Promise = "") -> Fact:
    return Fact((name,), (name,), lambda values, _slugs: (values[name] or "",), help=hint)


def _choice(name: str, choices: type[TextChoices]) -> Fact:
    def texts(values: Values, _slugs: Slugs) -> tuple[str, ...]:
        return (str(dict(choices.choices).get(values[name], values[name])),)

    return Fact((name,), (name,), texts, choices, gettext_lazy("Choose a word from the list."))


def _date(name: str) -> Fact:
    columns = tuple(f"{name}_{part}" for part in ("year", "month", "day"))

    def texts(values: Values, _slugs: Slugs) -> tuple[str, ...]:
        date = PartialDate.of(*(values[column] for column in columns))
        return (date.iso if date else "",)

    return Fact((name,), columns, texts, help=gettext_lazy("1982, 1982-10 or 1982-10-03: only as much as is known."))


def _number(value: float | None) -> str:
    return "" if value is None else repr(value)


_POSITION = Fact(
    ("latitude", "longitude"),
    ("latitude", "longitude"),
    lambda values, _slugs: (_number(values["latitude"]), _number(values["longitude"])),
    help=gettext_lazy("Degrees with a decimal point, such as 31.47; both or neither."),
)
_PARENT = Fact(
    ("parent",),
    ("parent_id",),
    lambda values, slugs: (slugs.get(values["parent_id"], ""),),
    help=gettext_lazy("The address of the province, state or city that contains it, such as sichuan."),
)

_OF_EXPORTS = {column.name: column.label for column in COLUMNS}

TIES = Worksheet(
    model=Relationship,
    title=gettext_lazy("Ties"),
    keys={
        "id": lambda tie: tie.pk,
        "version": lambda tie: tie.version,
        "home": lambda tie: tie.home.name,
        "partner": lambda tie: tie.partner.name,
        "country": lambda tie: tie.partner.country.name,
    },
    facts=(
        _choice("type", RelationshipType),
        _text("type_as_printed", gettext_lazy("The source’s own word, such as 友好省州关系.")),
        _choice("status", Status),
        _date("founded"),
        _date("ended"),
        _text("note_zh", gettext_lazy("The public reads these notes.")),
        _text("note_en", gettext_lazy("The public reads these notes.")),
    ),
    labels={
        **_OF_EXPORTS,
        "version": gettext_lazy("version"),
        "home": gettext_lazy("home side"),
        "partner": gettext_lazy("partner side"),
        "country": gettext_lazy("country or region"),
    },
    widths={"id": 8, "version": 8, "founded": 14, "ended": 14, "note_zh": 40, "note_en": 40},
)

PLACES = Worksheet(
    model=Place,
    title=gettext_lazy("Places"),
    keys={
        "id": lambda place: place.pk,
        "version": lambda place: place.version,
        "slug": lambda place: place.slug,
        "country": lambda place: place.country.name,
        "level": lambda place: str(place.get_level_display()),
    },
    facts=(
        _text("name_zh"),
        _text("name_en"),
        _text("aliases", gettext_lazy("One name a line; search finds them.")),
        _PARENT,
        _text("official_code", gettext_lazy("GB/T 2260 in China, ISO 3166-2 abroad.")),
        _text("wikidata_id", gettext_lazy("Such as Q19770.")),
        _POSITION,
    ),
    labels={
        "id": gettext_lazy("number"),
        "version": gettext_lazy("version"),
        "slug": gettext_lazy("address"),
        "country": gettext_lazy("country or region"),
        "level": gettext_lazy("level"),
        "name_zh": gettext_lazy("Chinese name"),
        "name_en": gettext_lazy("English name"),
        "aliases": gettext_lazy("other names"),
        "parent": gettext_lazy("part of"),
        "official_code": gettext_lazy("official code"),
        "wikidata_id": gettext_lazy("Wikidata item"),
        "latitude": gettext_lazy("latitude"),
        "longitude": gettext_lazy("longitude"),
    },
    widths={"id": 8, "version": 8, "aliases": 30, "latitude": 12, "longitude": 12},
)

WORKSHEETS = (TIES, PLACES)


def heading_of(model: str, cell: str) -> str:
    """What a cell of a kind of row is called in the active language; the name itself where nothing is called so."""
    known = (each for each in WORKSHEETS if each.model._meta.model_name == model and cell in each.labels)
    worksheet = next(known, None)
    return cell if worksheet is None else worksheet.heading(cell)


# --- writing ----------------------------------------------------------------------------------------------------------


def written(worksheet: Worksheet, rows: QuerySet[Any]) -> IO[bytes]:
    """The workbook in the active language, as a file to be read and closed. Raises ``TooLong``."""
    file = TemporaryFile()  # noqa: SIM115 (closed by whoever reads it)
    try:
        with TemporaryDirectory() as folder, Workbook(file, {"constant_memory": True, "tmpdir": folder}) as book:
            _write_rows(book, book.add_worksheet(str(worksheet.title)), worksheet, rows)
            _write_help(book, book.add_worksheet(_("How to edit")), worksheet)
    except BaseException:
        file.close()
        raise
    file.seek(0)
    return file


def _write_rows(book: Workbook, sheet: XlsxSheet, worksheet: Worksheet, rows: QuerySet[Any]) -> None:
    locked = book.add_format({**_FONT, "text_wrap": True, "locked": True, "bg_color": _GREY, "font_color": "#5B544A"})
    heading = book.add_format({**_FONT, "bold": True, "bottom": 1, "locked": True, **_TEXT})
    opened = {**_FONT, "text_wrap": True, "locked": False, **_TEXT}
    plain, formula = book.add_format(opened), book.add_format({**opened, "quote_prefix": True})
    for place, cell in enumerate(worksheet.cells):
        width = worksheet.widths.get(cell, 22)
        sheet.set_column(place, place, width, locked if cell in worksheet.keys else plain)
        sheet.write_string(0, place, worksheet.heading(cell), heading)
    sheet.set_default_row(_ROW_HEIGHT)
    sheet.freeze_panes(1, len(worksheet.keys))
    number = 0
    for number, texts in enumerate(_lines(worksheet, rows), start=1):
        for place, text in enumerate(texts):
            if place < len(worksheet.keys):
                _write_key(sheet, number, place, text, locked)
            else:
                _write_text(sheet, number, place, text, formula if guarded(text) != text else plain, worksheet)
    _finish(sheet, worksheet, number)


def _write_key(sheet: XlsxSheet, row: int, place: int, key: Any, form: Any) -> None:
    if isinstance(key, int):
        sheet.write_number(row, place, key, form)
    else:
        sheet.write_string(row, place, key, form)


def _write_text(sheet: XlsxSheet, row: int, place: int, text: str, form: Any, worksheet: Worksheet) -> None:
    if len(text) > LONGEST_CELL:
        words = _("Row %(row)s, %(column)s: the text is longer than what a cell of Excel holds (%(most)s).")
        column = worksheet.heading(worksheet.cells[place])
        raise TooLong(words % {"row": row + 1, "column": column, "most": f"{LONGEST_CELL:,}"})
    if text:
        sheet.write_string(row, place, text, form)
    else:
        sheet.write_blank(row, place, None, form)


def _finish(sheet: XlsxSheet, worksheet: Worksheet, last: int) -> None:
    """Offer the words of lists, lock what tells the row, and let the rest of Excel be used."""
    for fact in worksheet.facts:
        if fact.choices is not None:
            place = worksheet.cells.index(fact.name)
            told = {
                "validate": "list",
                "source": [str(label) for label in fact.choices.labels],
                "error_title": worksheet.heading(fact.name)[:32],
                "error_message": _("Choose a word from the list."),
            }
            sheet.data_validation(1, place, last + _SPARE, place, told)
    sheet.autofilter(0, 0, max(last, 1), len(worksheet.cells) - 1)
    sheet.ignore_errors({"number_stored_as_text": f"A1:XFD{last + 1}"})
    allowed = ("format_cells", "format_columns", "format_rows", "autofilter")
    sheet.protect("", dict.fromkeys(allowed, True))


def _lines(worksheet: Worksheet, rows: QuerySet[Any]) -> Iterator[list[Any]]:
    """The cells of each row: keys first, then facts as texts."""
    for some in _portions(rows):
        slugs = slugs_of(row.parent_id for row in some) if worksheet is PLACES else {}
        for row in some:
            values = row.__dict__
            texts = [text for fact in worksheet.facts for text in fact.texts(values, slugs)]
            yield [*(key(row) for key in worksheet.keys.values()), *texts]


def _portions(rows: QuerySet[Any]) -> Iterator[list[Any]]:
    portion: list[Any] = []
    for row in rows.iterator(chunk_size=_AT_ONCE):
        portion.append(row)
        if len(portion) == _AT_ONCE:
            yield portion
            portion = []
    yield portion


def slugs_of(keys: Iterable[int | None]) -> dict[int, str]:
    """The addresses of places by their keys."""
    wanted = {key for key in keys if key is not None}
    found: dict[int, str] = {}
    for start in range(0, len(wanted), _AT_ONCE):
        some = sorted(wanted)[start : start + _AT_ONCE]
        found |= dict(Place.objects.filter(pk__in=some).values_list("pk", "slug"))
    return found


# --- what the second sheet says ---------------------------------------------------------------------------------------


def _write_help(book: Workbook, sheet: XlsxSheet, worksheet: Worksheet) -> None:
    plain = book.add_format({**_FONT, "text_wrap": True})
    strong = book.add_format({**_FONT, "bold": True})
    title = book.add_format({**_FONT, "bold": True, "font_size": 14})
    sheet.set_column(0, 0, 28, plain)
    sheet.set_column(1, 1, 90, plain)
    sheet.write_string(0, 0, _("How to edit"), title)
    row = 2
    for text in _rules():
        sheet.merge_range(row, 0, row, 1, "", plain)
        sheet.write_string(row, 0, text, plain)
        sheet.set_row(row, 2 * _ROW_HEIGHT)
        row += 1
    for fact in worksheet.facts:
        for cell in fact.cells:
            row += 1
            sheet.write_string(row, 0, worksheet.heading(cell), strong)
            sheet.write_string(row, 1, _hint(fact), plain)


def _rules() -> Iterator[str]:
    yield _(
        "Change the white cells, save the file and upload it where you exported it. Nothing is saved before you have "
        "seen the differences and confirmed them."
    )
    yield _(
        "The grey columns tell which record a row is: leave them as they are. The sheet is protected without a "
        "password; to sort it, take the protection off."
    )
    yield _(
        "A cell that you empty empties the fact. Rows that you remove stay in the register as they are. New rows are "
        "passed over: new ties come through an import."
    )
    yield _(
        "Whoever changes the same fact in the register meanwhile is not overwritten: such rows are refused and named."
    )


def _hint(fact: Fact) -> str:
    if fact.choices is None:
        return str(fact.help)
    return _(", ").join(str(label) for label in fact.choices.labels)
