"""What programs subscribe to: new and changed ties as RSS, anniversaries as a calendar. Both read the same filters."""

from __future__ import annotations

import datetime
import re
from calendar import monthrange
from collections.abc import Iterable
from typing import cast
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.syndication.views import Feed
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.feedgenerator import Rss201rev2Feed
from django.utils.html import escape
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe
from icalendar import Calendar, Event, Timezone, vDuration

from friendship import queries, refusals
from friendship.dates import PartialDate
from friendship.enums import RelationshipType
from friendship.filters import RelationshipFilter
from friendship.freshness import kept
from friendship.models import Relationship
from friendship.models.places import in_language
from friendship.queries import Anniversary, Change
from friendship.templating import gap

RECENT = 50
_REFRESH = datetime.timedelta(days=1)
_UNWRITABLE = re.compile(r"[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")  # what XML 1.0 cannot hold


@require_safe
@kept
def recent(request: HttpRequest) -> HttpResponse:
    """New and changed ties as RSS 2.0, last changed first."""
    asked = RelationshipFilter(request.GET)
    if asked.errors:
        return refusals.in_words(asked)
    return RecentChanges(request, asked)(request)


@require_safe
@kept
def anniversaries(request: HttpRequest) -> HttpResponse:
    """The anniversaries of this year and the next as iCalendar."""
    asked = RelationshipFilter(request.GET)
    if asked.errors:
        return refusals.in_words(asked)
    today = timezone.localdate()
    found = [
        item
        for year in (today.year, today.year + 1)
        for item in queries.dated_anniversaries(asked.criteria, year, queries.EVENTS_A_YEAR)
    ]
    name = _titled(_("Anniversaries of sister-city ties"), asked)
    return HttpResponse(_calendar(name, found, request).to_ical(), content_type="text/calendar; charset=utf-8")


def _titled(title: str, asked: RelationshipFilter) -> str:
    """A title of one line with the filter in words, without control characters that stand in the address."""
    return " ".join(_plain(title + (_(": ") + asked.sentence if asked.parts else "")).split())


def _plain(text: str) -> str:
    return _UNWRITABLE.sub("", text)


# --- RSS ------------------------------------------------------------------------------------------------------------


class RecentChanges(Feed):  # type: ignore[type-arg]
    """The feed of new and changed ties that answer a filter.

    A change comes as an item of its own, since readers show an item once: its guid holds the time of the change.
    """

    feed_type = Rss201rev2Feed
    item_guid_is_permalink = False

    def __init__(self, request: HttpRequest, asked: RelationshipFilter) -> None:
        self.request = request
        self.asked = asked

    def title(self) -> str:
        """The feed's name, with the filter in words."""
        return _titled(_("New and changed ties"), self.asked)

    def description(self) -> str:
        """What the feed holds."""
        return _("Ties newly recorded in this register of sister cities, and changes to those already in it.")

    def link(self) -> str:
        """The list of the same ties."""
        return reverse("relationships") + self.asked.parameters.replacing(sort="updated").query

    def feed_url(self) -> str:
        """The feed's own address, with its filter."""
        return self.request.get_full_path()

    def items(self) -> list[Change]:
        """The changes, newest first."""
        return queries.recent_changes(self.asked.criteria, RECENT)

    def item_title(self, item: Change) -> str:
        """Both places, and whether the tie is new."""
        words = _("New: %(tie)s") if item.is_new else _("Changed: %(tie)s")
        return _plain(words % {"tie": item.tie})

    def item_description(self, item: Change) -> str:
        """What the tie is, and what changed."""
        return _plain(escape(gap().join(_told(item))))

    def item_link(self, item: Change) -> str:
        """The page of the tie."""
        return item.tie.get_absolute_url()

    def item_guid(self, item: Change) -> str:
        """The tie and the moment of its change."""
        return self.request.build_absolute_uri(f"{item.tie.get_absolute_url()}#{item.tie.updated_at:%Y%m%dT%H%M%S.%fZ}")

    def item_pubdate(self, item: Change) -> datetime.datetime:
        """When it changed."""
        return item.tie.updated_at


def _told(change: Change) -> list[str]:
    """A change in sentences: that the tie is new or what changed, then what the tie is."""
    if change.is_new:
        first = _("New in the register.")
    elif change.facts:
        first = _("Changed: %(facts)s.") % {"facts": in_language("、", ", ").join(change.facts)}
    else:
        first = _("Changed.")
    return [first, _sides(change.tie) + _(": ") + _facts(change.tie)]


def _sides(tie: Relationship) -> str:
    sides = [
        _("%(place)s (%(country)s)") % {"place": side, "country": side.country} for side in (tie.home, tie.partner)
    ]
    return in_language("—", " – ").join(sides)


def _facts(tie: Relationship) -> str:
    """Type, date and status of a tie in one sentence."""
    facts = [tie.get_type_display(), _since(tie), tie.get_status_display()]
    return _("%(facts)s.") % {"facts": _(", ").join(facts)}


def _since(tie: Relationship) -> str:
    if tie.founded is None:
        return _("date not stated")
    words = _("signed %(date)s") if tie.type == RelationshipType.INTENT else _("established %(date)s")
    return words % {"date": tie.founded}


# --- iCalendar ------------------------------------------------------------------------------------------------------


def _calendar(name: str, found: Iterable[Anniversary], request: HttpRequest) -> Calendar:
    """The anniversaries as one calendar.

    It carries no METHOD: that would make it a message of scheduling, which needs an organizer (RFC 5546, 3.2.1).
    """
    calendar = Calendar()
    calendar.add("prodid", "-//Register of sister cities//Anniversaries//EN")
    calendar.add("version", "2.0")
    calendar.add("name", name)
    calendar.add("x-wr-calname", name)  # as programs older than RFC 7986 know it
    calendar.add("refresh-interval", _REFRESH, {"VALUE": "DURATION"})
    calendar.add("x-published-ttl", vDuration(_REFRESH))
    for item in found:
        calendar.add_component(_event(item, request))
    if not calendar.subcomponents:
        # A calendar must hold something (RFC 5545, 3.6); a time zone shows nothing.
        calendar.add_component(Timezone.from_tzid(settings.TIME_ZONE))
    return calendar


def _event(item: Anniversary, request: HttpRequest) -> Event:
    """An anniversary as an event of its whole day, or of its whole month where the day is not known.

    Without METHOD, DTSTAMP tells when the facts last changed (RFC 5545, 3.8.7.2): the same facts give the same text.
    """
    tie = cast("Relationship", item.tie)  # a calendar asks for whole ties
    address = request.build_absolute_uri(tie.get_absolute_url())
    first, last = _days(item.date)
    event = Event()
    event.add("uid", f"relationship-{tie.pk}-{item.date.year}@{urlsplit(address).hostname}")
    event.add("dtstamp", tie.updated_at)
    event.add("dtstart", first)
    event.add("dtend", last + datetime.timedelta(days=1))  # the first day after it
    event.add("summary", _plain(_summary(item)))
    event.add("description", _plain("\n".join([capfirst(_facts(tie)), address])))
    event.add("url", address)
    event.add("transp", "TRANSPARENT")
    return event


def _summary(item: Anniversary) -> str:
    words = ngettext("%(num)s year: %(tie)s", "%(num)s years: %(tie)s", item.years)
    return words % {"num": item.years, "tie": item.tie}


def _days(date: PartialDate) -> tuple[datetime.date, datetime.date]:
    """The first and the last day that a date known to the day or the month can mean."""
    if date.month is None:
        raise ValueError("A date known by its year alone stands on no day of a calendar.")
    first = datetime.date(date.year, date.month, date.day or 1)
    length = monthrange(date.year, date.month)[1]
    return first, first if date.day else first.replace(day=length)
