"""Countries, provinces and cities."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import URLPattern, path
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from friendship.admin.choices import PlaceChoices, chosen
from friendship.admin.curated import CuratedAdmin
from friendship.admin.filters import PlaceGaps
from friendship.enums import Level
from friendship.models import City, Country, Place, Province

# django-simple-history notes where the history is on the model that it watches, and forgets the proxies of it.
for proxy in (Province, City):
    proxy._meta.simple_history_manager_attribute = "history"  # type: ignore[attr-defined]


@admin.register(Country)
class CountryAdmin(CuratedAdmin):
    """Countries and territories; they come with the register, and only names are ever corrected."""

    list_display = ["code", "name_zh", "name_en", "continent"]
    list_display_links = ["code", "name_zh", "name_en"]
    list_filter = ["continent"]
    search_fields = ["search_text"]
    fieldsets = [(None, {"fields": ["code", "name_zh", "name_en", "aliases", "continent"]})]

    def get_ordering(self, request: HttpRequest) -> list[str]:
        """By pinyin in Chinese and by name in English."""
        return ["pinyin", "code"] if (get_language() or "").startswith("zh") else ["name_en", "code"]

    def get_readonly_fields(self, request: HttpRequest, obj: Country | None = None) -> list[str]:
        """The code of a country that is in the register stays: everything refers to it."""
        return ["code"] if obj else []


@admin.register(Place)
class PlaceAdmin(CuratedAdmin):
    """Places of every level. Not on the front page: provinces and cities have their own lists."""

    levels: ClassVar[list[Level]] = list(Level)

    list_display = ["name_zh", "name_en", "country", "level", "parent", "is_located"]
    list_display_links = ["name_zh", "name_en"]
    list_filter = [
        "level",
        PlaceGaps,
        "country__continent",
        ("country", admin.RelatedOnlyFieldListFilter),
    ]
    list_select_related = ["country", "parent"]
    search_fields = ["search_text", "country__search_text"]
    autocomplete_fields = ["country"]
    fieldsets = [
        (_("Names"), {"fields": ["name_zh", "name_en", "aliases"]}),
        (
            _("Where it belongs"),
            {
                "fields": ["country", "level", "parent"],
                "description": _("Country, level and “part of” tell two places of the same name apart."),
            },
        ),
        (
            _("On the map"),
            {
                "fields": [("latitude", "longitude")],
                "description": _("Both or neither. Leave them empty rather than guess."),
            },
        ),
        (_("Address and codes"), {"fields": ["slug", "official_code", "wikidata_id"], "classes": ["collapse"]}),
    ]

    @admin.display(description=_("on the map"), boolean=True, ordering="latitude")
    def is_located(self, place: Place) -> bool:
        """Whether the place has coordinates."""
        return place.latitude is not None

    def get_ordering(self, request: HttpRequest) -> list[str]:
        """By pinyin in Chinese and by address in English, as on the public pages."""
        return ["pinyin", "slug"] if (get_language() or "").startswith("zh") else ["slug"]

    def get_urls(self) -> list[URLPattern]:
        """Add the address that the boxes for places ask."""
        choices = self.admin_site.admin_view(PlaceChoices.as_view(admin_site=self.admin_site))
        urls: list[URLPattern] = super().get_urls()
        return [path("choices/", choices, name="friendship_place_choices"), *urls] if self.model is Place else urls

    def has_module_permission(self, request: HttpRequest) -> bool:
        """Keep this list off the front page."""
        return False

    def formfield_for_choice_field(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """Offer the levels of this table."""
        if db_field.name == "level":
            kwargs["choices"] = [(level.value, level.label) for level in self.levels]
        return super().formfield_for_choice_field(db_field, request, **kwargs)

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """Choose the containing place by any of its names."""
        if db_field.name == "parent":
            kwargs.update(chosen(db_field, self.admin_site))
        return super().formfield_for_foreignkey(db_field, request, **kwargs)


@admin.register(Province)
class ProvinceAdmin(PlaceAdmin):
    """Places of the provincial level."""

    levels = [Level.PROVINCE]
    list_display = ["name_zh", "name_en", "country", "is_located"]
    list_filter = [PlaceGaps, "country__continent", ("country", admin.RelatedOnlyFieldListFilter)]

    def has_module_permission(self, request: HttpRequest) -> bool:
        """On the front page."""
        return admin.ModelAdmin.has_module_permission(self, request)


@admin.register(City)
class CityAdmin(PlaceAdmin):
    """Places below the provincial level."""

    levels = [Level.CITY, Level.COUNTY]

    def has_module_permission(self, request: HttpRequest) -> bool:
        """On the front page."""
        return admin.ModelAdmin.has_module_permission(self, request)

    def get_queryset(self, request: HttpRequest) -> QuerySet[City]:
        """Cities and counties."""
        rows: QuerySet[City] = super().get_queryset(request)
        return rows
