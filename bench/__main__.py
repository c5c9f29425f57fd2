"""``make bench``: measure, print tables, write them to docs/benchmarks.md, and exit with 1 when a goal is missed.

``python -m bench PART …``, or ``make bench ONLY="PART …"``: the parts that are named; ``speed`` means all of its parts.
With ``--requests`` below a hundred nothing is written: that is for trying the benchmark itself.
"""

from __future__ import annotations

import argparse
import sys
import time

from bench import report
from bench.databases import Databases
from bench.effort import Effort
from bench.figures import Figure, table
from bench.load import LEAST
from bench.parts import PARTS, chosen
from tests.servers.programs import end_with_what_was_started
from tests.servers.register import ROOT

REPORT = ROOT / "docs" / "benchmarks.md"


def main(arguments: list[str] | None = None) -> int:
    """Run the parts that are asked for, one after the other. A table is printed as soon as it is whole."""
    asked = _parser().parse_args(arguments)
    effort = Effort(asked.requests, max(1, min(Effort.theirs, asked.requests)))
    parts = chosen(asked.parts)
    _say(report.warning())
    circumstances, measured = report.circumstances(), dict[str, list[Figure]]()
    with Databases() as databases:
        for part in parts:
            begun = time.monotonic()
            measured[part.title] = list(part.measure(databases, effort))
            _say(f"## {part.title} ({part.name}, {time.monotonic() - begun:.0f} s)\n\n{table(measured[part.title])}\n")
            if effort.counts:
                titles = [known.title for known in PARTS]
                before = REPORT.read_text("utf-8") if REPORT.exists() else ""
                REPORT.write_text(report.written(titles, measured, circumstances, before), "utf-8")
    missed = report.missed(figure for figures in measured.values() for figure in figures)
    _say("\n".join(["Goals missed:", *(figure.row for figure in missed)]) if missed else "All goals are met.")
    return 1 if missed else 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m bench", description="Measures the register.")
    parser.add_argument("parts", nargs="*", metavar="PART", help=", ".join(part.name for part in PARTS))
    parser.add_argument("--requests", type=int, default=Effort.ours, help=f"of each kind; below {LEAST} to try it")
    return parser


def _say(text: str) -> None:
    if text:
        print(text, flush=True)  # noqa: T201 (its output)


if __name__ == "__main__":
    end_with_what_was_started()
    sys.exit(main())
