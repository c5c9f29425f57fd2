"""What is known by name: Chinese divisions with their short forms, countries with their long ones, places abroad."""

from __future__ import annotations

import csv

import pytest
from django.conf import settings

from friendship.extraction.gazetteer import bare_name, gazetteer, short_forms, state_ending, stem


def divisions(name: str) -> list[tuple[str, str, str, str]]:
    """All that bear ``name``: full name, level, province, prefecture."""
    return [(d.name, d.level, d.province, d.prefecture) for d in gazetteer().home.get(name) if not d.until]


@pytest.mark.parametrize(
    ("name", "short"),
    [
        ("四川省", "四川"),
        ("内蒙古自治区", "内蒙古"),
        ("广西壮族自治区", "广西"),
        ("新疆维吾尔自治区", "新疆"),
        ("凉山彝族自治州", "凉山"),
        ("西双版纳傣族自治州", "西双版纳"),
        ("巴音郭楞蒙古自治州", "巴音郭楞"),
        ("元江哈尼族彝族傣族自治县", "元江"),
        ("积石山保安族东乡族撒拉族自治县", "积石山"),
        ("兴安盟", "兴安"),
        ("神农架林区", "神农架"),
        ("都江堰市", "都江堰"),
        ("歙县", "歙县"),  # one character is no name
    ],
)
def test_stems(name: str, short: str) -> None:
    assert stem(name) == short


@pytest.mark.parametrize(
    ("name", "bare"),
    [
        ("平阳省", "平阳"),
        ("京畿道", "京畿"),
        ("哈巴罗夫斯克边疆区", "哈巴罗夫斯克"),
        ("四日市市", "四日市"),
        ("堺市", "堺市"),
        ("奥克兰", "奥克兰"),
    ],
)
def test_bare_names(name: str, bare: str) -> None:
    assert bare_name(name) == bare


@pytest.mark.parametrize(
    ("name", "forms"),
    [
        ("四川省", {"四川"}),
        ("广西壮族自治区", {"广西"}),
        ("凉山彝族自治州", {"凉山", "凉山州", "凉山自治州"}),
        ("巴音郭楞蒙古自治州", {"巴音郭楞", "巴音郭楞州", "巴音郭楞自治州", "巴州"}),
        ("元江哈尼族彝族傣族自治县", {"元江县", "元江自治县"}),  # 元江 alone is too weak
        ("鄂伦春自治旗", {"鄂伦春旗"}),
        ("都江堰市", set()),
        ("歙县", set()),
    ],
)
def test_short_forms(name: str, forms: set[str]) -> None:
    assert {form for division in gazetteer().home.get(name) for form in short_forms(division)} == forms


@pytest.mark.parametrize(
    ("name", "division"),
    [
        ("四川", ("四川省", "province", "四川省", "")),
        ("重庆", ("重庆市", "municipality", "重庆市", "")),
        ("绵阳", ("绵阳市", "prefecture", "四川省", "")),
        ("凉山州", ("凉山彝族自治州", "prefecture", "四川省", "")),
        ("锡林郭勒盟", ("锡林郭勒盟", "prefecture", "内蒙古自治区", "")),
        ("都江堰市", ("都江堰市", "county", "四川省", "成都市")),
        ("元江县", ("元江哈尼族彝族傣族自治县", "county", "云南省", "玉溪市")),
        ("浦东新区", ("浦东新区", "district", "上海市", "")),
    ],
)
def test_divisions(name: str, division: tuple[str, str, str, str]) -> None:
    assert divisions(name) == [division]


def test_divisions_of_one_name_are_all_known() -> None:
    assert [(name, level, province, above) for name, level, province, above in divisions("和平区")] == [
        ("和平区", "district", "天津市", ""),
        ("和平区", "district", "辽宁省", "沈阳市"),
    ]


def test_a_division_knows_what_contains_it() -> None:
    (division,) = [d for d in gazetteer().home.get("元江县") if not d.until]
    assert division.chain == ("元江哈尼族彝族傣族自治县", "玉溪市", "云南省")


def test_abolished_divisions_are_known_as_such() -> None:
    assert [(d.level, d.province, bool(d.until)) for d in gazetteer().home.get("万县市")] == [
        ("prefecture", "四川省", True),
        ("county", "四川省", True),
    ]


def test_the_longest_name_comes_first() -> None:
    assert [name for name, _ in gazetteer().home.at("在西双版纳傣族自治州", 1)] == ["西双版纳傣族自治州", "西双版纳"]


def test_nothing_stands_where_nothing_is() -> None:
    assert list(gazetteer().home.at("在四川", 0)) == []
    assert list(gazetteer().home.at("四川", 2)) == []


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("韩国", "KR"),
        ("大韩民国", "KR"),
        ("朝鲜", "KP"),
        ("朝鲜民主主义人民共和国", "KP"),
        ("坦桑尼亚联合共和国", "TZ"),
        ("苏联", "RU"),
        ("美利坚合众国", "US"),
        ("捷克共和国", "CZ"),
        ("阿联酋", "AE"),
        ("刚果民主共和国", "CD"),
        ("刚果(金)", "CD"),
        ("刚果(布)", "CG"),
        ("多米尼加", "DO"),
        ("多米尼克", "DM"),
        ("台湾", "TW"),
    ],
)
def test_countries(name: str, code: str) -> None:
    assert gazetteer().countries.get(name) == [code]


def test_every_country_of_the_register_is_known_by_its_name() -> None:
    with (settings.BASE_DIR / "fixtures" / "countries.csv").open(encoding="utf-8", newline="") as file:
        rows = [(row["code"], row["name_zh"]) for row in csv.DictReader(file)]
    assert gazetteer().country_names == dict(rows)
    known = {
        code for _, name in rows for code in gazetteer().countries.get(name.translate(str.maketrans("（）", "()")))
    }
    assert {code for code, _ in rows} - known == set()


@pytest.mark.parametrize(
    ("line", "short", "long"),
    [
        ("芬兰共和国南博滕区", "芬兰", "芬兰共和国"),
        ("越南社会主义共和国老街省", "越南", "越南社会主义共和国"),
        ("格鲁吉亚共和国库塔伊西市", "格鲁吉亚", "格鲁吉亚共和国"),
        ("日本国宫城县", "日本", "日本国"),
        ("日本国家队", "日本", "日本"),
        ("美国际", "美", "美"),
    ],
)
def test_long_names_of_states(line: str, short: str, long: str) -> None:
    assert line[: state_ending(line, len(short))] == long


def test_places_abroad_are_many() -> None:
    places = gazetteer().abroad
    assert [place.country for place in places.get("神户市") or places.get("神户")] == ["JP"]
    assert {place.country for place in places.get("伯明翰")} >= {"GB", "US"}
