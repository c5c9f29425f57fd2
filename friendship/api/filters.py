"""The filters of the reference lists, and every filter's parameter as the schema describes it."""

from __future__ import annotations

from collections import OrderedDict
from typing import Any

import django_filters
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import OpenApiParameter
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request

from friendship.filters import LAST_YEAR, LONGEST_QUERY, PlaceFilter, RegisterFilter


class ReferencePlaceFilter(PlaceFilter):
    """Of the filters of places those that ask about the place alone; places without a tie are listed too."""

    @classmethod
    def get_filters(cls) -> OrderedDict[str, django_filters.Filter]:
        """``q``, ``country``, ``level`` and ``province``."""
        known = super().get_filters()
        return OrderedDict((name, known[name]) for name in ("q", "country", "level", "province"))


def criteria(filter_class: type[RegisterFilter], request: Request) -> Any:
    """What a request asks. Raises ``ValidationError`` with the name of each filter that cannot be read."""
    asked = filter_class(request.query_params)
    if not asked.is_valid():
        raise ValidationError({name: [str(text) for text in texts] for name, texts in asked.errors.items()})
    return asked.criteria


_DESCRIPTIONS: dict[str, Promise] = {
    "q": _("Words of a name, in Chinese, English or pinyin; every word must match."),
    "country": _("ISO 3166-1 code of the country."),
    "continent": _("Part of the world."),
    "type": _("Kind of tie."),
    "status": _("Where a tie stands in its life."),
    "place": _("Slug of a place on either side."),
    "province": _("Slug of a place of the provincial level; what lies in it is included."),
    "level": _("Administrative level: of a place, or of a tie’s home side."),
    "founded_after": _("First year of founding, inclusive; ties without a date are left out."),
    "founded_before": _("Last year of founding, inclusive; ties without a date are left out."),
    "source": _("Slug of a source that speaks of the tie."),
    "sort": _("Order of the list."),
}


def parameters(filter_class: type[django_filters.FilterSet]) -> list[OpenApiParameter]:
    """The parameters of a filter set. Raises ``KeyError`` for a filter that nobody has described above."""
    return [
        OpenApiParameter(
            name,
            type=_type(item),
            description=_DESCRIPTIONS[name],
            enum=[value for value, _label in item.extra.get("choices", [])] or None,
            many=isinstance(item, django_filters.MultipleChoiceFilter),
        )
        for name, item in filter_class.base_filters.items()
    ]


def _type(item: django_filters.Filter) -> Any:
    if "max_value" in item.extra:
        return {"type": "integer", "minimum": 1, "maximum": LAST_YEAR}
    if "max_length" in item.extra:
        return {"type": "string", "maxLength": LONGEST_QUERY}
    return str
