"""``manage.py import_relationships``: what it prints, writes and refuses, and that a kill leaves nothing half done."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.utils import translation

from friendship.importers import runs
from friendship.management.commands.import_relationships import _Bar
from friendship.models import ImportRun, Place, Relationship, Source
from tests import builders
from tests.importers.test_runs import LIST
from tests.servers import postgresql
from tests.servers.environment import production
from tests.servers.register import ROOT

ROWS = 3_000  # enough that writing them takes a moment


def call(*arguments: str) -> str:
    out = StringIO()
    call_command("import_relationships", *arguments, stdout=out)
    return out.getvalue()


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "友城.csv"
    path.write_bytes(LIST)
    return path


@pytest.mark.django_db
def test_a_list_is_loaded_and_every_outcome_counted(file: Path) -> None:
    printed = call(str(file))
    assert [line.split()[0] for line in printed.splitlines()[:6]] == ["2", "0", "0", "1", "0", "1"]
    assert ImportRun.objects.get().file_name == "友城.csv"
    assert Relationship.objects.get(partner__name_zh="合成一市").review_state == "draft"


@pytest.mark.django_db
def test_a_trial_reports_the_same_and_keeps_nothing(file: Path, tmp_path: Path) -> None:
    before = (Relationship.objects.count(), Place.objects.count(), Source.objects.count())
    trial, real = tmp_path / "trial.json", tmp_path / "real.json"
    call(str(file), "--dry-run", "--report", str(trial))
    assert (Relationship.objects.count(), Place.objects.count(), Source.objects.count()) == before
    assert not ImportRun.objects.exists()
    call(str(file), "--report", str(real))
    told, done = json.loads(trial.read_text("utf-8")), json.loads(real.read_text("utf-8"))
    ids = [row.pop("relationship") for row in [*told["rows"], *done["rows"]]]
    assert len(ids) == 8
    assert told == done
    assert done["created"] == 2


@pytest.mark.django_db
def test_a_named_source_is_the_evidence(file: Path) -> None:
    builders.source("our-list")
    call(str(file), "--source", "our-list", "--publish")
    tie = Relationship.objects.published().get(partner__name_zh="合成一市")
    assert {piece.source.slug for piece in tie.evidence.all()} == {"our-list"}
    assert not Source.objects.filter(slug__startswith="list-").exists()


@pytest.mark.django_db
def test_the_type_where_the_list_names_none(file: Path) -> None:
    call(str(file), "--type", "cooperation")
    tie = Relationship.objects.get(partner__name_zh="合成一市")
    assert tie.type == "cooperation"
    assert tie.evidence.get(claim="tie").strength == "implied"


@pytest.mark.django_db
def test_an_import_is_taken_back_by_its_number(file: Path) -> None:
    before = Relationship.objects.count()
    call(str(file))
    call("--run", str(ImportRun.objects.get().pk), "--task", "undo")
    assert Relationship.objects.count() == before


@pytest.mark.django_db
@pytest.mark.parametrize("arguments", [[], ["list.csv", "--run", "1"]], ids=["nothing", "both"])
def test_a_file_or_a_number(arguments: list[str]) -> None:
    with pytest.raises(CommandError) as refusal:
        call(*arguments)
    assert refusal.value.returncode == 2


@pytest.mark.django_db
@pytest.mark.parametrize("arguments", [["--source", "nowhere"], ["--format", "cpaffc"]])
def test_what_cannot_be_done_is_said_and_nothing_kept(file: Path, arguments: list[str]) -> None:
    with pytest.raises(CommandError):
        call(str(file), *arguments)
    assert not ImportRun.objects.exists()


def test_a_missing_file_is_said() -> None:
    with pytest.raises(CommandError, match=r"nowhere\.csv"):
        call("nowhere.csv")


# --- a kill -----------------------------------------------------------------------------------------------------------


@pytest.fixture
def environment(tmp_path: Path) -> Iterator[dict[str, str]]:
    with ExitStack() as stack:
        variables = {}
        if url := os.environ.get("DATABASE_URL"):
            variables["DATABASE_URL"] = stack.enter_context(postgresql.database(url))
        prepared = production(tmp_path / "var", **variables)
        manage(prepared, "migrate", "--verbosity", "0")
        yield prepared


def manage(environment: dict[str, str], *arguments: str) -> str:
    command = [sys.executable, "manage.py", *arguments]
    return subprocess.run(command, check=True, cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True).stdout


def held(environment: dict[str, str]) -> list[Any]:
    """The number of ties, drafts included, and how the last import stands."""
    asked = (
        "import json; from friendship.models import *;"
        "print(json.dumps([Relationship.objects.count(), *ImportRun.objects.values_list('stage', 'state').first()]))"
    )
    found: list[Any] = json.loads(manage(environment, "shell", "--no-imports", "--command", asked))
    return found


def test_a_kill_leaves_nothing_half_loaded(environment: dict[str, str], tmp_path: Path) -> None:
    rows = "".join(f"合成{n}市,China,Synthetic place {n},Japan\n" for n in range(ROWS))
    file = tmp_path / "pairs.csv"
    file.write_text("city1,country1,city2,country2\n" + rows, "utf-8")
    command = [sys.executable, "-c", STOPPED_WHILE_WRITING, str(file)]
    with subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE) as stopped:
        assert stopped.stdout is not None
        assert stopped.stdout.readline() == b"written\n"  # inside the transaction, all but the last step
        stopped.send_signal(signal.SIGKILL)
    assert stopped.returncode == -signal.SIGKILL
    assert held(environment) == [132, runs.WRITING, "loading"]
    manage(environment, "import_relationships", str(file))
    assert held(environment) == [132 + ROWS, "", "loaded"]


#: The command, told to say when everything is written and to wait there for the kill.
STOPPED_WHILE_WRITING = """
import sys, time, django
django.setup()
from django.core.management import call_command
from friendship.importers import runs
keep = runs._keep_rows
def keep_and_wait(*arguments):
    keep(*arguments)
    print("written", flush=True)
    time.sleep(600)
runs._keep_rows = keep_and_wait
call_command("import_relationships", sys.argv[1])
"""


class Terminal(StringIO):
    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(("output", "stages"), [(Terminal(), ["first", "second"]), (StringIO(), [])])
def test_only_a_terminal_is_shown_each_stage(
    output: StringIO, stages: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "stderr", output)
    with _Bar() as bar, translation.override("en"):
        bar.show("first", 1, 2)
        bar.show("first", 2, 2)
        bar.show("second", 1, 0)
    assert re.findall(r"(\w+): +0", output.getvalue()) == stages
