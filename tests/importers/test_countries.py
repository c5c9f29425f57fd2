"""Countries as lists write them."""

from __future__ import annotations

import csv

import pytest
from django.conf import settings
from hypothesis import given
from hypothesis import strategies as st

from friendship.importers.countries import PAST, SEVERAL, UNKNOWN, UNLISTED, Countries, Land, _parts
from friendship.importers.records import Reason
from friendship.models import Country


def shipped(file_name: str) -> list[dict[str, str]]:
    with (settings.BASE_DIR / "fixtures" / file_name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


ROWS = [
    (row["code"], row["name_zh"], row["name_en"], row["aliases"].replace("|", "\n")) for row in shipped("countries.csv")
]
COUNTRIES = Countries(ROWS)


@pytest.mark.parametrize(
    ("code", "texts"),
    [
        (
            "CN",
            "中国|中国大陆|中华人民共和国|中國|China|PR China|P.R. China|P. R. China|People’s Republic of China|CHN",
        ),
        ("CN", "China (PRC)|Mainland China|CHINA |the People's Republic of China|China/中国|中国（China）"),
        (
            "HK",
            "香港|中国香港|香港特别行政区|Hong Kong|Hong Kong SAR|China, Hong Kong|Hong Kong (China)|Hong Kong, China",
        ),
        ("MO", "澳门|中国澳门|澳門|Macao|Macau|Macao SAR"),
        ("TW", "台湾|台灣|臺灣|中国台湾|中国台湾省|Taiwan|Taiwan, Province of China|Chinese Taipei|Taiwan (ROC)"),
        (
            "US",
            "美国|美利坚合众国|美|USA|U.S.|U. S. A.|US|United States|United States of America|Estados Unidos",
        ),
        ("GB", "英国|UK|U.K.|GB|GBR|Great Britain|United Kingdom|the United Kingdom|Vereinigtes Königreich"),
        ("JP", "日本|日本国|日|Japan|JPN|Япония|Japon"),
        (
            "KR",
            "韩国|韓國|大韩民国|大韓民國|South Korea|Korea, Republic of|Korea (Republic of)|韩国（大韩民国）|대한민국",
        ),
        ("KP", "朝鲜|朝鲜民主主义人民共和国|北朝鲜|DPRK|North Korea|Korea, Democratic People's Republic of"),
        (
            "DE",
            "德国|德意志联邦共和国|西德|联邦德国|Germany|West Germany|Deutschland|Allemagne",
        ),
        ("CZ", "捷克|捷克共和国|Czechia|Czech Republic|Česko|Tschechien"),
        ("MM", "缅甸|Burma|Myanmar|Myanmar (Burma)"),
        ("CD", "扎伊尔|Zaire|Congo (Kinshasa)|DR Congo|Congo, The Democratic Republic of the|刚果（金）|刚果(金)"),
        ("CG", "刚果（布）|Congo-Brazzaville|Congo (Brazzaville)"),
        ("LK", "锡兰|Ceylon|Sri Lanka"),
        ("SZ", "斯威士兰|Swaziland|Eswatini"),
        ("MK", "马其顿|北马其顿|Macedonia|North Macedonia|The former Yugoslav Republic of Macedonia"),
        ("CI", "科特迪瓦|象牙海岸|Ivory Coast|Côte d’Ivoire|Cote d'Ivoire"),
        ("NL", "荷兰|Holland|the Netherlands|THE NETHERLANDS"),
        ("AE", "阿联酋|UAE|U.A.E.|United Arab Emirates"),
        ("RU", "俄罗斯|俄国|俄联邦|Russia|Russian Federation|Россия"),
        ("IR", "伊朗|Iran|Iran (Islamic Republic of)|Iran, Islamic Republic of"),
        ("VN", "越南|Viet Nam|Vietnam|Viet-Nam"),
        ("TR", "土耳其|Turkey|Türkiye|TURKIYE"),
        ("LC", "St. Lucia|Saint Lucia|St Lucia"),
        ("TT", "Trinidad & Tobago|Trinidad and Tobago"),
        ("NA", "纳米比亚|Namibia|NA"),
        ("PR", "Puerto Rico|Puerto Rico, United States|Puerto Rico (USA)"),
        ("GL", "Greenland|Greenland, Denmark|格陵兰"),
        ("FO", "Faroe Islands|Faroe Islands (Denmark)"),
        ("GE", "Georgia|格鲁吉亚|Republic of Georgia"),
        ("VI", "Virgin Islands, U.S.|U.S. Virgin Islands"),
    ],
    ids=lambda value: value if len(value) == 2 else "",
)
def test_a_country_by_all_its_names(code: str, texts: str) -> None:
    assert {text: COUNTRIES.land(text) for text in texts.split("|")} == dict.fromkeys(texts.split("|"), Land(code))


@pytest.mark.parametrize(
    ("code", "part", "texts"),
    [
        ("GB", "England", "England|英格兰|England, United Kingdom|England (UK)|UK - England|英国英格兰|英国（英格兰）"),
        ("GB", "Scotland", "Scotland|苏格兰|英国苏格兰|Scotland, UK|United Kingdom (Scotland)|SCOTLAND"),
        ("GB", "Wales", "Wales|威尔士|Cymru"),
        ("GB", "Northern Ireland", "Northern Ireland|北爱尔兰|英国北爱尔兰"),
        ("US", "Hawaii", "Hawaii|夏威夷|Hawaii, USA|美国夏威夷州"),
        ("US", "Georgia", "Georgia, USA|Georgia, United States|USA, Georgia|美国佐治亚州"),
        ("US", "California", "California, USA|USA (California)|美国加州|美国加利福尼亚州"),
        ("CN", "Xizang", "Tibet|西藏"),
        ("CN", "Sichuan", "中国四川|中国四川省|Sichuan, China|Sichuan Province, China"),
        ("BE", "Luxembourg", "Luxembourg, Belgium"),
        ("DE", "Bavaria", "Bavaria, Germany|Germany (Bavaria)"),
    ],
    ids=lambda value: value if "|" not in value else "",
)
def test_a_part_of_a_country_is_kept(code: str, part: str, texts: str) -> None:
    assert {text: COUNTRIES.land(text) for text in texts.split("|")} == dict.fromkeys(
        texts.split("|"), Land(code, part)
    )


@pytest.mark.parametrize(
    ("reason", "texts"),
    [
        (
            PAST,
            "Soviet Union|USSR|苏联|前苏联|Yugoslavia|南斯拉夫|Czechoslovakia|捷克斯洛伐克|East Germany|东德|GDR|塞黑",
        ),
        (PAST, "苏联/俄罗斯|USSR, Russia|Germany/East Germany"),
        (UNLISTED, "Kosovo|科索沃|Косово|Northern Cyprus|Somaliland|Abkhazia|Crimea|克里米亚|Transnistria"),
        (UNLISTED, "Kosovo, Serbia|Serbia/Kosovo"),
        (UNKNOWN, "Atlantis|Q30|—|12|en|马里博尔|Germany (unified)|United States?|Virgin Islands"),
        (SEVERAL, "Germany/France|France, Spain|中国、日本"),
    ],
    ids=["past", "past beside one of today", "unlisted", "unlisted beside one of the list", "unknown", "several"],
)
def test_what_is_no_country_says_why(reason: str, texts: str) -> None:
    assert {text: COUNTRIES.land(text) for text in texts.split("|")} == {
        text: Reason(reason, {"text": text}) for text in texts.split("|")
    }


def test_every_name_of_the_shipped_table_means_its_country() -> None:
    parts = {"英格兰", "苏格兰", "威尔士", "北爱尔兰", "England", "Scotland", "Wales", "Northern Ireland"}
    written = [(row[0], name) for row in ROWS for name in [row[0], *row[1:3], *row[3].splitlines()]]
    assert [(code, name) for code, name in written if name not in parts and COUNTRIES.land(name) != Land(code)] == []


def test_parts_are_named_as_the_shipped_places_are() -> None:
    shipped_parts = {
        (row["country"], row["name_zh"], row["name_en"])
        for row in shipped("places_china.csv") + shipped("places_abroad.csv")
        if row["level"] == "province" and row["country"] in {"CN", "US", "CA", "AU"}
    }
    listed = {(part.country, part.name_zh, part.name_en) for known in _parts().values() for part in known.values()}
    assert shipped_parts - listed == set()


@pytest.mark.parametrize(
    ("text", "code", "found"),
    [
        ("日本大津市", "JP", ("JP", "大津市")),
        ("日本大津市", "", ("JP", "大津市")),
        ("日本·大津市", "", ("JP", "大津市")),
        ("巴西圣保罗", "BR", ("BR", "圣保罗")),
        ("马里博尔市", "", None),
        ("马里博尔市", "SI", None),
        ("巴西利亚", "BR", None),
        ("法兰西岛大区", "FR", None),
        ("墨西哥城", "MX", None),
        ("卢森堡市", "LU", None),
        ("香港特别行政区", "HK", None),
        ("中国", "CN", None),
    ],
)
def test_a_country_before_a_chinese_name(text: str, code: str, found: tuple[str, str] | None) -> None:
    assert COUNTRIES.leading(text, code) == found


def test_codes_are_no_names_of_countries_within_a_name() -> None:
    assert [COUNTRIES.named(text) for text in ("CA", "Japan", "England", "Nowhere")] == ["", "JP", "", ""]
    assert [COUNTRIES.told_by(text) for text in ("CA", "Japan", "England", "Georgia")] == ["", "JP", "GB", ""]


@given(st.text(max_size=60))
def test_no_text_is_an_error(text: str) -> None:
    assert isinstance(COUNTRIES.land(text), Land | Reason)


@pytest.mark.django_db
def test_the_register_is_asked_once(django_assert_num_queries: object) -> None:
    with django_assert_num_queries(1):  # type: ignore[operator]
        countries = Countries.known()
    assert countries.land("Česko") == Land("CZ")


@pytest.mark.django_db
def test_a_country_that_the_register_lacks_is_unknown() -> None:
    rows = Country.objects.exclude(pk="CZ").values_list("code", "name_zh", "name_en", "aliases")
    assert Countries(rows).land("Tschechien") == Reason(UNKNOWN, {"text": "Tschechien"})


@pytest.mark.parametrize(("rest", "is_place"), [("", False), ("市" * 30, False), ("县级市", False), ("x", True)])
def test_words_of_levels_are_divided_in_one_way_only(rest: str, is_place: bool) -> None:
    """城市 is 城 and 市: tried in both ways, a text of many never comes to an end."""
    rest = "城市" * 60 + rest
    assert COUNTRIES.leading(f"墨西哥{rest}") == (("MX", rest) if is_place else None)
