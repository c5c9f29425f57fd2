"""Choosing a place: found by any of its names, and labelled so that two of the same name are told apart."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib.admin.views.autocomplete import AutocompleteJsonView
from django.contrib.admin.widgets import AutocompleteSelect
from django.db.models import Case, QuerySet, Value, When
from django.utils.translation import gettext as _

from friendship.admin.curated import naming
from friendship.models import Place


def label(place: Place) -> str:
    """Both names, and where the place lies: 清迈 Chiang Mai（泰国 · 地市级）. Expects country and parent to be loaded."""
    where = [place.country.name, *([place.parent.name] if place.parent else []), place.get_level_display()]
    return _("%(names)s (%(where)s)") % {
        "names": " ".join(filter(None, [place.name_zh, place.name_en])),
        "where": " · ".join(where),
    }


class PlaceChoices(AutocompleteJsonView):
    """The places that match what is being typed, those of that very name before those of a country of that name."""

    def get_queryset(self) -> QuerySet[Place]:
        """Twenty a page, by name."""
        by_name = Case(When(naming(self.term, ["search_text"]), then=Value(0)), default=Value(1))
        return super().get_queryset().select_related("country", "parent").order_by(by_name, "pinyin", "slug")

    def serialize_result(self, obj: Place, to_field_name: str) -> dict[str, str]:  # type: ignore[override]
        """One line of the list."""
        return {"id": str(getattr(obj, to_field_name)), "text": label(obj)}


class PlaceSelect(AutocompleteSelect):
    """A box that offers places while one types."""

    url_name = "%s:friendship_place_choices"


class PlaceField(forms.ModelChoiceField):  # type: ignore[type-arg]
    """A place, shown with its label."""

    def label_from_instance(self, obj: Any) -> str:
        """The label of the place chosen before."""
        return label(obj)


def chosen(db_field: Any, admin_site: Any) -> dict[str, Any]:
    """The form field for a foreign key to a place."""
    return {
        "form_class": PlaceField,
        "widget": PlaceSelect(db_field, admin_site),
        "queryset": Place.objects.select_related("country", "parent"),
    }
