"""How the register stands: which findings are open, which were accepted, and how many of each."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache, partial
from hashlib import sha256
from itertools import islice

from django.core.cache import cache
from django.db.models import Count, Max

from friendship import queries
from friendship.auditing.findings import Finding, Rule
from friendship.auditing.rules import RULES
from friendship.enums import Severity
from friendship.models import AcceptedFinding, Evidence, Place, Relationship, ReportedTotal
from friendship.queries.rights import Person, narrowed, remit_of

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


def findings(rule: Rule, person: Person = None) -> Iterator[Finding]:
    """The open findings of a rule, one at a time; for a person with a remit those that lie within it."""
    accepted_as = _accepted_as(rule)
    found_within = _found(rule, _records_within(person))
    return (found for found in found_within if accepted_as.get(found.subject) != found.fingerprint)


def standing(rule: Rule, first: int, most: int, person: Person = None) -> Standing:
    """At most so many open findings from the ``first`` on, with all numbers: the rule is asked once.

    ``former`` tells of these findings which were accepted on other facts. A person with a remit sees what lies in it.
    """
    return _standing(rule, first, most, _records_within(person))


def _standing(rule: Rule, first: int, most: int, within: frozenset[str] | None) -> Standing:
    accepted_as = _accepted_as(rule)
    rows: list[Finding] = []
    holding: set[str] = set()
    count = 0
    for found in _found(rule, within):
        if accepted_as.get(found.subject) == found.fingerprint:
            holding.add(found.subject)
            continue
        if first <= count < first + most:
            rows.append(found)
        count += 1
    again = [found.subject for found in rows if found.subject in accepted_as]
    former = {row.subject: row for row in AcceptedFinding.objects.filter(rule=rule.code, subject__in=again)}
    return Standing(Tally(rule, count, len(holding)), rows, former, frozenset(holding))


def accepted(rule: Rule, holding: frozenset[str], most: int, person: Person = None) -> list[Accepted]:
    """What was accepted of a rule, the latest first, no more than so many; within the person's remit, if any."""
    rows = AcceptedFinding.objects.filter(rule=rule.code).select_related("accepted_by").order_by("-accepted_at", "pk")
    within = _records_within(person)
    shown = (row for row in rows if row.subject in holding or _is_among(row.subject.split("+"), within))
    return [Accepted(row, row.subject in holding) for row in islice(shown, most)]


def is_within(records: Iterable[str], person: Person) -> bool:
    """Whether the person may mend one of these records; everybody without a remit may."""
    return _is_among(records, _records_within(person))


def tallies(rules: Iterable[Rule] = RULES, person: Person = None) -> list[Tally]:
    """The numbers of the rules: eight queries, and those of the rules whose tables have changed since."""
    seen = queries.states()
    latest = AcceptedFinding.objects.aggregate(rows=Count("pk"), latest=Max("accepted_at"))
    remit = remit_of(person)
    whose = remit and (remit.user_id, remit.place_id)
    within = lru_cache(maxsize=1)(partial(_records_within, person))
    found = []
    for rule in rules:
        tables = seen if whose else rule.reads  # what lies within a remit depends on more than the rule
        told = (_EDITION, rule.code, whose, [seen[table] for table in tables], latest)
        key = f"audit-{sha256(repr(told).encode()).hexdigest()}"
        numbers = cache.get(key)
        if numbers is None:
            tally = _standing(rule, 0, 0, within()).tally
            numbers = tally.open, tally.accepted
            cache.set(key, numbers, _KEPT)
        found.append(Tally(rule, *numbers))
    return found


def _found(rule: Rule, within: frozenset[str] | None) -> Iterator[Finding]:
    """What a rule finds; with ``within``, only what is mended at one of these records."""
    return (found for found in rule.find() if _is_among(found.mended_at, within))


def _is_among(records: Iterable[str], within: frozenset[str] | None) -> bool:
    return within is None or not within.isdisjoint(records)


def _records_within(person: Person) -> frozenset[str] | None:
    """The records that a person with a remit may mend, by their short names; None where nothing limits them."""
    if remit_of(person) is None:
        return None
    rows = (narrowed(model._default_manager.all(), person) for model in (Relationship, Place, Evidence, ReportedTotal))
    return frozenset(f"{some.model._meta.model_name}/{pk}" for some in rows for pk in some.values_list("pk", flat=True))


def _accepted_as(rule: Rule) -> dict[str, str]:
    rows = AcceptedFinding.objects.filter(rule=rule.code).order_by()
    return dict(rows.values_list("subject", "fingerprint"))
