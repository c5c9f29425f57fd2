"""Rules about one tie: its sides, its status, its sources."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby

from django.db.models import Exists, F, OuterRef, Q
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from friendship.auditing.findings import Finding, named, tie_named
from friendship.enums import Level, RelationshipType, Status
from friendship.models import Event, Evidence, Relationship

#: One country in the eyes of the register: a tie inside it is no international one.
_CHINA = ("CN", "HK", "MO", "TW")
_SIDES = ("home__name_zh", "home__name_en", "partner__name_zh", "partner__name_en")


def levels_differ() -> Iterator[Finding]:
    """The two sides stand on different levels."""
    rows = Relationship.objects.exclude(home__level=F("partner__level")).order_by("pk")
    sides = ("home_id", "home__slug", "home__level", "partner_id", "partner__slug", "partner__level")
    for pk, home, slug, level, partner, slug_there, level_there, *words in rows.values_list(
        "pk", *sides, *_SIDES
    ).iterator():
        said = _("%(home)s (%(home_level)s), %(partner)s (%(partner_level)s)") % {
            "home": named(*words[:2]),
            "home_level": Level(level).label,
            "partner": named(*words[2:]),
            "partner_level": Level(level_there).label,
        }
        records = (f"relationship/{pk}", f"place/{home}", f"place/{partner}")
        yield Finding(f"relationship/{pk}", (slug, level, slug_there, level_there), said, records)


def in_home_country() -> Iterator[Finding]:
    """The partner lies in the home country. China is one country with Hong Kong, Macao and Taiwan."""
    inside_china = Q(home__country__in=_CHINA, partner__country__in=_CHINA)
    rows = Relationship.objects.filter(Q(home__country=F("partner__country")) | inside_china).order_by("pk")
    columns = ("pk", "home_id", "partner_id", "home__country_id", "partner__country_id", *_SIDES)
    countries = ("partner__country__name_zh", "partner__country__name_en")
    for pk, home, partner, home_code, partner_code, *words in rows.values_list(*columns, *countries).iterator():
        said = _("%(tie)s: both in one country (%(country)s)") % {
            "tie": tie_named((words[0], words[1]), (words[2], words[3])),
            "country": named(words[4], words[5]),
        }
        records = (f"relationship/{pk}", f"place/{home}", f"place/{partner}")
        yield Finding(f"relationship/{pk}", (home, partner, home_code, partner_code), said, records)


def second_sister_tie() -> Iterator[Finding]:
    """A foreign place has active sister ties with several places of one level of one country."""
    ties = Relationship.objects.filter(type=RelationshipType.SISTER, status=Status.ACTIVE)
    ties = ties.exclude(home__country=F("partner__country"))
    group = ("home__country", "home__level")
    others = ties.filter(partner=OuterRef("partner"), **{column: OuterRef(column) for column in group})
    rows = ties.filter(Exists(others.exclude(pk=OuterRef("pk")))).order_by("partner_id", "home__country_id", "pk")
    columns = ("partner_id", "home__country_id", "pk", *_SIDES)
    for (partner, country), found in groupby(rows.values_list(*columns).iterator(), key=lambda row: row[:2]):
        held = list(found)
        said = _("%(partner)s: sister ties with %(homes)s") % {
            "partner": named(*held[0][5:7]),
            "homes": pgettext("names", ", ").join(named(*row[3:5]) for row in held),
        }
        keys = [str(row[2]) for row in held]
        records = (f"place/{partner}", *(f"relationship/{key}" for key in keys))
        yield Finding(f"place/{partner}+country/{country}", tuple(keys), said, records)


def ended_without_date() -> Iterator[Finding]:
    """The tie has ended, and neither a date nor an event says when."""
    told = Exists(Event.objects.filter(relationship=OuterRef("pk"), kind="end"))
    rows = Relationship.objects.filter(~told, status=Status.ENDED, ended_year__isnull=True).order_by("pk")
    for pk, *words in rows.values_list("pk", *_SIDES).iterator():
        yield Finding(f"relationship/{pk}", (Status.ENDED.value,), _tie(words))


def end_without_status() -> Iterator[Finding]:
    """The tie has a date of its end, and its status is not “ended”."""
    rows = Relationship.objects.exclude(status=Status.ENDED).filter(ended_year__isnull=False).order_by("pk")
    for pk, year, status, *words in rows.values_list("pk", "ended_year", "status", *_SIDES).iterator():
        said = _("%(tie)s: ended in %(year)d, status “%(status)s”") % {
            "tie": _tie(words),
            "year": year,
            "status": Status(status).label,
        }
        yield Finding(f"relationship/{pk}", (year, status), said)


def no_evidence() -> Iterator[Finding]:
    """The public sees the tie, and no source speaks of it."""
    spoken_of = Exists(Evidence.objects.filter(relationship=OuterRef("pk")))
    rows = Relationship.objects.published().filter(~spoken_of).order_by("pk")
    for pk, *words in rows.values_list("pk", *_SIDES).iterator():
        yield Finding(f"relationship/{pk}", (), _tie(words))


def _tie(words: list[str]) -> str:
    return tie_named((words[0], words[1]), (words[2], words[3]))
