"""A text as a person works on it: its candidates with their forms, ten a page, and the text with their words marked."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from django.core.paginator import Paginator
from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext as _

from friendship.admin import reading_rules
from friendship.admin.candidate_forms import CandidateForm, prefix_of
from friendship.admin.figures_forms import FiguresForm
from friendship.admin.pair_forms import PairForm
from friendship.curation import readings
from friendship.curation.reviewing import Actor
from friendship.dates import PartialDate
from friendship.enums import ReadingChoice
from friendship.extraction.records import Quote
from friendship.importers.candidates import Candidate, Figures, Pair, read
from friendship.importers.offering import Offers
from friendship.models import Country, Reading, ReadingDecision, Relationship, Source
from friendship.queries import events_of_ties
from friendship.queries import readings as queries
from friendship.quotes import passages

PER_PAGE = 10
#: A text of so many characters is shown whole on every page; of a longer one, what stands around the candidates.
WHOLE = 20_000
AROUND = 300

OPEN, ALL = "open", "all"
SHOWS: dict[str, Any] = {
    OPEN: pgettext_lazy("reading", "to be decided"),
    ReadingChoice.ACCEPTED.value: ReadingChoice.ACCEPTED.label,
    ReadingChoice.REFUSED.value: ReadingChoice.REFUSED.label,
    ALL: pgettext_lazy("reading", "all"),
}


@dataclass(eq=False)
class Card:
    """One candidate on the page; ``number`` counts from 1 in the order of the text."""

    number: int
    candidate: Candidate
    decision: ReadingDecision | None = None
    form: Any = None
    page: int | None = None  # where it is shown, among those of the same list

    @property
    def key(self) -> str:
        """The fingerprint of the candidate."""
        return self.candidate.key

    @property
    def anchor(self) -> str:
        """Its address on the page."""
        return prefix_of(self.key)

    @property
    def is_pair(self) -> bool:
        """Whether it is a tie, not a statement of totals."""
        return isinstance(self.candidate, Pair)

    @property
    def state(self) -> str:
        """What was decided about it, if anything."""
        return self.decision.choice if self.decision else OPEN

    @property
    def rule(self) -> str:
        """Why the text is read so, in words."""
        return reading_rules.in_words(self.candidate.rule)

    @property
    def label(self) -> str:
        """What it is called, in the words of the text."""
        match self.candidate:
            case Pair(main=tie):
                around = tie.partner.country or ""
                where = _("%(name)s (%(where)s)") % {"name": tie.partner.name, "where": around} if around else ""
                dash = "—" if (get_language() or "").startswith("zh") else " – "
                return f"{tie.home.name}{dash}{where or tie.partner.name}"
            case Figures(total=total):
                return _("Totals: %(place)s") % {"place": total.scope}


@dataclass
class Piece:
    """A stretch of the text. ``opens`` and ``closes`` are the candidates whose words begin and end with it."""

    text: str
    cards: list[Card] = field(default_factory=list)
    opens: list[str] = field(default_factory=list)
    closes: list[Card] = field(default_factory=list)

    @property
    def state(self) -> str:
        """The mark of the words: of several candidates, of the one that waits."""
        states = [card.state for card in self.cards]
        return OPEN if OPEN in states else next(iter(states), "")


@dataclass(frozen=True)
class Gap:
    """A stretch of a long text that is not shown."""

    length: int


class Desk:
    """All that the page of one text says to one person.

    ``asked`` are the parameters of its address. ``data`` are the entries that were sent, for the candidate ``pressed``
    alone, or for those of ``sent``.
    """

    def __init__(
        self,
        reading: Reading,
        person: Actor,
        asked: Mapping[str, str],
        *,
        data: Mapping[str, Any] | None = None,
        bound: Iterable[str] = (),
    ) -> None:
        self.reading, self._person = reading, person
        self.show = asked.get("show", OPEN) if asked.get("show") in SHOWS else OPEN
        self._data, self._bound = data, frozenset(bound)
        decisions = queries.decisions_of(reading)
        found = read(reading.text, reading.published_on, reading.home)
        every = [Card(number, each, decisions.get(each.key)) for number, each in enumerate(found, 1)]
        waiting = [card for card in every if card.decision is None]
        self.offers = Offers(
            [card.candidate for card in waiting if isinstance(card.candidate, Pair)],
            [card.candidate for card in waiting if isinstance(card.candidate, Figures)],
        )
        beyond = self._beyond(waiting)
        self.cards = [card for card in every if card.key not in beyond]
        self.beyond = len(beyond)
        listed = [card for card in self.cards if self.show in (ALL, card.state)]
        self.pages = Paginator(listed, PER_PAGE)
        self.page = self.pages.get_page(asked.get("p"))
        for position, card in enumerate(listed):
            card.page = position // PER_PAGE + 1
        shown = [card for card in listed if card.page == self.page.number]
        self._fill([card for card in (self.cards if self._bound else shown) if self._has_form(card, shown)])
        self.shown = shown

    def _has_form(self, card: Card, shown: list[Card]) -> bool:
        return card.decision is None and (card in shown or card.anchor in self._bound)

    @cached_property
    def counts(self) -> dict[str, int]:
        """How many candidates each list has."""
        counts = dict.fromkeys(SHOWS, 0) | {ALL: len(self.cards)}
        for card in self.cards:
            counts[card.state] += 1
        return counts

    def card(self, anchor: str) -> Card | None:
        """The candidate with this address, where it waits and the person may decide about it."""
        return next((card for card in self.cards if card.anchor == anchor and card.decision is None), None)

    def after(self, anchor: str) -> str:
        """The address of the candidate that waits after this one."""
        later = [card.anchor for card in self.shown if card.decision is None]
        return next((each for each in later[later.index(anchor) + 1 :]), "") if anchor in later else ""

    # --- the forms

    def _beyond(self, cards: list[Card]) -> set[str]:
        """The candidates of which nothing lies within the remit of the person."""
        places = {card.key: [place.pk for place in self._places(card.candidate)] for card in cards}
        inside = queries.within_reach((pk for keys in places.values() for pk in keys), self._person)
        return set() if inside is None else {key for key, keys in places.items() if inside.isdisjoint(keys)}

    def _places(self, candidate: Candidate) -> Iterator[Any]:
        sides = self.offers.sides(candidate) if isinstance(candidate, Pair) else (self.offers.scope(candidate),)
        for side in sides:
            yield from side.places

    def _fill(self, cards: list[Card]) -> None:
        for card in cards:
            card.form = self._form(card)
        self._stand_beside([card.form for card in cards if isinstance(card.form, PairForm)])
        statements = [card.form for card in cards if isinstance(card.form, FiguresForm)]
        places = [form.place_side.place.pk for form in statements if form.place_side.place is not None]
        held = queries.totals_of(places) if places else []
        for form in statements:
            form.stand_beside(held, self.reading.source_id)

    def _form(self, card: Card) -> CandidateForm:
        data = self._data if card.anchor in self._bound else None
        typed = self.reading.typed.get(card.key, {})
        if isinstance(card.candidate, Pair):
            return PairForm(data, card.candidate, self.offers.sides(card.candidate), typed, self.reading.text)
        return FiguresForm(data, card.candidate, self.offers.scope(card.candidate), typed, self.reading.text)

    def _stand_beside(self, forms: list[PairForm]) -> None:
        """Set the forms beside the ties that the register holds."""
        pairs = {form: form.places for form in forms}
        ties = queries.ties_between((pair for pair in pairs.values() if pair is not None), self._person)
        said = queries.said_by(self.reading.source, [tie.pk for tie in ties.values()])
        for form, pair in pairs.items():
            tie = ties.get((min(pair), max(pair))) if pair is not None else None
            form.stand_beside(tie, {(claim, value) for key, claim, value in said if tie is not None and key == tie.pk})

    # --- the text

    @property
    def pieces(self) -> Iterator[Piece | Gap]:
        """The text, cut where the words of candidates begin and end; of a long one what stands around them."""
        text, end = self.reading.text, 0
        for start, stop in self._windows():
            if start > end:
                yield Gap(start - end)
            yield from self._marked(text[start:stop], start)
            end = stop
        if end < len(text):
            yield Gap(len(text) - end)

    def _windows(self) -> list[tuple[int, int]]:
        length = len(self.reading.text)
        quotes = sorted((quote.start, quote.end) for card in self.shown for quote in card.candidate.quotes)
        if length <= WHOLE or not quotes:
            return [(0, min(length, WHOLE))]
        windows: list[tuple[int, int]] = []
        for start, stop in ((max(0, start - AROUND), min(length, stop + AROUND)) for start, stop in quotes):
            if windows and start <= windows[-1][1]:
                windows[-1] = windows[-1][0], max(stop, windows[-1][1])
            else:
                windows.append((start, stop))
        return windows

    def _marked(self, text: str, offset: int) -> Iterator[Piece]:
        by_span: dict[tuple[int, int], list[Card]] = {}
        for card in self.cards:
            for quote in card.candidate.quotes:
                by_span.setdefault(_within(quote, offset), []).append(card)
        for passage in passages(text, by_span):
            yield Piece(
                passage.text,
                [card for span in passage.spans for card in by_span[span]],
                [f"m-{card.anchor}-{span[0] + offset}" for span in passage.opens for card in by_span[span]],
                [card for span in passage.closes for card in by_span[span]],
            )


def _within(quote: Quote, offset: int) -> tuple[int, int]:
    return quote.start - offset, quote.end - offset


def begun(
    text: str, about: Mapping[str, Any], source: Source | None, said: Mapping[str, Any], person: Actor
) -> Reading:
    """A text that is kept from now on, with the number of its candidates. Raises ``ValidationError``."""
    home, keeps_text = said["home"], said["keeps_text"] or source is not None
    published = PartialDate.of(*(about[f"published_{part}"] for part in ("year", "month", "day")))
    waiting = len(read(text, published, home))
    return readings.begin(text, about, waiting, actor=person, home=home, source=source, keeps_text=keeps_text)


def events_told(tie: Relationship) -> list[Any]:
    """What happened on a held tie, as the register tells it."""
    return list(events_of_ties([tie.pk]))


def countries() -> list[Country]:
    """The countries that a new place may lie in, as their box offers them."""
    return list(Country.objects.only("code", "name_zh", "name_en").order_by("pinyin"))
