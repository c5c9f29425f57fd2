"""Choosing a place: the box that finds it as people type it, and the label that tells it from its namesakes."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib.admin.sites import AdminSite
from django.contrib.admin.views.autocomplete import AutocompleteJsonView
from django.contrib.admin.widgets import AutocompleteSelect
from django.db.models import ForeignKey, QuerySet
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from friendship.models import Place, Source


def place_label(place: Place) -> str:
    """Both names, then what tells namesakes apart: 清迈 Chiang Mai（泰国 · 地市级）, 奥罗拉 Aurora（美国 · 科罗拉多州 · 地市级）."""
    known = [place.name_zh, place.name_en] if (get_language() or "").startswith("zh") else [place.name_en, place.name_zh]
    where = [place.country.name, *_container(place), place.get_level_display()]
    return _("%(name)s (%(where)s)") % {"name": " ".join(filter(None, known)), "where": " · ".join(where)}


def _container(place: Place) -> list[str]:
    """What contains the place, unless it bears the same name: the city of Chiang Mai in the province of Chiang Mai."""
    if place.parent is None or place.parent.name.startswith(place.name):
        return []
    return [place.parent.name]


class PlaceField(forms.ModelChoiceField):
    """A place among all places, called by its full label."""

    def label_from_instance(self, obj: Any) -> str:
        """The label of the place."""
        return place_label(obj)


class PlaceSelect(AutocompleteSelect):
    """The box that asks for places by their full labels."""

    url_name = "%s:friendship_place_choices"


class PlaceChoices(AutocompleteJsonView):
    """The places that answer to the letters typed so far."""

    def serialize_result(self, obj: Place, to_field_name: str) -> dict[str, str]:
        """One place by its full label."""
        return {**super().serialize_result(obj, to_field_name), "text": place_label(obj)}


def choice_of(db_field: ForeignKey[Any, Any], site: AdminSite) -> dict[str, Any]:
    """How a form asks for the row that ``db_field`` points to; nothing special for most."""
    if db_field.remote_field.model is Place:
        places: QuerySet[Place] = Place.objects.select_related("country", "parent")
        return {"form_class": PlaceField, "widget": PlaceSelect(db_field, site), "queryset": places}
    if db_field.remote_field.model is Source:
        return {"queryset": Source.objects.defer("text")}  # long documents, of which a form shows only the title
    return {}
