"""Countries and places; provinces and cities are two lists of the same places."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib import admin
from django.contrib.admin.sites import AdminSite
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import URLPattern, path
from django.utils.translation import gettext_lazy as _

from friendship import curation
from friendship.admin import bulk, worksheets
from friendship.admin.choices import PlaceChoices
from friendship.admin.filters import MissingFilter, RemitFilter, titled
from friendship.admin.forms import CountryForm, PlaceForm, ProvinceForm
from friendship.admin.records import RecordAdmin
from friendship.admin.register import RegisterAdmin
from friendship.enums import Level, ReviewState
from friendship.models import City, Country, Place, Province
from friendship.queries.rights import remit_of

_NAMES = (_("Names"), {"fields": ["name_zh", "name_en", "aliases"]})
_CODES = (
    _("Codes and address"),
    {
        "fields": ["slug", "official_code", "wikidata_id"],
        "description": _("All of these may stay empty. The address is best left alone once others link to the page."),
    },
)
_COORDINATES = (
    _("On the map"),
    {
        "fields": [("latitude", "longitude")],
        "description": _("A point in the middle of the place, such as 31.47 and 104.68; give both or neither."),
    },
)
_PUBLICATION = (
    _("Publication"),
    {
        "fields": ["review_state"],
        "description": _("The public sees published places only. Whoever publishes a tie publishes its places."),
    },
)


@admin.register(Country)
class CountryAdmin(RegisterAdmin):
    """Countries and regions of ISO 3166-1."""

    form = CountryForm
    list_display = ("code", "name_zh", "name_en", "continent")
    list_display_links = ("code", "name_zh")
    list_filter = ("continent",)
    search_fields = ("search_text",)
    search_help_text = _("Chinese name, pinyin, English name or ISO code.")
    fieldsets = ((None, {"fields": ["code", "continent"]}), _NAMES)
    is_seen_beyond_remits = True

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Countries belong to no remit."""
        return bool(super().has_add_permission(request)) and remit_of(request.user) is None

    def get_readonly_fields(self, request: HttpRequest, obj: Country | None = None) -> tuple[str, ...]:
        """Places point to the code: it is given once."""
        return () if obj is None else ("code",)


@admin.register(Place)
class PlaceAdmin(RecordAdmin):
    """All places of all levels. Reached from the boxes that choose a place; the front page shows its two parts."""

    form: Any = PlaceForm
    is_seen_beyond_remits = True
    shows_parent: ClassVar[bool] = True
    list_display: ClassVar[Any] = (
        "name_zh",
        "name_en",
        "country",
        "level",
        "parent",
        "has_coordinates",
        "review_state",
    )
    list_display_links = ("name_zh", "name_en")
    list_filter: ClassVar[Any] = (
        "review_state",
        "level",
        ("country__continent", titled(_("continent"))),
        MissingFilter,
        RemitFilter,
    )
    search_fields = ("search_text", "country__search_text")
    search_help_text = _("Chinese name, pinyin (mianyang or my), English name, other names, or the country.")
    autocomplete_fields = ("country",)
    actions: ClassVar[Any] = ("merge", bulk.set_parent, worksheets.edit_in_spreadsheet)
    fieldsets: ClassVar[Any] = (
        (_("Where it is"), {"fields": ["country", "level", "parent"]}),
        _NAMES,
        _CODES,
        _COORDINATES,
        _PUBLICATION,
    )

    def __init__(self, model: type[Place], admin_site: AdminSite) -> None:
        super().__init__(model, admin_site)
        # Provinces and cities share the history of Place; django-simple-history tells only Place itself so.
        model._meta.simple_history_manager_attribute = "history"  # type: ignore[attr-defined]

    def get_urls(self) -> list[URLPattern]:
        """The answers of the box that chooses a place, and where an edited table comes back."""
        choices = self.admin_site.admin_view(PlaceChoices.as_view(admin_site=self.admin_site))
        name = f"friendship_{self.opts.model_name}_choices"
        return [path("choices/", choices, name=name), worksheets.address(self), *super().get_urls()]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """Places with what their labels name."""
        rows: QuerySet[Any] = super().get_queryset(request).select_related("country", "parent")
        return rows

    def get_fieldsets(self, request: HttpRequest, obj: Place | None = None) -> Any:
        """The headings; who may not publish adds drafts, and is asked nothing."""
        fieldsets = super().get_fieldsets(request, obj)
        if obj is None and not curation.may_publish(request.user):
            return [fieldset for fieldset in fieldsets if fieldset != _PUBLICATION]
        return fieldsets

    def get_readonly_fields(self, request: HttpRequest, obj: Place | None = None) -> tuple[str, ...]:
        """Only reviewers decide what the public sees."""
        return () if curation.may_publish(request.user) else ("review_state",)

    def view_on_site(self, obj: Place) -> str | None:
        """The public page, where there is one; a form that comes back may have been sent without the address."""
        return obj.get_absolute_url() if obj.review_state == ReviewState.PUBLISHED and obj.slug else None

    def has_module_permission(self, request: HttpRequest) -> bool:
        """Whether the front page lists this kind: provinces and cities, not their sum."""
        return self.model is not Place and bool(super().has_module_permission(request))

    @admin.display(description=_("on the map"), boolean=True, ordering="latitude")
    def has_coordinates(self, place: Place) -> bool:
        """Whether the map can show it."""
        return place.latitude is not None


@admin.register(Province)
class ProvinceAdmin(PlaceAdmin):
    """Places of the provincial level."""

    form = ProvinceForm
    shows_parent = False
    actions = (worksheets.edit_in_spreadsheet,)
    list_display = ("name_zh", "name_en", "country", "official_code", "has_coordinates", "review_state")
    list_filter = ("review_state", ("country__continent", titled(_("continent"))), MissingFilter, RemitFilter)
    fieldsets = ((_("Where it is"), {"fields": ["country"]}), _NAMES, _CODES, _COORDINATES, _PUBLICATION)


@admin.register(City)
class CityAdmin(PlaceAdmin):
    """Places below the provincial level."""

    def formfield_for_choice_field(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """Offer the levels that this list holds."""
        if db_field.name == "level":
            kwargs["choices"] = [(level.value, level.label) for level in Level if level != Level.PROVINCE]
            kwargs["initial"] = Level.CITY
        return super().formfield_for_choice_field(db_field, request, **kwargs)
