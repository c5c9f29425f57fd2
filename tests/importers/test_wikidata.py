"""Results of SPARQL queries in all shapes of the query service, and what Wikidata means by them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from django.utils import translation

from friendship.importers import reading, tables, wikidata
from friendship.importers.records import Listing, Reason, Record, Side, Unreadable
from friendship.importers.tables import JsonDocument, Table

LISTS = Path(__file__).parent / "lists"
ENTITY = "http://www.wikidata.org/entity/"
CHENGDU = {"itemLabel": "成都市", "countryLabel": "中国"}


def shipped(name: str) -> list[Record]:
    listing = reading.read((LISTS / name).read_bytes(), "list")
    assert listing.format == "wikidata"
    return listing.records


def results(*bindings: Any, names: list[str] | None = None) -> Listing:
    """Results of a query whose values are given bare."""
    known = names or list(dict.fromkeys(name for binding in bindings for name in binding))
    wrapped = [{name: {"type": "literal", "value": value} for name, value in binding.items()} for binding in bindings]
    content = json.dumps({"head": {"vars": known}, "results": {"bindings": wrapped}})
    listing = reading.read(content.encode(), "list")
    assert listing.format == "wikidata"
    return listing


def result(**values: str) -> Record:
    (only,) = results({**CHENGDU, "partnerLabel": "甲市", "partnerCountryLabel": "日本", **values}).records
    return only


def reasons(records: list[Record]) -> dict[int, Reason]:
    return {record.row: record.wrong for record in records if record.wrong}


def blank_node(field: str) -> Reason:
    return Reason("%(field)s is a blank node: Wikidata knows that there is one, and not which.", {"field": field})


def no_label(field: str, item: str) -> Reason:
    return Reason("%(field)s: %(item)s has no label in Chinese or English.", {"field": field, "item": item})


# --- files ------------------------------------------------------------------------------------------------------------


def test_the_standard_json() -> None:
    records = shipped("wikidata.json")
    assert [record.row for record in records] == list(range(1, 12))
    assert records[0] == Record(
        1,
        Side(
            name_zh="成都市",
            name_en="Chengdu",
            country="中华人民共和国",
            latitude=30.66,
            longitude=104.0667,
            wikidata_id="Q30002",
        ),
        Side(
            name_zh="蒙彼利埃",
            name_en="Montpellier",
            country="法国",
            latitude=43.6119,
            longitude=3.8772,
            wikidata_id="Q6441",
        ),
        quote=(
            "http://www.wikidata.org/entity/Q30002 | 成都市 | Chengdu | 中华人民共和国 | Point(104.0667 30.6600) | "
            "http://www.wikidata.org/entity/Q6441 | 蒙彼利埃 | Montpellier | "
            "http://www.wikidata.org/entity/Q142 | 法国 | Point(3.8772 43.6119) | 1981-06-22T00:00:00Z | 11"
        ),
        founded="1981-06-22",
    )
    second = records[1]
    assert (second.partner.name_en, second.founded, second.ended) == ("Synthetic Falls", "1986", "2001-01-01T00:00:00Z")
    assert (records[6].founded, records[6].home.country) == ("1984-01-01", "")
    assert (records[9].founded, records[9].partner.latitude) == ("", None)
    assert reasons(records) == {
        3: no_label("partner", "Q1234567"),
        4: blank_node("partner"),
        5: blank_node("partner"),
        6: Reason(
            "%(field)s: %(item)s is an item and no name. Ask the query for its label as well.",
            {"field": "partnerCountryLabel", "item": "Q17"},
        ),
        8: Reason(
            "%(field)s: %(text)s is not between −%(limit)s and %(limit)s degrees.",
            {"field": "partnerCoord", "text": "200", "limit": 180},
        ),
        9: Reason(
            "%(field)s: “%(text)s” is a point on another globe.",
            {"field": "partnerCoord", "text": "<http://www.wikidata.org/entity/Q405> Point(5 5)"},
        ),
        11: Reason("The row is no JSON object."),
    }


def test_csv() -> None:
    records = shipped("wikidata.csv")
    assert [record.row for record in records] == [2, 3, 4, 5]
    assert records[0].partner == Side(name_zh="甲府市", name_en="Kōfu", country="日本", wikidata_id="Q34647")
    assert records[0].founded == "1984-09-22T00:00:00Z"
    assert records[1].partner == Side(name_en="Synthetic, Town", country="加拿大", wikidata_id="Q777")
    assert reasons(records) == {4: blank_node("sister"), 5: no_label("sister", "Q778")}


def test_tsv_with_its_marks() -> None:
    records = shipped("wikidata.tsv")
    assert [record.row for record in records] == [2, 3, 4, 5]
    assert (records[0].home, records[0].partner, records[0].founded) == (
        Side("绵阳市", country="中华人民共和国", latitude=31.47, longitude=104.68, wikidata_id="Q36389"),
        Side("阿什哈巴德", country="土库曼斯坦", wikidata_id="Q650"),
        "1994-10-01",
    )
    assert records[2].partner.name == 'Say "Town"!'
    assert reasons(records) == {3: blank_node("sistercity"), 5: no_label("sistercity", "Q902")}


def test_tsv_without_marks_and_with_columns_for_degrees() -> None:
    records = shipped("wikidata_origin.tsv")
    assert (records[0].home, records[0].partner) == (
        Side("Ruse", country="Bulgaria", latitude=43.8564, longitude=25.9708),
        Side("Saint-Ouen-sur-Seine", country="France", latitude=48.9118, longitude=2.3342),
    )
    assert reasons(records) == {
        3: Reason("%(field)s: “%(text)s” is no number of degrees.", {"field": "destinationlong", "text": "abc"}),
        4: no_label("sistercityLabel", "Q5123"),
    }


@pytest.mark.parametrize(
    "binding",
    [
        {"item": ENTITY + "Q1", "itemLabel": "甲", "sister": ENTITY + "Q2", "sisterLabel": "乙"},
        {name: {"type": "uri", "value": value} for name, value in (("itemLabel", "甲"), ("sisterLabel", "乙"))},
    ],
)
def test_the_bare_list_that_the_page_offers(binding: dict[str, Any]) -> None:
    (record,) = reading.read(json.dumps([binding]).encode(), "list").records
    assert (record.row, record.home.name, record.partner.name) == (1, "甲", "乙")


@pytest.mark.parametrize(
    ("home", "partner"),
    [
        ("item", "partner"),
        ("city", "sister"),
        ("origincity", "sistercity"),
        ("place1", "place2"),
        ("cityA", "cityB"),
        ("city", "twin"),
        ("town", "twinTown"),
        ("origin", "destination"),
        ("municipality", "twinnedAdministrativeBody"),
        ("item", "other_city"),
        ("?item", "?partner"),
    ],
)
def test_variables_have_many_names(home: str, partner: str) -> None:
    assert wikidata.recognises(Table((f"{partner}Label", "population", f"{home}Label"), 1, []))


@pytest.mark.parametrize(
    ("home", "partner"),
    [
        (("itemLabel", "countryLabel", "coord"), ("partnerLabel", "partnerCountryLabel", "partnerCoord")),
        (("city_label", "city_country_label", "city_location"), ("sister_label", "sister_country", "sister_location")),
        (("place1Label", "country1Label", "coord1"), ("place2Label", "country2Label", "coord2")),
        (("itemLabel", "itemCountryName", "geo"), ("twinLabel", "twinCountry", "twinPoint")),
    ],
)
def test_countries_and_points_have_many_names(home: tuple[str, ...], partner: tuple[str, ...]) -> None:
    cells = dict(zip((*home, *partner), ("甲", "中国", "Point(1 2)", "乙", "日本", "POINT (3 4)"), strict=True))
    (record,) = results(cells).records
    assert record.home == Side("甲", country="中国", latitude=2.0, longitude=1.0)
    assert record.partner == Side("乙", country="日本", latitude=4.0, longitude=3.0)


@pytest.mark.parametrize(
    "header",
    [
        ("city1", "country1", "city2", "country2"),
        ("itemLabel", "countryLabel"),
        ("partnerLabel", "sisterLabel"),
        ("中方城市", "外方城市"),
        ("label", "name"),
        (),
    ],
)
def test_other_tables_are_not_of_this_format(header: tuple[str, ...]) -> None:
    assert not wikidata.recognises(Table(header, 1, []))


@pytest.mark.parametrize(
    "value",
    [
        None,
        [],
        {},
        [1],
        [[]],
        {"head": {"vars": [1]}},
        {"head": [], "results": []},
        {"results": {"bindings": 7}},
        "item",
    ],
)
def test_other_json_is_not_of_this_format(value: Any) -> None:
    assert not wikidata.recognises(JsonDocument(value))


# --- names ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("labels", "side"),
    [
        ({"partnerLabel": "甲市"}, ("甲市", "", "")),
        ({"partnerLabel": "甲市", "partnerLabelEn": "Jia"}, ("", "甲市", "Jia")),
        ({"partnerLabel": "Jia", "partnerLabel_zh": "甲市"}, ("", "甲市", "Jia")),
        ({"partnerLabel": "Q5", "partnerLabelZhHans": "甲市"}, ("", "甲市", "")),
        ({"partnerLabel": "甲市", "partnerLabelEn": "Q5"}, ("甲市", "", "")),
        ({"partnerLabel": "", "partner": "甲市"}, ("甲市", "", "")),
        ({"partnerLabel": "<script>1</script>"}, ("<script>1</script>", "", "")),
        ({"partnerLabel": "=1+1"}, ("=1+1", "", "")),
    ],
)
def test_labels_in_both_languages(labels: dict[str, str], side: tuple[str, str, str]) -> None:
    partner = result(**labels).partner
    assert (partner.name, partner.name_zh, partner.name_en) == side


@pytest.mark.parametrize(
    ("labels", "reason"),
    [
        ({"partnerLabel": "Q5"}, no_label("partnerLabel", "Q5")),
        ({"partnerLabel": "", "partner": ENTITY + "Q5"}, no_label("partnerLabel", "Q5")),
        ({"partnerLabel": ENTITY + "Q5"}, no_label("partnerLabel", "Q5")),
        ({"partnerLabel": ""}, Reason("%(field)s is empty.", {"field": "partnerLabel"})),
        ({"partnerLabel": "_:b0"}, blank_node("partnerLabel")),
        ({"partnerLabel": "t123456"}, blank_node("partnerLabel")),
        ({"partner": "_:x", "partnerLabel": "甲市"}, blank_node("partnerLabel")),
    ],
)
def test_what_is_no_name(labels: dict[str, str], reason: Reason) -> None:
    wrong = result(**labels).wrong
    assert wrong is not None
    assert (wrong.text, wrong.parameters.get("item")) == (reason.text, reason.parameters.get("item"))


def test_a_country_in_any_language_that_has_a_label() -> None:
    assert result(partnerCountryLabel="Q17", partnerCountryLabelEn="Japan").partner.country == "Japan"
    assert result(partnerCountryLabel="").partner.country == ""
    assert result(partnerCountryLabel="_:b7").partner.country == ""


@pytest.mark.parametrize(
    ("item", "number"),
    [(ENTITY + "Q5", "Q5"), ("wd:Q5", "Q5"), ("Q5", "Q5"), ("https://www.wikidata.org/wiki/Q5", "Q5"), ("", "")],
)
def test_the_item_is_kept(item: str, number: str) -> None:
    assert result(partner=item).partner.wikidata_id == number


# --- coordinates and dates --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("written", "degrees"),
    [
        ("Point(138.57 35.66)", (35.66, 138.57)),
        ("point( -1.5  52 )", (52.0, -1.5)),
        ("<http://www.wikidata.org/entity/Q2> Point(1 2)", (2.0, 1.0)),
        ("_:b3", (None, None)),
        ("", (None, None)),
    ],
)
def test_points(written: str, degrees: tuple[float | None, float | None]) -> None:
    partner = result(partnerCoord=written).partner
    assert (partner.latitude, partner.longitude) == degrees


@pytest.mark.parametrize("written", ["35.66, 138.57", "Point(1)", "Point(1 2 3)", "Polygon((1 2))", "x" * 10_000])
def test_what_is_no_point(written: str) -> None:
    assert result(partnerCoord=written).wrong == Reason(
        "%(field)s: “%(text)s” is not of the form Point(longitude latitude).",
        {"field": "partnerCoord", "text": written[:40]},
    )


@pytest.mark.parametrize(
    ("start", "precision", "founded"),
    [
        ("1985-10-03T00:00:00Z", "11", "1985-10-03"),
        ("1985-01-01T00:00:00Z", "11", "1985-01-01"),
        ("1985-10-01T00:00:00Z", "10", "1985-10"),
        ("1985-01-01T00:00:00Z", "9", "1985"),
        ("1980-01-01T00:00:00Z", "8", ""),
        ("+1985-10-03T00:00:00Z", "14", "1985-10-03"),
        ("1985-01-01T00:00:00Z", "", "1985-01-01T00:00:00Z"),
        ("1985-01-01T00:00:00Z", "day", "1985-01-01T00:00:00Z"),
        ("-0200-01-01T00:00:00Z", "9", "-0200-01-01T00:00:00Z"),
        ("1985", "9", "1985"),
        ("_:b1", "", ""),
        ("", "9", ""),
    ],
)
@pytest.mark.parametrize(
    "names", [("start", "startPrecision"), ("since", "precision"), ("startTime", "start_time_precision")]
)
def test_dates_are_as_precise_as_stated(start: str, precision: str, founded: str, names: tuple[str, str]) -> None:
    assert result(**dict(zip(names, (start, precision), strict=True))).founded == founded


def test_the_end_has_a_precision_of_its_own() -> None:
    record = result(start="1985-01-01T00:00:00Z", end="1999-05-01T00:00:00Z", endPrecision="10")
    assert (record.founded, record.ended) == ("1985-01-01T00:00:00Z", "1999-05")


# --- terms ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("cell", "term"),
    [
        ('"绵阳"@zh-hans', "绵阳"),
        ('"1"^^<http://www.w3.org/2001/XMLSchema#integer>', "1"),
        ('"1"^^xsd:integer', "1"),
        (r'"a\tb\\c\"d\u4E00\U0001F600"', 'a\tb\\c"d一😀'),
        (r'"\UFFFFFFFF"@en', "\ufffd"),
        ("<http://www.wikidata.org/entity/Q1>", ENTITY + "Q1"),
        ("11", "11"),
        ('"never closed', '"never closed'),
        ("<b>bold</b>", "<b>bold</b>"),
        ("", ""),
    ],
)
def test_terms_of_tsv(cell: str, term: str) -> None:
    header = "?itemLabel\t?countryLabel\t?partnerLabel\t?x\n"
    (record,) = reading.read(f"{header}甲\t中国\t{cell or '乙'}\t\n".encode(), "list").records
    assert record.partner.name == " ".join((term or "乙").split(" ")) or record.wrong


@pytest.mark.parametrize("value", [None, 7, True, [], {}, {"value": 7}, {"value": None}, {"type": "bnode"}, 1.5])
@pytest.mark.parametrize("name", ["itemLabel", "partnerCoord", "start", "partnerCountryLabel", "partner"])
def test_odd_values_never_raise(name: str, value: Any) -> None:
    binding = {"itemLabel": "甲", "partnerLabel": "乙", "partnerCoord": "", name: value}
    (record,) = reading.read(json.dumps([binding]).encode(), "list").records
    assert record.row == 1


# --- results without end ----------------------------------------------------------------------------------------------


def refusal(*bindings: Any, names: list[str] | None = None) -> str:
    with translation.override("en"), pytest.raises(Unreadable) as refused:
        results(*bindings, names=names)
    return str(refused.value)


def test_rows_without_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tables, "MAX_ROWS", 3)
    binding = {**CHENGDU, "partnerLabel": "甲市"}
    assert len(results(*[binding] * 3).records) == 3
    assert refusal(*[binding] * 4) == "The table has more than 3 rows. Divide it into several files."


def test_variables_without_end() -> None:
    binding = {**CHENGDU, "partnerLabel": "甲市"}
    further = [f"v{number}" for number in range(2_500)]
    assert len(results(*[binding] * 9, names=[*binding, *further[:197]]).records) == 9
    assert refusal(*[binding] * 2_500, names=[*binding, *further]) == "The results have more than 200 variables."
    with translation.override("en"), pytest.raises(Unreadable, match=r"^The results have more than 200 variables\.$"):
        reading.read(json.dumps([{**binding, **dict.fromkeys(further, "x")}]).encode(), "list")


def test_what_is_not_asked_for_is_not_read() -> None:
    """A binding may hold what the head does not name; the quote follows the head."""
    (only,) = results(
        {"partnerLabel": "甲市", "other": "x", **CHENGDU}, names=["itemLabel", "countryLabel", "partnerLabel"]
    ).records
    assert (only.quote, only.home.country) == ("成都市 | 中国 | 甲市", "中国")
