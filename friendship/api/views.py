"""The read-only API: every read is one of ``queries``, every filter the one of the pages."""

from __future__ import annotations

from threading import Lock
from typing import Any, ClassVar, TypeVar, cast

from django.http import Http404
from django.utils.decorators import method_decorator
from django.utils.functional import Promise
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from django.views import View
from django_filters import FilterSet
from django_filters.rest_framework import DjangoFilterBackend
from drf_spectacular.renderers import OpenApiJsonRenderer, OpenApiJsonRenderer2
from drf_spectacular.utils import OpenApiExample, OpenApiParameter, OpenApiResponse, extend_schema
from drf_spectacular.views import SpectacularJSONAPIView, SpectacularSwaggerSplitView
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.reverse import reverse

from friendship import queries
from friendship.api import filters, rendering, selection, serializers
from friendship.api.answers import Answer, DetailAnswer, KeptAnswer, ListAnswer
from friendship.api.pagination import RegisterPagination
from friendship.filters import CountryFilter, RelationshipFilter
from friendship.freshness import fresh
from friendship.models import Country, Place, Relationship, Source

Row = TypeVar("Row")

_MALFORMED = OpenApiResponse(
    {"type": "object", "additionalProperties": {"type": "array", "items": {"type": "string"}}},
    description=_("A parameter is wrong; what is wrong with it stands under its name."),
)
_NO_PAGE = OpenApiResponse(
    serializers.ProblemSerializer,
    description=_("The list has no such page."),
)
_NO_ROW = OpenApiResponse(
    serializers.ProblemSerializer,
    description=_("Nothing public has this name."),
)
_MOVED = OpenApiResponse(
    serializers.ProblemSerializer,
    description=_("This record was merged into another one; Location says where it is now."),
)

_NOT_CHANGED = OpenApiResponse(description=_("Nothing has changed since the answer with this ETag."))
_TOO_MANY = OpenApiResponse(
    serializers.ProblemSerializer,
    description=_("Too many requests from this address; Retry-After says in how many seconds to ask again."),
)
_TOO_LONG = OpenApiResponse(description=_("The address is longer than the server reads: 4,094 characters."))
#: Whatever is asked.
_ALWAYS = {304: _NOT_CHANGED, 414: _TOO_LONG, 429: _TOO_MANY}


def _listed(
    of: type[Any], summary: Promise, description: Promise, filter_class: type[FilterSet] | None = None
) -> dict[str, Any]:
    """The words of the schema for a list."""
    return {
        "summary": summary,
        "description": description,
        "filters": False,  # described in api.filters, with the bounds that the package cannot guess
        "parameters": [*(filters.parameters(filter_class) if filter_class else []), _fields(of)],
        "responses": {200: of(many=True), 400: _MALFORMED, 404: _NO_PAGE, **_ALWAYS},
    }


def _shown(
    of: type[Any], summary: Promise, description: Promise, key: OpenApiParameter, *, moves: bool = False
) -> dict[str, Any]:
    """The words of the schema for one row; ``moves`` where rows of its kind are merged."""
    return {
        "summary": summary,
        "description": description,
        "parameters": [key, _fields(of)],
        "responses": {200: of, **({301: _MOVED} if moves else {}), 400: _MALFORMED, 404: _NO_ROW, **_ALWAYS},
    }


def _key(name: str, kind: type[int | str], description: Promise, example: int | str) -> OpenApiParameter:
    examples = [OpenApiExample(str(example), value=example)]
    return OpenApiParameter(name, kind, OpenApiParameter.PATH, description=description, examples=examples)


def _fields(of: type[Any]) -> OpenApiParameter:
    return OpenApiParameter(
        selection.PARAMETER,
        str,
        description=_("Names of what the answer is to have, with commas between; everything unless told."),
        enum=list(selection.names(of())),
        many=True,
        style="form",
        explode=False,
    )


def _found(row: Row | None) -> Row:
    if row is None:
        raise Http404
    return row


# --- the API about itself ---------------------------------------------------------------------------------------------


class Index(Answer):
    """The addresses of the API."""

    @extend_schema(
        operation_id="index",
        summary=_("Index"),
        description=_("The addresses of the API."),
        responses={200: serializers.IndexSerializer, 400: _MALFORMED, **_ALWAYS},
    )
    def get(self, request: Request) -> Response:
        """Each collection with its address."""
        names = serializers.IndexSerializer().fields
        return Response({name: reverse(f"api:{name}", request=request) for name in names})


class Schema(KeptAnswer, SpectacularJSONAPIView):
    """The description of the API; plain JSON first, so that a browser shows it instead of saving it.

    The package makes it for one request at a time (what it knows of a view it keeps at the class: two at once got
    answers of each other, or none), and takes half a second. It says the same to everybody who reads a language, so
    each process makes it once.
    """

    _made: ClassVar[dict[str, Any]] = {}
    _making = Lock()

    renderer_classes = [OpenApiJsonRenderer2, OpenApiJsonRenderer]

    @extend_schema(exclude=True)
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """The description, in the language of the request; the package's ``?lang=`` would load any that is named."""
        language = get_language() or ""
        with self._making:
            if language not in self._made:
                self._made[language] = self._get_schema_response(request).data  # type: ignore[no-untyped-call]
        return Response(self._made[language], headers={"Content-Disposition": 'inline; filename="openapi.json"'})

    def _get_version_parameter(self, request: Request) -> None:
        """There is one version; the package would write whatever ``?version=`` says into a header."""


class Docs(SpectacularSwaggerSplitView):
    """The description to read and try; our template has no inline style, which the security policy forbids."""

    url_name = "api:schema"
    template_name = "api/docs.html"

    def options(self, request: Any, *args: Any, **kwargs: Any) -> Any:
        """The methods allowed; the page's template cannot render Django REST framework's own answer."""
        return View.options(self, request, *args, **kwargs)


# --- relationships --------------------------------------------------------------------------------------------------


@extend_schema(
    **_listed(
        serializers.RelationshipSerializer,
        _("List of ties"),
        _("Every published tie that matches the filters, with both sides and its evidence."),
        RelationshipFilter,
    )
)
class RelationshipList(ListAnswer[Relationship]):
    """The published ties that answer the filters."""

    queryset = Relationship.objects.none()
    serializer_class = serializers.RelationshipSerializer
    renderer_classes = [rendering.RowsRenderer]
    parameters = (*RelationshipFilter.base_filters, *ListAnswer.parameters)

    def list(self, request: Request, *_args: Any, **_kwargs: Any) -> Response:
        """The rows of the page, with only what is shown; 400 with the field's name where a filter cannot be read."""
        found = queries.TieParts(filters.criteria(RelationshipFilter, request))
        paginator = cast("RegisterPagination", self.paginator)
        rows = rendering.ties(found, paginator.keys(found, request), self.selected, request)
        return paginator.get_paginated_response(rows)


@extend_schema(
    **_shown(
        serializers.RelationshipSerializer,
        _("One tie"),
        _("A published tie with both sides and its evidence."),
        _key("id", int, _("The id of the tie."), 1),
        moves=True,
    )
)
class RelationshipDetail(DetailAnswer[Relationship]):
    """One published tie."""

    queryset = Relationship.objects.none()
    serializer_class = serializers.RelationshipSerializer

    def get_object(self) -> Relationship:
        """The tie. Raises ``Http404`` where there is none, or a draft."""
        return _found(queries.relationship(self.kwargs["pk"]))

    def moved(self) -> tuple[str, dict[str, Any]] | None:
        """The tie into which this one was merged."""
        kept = queries.moved_tie(self.kwargs["pk"])
        return ("relationship", {"pk": kept.pk}) if kept is not None else None


# --- places and countries -------------------------------------------------------------------------------------------


@extend_schema(
    **_listed(
        serializers.PlaceSerializer,
        _("List of places"),
        _("The places of the reference list, whether or not a tie names them."),
        filters.ReferencePlaceFilter,
    )
)
class PlaceList(ListAnswer[Place]):
    """The places of the reference list, those without a tie too."""

    queryset = Place.objects.none()
    serializer_class = serializers.PlaceSerializer
    renderer_classes = [rendering.RowsRenderer]
    parameters = (*filters.ReferencePlaceFilter.base_filters, *ListAnswer.parameters)

    def list(self, request: Request, *_args: Any, **_kwargs: Any) -> Response:
        """The rows of the page, with only what is shown; 400 with the field's name where a filter cannot be read."""
        found = queries.PlaceParts(filters.criteria(filters.ReferencePlaceFilter, request))
        paginator = cast("RegisterPagination", self.paginator)
        rows = rendering.places(paginator.keys(found, request), self.selected, request)
        return paginator.get_paginated_response(rows)


@extend_schema(
    **_shown(
        serializers.PlaceSerializer,
        _("One place"),
        _("A place of the reference list, whether or not a tie names it."),
        _key("slug", str, _("The slug of the place."), "chengdu"),
        moves=True,
    )
)
class PlaceDetail(DetailAnswer[Place]):
    """One place."""

    queryset = Place.objects.none()
    serializer_class = serializers.PlaceSerializer
    lookup_field = "slug"

    def get_object(self) -> Place:
        """The place. Raises ``Http404`` where there is none."""
        return _found(queries.place(self.kwargs["slug"]))

    def moved(self) -> tuple[str, dict[str, Any]] | None:
        """The place into which this one was merged."""
        kept = queries.moved_place(self.kwargs["slug"])
        return ("place", {"slug": kept.slug}) if kept is not None else None


@extend_schema(
    **_listed(
        serializers.CountrySerializer,
        _("List of countries"),
        _("Every country and region of ISO 3166-1, whether or not a tie touches it."),
        CountryFilter,
    )
)
class CountryList(ListAnswer[Country]):
    """Every country and region of ISO 3166-1."""

    serializer_class = serializers.CountrySerializer
    filter_backends = [DjangoFilterBackend]
    filterset_class = CountryFilter
    parameters = (*CountryFilter.base_filters, *ListAnswer.parameters)

    def get_queryset(self) -> Any:
        """Names the model; the filter asks ``queries``."""
        return queries.all_countries()


@extend_schema(
    **_shown(
        serializers.CountrySerializer,
        _("One country"),
        _("A country or region of ISO 3166-1."),
        _key("code", str, _("ISO 3166-1, two letters."), "JP"),
    )
)
class CountryDetail(DetailAnswer[Country]):
    """One country."""

    queryset = Country.objects.none()
    serializer_class = serializers.CountrySerializer
    lookup_field = "code"

    def get_object(self) -> Country:
        """The country. Raises ``Http404`` where there is none."""
        return _found(queries.country(self.kwargs["code"].upper()))


# --- sources and totals ---------------------------------------------------------------------------------------------


@extend_schema(
    **_listed(serializers.SourceSerializer, _("List of sources"), _("Every source without its text, newest first."))
)
class SourceList(ListAnswer[Source]):
    """Every source, newest first, without its text."""

    serializer_class = serializers.SourceSerializer

    def get_queryset(self) -> Any:
        """The sources."""
        return queries.sources()

    def get_serializer_context(self) -> dict[str, Any]:
        """With the number of ties by source."""
        counts = queries.tie_counts_of_sources() if self.shows("tie_count") else {}
        return {**super().get_serializer_context(), "tie_counts": counts}


@extend_schema(
    **_shown(
        serializers.SourceDetailSerializer,
        _("One source"),
        _("A source with its full text, where we hold it, and every value that it gives."),
        _key("slug", str, _("The slug of the source."), "sichuan-press-conference-2023-05-18"),
    )
)
class SourceDetail(DetailAnswer[Source]):
    """One source with its text and every value that it gives."""

    queryset = Source.objects.none()
    serializer_class = serializers.SourceDetailSerializer
    lookup_field = "slug"

    def get_object(self) -> Source:
        """The source. Raises ``Http404`` where there is none."""
        return _found(queries.source(self.kwargs["slug"]))

    def get_serializer_context(self) -> dict[str, Any]:
        """With the number of ties by source."""
        counts = queries.tie_counts_of_sources() if self.shows("tie_count") else {}
        return {**super().get_serializer_context(), "tie_counts": counts}


@extend_schema(
    **_listed(
        serializers.TotalSerializer,
        _("Reported totals"),
        _("What sources report, beside what the register holds for the same question."),
    )
)
class TotalList(ListAnswer[Any]):
    """Totals that sources report, beside what the register holds."""

    serializer_class = serializers.TotalSerializer

    def get_queryset(self) -> Any:
        """The totals."""
        return queries.totals()

    def paginate_queryset(self, queryset: Any) -> Any:
        """The totals of the page, each with what is recorded."""
        return queries.compare(super().paginate_queryset(queryset) or [])


# --- statistics -----------------------------------------------------------------------------------------------------


@method_decorator(fresh, name="get")  # counting takes longer than seeing that nothing has changed
class StatisticsView(Answer):
    """The ties that answer the filters, counted."""

    parameters = tuple(RelationshipFilter.base_filters)

    @extend_schema(
        operation_id="statistics",
        summary=_("Statistics"),
        description=_(
            "The ties that match the filters by year, type, country, continent, home place and level. Letters of "
            "intent and ended ties are counted only where the filters ask for them by name."
        ),
        parameters=[item for item in filters.parameters(RelationshipFilter) if item.name != "sort"],
        responses={200: serializers.StatisticsSerializer, 400: _MALFORMED, **_ALWAYS},
    )
    def get(self, request: Request) -> Response:
        """The counts; 400 with the field's name where a filter cannot be read."""
        found = queries.statistics(filters.criteria(RelationshipFilter, request))
        return Response(serializers.StatisticsSerializer(found).data)
