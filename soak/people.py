"""Readers who know what they should read, and people who write, each with a mark of their own in what they save."""

from __future__ import annotations

import csv
import io
import itertools
import json
import random
import re
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any

from soak.browsing import Browser, Fields, form
from soak.ledger import Answer, Asked, Ledger, Verdict, judged
from tests.servers.register import PASSWORD

#: How often each is read, in proportion; all of them say the same however much is written meanwhile.
READINGS = {
    "/relationships/?sort=founded": 8,
    "/en/relationships/?country=JP&type=sister&sort=founded": 8,
    "/relationships/?q=绵阳&sort=founded": 4,
    "/en/relationships/?founded_after=1980&founded_before=1999&sort=home": 6,
    "/relationships/{tie}/": 12,
    "/en/relationships/{tie}/": 6,
    "/provinces/sichuan/": 2,
    "/countries/JP/": 3,
    "/en/": 3,
    "/map/data.json": 2,
    "/statistics/": 2,
    "/api/v1/relationships/?sort=founded": 6,
    "/api/v1/relationships/{tie}/": 6,
    "/relationships.csv?country=JP": 2,
    "/relationships.geojson?country=FR": 1,
}
#: Ties of the shipped register; some are read, and all of these are written on.
TIES = range(1, 31)
#: Nobody reads and writes faster (``views/correction_form.FASTEST``).
_WRITING_SECONDS = 3.2
_BETWEEN_WRITES = 0.5
#: What requests that send a form, and that look for what was sent, are called in the ledger.
SENT, SEEN = ": sent", ": seen"


@dataclass
class Run:
    """What all people of a run share."""

    url: str
    ledger: Ledger
    began: float = field(default_factory=time.monotonic)
    over: threading.Event = field(default_factory=threading.Event)
    #: What each address said first, and so has to say again.
    said: dict[str, object] = field(default_factory=dict)

    @property
    def now(self) -> float:
        """Seconds since the start."""
        return time.monotonic() - self.began


class Pace:
    """Turns for many people together, so many a second; turns that nobody could take are not made up for."""

    def __init__(self, a_second: float) -> None:
        self._apart = 1 / a_second
        self._next = time.monotonic()
        self._lock = threading.Lock()

    def wait(self) -> None:
        """Until it is one’s turn."""
        with self._lock:
            turn = max(self._next, time.monotonic())
            self._next = turn + self._apart
        time.sleep(max(0.0, turn - time.monotonic()))


# --- reading ----------------------------------------------------------------------------------------------------------


def read(run: Run, browser: Browser, path: str) -> None:
    """Ask, once more where the connection breaks, as a proxy does, and compare with what was said first."""
    _read(run, browser, path, path, lambda answer: _is_as_before(run, path, answer))


def _read(run: Run, browser: Browser, path: str, what: str, is_right: Callable[[Answer], bool]) -> None:
    at, retried = run.now, False
    answer = browser.get(path)
    if answer is None:
        answer, retried = browser.get(path), True
    verdict = judged(answer, answer is not None and answer.status == HTTPStatus.OK and is_right(answer))
    detail = f"{answer.status}" if answer and verdict == Verdict.WRONG else ""
    run.ledger.note(Asked(at, run.now - at, what, verdict, retried, detail))


def _is_as_before(run: Run, path: str, answer: Answer) -> bool:
    said = essence(path, answer.body)
    return said is not None and run.said.setdefault(path, said) == said


def essence(path: str, body: bytes) -> object:
    """What an answer says, without what differs from one time to the next; None where it is not whole.

    Each names what was asked, so that nobody is given the answer of somebody else unseen.
    """
    text, name = body.decode(), path.partition("?")[0]
    if name.startswith("/api/") or name.endswith(("json",)):
        told = json.loads(text)
        if name.startswith("/api/"):
            rows = told.get("results", [told])
            return [told.get("count"), [(row["id"], row["home"]["slug"], row["partner"]["slug"]) for row in rows]]
        return [feature["id"] for feature in told["features"]] if name.endswith(".geojson") else told
    if name.endswith(".csv"):
        return [row[:2] for row in csv.reader(io.StringIO(text))]
    if not text.rstrip().endswith("</html>") or not re.search(
        rf'rel="canonical" href="[^"]*{re.escape(name)}["?]', text
    ):
        return None
    return [re.findall(r'<html lang="([^"]+)"', text), re.findall(r'data-row="([^"]+)"', text)]


def reader(run: Run, pace: Pace | None, seed: int) -> None:
    """Read until the run is over, at the common pace or as fast as it goes."""
    chance, browser = random.Random(seed), Browser(run.url)
    while not run.over.is_set():
        if pace:
            pace.wait()
        [path] = chance.choices(list(READINGS), list(READINGS.values()))
        read(run, browser, path.format(tie=chance.choice(TIES)))


# --- writing ----------------------------------------------------------------------------------------------------------

_numbers = itertools.count(1)


def mark() -> str:
    """A word that stands nowhere else."""
    return f"soak{next(_numbers):06d}x"


def log_in(browser: Browser, name: str) -> None:
    """As one does. Raises ``RuntimeError`` where the register does not let in."""
    path = "/en/admin/login/"
    page = browser.get(path)
    fields = form(page.body, "csrfmiddlewaretoken") if page else None
    if fields is None:
        raise RuntimeError("There is no log-in page.")
    answer = browser.send(path, fields | {"username": [name], "password": [PASSWORD], "next": ["/en/admin/"]})
    if answer is None or answer.status != HTTPStatus.FOUND:
        raise RuntimeError(f"{name} was not let in.")


@dataclass(frozen=True)
class Task:
    """Something that people write: where, in which form, and what is filled in with a mark."""

    kind: str
    path: str
    holding: str
    filled: Callable[[str], Fields]
    seconds: float = 0.0
    shown: str = ""  # where everybody can read it as soon as it is saved


def _page(tie: int) -> str:
    return f"/relationships/{tie}/"


def _note(tie: int) -> Task:
    path = f"/en/admin/friendship/relationship/{tie}/change/"
    return Task("note of a tie", path, "note_zh", lambda said: {"note_zh": [said], "_save": ["Save"]}, shown=_page(tie))


def _event(tie: int) -> Task:
    def filled(said: str) -> Fields:
        return {"relationship": [str(tie)], "kind": ["visit"], "date": ["2025"], "text_zh": [said], "_save": ["Save"]}

    return Task("event", "/en/admin/friendship/event/add/", "text_zh", filled, shown=_page(tie))


def _proposal(tie: int) -> Task:
    def filled(said: str) -> Fields:
        return {"note_en": [f"Proposed {said}"], "proposal_note": [said], "_save": ["Save"]}

    return Task("proposal", f"/en/admin/friendship/relationship/{tie}/change/", "proposal_note", filled)


def _suggestion(tie: int) -> Task:
    def filled(said: str) -> Fields:
        return {"wrong": [said], "right": ["As it was."], "source": ["A newspaper"]}

    return Task("suggestion", f"/en/relationships/{tie}/suggest/", "wrong", filled, _WRITING_SECONDS)


#: Who writes what; each has ties of their own, so that nobody’s version is in anybody’s way.
TASKS: dict[str, tuple[str, list[Callable[[int], Task]]]] = {
    "reviewer": ("reviewer", [_note, _event]),
    "editor": ("editor", [_proposal]),
    "visitor": ("", [_suggestion]),
}


def write(run: Run, browser: Browser, task: Task) -> Verdict:
    """Open the form, fill it in, send it, note what was promised, and look whether others can read it."""
    page, at = browser.get(task.path), run.now
    fields = form(page.body, task.holding) if page and page.status == HTTPStatus.OK else None
    if fields is None:
        verdict = judged(page, is_right=False)
        if verdict != Verdict.UNANSWERED:  # a form can be opened again
            run.ledger.note(Asked(at, run.now - at, f"{task.kind}: form", verdict, detail=_said(page)))
        return verdict
    time.sleep(task.seconds)
    word, at = mark(), run.now
    answer = browser.send(task.path, fields | task.filled(word))
    verdict = judged(answer, answer is not None and answer.status == HTTPStatus.FOUND and not _leads_out(answer))
    run.ledger.note(Asked(at, run.now - at, f"{task.kind}{SENT}", verdict, detail=_said(answer)))
    run.ledger.wrote(word, task.kind, verdict)
    if verdict == Verdict.RIGHT and task.shown:
        _look(run, task, word)
    return verdict


def _look(run: Run, task: Task, word: str) -> None:
    """Somebody who has written nothing reads at once: a page without this word is older than what was confirmed."""
    _read(run, Browser(run.url), task.shown, f"{task.kind}{SEEN}", lambda answer: word.encode() in answer.body)


def _leads_out(answer: Answer) -> bool:
    return "/login/" in answer.headers.get("location", "")


def _said(answer: Answer | None) -> str:
    if answer is None:
        return ""
    errors = re.findall(rb'class="error(?:note|list)[^>]*>(.*?)</(?:p|ul)>', answer.body, re.DOTALL)
    return f"{answer.status} {b' '.join(errors).decode()[:300]}".strip()


def writer(run: Run, pace: Pace | None, browser: Browser, name: str, ties: Sequence[int]) -> None:
    """Write until the run is over, at the common pace or as fast as people do: each task in turn, tie after tie."""
    for tie, task in zip(itertools.cycle(ties), itertools.cycle(TASKS[name][1]), strict=False):
        if pace:
            pace.wait()
        if run.over.is_set():
            return
        write(run, browser, task(tie))
        run.over.wait(_BETWEEN_WRITES)


def noted(run: Run, work: Callable[..., None], *arguments: Any) -> None:
    """Do somebody's work in a thread; where it breaks off, that is a fault of the run, and not forgotten."""
    try:
        work(*arguments)
    except Exception as error:  # noqa: BLE001 (whatever it is)
        run.ledger.note(Asked(run.now, 0.0, work.__name__, Verdict.WRONG, detail=repr(error)))
