"""Requests per second: pages asked again, pages that have not changed, pages of single ties, and lists as JSON."""

from __future__ import annotations

import random
import urllib.request
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from http import HTTPStatus
from itertools import cycle, islice
from statistics import median

from bench import load, peers
from bench.cold import BUSY
from bench.databases import Content, Databases
from bench.effort import Effort
from bench.figures import Figure
from bench.load import Load, Request
from bench.questions import Questions
from bench.registers import COMPRESSED, JSON, PLAIN, bare, kinds, pages, register, ties

WARM, UNCHANGED, DETAIL = 50, 70, 25  # percent of what the bare peer answers in a second
API = 2  # times what the lists answer in a second
_PAGES = 20  # of each kind, asked again and again
_PRIMING = 4  # rounds, so that each worker has met each page
_ROUNDS = 3  # ours and the peer’s in turn, so that a disturbance meets both
_SECONDS = 10  # of each round, where pages are slow
_SEED = 11


def measure(databases: Databases, many: int, effort: Effort, *names: str) -> Iterator[Figure]:
    """Against a register of so many ties in the databases that are named, and the bare peer beside it."""
    for name in names:
        questions = Questions(ties(databases, many), _SEED)
        with register(kinds(databases)[name](Content(many))) as served, peers.bare() as floor:
            yield from _warm(name, served.url, floor, questions, effort)
            yield from _details(name, served.url, floor, many, effort)
            yield from _api(name, served.url, questions, effort)


def _warm(name: str, url: str, floor: str, questions: Questions, effort: Effort) -> Iterator[Figure]:
    asked = questions.mixed(_PAGES)
    compressed = pages(asked, COMPRESSED)  # as browsers ask, and what they were given is kept
    yield from _warm_in(f"{name}: lists asked again, compressed", url, floor, compressed, effort)
    yield from _warm_in(f"{name}: lists asked again", url, floor, pages(asked), effort)
    yield from _unchanged(f"{name}: lists not changed (304)", url, floor, compressed, effort)


def _warm_in(what: str, url: str, floor: str, asked: Sequence[Request], effort: Effort) -> Iterator[Figure]:
    size = load.ask(url, [*asked] * _PRIMING, BUSY).size
    repeated = list(islice(cycle(asked), effort.warm // _ROUNDS))
    ours, bares = _in_turn(
        partial(load.ask, url, repeated, BUSY, seconds=_SECONDS), partial(bare, floor, size, len(repeated), BUSY)
    )
    yield from _shares(what, ours, bares, WARM)
    share = median(done.own_share for done in bares)
    yield Figure(f"{what}: of one core, the loader’s own part beside bare WSGI", share, "%")


def _unchanged(what: str, url: str, floor: str, asked: Sequence[Request], effort: Effort) -> Iterator[Figure]:
    tags = [_tag(url, request) for request in asked]
    if not all(tags):
        yield Figure(f"{what}: the pages have no tag to ask by", 0, "%", UNCHANGED, at_least=True)
        return
    tagged = [
        Request(request.path, {**request.headers, "If-None-Match": tag})
        for request, tag in zip(asked, tags, strict=True)
    ]
    size = load.ask(url, asked, BUSY).size
    repeated = list(islice(cycle(tagged), effort.warm // _ROUNDS))
    ours, bares = _in_turn(
        partial(load.ask, url, repeated, BUSY, HTTPStatus.NOT_MODIFIED, _SECONDS),
        partial(bare, floor, size, len(repeated), BUSY),
    )
    yield from _shares(what, ours, bares, UNCHANGED)


def _details(name: str, url: str, floor: str, many: int, effort: Effort) -> Iterator[Figure]:
    chance = random.Random(_SEED)  # noqa: S311 (not for secrets)
    # The numbers of made-up ties follow upon each other, after those of the shipped ones.
    keys = chance.sample(range(2_000, many), effort.ours * _ROUNDS)
    parts = [[Request(f"/relationships/{key}/", PLAIN) for key in keys[begin::_ROUNDS]] for begin in range(_ROUNDS)]
    remaining = iter(parts)
    size = load.ask(url, [Request(f"/relationships/{keys[0] + 1}/", PLAIN)]).size
    ours, bares = _in_turn(
        lambda: load.ask(url, next(remaining), BUSY), lambda: bare(floor, size, effort.warm // _ROUNDS, BUSY)
    )
    yield from _shares(f"{name}: single ties, cold", ours, bares, DETAIL)


def _api(name: str, url: str, questions: Questions, effort: Effort) -> Iterator[Figure]:
    each = -(-effort.ours // 3)
    as_pages = load.ask(url, pages(questions.mixed(each)), BUSY)
    as_json = load.ask(url, [Request(question.api_path, JSON) for question in questions.mixed(each)], BUSY)
    yield Figure(f"{name}: lists as pages, cold", as_pages.rate, "a second")
    yield Figure(f"{name}: lists as JSON, cold", as_json.rate, "a second")
    times = as_json.rate / as_pages.rate
    yield Figure(f"{name}: JSON, times the lists’ requests per second", times, "times", API, at_least=True)


def _in_turn(ours: Callable[[], Load], theirs: Callable[[], Load]) -> tuple[list[Load], list[Load]]:
    rounds = [(ours(), theirs()) for _ in range(_ROUNDS)]
    return [one for one, _other in rounds], [other for _one, other in rounds]


def _shares(what: str, ours: Sequence[Load], bares: Sequence[Load], goal: float) -> Iterator[Figure]:
    rate, floor = median(done.rate for done in ours), median(done.rate for done in bares)
    yield Figure(what, rate, "a second")
    yield Figure(f"{what}: 99 of 100 within", median(done.p99 for done in ours), "ms")
    yield Figure(f"{what}: bare WSGI of {bares[0].size / 1000:,.0f} kB", floor, "a second")
    yield Figure(f"{what}: of bare WSGI’s requests per second", 100 * rate / floor, "%", goal, at_least=True)


def _tag(url: str, request: Request) -> str:
    """What somebody says who has the page already and asks again; empty where the page has no tag."""
    asked = urllib.request.Request(url + request.path, headers=dict(request.headers))  # noqa: S310 (our own server)
    with urllib.request.urlopen(asked, timeout=600) as answer:  # noqa: S310
        tag: str | None = answer.headers["ETag"]
    return tag or ""
