"""The figures of ``make bench``: a missed goal is seen, the table says so, and what was not measured now stays."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

import pytest

from bench import again, cold, downloads, footprint, lists, parts, peers, report, search
from bench.bare import application
from bench.databases import Content, Databases
from bench.effort import Effort
from bench.figures import Figure, table
from bench.load import Load
from tests.servers.register import ROOT

# --- figures ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("figure", "met"),
    [
        (Figure("weight", 100, "kB", 100), True),
        (Figure("weight", 100.1, "kB", 100), False),
        (Figure("frames", 50, "fps", 50, at_least=True), True),
        (Figure("frames", 49.9, "fps", 50, at_least=True), False),
        (Figure("data", 5_000, "kB"), True),
    ],
)
def test_a_goal_is_met_or_missed(figure: Figure, met: bool) -> None:
    assert figure.is_met is met


def test_the_table_says_which_goal_is_missed() -> None:
    assert table([Figure("weight", 1234.56, "kB", 1000), Figure("data", 5, "kB")]).splitlines() == [
        "| what | measured | goal | met |",
        "|---|---:|---:|---|",
        "| weight | 1,234.6 kB | ≤ 1,000 kB | **no** |",
        "| data | 5.0 kB |  |  |",
    ]


def test_the_goals_are_those_that_were_set() -> None:
    assert (cold.FASTER_EACH, cold.FASTER_MEAN) == ({26_000: 10, 1_000_000: 15}, {1_000_000: 20})
    assert (cold.TIMES_BARE, cold.GROWTH, cold.ONE, cold.BUSY) == ({26_000: 15}, 3, 1, 16)
    assert (again.WARM, again.UNCHANGED, again.DETAIL, again.API) == (50, 70, 25, 2)
    assert (search.MEDIAN, search.PLACES) == (15, 1_000_000)
    assert (downloads.FASTER, downloads.MAP) == (4, 600)
    assert (footprint.SHIPPED_MEMORY, footprint.MEMORY, footprint.READY) == (100, 200, 3)
    assert (lists.MANY, lists.SECONDS) == (26_000, 20)
    assert Effort().counts
    assert not Effort(99).counts


def test_ratios_are_made_of_medians_and_their_mean_is_that_of_the_shares() -> None:
    """Three kinds at 1/10, 1/20 and 1/40 of Datasette’s time are in the mean at 7/120 of it."""
    ours = {"a": _load(0.010), "y": _load(0.010), "b": _load(0.010)}
    theirs = {"a": _load(0.100), "y": _load(0.200), "b": _load(0.400)}
    floors = dict.fromkeys("ayb", _load(0.001))
    figures = list(cold._compared(1_000_000, "SQLite", ours, theirs, floors))
    faster = [figure for figure in figures if "faster" in figure.what]
    assert [(figure.what, round(figure.value, 2), figure.goal, figure.is_met) for figure in faster] == [
        ("a: SQLite, times faster than Datasette", 10.0, 15, False),
        ("y: SQLite, times faster than Datasette", 20.0, 15, True),
        ("b: SQLite, times faster than Datasette", 40.0, 15, True),
        ("all: SQLite, times faster than Datasette", 17.14, 20, False),
    ]
    assert [figure.value for figure in figures if "the cost of bare" in figure.what] == pytest.approx([10, 10, 10])


def _load(seconds: float) -> Load:
    return Load([seconds] * 3, [30_000] * 3, 3 * seconds, 0)


# --- parts and report -------------------------------------------------------------------------------------------------


def test_parts_are_chosen_by_the_beginning_of_their_names() -> None:
    assert [part.name for part in parts.chosen(["map", "speed-again"])] == [
        "map",
        "speed-again-26000",
        "speed-again-1000000",
    ]
    assert parts.chosen([]) == list(parts.PARTS)
    assert len({part.name for part in parts.PARTS}) == len({part.title for part in parts.PARTS}) == len(parts.PARTS)


def test_an_unknown_part_is_refused_with_the_names_there_are() -> None:
    with pytest.raises(SystemExit, match=r"No part is called spee\. There are: weight, lighthouse, map, speed-lists"):
        parts.chosen(["spee"])


BEFORE = """# Benchmarks

Measured by `make bench` on 2026-11-24: 2 cores.

## Weight

| what | measured | goal | met |
|---|---:|---:|---|
| home | 45.1 kB |  |  |

## Gone

| what |
"""


def test_the_report_keeps_the_tables_of_parts_that_were_not_measured_with_their_dates() -> None:
    now = {"Map": [Figure("data", 5, "kB")]}
    first = report.written(["Weight", "Map"], now, "Measured on 2026-11-27: 4 cores.", BEFORE)
    assert first.split("\n## ")[1:] == [
        "Weight\n\nMeasured by `make bench` on 2026-11-24: 2 cores.\n\n" + _table("home", "45.1") + "\n",
        "Map\n\nMeasured on 2026-11-27: 4 cores.\n\n" + _table("data", "5.0") + "\n",
    ]
    again_measured = {"Weight": [Figure("home", 50, "kB")]}
    second = report.written(["Weight", "Map"], again_measured, "Measured on 2026-11-28: 4 cores.", first)
    assert second.split("\n## ")[1:] == [
        "Weight\n\nMeasured on 2026-11-28: 4 cores.\n\n" + _table("home", "50.0") + "\n",
        "Map\n\nMeasured on 2026-11-27: 4 cores.\n\n" + _table("data", "5.0") + "\n",
    ]


def _table(what: str, value: str) -> str:
    return f"| what | measured | goal | met |\n|---|---:|---:|---|\n| {what} | {value} kB |  |  |"


@pytest.mark.parametrize(("load", "says"), [(0.4, ""), (3.25, "Warning: the load of this machine is 3.2")])
def test_a_machine_that_is_not_quiet_is_told_of(load: float, says: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("os.getloadavg", lambda: (load, load, load))
    assert report.warning().partition(" before")[0] == says


# --- the peers and the databases --------------------------------------------------------------------------------------


def test_the_bare_peer_answers_with_as_many_bytes_as_asked() -> None:
    told: list[object] = []
    body = application({"PATH_INFO": "/30000"}, lambda status, headers: told.append((status, dict(headers))))  # type: ignore[arg-type]
    assert list(body) == [b"x" * 30_000]
    assert told == [("200 OK", {"Content-Type": "text/html; charset=utf-8", "Content-Length": "30000"})]


def test_the_bare_peer_is_started_with_all_the_options_of_the_register() -> None:
    ours = next(line for line in (ROOT / "bin" / "serve").read_text().splitlines() if "gunicorn config.wsgi" in line)
    assert peers.served("bench.bare") == ours.replace("config.wsgi", "bench.bare")


def test_databases_are_kept_by_their_number_seed_schema_and_generator(tmp_path: Path) -> None:
    old, other = tmp_path / "26000-ties-1-0001_schema-00000000", tmp_path / "100000-ties-1-0001_schema-00000000"
    old.mkdir()
    other.mkdir()
    folder = Databases(tmp_path).file(Content(26_000)).parent
    newest = max(path.stem for path in (ROOT / "friendship" / "migrations").glob("[0-9]*.py"))
    assert folder.name.rpartition("-")[0] == f"26000-ties-1-{newest}"
    assert {path.name for path in tmp_path.iterdir()} == {folder.name, other.name}
    assert Content(1_000_000, places=True).name == "1000000-places"


def test_a_bench_that_is_asked_to_end_ends_its_servers() -> None:
    program = (
        "import subprocess, time\n"
        "from tests.servers import programs\n"
        "programs.end_with_what_was_started()\n"
        "with programs.folder('ended.') as folder:\n"
        "    with programs.running(['sleep', '600'], folder / 'log', lambda: True) as server:\n"
        "        print(server.pid, flush=True)\n"
        "        time.sleep(600)\n"
    )
    with subprocess.Popen([sys.executable, "-c", program], cwd=ROOT, stdout=subprocess.PIPE, text=True) as bench:
        assert bench.stdout
        server = int(bench.stdout.readline())
        bench.terminate()
        assert bench.wait(timeout=60) == 128 + signal.SIGTERM
    assert not Path(f"/proc/{server}").exists()
