"""Tables whose columns staff has told."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.utils import translation

from friendship.importers import mapped, reading
from friendship.importers.records import Reason, Record, Side, Unreadable

TABLE = """Liste 2023;;;;;;
Stadt;Land;Region;Partnerstadt;Art;Jahr;Bemerkung
Linz;Österreich;Oberösterreich;Chengdu;Partnerschaft;1983;seit 40 Jahren
;Österreich;;Wien;;;
Graz;Österreich;Steiermark;;;;
"""


@pytest.fixture(autouse=True)
def in_english() -> Iterator[None]:
    with translation.override("en"):
        yield


def read(mapping: dict[str, int], text: str = TABLE) -> list[Record]:
    listing = reading.read(text.encode(), "list", format="mapped", mapping=mapping)
    assert listing.format == "mapped"
    return listing.records


def test_every_field_has_its_column() -> None:
    first, *_ = read(
        {"partner": 0, "partner_country": 1, "partner_parent": 2, "home": 3, "type": 4, "founded": 5, "note": 6}
    )
    assert first == Record(
        3,
        Side("Chengdu", country="CN"),
        Side("Linz", country="Österreich", within=(Side("Oberösterreich", country="Österreich"),)),
        quote="Linz | Österreich | Oberösterreich | Chengdu | Partnerschaft | 1983 | seit 40 Jahren",
        type="Partnerschaft",
        founded="1983",
        note_en="seit 40 Jahren",
    )


def test_the_rest_of_the_fields() -> None:
    text = "a,b,c,d,e,f,g,h,i,j\n绵阳,CN,四川,31.5,104.7,Linz,48.3,14.3,ended,2020\n"
    columns = "home home_country home_parent home_latitude home_longitude partner partner_latitude partner_longitude"
    names = [*columns.split(), "status", "ended"]
    (only,) = read({name: column for column, name in enumerate(names)}, text)
    assert only.home == Side("绵阳", country="CN", within=(Side("四川", country="CN"),), latitude=31.5, longitude=104.7)
    assert only.partner == Side("Linz", latitude=48.3, longitude=14.3)
    assert (only.status, only.ended) == ("ended", "2020")


def test_a_note_in_chinese() -> None:
    (only,) = read({"home": 0, "partner": 1, "note": 2}, "a,b,c\nx,y,停止往来\n")
    assert (only.note_zh, only.note_en) == ("停止往来", "")


def test_rows_without_both_sides_are_wrong() -> None:
    wrong = [record.wrong for record in read({"partner": 0, "home": 3})]
    assert wrong == [
        None,
        Reason("%(field)s is empty.", {"field": "Stadt"}),
        Reason("%(field)s is empty.", {"field": "Partnerstadt"}),
    ]


@pytest.mark.parametrize("cell", ["31°N", "nan", "1e999"])
def test_what_is_no_latitude(cell: str) -> None:
    mapping = {"home": 0, "partner": 1, "home_latitude": 2, "home_longitude": 3}
    (only,) = read(mapping, f"a,b,Breite,d\nx,y,{cell},14\n")
    assert only.wrong == Reason("%(field)s: “%(text)s” is no number of degrees.", {"field": "Breite", "text": cell})


@pytest.mark.parametrize(
    ("mapping", "message"),
    [
        ({"home": 0}, "Partner side: choose its column."),
        ({"home": 0, "partner": 7}, "Partner side: the table has no column 8."),
        ({"home": 0, "partner": -1}, "Partner side: the table has no column 0."),
        ({"home": 0, "partner": True}, "Partner side: the table has no column True."),
        ({"home": 0, "partner": "1"}, "Partner side: the table has no column 1."),
        ({"home": 0, "partner": 1, "colour": 2}, "There is no field colour."),
    ],
)
def test_a_mapping_that_does_not_fit(mapping: dict[str, int], message: str) -> None:
    with pytest.raises(Unreadable) as refusal:
        read(mapping)
    assert str(refusal.value) == message


def test_without_a_mapping_the_columns_are_asked_for() -> None:
    with pytest.raises(reading.UnknownColumns) as question:
        reading.read(TABLE.encode(), "list", format="mapped")
    assert question.value.headers == ["Stadt", "Land", "Region", "Partnerstadt", "Art", "Jahr", "Bemerkung"]


def test_the_needed_fields_are_fields() -> None:
    assert set(mapped.NEEDED) <= set(mapped.FIELDS)
