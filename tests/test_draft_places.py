"""The public sees no place that is a draft: every door is asked, with and without one in the register."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings
from django.http import HttpResponseBase
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from django.utils import timezone, translation

from friendship.curation import proposals
from friendship.models import Place, Relationship
from tests import builders

pytestmark = pytest.mark.django_db

APP = settings.BASE_DIR / "friendship"
HIDDEN_TIE = 900_001
#: What the addresses with a part of their own are asked for.
PARTS: dict[str, list[object]] = {
    "relationship": [HIDDEN_TIE, HIDDEN_TIE + 1],
    "relationship-card": [HIDDEN_TIE, HIDDEN_TIE + 1],
    "relationship-correction": [HIDDEN_TIE, HIDDEN_TIE + 1],
    "city": ["mianyang", "open-town", "hidden-town"],
    "city-correction": ["open-town", "hidden-town"],
    "city-card": ["open-town", "hidden-town"],
    "province": ["sichuan", "hidden-shire"],
    "province-card": ["hidden-shire"],
    "province-correction": ["hidden-shire"],
    "relationship-history": [HIDDEN_TIE, HIDDEN_TIE + 1],
    "city-history": ["mianyang", "open-town", "hidden-town"],
    "province-history": ["sichuan", "hidden-shire"],
    "country": ["JP", "CN"],
    "source": ["hidden-paper", "sichuan-press-conference-2023-05-18"],
    "suggestion": ["abcde-fghjk-mnpqr-stuvw"],
    "statistics-csv": ["places", "countries"],
    "anniversaries-month": [f"{timezone.localdate():%Y-%m}"],
    "sitemap-section": ["pages", "relationships", "places", "countries", "sources"],
    "api:relationship": [HIDDEN_TIE, HIDDEN_TIE + 1],
    "api:place": ["mianyang", "open-town", "hidden-town", "hidden-shire"],
    "api:country": ["JP"],
    "api:source": ["hidden-paper"],
}
QUESTIONS = [
    "",
    "?q=hiddenland",
    "?q=隐地",
    "?q=hidenland",
    "?q=yindi&kind=place&place=hidden-town",
    "?place=mianyang&place=hiddenland",
    "?province=hidden-shire",
]
#: What staff ask, and what the sides of published ties need, which are published; ``records`` is told whether the
#: public asks, and tests/queries/test_histories.py holds it. ``search`` gives keys, of which who asks takes the public
#: ones.
_ELSEWHERE = {
    *("imports.py", "importing.py", "exports.py", "readings.py", "records.py", "rights.py", "search.py", "worksheet.py")
}
#: The rooms that speak to the public.
PUBLIC = [
    *(
        path
        for room in ("queries", "views", "api", "exporters")
        for path in sorted((APP / room).glob("*.py"))
        if path.name not in _ELSEWHERE
    ),
    *(APP / f"{name}.py" for name in ("filters", "feeds", "sitemaps", "linked_data", "cards")),
    *sorted((settings.BASE_DIR / "templates" / "pages").rglob("*.html")),
]
_ASKED_ONCE = ("card.png", "/schema/", "/docs/", "healthz", "readyz", "metrics", "robots.txt")


def doors() -> Iterator[str]:
    """The name of every public address."""
    for entry in get_resolver().url_patterns:
        if isinstance(entry, URLPattern):
            yield str(entry.name)
        elif entry.app_name != "admin":
            yield from _within(entry)


def _within(resolver: URLResolver) -> Iterator[str]:
    for entry in resolver.url_patterns:
        if isinstance(entry, URLResolver):
            yield from _within(entry) if entry.app_name != "admin" else ()
        else:
            yield f"{resolver.namespace}:{entry.name}" if resolver.namespace else str(entry.name)


def addresses(questions: list[str]) -> Iterator[tuple[str, str]]:
    """The addresses of every door, each with the door's name: in both languages, in English with every question."""
    for language, asked in (("zh-hans", questions[:1]), ("en", questions)):
        with translation.override(language):
            for door in doors():
                for part in PARTS.get(door, [None]):
                    path = reverse(door, args=[] if part is None else [part])
                    if "/admin/" in path:  # the manual and the accounts of staff
                        continue
                    once = path.endswith(_ASKED_ONCE) or (part is not None and door != "statistics-csv")
                    for question in asked[:1] if once else asked:
                        yield path + question, door


def answers(client: Client, questions: list[str]) -> dict[str, tuple[int, bytes]]:
    """What is answered at each address."""
    found = {}
    for address in dict(addresses(questions)):
        response = client.get(address)
        found[address] = (response.status_code, _content(response))
    return found


def _content(response: HttpResponseBase) -> bytes:
    """What is said; an empty feed also says when it was made, and every form bears marks of its own."""
    said = b"".join(response) if response.streaming else response.content  # type: ignore[attr-defined]
    return re.sub(rb'<lastBuildDate>[^<]*|<input type="hidden"[^>]*>', b"", said)


@pytest.fixture
def town() -> Place:
    """A published place with a published tie; the source tells of one more, and of a total."""
    builders.source("hidden-paper", published_year=2030)
    Place.objects.filter(slug="mianyang").update(wikidata_id="Q1")
    town = builders.place("open-town", country_id="JP", name_en="Open Town", latitude=35.0, longitude=135.0)
    builders.tie(builders.place("mianyang"), town, pk=HIDDEN_TIE + 1, founded_year=1999)
    return town


def plant(town: Place, review_state: str) -> None:
    """A province that contains the published place, and a town in it with a tie of its own."""
    shire = builders.place(
        "hidden-shire",
        country_id="JP",
        level="province",
        name_en="Hiddenland Shire",
        name_zh="隐地县",
        review_state=review_state,
    )
    hidden = builders.place(
        "hidden-town",
        country_id="JP",
        parent=shire,
        name_en="Hiddenland",
        name_zh="隐地",
        latitude=36.0,
        longitude=136.0,
        wikidata_id="Q2",
        review_state=review_state,
    )
    Place.objects.filter(pk=town.pk).update(parent=shire)  # without a trace of the change, as in no other way
    month = timezone.localdate().month
    tie = builders.tie(
        builders.place("mianyang"),
        hidden,
        pk=HIDDEN_TIE,
        founded_year=1996,
        founded_month=month,
        review_state=review_state,
    )
    builders.evidence(tie, builders.source("hidden-paper"), quote="Hiddenland")
    builders.tie(builders.place("mianyang"), shire, review_state=review_state)
    builders.total(shire, builders.source("hidden-paper"), as_of_year=2026)
    builders.suggestion(town, wrong="Hiddenland Shire", email="hidden@example.org")
    public = Relationship.objects.get(pk=HIDDEN_TIE + 1)
    public.note_en = "Hiddenland Shire"
    builders.reading("Hiddenland Shire", typed={"1": {"home_name_en": "Hiddenland Shire"}})
    proposals.propose([proposals.difference(public)], actor=None, note="Hiddenland Shire")


def test_a_draft_changes_no_answer(client: Client, town: Place) -> None:
    before = answers(client, QUESTIONS)
    plant(town, "draft")
    after = answers(client, QUESTIONS)
    assert [address for address in before if after[address] != before[address]] == []
    assert [address for address, (_status, said) in after.items() if b"Hiddenland Shire" in said] == []


def test_published_it_would_have_been_seen(client: Client, town: Place) -> None:
    questions = ["", "?q=hiddenland", "?place=mianyang&place=hiddenland"]
    before = answers(client, questions)
    plant(town, "published")
    after = answers(client, questions)
    named = dict(addresses(questions))
    blind = set(named.values()) - {named[address] for address in before if after[address] != before[address]}
    assert blind == {
        *("healthz", "readyz", "metrics", "robots", "suggestion"),
        *("api:index", "api:schema", "api:docs", "api:countries", "api:country"),  # every country is there always
    }


def test_what_contains_a_place_is_told_past_a_draft() -> None:
    """A county of a hidden town still lies in its province."""
    shire = builders.place("shire", level="province")
    hidden = builders.place("hidden", parent=shire, review_state="draft")
    county = builders.place("county", level="county", parent=hidden)
    assert (county.containers, county.container, hidden.container) == ([shire], shire, shire)
    Place.objects.update(review_state="published")
    assert Place.objects.get(slug="county").containers == [hidden, shire]
    assert Place.objects.get(slug="shire").container is None


@pytest.mark.parametrize("path", PUBLIC, ids=lambda path: str(path.relative_to(settings.BASE_DIR)))
def test_the_public_side_asks_for_published_places(path: Path) -> None:
    text = path.read_text("utf-8")
    assert re.findall(r"Place\.objects\.(?!published\(|none\()\w+", text) == []
    assert re.findall(r"\b(?:place|side|row|home|partner)\.parent\b(?!__)", text) == []
