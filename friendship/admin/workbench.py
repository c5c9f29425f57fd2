"""The first page of the staff side: what there is to do, each with its number and the list behind it.

A new kind of work is one more ``Panel``: its condition stands in ``queries/worklists.py``, so that the number is
always the length of the list.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import cached_property

from django.contrib.auth.models import AnonymousUser, User
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from friendship import auditing, curation, queries
from friendship.models import ImportRun, Place, Proposal, Reading, Relationship
from friendship.queries import worklists
from friendship.queries.rights import narrowed, remit_of

Viewer = User | AnonymousUser

#: Findings that say that a side of a tie is not the place that was meant.
_ABOUT_SIDES = ("partner-in-home-country", "levels-differ", "second-sister-tie", "coordinates-far")
_ABOUT_TOTALS = ("total-moved", "total-passed")
#: So many of them are told on the first page itself.
_LINES = 4


@dataclass(frozen=True)
class Task:
    """Something to do: what, how often, and where.

    ``note`` says what stands out among them, and leads there; ``lines`` tell the first of them.
    """

    label: str
    count: int
    url: str
    note: str = ""
    note_url: str = ""
    lines: tuple[str, ...] = ()
    is_error: bool = False


@dataclass(frozen=True)
class Panel:
    """Work of one kind. Shown to those who have the ``permission`` to do it."""

    key: str
    title: str | Promise
    permission: str
    tasks: Callable[[Numbers], Iterator[Task]]


@dataclass(frozen=True)
class Shown:
    """A panel as one person sees it: what waits, and what does not."""

    key: str
    title: str | Promise
    waiting: list[Task]
    quiet: list[Task]


class Numbers:
    """What the panels count for one person, each question asked once and only where a panel needs it."""

    def __init__(self, user: Viewer) -> None:
        self.user = user

    @property
    def within(self) -> str:
        """What narrows a list that shows more than the person may change."""
        return "" if remit_of(self.user) is None else "&remit=own"

    @cached_property
    def places(self) -> dict[str, int]:
        """Places by what they lack."""
        return worklists.place_gaps(narrowed(Place.objects.all(), self.user))

    @cached_property
    def ties(self) -> dict[str, int]:
        """Ties by what they lack."""
        return worklists.tie_gaps(narrowed(Relationship.objects.all(), self.user))

    @cached_property
    def audit(self) -> dict[str, auditing.Tally]:
        """The numbers of the audit, by the code of the rule."""
        return {tally.rule.code: tally for tally in auditing.tallies(person=self.user)}


def workbench(user: Viewer) -> list[Shown]:
    """The panels of one person: those with work first, in their usual order."""
    numbers = Numbers(user)
    shown = [_shown(panel, numbers) for panel in PANELS if _may(user, panel.permission)]
    return sorted((panel for panel in shown if panel.waiting or panel.quiet), key=lambda panel: not panel.waiting)


def _shown(panel: Panel, numbers: Numbers) -> Shown:
    tasks = list(panel.tasks(numbers))
    waiting, quiet = [task for task in tasks if task.count], [task for task in tasks if not task.count]
    return Shown(panel.key, panel.title, waiting, quiet)


def _may(user: Viewer, permission: str) -> bool:
    return user.has_perm(f"friendship.{permission}")


def _list(model: str, query: str = "") -> str:
    return reverse(f"admin:friendship_{model}_changelist") + query


# --- the panels -------------------------------------------------------------------------------------------------------


def _proposals(numbers: Numbers) -> Iterator[Task]:
    counts = worklists.proposed(narrowed(Proposal.objects.all(), numbers.user), numbers.user.pk)
    mine = f"&author__id__exact={numbers.user.pk}"
    if curation.may_publish(numbers.user):
        said = ngettext("%(count)d of them is yours", "%(count)d of them are yours", counts.own) % {"count": counts.own}
        url, note = _list("proposal", "?state__exact=open"), said if counts.own else ""
        yield Task(_("Proposed changes to be decided"), counts.open, url, note, f"{url}{mine}")
    yield Task(_("Returned to you with a word"), counts.returned, _list("proposal", f"?state__exact=returned{mine}"))
    yield Task(_("Prepared by you, not yet submitted"), counts.prepared, _list("proposal", "?state__exact=prepared"))


def _drafts(numbers: Numbers) -> Iterator[Task]:
    drafts = "?review_state__exact=draft"
    yield Task(_("Relationships"), numbers.ties["draft"], _list("relationship", drafts))
    yield Task(_("Places"), numbers.places["draft"], _list("place", drafts + numbers.within))


def _suggestions(numbers: Numbers) -> Iterator[Task]:
    waiting = narrowed(queries.open_suggestions(), numbers.user).count()
    yield Task(_("To be answered"), waiting, _list("suggestion", "?state__exact=open"))


def _imports(numbers: Numbers) -> Iterator[Task]:
    labels = {
        "checked": _("Lists to be looked through and confirmed"),
        "uploaded": _("Lists whose columns need a meaning"),
        "failed": _("Imports that failed"),
    }
    counts = worklists.imports_waiting(narrowed(ImportRun.objects.all(), numbers.user))
    for state, label in labels.items():
        yield Task(label, counts[state], _list("importrun", f"?state__exact={state}"), is_error=state == "failed")


def _texts(numbers: Numbers) -> Iterator[Task]:
    waiting = worklists.texts_waiting(narrowed(Reading.objects.all(), numbers.user)).count()
    yield Task(_("Texts with candidates to be decided"), waiting, _list("reading", "?waits=yes"))


def _ties(numbers: Numbers) -> Iterator[Task]:
    counts = numbers.ties
    yield Task(_("Without a date"), counts["date"], _list("relationship", "?founded=none"))
    yield Task(_("Without a source"), counts["source"], _list("relationship", "?has_evidence=no"), is_error=True)
    yield Task(_("Sources disagree, no note"), counts["unexplained"], _list("relationship", "?sources=unexplained"))


def _places(numbers: Numbers) -> Iterator[Task]:
    counts = numbers.places
    yield Task(_("Without coordinates"), counts["coordinates"], _list("place", f"?missing=coordinates{numbers.within}"))
    yield Task(_("Without an English name"), counts["name_en"], _list("place", f"?missing=name_en{numbers.within}"))
    yield Task(_("Without a Chinese name"), counts["name_zh"], _list("place", f"?missing=name_zh{numbers.within}"))
    yield Task(
        _("Cities and counties in no province"), counts["parent"], _list("city", f"?missing=parent{numbers.within}")
    )


def _anniversaries(numbers: Numbers) -> Iterator[Task]:
    today = timezone.localdate()
    ties = narrowed(Relationship.objects.all(), numbers.user)
    ahead = worklists.count_ahead(ties, today)
    said = ngettext("%(count)d of them round", "%(count)d of them round", ahead.round) % {"count": ahead.round}
    label = _("In the next %(days)d days") % {"days": worklists.DAYS_AHEAD}
    url = reverse("admin:friendship_relationship_anniversaries")
    nearest = tuple(_anniversary(tie) for tie in worklists.coming_anniversaries(ties, today).with_places()[:_LINES])
    yield Task(label, ahead.count, url, said if ahead.round else "", f"{url}?round=1", nearest)


def _anniversary(tie: Relationship) -> str:
    found = worklists.as_anniversary(tie, timezone.localdate())
    told = ngettext("%(date)s: %(tie)s, %(years)d year", "%(date)s: %(tie)s, %(years)d years", found.years)
    return told % {"date": found.date, "tie": tie, "years": found.years}


def _totals(numbers: Numbers) -> Iterator[Task]:
    for task, code in zip(_findings(*_ABOUT_TOTALS)(numbers), _ABOUT_TOTALS, strict=True):
        rule = numbers.audit[code].rule
        rows = auditing.standing(rule, 0, _LINES, numbers.user).rows if task.count else []
        yield replace(task, lines=tuple(row.says for row in rows))


def _findings(*codes: str) -> Callable[[Numbers], Iterator[Task]]:
    """The open findings of some rules, each leading to the page of its rule."""

    def tasks(numbers: Numbers) -> Iterator[Task]:
        for code in codes:
            tally = numbers.audit[code]
            url = reverse("admin:friendship_acceptedfinding_rule", args=[code])
            yield Task(str(tally.rule.title), tally.open, url, is_error=tally.is_error)

    return tasks


_OTHER_RULES = [rule.code for rule in auditing.RULES if rule.code not in (*_ABOUT_SIDES, *_ABOUT_TOTALS)]

PANELS = (
    Panel("review", gettext_lazy("Waits for review"), "view_proposal", _proposals),
    Panel("suggestions", gettext_lazy("Suggestions from the public"), "change_suggestion", _suggestions),
    Panel("drafts", gettext_lazy("Drafts"), "change_relationship", _drafts),
    Panel("imports", gettext_lazy("Imports"), "change_importrun", _imports),
    Panel("texts", gettext_lazy("From text"), "change_reading", _texts),
    Panel("ties", gettext_lazy("Relationships"), "change_relationship", _ties),
    Panel("places", gettext_lazy("Places"), "change_place", _places),
    Panel("sides", gettext_lazy("Country or level looks wrong"), "view_acceptedfinding", _findings(*_ABOUT_SIDES)),
    Panel("totals", gettext_lazy("Reported totals"), "view_acceptedfinding", _totals),
    Panel("audit", gettext_lazy("Other findings of the audit"), "view_acceptedfinding", _findings(*_OTHER_RULES)),
    Panel("anniversaries", gettext_lazy("Anniversaries"), "change_relationship", _anniversaries),
)
