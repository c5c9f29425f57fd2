"""The layers of docs/architecture.md: imports point down only."""

from __future__ import annotations

import ast
from pathlib import Path
from typing import TypeGuard

import pytest
from django.conf import settings

APP = settings.BASE_DIR / "friendship"

#: From the leaves up: a room may import from the lines before its own; rooms on one line do not know each other.
LAYERS: list[set[str]] = [
    {
        *("enums", "dates", "names", "distances", "quotes", "charts", "projection", "citations", "lettering"),
        *("rates", "addresses", "paths", "outages", "shared_cache", "numbers"),
    },
    {"words"},
    {"models"},
    {"state"},
    {"queries"},
    {"auditing"},
    {"curation", "seeding", "synthetic"},
    {"filters", "exporters", "extraction"},
    {"importers", "backups", "databases"},
    {"fragments", "telemetry"},
    {"templating", "middleware", "freshness", "refusals", "cards", "linked_data", "accounts"},
    {"views", "api", "feeds", "sitemaps", "admin", "management", "migrations", "apps"},
    {"urls", "templatetags"},
]
RANK = {room: rank for rank, rooms in enumerate(LAYERS) for room in rooms}


def room_of(path: Path) -> str:
    return path.relative_to(APP).parts[0].removesuffix(".py")


def imported_rooms(path: Path) -> set[str]:
    rooms: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module:
            assert node.level == 0, f"{path}: relative import"
            parts = node.module.split(".")
            if parts[0] == "friendship":
                rooms |= {parts[1]} if len(parts) > 1 else {alias.name for alias in node.names}
        elif isinstance(node, ast.Import):
            rooms |= {alias.name.split(".")[1] for alias in node.names if alias.name.startswith("friendship.")}
    return rooms


FILES = sorted(path for path in APP.rglob("*.py") if path.name != "__init__.py" or path.read_text("utf-8").strip())


def test_every_room_has_its_layer() -> None:
    assert {room_of(path) for path in FILES} - {"__init__"} <= set(RANK)


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(APP)))
def test_imports_point_down(path: Path) -> None:
    here = room_of(path)
    above = {there for there in imported_rooms(path) if there != here and RANK[there] >= RANK[here]}
    assert above == set()


#: The one page on which somebody from outside leaves something; the door through which it goes is for that alone.
_RECEIVING = APP / "views" / "corrections.py"


@pytest.mark.parametrize(
    "path", [path for path in FILES if room_of(path) in {"views", "api"}], ids=lambda path: path.name
)
def test_pages_and_api_never_write(path: Path) -> None:
    assert path == _RECEIVING or "curation" not in imported_rooms(path)
    calls = {node.attr for node in ast.walk(ast.parse(path.read_text("utf-8"))) if isinstance(node, ast.Attribute)}
    assert calls & {"save", "delete", "create", "update_or_create", "bulk_create", "bulk_update"} == set()


def test_the_page_that_receives_suggestions_does_nothing_else() -> None:
    text = _RECEIVING.read_text("utf-8")
    assert [line for line in text.splitlines() if "curation" in line] == ["from friendship.curation import suggestions"]
    called = {node.attr for node in ast.walk(ast.parse(text)) if _is_name(node, "suggestions")}
    assert called == {"receive", "KEPT_AFTER_CLOSING"}


def _is_name(node: ast.AST, name: str) -> TypeGuard[ast.Attribute]:
    return isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == name


_LOGS = ("ImportRun.objects.", "ImportRow.objects.", "Suggestion.objects.")


@pytest.mark.parametrize(
    "path",
    [path for path in FILES if room_of(path) not in {"seeding", "synthetic", "migrations"}],
    ids=lambda path: str(path.relative_to(APP)),
)
def test_nothing_writes_past_the_history(path: Path) -> None:
    """django-simple-history does not see update(), bulk_create() and bulk_update() on querysets.

    Import runs, their rows and suggestions are a log, and have no history of their own.
    """
    calls = [node.func for node in ast.walk(ast.parse(path.read_text("utf-8"))) if isinstance(node, ast.Call)]
    called = [ast.unparse(function) for function in calls if isinstance(function, ast.Attribute)]
    unseen = [name for name in called if not name.startswith(_LOGS) and _writes_past_the_history(name)]
    assert unseen == []


def _writes_past_the_history(name: str) -> bool:
    return name.endswith((".bulk_create", ".bulk_update")) or (name.endswith(".update") and ".objects" in name)


@pytest.mark.parametrize("folder", ["templates", "static"])
def test_pages_and_styles_name_no_other_host(folder: str) -> None:
    files = [path for path in (settings.BASE_DIR / folder).rglob("*") if path.suffix in {".html", ".css", ".js"}]
    assert files
    assert [path for path in files if "://" in path.read_text("utf-8").replace("http://www.w3.org/", "")] == []
