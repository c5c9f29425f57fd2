"""How a record is cited, word for word."""

from __future__ import annotations

import datetime

import pytest
from django.test import Client

from friendship.citations import Record
from friendship.models import Relationship
from tests import builders
from tests.views import pages


def record(**fields: str) -> Record:
    known = {
        "key": "relationship-95",
        "title": "绵阳市—庄原市",
        "register": "国际友城名录",
        "url": "https://register.example.org/relationships/95/",
    }
    return Record(**{**known, **fields}, updated=datetime.date(2026, 5, 3), accessed=datetime.date(2026, 11, 24))


def test_gb_t_7714() -> None:
    assert record().gb_t_7714 == (
        "绵阳市—庄原市[DB/OL]//国际友城名录. （2026-05-03）[2026-11-24]. https://register.example.org/relationships/95/."
    )


def test_apa() -> None:
    english = record(title="Mianyang – Shobara", register="Register of sister cities")
    assert "".join(english.apa) == (
        "Mianyang – Shobara. (2026, May 3). In Register of sister cities. "
        "Retrieved November 24, 2026, from https://register.example.org/relationships/95/"
    )
    assert english.apa[1] == "Register of sister cities"


def test_bibtex() -> None:
    assert record().bibtex == (
        "@misc{relationship-95,\n"
        "  title = {{绵阳市—庄原市}},\n"
        "  howpublished = {国际友城名录},\n"
        "  year = {2026},\n"
        "  month = may,\n"
        "  url = {https://register.example.org/relationships/95/},\n"
        "  urldate = {2026-11-24},\n"
        "}"
    )


@pytest.mark.parametrize(
    ("title", "written"),
    [
        ("Łódź & São Paulo", r"Łódź \& São Paulo"),
        ("100 % of #1_a", r"100 \% of \#1\_a"),
        ("{x} $5 ~ ^", r"\{x\} \$5 \textasciitilde{} \textasciicircum{}"),
        (r"\input{file}", r"\textbackslash{}input\{file\}"),
    ],
)
def test_bibtex_escapes_what_latex_would_read(title: str, written: str) -> None:
    assert f"  title = {{{{{written}}}}},\n" in record(title=title).bibtex


def test_an_address_cannot_end_its_field() -> None:
    assert r"  url = {https://x/%7Da\%20=%20%7B},".replace("\\", "%5C") in record(url=r"https://x/}a\ = {").bibtex


def cited(client: Client, path: str) -> dict[str, str]:
    page = pages.read(client, path)
    return {item.attributes["data-citation"]: item.words for item in pages.with_attribute(page, "data-citation")}


@pytest.mark.django_db
def test_a_tie_is_cited_as_of_its_newest_change_in_the_time_zone_of_the_register(client: Client) -> None:
    tie = builders.tie()
    builders.evidence(tie)
    late = datetime.datetime(2031, 12, 31, 23, 30, tzinfo=datetime.UTC)  # already the next day, and year, in China
    Relationship.objects.filter(pk=tie.pk).update(updated_at=datetime.datetime(2030, 1, 1, tzinfo=datetime.UTC))
    tie.evidence.update(updated_at=late)
    said = cited(client, f"/en/relationships/{tie.pk}/")
    assert said["gb-t-7714"].startswith("One – Two[DB/OL]//Register of sister cities. （2032-01-01）[")
    assert said["gb-t-7714"].endswith(f"]. http://testserver/en/relationships/{tie.pk}/.")
    assert said["apa"].startswith("One – Two. (2032, January 1). In Register of sister cities. Retrieved ")
    assert said["bibtex"].startswith(f"@misc{{relationship-{tie.pk}, title = {{{{One – Two}}}},")


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("path", "begin"),
    [
        ("/cities/mianyang/", "绵阳市[DB/OL]//国际友城名录. （"),
        ("/en/provinces/sichuan/", "Sichuan[DB/OL]//Register of sister cities. （"),
        (
            "/sources/sichuan-press-conference-2023-05-18/",
            '聚焦国际友城建设 四川如何"交朋友"?[DB/OL]//国际友城名录. （',
        ),
    ],
)
def test_places_and_sources_are_cited(client: Client, path: str, begin: str) -> None:
    said = cited(client, path)
    assert said["gb-t-7714"].startswith(begin)
    assert list(said) == ["gb-t-7714", "apa", "bibtex"]
