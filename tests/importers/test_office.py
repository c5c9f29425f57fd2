"""Tables of foreign affairs offices, with the quirks that their lists have."""

from __future__ import annotations

from pathlib import Path

import pytest
from openpyxl.worksheet.worksheet import Worksheet

from friendship.importers import office, reading
from friendship.importers.records import Listing, Reason, Record, Side
from friendship.importers.tables import Row, Table
from tests.importers.test_tables import workbook

LISTS = Path(__file__).parent / "lists"

NO_HOME = Reason("The row does not name the Chinese side. Only cells that are merged take it from above.")
NO_HOME_COLUMN = Reason("The table has no column for the Chinese side, and no title says whose list it is.")
NO_PARTNER = Reason("The row does not name the foreign side.")


def read(text: str | bytes) -> Listing:
    listing = reading.read(text.encode() if isinstance(text, str) else text, "list")
    assert listing.format == "office"
    return listing


def record(headings: str, cells: str) -> Record:
    (only,) = read(f"{headings}\n{cells}\n").records
    return only


def recognised(*header: str) -> bool:
    return office.recognises(Table(header, 1, []))


def test_a_list_as_excel_in_china_saves_it() -> None:
    first, second, third = read((LISTS / "office.gb18030.csv").read_bytes()).records
    assert first == Record(
        3,
        Side("绵阳市", country="CN"),
        Side("东广岛市", country="日本"),
        quote="1 | 绵阳市 | 东广岛市 | 日本 | 1993.10.14 | 国际友好城市",
        type="国际友好城市",
        founded="1993.10.14",
    )
    assert (second.row, second.partner, second.founded) == (4, Side("利昂-莱斯特拉斯", country="尼加拉瓜"), "1985年")
    assert second.note_zh == "经全国友协批准, 见批复"
    assert (third.row, third.home.name, third.type) == (6, "四川省", "友好省州")


def test_a_list_in_english_as_excel_s_unicode_text() -> None:
    first, second = read((LISTS / "office.utf16.txt").read_bytes()).records
    assert first.home == Side("Mianyang", country="CN")
    assert first.partner == Side('West "Torrens"', country="Australia")
    assert (first.founded, first.note_zh, first.note_en) == ("2005/4/25", "", "Twin parks")
    assert (second.partner.name, second.founded) == ("Linz", "1983")


def test_names_in_two_languages_and_a_province() -> None:
    (only,) = read((LISTS / "office.semicolon.csv").read_bytes()).records
    assert only.home == Side("成都", country="CN", within=(Side("四川", country="CN"),))
    assert only.partner == Side(name_zh="布尔诺", name_en="Brno", country="捷克")
    assert only.founded == "2017/5/8"


@pytest.mark.parametrize(
    "heading",
    "中方城市 我方城市 国内城市 中方 本省城市 省市 省、自治区 城市 市（州） 中方省市 中国城市名称 省份 "
    "ChineseCity".split(),
)
def test_headings_of_the_chinese_side(heading: str) -> None:
    assert record(f"{heading},外方城市,国别", "绵阳市,东广岛市,日本").home == Side("绵阳市", country="CN")


@pytest.mark.parametrize(
    "heading",
    "外方城市 友城名称 外方友城 外国城市 友好城市 对方城市 缔结城市 国际友好城市名称 外方省（州、市） 国外友城 "
    "友好省州 ForeignCity SisterCity".split(),
)
def test_headings_of_the_foreign_side(heading: str) -> None:
    assert record(f"国别,{heading},中方城市", "日本,东广岛市,绵阳市").partner == Side("东广岛市", country="日本")


@pytest.mark.parametrize(
    "heading",
    "国家 国别 国家（地区） 国家/地区 国别（地区） 国家和地区 所在国 所在国家 国名 Country Country/Region".split(),
)
def test_headings_of_the_country(heading: str) -> None:
    assert record(f"中方城市,外方城市,{heading}", "绵阳市,东广岛市,日本").partner.country == "日本"


@pytest.mark.parametrize(
    "heading",
    "结好时间 结好日期 缔结时间 签约时间 建立时间 结好年份 签字日期 建立友好关系时间 结好时间（年月日） 正式结好时间 "
    "时间 Date Year DateSigned".split(),
)
def test_headings_of_the_date(heading: str) -> None:
    assert record(f"中方城市,外方城市,{heading}", "绵阳市,东广岛市,1993").founded == "1993"


def test_headings_of_the_rest() -> None:
    only = record(
        "中方城市,外方城市,国别,洲别,类  别,状态,层级,终止时间,备注",
        "绵阳市,东广岛市,日本,亚洲,友好城市,已终止,地市级,2020年,停止往来",
    )
    assert (only.type, only.status) == ("友好城市", "已终止")
    assert (only.home.level, only.ended, only.note_zh) == ("city", "2020年", "停止往来")


def test_a_state_contains_the_foreign_city() -> None:
    only = record("中方城市,国别,所在州,外方城市", "成都市,美国,亚利桑那州,菲尼克斯市")
    assert only.partner == Side("菲尼克斯市", country="美国", within=(Side("亚利桑那州", country="美国"),))


def test_a_province_contains_the_chinese_city_and_not_itself() -> None:
    headings = "省市,中方城市,外方城市,国别"
    assert record(headings, "四川省,成都市,布尔诺,捷克").home.within == (Side("四川省", country="CN"),)
    assert record(headings, "重庆市,重庆市,布尔诺,捷克").home.within == ()


def test_a_city_beside_the_chinese_side_says_nothing_more() -> None:
    only = record("中方城市,城市,省份,外方城市,国别", "成都市,无关市,四川省,布尔诺,捷克")
    assert only.home == Side("成都市", country="CN", within=(Side("四川省", country="CN"),))


def test_a_foreign_side_in_english_alone_is_the_foreign_side() -> None:
    assert record("中方城市,外方城市（英文）,国别", "成都市,Brno,捷克").partner == Side("Brno", country="捷克")


def test_headings_with_spaces_and_line_breaks() -> None:
    assert record('"中 方\n城市"," 外 方 城 市 ",国　别', "绵阳市,东广岛市,日本").partner.country == "日本"


def test_lines_of_totals_sections_and_remarks_are_no_ties() -> None:
    text = """序号,中方城市,外方城市,国别
一、亚洲,,,
（一）省级友城,,,
1,绵阳市,东广岛市,日本
序号,中方城市,外方城市,国别
小计,1,,
2,,,
总 计,,2,
注：资料截至2023年5月,,,
合计,1,1,1
"""
    assert [record.row for record in read(text).records] == [4]


def test_rows_that_do_not_name_both_sides() -> None:
    text = "中方城市,外方城市,国别\n绵阳市,东广岛市,日本\n,广岛市,日本\n成都市,,捷克\n德阳市,,\n"
    rejected = {record.row: record.wrong for record in read(text).records if record.wrong}
    assert rejected == {3: NO_HOME, 4: NO_PARTNER, 5: NO_PARTNER}


def test_a_workbook_with_merged_titles_and_countries() -> None:
    def fill(sheet: Worksheet) -> None:
        for row in (
            ["四川省国际友好城市一览表"],
            ["单位：省外办", None, None, None, "2023年5月"],
            ["序号", "国别", "外方城市", "中方城市", "结好时间\n（年月日）"],
            [1, "日本", "东广岛市", "绵阳市", 1993],
            [2, None, "广岛市", None, "1984.4.6"],
            [3, "捷克", "布尔诺", "成都市", None],
            [4, "捷克", "皮尔森", None, None],
        ):
            sheet.append(row)
        sheet.merge_cells("A1:E1")
        sheet.merge_cells("B4:B5")
        sheet.merge_cells("D4:D5")

    records = read(workbook(fill)).records
    assert [(record.row, record.home.name, record.partner.country, record.founded) for record in records] == [
        (4, "绵阳市", "日本", "1993"),
        (5, "绵阳市", "日本", "1984.4.6"),
        (6, "成都市", "捷克", ""),
        (7, "", "", ""),
    ]
    assert records[3].wrong == NO_HOME


@pytest.mark.parametrize(
    ("title", "home"),
    [
        ("绵阳市友好城市一览表", "绵阳市"),
        ("绵阳市国际友好城市名单（截至2023年）", "绵阳市"),
        ("阿坝州国际友城情况表", "阿坝州"),
        ("成都市武侯区友好城市统计表", "成都市武侯区"),
        ("四川省省级友好城市一览表", "四川省"),
        ("Sister Cities of Mianyang", "Mianyang"),
    ],
)
def test_the_list_of_one_place_says_so_in_its_title(title: str, home: str) -> None:
    (only,) = read(f"{title},,\n友城名称,国别,结好时间\n东广岛市,日本,1993\n").records
    assert only.home == Side(home, country="CN")


@pytest.mark.parametrize(
    "title",
    [
        "四川省友好城市一览表",
        "我市友好城市工作情况",
        "全市友好城市一览表",
        "四川省各市友好城市名单",
        "友好城市一览表",
        "绵阳市、德阳市友好城市一览表",
        "内蒙古自治区友城名单",
    ],
)
def test_a_title_that_says_less_names_nobody(title: str) -> None:
    (only,) = read(f"{title},,\n友城名称,国别,结好时间\n东广岛市,日本,1993\n").records
    assert (only.home, only.wrong) == (Side(), NO_HOME_COLUMN)


def test_what_is_no_table_of_an_office() -> None:
    assert not recognised("city1", "country1", "city2", "country2")
    assert not recognised("Partner", "Country", "Amount")
    assert not recognised("城市", "国家")
    assert not recognised("东广岛市", "日本", "1993")
    assert recognised("国家", "友好城市")


def test_the_first_of_two_headings_that_mean_the_same() -> None:
    table = Table(("中方城市", "外方城市", "结好时间", "建立时间"), 1, [Row(2, ("绵阳市", "东广岛市", "1993", "1994"))])
    assert [record.founded for record in office.records(table)] == ["1993"]


@pytest.mark.parametrize(
    ("written", "name"),
    [
        ("东广\n岛市", "东广岛市"),
        ("东广 \r\n\n 岛市", "东广岛市"),
        ("东广 岛市", "东广 岛市"),
        ("San\nJosé", "San José"),
        ("东" + "\n" * 30_000 + "岛市", "东岛市"),
        ("东" + "\n" * 30_000 + "x", "东 x"),
    ],
)
def test_a_line_that_breaks_between_chinese_characters_goes_on(written: str, name: str) -> None:
    assert record("中方城市,外方城市,国别", f'绵阳市,"{written}",日本').partner.name == name


def test_titles_and_headings_of_many_brackets() -> None:
    title, heading = "()" * 8_000 + "x", "(" * 16_000
    listing = read(f"{title},,\n绵阳市友好城市一览表（2023年）,,\n外方城市,国别,{heading}\n东广岛市,日本,x\n")
    assert [record.home.name for record in listing.records] == ["绵阳市"]


def test_a_paragraph_is_no_title() -> None:
    assert [
        office._owner((f"{'List of sister cities of Mianyang'.ljust(length - 2)}()",)) for length in (200, 201)
    ] == ["Mianyang", ""]
