"""Every public address for search engines, in both languages, read from the database page by page."""

from __future__ import annotations

import datetime
from typing import Any

from django.conf import settings
from django.contrib.sitemaps import Sitemap
from django.core.paginator import Paginator
from django.db.models import Max, QuerySet
from django.urls import reverse

from friendship import queries

_LANGUAGES = [code for code, _name in settings.LANGUAGES]
#: Rows on a page of a sitemap. Each is an address in every language, so a page stays far below the 50,000 addresses
#: and 50 MB that sitemaps.org allows, and is written in a second.
_ROWS = 2_000


class _InEachLanguage:
    """The rows of a query, each once in every language; a slice reads no more rows than it needs."""

    def __init__(self, rows: QuerySet[Any]) -> None:
        self.rows = rows

    def __len__(self) -> int:
        return self.rows.count() * len(_LANGUAGES)

    def __getitem__(self, part: slice) -> list[tuple[Any, str]]:
        rows = self.rows[part.start // len(_LANGUAGES) : part.stop // len(_LANGUAGES)]
        return [(row, code) for row in rows for code in _LANGUAGES]


class _Rows(Sitemap):  # type: ignore[type-arg]
    """Addresses of rows that carry ``changed_at``."""

    i18n = True
    alternates = True
    limit = _ROWS * len(_LANGUAGES)

    def items(self) -> QuerySet[Any]:
        """The rows in a lasting order."""
        raise NotImplementedError

    @property
    def paginator(self) -> Paginator[Any]:
        """Pages of rows in each language. Django's own would read every row for every page."""
        return Paginator(_InEachLanguage(self.items()), self.limit)  # type: ignore[arg-type]

    def lastmod(self, item: Any) -> datetime.datetime:
        """When the page of the row last changed."""
        changed: datetime.datetime = item.changed_at
        return changed

    def get_latest_lastmod(self) -> datetime.datetime | None:
        """When any of the pages last changed."""
        latest: datetime.datetime | None = self.items().aggregate(latest=Max("changed_at"))["latest"]
        return latest


class Relationships(_Rows):
    """Every published tie."""

    def items(self) -> QuerySet[Any]:
        """The ties by id."""
        return queries.relationships_changed()


class Places(_Rows):
    """Cities and provinces that a published tie names."""

    def items(self) -> QuerySet[Any]:
        """The places by id."""
        return queries.places_changed()


class Countries(_Rows):
    """Countries that a published tie touches."""

    def items(self) -> QuerySet[Any]:
        """The countries by code."""
        return queries.countries_changed()


class Sources(_Rows):
    """Every source."""

    def items(self) -> QuerySet[Any]:
        """The sources by id."""
        return queries.sources_changed()


class Pages(Sitemap):  # type: ignore[type-arg]
    """The pages that are no row's: lists, statistics, explanations. When they last changed is not known."""

    i18n = True
    alternates = True

    def items(self) -> list[str]:
        """The names of the addresses."""
        return [
            "home",
            "relationships",
            "map",
            "statistics",
            "anniversaries",
            "compare",
            "cities",
            "provinces",
            "countries",
            "sources",
            "about",
        ]

    def location(self, item: str) -> str:
        """The address in the active language."""
        return reverse(item)


SECTIONS: dict[str, type[Sitemap[Any]]] = {
    "pages": Pages,
    "relationships": Relationships,
    "places": Places,
    "countries": Countries,
    "sources": Sources,
}
