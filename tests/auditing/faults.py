"""A fault for each rule of the audit: planted in the register, it is found, and nothing else is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from friendship import auditing
from friendship.models import Country, Place, Relationship
from tests import builders


@dataclass(frozen=True)
class Fault:
    """``plant`` makes it and gives its subject; ``change`` alters a fact so that it is another finding."""

    rule: str
    plant: Callable[[], str]
    change: Callable[[], object]


def subjects(code: str) -> set[str]:
    """What a rule finds now, accepted or not."""
    rule = auditing.rule(code)
    assert rule
    return {finding.subject for finding in rule.find()}


def open_subjects(code: str) -> set[str]:
    """What it finds and nobody has accepted."""
    rule = auditing.rule(code)
    assert rule
    return {finding.subject for finding in auditing.findings(rule)}


def finding(code: str, subject: str) -> auditing.Finding:
    """The one finding of this subject."""
    rule = auditing.rule(code)
    assert rule
    [found] = [each for each in rule.find() if each.subject == subject]
    return found


def abroad(slug: str, country: str = "FR", **fields: object) -> Place:
    """A city abroad."""
    return builders.place(slug, country=Country.objects.get(pk=country), **fields)


def _tie(**fields: object) -> Relationship:
    tie = builders.tie(builders.place("one"), abroad("two"), **fields)
    builders.evidence(tie, value=tie.type)
    return tie


def _of(tie: Relationship) -> str:
    return f"relationship/{tie.pk}"


def _with_events() -> str:
    tie = _tie()
    builders.event(tie, kind="signing", date_year=2018, date_month=5)
    builders.event(tie, kind="intent", date_year=2018, date_month=6)
    return _of(tie)


def _second() -> str:
    partner = abroad("two")
    for home in ("one", "three"):
        builders.evidence(builders.tie(builders.place(home), partner))
    return f"place/{partner.pk}+country/CN"


def _third() -> None:
    builders.evidence(builders.tie(builders.place("four"), Place.objects.get(slug="two")))


def _quote() -> str:
    piece = builders.evidence(
        _tie(), builders.source("letter", text="甲市与乙市结为友城。"), quote="甲市", start=3, end=5
    )
    return f"evidence/{piece.pk}"


def _twins() -> str:
    one, two = abroad("hiroshima-x", "JP"), abroad("hirosima-x", "JP")
    return f"place/{one.pk}+place/{two.pk}"


def _moved() -> str:
    builders.total(builders.place("one"), builders.source("old"), value=5, as_of_year=2020)
    newer = builders.total(builders.place("one"), builders.source("new"), value=9, as_of_year=2022)
    return f"reportedtotal/{newer.pk}"


def _grows() -> None:
    total = builders.place("one").totals.get(value=9)
    total.value = 11
    total.save()


def _passed() -> str:
    _tie()
    total = builders.total(builders.place("one"), value=0, as_of_year=2026)
    return f"reportedtotal/{total.pk}"


def _set(model: type[Place] | type[Relationship], **fields: object) -> None:
    """Alter the row that was added last, or the place Two."""
    row = Place.objects.get(slug="two") if model is Place else Relationship.objects.latest("pk")
    for name, value in fields.items():
        setattr(row, name, value)
    row.save()


def _event_moves() -> None:
    event = Relationship.objects.latest("pk").events.get(kind="intent")
    event.date_month = 7
    event.save()


def _quote_moves() -> None:
    piece = Relationship.objects.latest("pk").evidence.get(quote="甲市")
    piece.start, piece.end = 4, 6
    piece.save()


def _name_changes() -> None:
    row = Place.objects.get(slug="hirosima-x")
    row.name_zh = "广岛"
    row.save()


FAULTS = [
    Fault(
        "partner-in-home-country",
        lambda: _of(builders.tie(builders.place("one"), builders.place("two"))),
        lambda: _set(Place, country=Country.objects.get(pk="HK")),
    ),
    Fault("signing-before-intent", _with_events, _event_moves),
    Fault(
        "end-without-status",
        lambda: _of(_tie(ended_year=2020)),
        lambda: _set(Relationship, ended_year=2021),
    ),
    Fault("date-ahead", lambda: _of(_tie(founded_year=2050)), lambda: _set(Relationship, founded_year=2051)),
    Fault(
        "coordinates-far",
        lambda: f"place/{abroad('two', latitude=2.35, longitude=48.85).pk}",
        lambda: _set(Place, latitude=2.36),
    ),
    Fault("quote-lost", _quote, _quote_moves),
    Fault("no-evidence", lambda: _of(builders.tie(builders.place("one"), abroad("two"))), lambda: None),
    Fault(
        "levels-differ",
        lambda: _of(builders.tie(builders.place("one"), abroad("two", level="province"))),
        lambda: _set(Place, level="county"),
    ),
    Fault("second-sister-tie", _second, _third),
    Fault("ended-without-date", lambda: _of(_tie(status="ended")), lambda: None),
    Fault(
        "contradicted-value",
        lambda: _of(builders.evidence(_tie(founded_year=1999), claim="founded", value="1998").relationship),
        lambda: _set(Relationship, founded_year=2001),
    ),
    Fault("near-duplicates", _twins, _name_changes),
    Fault("total-moved", _moved, _grows),
    Fault("total-passed", _passed, lambda: builders.tie(builders.place("one"), abroad("three"))),
]
