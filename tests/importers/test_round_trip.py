"""What was exported loads into an empty register and comes out again as the same bytes; twice changes nothing."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from friendship import queries
from friendship.enums import Level, RelationshipType, SourceKind, Status
from friendship.exporters.export import Export
from friendship.exporters.forms import FORMS
from friendship.importers import runs
from friendship.models import Country, Event, Evidence, ImportRun, Place, Relationship, ReportedTotal, Source

pytestmark = pytest.mark.django_db

ROUND_TRIPS = ("csv", "xlsx", "json")
SITE = "https://register.example.org"
#: What occurs in names and remarks, and what spreadsheets, CSV and JSON make something else of.
LETTERS = "abzéłßАя市县绵阳の한 -–—,;|()（）'\"=+@<>&%.·/\\"

words = st.text(LETTERS, min_size=1, max_size=12).map(lambda text: f"合{' '.join(text.split())}".strip())
foreign = st.text(LETTERS.replace("市县绵阳", ""), min_size=1, max_size=12).map(
    lambda t: f"X{' '.join(t.split())}".strip()
)
remarks = st.one_of(st.just(""), st.text(LETTERS + "\n", max_size=20).map(lambda t: f"={t}注".strip()))
years = st.integers(1900, 2026)
dates = st.one_of(
    st.just((None, None, None)),
    st.tuples(years, st.none(), st.none()),
    st.tuples(years, st.integers(1, 12), st.none()),
    st.tuples(years, st.integers(1, 12), st.integers(1, 28)),
)


@contextmanager
def empty_register() -> Iterator[None]:
    """Within it the register holds countries and nothing else; afterwards all is as before."""
    with transaction.atomic():
        empty()
        yield
        transaction.set_rollback(True)


def empty() -> None:
    for model in (ImportRun, Evidence, Event, ReportedTotal, Relationship):
        model._default_manager.all().delete()
    for level in reversed(Level):
        Place.objects.filter(level=level).delete()
    Source.objects.all().delete()


def exported(form: str) -> bytes:
    return b"".join(FORMS[form].blocks(Export(queries.Criteria(), site=SITE)))


def imported(content: bytes, form: str) -> ImportRun:
    run = runs.receive(content, f"register.{form}", by=None, publish=True)
    runs.load(run)
    return run


def counted(run: ImportRun) -> dict[str, int]:
    return {outcome: count for outcome, count in run.counts.items() if count}


# --- the shipped register ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("form", ROUND_TRIPS)
def test_the_shipped_register_comes_back_as_the_same_bytes(form: str) -> None:
    first = exported(form)
    with empty_register():
        assert counted(imported(first, form)) == {"created": 132}
        assert exported(form) == first


@pytest.mark.parametrize("form", ROUND_TRIPS)
def test_the_register_learns_nothing_from_its_own_export(form: str) -> None:
    before = (Relationship.objects.count(), Place.objects.count(), Source.objects.count(), Evidence.objects.count())
    assert counted(imported(exported(form), form)) == {"unchanged": 132}
    after = (Relationship.objects.count(), Place.objects.count(), Source.objects.count(), Evidence.objects.count())
    assert after == before


# --- registers of all sorts -------------------------------------------------------------------------------------------


@st.composite
def registers(draw: st.DrawFn) -> dict[str, Any]:
    """What ``build`` makes rows of: places of each level in a few countries, and ties between them."""
    sides = st.fixed_dictionaries(
        {
            "country": st.sampled_from(["CN", "JP", "US", "TW"]),
            "level": st.sampled_from(list(Level)),
            "in_province": st.booleans(),
            "in_city": st.booleans(),
            "names": st.one_of(
                st.tuples(words, foreign), st.tuples(words, st.just("")), st.tuples(st.just(""), foreign)
            ),
            "point": st.one_of(st.none(), st.tuples(st.floats(-90, 90), st.floats(-180, 180))),
        }
    )
    ties = st.fixed_dictionaries(
        {
            "sides": st.tuples(sides, sides),
            "type": st.sampled_from(RelationshipType.values),
            "status": st.sampled_from(Status.values),
            "founded": dates,
            "notes": st.tuples(remarks, remarks),
            "printed": st.one_of(st.just(""), words),
            "sources": st.lists(st.tuples(words, remarks), max_size=2),
        }
    )
    return {"ties": draw(st.lists(ties, min_size=1, max_size=3))}


def build(drawn: dict[str, Any]) -> None:
    for number, tie in enumerate(drawn["ties"]):
        home, partner = (build_place(f"{side}-{number}", told) for side, told in zip("ab", tie["sides"], strict=True))
        row = Relationship.objects.create(
            home=home,
            partner=partner,
            type=tie["type"],
            status=tie["status"],
            type_as_printed=tie["printed"],
            note_zh=tie["notes"][0],
            note_en=tie["notes"][1],
            review_state="published",
            **dict(zip(["founded_year", "founded_month", "founded_day"], tie["founded"], strict=True)),
        )
        for index, (title, quote) in enumerate(tie["sources"]):
            source = Source.objects.create(
                slug=f"source-{number}-{index}",
                title=title,
                publisher=title,
                kind=SourceKind.NEWS,
                language="zh-Hans",
                published_year=1999 if index else None,
            )
            Evidence.objects.create(source=source, relationship=row, claim="tie", value=row.type, quote=quote)


def build_place(slug: str, told: dict[str, Any]) -> Place:
    country = Country.objects.get(pk=told["country"])
    parent = None
    for level in (Level.PROVINCE, Level.CITY):
        if told["level"] not in {Level.PROVINCE, level} and told[f"in_{level}"]:
            parent = Place.objects.create(
                slug=f"{level}-of-{slug}", country=country, level=level, name_en=f"{level} of {slug}", parent=parent
            )
    latitude, longitude = told["point"] or (None, None)
    return Place.objects.create(
        slug=slug,
        country=country,
        level=told["level"],
        parent=parent,
        name_zh=told["names"][0],
        name_en=told["names"][1],
        latitude=latitude,
        longitude=longitude,
    )


@pytest.mark.parametrize("form", ROUND_TRIPS)
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(drawn=registers())
def test_any_register_comes_back_as_the_same_bytes(form: str, drawn: dict[str, Any]) -> None:
    with empty_register():
        build(drawn)
        first = exported(form)
        empty()
        run = imported(first, form)
        assert counted(run) == {"created": len(drawn["ties"])}, list(run.rows.values_list("reason", "parameters"))
        assert exported(form) == first
        assert counted(imported(first, form)) == {"unchanged": len(drawn["ties"])}
