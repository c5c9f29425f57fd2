"""Pairs of cities: headers of many names or none, and coordinates that may be empty or wrong."""

from __future__ import annotations

from pathlib import Path

import pytest

from friendship.importers import pairs, reading
from friendship.importers.records import Reason, Record, Side
from friendship.importers.tables import JsonDocument, Table

LISTS = Path(__file__).parent / "lists"
CHENGDU = Side("Chengdu", country="China", latitude=30.66, longitude=104.07)
MONTPELLIER = Side("Montpellier", country="France", latitude=43.61, longitude=3.88)


def read(content: str | bytes) -> list[Record]:
    listing = reading.read(content.encode() if isinstance(content, str) else content, "list")
    assert listing.format == "pairs"
    return listing.records


def recognised(*header: str) -> bool:
    return pairs.recognises(Table(header, 1, []))


def test_a_list_with_all_columns() -> None:
    records = read((LISTS / "pairs.csv").read_bytes())
    assert [record.row for record in records] == list(range(2, 11))
    assert records[0] == Record(
        2,
        CHENGDU,
        MONTPELLIER,
        quote="Chengdu | China | 30.66 | 104.07 | Montpellier | France | 43.61 | 3.88",
    )
    assert (records[1].home, records[1].partner) == (
        Side("成都市", country="中国"),
        Side("甲府市", country="日本", latitude=35.66, longitude=138.57),
    )
    assert (records[2].home.name, records[2].partner.country) == ("Xinwu (Wuxi)", "England, United Kingdom")
    assert (records[7].home.country, records[7].wrong) == ("", None)
    assert (records[8].home.name, records[8].partner.name) == ("<script>alert(1)</script>", "=cmd|'/c calc'!A1")
    assert {record.row: record.wrong for record in records if record.wrong} == {
        5: Reason("%(field)s: “%(text)s” is no number of degrees.", {"field": "lat1", "text": "abc"}),
        6: Reason(
            "%(field)s: %(text)s is not between −%(limit)s and %(limit)s degrees.",
            {"field": "lat1", "text": "91", "limit": 90},
        ),
        7: Reason("%(field)s is empty, and its counterpart is not.", {"field": "lng1"}),
        8: Reason("%(field)s is empty.", {"field": "city1"}),
    }


def test_other_names_in_another_order() -> None:
    first, second = read((LISTS / "pairs_synonyms.csv").read_bytes())
    assert first == Record(
        2,
        Side("绵阳市", country="中国"),
        Side("奥布宁斯克", country="俄罗斯", latitude=55.1, longitude=36.61),
        quote="中国 | 绵阳市 | 俄罗斯 | 奥布宁斯克 | 55,1 | 36,61 | 2010",
        founded="2010",
    )
    assert second.wrong == Reason(
        "%(field)s: %(text)s is not between −%(limit)s and %(limit)s degrees.",
        {"field": "经度B", "text": "-200", "limit": 180},
    )


def test_further_columns_are_taken_as_well() -> None:
    (record,) = read("city1,country1,city2,country2,type,until,year\nA,China,B,Japan,友好城市,2001,1999\n")
    assert (record.type, record.type_as_printed, record.founded, record.ended) == (
        "友好城市",
        "友好城市",
        "1999",
        "2001",
    )


@pytest.mark.parametrize(
    "header",
    [
        "city_1 country_1 city_2 country_2",
        "City A|Country A|City B|Country B",
        "from_city from_country to_city to_country",
        "city_from country_from city_to country_to",
        "from from_country to to_country",
        "origin_city origin_country destination_city destination_country",
        "place1 country1 place2 country2",
        "city1_name city1_country city2_name city2_country",
        "name1 nation1 name2 nation2",
        "城市1 国家1 城市2 国家2",
        "Home city|Home country|Partner city|Partner country",
        "source_city source_country target_city target_country",
    ],
)
def test_headers_have_many_names(header: str) -> None:
    assert recognised(*header.split("|" if "|" in header else None))


@pytest.mark.parametrize(
    "header",
    [
        "lat1 lng1 lat2 lng2",
        "lat_1 lon_1 lat_2 lon_2",
        "latitude1 longitude1 latitude2 longitude2",
        "纬度1 经度1 纬度2 经度2",
        "city1_lat city1_lng city2_lat city2_lng",
        "Latitude_A Long_A Latitude_B Long_B",
        "from_lat from_lng to_lat to_lng",
    ],
)
def test_degrees_have_many_names(header: str) -> None:
    columns = ",".join(["city1", "country1", "city2", "country2", *header.split()])
    (record,) = read(f"{columns}\nA,China,B,Japan,1,2,3,4\n")
    assert record.home == Side("A", country="China", latitude=1.0, longitude=2.0)
    assert record.partner == Side("B", country="Japan", latitude=3.0, longitude=4.0)


@pytest.mark.parametrize(
    "header",
    [
        "city1 city2",
        "city1 country1 city2",
        "city country partner",
        "itemLabel countryLabel partnerLabel partnerCountryLabel",
        "序号 中方城市 外方城市 国别",
        "a b c d",
        "1 2 3 4",
        "Chengdu Sichuan Bonn NRW",
        "甲 乙 丙 丁 戊 己 庚 辛",
        "Chengdu China abc def Bonn Germany x y",
    ],
)
def test_other_tables_are_not_of_this_format(header: str) -> None:
    assert not recognised(*header.split())


def test_json_is_not_of_this_format() -> None:
    assert not pairs.recognises(JsonDocument([{"city1": "A"}]))


# --- without a header -------------------------------------------------------------------------------------------------


def test_without_a_header_the_first_row_is_a_pair() -> None:
    records = read((LISTS / "pairs_bare.csv").read_bytes())
    assert [(record.row, record.home.name, record.partner.country) for record in records] == [
        (1, "Chengdu", "France"),
        (2, "Mianyang", "Russia"),
        (3, "Mianyang", "Utopia"),
    ]


def test_coordinates_may_be_missing_in_the_first_row() -> None:
    records = read((LISTS / "pairs_bare_wide.csv").read_bytes())
    assert (records[0].partner, records[1].home, records[1].partner) == (
        Side("Ashgabat", country="Turkmenistan"),
        CHENGDU,
        MONTPELLIER,
    )
    assert records[2].wrong == Reason(
        "The file breaks off in this row: it has %(cells)s of %(columns)s cells.", {"cells": 5, "columns": 6}
    )


@pytest.mark.parametrize(
    "first",
    [
        "Chengdu,China,Montpellier,France",
        "成都市,中国,某市,日本",
        'Leicester,"England, United Kingdom",Krefeld,Germany',
        "Chengdu,CN,Montpellier,FR",
        "Chengdu,,Montpellier,France",
        "Chengdu,China,30.66,104.07,Montpellier,France,43.61,3.88",
        "Chengdu,China,,,Montpellier,France,,",
    ],
)
def test_a_pair_in_the_first_row(first: str) -> None:
    records = read(f"{first}\n{first}\n")
    assert [record.row for record in records] == [1, 2]
    assert records[0].home == records[1].home
    assert records[0].quote == records[1].quote


def test_a_title_above_is_no_first_row() -> None:
    with pytest.raises(reading.UnknownColumns):
        reading.read(b"x,y,z,u\nChengdu,China,Montpellier,France\n", "list")


# --- hostile ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        ("x" * 10_000, "%(field)s has more than %(limit)s characters: “%(text)s…”."),
        ("a\u202eb", "%(field)s holds control characters."),
        ("a\x1bb", "%(field)s holds control characters."),
    ],
)
@pytest.mark.parametrize("column", [0, 1])
def test_names_that_cannot_be_kept(cell: str, text: str, column: int) -> None:
    row = ["A", "China", "B", "Japan"]
    row[column] = cell
    (record,) = read("city1,country1,city2,country2\n" + ",".join(row) + "\n")
    assert record.wrong is not None
    assert (record.wrong.text, record.wrong.parameters["field"]) == (text, ("city1", "country1")[column])
