"""Dates that lie too far ahead: the models refuse them, and no constraint can, since a row would come to break it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from itertools import chain

from django.db.models import Exists, OuterRef, Q
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from friendship.auditing.findings import Finding, named, tie_named
from friendship.dates import PartialDate, latest_year
from friendship.models import Event, Relationship, ReportedTotal, Source

_Dated = tuple[str, PartialDate]


def dates_ahead() -> Iterator[Finding]:
    """Ties with their events, sources and reported totals that name a year after the next one."""
    return chain(_ties(), _sources(), _totals())


def _ties() -> Iterator[Finding]:
    latest = latest_year()
    events = Event.objects.filter(date_year__gt=latest).order_by("pk")
    told: dict[int, list[_Dated]] = defaultdict(list)
    for event in events.iterator():
        told[event.relationship_id].append((capfirst(event.get_kind_display()), event.date))
    own = Q(founded_year__gt=latest) | Q(ended_year__gt=latest)
    rows = Relationship.objects.filter(own | Exists(events.filter(relationship=OuterRef("pk")))).order_by("pk")
    for tie in rows.select_related("home", "partner").iterator():
        dates = [(_("Date established"), tie.founded), (_("Date ended"), tie.ended)]
        ahead = [(label, date) for label, date in dates if date and date.year > latest]
        sides = [(place.name_zh, place.name_en) for place in (tie.home, tie.partner)]
        yield _finding(f"relationship/{tie.pk}", tie_named(*sides), [*ahead, *told[tie.pk]])


def _sources() -> Iterator[Finding]:
    for source in Source.objects.filter(published_year__gt=latest_year()).defer("text").order_by("pk").iterator():
        yield _finding(f"source/{source.pk}", source.title, [(_("Published on"), source.published_on)])


def _totals() -> Iterator[Finding]:
    rows = ReportedTotal.objects.filter(as_of_year__gt=latest_year()).select_related("place").order_by("pk")
    for total in rows.iterator():
        name = named(total.place.name_zh, total.place.name_en)
        records = (f"reportedtotal/{total.pk}", f"place/{total.place_id}")
        yield _finding(f"reportedtotal/{total.pk}", name, [(_("As of"), total.as_of)], records)


def _finding(subject: str, name: str, ahead: list[_Dated], records: tuple[str, ...] = ()) -> Finding:
    said = _("%(record)s: %(dates)s") % {
        "record": name,
        "dates": _("; ").join(f"{label} {date}" for label, date in ahead),
    }
    return Finding(subject, tuple(sorted(date.iso for _label, date in ahead)), said, records)
