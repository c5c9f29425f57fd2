"""Our own exports, read back from CSV, XLSX and JSON."""

from __future__ import annotations

import copy
import csv
import io
import json
from collections.abc import Iterator
from typing import Any

import pytest
from django.utils import translation

from friendship.exporters.columns import COLUMNS, NAMES
from friendship.exporters.export import Export
from friendship.exporters.forms import FORMS
from friendship.importers import reading, register
from friendship.importers.records import Happening, Listing, Piece, Publication, Reason, Record, Side, Unreadable
from friendship.importers.tables import JsonDocument, Table
from friendship.models import Country
from friendship.queries import Criteria
from tests import builders

HOME = {
    "home_slug": "wuhou",
    "home_level": "county",
    "home_name_zh": "武侯区",
    "home_country": "CN",
    "home_city": "chengdu",
    "home_city_zh": "成都市",
    "home_city_en": "Chengdu",
    "home_province": "sichuan",
    "home_province_zh": "四川省",
    "home_latitude": "30.6",
    "home_longitude": "104.0",
}
PARTNER = {"partner_slug": "vienna", "partner_name_en": "Vienna", "partner_country": "AT", "partner_level": "province"}
TIE = {"id": "7", "type": "sister", "status": "active", "founded": "1985-10", **HOME, **PARTNER}
CODED = [column for column in COLUMNS if column.choices and column.name in TIE]


@pytest.fixture(autouse=True)
def in_english() -> Iterator[None]:
    with translation.override("en"):
        yield


def written(*rows: dict[str, str], header: dict[str, str] | None = None) -> bytes:
    names = list(rows[0])
    file = io.StringIO()
    writer = csv.writer(file)
    writer.writerow([(header or {}).get(name, name) for name in names])
    writer.writerows([row.get(name, "") for name in names] for row in rows)
    return f"\ufeff{file.getvalue()}".encode()


def read(content: bytes) -> Listing:
    listing = reading.read(content, "export")
    assert listing.format == "register"
    return listing


def record(**cells: str) -> Record:
    return read(written({**TIE, **cells})).records[0]


class TestTables:
    def test_a_tie_with_its_sides_and_what_contains_them(self) -> None:
        only = record()
        assert only.home == Side(
            name_zh="武侯区",
            country="CN",
            level="county",
            within=(
                Side(name_zh="成都市", name_en="Chengdu", country="CN", level="city", slug="chengdu"),
                Side(name_zh="四川省", country="CN", level="province", slug="sichuan"),
            ),
            latitude=30.6,
            longitude=104.0,
            slug="wuhou",
        )
        assert (only.row, only.id, only.type, only.status, only.founded) == (2, 7, "sister", "active", "1985-10")
        assert only.quote.startswith("7 | sister | active | 1985-10 | wuhou")

    def test_a_province_does_not_contain_itself(self) -> None:
        only = record(partner_province="vienna", partner_province_en="Vienna")
        assert only.partner == Side(name_en="Vienna", country="AT", level="province", slug="vienna")

    @pytest.mark.parametrize("language", ["zh-hans", "en"])
    def test_headings_and_labels_of_either_language_are_codes_again(self, language: str) -> None:
        with translation.override(language):
            labels = {column.name: column.heading for column in COLUMNS}
            words = {**TIE, **{column.name: column.labels[TIE[column.name]] for column in CODED}}
        (only,) = read(written(words, header=labels)).records
        assert (only.home.level, only.partner.level) == ("county", "province")
        assert (only.type, only.status, only.home.slug) == ("sister", "active", "wuhou")

    def test_no_heading_stands_for_two_columns(self) -> None:
        for language in ("zh-hans", "en"):
            with translation.override(language):
                headings = [column.heading for column in COLUMNS]
            assert len(set(register._columns(tuple(headings)))) == len(NAMES)

    def test_the_apostrophe_before_what_looks_like_a_formula_is_taken_off(self) -> None:
        assert record(note_en="'=1+1", home_name_en="'@home", partner_name_en="'s-Hertogenbosch").note_en == "=1+1"
        assert record(home_name_en="'@home").home.name_en == "@home"
        assert record(partner_name_en="'s-Hertogenbosch").partner.name_en == "'s-Hertogenbosch"

    def test_sources_run_parallel_and_each_stands_once(self) -> None:
        cells = {
            "source_titles": "People’s Daily\nPress conference",
            "source_quotes": "\n在四川",
            "source_kinds": "news\npress_conference",
            "source_dates": "2023\n2023-05-18",
            "source_urls": "",
            "source_languages": "en\nzh",
            "source_publishers": "\nSichuan",
            "sources": "daily\nconference",
        }
        listing = read(written({**TIE, **cells}, {**TIE, **cells, "id": "8"}))
        assert listing.sources == (
            Publication("daily", "People’s Daily", "", "news", "2023", "", "en"),
            Publication("conference", "Press conference", "Sichuan", "press_conference", "2023-05-18", "", "zh"),
        )
        assert [record.evidence for record in listing.records] == [
            (Piece("daily", "tie", "sister"), Piece("conference", "tie", "sister", "在四川"))
        ] * 2

    @pytest.mark.parametrize(
        ("field", "value"), [("id", "seven"), ("id", "9" * 16), ("home_latitude", "30°"), ("partner_longitude", "nan")]
    )
    def test_a_value_of_the_wrong_kind_makes_its_row_wrong(self, field: str, value: str) -> None:
        listing = read(written({**TIE, field: value}, TIE | {field: ""}))
        misfit = Reason("%(field)s: %(value)s does not belong there.", {"field": field, "value": value})
        assert [record.wrong for record in listing.records] == [misfit, None]

    def test_words_that_are_no_label_stay_as_they_are(self) -> None:
        assert record(type="Städtepartnerschaft").type == "Städtepartnerschaft"

    def test_other_tables_are_not_ours(self) -> None:
        assert not register.recognises(Table(("id", "home_slug", "name"), 1, []))


class TestExports:
    """What the exporters write of a made-up tie."""

    @pytest.fixture
    def tie(self, db: None) -> Any:
        province = builders.place("ones-province", level="province", name_zh="一省")
        home = builders.place("one", parent=province, name_zh="一市", name_en="One", latitude=30.5, longitude=104.25)
        partner = builders.place("two", country=Country.objects.get(pk="AT"), name_en="=Two", aliases="Zwei")
        tie = builders.tie(home, partner, founded_year=1985, founded_month=10, note_zh="-备注\n二")
        builders.evidence(tie, builders.source("paper", title="@Paper"), quote="一市 and Two")
        return tie

    @pytest.mark.parametrize("language", ["zh-hans", "en"])
    @pytest.mark.parametrize("form", ["csv", "xlsx", "json"])
    def test_they_come_back(self, tie: Any, form: str, language: str) -> None:
        with translation.override(language):
            content = b"".join(FORMS[form].blocks(Export(Criteria(place=("one",)))))
        listing = reading.read(content, "export", format=form)
        (only,) = listing.records
        province = Side(name_zh="一省", name_en="Ones Province", country="CN", level="province", slug="ones-province")
        assert only.home == Side(
            name_zh="一市",
            name_en="One",
            country="CN",
            level="city",
            within=(province,),
            latitude=30.5,
            longitude=104.25,
            slug="one",
        )
        assert (only.partner.name_en, only.partner.country, only.partner.slug) == ("=Two", "AT", "two")
        assert (only.id, only.type, only.status, only.founded) == (tie.pk, "sister", "active", "1985-10")
        assert only.note_zh == "-备注\n二"
        assert only.evidence == (Piece("paper", "tie", "sister", "一市 and Two"),)
        assert [(source.slug, source.title, source.kind) for source in listing.sources] == [("paper", "@Paper", "news")]


PLACE = {"slug": "one", "name_zh": "一市", "name_en": "One", "level": "city", "country": "CN"}
RESULT = {
    "id": 7,
    "url": "/relationships/7/",
    "type": "sister",
    "type_as_printed": "友城",
    "status": "active",
    "founded": "1985-10",
    "ended": None,
    "note_zh": "",
    "note_en": "note",
    "home": {
        **PLACE,
        "latitude": 30.5,
        "longitude": 104,
        "official_code": "510700",
        "wikidata_id": "Q1",
        "aliases": ["Uno"],
        "parents": [{**PLACE, "slug": "province", "level": "province"}],
    },
    "partner": {**PLACE, "slug": "two", "country": "AT"},
    "evidence": [
        {
            "source": "paper",
            "claim": "founded",
            "value": "1985",
            "quote": "in 1985",
            "start": 3,
            "end": 10,
            "strength": "implied",
        }
    ],
    "events": [
        {"kind": "signing", "date": "1985-10", "paper": "agreement", "text_zh": "", "text_en": "x", "source": None}
    ],
}
SOURCE = {"slug": "paper", "title": "Paper", "kind": "news", "published_on": None, "note_zh": "", "note_en": "old"}
EXPORT = {"format": "sister-city-register", "version": 1, "results": [RESULT], "sources": [SOURCE]}


def read_json(value: Any) -> Listing:
    return read(json.dumps(value).encode())


def with_value(path: str, value: Any) -> dict[str, Any]:
    """The export with another value at ``results.0.home.slug``."""
    export = copy.deepcopy(EXPORT)
    inner: Any = export
    *parents, last = [int(key) if key.isdigit() else key for key in path.split(".")]
    for key in parents:
        inner = inner[key]
    inner[last] = value
    return export


class TestJson:
    def test_it_brings_all_that_the_register_says(self) -> None:
        listing = read_json(EXPORT)
        (only,) = listing.records
        assert only.home == Side(
            name_zh="一市",
            name_en="One",
            country="CN",
            level="city",
            within=(Side(name_zh="一市", name_en="One", country="CN", level="province", slug="province"),),
            latitude=30.5,
            longitude=104.0,
            wikidata_id="Q1",
            slug="one",
            official_code="510700",
            aliases=("Uno",),
        )
        assert only.evidence == (Piece("paper", "founded", "1985", "in 1985", 3, 10, "implied"),)
        assert only.events == (Happening("signing", "1985-10", "agreement", "", "x", ""),)
        assert (only.row, only.id, only.type_as_printed, only.founded, only.ended) == (1, 7, "友城", "1985-10", "")
        assert only.quote == "一市 | One | CN | 一市 | One | AT | sister | 1985-10"
        assert listing.sources == (Publication("paper", "Paper", kind="news", note_en="old"),)

    @pytest.mark.parametrize(
        ("path", "value", "field", "shown"),
        [
            ("results.0", [], "results", "list"),
            ("results.0.type", 3, "results.type", "3"),
            ("results.0.id", "7", "results.id", "7"),
            ("results.0.id", True, "results.id", "True"),
            ("results.0.home", "One", "results.home", "One"),
            ("results.0.home", None, "results.home", "NoneType"),
            ("results.0.home.parents", {}, "results.home.parents", "dict"),
            ("results.0.home.parents.0.name_zh", [], "results.home.parents.name_zh", "list"),
            ("results.0.home.aliases.0", 1, "results.home.aliases", "1"),
            ("results.0.partner.latitude", "48", "results.partner.latitude", "48"),
            ("results.0.evidence", "no", "results.evidence", "no"),
            ("results.0.evidence.0.source", "", "results.evidence.source", "–"),
            ("results.0.evidence.0.start", 1.5, "results.evidence.start", "1.5"),
            ("results.0.events.0.date", 1985, "results.events.date", "1985"),
        ],
    )
    def test_a_value_of_the_wrong_kind_makes_its_record_wrong(
        self, path: str, value: Any, field: str, shown: str
    ) -> None:
        (only,) = read_json(with_value(path, value)).records
        assert only.wrong == Reason("%(field)s: %(value)s does not belong there.", {"field": field, "value": shown})

    @pytest.mark.parametrize(
        ("path", "value", "message"),
        [
            ("version", 2, "This export is of version 2, and version 1 is known here."),
            ("results", {}, "“results” is no list."),
            ("results", None, "“results” is no list."),
            ("sources", "x", "“sources” is no list."),
            ("sources.0", 1, "Source 1: sources: 1 does not belong there."),
            ("sources.0.slug", None, "Source 1: sources.slug: – does not belong there."),
        ],
    )
    def test_another_shape_is_refused(self, path: str, value: Any, message: str) -> None:
        with pytest.raises(Unreadable) as refusal:
            read_json(with_value(path, value))
        assert str(refusal.value) == message

    def test_other_json_is_not_ours(self) -> None:
        assert not register.recognises(JsonDocument([EXPORT]))
        assert not register.recognises(JsonDocument({"format": "other", "results": []}))
