"""What an import would do: each row's outcome, and everything that would be written."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

from django.utils.translation import gettext_noop

from friendship import queries
from friendship.curation.imports import Load
from friendship.enums import Claim, Outcome, RelationshipType, ReviewState, RowChoice, Status, Strength
from friendship.importers import dating, faults
from friendship.importers.citing import Sources
from friendship.importers.comparing import CLAIMS, Comparison, Given, columns_of, compare, ends_too_early, written
from friendship.importers.countries import Countries
from friendship.importers.matching import Candidate, KnownPlaces
from friendship.importers.records import Happening, Listing, Piece, Reason, Record, Side
from friendship.importers.settling import Places, Settled
from friendship.importers.standing import Standing, Tie, date_of, is_own, is_told, stands
from friendship.importers.understanding import WITH_ITSELF, Meant, Named, understand
from friendship.models import Event, Evidence, Place, Relationship, Source
from friendship.models.curation import Curated

UNCLEAR_PLACE = gettext_noop("It is not clear which place is meant: %(places)s.")
SAME_TIE = gettext_noop("The same tie as row %(row)d.")
INEXACT_DATE = gettext_noop("The date “%(text)s” is not exact: it is not taken over, and stays in the row’s words.")
UNKNOWN_TYPE = gettext_noop(
    "Type: “%(type)s” is none that the register knows. The tie is entered as “other”, and the list’s word is kept."
)
UNKNOWN_TYPE_OF_HELD = gettext_noop(
    "Type: “%(type)s” is none that the register knows. The register keeps its values; the list’s stand beside them."
)
UNKNOWN_TYPE_INEXACT_DATE = gettext_noop(
    "Type: “%(type)s” is none that the register knows: the tie is entered as “other”. "
    "The date “%(text)s” is not exact and is not taken over. The list’s words are kept."
)
NUMBER_TAKEN = gettext_noop("The number %(number)d belongs to another tie. Nothing is loaded from this row.")
LEFT_OUT = gettext_noop("Left out by staff.")
DISAGREES = gettext_noop("The list disagrees with the register, which keeps its values; the list’s stand beside them.")
AS_BEFORE = gettext_noop("The list disagrees with the register as it did before.")
TAKEN = gettext_noop("The list’s values are taken over.")
KNOWS_MORE = gettext_noop("The list knows more than the register did.")
FURTHER_SOURCE = gettext_noop("The list stands as a further source.")

#: Called now and then with the steps that are over and all of them.
Progress = Callable[[int, int], None]
Understood = tuple[Record, Meant | Reason]
_Value = Any  # a code, a text or a PartialDate

_CHINA = "CN"
_STEPS_BETWEEN_REPORTS = 500
_LONGEST_SIDE = 250  # as ImportRow.home
_NOTHING: Mapping[Any, Any] = MappingProxyType({})


@dataclass
class Row:
    """The outcome of one row; the fields are those of ``models.ImportRow``. ``relationship`` may be new and unsaved."""

    number: int
    outcome: str
    reason: Reason | None = None
    text: str = ""
    home: str = ""
    partner: str = ""
    differences: list[dict[str, Any]] = field(default_factory=list)
    questions: list[dict[str, Any]] = field(default_factory=list)
    relationship: Relationship | None = None


@dataclass
class Plan:
    """Each row's outcome, in the file's order, and what is to be written."""

    rows: list[Row]
    load: Load


_SHOWN_OF_A_DATE = 50


def plan(
    listing: Listing,
    *,
    source: Source,
    default_type: str,
    publish: bool,
    answers: Mapping[str, int | str] = _NOTHING,
    choices: Mapping[int, str] = _NOTHING,
    progress: Progress = lambda _done, _all: None,
) -> Plan:
    """Compare a list with the register. Nothing is written.

    ``source`` is the list itself, saved or not; ``default_type`` is the type of ties of which the list names none.
    ``answers`` are those of staff to the questions of the rows, by their keys; ``choices`` are codes of ``RowChoice``
    by the numbers of the rows. New rows are drafts unless ``publish``.
    """
    countries = Countries.known()
    understood: list[Understood] = []
    for record in listing.records:
        understood.append((record, record.wrong or understand(record, countries)))
        if len(understood) % _STEPS_BETWEEN_REPORTS == 0:
            progress(len(understood) // 2, len(listing.records))
    return plan_understood(
        listing,
        understood,
        source=source,
        default_type=default_type,
        publish=publish,
        answers=answers,
        choices=choices,
        progress=progress,
    )


def plan_understood(
    listing: Listing,
    understood: Sequence[Understood],
    *,
    source: Source,
    default_type: str,
    publish: bool,
    answers: Mapping[str, int | str] = _NOTHING,
    choices: Mapping[int, str] = _NOTHING,
    progress: Progress = lambda _done, _all: None,
) -> Plan:
    """As ``plan``, of rows that are understood already; their steps are the second half of all."""
    sound = [_sound(record, meant) for record, meant in understood]
    named = [side for meant in sound if isinstance(meant, Meant) for side in (meant.home, meant.partner)]
    known = KnownPlaces(queries.places_to_match({side.country for side in named}, _ids(answers.values())))
    register = Standing(
        [record for record, _meant in understood],
        [meant for meant in sound if isinstance(meant, Meant)],
        Places(known, named, answers=answers, publish=publish),
    )
    sources = Sources(source, listing.sources, _slugs(listing.records))
    planner = _Planner(register, sources, default_type=default_type, publish=publish, choices=choices)
    count = len(understood)
    for done, ((record, _meant), meant) in enumerate(zip(understood, sound, strict=True), 1):
        planner.add(record, meant)
        if done % _STEPS_BETWEEN_REPORTS == 0 or done == count:
            progress((count + done) // 2, count)
    return planner.finished()


def _sound(record: Record, meant: Meant | Reason) -> Meant | Reason:
    return meant if isinstance(meant, Reason) else faults.fault_of_row(record, meant) or meant


def _ids(answers: Iterable[int | str]) -> Iterator[int]:
    for answer in answers:
        if str(answer).isdecimal() and faults.is_number(int(answer)):
            yield int(answer)


def _slugs(records: Iterable[Record]) -> set[str]:
    named: set[str] = set()
    for record in records:
        named.update(piece.source for piece in record.evidence)
        named.update(event.source for event in record.events)
    return named - {""}


# --- row by row -------------------------------------------------------------------------------------------------------


class _Planner:
    """Decides the rows in their order, and gathers what is to be written."""

    def __init__(
        self,
        register: Standing,
        sources: Sources,
        *,
        default_type: str,
        publish: bool,
        choices: Mapping[int, str],
    ) -> None:
        self._register = register
        self._sources = sources
        self._default_type = default_type
        self._state = ReviewState.PUBLISHED if publish else ReviewState.DRAFT
        self._choices = choices
        self._rows: list[Row] = []
        self._load = Load()
        self._loaded: set[int] = set()  # new places by their identity in memory
        self._numbers: set[int] = set()
        self._changed: dict[int, tuple[Curated, dict[str, None]]] = {}

    def finished(self) -> Plan:
        """What has come together."""
        self._load.sources = self._sources.brought
        self._load.changed = [(row, tuple(names)) for row, names in self._changed.values()]
        return Plan(self._rows, self._load)

    def add(self, record: Record, meant: Meant | Reason) -> None:
        """Decide one row."""
        row = Row(record.row, Outcome.REJECTED, text=faults.kept(record.quote))
        row.home, row.partner = _as_listed(record.home), _as_listed(record.partner)
        self._rows.append(row)
        if isinstance(meant, Reason):
            row.reason = Reason(meant.text, {name: _sayable(value) for name, value in meant.parameters.items()})
            return
        home, partner = self._register.places[meant.home], self._register.places[meant.partner]
        if self._choices.get(record.row) == RowChoice.SKIP:
            row.reason = Reason(LEFT_OUT)
            return
        row.questions = [*_questions(home, "home"), *_questions(partner, "partner")]
        row.reason = self._refusal(record, row, home, partner)
        if row.reason is None and home.candidate and partner.candidate:
            self._decide(row, record, meant, (home.candidate, partner.candidate))
            if row.relationship is not None:
                self._fill_places(row, (home, meant.home), (partner, meant.partner))

    def _refusal(self, record: Record, row: Row, home: Settled, partner: Settled) -> Reason | None:
        if row.questions:
            return Reason(UNCLEAR_PLACE, {"places": " / ".join(question["text"] for question in row.questions)})
        if home.candidate is partner.candidate:
            return Reason(WITH_ITSELF)
        return next(filter(None, map(self._sources.fault, _slugs([record]))), None)

    def _decide(self, row: Row, record: Record, meant: Meant, sides: tuple[Candidate, Candidate]) -> None:
        tie = self._register.tie(*sides)
        if tie is None:
            self._create(row, record, meant, sides)
        else:
            self._compare(row, record, meant, tie)

    # --- new ties ---

    def _create(self, row: Row, record: Record, meant: Meant, sides: tuple[Candidate, Candidate]) -> None:
        number = record.id if faults.is_number(record.id) else None
        if number in self._register.numbers or number in self._numbers:
            row.reason = Reason(NUMBER_TAKEN, {"number": number})
            return
        home, partner = sides if is_own(record) else _chinese_side_first(sides)
        new = Relationship(
            id=None if self._register.had_another(number, sides) else number,
            home=home.place,
            partner=partner.place,
            type=meant.type or self._assumed(meant),
            type_as_printed=meant.type_as_printed,
            status=meant.status or Status.UNKNOWN,
            note_zh=record.note_zh,
            note_en=record.note_en,
            review_state=self._state,
        )
        new.founded, new.ended = meant.founded, meant.ended
        for side in sides:
            self._load_place(side.place)
        self._load.ties.append(new)
        if number is not None:
            self._numbers.add(number)
        tie = self._register.keep(home, partner, new)
        tie.first = record.row
        row.outcome, row.relationship = Outcome.CREATED, new
        row.reason = _left_open(record, meant)
        self._state_facts(tie, record, meant)
        for event in record.events:
            self._add_event(tie, record, event)

    def _assumed(self, meant: Meant) -> str:
        """The type of a new tie of which a row names none that is known."""
        return RelationshipType.OTHER.value if meant.unknown_type else self._default_type

    def _state_facts(self, tie: Tie, record: Record, meant: Meant) -> None:
        """Note who says so: what our own export brings along, or the list itself."""
        for piece in record.evidence:
            self._add_piece(tie, piece)
        if not is_own(record):
            before = len(self._load.evidence)
            self._speak(tie, record, _given(record, meant), self._assumed(meant))
            if not meant.type:
                tie.assumed = self._load.evidence[before]

    def _load_place(self, place: Place) -> None:
        if place._state.adding and id(place) not in self._loaded:
            if place.parent is not None:
                self._load_place(place.parent)
            self._loaded.add(id(place))
            self._load.places.append(place)

    # --- ties that are there ---

    def _compare(self, row: Row, record: Record, meant: Meant, tie: Tie) -> None:
        given = _given(record, meant)
        self._name_type(tie, given)
        found = compare(tie.row, given, strictly=is_own(record))
        if meant.unknown_type:  # it may be another stage: then the row fills no gap unasked
            found = Comparison(conflicts={**found.conflicts, **found.gaps})
        takes = self._choices.get(record.row) == RowChoice.TAKE
        applied = {**found.gaps, **found.conflicts} if takes else found.gaps
        if ends_too_early(tie.row, applied):
            row.reason = Reason(faults.ENDS_FIRST)
            return
        row.relationship = tie.row
        row.differences = [
            {"field": name, "held": written(getattr(tie.row, name)), "given": written(value), "sources": sources}
            for name, value in {**found.gaps, **found.conflicts}.items()
            for sources in [tie.sources_of(name)]
        ]
        self._apply(tie.row, applied)
        spoke = self._voice(tie, record, given, found, self._assumed(meant))
        events = [event for event in record.events if not is_told(tie, record, event)]
        for event in events:
            self._add_event(tie, record, event)
            row.differences.append({"field": "events", "held": "", "given": _told(event), "sources": []})
        row.outcome, row.reason = _outcome(found, takes=takes, spoke=spoke, more=bool(found.gaps or events))
        if meant.unknown_type and spoke and not takes:
            row.reason = Reason(UNKNOWN_TYPE_OF_HELD, {"type": meant.unknown_type})
        if tie.first is not None:
            row.outcome, row.reason = Outcome.DUPLICATE, Reason(SAME_TIE, {"row": tie.first})
        else:
            tie.first = record.row

    def _name_type(self, tie: Tie, given: Given) -> None:
        """Give a new tie the type that a later row of the list names, where the first one named none."""
        if tie.assumed and given.type:
            tie.said.pop((self._sources.own, Claim.TIE, tie.assumed.value), None)
            tie.row.type = tie.assumed.value = given.type
            tie.assumed.strength = Strength.EXPLICIT
            tie.said[self._sources.own, Claim.TIE, given.type] = None
            tie.assumed = None

    def _apply(self, row: Curated, values: Mapping[str, _Value]) -> None:
        for name, value in values.items():
            setattr(row, name, value)
            if not row._state.adding:
                _row, names = self._changed.setdefault(id(row), (row, {}))
                names |= dict.fromkeys(columns_of(name))

    def _voice(self, tie: Tie, record: Record, given: Given, found: Comparison, assumed: str) -> bool:
        """Note what a row says of a tie that is there; whether anything was new.

        The list itself stands behind everything that its rows say; behind our own export stand the sources that it
        names, and the list only where someone has changed the export.
        """
        before = len(self._load.evidence)
        for piece in record.evidence:
            if not stands(tie, piece):
                self._add_piece(tie, piece)
        if not is_own(record):
            self._speak(tie, record, given, assumed)
        elif differing := {**found.gaps, **found.conflicts}:
            self._speak(tie, record, given.only({"type", *differing}), assumed)
        return len(self._load.evidence) > before

    # --- evidence and events ---

    def _speak(self, tie: Tie, record: Record, given: Given, assumed: str) -> None:
        """Let the list stand for what it says. A type that it does not name is implied where it is the one assumed."""
        own = self._sources.own
        if not given.type and not any(slug == own and claim == Claim.TIE for slug, claim, _value in tie.said):
            implied = assumed if tie.row.type == assumed else ""
            self._add_evidence(
                tie, self._sources.itself(), Piece(own, Claim.TIE, implied, record.quote, strength="implied")
            )
        for name, value in given.values():
            claim, said = CLAIMS.get(name), written(value)
            if claim and (own, claim, said) not in tie.said:
                self._add_evidence(tie, self._sources.itself(), Piece(own, claim, said, record.quote))

    def _add_piece(self, tie: Tie, piece: Piece) -> None:
        self._add_evidence(tie, self._sources.at(piece.source), piece)

    def _add_evidence(self, tie: Tie, source: Source, piece: Piece) -> None:
        tie.said[piece.source, piece.claim, piece.value] = None
        tie.quoted.add((piece.source, piece.claim, piece.value, piece.quote))
        self._load.evidence.append(
            Evidence(
                source=source,
                relationship=tie.row,
                claim=piece.claim,
                value=piece.value,
                quote=piece.quote,
                start=piece.start,
                end=piece.end,
                strength=piece.strength,
            )
        )

    def _add_event(self, tie: Tie, record: Record, told: Happening) -> None:
        source = self._sources.at(told.source) if told.source else None
        if source is None and not is_own(record):
            source = self._sources.itself()
        date = date_of(told)
        text_zh, text_en = told.text_zh, told.text_en
        if told.date and date is None:  # what is no date is kept in words
            text_zh, text_en = (f"{told.date} {text}".strip() if text else "" for text in (text_zh, text_en))
            text_en = text_en or ("" if text_zh else told.date)
        event = Event(
            relationship=tie.row, kind=told.kind, paper=told.paper, text_zh=text_zh, text_en=text_en, source=source
        )
        event.date = date
        tie.events.append(event)
        self._load.events.append(event)

    # --- places that the list knows more of ---

    def _fill_places(self, row: Row, *sides: tuple[Settled, Named]) -> None:
        for side, (settled, named) in zip(("home", "partner"), sides, strict=True):
            gaps = settled.gaps(named)
            if not gaps or settled.candidate is None:
                continue
            self._apply(settled.candidate.place, gaps)
            given = ", ".join(str(value) for value in gaps.values())
            row.differences.append({"field": side, "held": "", "given": given, "sources": []})
            if row.outcome == Outcome.UNCHANGED or (row.reason and row.reason.text == FURTHER_SOURCE):
                row.outcome, row.reason = Outcome.UPDATED, Reason(KNOWS_MORE)


def _outcome(found: Comparison, *, takes: bool, spoke: bool, more: bool) -> tuple[str, Reason | None]:
    if found.conflicts and takes:
        return Outcome.UPDATED, Reason(TAKEN)
    if found.conflicts and spoke:
        return Outcome.CONFLICT, Reason(DISAGREES)
    if more:
        return Outcome.UPDATED, Reason(KNOWS_MORE)
    if found.conflicts:
        return Outcome.UNCHANGED, Reason(AS_BEFORE)
    return (Outcome.UPDATED, Reason(FURTHER_SOURCE)) if spoke else (Outcome.UNCHANGED, None)


def _left_open(record: Record, meant: Meant) -> Reason | None:
    """What a new tie does not take from the row, though the row speaks of it."""
    is_inexact = meant.founded is None and dating.is_inexact(record.founded)
    date, kind = {"text": record.founded[:_SHOWN_OF_A_DATE]}, {"type": meant.unknown_type}
    if meant.unknown_type:
        return Reason(UNKNOWN_TYPE_INEXACT_DATE, {**kind, **date}) if is_inexact else Reason(UNKNOWN_TYPE, kind)
    return Reason(INEXACT_DATE, date) if is_inexact else None


def _given(record: Record, meant: Meant) -> Given:
    return Given(
        type=meant.type,
        type_as_printed=meant.type_as_printed,
        status=meant.status,
        founded=meant.founded,
        ended=meant.ended,
        note_zh=record.note_zh,
        note_en=record.note_en,
    )


def _chinese_side_first(sides: tuple[Candidate, Candidate]) -> tuple[Candidate, Candidate]:
    """The register’s home side is the Chinese one; between two Chinese or two foreign places, the list’s."""
    home, partner = sides
    is_turned = partner.place.country_id == _CHINA != home.place.country_id
    return (partner, home) if is_turned else (home, partner)


def _told(event: Happening) -> str:
    return " ".join(filter(None, [event.date, event.text_zh or event.text_en]))


def _questions(settled: Settled, side: str) -> Iterator[dict[str, Any]]:
    if settled.question:
        yield {**settled.question, "side": side}


def _as_listed(side: Side) -> str:
    """A side in the words of the list: 江油, 绵阳, 中国."""
    words = [one.name or one.name_zh or one.name_en for one in (side, *side.within)]
    return faults.kept(", ".join(filter(None, [*words, side.country])))[:_LONGEST_SIDE]


def _sayable(value: Any) -> Any:
    return faults.kept(value) if isinstance(value, str) else value
