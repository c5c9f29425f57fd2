"""Whatever stands in a list of a public format, each row becomes a record: usable, or with the reason why not."""

from __future__ import annotations

import json
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from friendship.importers import cpaffc, pairs, wikidata
from friendship.importers.records import Record
from friendship.importers.tables import JsonDocument, Row, Table

WORDS = st.sampled_from(
    [
        "",
        "四川省",
        "绵阳市",
        "日本",
        "Q5",
        "_:b0",
        "t12345",
        "http://www.wikidata.org/entity/Q5",
        "Point(1 2)",
        "Point(9",
        "1985-10-03T00:00:00Z",
        "11",
        "0000-00-00",
        "=1+1",
        "<script>x</script>",
        "&lt;p&gt;1999年 访问",
        "友好城市",
        '"a"@zh',
    ]
)
TEXTS = st.one_of(WORDS, st.text(max_size=30))
VALUES = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(allow_nan=False), TEXTS),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(TEXTS, inner, max_size=3)),
    max_leaves=8,
)
KEYS = ("sn", "prov", "city", "w_city", "w_country", "qzsj", "jhsj", "dashiji", "tags")
SIDES = "item itemLabel countryLabel lat long partner partnerLabel partnerLabelEn partnerCountryLabel partnerCoord"
VARIABLES = (*SIDES.split(), "start", "startPrecision", "end")
COLUMNS = ("city1", "country1", "lat1", "lng1", "city2", "country2", "lat2", "lng2", "year", "type")


def is_a_record(record: Record) -> bool:
    """Whether it is usable or says why not, with a reason that can be shown and kept."""
    if record.wrong:
        json.dumps(dict(record.wrong.parameters))
        return bool(record.wrong.text % record.wrong.parameters)
    return all(side.name or side.name_zh or side.name_en for side in (record.home, record.partner))


@given(st.lists(st.one_of(VALUES, st.fixed_dictionaries(dict.fromkeys(KEYS, VALUES))), max_size=4))
def test_cpaffc(rows: list[Any]) -> None:
    assert all(map(is_a_record, cpaffc.records(JsonDocument(rows))))


@given(st.lists(st.fixed_dictionaries({}, optional=dict.fromkeys(VARIABLES, VALUES)), max_size=4))
def test_wikidata(bindings: list[Any]) -> None:
    value = {"head": {"vars": list(VARIABLES)}, "results": {"bindings": bindings}}
    records = list(wikidata.records(JsonDocument(value)))
    assert len(records) == len(bindings)
    assert all(map(is_a_record, records))


@given(VALUES)
def test_any_json(value: Any) -> None:
    for module in (cpaffc, wikidata, pairs):
        if module.recognises(JsonDocument(value)):
            assert all(map(is_a_record, module.records(JsonDocument(value))))


@given(st.lists(st.tuples(*[TEXTS] * len(VARIABLES)), max_size=3))
def test_wikidata_as_a_table(rows: list[tuple[str, ...]]) -> None:
    table = Table(tuple(f"?{name}" for name in VARIABLES), 1, [Row(2, row) for row in rows])
    assert all(map(is_a_record, wikidata.records(table)))


@given(st.lists(st.tuples(*[TEXTS] * len(COLUMNS)), max_size=3))
def test_pairs(rows: list[tuple[str, ...]]) -> None:
    table = Table(COLUMNS, 1, [Row(2, row) for row in rows])
    assert all(map(is_a_record, pairs.records(table)))


@given(st.lists(TEXTS, max_size=9), st.lists(st.lists(TEXTS, max_size=9), max_size=2))
def test_any_table(header: list[str], rows: list[list[str]]) -> None:
    width = len(header)
    fitted = [Row(2, (tuple(row) + ("",) * width)[:width], written=tuple(row)) for row in rows]
    table = Table(tuple(header), 1, fitted)
    for module in (cpaffc, wikidata, pairs):
        if module.recognises(table):
            assert all(map(is_a_record, module.records(table)))
