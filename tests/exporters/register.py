"""A small register of which every byte is known."""

from __future__ import annotations

import datetime
from typing import Any

from friendship.exporters.export import Export
from friendship.exporters.forms import FORMS
from friendship.models import Country, Event, Evidence, Place, Relationship, Source
from friendship.queries import Criteria
from tests import builders

SITE = "https://register.example.org"
DAY = datetime.date(2026, 11, 20)
QUOTE = "One and Two\nare sister cities."


def empty() -> None:
    """Take every shipped tie and source away; the reference places stay."""
    Evidence.objects.all().delete()
    Event.objects.all().delete()
    Relationship.objects.all().delete()
    Source.objects.exclude(totals__isnull=False).delete()


def one_tie() -> Relationship:
    """The only tie: county One in city Middle in province Top, with Two in Japan; two sources, one of them quoted."""
    empty()
    top = builders.place("top", level="province", name_zh="顶省", official_code="990000")
    middle = builders.place("middle", parent=top, name_zh="中市", aliases="Midway\nMitte")
    home = builders.place("one", level="county", parent=middle, name_zh="甲县", latitude=30.5, longitude=104.25)
    partner = builders.place(
        "two", country=Country.objects.get(pk="JP"), wikidata_id="Q1", latitude=34.0, longitude=-1.5
    )
    tie = builders.tie(home, partner, id=7, type_as_printed="友好城市", founded_year=1982, founded_month=10)
    archive = builders.source("archive", title="Archive,\nvolume 2", published_year=1999, language="zh-Hans")
    builders.evidence(tie, builders.source("paper", url="https://paper.example.org/"), quote=QUOTE, start=0, end=31)
    builders.evidence(tie, archive, claim="founded", value="1982-10", strength="implied")
    builders.evidence(tie, builders.source("paper"), claim="status", value="active", quote="still active")
    builders.event(tie, kind="signing", date_year=1982, paper="agreement", text_en="Signed.", source=archive)
    return tie


def written(form: str, criteria: Criteria | None = None, **fields: Any) -> bytes:
    """The file of a form."""
    export = Export(criteria or Criteria(), **{"site": SITE, "date": DAY, **fields})
    return b"".join(FORMS[form].blocks(export))


def side(name: str, latitude: float | None = None, longitude: float | None = None) -> Place:
    """A place somewhere on the earth."""
    return builders.place(name, latitude=latitude, longitude=longitude)
