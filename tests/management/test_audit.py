"""``manage.py audit``: what it says, as lines and as JSON, and with which status it ends."""

from __future__ import annotations

import json
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from friendship import auditing
from friendship.curation import auditing as decisions
from tests import builders
from tests.auditing.faults import abroad, finding

pytestmark = pytest.mark.django_db


def audit(*arguments: str) -> tuple[int, list[str]]:
    """The exit status and the lines of a run in English."""
    out = StringIO()
    try:
        call_command("audit", *arguments, "--language", "en", stdout=out)
    except SystemExit as ended:
        return int(str(ended.code)), out.getvalue().splitlines()
    return 0, out.getvalue().splitlines()


def swapped() -> str:
    """A place with latitude and longitude swapped: an error."""
    return f"place/{abroad('two', latitude=2.35, longitude=48.85).pk}"


def test_the_shipped_register_passes() -> None:
    status, lines = audit()
    assert status == 0
    assert lines[0] == "hint: Reported total has moved (total-moved), 4 open"
    assert lines[-1] == "0 errors, 4 hints, 30 accepted"


def test_an_error_is_named_and_fails_until_it_is_accepted() -> None:
    planted = swapped()
    status, lines = audit("--rule", "coordinates-far")
    assert (status, lines) == (
        1,
        [
            "error: Coordinates far from the country (coordinates-far), 1 open",
            f"  {planted}  Two: 2.35, 48.85 is not in France",
            "1 error, 0 hints, 0 accepted",
        ],
    )
    rule = auditing.rule("coordinates-far")
    assert rule
    decisions.accept(rule, finding(rule.code, planted), "A ship.", actor=None)
    assert audit("--rule", "coordinates-far") == (0, ["0 errors, 0 hints, 1 accepted"])


def test_a_hint_fails_only_where_it_is_asked_to() -> None:
    assert [audit("--rule", "total-moved")[0], audit("--rule", "total-moved", "--strict")[0]] == [0, 1]


def test_several_rules_and_the_others_left_out() -> None:
    swapped()
    assert audit("--rule", "levels-differ", "--rule", "quote-lost") == (0, ["0 errors, 0 hints, 29 accepted"])


def test_programs_read_json() -> None:
    planted = swapped()
    builders.tie(builders.place("one"), abroad("two"))
    status, lines = audit("--json", "--rule", "coordinates-far", "--rule", "levels-differ")
    told = json.loads("\n".join(lines))
    assert status == 1
    assert told["rules"] == [
        {"rule": "coordinates-far", "severity": "error", "open": 1, "accepted": 0},
        {"rule": "levels-differ", "severity": "hint", "open": 0, "accepted": 29},
    ]
    says = "Two: 2.35, 48.85 is not in France"
    assert told["findings"] == [
        {"rule": "coordinates-far", "severity": "error", "subject": planted, "says": says},
    ]


def test_json_without_findings_is_json() -> None:
    status, lines = audit("--json", "--rule", "quote-lost")
    assert (status, json.loads("\n".join(lines))["findings"]) == (0, [])


def test_chinese_is_the_language_of_the_house() -> None:
    out = StringIO()
    call_command("audit", "--rule", "total-moved", stdout=out)
    assert out.getvalue().splitlines()[-1] == "错误0项，提示4项，已认可0项"


def test_a_rule_that_there_is_not() -> None:
    with pytest.raises(CommandError, match="levels-differ") as refused:
        call_command("audit", "--rule", "weather")
    assert refused.value.returncode == 2
