"""Rows for tests. All of it is made up: places called One and Two in a real country."""

from __future__ import annotations

from typing import Any

from friendship import queries
from friendship.models import Country, Event, Evidence, Place, Reading, Relationship, ReportedTotal, Source, Suggestion


def place(slug: str = "one", **fields: Any) -> Place:
    """The place at this address; made in China at city level unless the fields say otherwise."""
    known = {"country": Country.objects.get(pk="CN"), "level": "city", "name_en": slug.replace("-", " ").title()}
    return Place.objects.get_or_create(slug=slug, defaults={**known, **fields})[0]


def tie(home: Place | None = None, partner: Place | None = None, **fields: Any) -> Relationship:
    """A published sister tie, between One and Two unless told otherwise."""
    known = {"type": "sister", "status": "active", "review_state": "published"}
    return Relationship.objects.create(
        home=home or place("one"), partner=partner or place("two"), **{**known, **fields}
    )


def source(slug: str = "paper", **fields: Any) -> Source:
    """The source at this address; a newspaper unless the fields say otherwise."""
    known = {"title": slug.title(), "publisher": "Test Press", "kind": "news", "language": "en"}
    return Source.objects.get_or_create(slug=slug, defaults={**known, **fields})[0]


def evidence(of: Relationship, by: Source | None = None, **fields: Any) -> Evidence:
    """What a source says of a tie: that it is there, unless the fields say otherwise."""
    known = {"claim": "tie", "value": of.type}
    return Evidence.objects.create(relationship=of, source=by or source(), **{**known, **fields})


def event(of: Relationship, **fields: Any) -> Event:
    """Something that happened on a tie: a signing, unless the fields say otherwise."""
    return Event.objects.create(relationship=of, **{"kind": "signing", **fields})


def total(of: Place | None = None, by: Source | None = None, **fields: Any) -> ReportedTotal:
    """A reported number of ties."""
    known = {"scope": "all", "metric": "all", "value": 10, "as_of_year": 2020}
    return ReportedTotal.objects.create(place=of or place("one"), source=by or source(), **{**known, **fields})


def suggestion(about: Relationship | Place | None = None, **fields: Any) -> Suggestion:
    """What somebody says is wrong with a record: with One, unless told otherwise."""
    row = about or place("one")
    known: dict[str, Any] = {"relationship": row} if isinstance(row, Relationship) else {"place": row}
    known |= {"wrong": "Wrong year", "right": "1983", "source": "The Test Gazette", "language": "en"}
    return Suggestion.objects.create(**{**known, **fields})


def reading(text: str = "2021年5月，绵阳市与法国某市结好。", **fields: Any) -> Reading:
    """A text that somebody has brought."""
    about = {"title": "Report", "publisher": "Test Press", "kind": "news", "language": "zh-Hans"}
    return Reading.objects.create(**{"title": "Report", "about": about, "text": text, **fields})


def ties(count: int, **fields: Any) -> list[Relationship]:
    """As many published ties, from One to a city each."""
    return [tie(place("one"), place(f"city-{number}"), **fields) for number in range(count)]


def columns_are_read() -> None:
    """As after the first pages of a state: what the columns keep is there, the names of places and their spots too."""
    found = queries.Listing(queries.Criteria())
    assert found.rows[0:500]
    assert found.facets
    assert sum(number for _kind, number in queries.drawing(queries.Criteria()).types) == len(found.rows)
    assert queries.summary().rows == len(found.rows)
