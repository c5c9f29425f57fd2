"""Schemathesis asks a running register whatever the schema allows and what it forbids."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from tests.servers.register import Register

CHECKS = [
    "not_a_server_error",
    "status_code_conformance",
    "content_type_conformance",
    "response_headers_conformance",
    "response_schema_conformance",
    "negative_data_rejection",
    "unsupported_method",
    "allow_header_conformance",
]
#: What may be said to a request that breaks the schema; 414 is gunicorn's.
CONFIGURATION = """
hooks = "hooks.py"
[checks]
negative_data_rejection.expected-statuses = [400, 404, 405, 414]
"""
#: An empty value asks nothing, as in a form of a page, although no schema of numbers or words allows it.
HOOKS = """
import schemathesis

@schemathesis.hook
def filter_query(context, query):
    values = [value for given in (query or {}).values() for value in (given if isinstance(given, list) else [given])]
    return "" not in values
"""


def test_no_question_brings_a_server_error_or_an_answer_beside_the_schema(server: Register, tmp_path: Path) -> None:
    (tmp_path / "schemathesis.toml").write_text(CONFIGURATION)
    (tmp_path / "hooks.py").write_text(HOOKS)
    arguments = [
        f"{server.url}/api/v1/schema/",
        f"--checks={','.join(CHECKS)}",
        "--phases=examples,coverage,fuzzing",
        "--max-examples=15",
        "--seed=1",
        "--workers=2",
        "--continue-on-failure",
        "--no-color",
    ]
    run = subprocess.run(
        [Path(sys.executable).with_name("schemathesis"), "run", *arguments],
        cwd=tmp_path,
        env=server.environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 0, run.stdout + run.stderr
