"""Countries and places: the two ends of every tie."""

from __future__ import annotations

from typing import Any, NamedTuple

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import CheckConstraint, F, Q, UniqueConstraint
from django.utils.translation import get_language, gettext_noop
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from friendship import names, words
from friendship.enums import Continent, Level, ReviewState
from friendship.models.curation import Curated
from friendship.paths import path_of

_LONGEST_KEY = 200  # sorting needs no more of a name
OTHER_COUNTRY = gettext_noop("Part of: must lie in the same country.")
LOWER_LEVEL = gettext_noop("Part of: must be of a higher level than the place itself.")
_RANK = {level.value: rank for rank, level in enumerate(Level)}


def is_chinese() -> bool:
    """Whether the active language is Chinese."""
    return (get_language() or "").startswith("zh")


def in_language(chinese: str, english: str) -> str:
    """The text for the active language, or the other one where it is missing."""
    return (chinese or english) if is_chinese() else (english or chinese)


class Naming(NamedTuple):
    """How something with a Chinese and an English name, of which one may be missing, is called."""

    name: str
    #: The language of ``name`` where it is not that of the reader, else empty.
    language: str
    #: The name in the other language where it is another, else empty.
    other_name: str


def naming(name_zh: str, name_en: str, *, chinese: bool) -> Naming:
    """For readers of Chinese or of English."""
    own, other, missing = (name_zh, name_en, "en") if chinese else (name_en, name_zh, "zh-Hans")
    return Naming(own or other, "" if own else missing, other if own and other != own else "")


class TwoNames:
    """What has a Chinese and an English name."""

    name_zh: Any
    name_en: Any

    @property
    def name(self) -> str:
        """The name in the active language, or the other one where it is missing."""
        return in_language(self.name_zh, self.name_en)

    @property
    def language(self) -> str:
        """The language of ``name`` where it is not the active one, else empty."""
        return self._naming.language

    @property
    def other_name(self) -> str:
        """The name in the other language where it is another, else empty."""
        return self._naming.other_name

    @property
    def _naming(self) -> Naming:
        return naming(self.name_zh, self.name_en, chinese=is_chinese())


class Country(TwoNames, Curated):
    """A country or region of ISO 3166-1; HK, MO and TW are called 中国香港, 中国澳门 and 中国台湾."""

    code = models.CharField(_("ISO code"), max_length=2, primary_key=True, help_text=_("ISO 3166-1, two letters."))
    name_zh = models.CharField(_("Chinese name"), max_length=100)
    name_en = models.CharField(_("English name"), max_length=100)
    aliases = models.TextField(_("other names"), blank=True, help_text=_("One name a line; search finds them."))
    continent = models.CharField(_("continent"), max_length=16, choices=Continent)
    pinyin = models.CharField(_("pinyin"), max_length=_LONGEST_KEY, editable=False)
    search_text = models.TextField(editable=False)

    history = HistoricalRecords(excluded_fields=["pinyin", "search_text"])

    class Meta:
        verbose_name = _("country or region")
        verbose_name_plural = _("countries and regions")
        ordering = ["code"]
        constraints = [
            CheckConstraint(
                condition=Q(continent__in=Continent.values),
                name="country_continent_known",
                violation_error_message=_("Continent: choose one from the list."),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        """The public page."""
        return path_of("country", self.code)

    def refresh_search(self) -> None:
        """Derive the columns that sorting and search read."""
        self.pinyin = names.sort_key(self.name_zh, self.name_en)[:_LONGEST_KEY]
        self.search_text = names.search_text([self.name_zh, self.name_en, self.code, *self.aliases.splitlines()])

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Save, with the derived columns."""
        self.refresh_search()
        super().save(*args, **kwargs)


class PlaceQuerySet(models.QuerySet["Place"]):
    """Places in the words of the field."""

    def published(self) -> PlaceQuerySet:
        """What the public may see. Decided here and nowhere else."""
        return self.filter(review_state=ReviewState.PUBLISHED)

    def provinces(self) -> PlaceQuerySet:
        """Province-level places of any country."""
        return self.filter(level=Level.PROVINCE)

    def cities(self) -> PlaceQuerySet:
        """Places below the province level: cities, and the counties and districts that hold ties of their own."""
        return self.exclude(level=Level.PROVINCE)


class Place(TwoNames, Curated):
    """A province, city or county that can stand on either side of a tie.

    A name alone never tells which place is meant (two Auroras, Chiang Mai the province and Chiang Mai the city):
    country, level and parent do. Places whose state or coordinates no source gives keep them empty.
    """

    country = models.ForeignKey(Country, models.PROTECT, related_name="places", verbose_name=_("country or region"))
    level = models.CharField(_("level"), max_length=8, choices=Level)
    parent = models.ForeignKey(
        "self",
        models.PROTECT,
        related_name="children",
        null=True,
        blank=True,
        verbose_name=_("part of"),
        help_text=_("The province, state or city that this place belongs to."),
    )
    slug = models.SlugField(
        _("address"),
        max_length=80,
        blank=True,
        help_text=_("Last part of the page’s address; made from the English name when left empty."),
    )
    name_zh = models.CharField(_("Chinese name"), max_length=100, blank=True)
    name_en = models.CharField(_("English name"), max_length=100, blank=True)
    aliases = models.TextField(_("other names"), blank=True, help_text=_("One name a line; search finds them."))
    official_code = models.CharField(
        _("official code"), max_length=12, blank=True, help_text=_("GB/T 2260 in China, ISO 3166-2 abroad.")
    )
    wikidata_id = models.CharField(_("Wikidata item"), max_length=16, blank=True)
    latitude = models.FloatField(_("latitude"), null=True, blank=True, help_text=_("Decimal degrees, north positive."))
    longitude = models.FloatField(_("longitude"), null=True, blank=True, help_text=_("Decimal degrees, east positive."))
    review_state = models.CharField(
        _("review state"), max_length=12, choices=ReviewState, default=ReviewState.PUBLISHED
    )
    pinyin = models.CharField(_("pinyin"), max_length=_LONGEST_KEY, editable=False)
    search_text = models.TextField(editable=False)

    objects = PlaceQuerySet.as_manager()
    history = HistoricalRecords(excluded_fields=["pinyin", "search_text"])

    class Meta:
        verbose_name = _("place")
        verbose_name_plural = _("places")
        ordering = ["pinyin", "slug"]
        constraints = [
            UniqueConstraint(
                fields=["slug"],
                name="place_slug_unique",
                violation_error_message=_("Address: another place already uses it."),
            ),
            CheckConstraint(
                condition=~Q(slug=""),
                name="place_slug_not_empty",
                violation_error_message=_("Address: give one, or an English name to make it from."),
            ),
            CheckConstraint(
                condition=~Q(name_zh="") | ~Q(name_en=""),
                name="place_has_a_name",
                violation_error_message=_("Name: give a Chinese or an English name."),
            ),
            CheckConstraint(
                condition=Q(level__in=Level.values),
                name="place_level_known",
                violation_error_message=_("Level: choose one from the list."),
            ),
            CheckConstraint(
                condition=Q(review_state__in=ReviewState.values),
                name="place_review_state_known",
                violation_error_message=_("Review state: choose one from the list."),
            ),
            CheckConstraint(
                condition=Q(latitude__isnull=True) | Q(latitude__range=(-90, 90)),
                name="place_latitude_in_range",
                violation_error_message=_("Latitude: must lie between -90 and 90 degrees."),
            ),
            CheckConstraint(
                condition=Q(longitude__isnull=True) | Q(longitude__range=(-180, 180)),
                name="place_longitude_in_range",
                violation_error_message=_("Longitude: must lie between -180 and 180 degrees."),
            ),
            CheckConstraint(
                condition=Q(latitude__isnull=True, longitude__isnull=True)
                | Q(latitude__isnull=False, longitude__isnull=False),
                name="place_coordinates_are_a_pair",
                violation_error_message=_("Latitude and longitude: give both or neither."),
            ),
            CheckConstraint(
                condition=Q(parent__isnull=True) | ~Q(parent=F("id")),
                name="place_parent_is_another",
                violation_error_message=_("Part of: a place cannot belong to itself."),
            ),
        ]
        indexes = [models.Index(fields=["pinyin"], name="place_by_pinyin")]  # lists by name in Chinese

    def __str__(self) -> str:
        return self.name

    @property
    def containers(self) -> list[Place]:
        """What contains the place, the nearest first, as far as the public may know of it."""
        above = (self.parent, self.parent and self.parent.parent)
        return [place for place in above if place and place.review_state == ReviewState.PUBLISHED]

    @property
    def container(self) -> Place | None:
        """The nearest of ``containers``."""
        return next(iter(self.containers), None)

    def get_absolute_url(self) -> str:
        """The public page, under the collection of the place's level."""
        return path_of("province" if self.level == Level.PROVINCE else "city", self.slug)

    def clean(self) -> None:
        """Refuse a parent that cannot contain this place, or a level below that of its own places.

        SQL cannot compare two rows.
        """
        if self.pk and self._has_unfit_children():
            raise ValidationError({"level": _("Level: places that belong to it would no longer fit under it.")})
        if self.parent is not None and (fault := self.fault_of_parent(self.parent)):
            raise ValidationError({"parent": _(fault)})

    def fault_of_parent(self, parent: Place) -> str:
        """Why the other place cannot contain this one, as a text of the catalogue; empty where it can."""
        if parent.country_id != self.country_id:
            return OTHER_COUNTRY
        return LOWER_LEVEL if _RANK[parent.level] >= _RANK.get(self.level, len(_RANK)) else ""

    def _has_unfit_children(self) -> bool:
        below = [level for level, rank in _RANK.items() if rank > _RANK.get(self.level, len(_RANK))]
        return self.children.exclude(country=self.country_id, level__in=below).exists()

    def clean_fields(self, exclude: Any = None) -> None:
        """Make the address from the name where it was left empty."""
        self.slug = self.slug or names.slug_for(self.name_en, self.name_zh)
        super().clean_fields(exclude)

    def refresh_search(self) -> None:
        """Derive the columns that sorting and search read."""
        self.pinyin = names.sort_key(self.name_zh, self.name_en)[:_LONGEST_KEY]
        self.search_text = names.search_text([self.name_zh, self.name_en, *self.aliases.splitlines()])

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Save, with the derived columns and an address."""
        self.slug = self.slug or names.slug_for(self.name_en, self.name_zh)
        self.refresh_search()
        super().save(*args, **kwargs)


Place._meta.get_field("search_text").register_lookup(words.Finds)


class ProvinceManager(models.Manager["Province"]):
    """Only province-level places."""

    def get_queryset(self) -> models.QuerySet[Province]:
        """Rows of the provincial level."""
        return super().get_queryset().filter(level=Level.PROVINCE)


class Province(Place):
    """A place of the provincial level: province, autonomous region, municipality under the centre; state, oblast."""

    objects = ProvinceManager()  # type: ignore[assignment,misc]

    class Meta:
        proxy = True
        verbose_name = _("province")
        verbose_name_plural = _("provinces")


class CityManager(models.Manager["City"]):
    """Only places below the provincial level."""

    def get_queryset(self) -> models.QuerySet[City]:
        """Rows of the city and county levels."""
        return super().get_queryset().exclude(level=Level.PROVINCE)


class City(Place):
    """A place below the provincial level: a city, or a county or district that holds ties of its own."""

    objects = CityManager()  # type: ignore[assignment,misc]

    class Meta:
        proxy = True
        verbose_name = _("city")
        verbose_name_plural = _("cities")
