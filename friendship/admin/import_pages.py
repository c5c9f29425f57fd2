"""What the pages of an import say, by the state of the import."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.contrib.auth.models import AnonymousUser, User
from django.core.exceptions import PermissionDenied
from django.core.paginator import Page, Paginator
from django.db.models import QuerySet
from django.urls import NoReverseMatch, reverse
from django.utils.text import capfirst
from django.utils.translation import gettext, pgettext
from django.utils.translation import gettext_lazy as _

from friendship.admin.choices import place_label
from friendship.admin.import_forms import CHOICES, NEW, choices_of
from friendship.curation import imports
from friendship.enums import ImportState, Level, Outcome
from friendship.exporters.csv import Cell
from friendship.importers import reports, runs
from friendship.importers.tables import Table
from friendship.models import Country, ImportRow, ImportRun
from friendship.queries import imports as queries

ROWS_PER_PAGE = 100
QUESTIONS_PER_PAGE = 30
PLACES_SHOWN = 300

QUESTIONS = "questions"
#: First what needs a person.
_TABS = (
    Outcome.CONFLICT,
    Outcome.REJECTED,
    Outcome.CREATED,
    Outcome.UPDATED,
    Outcome.DUPLICATE,
    Outcome.UNCHANGED,
)
_MEANING: dict[str, Any] = {
    QUESTIONS: _("The register holds several places of these names. Say which one is meant, then compare again."),
    Outcome.CONFLICT: _("The register says otherwise. Its values stay unless you take those of the list."),
    Outcome.REJECTED: _(
        "These rows are not loaded. Mend them in the file and import it again: the others stay as they are."
    ),
    Outcome.CREATED: _("Ties that the register does not hold yet."),
    Outcome.UPDATED: _("Ties of the register about which the list knows more."),
    Outcome.DUPLICATE: _("The same tie stands in another row of the list."),
    Outcome.UNCHANGED: _("The register holds all of this already."),
}


@dataclass(frozen=True)
class Tab:
    """A kind of rows, how many there are, and where they are shown."""

    value: str
    label: str
    count: int
    query: str
    current: bool


def progress(run: ImportRun) -> dict[str, Any]:
    """How far the work is, or that nothing has been heard of it."""
    return {"stage": gettext(run.stage) if run.stage else "", "lost": runs.is_lost(run)}


def preview(run: ImportRun, asked: Mapping[str, str], user: User | AnonymousUser) -> dict[str, Any]:
    """What the import would do."""
    loaded = queries.rows_to_load(run)
    countries = _countries() if run.new_places else {}
    return {
        **listed(run, asked, decides=True),
        "loads": sum(loaded.values()),
        "creates": loaded.get(Outcome.CREATED, 0),
        "changes": sum(loaded.values()) - loaded.get(Outcome.CREATED, 0),
        "why_not": why_not(run, user),
        "has_other_columns": bool(run.mapping),
        "new_places": [_place(told, countries) for told in run.new_places[:PLACES_SHOWN]],
        "more_places": max(0, len(run.new_places) - PLACES_SHOWN),
    }


def why_not(run: ImportRun, user: User | AnonymousUser) -> str:
    """Why this person does not load the list; nothing where they may."""
    try:
        if run.publish or run.touches_public:
            imports.guard_confirming(user, run.started_by)
    except PermissionDenied as error:
        return str(error)
    return ""


def _place(told: Mapping[str, str], countries: Mapping[str, str]) -> str:
    """A new place by its name, and what tells it from its namesakes."""
    where = [countries.get(told["country"], told["country"]), told["within"], str(Level(told["level"]).label)]
    return gettext("%(name)s (%(where)s)") % {"name": told["name"], "where": " · ".join(filter(None, where))}


def result(run: ImportRun) -> dict[str, Any]:
    """What the import did; after it was undone, what was kept."""
    loaded = run.state == ImportState.LOADED
    return {
        "written": queries.written(run) if loaded else [],
        "kept": [_kept(kept) for kept in run.kept],
    }


def listed(run: ImportRun, asked: Mapping[str, str], *, decides: bool = False) -> dict[str, Any]:
    """The rows of one kind, a page of them, with links to the other kinds."""
    counts = queries.outcome_counts(run)
    waiting = queries.waiting_rows(run).count() if decides else 0
    shown = _chosen(asked.get("outcome", ""), counts, waiting)
    found: dict[str, Any] = {
        "tabs": list(_tabs(counts, waiting, shown)),
        "shown": shown,
        "meaning": _MEANING[shown],
        "waiting": waiting,
        "choices": CHOICES.get(shown, []) if decides else [],
    }
    if shown == QUESTIONS:
        questions, number = queries.import_questions(run, QUESTIONS_PER_PAGE)
        countries = _countries()
        asked_for = [_question(each, countries) for each in questions]
        return {**found, "questions": asked_for, "more_questions": number - len(questions)}
    page = _page(queries.import_rows(run, shown), asked.get("page", ""))
    rows = list(_in_words(page.object_list))
    return {**found, "page": page, "rows": rows, "decides": decides and any(row["choices"] for row in rows)}


def rows_shown(run: ImportRun, asked: Mapping[str, str]) -> Page[ImportRow]:
    """The rows of the page that was asked for, as ``listed`` shows them."""
    return _page(queries.import_rows(run, asked.get("outcome", "")), asked.get("page", ""))


def _page(rows: QuerySet[ImportRow], number: str) -> Page[ImportRow]:
    return Paginator(rows, ROWS_PER_PAGE).get_page(number)


def _in_words(rows: Iterable[ImportRow]) -> Iterator[dict[str, Any]]:
    """The rows of a page for people: sources by their titles, countries by their names."""
    rows = list(rows)
    named = {slug for row in rows for item in row.differences for slug in item.get("sources") or []}
    titles = queries.titles_of_sources(named) if named else {}
    countries = _countries()
    for row in rows:
        yield {
            "row": row,
            "home": _with_country(row.home, countries),
            "partner": _with_country(row.partner, countries),
            "differences": [_difference(item, titles) for item in row.differences],
            "choices": choices_of(row),
        }


def _countries() -> dict[str, str]:
    return {country.code: country.name for country in Country.objects.all()}


def _with_country(text: str, countries: Mapping[str, str]) -> str:
    """A name with its country in brackets: the code in the reader’s language, a country’s name as the list has it."""
    name, _comma, where = text.rpartition(", ")
    return gettext("%(name)s (%(where)s)") % {"name": name, "where": countries.get(where, where)} if name else text


def _chosen(asked: str, counts: dict[str, int], waiting: int) -> str:
    """The kind of rows that was asked for, or the first that needs a person."""
    held = {QUESTIONS: waiting, **counts}
    if asked in held and (asked != QUESTIONS or waiting):
        return asked
    return next((value for value in (QUESTIONS, *_TABS) if held[value]), Outcome.CREATED)


def _tabs(counts: dict[str, int], waiting: int, shown: str) -> Iterator[Tab]:
    if waiting:
        yield Tab(QUESTIONS, pgettext("import", "Questions"), waiting, f"?outcome={QUESTIONS}", shown == QUESTIONS)
    for outcome in _TABS:
        label = capfirst(str(outcome.label))
        yield Tab(outcome.value, label, counts[outcome], f"?outcome={outcome.value}", shown == outcome)


def _question(question: queries.Question, countries: Mapping[str, str]) -> dict[str, Any]:
    said = [(str(place.pk), place_label(place)) for place in question.candidates]
    new = gettext("%(place)s: new, from this list")
    others = [(key, new % {"place": text}) for key, text in question.others]
    return {
        "key": question.key,
        "text": _with_country(question.text, countries),
        "rows": question.rows,
        "answer": str(question.answer or ""),
        "choices": [*said, *others, (NEW, gettext("a new place, none of these"))],
    }


def _difference(item: dict[str, Any], titles: Mapping[str, str]) -> dict[str, Any]:
    """One difference in the reader’s words: the field, what is held by which sources, what the list gives."""
    name = item["field"]
    held, given = (reports.value(name, str(item[side] or "")) or "—" for side in ("held", "given"))
    sources = [titles.get(slug, slug) for slug in item.get("sources") or []]
    return {"field": reports.heading(name), "held": held, "given": given, "sources": sources}


def _kept(kept: dict[str, Any]) -> dict[str, str]:
    why = kept["why"]  # a text of the catalogue
    return {"label": kept["label"], "why": gettext(why), "kind": _kind(kept), "url": _url(kept)}


def _kind(kept: dict[str, Any]) -> str:
    return next((str(m._meta.verbose_name) for m in queries.WRITTEN if m._meta.model_name == kept["model"]), "")


def _url(kept: dict[str, Any]) -> str:
    try:
        return reverse(f"admin:friendship_{kept['model']}_change", args=[kept["id"]])
    except NoReverseMatch:
        return ""


# --- in other forms -------------------------------------------------------------------------------------------------


def in_short(counts: Mapping[str, int]) -> str:
    """The outcomes that any row has, in one line."""
    said = (f"{outcome.label} {counts[outcome]}" for outcome in Outcome if counts.get(outcome))
    return gettext(", ").join(said)


def as_table(rows: Iterable[ImportRow], table: Table | None) -> Iterator[list[Cell]]:
    """Rows with their reasons, to mend them in a spreadsheet and import that again.

    They stand as in the file, with its header, and two columns more that an import passes over; where the file is no
    table, a row's own words stand in one cell.
    """
    why = {row.number: row.why for row in rows}
    if table is None:
        yield [gettext("Row"), gettext("Why"), gettext("Row of the file")]
        for row in rows:
            yield [row.number, row.why, row.text]
        return
    if table.header_row not in why:
        yield [*table.header, gettext("Row"), gettext("Why")]
    for held in table.rows:
        if held.number in why:
            cells = (*(held.written or held.cells), *[""] * len(table.header))[: len(table.header)]
            yield [*cells, held.number, why[held.number]]
