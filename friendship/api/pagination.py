"""Pages of a list: ``count``, ``next``, ``previous``, ``results``."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.core.paginator import EmptyPage, Paginator
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from django_filters.utils import translate_validation
from rest_framework.exceptions import NotFound
from rest_framework.pagination import PageNumberPagination
from rest_framework.request import Request
from rest_framework.views import APIView

from friendship.filters import LARGEST_PAGE, PAGE_SIZE, Paging


class RegisterPagination(PageNumberPagination):
    """``page`` and ``page_size`` as the pages read them, but a page that does not exist is an error here."""

    page_size = PAGE_SIZE
    page_size_query_param = "page_size"
    max_page_size = LARGEST_PAGE

    def paginate_queryset(
        self, queryset: QuerySet[Any] | Sequence[Any], request: Request, view: APIView | None = None
    ) -> list[Any]:
        """The rows of the page asked for.

        Raises ``ValidationError`` with the field's name where a parameter is malformed, and ``NotFound`` beyond the
        last page.
        """
        paging = Paging(request.query_params)
        if not paging.is_valid():
            raise translate_validation(paging.errors)
        self.request = request
        paginator = Paginator(queryset, paging.size)
        try:
            self.page = paginator.page(paging.number)
        except EmptyPage:
            message = _("There is no page %(asked)d; the last one is %(last)d.")
            raise NotFound(message % {"asked": paging.number, "last": paginator.num_pages}) from None
        return list(self.page)

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
