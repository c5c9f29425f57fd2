"""Pages of a list: ``count``, ``next``, ``previous``, ``results``.

``next`` leads on from the last row (a cursor), so the last page costs what the first one costs; who asks for a page
by its number is led on by numbers.
"""

from __future__ import annotations

from functools import cached_property
from typing import Any
from urllib.parse import urlencode

from django.core.paginator import EmptyPage, Paginator
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from rest_framework.exceptions import NotFound, ValidationError
from rest_framework.pagination import BasePagination
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from friendship.api import cursors
from friendship.api.cursors import Cursor
from friendship.filters import LARGEST_PAGE, PAGE_SIZE, Paging
from friendship.queries.keyset import Part, Parts, QueryParts

#: What a reader may change on the way through a list.
_HOW_SHOWN = frozenset({"cursor", "page", "page_size", "fields", "format"})

_ONE_OF_BOTH = _("Ask for a page or for a cursor, not for both.")


class RegisterPagination(BasePagination):
    """``page`` and ``page_size`` as the pages read them, but a page that does not exist is an error here."""

    parameters = (*Paging.base_fields, "cursor")

    request: Request
    count: int
    next: str | None = None
    previous: str | None = None

    def paginate_queryset(  # type: ignore[override]  # every list here is a query: a cursor needs its order
        self, queryset: QuerySet[Any], request: Request, view: APIView | None = None
    ) -> list[Any]:
        """The rows of the page asked for. Raises what ``keys`` raises."""
        return _loaded(queryset, self.keys(QueryParts(queryset), request))

    def keys(self, parts: Parts, request: Request) -> list[Any]:
        """The keys of the rows of the page asked for.

        Raises ``ValidationError`` with the field's name where a parameter is malformed, and ``NotFound`` beyond the
        last page.
        """
        self.request = request
        paging = Paging(request.query_params)
        if not paging.is_valid():
            raise ValidationError({name: [str(text) for text in texts] for name, texts in paging.errors.items()})
        cursor = request.query_params.get("cursor")
        if paging.cleaned_data["page"] is None:
            return self._keys_at_cursor(cursor, parts, paging.size)
        if cursor:
            raise ValidationError({"cursor": [_ONE_OF_BOTH]})
        return self._numbered_page(parts, paging)

    def get_paginated_response(self, data: Any) -> Response:
        """The four keys."""
        return Response({"count": self.count, "next": self.next, "previous": self.previous, "results": data})

    def _numbered_page(self, parts: Parts, paging: Paging) -> list[Any]:
        paginator: Paginator[Any] = Paginator(parts, paging.size)  # type: ignore[arg-type]  # it asks for no single row
        try:
            page = paginator.page(paging.number)
        except EmptyPage:
            message = _("There is no page %(asked)d; the last one is %(last)d.")
            raise NotFound(message % {"asked": paging.number, "last": paginator.num_pages}) from None
        self.count = paginator.count
        self.next = self._address(page=page.next_page_number()) if page.has_next() else None
        self.previous = self._address(page=page.previous_page_number()) if page.has_previous() else None
        return list(page.object_list)

    def _keys_at_cursor(self, text: str | None, parts: Parts, size: int) -> list[Any]:
        question = cursors.question(self.request.path, self._asked(), parts.columns)
        cursor = cursors.read(text, question) if text else None
        if cursor and not cursor.is_forward:
            part = parts.part_before(cursor.position, size)
        else:
            part = parts.part_after(cursor.position if cursor else None, size)
        self.count = cursor.count if cursor else self._counted(parts, part)
        self._link(part, question)
        return part.keys

    def _counted(self, parts: Parts, first: Part) -> int:
        return len(parts) if first.has_after else len(first.keys)

    def _link(self, part: Part, question: str) -> None:
        if part.ends is None:  # all there is, or those that stood here have gone meanwhile
            self.next = self._address() if part.has_after else None
            return
        first, last = part.ends
        if part.has_after:
            self.next = self._address(cursor=Cursor(question, last, True, self.count))
        if part.has_before:
            self.previous = self._address(cursor=Cursor(question, first, False, self.count))

    def _asked(self) -> list[tuple[str, str]]:
        """What decides which rows there are."""
        return [(name, value) for name, value in self._pairs if value and name not in _HOW_SHOWN]

    def _address(self, **values: object) -> str:
        # From the parameters as they were read: the package's own link garbles Chinese that was sent unescaped.
        query = [(name, value) for name, value in self._pairs if name not in ("page", "cursor")]
        query += [(name, str(value)) for name, value in values.items()]
        return f"{self._here}?{urlencode(query)}" if query else self._here

    @cached_property
    def _pairs(self) -> list[tuple[str, str]]:
        return [(name, value) for name, values in self.request.query_params.lists() for value in values]

    @cached_property
    def _here(self) -> str:
        return str(self.request.build_absolute_uri(self.request.path))

    def get_schema_operation_parameters(self, view: APIView) -> list[dict[str, Any]]:
        """The three parameters with their bounds."""
        whole = {"type": "integer", "minimum": 1}
        return [
            _parameter("page", _("Page of the list, from 1."), whole),
            _parameter("page_size", _("Rows on a page."), {**whole, "maximum": LARGEST_PAGE, "default": PAGE_SIZE}),
            _parameter("cursor", _("Where to go on, as “next” and “previous” have it."), {"type": "string"}),
        ]

    def get_paginated_response_schema(self, schema: dict[str, Any]) -> dict[str, Any]:
        """The four keys, all of them always there."""
        link = {"type": "string", "format": "uri", "nullable": True}
        properties = {
            "count": {"type": "integer", "minimum": 0, "description": _("Rows in all, when the walk began.")},
            "next": {**link, "description": _("Address of the rows that follow, or null at the end.")},
            "previous": {**link, "description": _("Address of the rows before, or null at the beginning.")},
            "results": schema,
        }
        return {"type": "object", "required": list(properties), "properties": properties}


def _loaded(queryset: QuerySet[Any], keys: list[Any]) -> list[Any]:
    """The rows with these keys, in this order."""
    rows = {row.pk: row for row in queryset.order_by().filter(pk__in=keys)} if keys else {}
    return [rows[key] for key in keys if key in rows]


def _parameter(name: str, description: Any, schema: dict[str, Any]) -> dict[str, Any]:
    return {"name": name, "in": "query", "required": False, "description": description, "schema": schema}
