"""The columns of an exported tie: one registry for CSV, XLSX, GeoJSON and the data package; docs/data.md lists it.

A cell of several values (the sources of a tie) holds one a line; the columns of sources run parallel, line by line.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from django.db.models import TextChoices
from django.utils.functional import Promise
from django.utils.text import capfirst, format_lazy
from django.utils.translation import gettext_lazy as _

from friendship.enums import Level, RelationshipType, SourceKind, Status
from friendship.exporters.csv import Cell


class Kind(StrEnum):
    """What stands in a cell."""

    INTEGER = "integer"
    NUMBER = "number"
    TEXT = "text"
    DATE = "date"  # ISO 8601 of reduced precision
    CODE = "code"  # one of ``choices``
    LINES = "lines"  # several values, one a line
    ADDRESS = "address"


@dataclass(frozen=True)
class Column:
    """One column: its name for machines, its heading for people, what it means, and what kind of cells it holds.

    With ``choices`` it holds their codes.
    """

    name: str
    label: str | Promise
    kind: Kind
    meaning: str | Promise
    choices: type[TextChoices] | None = None

    @property
    def heading(self) -> str:
        """What stands above the column, in the active language."""
        return capfirst(str(self.label))

    @property
    def labels(self) -> dict[str, str]:
        """What its codes are called in the active language; empty where it holds no codes."""
        return {code: str(label) for code, label in self.choices.choices} if self.choices else {}

    def in_json(self, cell: Cell) -> Cell | list[str]:
        """A cell as JSON has it: lines as a list, and null where nothing is known."""
        if self.kind == Kind.LINES:
            return str(cell).split("\n") if cell else []
        return None if cell == "" else cell


def _side(side: str, word: Promise) -> Iterator[Column]:
    """What tells one side apart from its namesakes; its names stand further left."""

    def heading(text: Promise) -> Promise:
        return format_lazy("{side}{gap}{text}", side=word, gap=_(": "), text=text)

    yield Column(f"{side}_slug", heading(_("address")), Kind.TEXT, _("Last part of the address of the place’s page."))
    yield Column(f"{side}_level", heading(_("level")), Kind.CODE, _("Administrative level of the place."), Level)
    for level, of, meaning in (
        (
            Level.PROVINCE,
            _("province"),
            _("The place itself or what contains it, whichever is of the provincial level."),
        ),
        (Level.CITY, _("city"), _("The place itself or what contains it, whichever is of the city level.")),
    ):
        for suffix, form in (("", _("address")), ("_zh", _("Chinese name")), ("_en", _("English name"))):
            label = heading(format_lazy("{}{}{}", of, _(", "), form))
            yield Column(f"{side}_{level}{suffix}", label, Kind.TEXT, meaning)
    yield Column(
        f"{side}_official_code", heading(_("official code")), Kind.TEXT, _("GB/T 2260 in China, ISO 3166-2 abroad.")
    )
    yield Column(f"{side}_wikidata_id", heading(_("Wikidata item")), Kind.TEXT, _("The item of the place in Wikidata."))
    yield Column(f"{side}_latitude", heading(_("latitude")), Kind.NUMBER, _("Decimal degrees, north positive."))
    yield Column(f"{side}_longitude", heading(_("longitude")), Kind.NUMBER, _("Decimal degrees, east positive."))


def _names(side: str, in_chinese: Promise, in_english: Promise) -> Iterator[Column]:
    yield Column(f"{side}_name_zh", in_chinese, Kind.TEXT, _("Name in Chinese, empty where the register has none."))
    yield Column(f"{side}_name_en", in_english, Kind.TEXT, _("Name in English, empty where the register has none."))


_COUNTRY_NAME = _("What the register calls the country or region.")
_REMARK = _("What the register’s staff remark.")

#: In the order of a file: what a person reads first, then what a machine needs.
COLUMNS: tuple[Column, ...] = (
    Column("id", _("number"), Kind.INTEGER, _("The tie’s own number; it stands in its address.")),
    *_names("home", _("home side (Chinese)"), _("home side (English)")),
    *_names("partner", _("partner side (Chinese)"), _("partner side (English)")),
    Column("partner_country_zh", _("partner’s country (Chinese)"), Kind.TEXT, _COUNTRY_NAME),
    Column("partner_country_en", _("partner’s country (English)"), Kind.TEXT, _COUNTRY_NAME),
    Column("type", _("type"), Kind.CODE, _("Kind of tie."), RelationshipType),
    Column("type_as_printed", _("type as printed"), Kind.TEXT, _("The source’s own word.")),
    Column("status", _("status"), Kind.CODE, _("Where the tie stands in its life."), Status),
    Column("founded", _("date established"), Kind.DATE, _("As far as it is known: a year, a month or a day.")),
    Column("ended", _("date ended"), Kind.DATE, _("As far as it is known: a year, a month or a day.")),
    Column("note_zh", _("note in Chinese"), Kind.TEXT, _REMARK),
    Column("note_en", _("note in English"), Kind.TEXT, _REMARK),
    Column("source_titles", _("sources"), Kind.LINES, _("Titles of the sources that give evidence.")),
    Column("source_quotes", _("quotes"), Kind.LINES, _("What each source says, in its own words.")),
    Column("source_publishers", _("publishers"), Kind.LINES, _("Who published each source.")),
    Column("source_kinds", _("kinds of source"), Kind.LINES, _("Who speaks in each source."), SourceKind),
    Column(
        "source_dates",
        _("sources published on"),
        Kind.LINES,
        _("When each source was published, as far as it is known."),
    ),
    Column("source_urls", _("web addresses of sources"), Kind.LINES, _("Where each source can be read.")),
    Column("source_languages", _("languages of sources"), Kind.LINES, _("BCP 47 code of each source’s language.")),
    Column("sources", _("addresses of sources"), Kind.LINES, _("Last part of the address of each source’s page.")),
    Column("home_country", _("home country (code)"), Kind.TEXT, _("ISO 3166-1, two letters.")),
    Column("home_country_zh", _("home country (Chinese)"), Kind.TEXT, _COUNTRY_NAME),
    Column("home_country_en", _("home country (English)"), Kind.TEXT, _COUNTRY_NAME),
    *_side("home", _("home side")),
    Column("partner_country", _("partner’s country (code)"), Kind.TEXT, _("ISO 3166-1, two letters.")),
    *_side("partner", _("partner side")),
    Column("url", _("page in this register"), Kind.ADDRESS, _("Address of the tie’s page, in Chinese.")),
)
NAMES: tuple[str, ...] = tuple(column.name for column in COLUMNS)
