"""Names as people type them."""

from __future__ import annotations

import pytest

from friendship import names


def found(query: str, *known: str) -> bool:
    text = names.search_text(known)
    terms = names.search_terms(query)
    return bool(terms) and all(term in text for term in terms)


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("Łódź", "lodz"),
        ("Mürzzuschlag", "murzzuschlag"),
        ("Kırklareli", "kirklareli"),
        ("Camaçari", "camacari"),
        ("Ya'an", "yaan"),
        ("Ya’an", "yaan"),
        ("ＡＢＣ　１２", "abc 12"),
        ("Großenhain", "grossenhain"),
        ("Tromsø", "tromso"),
        ("Đà Nẵng", "da nang"),
        ("Ærø", "aero"),
        ("Schœlcher", "schoelcher"),
        ("Seyðisfjörður", "seydisfjordur"),
        ("Þórshöfn", "thorshofn"),
    ],
)
def test_normalise(text: str, plain: str) -> None:
    assert names.normalise(text) == plain


@pytest.mark.parametrize(
    ("text", "has"),
    [("成都 Chengdu", True), ("𠮷野", True), ("豈", True), ("TEXAS", False), ("texas", False), ("さくら", False)],
)
def test_has_han(text: str, has: bool) -> None:
    assert names.has_han(text) is has


@pytest.mark.parametrize(
    "query", ["绵阳", "绵阳市", "阳", "mianyang", "MIANYANG", "mian yang", "Mian", "my", "mys", "miányáng"]
)
def test_a_chinese_name_is_found_by(query: str) -> None:
    assert found(query, "绵阳市", "Mianyang")


@pytest.mark.parametrize("query", ["绵羊", "anyang", "y'm", "yang mian yin", "德阳"])
def test_a_chinese_name_is_not_found_by(query: str) -> None:
    assert not found(query, "绵阳市", "Mianyang")


@pytest.mark.parametrize(
    ("name", "initials"),
    [("长沙", "cs"), ("重庆", "cq"), ("六安", "la"), ("台州", "tz"), ("番禺", "py"), ("蚌埠", "bb")],
)
def test_names_with_their_own_reading(name: str, initials: str) -> None:
    assert found(initials, name)


@pytest.mark.parametrize("query", ["lodz", "Łódź", "LÓDŹ", "łód", "lo"])
def test_accents_do_not_matter(query: str) -> None:
    assert found(query, "罗兹", "Łódź")


def test_other_scripts_match_from_the_start_of_a_word_only() -> None:
    assert found("upon", "Stratford-upon-Avon")
    assert found("stratford avon", "Stratford-upon-Avon")
    assert not found("ford", "Stratford-upon-Avon")


def test_chinese_and_latin_typed_together() -> None:
    assert names.search_terms("四川sichuan") == ["四川", " sichuan"]


def test_punctuation_alone_asks_nothing() -> None:
    assert names.search_terms("!?・—") == []


@pytest.mark.parametrize(
    ("english", "chinese", "slug"),
    [
        ("Łódź", "罗兹", "lodz"),
        ("Ya'an", "雅安市", "yaan"),
        ("Stratford-upon-Avon", "", "stratford-upon-avon"),
        ("", "某市", "mou-shi"),
        ("", "吕梁市", "lv-liang-shi"),
        ("", "", ""),
    ],
)
def test_slug_for(english: str, chinese: str, slug: str) -> None:
    assert names.slug_for(english, chinese) == slug


def test_a_slug_without_a_name_is_empty() -> None:
    assert names.slug_for("") == ""


def test_no_names_are_found_by_nothing() -> None:
    assert names.search_text([]) == names.search_text([""]) == ""


def test_all_that_a_search_looks_through() -> None:
    assert names.search_text(["绵阳市", "Mianyang"]) == " 绵阳市 mian yang shi mianyangshi mys mianyang"
    assert names.search_text(["Stratford-upon-Avon"]) == " stratford-upon-avon stratford upon avon"


def test_sort_key_is_pinyin_or_the_english_name() -> None:
    assert names.sort_key("成都市", "Chengdu") == "chengdushi"
    assert names.sort_key("", "Chongwe") == "chongwe"


@pytest.mark.parametrize("name", ["‘一带一路’城", "绵阳’", "’", "“友”"])
def test_quotation_marks_in_a_name_are_no_syllables(name: str) -> None:
    assert "" not in names.syllables(name)
    assert names.search_text([name]).count("  ") == 0
