"""Texts read for ties: what a first text costs, and how long a megabyte takes."""

from __future__ import annotations

import sys

from bench.figures import Figure
from bench.lists import run
from tests.extraction.measuring import PASSAGES
from tests.servers.register import ROOT

_MEGABYTE = 1_000_000
#: The passages that the tests read, one after the other, until a megabyte is full.
_READ = """
import json, pathlib, sys, time
begun = time.perf_counter()
from friendship.extraction import read
read("四川省与美国华盛顿州缔结友好省州关系。")
first = time.perf_counter()
texts = [json.loads(line)["text"] for path in sorted(pathlib.Path(sys.argv[1]).glob("*.jsonl")) for line in path.open()]
text = "".join(texts)
text = (text * (int(sys.argv[2]) // len(text.encode()) + 1)).encode()[: int(sys.argv[2])].decode(errors="ignore")
found = read(text)
assert found.ties and found.totals
print(first - begun, time.perf_counter() - first)
"""


def measure() -> list[Figure]:
    """In a process of its own, so that loading the lists of names is seen."""
    done = run([sys.executable, "-c", _READ, str(PASSAGES), str(_MEGABYTE)], {"PYTHONPATH": str(ROOT)})
    first, megabyte = map(float, done.output.split())
    return [
        Figure("the first text, the lists of names loaded", first, "s", 1),
        Figure("a megabyte of press text", megabyte, "s", 10),
        Figure("a megabyte of press text: peak memory", done.resident, "MB"),
    ]
