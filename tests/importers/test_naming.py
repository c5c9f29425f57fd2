"""Names as lists write them: the place, what contains it, its level."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from friendship.importers import levels, naming
from friendship.importers.naming import Misnamed, Words, country_within, take_apart
from friendship.importers.records import Reason
from tests.importers.test_countries import COUNTRIES, shipped

SICHUAN = Words("四川省", "Sichuan", "province")
ILLINOIS = Words("伊利诺伊州", "Illinois", "province")
CALIFORNIA = Words("加利福尼亚州", "California", "province")


@pytest.mark.parametrize(
    ("code", "texts", "words"),
    [
        (
            "CN",
            "Wuxi – Xinwu|Wuxi - Xinwu|Wuxi — Xinwu|Xinwu (Wuxi)|Xinwu, Wuxi|Xinwu（Wuxi）|Xinwu, Wuxi, China",
            Words(en="Xinwu", within=(Words(en="Wuxi"),)),
        ),
        (
            "US",
            "Aurora, Illinois|Aurora (Illinois)|Aurora, IL|Aurora (IL)|Aurora, Illinois, USA|USA, Illinois, Aurora",
            Words(en="Aurora", within=(ILLINOIS,)),
        ),
        (
            "US",
            "New York, New York|New York (NY)",
            Words(en="New York", within=(Words("纽约州", "New York", "province"),)),
        ),
        (
            "US",
            "Washington, D.C.|Washington (District of Columbia)",
            Words(en="Washington", within=(Words("哥伦比亚特区", "District of Columbia", "province"),)),
        ),
        ("US", "Delaware, Ohio", Words(en="Delaware", within=(Words("俄亥俄州", "Ohio", "province"),))),
        (
            "US",
            "加利福尼亚州洛杉矶市|美国加州洛杉矶市|洛杉矶市（加州）",
            Words("洛杉矶市", level="city", within=(CALIFORNIA,)),
        ),
        ("US", "印第安纳波利斯|弗吉尼亚比奇", None),
        (
            "CA",
            "Vancouver, BC|Vancouver (British Columbia)",
            Words(en="Vancouver", within=(Words("不列颠哥伦比亚省", "British Columbia", "province"),)),
        ),
        (
            "AU",
            "Perth, WA|Perth, Western Australia",
            Words(en="Perth", within=(Words("西澳大利亚州", "Western Australia", "province"),)),
        ),
        (
            "GB",
            "Edinburgh, Scotland|Edinburgh (Scotland, UK)",
            Words(en="Edinburgh", within=(Words("苏格兰", "Scotland", "province"),)),
        ),
        (
            "CN",
            "四川省绵阳市|绵阳市（四川省）|中国四川省绵阳市|四川绵阳市|四川省 绵阳市|四川省，绵阳市|四川 - 绵阳市",
            Words("绵阳市", within=(SICHUAN,)),
        ),
        ("CN", "四川绵阳|中国四川绵阳|四 川 绵 阳|绵 阳, 四 川", Words("绵阳", within=(SICHUAN,))),
        (
            "CN",
            "Mianyang, Sichuan|Mianyang (Sichuan Province)|Mianyang, 四川省",
            Words(en="Mianyang", within=(SICHUAN,)),
        ),
        (
            "CN",
            "云南省玉溪市元江县",
            Words(
                "元江县", level="county", within=(Words("玉溪市", level="city"), Words("云南省", "Yunnan", "province"))
            ),
        ),
        (
            "CN",
            "四川省成都市都江堰市",
            Words("都江堰市", level="county", within=(Words("成都市", level="city"), SICHUAN)),
        ),
        ("CN", "北京市朝阳区", Words("朝阳区", level="county", within=(Words("北京市", "Beijing", "province"),))),
        ("CN", "荆州市沙市区", Words("沙市区", level="county", within=(Words("荆州市", level="city"),))),
        ("CN", "乐山市市中区", Words("市中区", level="county", within=(Words("乐山市", level="city"),))),
        ("CN", "吉林省吉林市", Words("吉林市", within=(Words("吉林省", "Jilin", "province"),))),
        (
            "CN",
            "延边朝鲜族自治州珲春市",
            Words("珲春市", level="county", within=(Words("延边朝鲜族自治州", level="city"),)),
        ),
        ("CN", "四川省|中国四川省|四川省，四川省|四川省（中国）", Words("四川省", level="province")),
        (
            "CN",
            "绵阳 Mianyang|Mianyang 绵阳|绵阳（Mianyang）|Mianyang (绵阳)|绵阳/Mianyang",
            Words("绵阳", "Mianyang"),
        ),
        (
            "GB",
            "肯特郡坎特伯雷市|坎特伯雷市（肯特郡）|坎特伯雷市，肯特郡",
            Words("坎特伯雷市", level="city", within=(Words("肯特郡", level="county"),)),
        ),
        ("CN", "石 家 庄 市", Words("石家庄市")),
        ("CN", "广州市", Words("广州市")),
        ("CN", "海南藏族自治州", Words("海南藏族自治州", level="city")),
        ("JP", "日本大津市|大津市（日本）|大津市, Japan|大津市", Words("大津市", level="city")),
        ("JP", "Otsu, Japan|Otsu|Japan - Otsu|Otsu (Japan)|Otsu, JP|Otsu[1]|Otsu *", Words(en="Otsu")),
        ("JP", "大津市（Otsu）|Otsu（大津市）", Words("大津市", "Otsu", "city")),
        ("JP", "大津市（Otsu, Shiga）", Words("大津市", "Otsu", "city", (Words(en="Shiga"),))),
        (
            "JP",
            "滋贺县大津市|大津市（滋贺县）",
            Words("大津市", level="city", within=(Words("滋贺县", level="province"),)),
        ),
        ("JP", "京都府京都市", Words("京都市", level="city", within=(Words("京都府", level="province"),))),
        (
            "JP",
            "北海道上川郡东川町",
            Words(
                "东川町", level="county", within=(Words("上川郡", level="county"), Words("北海道", level="province"))
            ),
        ),
        ("JP", "Nagano (prefecture)", Words(en="Nagano", level="province")),
        ("JP", "さいたま市", Words(en="さいたま市", level="city", aliases=("さいたま市",))),
        ("KR", "庆尚北道金泉市", Words("金泉市", level="city", within=(Words("庆尚北道", level="province"),))),
        ("RU", "Казань", Words(en="Казань", aliases=("Казань",))),
        ("RU", "Калужская область", Words(en="Калужская область", level="province", aliases=("Калужская область",))),
        ("BE", "Arlon, Luxembourg", Words(en="Arlon", within=(Words("卢森堡省", "Luxembourg", "province"),))),
        ("LU", "Luxembourg, Luxembourg|Luxembourg|Luxembourg (Luxembourg)", Words(en="Luxembourg")),
        ("GE", "Tbilisi, Georgia", Words(en="Tbilisi")),
        ("IT", "Siena (Siena)", Words(en="Siena")),
        ("NL", "Hague, The|The Hague", Words(en="The Hague")),
        ("CH", "Biel (formerly Bienne)", Words(en="Biel", aliases=("Bienne",))),
        ("BR", "巴西利亚", Words("巴西利亚")),
        ("MX", "墨西哥城", Words("墨西哥城")),
        ("FR", "法兰西岛大区", Words("法兰西岛大区", level="province")),
        ("CN", "<b>Wuxi</b>", Words(en="<b>Wuxi</b>")),
        ("CN", "<script>alert(1)</script>", Words(en="<script>alert(1)</script>")),
        ("CN", "=HYPERLINK(1)x", Words(en="=HYPERLINK(1)x")),
    ],
    ids=lambda value: value.split("|")[0] if isinstance(value, str) else "",
)
def test_a_name_is_taken_apart(code: str, texts: str, words: Words | None) -> None:
    found = {text: take_apart(text, code, COUNTRIES) for text in texts.split("|")}
    assert found == {text: words or Words(text) for text in texts.split("|")}


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("Q1234", naming.ITEM),
        ("q1", naming.ITEM),
        ("https://example.org/x", naming.ADDRESS),
        ("www.example.org", naming.ADDRESS),
        ("_:b12", naming.BLANK_NODE),
        ("t12345678", naming.BLANK_NODE),
        ("http://www.wikidata.org/.well-known/genid/1f2e", naming.BLANK_NODE),
        ("1234", naming.NO_LETTER),
        ("", naming.NO_LETTER),
        ("—", naming.NO_LETTER),
        ("Toledo (1985)", naming.NO_LETTER),
        ("四川省（绵阳市）", naming.UNCLEAR),
        ("Sichuan, Mianyang", naming.UNCLEAR),
    ],
)
def test_what_is_no_name_says_why(text: str, reason: str) -> None:
    with pytest.raises(Misnamed) as refused:
        take_apart(text, "CN", COUNTRIES)
    assert refused.value.reason == Reason(reason, {"text": text})


def test_a_name_that_no_column_holds_is_refused() -> None:
    with pytest.raises(Misnamed) as refused:
        take_apart("W" * 101, "CN", COUNTRIES)
    assert refused.value.reason == Reason(naming.TOO_LONG, {"text": "W" * 100, "limit": 100})
    assert take_apart(f"{'W' * 100}, {'X' * 100}", "CN", COUNTRIES) == Words(
        en="W" * 100, within=(Words(en="X" * 100),)
    )


@pytest.mark.parametrize("text", ["Wuxi" + " (a)" * 90, "Wuxi, " * 60, "四川省" * 130, "Wuxi - " * 50, "[(" * 200])
def test_a_name_with_too_much_around_it_is_refused(text: str) -> None:
    with pytest.raises(Misnamed):
        take_apart(text, "CN", COUNTRIES)


@pytest.mark.parametrize("text", ["Wu\x00xi", "Wu\x1bxi", "Wu\u202exi", "Wu\ud800xi"])
def test_control_characters_are_refused(text: str) -> None:
    with pytest.raises(Misnamed) as refused:
        take_apart(text, "CN", COUNTRIES)
    assert refused.value.reason == Reason(naming.UNPRINTABLE, {"text": "Wu\ufffdxi"})


@pytest.mark.parametrize("text", ["Bonn, Germany", "Prague, Slovakia, Czech Republic", "Graz (Germany)"])
def test_a_foreign_country_anywhere_in_a_name_is_refused(text: str) -> None:
    with pytest.raises(Misnamed) as refused:
        take_apart(text, "AT", COUNTRIES)
    assert refused.value.reason == Reason(naming.OTHER_COUNTRY, {"text": text, "country": "AT"})


def test_another_country_than_that_of_the_row_is_refused() -> None:
    with pytest.raises(Misnamed) as refused:
        take_apart("Otsu, Japan", "KR", COUNTRIES)
    assert refused.value.reason == Reason(naming.OTHER_COUNTRY, {"text": "Otsu, Japan", "country": "KR"})


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("Otsu, Japan", "JP"),
        ("大津市（日本）", "JP"),
        ("日本大津市", "JP"),
        ("Japan - Otsu", "JP"),
        ("大津市（Otsu, Japan）", "JP"),
        ("Edinburgh, Scotland", "GB"),
        ("美国加利福尼亚州洛杉矶市", "US"),
        ("Otsu", ""),
        ("马里博尔市", ""),
        ("Atlanta, Georgia", ""),
        ("Los Angeles, CA", ""),
        ("Japan, Korea", ""),
    ],
)
def test_the_country_that_a_name_tells(text: str, code: str) -> None:
    assert country_within(text, COUNTRIES) == code


@pytest.mark.parametrize("row", shipped("places_abroad.csv"), ids=lambda row: row["slug"])
def test_levels_are_those_of_the_shipped_places(row: dict[str, str]) -> None:
    written = [name for name in (row["name_zh"], row["name_en"]) if name]
    assert {take_apart(name, row["country"], COUNTRIES).level for name in written} <= {"", row["level"]}


@pytest.mark.parametrize("row", shipped("places_china.csv"), ids=lambda row: row["slug"])
def test_shipped_places_of_china_keep_name_and_level(row: dict[str, str]) -> None:
    words = take_apart(row["name_zh"], "CN", COUNTRIES)
    assert (words.zh, words.within) == (row["name_zh"], ())
    assert words.level in {"", row["level"]}


@pytest.mark.parametrize("row", shipped("places_abroad.csv"), ids=lambda row: row["slug"])
def test_shipped_places_abroad_are_whole_names(row: dict[str, str]) -> None:
    written = [name for name in (row["name_zh"], row["name_en"]) if name]
    found = [take_apart(name, row["country"], COUNTRIES) for name in written]
    assert [(words.zh or words.en, words.within) for words in found] == [(name, ()) for name in written]


@pytest.mark.parametrize(
    ("text", "code", "level"),
    [
        ("佐洛县", "HU", "province"),
        ("Harju County", "EE", "province"),
        ("Orange County", "US", "county"),
        ("肯特郡", "GB", "county"),
        ("Landkreis Harburg", "DE", "county"),
        ("苏黎世州", "CH", "province"),
        ("清迈府", "TH", "province"),
        ("凉山彝族自治州", "CN", "city"),
        ("绵阳市", "CN", ""),
        ("武侯区", "CN", "county"),
        ("Fraser Coast Region", "AU", ""),
        ("City of Casey", "AU", "city"),
        ("Province of Siena", "IT", "province"),
        ("State College", "US", ""),
        ("강원특별자치도", "KR", "province"),
        ("首尔特别市", "KR", "city"),
        ("Dali Autonomous Prefecture", "CN", "city"),
        ("Incheon Metropolitan City", "KR", "city"),
        ("Bonn", "DE", ""),
    ],
)
def test_the_level_that_a_name_tells(text: str, code: str, level: str) -> None:
    assert levels.told_by(text, code) == level


PIECES = st.sampled_from(
    [
        *"Wuxi Xinwu 四川省 绵阳市 四川 绵阳 日本 Japan 中国 China Illinois IL Aurora New York 市 州".split(),
        *"( ) （ ） , ， - – / [1] Казань さいたま Georgia 香港 特别行政区".split(),
        " ",
        " – ",
    ]
)
TEXTS = st.text(max_size=80) | st.lists(PIECES, max_size=8).map("".join) | st.lists(PIECES, max_size=8).map(" ".join)
CODES = st.sampled_from("CN JP US GB DE KR TW FR HK GE".split())


@given(TEXTS, CODES)
def test_a_text_is_understood_or_refused(text: str, code: str) -> None:
    try:
        words = take_apart(text, code, COUNTRIES)
    except Misnamed:
        return
    assert words.zh or words.en
    assert all(place.within == () for place in words.within)
    assert all(len(name) <= 100 for place in (words, *words.within) for name in (place.zh, place.en))


@given(TEXTS)
def test_the_country_of_any_text_is_a_code_or_nothing(text: str) -> None:
    assert len(country_within(text, COUNTRIES)) in {0, 2}


@pytest.mark.parametrize(
    ("written", "name"),
    [("Otsu[1]", "Otsu"), ("Otsu [1][ab]*† ‡", "Otsu"), ("Otsu [1234]", "Otsu [1234]"), ("*Otsu", "*Otsu"), ("*", "")],
)
def test_footnotes_at_the_end_are_left_out(written: str, name: str) -> None:
    assert naming.tidy(written) == name


@pytest.mark.parametrize("text", ["*" * 300_000 + "x", "x" + "[1]" * 100_000 + "x", "(" * 300_000])
def test_what_is_far_too_long_is_not_looked_through(text: str) -> None:
    for look in (
        naming.tidy,
        lambda text: take_apart(text, "CN", COUNTRIES),
        lambda text: country_within(text, COUNTRIES),
    ):
        with pytest.raises(Misnamed) as refusal:
            look(text)
        assert refusal.value.reason == Reason(naming.TOO_LONG, {"text": text[:100], "limit": 100})


def test_blanks_do_not_make_a_name_long() -> None:
    assert naming.tidy("San" + " " * 30_000 + "José" + "*" * 390) == "San José"


@pytest.mark.parametrize(
    ("written", "name", "level"),
    [
        ("图文巴市（副省级）", "图文巴市", "city"),
        ("都江堰市（县级市）", "都江堰市", "county"),
        ("成 都 市", "成都市", ""),
        ("成都 市", "成都市", ""),
    ],
)
def test_remarks_and_spread_names(written: str, name: str, level: str) -> None:
    words = naming.take_apart(written, "CN", COUNTRIES)
    assert (words.zh, words.level, words.within) == (name, level, ())


@pytest.mark.parametrize("written", ["绵阳市、德阳市", "绵阳；德阳"])
def test_two_places_in_one_cell(written: str) -> None:
    with pytest.raises(naming.Misnamed) as refused:
        naming.take_apart(written, "CN", COUNTRIES)
    assert refused.value.reason.text == naming.SEVERAL
