"""The fixtures say what the sources say, and no more."""

from __future__ import annotations

import csv
import hashlib
import json
import re
from collections import Counter
from typing import Any

import pytest
from django.conf import settings

from friendship.dates import PartialDate

FIXTURES = settings.BASE_DIR / "fixtures"
SEED = settings.BASE_DIR / "seeds" / "press-conference-2023-05-18.txt"


def read(file: str) -> dict[str, Any]:
    records: dict[str, Any] = json.loads((FIXTURES / file).read_text("utf-8"))
    return records


def rows(file: str) -> list[dict[str, str]]:
    with (FIXTURES / file).open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


PRESS = read("press_conference_2023.json")
PUBLIC = read("public_record.json")
REPORTED = read("reported_totals.json")
QUOTED = [*(piece for tie in PRESS["relationships"] for piece in tie["evidence"]), *PRESS["totals"]]


def test_the_seed_is_the_document_as_it_came() -> None:
    content = SEED.read_bytes()
    assert hashlib.sha256(content).hexdigest() in (settings.BASE_DIR / "seeds" / "README.md").read_text("utf-8")
    assert b"\r" not in content


@pytest.mark.parametrize("piece", QUOTED, ids=[f"{p['start']}-{p.get('claim', p.get('metric'))}" for p in QUOTED])
def test_every_quote_stands_in_the_text(piece: dict[str, Any]) -> None:
    text = SEED.read_text("utf-8")
    assert text[piece["start"] : piece["end"]] == piece["quote"]
    assert len(piece["quote"]) > 10


def test_the_press_conference_states_these_ties() -> None:
    stated = [
        (tie["home"], tie["partner"], tie["type"], tie["founded"], tie["evidence"][0]["strength"])
        for tie in PRESS["relationships"]
    ]
    assert stated == [
        ("sichuan", "washington", "sister", "1982-10", "explicit"),
        ("meishan", "brienz", "sister", None, "explicit"),
        ("meishan", "chiang-mai", "sister", None, "explicit"),
        ("meishan", "stratford-upon-avon", "exchange", None, "explicit"),
        ("meishan", "tula", "exchange", None, "explicit"),
        ("sichuan", "victoria", "sister", None, "implied"),
        ("sichuan", "saint-petersburg", "sister", None, "implied"),
        ("sichuan", "bavaria", "exchange", None, "implied"),
        ("sichuan", "occitanie", "exchange", None, "implied"),
    ]


def test_the_press_conference_reports_these_totals() -> None:
    reported = [(row["place"], row["scope"], row["metric"], row["value"], row["as_of"]) for row in PRESS["totals"]]
    assert reported == [
        ("sichuan", "all", "countries", 81, "2023-05-18"),
        ("sichuan", "all", "all", 440, "2023-05-18"),
        ("sichuan", "all", "sister", 119, "2023-05-18"),
        ("sichuan", "all", "cooperation", 321, "2023-05-18"),
        ("mianyang", "own", "countries", 21, "2023-05-18"),
        ("mianyang", "own", "partners", 33, "2023-05-18"),
        ("mianyang", "own", "sister", 4, "2023-05-18"),
        ("mianyang", "own", "cooperation", 29, "2023-05-18"),
        ("mianyang", "subordinate", "countries", 10, "2023-05-18"),
        ("mianyang", "subordinate", "cooperation", 12, "2023-05-18"),
        ("mianyang", "all", "all", 45, "2023-05-18"),
    ]


def test_the_totals_of_other_years() -> None:
    reported = [
        (row["as_of"], row["scope"], row["metric"], row["value"] or row["as_printed"], row["source"].split("-")[0])
        for row in sorted(REPORTED["totals"], key=lambda row: (row["as_of"], row["scope"]))
    ]
    assert reported == [
        ("2014-11", "all", "sister", 78, "sichuan"),
        ("2014-11", "all", "cooperation", "近90", "sichuan"),
        ("2021-05", "all", "sister", 112, "belt"),
        ("2021-05", "all", "cooperation", 280, "belt"),
        ("2023", "all", "sister", 127, "wikipedia"),
        ("2023", "own", "sister", 40, "wikipedia"),
        ("2023-02-15", "all", "all", 440, "sichuan"),
        ("2024-11-12", "all", "countries", 87, "chinanews"),
        ("2024-11-12", "all", "all", 500, "chinanews"),
        ("2024-11-12", "all", "sister", 127, "chinanews"),
        ("2024-11-12", "all", "cooperation", 373, "chinanews"),
    ]
    assert {row["place"] for row in REPORTED["totals"]} == {"sichuan"}
    assert [row["value"] for row in REPORTED["totals"] if row["as_printed"]] == [None]


def test_totals_without_a_text_quote_nothing() -> None:
    assert {(row["quote"], row["start"], row["end"]) for row in REPORTED["totals"]} == {("", None, None)}
    assert all(source["note_zh"] and source["note_en"] for source in REPORTED["sources"])
    kinds = {source["slug"].split("-")[0]: source["kind"] for source in REPORTED["sources"]}
    assert kinds == {"belt": "news", "chinanews": "news", "sichuan": "official", "wikipedia": "encyclopaedia"}


@pytest.mark.parametrize("row", PRESS["totals"], ids=lambda row: f"{row['place']}-{row['scope']}-{row['metric']}")
def test_a_total_stands_in_its_quote(row: dict[str, Any]) -> None:
    assert str(row["value"]) in re.findall(r"\d+", row["quote"])


def test_only_dates_that_the_text_gives() -> None:
    text = re.sub(r"\s", "", SEED.read_text("utf-8"))
    for tie in PRESS["relationships"]:
        dates = [tie["founded"], *(event["date"] for event in tie["events"])]
        for date in filter(None, dates):
            year, month, _day = PartialDate.parse(date).parts
            assert f"{year}年{month}月" in text


def test_the_public_record_copies_no_sentence() -> None:
    assert {piece["quote"] for tie in PUBLIC["relationships"] for piece in tie["evidence"]} == {""}


def test_every_pair_stands_once() -> None:
    pairs = Counter(frozenset((tie["home"], tie["partner"])) for tie in PUBLIC["relationships"])
    assert [pair for pair, n in pairs.items() if n > 1] == []
    shared = {tie["id"]: (tie["home"], tie["partner"]) for tie in PRESS["relationships"]}
    assert {
        tie["id"]: (tie["home"], tie["partner"]) for tie in PUBLIC["relationships"] if tie["id"] in shared
    }.items() <= shared.items()
    known = {frozenset(pair): number for number, pair in shared.items()}
    assert all(known.get(frozenset((t["home"], t["partner"])), t["id"]) == t["id"] for t in PUBLIC["relationships"])


@pytest.mark.parametrize("records", [PRESS, PUBLIC, REPORTED], ids=["press", "public", "reported"])
def test_records_are_sorted_and_whole(records: dict[str, Any]) -> None:
    numbers = [tie["id"] for tie in records["relationships"]]
    assert numbers == sorted(set(numbers))
    slugs = [source["slug"] for source in records["sources"]]
    assert slugs == sorted(set(slugs))
    places = {row["slug"] for file in ("places_china.csv", "places_abroad.csv") for row in rows(file)}
    spoken = set()
    for tie in records["relationships"]:
        assert {tie["home"], tie["partner"]} <= places
        assert bool(tie["note_zh"]) == bool(tie["note_en"])
        assert tie["evidence"]
        spoken |= {piece["source"] for piece in [*tie["evidence"], *tie["events"]]}
    assert spoken | {total["source"] for total in records["totals"]} == set(slugs)


def test_a_chosen_value_is_one_that_a_source_gives_or_the_part_they_share() -> None:
    for tie in [*PRESS["relationships"], *PUBLIC["relationships"]]:
        founded = [piece["value"] for piece in tie["evidence"] if piece["claim"] == "founded"]
        if tie["founded"]:
            assert any(value.startswith(tie["founded"]) for value in founded), tie["id"]
        else:
            assert founded == [], tie["id"]
        assert tie["type"] in [piece["value"] for piece in tie["evidence"] if piece["claim"] == "tie"] or tie["id"] == 3


def test_countries() -> None:
    countries = {row["code"]: row for row in rows("countries.csv")}
    assert len(countries) == 249
    assert list(countries) == sorted(countries)
    assert [countries[code]["name_zh"] for code in ("HK", "MO", "TW")] == ["中国香港", "中国澳门", "中国台湾"]
    assert all(row["name_zh"] and row["name_en"] for row in countries.values())


def test_chinas_divisions() -> None:
    china = rows("places_china.csv")
    codes = [row["official_code"] for row in china]
    assert codes == sorted(codes)
    levels = Counter(row["level"] for row in china)
    assert (levels["province"], levels["city"], levels["county"]) == (34, 21, 9)
    for row in china:
        assert re.fullmatch(r"\d{6}", row["official_code"])
        assert row["official_code"].endswith({"province": "0000", "city": "00", "county": ""}[row["level"]])
    parents = {row["slug"]: row["official_code"] for row in china}
    for row in china:
        if row["parent"]:
            shared = {"city": 2, "county": 4}[row["level"]]
            assert row["official_code"][:shared] == parents[row["parent"]][:shared]


def test_places_abroad() -> None:
    abroad = rows("places_abroad.csv")
    china = {row["slug"] for row in rows("places_china.csv")}
    slugs = [row["slug"] for row in abroad]
    assert len(set(slugs) | china) == len(slugs) + len(china)
    rank = {"province": 0, "city": 1, "county": 2}
    assert [*abroad] == sorted(abroad, key=lambda row: (row["country"], rank[row["level"]], row["slug"]))
    without = {row["slug"] for row in abroad if not row["latitude"]}
    assert without == {"auburn-united-states", "midland-united-states", "montclair-united-states"}
    for row in abroad:
        code = row["official_code"]
        assert code == "" or re.fullmatch(rf"{row['country']}-[A-Z0-9]{{1,3}}", code), row["slug"]
