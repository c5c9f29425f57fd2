"""What the pages of an import show: its rows by outcome, its open questions, and what it has written."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Exists, Model, OuterRef, Q, QuerySet

from friendship.enums import ImportState, Outcome, ReviewState, RowChoice
from friendship.models import Event, Evidence, ImportRow, ImportRun, Place, Relationship, Source
from friendship.models.curation import Curated, is_edited

#: What an import writes, in the order in which people ask for it.
WRITTEN: tuple[type[Curated], ...] = (Relationship, Place, Evidence, Event, Source)

#: Where it stands whether the public sees a row.
_SHOWN: dict[type[Curated], str] = {
    Relationship: "review_state",
    Place: "review_state",
    Evidence: "relationship__review_state",
    Event: "relationship__review_state",
}

#: Rows of these outcomes change something when they are loaded.
LOADED_OUTCOMES = (Outcome.CREATED, Outcome.UPDATED, Outcome.CONFLICT)

_CREATED, _CHANGED = "+", "~"


@dataclass(frozen=True)
class Question:
    """A place that the list names and that may be one of several.

    ``candidates`` are places of the register, ``others`` new places that the list brings under other names, each with
    its key and its words. ``answer`` is what staff said: an id, the key of another name, or ``"new"``.
    """

    key: str
    text: str
    candidates: list[Place]
    others: list[tuple[str, str]]
    rows: int
    answer: int | str | None


@dataclass(frozen=True)
class Written:
    """How many rows of one table an import added and changed."""

    model: type[Curated]
    created: int
    changed: int

    @property
    def name(self) -> str:
        """What its rows are called."""
        return str(self.model._meta.verbose_name_plural)


def import_rows(run: ImportRun, outcome: str = "") -> QuerySet[ImportRow]:
    """The rows in the file's order; with an outcome, only its rows.

    Before an import is loaded, rows that wait for an answer have no outcome yet.
    """
    rows = run.rows.order_by("number")
    if run.state == ImportState.CHECKED:
        rows = rows.filter(questions=[])
    return rows.filter(outcome=outcome) if outcome else rows


def waiting_rows(run: ImportRun) -> QuerySet[ImportRow]:
    """The rows that wait for staff to say which place is meant."""
    return run.rows.exclude(questions=[]).order_by("number")


def outcome_counts(run: ImportRun) -> dict[str, int]:
    """How many rows have each outcome."""
    counted = import_rows(run).order_by().values("outcome").annotate(rows=Count("pk"))
    found = {row["outcome"]: row["rows"] for row in counted}
    return {outcome.value: found.get(outcome.value, 0) for outcome in Outcome}


def rows_to_load(run: ImportRun) -> dict[str, int]:
    """How many rows of each outcome change something when they are loaded, without those that staff leaves out."""
    kept = run.rows.filter(outcome__in=LOADED_OUTCOMES, questions=[]).exclude(choice=RowChoice.SKIP).order_by()
    return dict(kept.values_list("outcome").annotate(Count("pk")))


def import_questions(run: ImportRun, most: int) -> tuple[list[Question], int]:
    """Each ambiguous place once, those that hold up most rows first: ``most`` of them, and how many there are."""
    asked: dict[str, dict[str, Any]] = {}
    rows: Counter[str] = Counter()
    for questions in waiting_rows(run).values_list("questions", flat=True).iterator():
        for question in questions:
            asked.setdefault(question["key"], question)
            rows[question["key"]] += 1
    shown = [asked[key] for key, _rows in rows.most_common(most)]
    places = _places(key for question in shown for key in question["candidates"])
    return [_question(question, places, rows, run.answers) for question in shown], len(asked)


def _question(asked: dict[str, Any], places: dict[int, Place], rows: Counter[str], answers: dict[str, Any]) -> Question:
    key = asked["key"]
    candidates = [places[candidate] for candidate in asked["candidates"] if candidate in places]
    others = [(other["key"], other["text"]) for other in asked.get("others", [])]
    return Question(key, asked["text"], candidates, others, rows[key], answers.get(key))


def _places(keys: Iterable[int]) -> dict[int, Place]:
    return Place.objects.select_related("country", "parent").in_bulk(list(dict.fromkeys(keys)))


def titles_of_sources(slugs: Iterable[str]) -> dict[str, str]:
    """The titles of sources by their addresses."""
    return dict(Source.objects.filter(slug__in=set(slugs)).values_list("slug", "title"))


def written(run: ImportRun) -> list[Written]:
    """What the import added and changed, by table; tables that it left alone are not named."""
    counted = (_written(model, run.history_reason) for model in WRITTEN)
    return [each for each in counted if each.created or each.changed]


def _written(model: type[Curated], reason: str) -> Written:
    types = _history(model).filter(history_change_reason=reason).order_by().values_list("history_type")
    counts = dict(types.annotate(Count("pk")))
    return Written(model, counts.get(_CREATED, 0), counts.get(_CHANGED, 0))


def is_public(run: ImportRun) -> bool:
    """Whether the public sees anything that an undo of the import would take back."""
    for model, column in _SHOWN.items():
        written = _history(model).filter(history_change_reason=run.history_reason).values("id")
        if model._default_manager.filter(pk__in=written, **{column: ReviewState.PUBLISHED}).exists():
            return True
    return False


def edited_since(run: ImportRun) -> list[Model]:
    """What the import wrote and staff has edited since: an undo leaves it as it is."""
    return [row for model in WRITTEN for row in _edited(model, run.history_reason)]


def _edited(model: type[Curated], reason: str) -> list[Model]:
    history = _history(model)
    later = history.filter(id=OuterRef("id"), history_id__gt=OuterRef("history_id"))
    left = history.filter(Exists(later), history_change_reason=reason).order_by("history_id")
    written_as = {record.id: record for record in left}
    held = model._default_manager.in_bulk(list(written_as))
    return [row for key, row in held.items() if is_edited(row, written_as[key])]


def _history(model: type[Curated]) -> QuerySet[Any]:
    records: QuerySet[Any] = model.history.model.objects.all()  # type: ignore[attr-defined] # the package has no types
    return records


def ties_of_import(key: int) -> Q:
    """The ties that an import added or changed."""
    rows = ImportRow.objects.filter(run=key, outcome__in=LOADED_OUTCOMES, relationship__isnull=False)
    return Q(pk__in=rows.values("relationship"))
