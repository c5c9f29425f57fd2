"""Lists of ties that nobody has asked for before, against Datasette on the same rows and a bare WSGI application."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from statistics import mean

from bench import load, peers
from bench.databases import Content, Databases
from bench.effort import Effort
from bench.figures import Figure
from bench.load import Load, Request
from bench.questions import KINDS, Question, Questions
from bench.registers import COMPRESSED, PLAIN, bare, begun, kinds, pages, register, ties, told

FEW, SOME, MOST = 26_000, 100_000, 1_000_000
#: How many times faster than Datasette, in the mean of the kinds and in each, and how many times the bare peer’s cost.
FASTER_MEAN: Mapping[int, float] = {MOST: 20}
FASTER_EACH: Mapping[int, float] = {FEW: 10, MOST: 15}
TIMES_BARE: Mapping[int, float] = {FEW: 15}
GROWTH = 3
LAST_PAGE = 1.25  # of the first one’s cost: they should be equal, and a measurement never says exactly that
ONE, BUSY = 1, 16  # connections
_CHECKED = 3  # questions of each kind of which both sides are asked how many rows they found
_SEED = 7

#: Measurements of one server, by the kind of question and the number of connections.
Loads = Mapping[tuple[str, int], Load]


def lists(databases: Databases, many: int, effort: Effort, *names: str) -> Iterator[Figure]:
    """Lists of a register of so many ties, in the databases that are named, beside both peers."""
    questions = Questions(ties(databases, many), _SEED)
    asked = {kind: questions.of(kind, effort.ours) for kind in KINDS}
    with peers.datasette(ties(databases, many)) as url:
        theirs = {kind: _datasette(url, questions, rows[: effort.theirs]) for kind, rows in asked.items()}
        counted = {question: _rows_of(url, question) for rows in asked.values() for question in rows[:_CHECKED]}
    for kind, done in theirs.items():
        yield from _times(f"{kind}, {KINDS[kind]}: Datasette", done)
    for name in names:
        with register(kinds(databases)[name](Content(many))) as served, peers.bare() as floor:
            ours = {kind: load.ask(begun(served).url, pages(rows)) for kind, rows in asked.items()}
            floors = {kind: bare(floor, done.size, effort.ours) for kind, done in ours.items()}
            _compare_counts(served.url, counted)
            compressed = load.ask(served.url, pages(questions.of("a", effort.ours), COMPRESSED))
        yield from _compared(many, name, ours, theirs, floors)
        yield Figure(f"a: {name}, compressed as browsers want it", compressed.milliseconds, "ms")


def growth(databases: Databases, few: int, most: int, effort: Effort, *names: str) -> Iterator[Figure]:
    """Lists of a large register against those of a small one, and the end of a list against its beginning."""
    for name in names:
        find = kinds(databases)[name]
        small, large = (_grown(databases, find(Content(many)), many, effort) for many in (few, most))
        for at_once in (ONE, BUSY):
            for kind, words in KINDS.items():
                what = f"{name}, {at_once} at once, {kind}, {words}"
                before, after = small[kind, at_once], large[kind, at_once]
                yield from _times(f"{what}: {few:,} ties", before)
                yield from _times(f"{what}: {most:,} ties", after)
                yield Figure(f"{what}: times the cost", after.milliseconds / before.milliseconds, "times", GROWTH)
            first, last = large["first", at_once], large["last", at_once]
            what = f"{name}, {at_once} at once, {most:,} ties: the last page of a list of years"
            yield from _times(what, last)
            yield Figure(
                f"{what}, times the cost of the first", last.milliseconds / first.milliseconds, "times", LAST_PAGE
            )


def _grown(databases: Databases, url: str, many: int, effort: Effort) -> Loads:
    questions = Questions(ties(databases, many), _SEED)
    found = {}
    with register(url) as served:
        for at_once in (ONE, BUSY):
            asked = {kind: questions.of(kind, effort.ours) for kind in KINDS}
            asked["first"] = questions.of("y", effort.ours)
            asked["last"] = [questions.last_page(question) for question in questions.of("y", effort.ours)]
            for kind, rows in asked.items():
                found[kind, at_once] = load.ask(begun(served).url, pages(rows), at_once)
    return found


def _compared(
    many: int, name: str, ours: Mapping[str, Load], theirs: Mapping[str, Load], floors: Mapping[str, Load]
) -> Iterator[Figure]:
    shares = []
    for kind, done in ours.items():
        what = f"{kind}: {name}"
        yield from _times(f"{kind}, {KINDS[kind]}: {name}", done)
        faster = theirs[kind].milliseconds / done.milliseconds
        yield Figure(f"{what}, times faster than Datasette", faster, "times", FASTER_EACH.get(many), at_least=True)
        shares.append(1 / faster)
        yield Figure(f"{what}, bare WSGI of {done.size / 1000:,.0f} kB", floors[kind].milliseconds, "ms")
        slower = done.milliseconds / floors[kind].milliseconds
        yield Figure(f"{what}, times the cost of bare WSGI", slower, "times", TIMES_BARE.get(many))
    what = f"all: {name}, times faster than Datasette"
    yield Figure(what, 1 / mean(shares), "times", FASTER_MEAN.get(many), at_least=True)


def _times(what: str, done: Load) -> Iterator[Figure]:
    yield Figure(what, done.milliseconds, "ms")
    yield Figure(f"{what}, 99 of 100 within", done.p99, "ms")


def _datasette(url: str, questions: Questions, asked: Sequence[Question]) -> Load:
    return load.ask(url, [Request(questions.datasette_path(question), PLAIN) for question in asked])


def _rows_of(url: str, question: Question) -> int:
    rows: int = told(f"{url}{question.datasette_path(form='.json')}")["filtered_table_rows_count"]
    return rows


def _compare_counts(url: str, counted: Mapping[Question, int]) -> None:
    """Both sides must have been asked the same. Raises ``RuntimeError`` where they found different numbers of rows."""
    for question, rows in counted.items():
        found = told(f"{url}{question.api_path}")["count"]
        if found != rows:
            raise RuntimeError(f"{question.path}: {found} rows here, {rows} rows in Datasette.")
