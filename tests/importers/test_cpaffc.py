"""Rows of the national register: its wrappings, its dates of many forms, its chronicles, and what cannot be used."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from django.utils import translation

from friendship.enums import EventKind, Paper
from friendship.importers import cpaffc, reading, tables
from friendship.importers.records import Happening, Listing, Reason, Record, Side, Unreadable
from friendship.importers.tables import JsonDocument, Row, Table

LISTS = Path(__file__).parent / "lists"
ROW = {"sn": "1", "prov": "四川省", "city": "绵阳市", "w_city": "甲市", "w_country": "日本", "qzsj": "", "jhsj": ""}


def read(value: Any) -> Listing:
    listing = reading.read(json.dumps(value).encode(), "list")
    assert listing.format == "cpaffc"
    return listing


def record(**changed: Any) -> Record:
    (only,) = read([{**ROW, **changed}]).records
    return only


def province(name: str) -> Side:
    return Side(name, country="CN", level="province")


def test_a_list_as_the_register_gives_it() -> None:
    records = reading.read((LISTS / "cpaffc.json").read_bytes(), "list").records
    assert [record.row for record in records] == list(range(1, 18))
    assert records[0] == Record(
        1,
        province("四川省"),
        Side("华盛顿州", country="美国"),
        quote="0001 | 四川省 | 华盛顿州 | 美国 | 1982-10-01 | 1982 | 友好省州",
        type="友好省州",
        type_as_printed="友好省州",
        founded="1982-10-01",
    )
    assert records[1] == Record(
        2,
        Side("成都市", country="CN", within=(province("四川省"),)),
        Side("蒙彼利埃市", country="法国"),
        quote="2 | 四川省 | 成都市 | 蒙彼利埃市 | 法国 | 1981年6月 | 1981 | 友好城市 | 欧洲 | 互派留学生多名",
        type="友好城市",
        type_as_printed="友好城市",
        founded="1981年6月",
        events=(
            Happening(EventKind.SIGNING, "1981年6月22日", Paper.AGREEMENT, text_zh="两市签署结为友好城市的协议书。"),
            Happening(EventKind.VISIT, "1985-04-01", text_zh="市长率团访问成都&绵阳。"),
        ),
    )
    assert [(record.home.name, record.founded) for record in records if not record.wrong] == [
        ("四川省", "1982-10-01"),
        ("成都市", "1981年6月"),
        ("广州市", "1981.12.8"),
        ("上海市", "1973"),
        ("吉林市", "1980年"),
        ("吉林省", "1987-06-01 00:00:00"),
        ("广西壮族自治区", "1982-05-25"),
        ("浙江省", "1982"),
        ("无锡市", "1981"),
        ("西安市", "1989-13-45"),
        ("济南市", "1983-10-03T00:00:00"),
        ("<script>alert(1)</script>", ""),
    ]
    assert {record.row: record.wrong for record in records if record.wrong} == {
        12: Reason("The row does not name the foreign side (w_city)."),
        13: Reason("The row does not name the Chinese side (prov, city)."),
        14: Reason("%(field)s holds no text.", {"field": "w_city"}),
        16: Reason("The row is no JSON object."),
        17: Reason("%(field)s holds control characters.", {"field": "w_city"}),
    }


@pytest.mark.parametrize(
    "wrapped",
    [
        [ROW],
        {"data": [ROW]},
        {"data": {"lists": [ROW]}},
        {"code": 1, "data": {"list": [ROW], "total": 1}},
        {"data": {"lists": {"0": ROW}}},
        [{"data": {"lists": [ROW]}}],
        {"lists": [ROW]},
    ],
)
def test_rows_in_every_wrapping(wrapped: Any) -> None:
    assert [record.partner.name for record in read(wrapped).records] == ["甲市"]


def test_pages_one_after_the_other_are_counted_through() -> None:
    page = {"code": 1, "data": {"lists": [ROW, ROW]}}
    assert [record.row for record in read([page, page]).records] == [1, 2, 3, 4]


@pytest.mark.parametrize(
    "value",
    [[], {}, {"data": {"lists": []}}, [1, "w_city"], {"data": "w_city"}, [{"prov": "四川省", "city": "绵阳市"}], None],
)
def test_other_json_is_not_of_this_format(value: Any) -> None:
    assert not cpaffc.recognises(JsonDocument(value))


def test_wrappings_without_end_are_given_up() -> None:
    value: Any = [ROW]
    for _time in range(100):
        value = {"data": value}
    assert not cpaffc.recognises(JsonDocument(value))


def test_a_table_made_from_the_json() -> None:
    header = tuple(name.upper() for name in ROW)
    rows = [Row(2, tuple(ROW.values())), Row(3, ("",) * len(ROW), wrong=Reason("broken"))]
    table = Table(header, 1, rows)
    assert cpaffc.recognises(table)
    assert [(record.row, record.home.name, record.wrong) for record in cpaffc.records(table)] == [
        (2, "绵阳市", None),
        (3, "", Reason("broken")),
    ]
    assert not cpaffc.recognises(Table(("prov", "city"), 1, []))


# --- sides ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("prov", "city"),
    [
        ("四川省", ""),
        ("四川省", None),
        ("四川省", "四川省"),
        ("四川省", "四川"),
        ("四川省", "省级"),
        ("四川省", "—"),
        ("四川省", False),
    ],
)
def test_a_province_ties_itself(prov: str, city: Any) -> None:
    assert record(prov=prov, city=city).home == province("四川省")


@pytest.mark.parametrize(
    ("prov", "city"), [("吉林省", "吉林市"), ("吉林省", "吉林"), ("海南省", "海口市"), ("重庆市", "渝中区")]
)
def test_a_city_lies_in_its_province(prov: str, city: str) -> None:
    assert record(prov=prov, city=city).home == Side(city, country="CN", within=(province(prov),))


def test_a_city_alone() -> None:
    assert record(prov="").home == Side("绵阳市", country="CN")


@pytest.mark.parametrize("w_city", ["无", "-", "", None, False, []])
def test_no_foreign_side(w_city: Any) -> None:
    assert record(w_city=w_city).wrong == Reason("The row does not name the foreign side (w_city).")


def test_entities_in_names_are_characters() -> None:
    assert record(w_city="K&ouml;ln&nbsp;(科隆)", w_country="德&#22269;").partner == Side("Köln (科隆)", country="德国")


# --- dates ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("qzsj", "jhsj", "founded"),
    [
        ("1979-11-02", "1979", "1979-11-02"),
        ("1979-11-02", "1980", "1979-11-02"),
        ("1979.11.2", None, "1979.11.2"),
        ("1979年11月", 1979, "1979年11月"),
        ("", "1979", "1979"),
        (None, 1979.0, "1979"),
        ("0000-00-00", "1979", "1979"),
        ("0000-00-00 00:00:00", None, ""),
        ("1979-11-02 08:30:00", None, "1979-11-02 08:30:00"),
        (1979, None, "1979"),
        (310320000, None, "1979-11-02"),
        ("310320000000", None, "1979-11-02"),
        (0, "0", ""),
        ("1970-01-01", "1985", "1985"),
        ("1970-01-01", "", ""),
        ("不详", "1985", "1985"),
        ("1985-13-45", "1985", "1985"),
        ("1985-13-45", "", "1985-13-45"),
        ("", "某年某月", "某年某月"),
        (True, False, ""),
    ],
)
def test_the_date_of_signing_counts_where_it_is_one(qzsj: Any, jhsj: Any, founded: str) -> None:
    assert record(qzsj=qzsj, jhsj=jhsj).founded == founded


def test_two_dates_that_disagree_both_stand_in_the_quote() -> None:
    assert record(qzsj="1979-11-02", jhsj="1980").quote == "1 | 四川省 | 绵阳市 | 甲市 | 日本 | 1979-11-02 | 1980"


# --- tags and chronicles ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("tags", "kind", "status"),
    [
        (["友好省州", "欧洲"], "友好省州", ""),
        ("亚洲,友好交流城市", "友好交流城市", ""),
        ([{"name": "结好意向"}], "结好意向", ""),
        (["友好城市", "已终止"], "友好城市", "已终止"),
        (["欧洲"], "", ""),
        ([7, None, {"id": 1}, [1]], "", ""),
        (None, "", ""),
        (17, "", ""),
    ],
)
def test_a_tag_may_name_the_type_and_the_status(tags: Any, kind: str, status: str) -> None:
    read_back = record(tags=tags)
    assert (read_back.type, read_back.type_as_printed, read_back.status) == (kind, kind, status)


@pytest.mark.parametrize(
    ("text", "kind", "paper"),
    [
        ("签署结为友好城市协议书", EventKind.SIGNING, Paper.AGREEMENT),
        ("签署结好意向书", EventKind.INTENT, Paper.LETTER_OF_INTENT),
        ("全国友协批复同意缔结友好城市", EventKind.APPROVAL, ""),
        ("续签友好合作备忘录", EventKind.RENEWAL, Paper.MEMORANDUM),
        ("升级为友好城市关系", EventKind.UPGRADE, ""),
        ("市长访问,庆祝结好20周年", EventKind.ANNIVERSARY, ""),
        ("市长来访并带来合作协议", EventKind.VISIT, ""),
        ("双方解除友好城市关系", EventKind.END, ""),
        ("暂停友好往来", EventKind.SUSPENSION, ""),
    ],
)
def test_dated_lines_become_events(text: str, kind: str, paper: str) -> None:
    assert record(dashiji=f"2001年5月 {text}").events == (Happening(kind, "2001年5月", paper, text_zh=text),)


@pytest.mark.parametrize(
    ("dashiji", "rest"),
    [
        ("2001年5月 互赠熊猫雕像", "2001年5月 互赠熊猫雕像"),
        ("市长来访", "市长来访"),
        ("2001-99-99 市长来访", "2001-99-99 市长来访"),
        ("<script>alert('市长来访')</script>", ""),
    ],
)
def test_other_lines_stay_in_the_quote(dashiji: str, rest: str) -> None:
    read_back = record(dashiji=dashiji)
    assert read_back.events == ()
    assert read_back.quote == " | ".join(filter(None, ["1 | 四川省 | 绵阳市 | 甲市 | 日本", rest]))


@pytest.mark.parametrize(
    "value", [None, 0, [], {}, [[]], {"a": []}, "x" * 100_000, ["1999年 来访"] * 5_000, "[" * 9_000]
)
@pytest.mark.parametrize("field", ["dashiji", "tags", "qzsj", "w_country", "city", "sn"])
def test_odd_values_never_raise(field: str, value: Any) -> None:
    assert record(**{field: value}).row == 1


def test_rows_without_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tables, "MAX_ROWS", 3)
    assert len(read({"data": {"lists": [ROW] * 3}}).records) == 3
    with translation.override("en"), pytest.raises(Unreadable) as refusal:
        read([{"data": [ROW, ROW]}, {"data": [ROW, ROW]}])
    assert str(refusal.value) == "The table has more than 3 rows. Divide it into several files."
