"""The filters of the register: they ask, say themselves in words, and give the address that removes each part.

Page, API, exports, map and statistics share these classes, so that they can never disagree.
"""

from __future__ import annotations

import re
from collections import OrderedDict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any, ClassVar, cast
from urllib.parse import urlencode

import django_filters
from django import forms
from django.core.paginator import Page, Paginator
from django.core.validators import ProhibitNullCharactersValidator
from django.db.models import QuerySet
from django.http import QueryDict
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from friendship import queries
from friendship.enums import UNCOUNTED_STATUSES, UNCOUNTED_TYPES, Continent, Level, RelationshipType, Status
from friendship.models import Country, Place, Relationship, Source

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

PAGE_SIZE = 50
LARGEST_PAGE = 500
LONGEST_QUERY = 200
LAST_YEAR = 9999

#: Parameters that change how rows are shown, not which.
_HOW_SHOWN = frozenset({"sort", "page_size"})

_UNKNOWN = {"invalid_choice": _("“%(value)s” is not known to the register.")}


class Parameters:
    """The parameters of an address, in order; every change goes back to the first page."""

    def __init__(self, pairs: Iterable[tuple[str, str]]) -> None:
        self.pairs = [(name, value) for name, value in pairs if value != ""]

    @classmethod
    def of(cls, data: QueryDict, known: Iterable[str]) -> Parameters:
        """Those parameters of a request that a filter knows."""
        names = set(known)
        return cls((name, value) for name, values in data.lists() if name in names for value in dict.fromkeys(values))

    def adding(self, name: str) -> str:
        """The query of the address to which one alternative more is only to be written: a code, a word or a slug."""
        return _query([*self._but("page"), (name, "")])

    def removing(self, name: str) -> Callable[[str], str]:
        """Gives the query of the address without one of the alternatives of a parameter."""
        return lambda value: self.without(name, value).query

    def replacing(self, **values: object) -> Parameters:
        """These parameters set to one value each; None removes."""
        kept = [pair for pair in self._but("page") if pair[0] not in values]
        return Parameters([*kept, *((name, str(value)) for name, value in values.items() if value is not None)])

    def without(self, name: str, value: object = None) -> Parameters:
        """A parameter removed, or one of its values."""
        return Parameters(
            pair for pair in self._but("page") if pair[0] != name or (value is not None and pair[1] != str(value))
        )

    def naming(self, name: str, values: Iterable[str]) -> Parameters:
        """A parameter set to several alternatives."""
        return Parameters([*self.without(name).pairs, *((name, value) for value in values)])

    def has(self, name: str, value: object) -> bool:
        """Whether the value is among those of the parameter."""
        return (name, str(value)) in self.pairs

    def _but(self, name: str) -> list[tuple[str, str]]:
        return [pair for pair in self.pairs if pair[0] != name]

    @property
    def canonical(self) -> str:
        """The query of the address that stands for all that ask the same: in order, without sorting and sizes.

        A further page keeps its number where nothing else decides what stands on it.
        """
        rearranged = any(name in _HOW_SHOWN for name, _value in self.pairs)
        dropped = {*_HOW_SHOWN, "page"} if rearranged or ("page", "1") in self.pairs else _HOW_SHOWN
        pairs = sorted(pair for pair in set(self.pairs) if pair[0] not in dropped)
        return _query(pairs) if pairs else ""

    @property
    def query(self) -> str:
        """The query of the address, with its question mark; ``?`` alone asks for everything."""
        return _query(self.pairs)


def _query(pairs: Iterable[tuple[str, str]]) -> str:
    return "?" + "&".join([_written(name, value) for name, value in pairs])


@lru_cache(maxsize=5000)
def _written(name: str, value: str) -> str:
    return urlencode([(name, value)])


@dataclass(frozen=True)
class Part:
    """One active part of a filter: its name, its value in words, and the address without it."""

    name: str
    label: str
    text: str
    remove: str


@dataclass(frozen=True)
class Refused:
    """A parameter of an address that is not applied: its name, the label of its filter, and its value as it came."""

    name: str
    label: str
    value: str

    @property
    def pair(self) -> tuple[str, str]:
        """The parameter as ``Parameters`` holds it."""
        return self.name, self.value


class _SharedFields(forms.Form):
    """Reads what its class says, without a copy of every field for every form: none of them is ever altered."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        fields, self.base_fields = self.base_fields, {}  # type: ignore[misc]  # Django’s own are its class’s alone
        super().__init__(*args, **kwargs)
        self.fields = self.base_fields = fields  # type: ignore[misc]


class _YearsInOrder(forms.Form):
    """The last year must not lie before the first."""

    def clean(self) -> dict[str, Any]:
        """Check the two years against each other; where they contradict each other, neither stands."""
        cleaned = super().clean() or {}
        first, last = cleaned.get("founded_after"), cleaned.get("founded_before")
        if first is not None and last is not None and first > last:
            self.add_error("founded_before", _("The last year must not lie before the first year."))
            del cleaned["founded_after"]
        return cleaned


class _ChoicesField(django_filters.fields.MultipleChoiceField):
    """Words of the register."""

    def known(self, keys: list[str]) -> list[str]:
        """Those words that there are."""
        return [key for key in dict.fromkeys(keys) if self.valid_value(key)]


class _ChoicesFilter(django_filters.MultipleChoiceFilter):
    field_class = _ChoicesField


def _choices(label: _StrPromise, words: type[Any]) -> django_filters.MultipleChoiceFilter:
    return _ChoicesFilter(label=label, choices=words.choices, error_messages=_UNKNOWN)


_no_null = ProhibitNullCharactersValidator()


class _RowsField(django_filters.fields.ModelMultipleChoiceField):
    """Rows by a key, in one query; the package's own asks twice."""

    def clean(self, value: Any) -> Any:
        """The rows as a list, in their own order. Raises ``ValidationError`` for the first key that no row has."""
        keys = list(value or ())
        if not keys:
            return []
        for key in keys:
            _no_null(key)
        rows = self.rows(keys)
        held = {getattr(row, str(self.to_field_name)) for row in rows}
        for key in keys:
            if key not in held:
                raise forms.ValidationError(self.error_messages["invalid_choice"], "invalid_choice", {"value": key})
        return rows

    def known(self, keys: list[str]) -> list[Any]:
        """Those rows that there are, whatever else is asked for."""
        return self.rows([key for key in keys if "\x00" not in key])

    def rows(self, keys: list[str]) -> list[Any]:
        """Those rows that there are."""
        asked = cast("QuerySet[Any]", self.queryset)
        return list(asked.filter(**{f"{self.to_field_name}__in": keys}))


class _CountriesField(_RowsField):
    """Of countries, all are at hand."""

    def rows(self, keys: list[str]) -> list[Any]:
        """Those countries that there are."""
        return [country for code, country in queries.countries_by_code().items() if code in keys]


class _RowsFilter(django_filters.ModelMultipleChoiceFilter):
    field_class = _RowsField


class _CountriesFilter(django_filters.ModelMultipleChoiceFilter):
    field_class = _CountriesField


def _rows(label: _StrPromise, queryset: QuerySet[Any], key: str) -> django_filters.ModelMultipleChoiceFilter:
    return _RowsFilter(label=label, queryset=queryset, to_field_name=key, error_messages=_UNKNOWN)


def _countries() -> django_filters.ModelMultipleChoiceFilter:
    queryset = Country.objects.all()
    return _CountriesFilter(
        label=_("country or region"), queryset=queryset, to_field_name="code", error_messages=_UNKNOWN
    )


class _YearFilter(django_filters.Filter):
    """A year; django-filter's own number filter would let 1982.5 pass."""

    field_class = forms.IntegerField


def _year(label: _StrPromise) -> _YearFilter:
    wrong = {"invalid": _("Write a year in digits, such as 1982.")}
    return _YearFilter(label=label, min_value=1, max_value=LAST_YEAR, error_messages=wrong)


def _sort(keys: tuple[str, ...]) -> django_filters.ChoiceFilter:
    return django_filters.ChoiceFilter(
        label=_("sort by"), choices=[(key, key) for key in keys], error_messages=_UNKNOWN
    )


class RegisterFilter(django_filters.FilterSet):
    """What the filter sets share: turning the form into criteria and into words."""

    criteria_class: ClassVar[type[Any]]

    def __init__(self, data: QueryDict | None = None, *args: Any, **kwargs: Any) -> None:
        """Read the parameters of an address; a form sent with an empty field asks nothing by it.

        As the package does, but without a copy of every filter for every request: none of them is ever altered.
        """
        filters, self.base_filters = self.base_filters, OrderedDict()
        super().__init__(_filled(data), *args, **kwargs)
        self.filters = self.base_filters = filters

    def get_form_class(self) -> type[forms.Form]:
        """The form of what is asked, made once for each set of questions."""
        return _form_class(type(self), frozenset(self.base_filters.keys() & cast("QueryDict", self.data).keys()))

    @cached_property
    def valid(self) -> dict[str, Any]:
        """The values that could be read; wrong ones are left out, stand in ``errors``, and ``refused`` names them."""
        self.is_valid()
        values: dict[str, Any] = self.form.cleaned_data
        if self.errors:
            values = values | {name: self._known(name) for name in self.errors}
        return {name: value for name, value in values.items() if value not in (None, "", [])}

    @cached_property
    def criteria(self) -> Any:
        """The question to ``queries``."""
        return self.criteria_class(**{name: self._plain(name, value) for name, value in self.valid.items()})

    @cached_property
    def parameters(self) -> Parameters:
        """The parameters of the address that this filter knows, with those of paging."""
        asked = cast("QueryDict", self.data)  # as __init__ made it
        return Parameters.of(asked, [*self.filters, *Paging.base_fields])

    @cached_property
    def parts(self) -> list[Part]:
        """What is asked, part by part."""
        found = []
        for name, value in self.valid.items():
            if name != "sort":
                found += [self._part(name, key, text) for key, text in self._spoken(name, value)]
        return found

    @cached_property
    def refused(self) -> list[Refused]:
        """What is asked and not applied, because it cannot be read; empty where all of it can."""
        if not self.errors:
            return []
        held = {(name, key) for name, value in self.valid.items() for key, _text in self._spoken(name, value)}
        unread = self.form.fields.keys() - self.form.cleaned_data.keys()
        wrong = [pair for pair in self.parameters.pairs if pair[0] in unread and pair not in held]
        return [Refused(name, str(self.filters[name].label), value) for name, value in wrong]

    @property
    def narrowing(self) -> Parameters:
        """What decides which rows there are: without order and paging, and without what could not be read."""
        return self._applied.replacing(sort=None, page_size=None)

    @property
    def _applied(self) -> Parameters:
        """The parameters without those that could not be read."""
        if not self.refused:
            return self.parameters
        refused = {each.pair for each in self.refused}
        return Parameters(pair for pair in self.parameters.pairs if pair not in refused)

    @property
    def is_worth_indexing(self) -> bool:
        """Whether a search engine should list the page: not what someone typed, mistook or combined."""
        return not self.errors and len(self.parts) < 2 and "q" not in self.valid

    @property
    def sentence(self) -> str:
        """The filter in words, for headings and documents."""
        return " · ".join(f"{part.label} {part.text}" for part in self.parts)

    def filter_queryset(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Answer from ``queries``; the queryset that a caller brings only names the model."""
        raise NotImplementedError

    def _known(self, name: str) -> list[Any]:
        """Of several alternatives those that can be read: a wrong one does not spoil the others."""
        field: Any = self.form.fields[name]
        alternatives = isinstance(field, _ChoicesField | _RowsField)
        return list(field.known(cast("QueryDict", self.data).getlist(name))) if alternatives else []

    def _plain(self, name: str, value: Any) -> Any:
        if isinstance(value, str | int):
            return value
        return tuple(key for key, _text in self._spoken(name, value))

    def _spoken(self, name: str, value: Any) -> list[tuple[str, str]]:
        if isinstance(value, str | int):
            return [(str(value), str(value))]
        if isinstance(self.filters[name], django_filters.ModelMultipleChoiceFilter):
            key = self.filters[name].extra["to_field_name"]
            return [(getattr(row, key), str(row)) for row in value]
        labels = dict(self.filters[name].extra["choices"])
        return [(key, str(labels[key])) for key in value]

    def _part(self, name: str, key: str, text: str) -> Part:
        label = str(self.filters[name].label)
        single = not isinstance(self.filters[name], django_filters.MultipleChoiceFilter)
        return Part(name, label, text, self.parameters.without(name, None if single else key).query)


@lru_cache(maxsize=500)
def _form_class(filter_set: type[RegisterFilter], asked: frozenset[str]) -> type[forms.Form]:
    fields = {name: each.field for name, each in filter_set.base_filters.items() if name in asked}
    base = filter_set._meta.form  # type: ignore[attr-defined]  # as the package's metaclass makes it
    return type(f"{filter_set.__name__}Form", (_SharedFields, base), fields)


_CODE = re.compile(r"\A[A-Za-z]{2}\Z")


def _filled(data: QueryDict | None) -> QueryDict:
    """Without empty fields; the code of a country in capitals, as its own page has it."""
    filled = QueryDict(mutable=True)
    for name, values in data.lists() if data is not None else ():
        written = [_CODE.sub(lambda code: code[0].upper(), value) for value in values] if name == "country" else values
        filled.setlist(name, [value for value in written if value != ""])
    return filled


class RelationshipFilter(RegisterFilter):
    """The filters of relationships; docs/data.md lists them."""

    criteria_class = queries.Criteria

    q = django_filters.CharFilter(label=_("search"), max_length=LONGEST_QUERY)
    type = _choices(_("type"), RelationshipType)
    place = _rows(_("place"), Place.objects.published(), "slug")
    country = _countries()
    continent = _choices(_("continent"), Continent)
    founded_after = _year(_("established from"))
    founded_before = _year(_("established until"))
    level = _choices(_("level of the home side"), Level)
    status = _choices(_("status"), Status)
    province = _rows(_("province"), Place.objects.published().provinces(), "slug")
    source = _rows(_("source"), Source.objects.published().defer("text"), "slug")
    sort = _sort(queries.SORTS)

    class Meta:
        model = Relationship
        fields: ClassVar[list[str]] = []
        form = _YearsInOrder

    def filter_queryset(self, queryset: QuerySet[Relationship]) -> QuerySet[Relationship]:
        """The sorted rows that answer the question."""
        return queries.relationships(self.criteria)

    def ties_only(self, listed: Iterable[tuple[str, str]]) -> Parameters:
        """The parameters under which the list holds just those rows that count as ties.

        ``listed`` are the pairs of type and status that occur under the filter. Where letters of intent or ended ties
        are among them and nobody asked for them by name, the types or statuses that count are named.
        """
        types, statuses = {kind for kind, _status in listed}, {status for _kind, status in listed}
        narrowed = self._applied
        if UNCOUNTED_TYPES & types and not self.criteria.type:
            narrowed = narrowed.naming("type", [word for word in RelationshipType if word not in UNCOUNTED_TYPES])
        if UNCOUNTED_STATUSES & statuses and not self.criteria.status:
            narrowed = narrowed.naming("status", [word for word in Status if word not in UNCOUNTED_STATUSES])
        return narrowed


class PlaceFilter(RegisterFilter):
    """The filters of the lists of cities and provinces."""

    criteria_class = queries.PlaceCriteria

    q = django_filters.CharFilter(label=_("search"), max_length=LONGEST_QUERY)
    country = _countries()
    type = _choices(_("type of tie"), RelationshipType)
    continent = _choices(_("continent"), Continent)
    province = _rows(_("province"), Place.objects.published().provinces(), "slug")
    level = _choices(_("level"), Level)
    sort = _sort(queries.PLACE_SORTS)

    class Meta:
        model = Place
        fields: ClassVar[list[str]] = []

    def filter_queryset(self, queryset: QuerySet[Place]) -> QuerySet[Place]:
        """The sorted places, of the levels that the queryset holds."""
        return queries.places(queryset, self.criteria)  # type: ignore[arg-type]


class CountryFilter(RegisterFilter):
    """The filters of the reference list of countries."""

    criteria_class = queries.CountryCriteria

    q = django_filters.CharFilter(label=_("search"), max_length=LONGEST_QUERY)
    continent = _choices(_("continent"), Continent)

    class Meta:
        model = Country
        fields: ClassVar[list[str]] = []

    def filter_queryset(self, queryset: QuerySet[Country]) -> QuerySet[Country]:
        """The countries of the reference list, sorted by code."""
        return queries.all_countries(self.criteria)


class Paging(_SharedFields):
    """``page`` (from 1) and ``page_size`` (to 500) of a list."""

    page = forms.IntegerField(label=_("page"), min_value=1, required=False)
    page_size = forms.IntegerField(label=_("rows on a page"), min_value=1, max_value=LARGEST_PAGE, required=False)

    @property
    def number(self) -> int:
        """The page asked for, the first where none or a wrong one was given."""
        return self._read("page", 1)

    @property
    def size(self) -> int:
        """Rows on a page."""
        return self._read("page_size", PAGE_SIZE)

    def page_of(self, rows: Any) -> Page[Any]:
        """The page asked for, or the last one where the list is shorter; ``errors`` then says so."""
        paginator = Paginator(rows, self.size)
        if self.number > paginator.num_pages:
            self.add_error(
                "page",
                _("There is no page %(asked)d; this is the last one, %(last)d.")
                % {"asked": self.number, "last": paginator.num_pages},
            )
            return paginator.page(paginator.num_pages)
        return paginator.page(self.number)

    def _read(self, name: str, default: int) -> int:
        self.is_valid()
        value = self.cleaned_data.get(name)
        return default if value is None else int(value)
