"""Pages of a list: ``count``, ``next``, ``previous``, ``results``."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.core.paginator import EmptyPage, Page, Paginator
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from rest_framework.exceptions import NotFound, ValidationError
from rest_framework.pagination import PageNumberPagination
from rest_framework.request import Request
from rest_framework.views import APIView

from friendship.filters import LARGEST_PAGE, PAGE_SIZE, Paging


class RegisterPagination(PageNumberPagination):
    """``page`` and ``page_size`` as the pages read them, but a page that does not exist is an error here."""

    page_size = PAGE_SIZE
    page_size_query_param = "page_size"
    max_page_size = LARGEST_PAGE
    page: Page[Any]  # set with the request, before anything asks for the links
    request: Request

    def paginate_queryset(
        self, queryset: QuerySet[Any] | Sequence[Any], request: Request, view: APIView | None = None
    ) -> list[Any]:
        """The rows of the page asked for.

        Raises ``ValidationError`` with the field's name where a parameter is malformed, and ``NotFound`` beyond the
        last page.
        """
        paging = Paging(request.query_params)
        if not paging.is_valid():
            raise ValidationError({name: [str(text) for text in texts] for name, texts in paging.errors.items()})
        self.request = request
        paginator = Paginator(queryset, paging.size)
        try:
            self.page = paginator.page(paging.number)
        except EmptyPage:
            message = _("There is no page %(asked)d; the last one is %(last)d.")
            raise NotFound(message % {"asked": paging.number, "last": paginator.num_pages}) from None
        return list(self.page)

    def get_next_link(self) -> str | None:
        """The address of the next page, or None."""
        return self._address(self.page.next_page_number()) if self.page.has_next() else None

    def get_previous_link(self) -> str | None:
        """The address of the page before, or None."""
        return self._address(self.page.previous_page_number()) if self.page.has_previous() else None

    def _address(self, page: int) -> str:
        # From the parameters as they were read: the package's own link garbles Chinese that was sent unescaped.
        query = self.request.query_params.copy()
        query["page"] = str(page)
        return f"{self.request.build_absolute_uri(self.request.path)}?{query.urlencode()}"

    def get_schema_operation_parameters(self, view: APIView) -> list[dict[str, Any]]:
        """The two parameters with their bounds."""
        return [
            _parameter("page", _("Page of the list, from 1."), {"minimum": 1, "default": 1}),
            _parameter(
                "page_size", _("Rows on a page."), {"minimum": 1, "maximum": LARGEST_PAGE, "default": PAGE_SIZE}
            ),
        ]

    def get_paginated_response_schema(self, schema: dict[str, Any]) -> dict[str, Any]:
        """The four keys, all of them always there."""
        described = super().get_paginated_response_schema(schema)
        return {**described, "required": ["count", "next", "previous", "results"]}


def _parameter(name: str, description: Any, bounds: dict[str, int]) -> dict[str, Any]:
    return {
        "name": name,
        "in": "query",
        "required": False,
        "description": description,
        "schema": {"type": "integer", **bounds},
    }
