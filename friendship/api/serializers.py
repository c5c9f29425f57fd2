"""The JSON names of the register: what a machine reads of each row. Addresses and keys are promises to others."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext_lazy as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers
from rest_framework.request import Request

from friendship import queries
from friendship.dates import PartialDate
from friendship.enums import Continent, Level, Metric, RelationshipType, Scope
from friendship.models import Country, Evidence, Place, Relationship, ReportedTotal, Source

# --- fields ---------------------------------------------------------------------------------------------------------


@extend_schema_field({"type": "string", "pattern": r"^\d{4}(-\d{2}(-\d{2})?)?$", "example": "1982-10"})
class PartialDateField(serializers.Field):  # type: ignore[type-arg]
    """ISO 8601 with only the precision that is known, or null."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            read_only=True, allow_null=True, help_text=_("ISO 8601, to the year, the month or the day."), **kwargs
        )

    def to_representation(self, value: PartialDate) -> str:
        """1982, 1982-10 or 1982-10-03."""
        return value.iso


def page_address(row: Any, request: Request) -> str:
    """The absolute address of a row's page in the language that has no prefix."""
    with translation.override(settings.LANGUAGE_CODE):
        address = row.get_absolute_url()
    return str(request.build_absolute_uri(address))


@extend_schema_field(OpenApiTypes.URI)
class PageField(serializers.Field):  # type: ignore[type-arg]
    """The absolute address of the row's public page: the Chinese one, whatever language the request speaks."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(read_only=True, source="*", help_text=_("The public page in Chinese."), **kwargs)

    def to_representation(self, value: Any) -> str:
        """Reverse the page in the language that has no prefix."""
        return page_address(value, self.context["request"])


@extend_schema_field({"type": "string", "pattern": "^[A-Z]{2}$", "example": "CN"})
class CountryCodeField(serializers.ReadOnlyField):
    """ISO 3166-1, two letters."""


@extend_schema_field({"type": "array", "items": {"type": "string"}})
class LinesField(serializers.Field):  # type: ignore[type-arg]
    """A text of one name a line, as a list."""

    def to_representation(self, value: str) -> list[str]:
        """The lines, without empty ones."""
        return [line for line in value.splitlines() if line]


class ContainerField(serializers.SlugField):
    """The nearest place that contains a place, as far as the public may know of it."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            source="container.slug",
            read_only=True,
            allow_null=True,
            help_text=_("The slug of what contains the place."),
            **kwargs,
        )


# --- relationships --------------------------------------------------------------------------------------------------


class SideSerializer(serializers.ModelSerializer[Place]):
    """One side of a tie."""

    country = CountryCodeField(source="country_id")

    class Meta:
        model = Place
        fields = ["slug", "name_zh", "name_en", "level", "country", "latitude", "longitude"]
        read_only_fields = fields


class EvidenceSerializer(serializers.ModelSerializer[Evidence]):
    """What a source says for one claim, with its words and where they stand in its text."""

    source = serializers.SlugField(  # type: ignore[assignment]  # a JSON name, not the field’s own attribute
        source="source.slug", read_only=True, help_text=_("The source’s slug.")
    )

    class Meta:
        model = Evidence
        fields = ["source", "claim", "quote", "start", "end", "strength"]
        read_only_fields = fields


class RelationshipSerializer(serializers.ModelSerializer[Relationship]):
    """A published tie with both sides and its evidence."""

    url = PageField()
    founded = PartialDateField()
    ended = PartialDateField()
    home = SideSerializer(read_only=True)
    partner = SideSerializer(read_only=True)
    evidence = EvidenceSerializer(many=True, read_only=True)

    class Meta:
        model = Relationship
        fields = [
            "id",
            "url",
            "type",
            "type_as_printed",
            "status",
            "founded",
            "ended",
            "home",
            "partner",
            "evidence",
        ]
        read_only_fields = fields


# --- places and countries -------------------------------------------------------------------------------------------


class PlaceSerializer(serializers.ModelSerializer[Place]):
    """A place of the reference list, whether or not a tie names it."""

    aliases = LinesField(read_only=True)
    country = CountryCodeField(source="country_id")
    parent = ContainerField()  # type: ignore[assignment]  # a JSON name, not the field’s own attribute
    url = PageField()

    class Meta:
        model = Place
        fields = [
            "slug",
            "name_zh",
            "name_en",
            "aliases",
            "level",
            "country",
            "parent",
            "official_code",
            "wikidata_id",
            "latitude",
            "longitude",
            "url",
        ]
        read_only_fields = fields


class CountrySerializer(serializers.ModelSerializer[Country]):
    """A country or territory of ISO 3166-1."""

    code = CountryCodeField()
    aliases = LinesField(read_only=True)
    url = PageField()

    class Meta:
        model = Country
        fields = ["code", "name_zh", "name_en", "continent", "aliases", "url"]
        read_only_fields = fields


# --- sources and totals ---------------------------------------------------------------------------------------------


class SourceSerializer(serializers.ModelSerializer[Source]):
    """A source; ``url`` is the document's own address, ``page`` ours. Expects ``tie_counts`` in the context."""

    published_on = PartialDateField()
    url = serializers.CharField(read_only=True, help_text=_("The document’s own address; empty where it has none."))
    tie_count = serializers.SerializerMethodField(help_text=_("The published ties that the source speaks of."))
    page = PageField()

    class Meta:
        model = Source
        fields = ["slug", "title", "publisher", "kind", "published_on", "url", "language", "tie_count", "page"]
        read_only_fields = fields

    def get_tie_count(self, row: Source) -> int:
        """The published ties that the source speaks of, by evidence or by an event."""
        return int(self.context["tie_counts"][row.pk])


class StatementSerializer(serializers.ModelSerializer[Evidence]):
    """One claim of a source about one tie, with the value as this source gives it."""

    relationship = serializers.IntegerField(
        source="relationship_id", read_only=True, help_text=_("The id of the relationship.")
    )

    class Meta:
        model = Evidence
        fields = ["relationship", "claim", "value", "quote", "start", "end", "strength"]
        read_only_fields = fields


class ReportedTotalSerializer(serializers.ModelSerializer[ReportedTotal]):
    """One total that a source reports: a number, or the source's own words where it gives no exact one."""

    place = serializers.SlugField(source="place.slug", read_only=True, help_text=_("The place’s slug."))
    as_of = PartialDateField()

    class Meta:
        model = ReportedTotal
        fields = ["place", "scope", "metric", "value", "as_printed", "as_of", "quote", "start", "end"]
        read_only_fields = fields


class SourceDetailSerializer(SourceSerializer):
    """A source with its full text, where we hold it, and every value that it gives."""

    evidence = serializers.SerializerMethodField(
        help_text=_("What the source says of published ties, in the order of its text.")
    )
    totals = serializers.SerializerMethodField(help_text=_("The totals that the source reports."))

    class Meta(SourceSerializer.Meta):
        fields = [*SourceSerializer.Meta.fields, "note_zh", "note_en", "text", "evidence", "totals"]
        read_only_fields = fields

    @extend_schema_field(StatementSerializer(many=True))
    def get_evidence(self, row: Source) -> list[dict[str, Any]]:
        """Every claim of the source about published ties."""
        return list(StatementSerializer(queries.evidence_of(row), many=True).data)

    @extend_schema_field(ReportedTotalSerializer(many=True))
    def get_totals(self, row: Source) -> list[dict[str, Any]]:
        """Every total of the source, in the order of entry."""
        return list(ReportedTotalSerializer(queries.totals().filter(source=row), many=True).data)


class TotalSerializer(serializers.Serializer[queries.ComparedTotal]):
    """A total that a source reports, beside what the register holds for the same question."""

    source = serializers.SlugField(  # type: ignore[assignment]  # a JSON name, not the field’s own attribute
        source="total.source.slug", help_text=_("The source’s slug.")
    )
    place = serializers.SlugField(source="total.place.slug", help_text=_("The place’s slug."))
    scope = serializers.ChoiceField(choices=Scope.choices, source="total.scope")
    metric = serializers.ChoiceField(choices=Metric.choices, source="total.metric")
    value = serializers.IntegerField(
        source="total.value",
        min_value=0,
        allow_null=True,
        help_text=_("As the source reports it; null where it gives no exact number."),
    )
    as_of = PartialDateField(source="total.as_of")
    recorded = serializers.IntegerField(min_value=0, help_text=_("What the register holds for the same question."))


# --- statistics -----------------------------------------------------------------------------------------------------


class TypesSerializer(serializers.Serializer[Any]):
    """The ties of a year by type, every type always there."""

    def get_fields(self) -> dict[str, Any]:
        """One number for each type."""
        return {kind.value: serializers.IntegerField(min_value=0) for kind in RelationshipType}


class YearSerializer(serializers.Serializer[queries.Year]):
    """A year with at least one tie."""

    year = serializers.IntegerField()
    total = serializers.IntegerField(help_text=_("The ties established in the year."))
    cumulative = serializers.IntegerField(help_text=_("The dated ties established up to the end of the year."))
    types = serializers.SerializerMethodField()

    @extend_schema_field(TypesSerializer)
    def get_types(self, row: queries.Year) -> dict[str, int]:
        """The ties of the year by type."""
        return {kind.value: row.types.get(kind.value, 0) for kind in RelationshipType}


class TypeTotalSerializer(serializers.Serializer[queries.Group]):
    """The ties of a type."""

    type = serializers.ChoiceField(choices=RelationshipType.choices, source="value")
    total = serializers.IntegerField()


class CountryTotalSerializer(serializers.Serializer[queries.Group]):
    """The ties that touch a country."""

    country = CountryCodeField(source="value")
    total = serializers.IntegerField()


class ContinentTotalSerializer(serializers.Serializer[queries.Group]):
    """The ties that touch a continent."""

    continent = serializers.ChoiceField(choices=Continent.choices, source="value")
    total = serializers.IntegerField()


class PlaceTotalSerializer(serializers.Serializer[queries.Group]):
    """The ties that touch a place, which is the home side of one at least."""

    place = serializers.SlugField(source="value", help_text=_("The place’s slug."))
    total = serializers.IntegerField()


class LevelTotalSerializer(serializers.Serializer[queries.Group]):
    """The ties whose home side is of a level."""

    level = serializers.ChoiceField(choices=Level.choices, source="value")
    total = serializers.IntegerField()


class StatisticsSerializer(serializers.Serializer[queries.Statistics]):
    """The ties that answer the filters, counted."""

    ties = serializers.IntegerField(help_text=_("All of them, dated or not."))
    undated = serializers.IntegerField(help_text=_("Those without a known year: in every group, but in no year."))
    first_year = serializers.IntegerField(allow_null=True)
    latest_year = serializers.IntegerField(allow_null=True)
    busiest_years = serializers.SerializerMethodField(help_text=_("The years with the most ties."))
    years = YearSerializer(many=True, help_text=_("The years with a tie, earliest first."))
    types = TypeTotalSerializer(many=True)
    countries = CountryTotalSerializer(
        many=True, help_text=_("On either side; a country that every tie touches is left out where others remain.")
    )
    continents = ContinentTotalSerializer(
        many=True, help_text=_("On either side; a continent that every tie touches is left out where others remain.")
    )
    places = PlaceTotalSerializer(many=True, help_text=_("The home places, by the ties that touch them."))
    levels = LevelTotalSerializer(many=True, help_text=_("Of the home side."))
    single_tie_countries = serializers.SerializerMethodField(help_text=_("The countries that one tie alone touches."))

    @extend_schema_field({"type": "array", "items": {"type": "integer"}})
    def get_busiest_years(self, found: queries.Statistics) -> list[int]:
        """The years alone."""
        return [year.year for year in found.busiest_years]

    @extend_schema_field({"type": "array", "items": {"type": "string", "pattern": "^[A-Z]{2}$"}})
    def get_single_tie_countries(self, found: queries.Statistics) -> list[str]:
        """Their codes."""
        return [country.value for country in found.single_tie_countries]


# --- the index and errors -------------------------------------------------------------------------------------------


class IndexSerializer(serializers.Serializer[dict[str, str]]):
    """The addresses of the API."""

    relationships = serializers.URLField()
    places = serializers.URLField()
    countries = serializers.URLField()
    sources = serializers.URLField()
    totals = serializers.URLField()
    statistics = serializers.URLField()
    schema = serializers.URLField()
    docs = serializers.URLField()


class ProblemSerializer(serializers.Serializer[dict[str, str]]):
    """What went wrong, in the language of the request."""

    detail = serializers.CharField()
