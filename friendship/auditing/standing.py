"""How the register stands: which findings are open, which were accepted, and how many of each."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from hashlib import sha256

from django.core.cache import cache
from django.db.models import Count, Max

from friendship import queries
from friendship.auditing.findings import Finding, Rule
from friendship.auditing.rules import RULES
from friendship.enums import Severity
from friendship.models import AcceptedFinding

#: Raise it when a release changes what a rule finds in the same register.
_EDITION = 1
_KEPT = 24 * 60 * 60  # seconds; a new key is asked for as soon as the register changes


@dataclass(frozen=True)
class Tally:
    """How many findings of a rule are open, and how many of those that it finds were accepted."""

    rule: Rule
    open: int
    accepted: int

    @property
    def is_error(self) -> bool:
        """Whether it lets the audit fail."""
        return self.rule.severity == Severity.ERROR and self.open > 0


@dataclass(frozen=True)
class Accepted:
    """A finding that was accepted; ``holds`` as long as the rule finds it, on the same facts."""

    row: AcceptedFinding
    holds: bool


@dataclass(frozen=True)
class Standing:
    """The numbers of one rule, some of its open findings, and what was accepted: the subjects, and why."""

    tally: Tally
    rows: list[Finding]
    former: dict[str, AcceptedFinding]
    holding: frozenset[str]


def findings(rule: Rule) -> Iterator[Finding]:
    """The open findings of a rule, one at a time."""
    accepted_as = _accepted_as(rule)
    return (found for found in rule.find() if accepted_as.get(found.subject) != found.fingerprint)


def standing(rule: Rule, first: int, most: int) -> Standing:
    """At most so many open findings from the ``first`` on, with all numbers: the rule is asked once.

    ``former`` tells of these findings which were accepted on other facts.
    """
    accepted_as = _accepted_as(rule)
    rows: list[Finding] = []
    holding: set[str] = set()
    count = 0
    for found in rule.find():
        if accepted_as.get(found.subject) == found.fingerprint:
            holding.add(found.subject)
            continue
        if first <= count < first + most:
            rows.append(found)
        count += 1
    again = [found.subject for found in rows if found.subject in accepted_as]
    former = {row.subject: row for row in AcceptedFinding.objects.filter(rule=rule.code, subject__in=again)}
    return Standing(Tally(rule, count, len(holding)), rows, former, frozenset(holding))


def accepted(rule: Rule, holding: frozenset[str], most: int) -> list[Accepted]:
    """What was accepted of a rule, the latest first, no more than so many."""
    rows = AcceptedFinding.objects.filter(rule=rule.code).select_related("accepted_by").order_by("-accepted_at", "pk")
    return [Accepted(row, row.subject in holding) for row in rows[:most]]


def tallies(rules: Iterable[Rule] = RULES) -> list[Tally]:
    """The numbers of the rules: eight queries, and those of the rules whose tables have changed since."""
    seen = queries.states()
    latest = AcceptedFinding.objects.aggregate(rows=Count("pk"), latest=Max("accepted_at"))
    found = []
    for rule in rules:
        told = (_EDITION, rule.code, [seen[table] for table in rule.reads], latest)
        key = f"audit-{sha256(repr(told).encode()).hexdigest()}"
        numbers = cache.get(key)
        if numbers is None:
            numbers = _numbers(rule)
            cache.set(key, numbers, _KEPT)
        found.append(Tally(rule, *numbers))
    return found


def _numbers(rule: Rule) -> tuple[int, int]:
    tally = standing(rule, 0, 0).tally
    return tally.open, tally.accepted


def _accepted_as(rule: Rule) -> dict[str, str]:
    rows = AcceptedFinding.objects.filter(rule=rule.code).order_by()
    return dict(rows.values_list("subject", "fingerprint"))
