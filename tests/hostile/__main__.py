"""Ask a running register as attackers do: ``make hostile``, or ``python -m tests.hostile --requests 100000 --seed 1``.

Three of four questions are what is known, the fourth is made up by Hypothesis. Prints a table; the exit status is 1
where an answer is wrong, or takes more than a second three times while its address alone does not: then the payload is
the reason, and not other work of the machine.
"""

from __future__ import annotations

import argparse
import http.client
import os
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from itertools import chain, islice
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import hypothesis

from tests.servers import register
from tests.servers.environment import production
from tests.servers.programs import end_with_what_was_started

if TYPE_CHECKING:
    from tests.hostile.questions import Question

THREADS = 4
SLOW = 1.0  # seconds
_IS_SLOW = "slow three times, and three times as slow as the address without the payload"
_AT_ONCE = 1_000
_SHOWN = 10


@dataclass
class Told:
    """What all answers together say."""

    statuses: Counter[int] = field(default_factory=Counter)
    faults: dict[str, list[str]] = field(default_factory=dict)
    slowest: list[tuple[float, str]] = field(default_factory=list)

    def note(self, question: Question, status: int, seconds: float, wrong: list[str]) -> None:
        """Add one answer."""
        self.statuses[status] += 1
        said = f"{question.method} {question.target[:150]} {question.headers or ''} {question.sent or ''}"[:400]
        self.slowest = sorted([*self.slowest, (seconds, said)], reverse=True)[:_SHOWN]
        for fault in wrong:
            if len(self.faults.setdefault(fault, [])) < _SHOWN:
                _say(f"{fault}: {said}")
            self.faults[fault].append(said)

    def table(self, seconds: float) -> str:
        """In lines."""
        asked = self.statuses.total()
        lines = [f"requests            {asked:,} in {seconds:,.0f} s"]
        lines += [f"answered {status}        {count:,}" for status, count in sorted(self.statuses.items())]
        lines += [f"slowest             {took:.2f} s  {said}" for took, said in self.slowest]
        for fault, where in self.faults.items():
            lines += [f"FAULT: {fault}, {len(where):,} times, such as", *(f"    {said}" for said in where[:_SHOWN])]
        return "\n".join([*lines, "no fault" if not self.faults else f"{len(self.faults)} kinds of faults"])


class Asker:
    """Asks over connections that stay open, one for each thread; what is slow is asked twice more."""

    def __init__(self, host: str) -> None:
        self.host = host
        self._own = threading.local()

    def ask(self, question: Question) -> tuple[Question, int, float, list[str]]:
        """The status, the best of up to three times, and what is wrong with the answer."""
        from tests.hostile.judging import faults

        answer, best = self._timed(question)
        for _again in range(2):
            if best > SLOW:
                best = min(best, self._timed(question)[1])
        slow = best > SLOW and best > 3 * self._timed(question.plain)[1]
        return question, answer.status, best, [*faults(answer, self.host), *([_IS_SLOW] if slow else [])]

    def _timed(self, question: Question) -> tuple[Any, float]:
        began = time.perf_counter()
        return self._answer(question), time.perf_counter() - began

    def _answer(self, question: Question) -> Any:
        from tests.hostile.judging import Answer

        headers = dict(question.headers)
        if question.body is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        for is_last in (False, True):  # the server closes what it has refused, or kept for long enough
            try:
                connection = self._connection()
                connection.request(question.method, question.target, question.body, headers)
                response = connection.getresponse()
                return Answer(response.status, dict(response.getheaders()), response.read())
            except (http.client.HTTPException, OSError):
                self._own.connection.close()
                if is_last:
                    raise
        raise AssertionError

    def _connection(self) -> http.client.HTTPConnection:
        held: http.client.HTTPConnection | None = getattr(self._own, "connection", None)
        if held is None:
            held = self._own.connection = http.client.HTTPConnection(self.host, timeout=60)
        return held


def made_up(count: int, seed: int) -> Iterator[Question]:
    """Questions by Hypothesis, a portion at a time."""
    for portion in range(0, count, _AT_ONCE):
        found: list[Question] = []
        settings = hypothesis.settings(
            max_examples=min(_AT_ONCE, count - portion),
            database=None,
            deadline=None,
            phases=[hypothesis.Phase.generate],
            suppress_health_check=list(hypothesis.HealthCheck),
        )
        _collected(found, settings, seed + portion)
        yield from found


def _collected(found: list[Question], settings: hypothesis.settings, seed: int) -> None:
    from tests.hostile import questions

    @settings
    @hypothesis.seed(seed)
    @hypothesis.given(questions.made_up())
    def collect(question: Question) -> None:
        found.append(question)

    collect()


def portions(questions: Iterator[Question]) -> Iterator[list[Question]]:
    """As many as wait at once."""
    while portion := list(islice(questions, _AT_ONCE)):
        yield portion


def main(arguments: list[str]) -> int:
    """Start a register, ask, and say what came of it."""
    parser = argparse.ArgumentParser(prog="python -m tests.hostile", description=__doc__)
    parser.add_argument("--requests", type=int, default=100_000)
    parser.add_argument("--seed", type=int, default=1, help="another seed asks others")
    parser.add_argument("--minutes", type=float, default=60, help="stop after that time, however many were asked")
    asked = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory(prefix="register-hostile-") as folder:
        os.environ.update(production(Path(folder) / "asking"))
        import django

        django.setup()
        with register.running(Path(folder)) as server:
            told, seconds = _asked(urlsplit(server.url).netloc, asked)
    _say(told.table(seconds))
    return 1 if told.faults else 0


def _asked(host: str, wanted: argparse.Namespace) -> tuple[Told, float]:
    from tests.hostile import questions

    told, asker, began = Told(), Asker(host), time.monotonic()
    by_hypothesis = wanted.requests // 4
    known = islice(questions.known(wanted.seed), wanted.requests - by_hypothesis)
    with ThreadPoolExecutor(THREADS) as pool:
        for portion in portions(chain(made_up(by_hypothesis, wanted.seed), known)):
            for answered in pool.map(asker.ask, portion):
                told.note(*answered)
            _say(f"{told.statuses.total():,} asked, {time.monotonic() - began:,.0f} s, faults: {len(told.faults)}")
            if time.monotonic() - began > 60 * wanted.minutes:
                break
    return told, time.monotonic() - began


def _say(line: str) -> None:
    print(line, flush=True)  # noqa: T201 (its output)


if __name__ == "__main__":
    end_with_what_was_started()
    sys.exit(main(sys.argv[1:]))
