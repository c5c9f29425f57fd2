"""What is told of a run: each trouble with the requests of its time, and what is there in the end."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from soak.ledger import Asked, Ledger, Verdict, counted, percentile
from soak.people import SENT
from soak.troubles import MAY_BE_AWAY, marks
from tests.servers.register import ROOT, Register

SLOW_SECONDS = 1.0  # 99 of 100 requests are faster, even while workers are killed
#: One answer that is late by chance is more than one of a hundred of these, and would say nothing.
ENOUGH = 100
_SHOWN = 5  # wrong answers of one trouble


@dataclass(frozen=True)
class Step:
    """A time of the run: what was done in it, until when that was over, and what was seen and wrong besides."""

    what: str
    begin: float
    mended: float  # from here on everything is as ever
    end: float
    seen: str = ""
    faults: Sequence[str] = field(default_factory=tuple)

    def told(self, ledger: Ledger) -> str:
        """What was done, how many were answered how fast, and who was not served."""
        asked = ledger.between(self.begin, self.end)
        parts = [self.seen, f"{len(asked)} requests, {len(asked) / (self.end - self.begin):.1f} a second"]
        if self.what in MAY_BE_AWAY:
            meanwhile, afterwards = ledger.between(self.begin, self.mended), ledger.between(self.mended, self.end)
            parts.append(f"p99 {_milliseconds(meanwhile)} until then, {_milliseconds(afterwards)} afterwards")
        else:
            parts.append(f"p99 {_milliseconds(asked)}")
        if again := sum(each.retried for each in asked):
            parts.append(f"{again} asked again")
        if away := counted(asked)[Verdict.UNAVAILABLE]:
            parts.append(f"{away} told to come back")
        if slowest := max(asked, key=lambda each: each.seconds, default=None):
            parts.append(f"slowest {slowest.what} {slowest.seconds:.2f} s")
        return "; ".join(part for part in parts if part)

    def wrong(self, ledger: Ledger) -> list[str]:
        """What was seen that must not be."""
        asked = ledger.between(self.begin, self.end)
        served = ledger.between(self.mended if self.what in MAY_BE_AWAY else self.begin, self.end)
        faults = list(self.faults)
        if away := counted(served)[Verdict.UNAVAILABLE]:
            faults.append(f"{away} were told that the register cannot be read")
        if self.what not in MAY_BE_AWAY and len(asked) >= ENOUGH and (slowest := p99(asked)) > SLOW_SECONDS:
            faults.append(f"p99 {slowest:.2f} s")
        if unanswered := [each for each in asked if each.verdict == Verdict.UNANSWERED and SENT not in each.what]:
            faults.append(f"{len(unanswered)} without an answer, asked twice")
        wrong = [each for each in asked if each.verdict == Verdict.WRONG]
        return faults + [f"{each.what} at {each.at:.0f} s: {each.detail}" for each in wrong[:_SHOWN]]


def p99(asked: Iterable[Asked]) -> float:
    """The seconds within which 99 of 100 were answered; of one that was asked twice, both together."""
    return percentile((each.seconds for each in asked), 0.99)


def _milliseconds(asked: Iterable[Asked]) -> str:
    return f"{p99(asked) * 1000:.0f} ms"


def told(step: Step, ledger: Ledger) -> None:
    """Say a line of a trouble, and below it what was wrong."""
    say(f"{step.begin:6.0f} – {step.end:4.0f} s  {step.what}: {step.told(ledger)}")
    for fault in step.wrong(ledger):
        say(f"    FAULT: {fault}")


def final(register: Register, ledger: Ledger, steps: Sequence[Step]) -> int:
    """What is there, and what is not; the exit status."""
    found = marks(register)
    lost, doubled = ledger.lost(found), ledger.doubled(found)
    there = sum(1 for mark in ledger.in_doubt if found.get(mark))
    wrong = counted(ledger.asked)[Verdict.WRONG]
    kinds = sorted(set(ledger.promised.values()))
    saved = ", ".join(f"{list(ledger.promised.values()).count(kind)} × {kind}" for kind in kinds)
    say(f"Saved and confirmed: {len(ledger.promised)} ({saved}). Lost: {len(lost)} {lost or ''}".rstrip())
    say(f"Sent and not confirmed: {len(ledger.in_doubt)}, of which {there} are there. Twice there: {len(doubled)}.")
    say(f"Answers: {len(ledger.asked)}, wrong ones: {wrong}.")
    late = (f"{step.what} {_milliseconds(ledger.between(step.begin, step.end))}" for step in steps)
    say(f"p99, with what was still being answered when each was over: {', '.join(late)}.")
    problems = [f"{step.what}: {fault}" for step in steps for fault in step.wrong(ledger)]
    problems += [f"lost: {lost}"] if lost else []
    problems += [f"twice: {doubled}"] if doubled else []
    problems += [f"{wrong} wrong answers"] if wrong else []
    problems += _checked(register)
    for problem in problems:
        say(f"FAULT: {problem}")
    say(_verdict(problems, is_lost=bool(lost or doubled)))
    return 1 if problems else 0


def _verdict(problems: Sequence[str], is_lost: bool) -> str:
    if not problems:
        return "Nothing was lost."
    return "FAILED." if is_lost else "FAILED, though nothing was lost."


def _checked(register: Register) -> list[str]:
    """The audit, and a backup that is restored into an empty place and measured there."""
    problems = []
    audit = _manage(register, "audit", "--language", "en")
    say(f"Audit: {audit.stdout.strip().splitlines()[-1] if audit.stdout.strip() else audit.stderr}")
    problems += [] if audit.returncode == 0 else ["the audit is not clean"]
    backup = _manage(register, "backup", str(register.log.parent), "--verify", "--language", "en")
    say(" ".join(backup.stdout.split()) or backup.stderr)
    return problems + ([] if backup.returncode == 0 else ["the backup does not come back as it was"])


def _manage(register: Register, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "manage.py", *arguments]
    return subprocess.run(
        command, cwd=ROOT, env={**os.environ, **register.environment}, capture_output=True, text=True, check=False
    )


def say(line: str) -> None:
    """A line of the account."""
    print(line, flush=True)  # noqa: T201 (its output)
