"""docs/data.md names every column, word, filter and endpoint; the README keeps its measure."""

from __future__ import annotations

import inspect
import re

import pytest
from django.apps import apps
from django.conf import settings
from django.db.models import TextChoices
from django.urls import URLResolver, get_resolver
from django.utils import translation

from friendship import enums, filters, queries
from friendship.api import selection
from friendship.api.filters import ReferencePlaceFilter
from friendship.api.pagination import RegisterPagination
from friendship.exporters.columns import COLUMNS, NAMES
from friendship.exporters.forms import FORMS

DATA = (settings.BASE_DIR / "docs" / "data.md").read_text("utf-8")


def listed(heading: str) -> list[str]:
    """The names in the first column of the table under a heading."""
    section = re.split(rf"^#+ {re.escape(heading)}$", DATA, flags=re.MULTILINE)[1]
    table = re.split(r"^#", section, flags=re.MULTILINE)[0]
    return re.findall(r"^\| `([^`]+)` \|", table, flags=re.MULTILINE)


def test_every_column() -> None:
    for model in apps.get_app_config("friendship").get_models():
        if not model._meta.proxy and not model.__name__.startswith("Historical"):
            assert listed(model.__name__) == [field.name for field in model._meta.concrete_fields]


def test_every_word() -> None:
    for name, words in inspect.getmembers(enums, inspect.isclass):
        if issubclass(words, TextChoices) and words is not TextChoices:
            assert listed(name) == words.values


def test_every_filter() -> None:
    assert listed("Relationships") == list(filters.RelationshipFilter.base_filters)
    assert listed("Cities and provinces") == list(filters.PlaceFilter.base_filters)
    assert listed("Reference places") == list(ReferencePlaceFilter.base_filters)
    assert listed("Reference countries") == list(filters.CountryFilter.base_filters)
    assert listed("Paging") == list(filters.Paging.base_fields)
    paging = {*RegisterPagination.parameters, selection.PARAMETER}
    assert set(listed("In the API alone")) == paging - set(filters.Paging.base_fields)


def test_every_exported_column_and_what_it_means() -> None:
    assert listed("Columns") == list(NAMES)
    with translation.override("en"):
        rows = [f"| `{column.name}` | {column.kind} | {column.heading} | {column.meaning} |" for column in COLUMNS]
    assert [row for row in rows if row not in DATA.splitlines()] == []


def test_every_file_of_the_list() -> None:
    assert listed("Exports") == [f"/relationships.{name}" for name, form in FORMS.items() if form.is_whole]


def test_every_endpoint() -> None:
    resolvers = [entry for entry in get_resolver().url_patterns if isinstance(entry, URLResolver)]
    [api] = [entry for entry in resolvers if entry.app_name == "api"]
    routes = [str(entry.pattern) for entry in api.url_patterns]
    assert sorted(listed("Endpoints")) == sorted(
        "/api/v1/" + re.sub(r"<\w+:", "<", route).replace("<pk>", "<id>") for route in routes
    )


def test_the_readme_is_short_and_its_links_lead_somewhere() -> None:
    readme = (settings.BASE_DIR / "README.md").read_text("utf-8")
    assert len(readme.splitlines()) <= 120
    links = re.findall(r"\]\(([^)#:]+)\)", readme)
    assert links
    assert [link for link in links if not (settings.BASE_DIR / link).exists()] == []


@pytest.mark.django_db
def test_the_readme_counts_what_ships() -> None:
    readme = " ".join((settings.BASE_DIR / "README.md").read_text("utf-8").split())
    held = queries.summary()
    assert f"five of them the same pairs: {held.rows} in all, of which {held.ties} count as ties" in readme
    assert "Eleven more totals that five other sources reported" in readme
    assert (held.rows, queries.totals().count()) == (9 + 128 - 5, 11 + 11)
