"""Finding rows as people type their names, and choosing a place by a label that tells it from its namesakes."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.contrib.admin.sites import AdminSite
from django.contrib.admin.views.autocomplete import AutocompleteJsonView
from django.contrib.admin.widgets import AutocompleteSelect, RelatedFieldWidgetWrapper
from django.db.models import Case, Field, ForeignKey, Q, QuerySet, Value, When
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from friendship import names
from friendship.admin.keys import key_of
from friendship.enums import ReviewState
from friendship.models import Place, Source


def place_label(place: Place) -> str:
    """Both names, then what tells namesakes apart, and drafts: 清迈 Chiang Mai（泰国 · 地市级）."""
    chinese = (get_language() or "").startswith("zh")
    known = [place.name_zh, place.name_en] if chinese else [place.name_en, place.name_zh]
    where = [place.country.name, *_container(place), place.get_level_display()]
    if place.review_state == ReviewState.DRAFT:
        where.append(place.get_review_state_display())
    return _("%(name)s (%(where)s)") % {"name": " ".join(filter(None, known)), "where": " · ".join(where)}


def _container(place: Place) -> list[str]:
    """What contains the place, unless it bears the same name: the city of Chiang Mai in the province of Chiang Mai."""
    if place.parent is None or place.parent.name.startswith(place.name):
        return []
    return [place.parent.name]


class PlaceField(forms.ModelChoiceField):  # type: ignore[type-arg] # generic in its types only
    """A place among all places, called by its full label."""

    def label_from_instance(self, obj: Any) -> str:
        """The label of the place."""
        return place_label(obj)


class PlaceSelect(AutocompleteSelect):
    """The box that asks for places by their full labels."""

    url_name = "%s:friendship_place_choices"

    def optgroups(self, name: str, value: Any, attrs: Any = None) -> Any:
        """The chosen place; what is no number chooses none, and the field says so."""
        keys = [key for key in value if key_of(str(key)) is not None]
        return super().optgroups(name, keys, attrs)


class PlaceChoices(AutocompleteJsonView):
    """The places that answer to the letters typed so far, those of that name before those of a country of that name."""

    def get_queryset(self) -> QuerySet[Place]:
        """By name; 20 at a time."""
        rows = super().get_queryset()
        if not names.search_terms(self.term):  # PostgreSQL takes a constant in ORDER BY for the number of a column
            return rows.order_by("pinyin", "slug")
        own_name = Case(When(answers_to(self.term, ["search_text"]), then=Value(0)), default=Value(1))
        return rows.order_by(own_name, "pinyin", "slug")

    def serialize_result(self, obj: Any, to_field_name: str) -> dict[str, str]:
        """One place by its full label."""
        return {**super().serialize_result(obj, to_field_name), "text": place_label(obj)}


def choice_of(db_field: Field[Any, Any], site: AdminSite) -> dict[str, Any]:
    """How a form asks for the row that ``db_field`` points to; nothing special for most."""
    if not isinstance(db_field, ForeignKey):
        return {}
    if db_field.remote_field.model is Place:
        places: QuerySet[Place] = Place.objects.select_related("country", "parent")
        return {"form_class": PlaceField, "widget": PlaceSelect(db_field, site), "queryset": places}
    if db_field.remote_field.model is Source:
        return {"queryset": Source.objects.defer("text")}  # long documents, of which a form shows only the title
    return {}


def without_deletion(field: Any) -> Any:
    """The field without the cross that deletes the chosen row itself: it is taken for "choose another"."""
    if isinstance(getattr(field, "widget", None), RelatedFieldWidgetWrapper):
        field.widget.can_delete_related = False
    return field


def answers_to(query: str, columns: Iterable[str]) -> Q:
    """Every word of the query stands in one of the columns; in ``search_text`` as the public search does."""
    terms = names.search_terms(query.replace("\0", " "))  # PostgreSQL refuses to look for the character NUL
    if not terms:
        return Q(pk__in=[])  # only punctuation was typed: nothing is called that
    return Q(*(_contains(term, columns) for term in terms))


def _contains(term: str, columns: Iterable[str]) -> Q:
    found = Q()
    for column in columns:
        folded = column.endswith("search_text")
        found |= Q(**{f"{column}__contains": term}) if folded else Q(**{f"{column}__icontains": term.strip()})
    return found
