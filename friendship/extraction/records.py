"""What reading a text gives: candidate ties and reported totals, each with the exact words that say so.

Nothing here is a record of the register: a person decides. Offsets count Unicode code points of the text as it was
given, the end exclusive: ``text[start:end] == quote``. Dates are ISO 8601 with only the precision that is stated.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Quote:
    """Words of the text, verbatim, with whatever line breaks stand in them."""

    quote: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Home:
    """The Chinese side, by its official full name (``四川省`` where the text says 四川).

    ``level`` is ``province``, ``municipality``, ``prefecture``, ``county`` or ``district``; ``province`` is the full
    name of its province-level division, its own for a province. ``written`` is the name as it stands in the text,
    without what contains it.
    """

    name: str
    level: str
    province: str
    written: str = ""


@dataclass(frozen=True, slots=True)
class Partner:
    """The foreign side as written, without its country and the place that contains it.

    ``country`` is the register's Chinese name of the country and ``iso2`` its ISO 3166-1 code, both None where the text
    does not tell; ``parent`` is the containing place as written, or empty.
    """

    name: str
    country: str | None
    iso2: str | None
    parent: str = ""


@dataclass(frozen=True, slots=True)
class Tie:
    """One stage of one tie.

    ``type`` is a code of ``enums.RelationshipType``; ``type_as_printed`` the words for it. ``date`` is when this stage
    was founded, ``ended`` when the tie was suspended or ended. ``status`` is ``active``, ``planned``, ``suspended`` or
    ``terminated``. ``explicit`` is False where the text implies the tie without stating it. ``derived`` names the
    fields that do not stand in the text and were reckoned from it (``"date"`` from an anniversary). ``rule`` is the
    rule that fired (docs/extraction.md). ``vague`` is for the grammar alone: the words for the kind say little
    (友好关系).
    """

    home: Home
    partner: Partner
    type: str
    evidence: Quote
    rule: str
    date: str | None = None
    ended: str | None = None
    status: str = "active"
    explicit: bool = True
    type_as_printed: str = ""
    derived: tuple[str, ...] = ()
    vague: bool = False


@dataclass(frozen=True, slots=True)
class Total:
    """Numbers of ties that the text reports for one place.

    ``scope`` is the place's full name, or 中国. ``level`` is the level of the places whose ties are counted
    (``province``, ``prefecture``, ``county``), ``all`` for the place and all below it, None where the text does not
    tell: 市本级 of a prefecture-level city is ``prefecture``, 各县（市、区） below it ``county``.
    ``inexact`` gives for a figure (by its field) the word that makes it inexact: 约, 余, 多, 近, 突破.
    """

    scope: str
    evidence: Quote
    rule: str
    level: str | None = None
    as_of: str | None = None
    countries: int | None = None
    total: int | None = None
    sister: int | None = None
    cooperation: int | None = None
    exchange: int | None = None
    inexact: dict[str, str] = field(default_factory=dict)
    derived: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Reading:
    """All candidates of one text, in the order of their evidence."""

    ties: tuple[Tie, ...] = ()
    totals: tuple[Total, ...] = ()

    def as_json(self) -> dict[str, Any]:
        """The shape that ``manage.py extract --json`` prints."""
        return {"records": [_tie(tie) for tie in self.ties], "totals": [_total(total) for total in self.totals]}


def _quote(quote: Quote) -> dict[str, Any]:
    return {"quote": quote.quote, "start": quote.start, "end": quote.end}


def _tie(tie: Tie) -> dict[str, Any]:
    home, partner = tie.home, tie.partner
    return {
        "home": {
            "name": home.name,
            "level": home.level,
            "province": home.province,
            "aliases": [home.written] if home.written not in {"", home.name} else [],
        },
        "partner": {
            "name": partner.name,
            "country": partner.country,
            "iso2": partner.iso2,
            "parent": partner.parent or None,
        },
        "type": tie.type,
        "type_as_printed": tie.type_as_printed,
        "date": tie.date,
        "ended": tie.ended,
        "status": tie.status,
        "explicit": tie.explicit,
        "derived": list(tie.derived),
        "rule": tie.rule,
        "evidence": _quote(tie.evidence),
    }


def _total(total: Total) -> dict[str, Any]:
    return {
        "scope": total.scope,
        "level": total.level,
        "as_of": total.as_of,
        "countries": total.countries,
        "total": total.total,
        "sister": total.sister,
        "cooperation": total.cooperation,
        "exchange": total.exchange,
        "inexact": dict(total.inexact),
        "derived": list(total.derived),
        "rule": total.rule,
        "quote": total.evidence.quote,
        "start": total.evidence.start,
        "end": total.evidence.end,
    }
