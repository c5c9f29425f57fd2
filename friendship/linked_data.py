"""Pages in the words of schema.org, for search engines and other readers that are programs (JSON-LD)."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from django.conf import settings
from django.utils.translation import get_language, gettext

from friendship import queries
from friendship.enums import Level
from friendship.exporters.forms import FORMS
from friendship.exporters.licence import LICENCE
from friendship.models import Country, Place, Relationship, Source
from friendship.paths import path_of

#: Gives the full address for a path, as ``HttpRequest.build_absolute_uri`` does.
Absolute = Callable[[str], str]
#: A page's name and path.
Crumb = tuple[str, str]
Thing = dict[str, Any]

_VOCABULARY = {"@context": "https://schema.org"}
_WIKIDATA = "https://www.wikidata.org/wiki/"


def site(summary: queries.Summary, absolute: Absolute) -> list[Thing]:
    """The register as a website that can be searched and as a data set that can be fetched."""
    home = absolute(path_of("home"))
    website = {
        "@type": "WebSite",
        "name": _register(),
        "url": home,
        "inLanguage": _language(),
        "potentialAction": {
            "@type": "SearchAction",
            "target": {
                "@type": "EntryPoint",
                "urlTemplate": absolute(path_of("relationships")) + "?q={search_term_string}",
            },
            "query-input": "required name=search_term_string",
        },
    }
    return [_VOCABULARY | website, _VOCABULARY | _register_as_dataset(summary, absolute)]


def _register_as_dataset(summary: queries.Summary, absolute: Absolute) -> Thing:
    return {
        "@type": "Dataset",
        "name": _register(),
        "description": gettext(
            "A register of international sister cities that begins with Sichuan. Every tie carries the source that "
            "states it, and shows its very words where we hold the text."
        ),
        "url": absolute(path_of("home")),
        "inLanguage": [_tag(code) for code, _name in settings.LANGUAGES],
        "isAccessibleForFree": True,
        "size": f"{summary.rows}",
        "license": LICENCE.url,
        "distribution": [
            _download("API", "application/json", absolute(path_of("api:relationships"))),
            *(
                _download(form.label, form.content_type, absolute(path_of(f"relationships-{name}")))
                for name, form in FORMS.items()
                if form.is_whole
            ),
        ],
    }


def _download(name: str, content_type: str, address: str) -> Thing:
    media_type = content_type.partition(";")[0]
    return {"@type": "DataDownload", "name": name, "encodingFormat": media_type, "contentUrl": address}


def relationship(tie: Relationship, absolute: Absolute) -> list[Thing]:
    """The page of a tie: a page about two places, and the sources it cites. Expects places and evidence loaded.

    schema.org knows no word for a tie between places, so that the page is what is described.
    """
    path = tie.get_absolute_url()
    sources = {piece.source_id: piece.source for piece in tie.evidence.all()}
    page = {
        "@type": "WebPage",
        "name": str(tie),
        "url": absolute(path),
        "inLanguage": _language(),
        "dateModified": tie.updated_at.isoformat(),
        "about": [_place(side, absolute) for side in (tie.home, tie.partner)],
        "keywords": str(tie.get_type_display()),
        "citation": [_citation(source) for source in sources.values()],
        "isPartOf": {"@type": "Dataset", "name": _register(), "url": absolute(path_of("home"))},
    }
    crumbs = [(gettext("Ties"), path_of("relationships")), (str(tie), path)]
    return [_VOCABULARY | page, breadcrumbs(crumbs, absolute)]


def place(row: Place, absolute: Absolute) -> list[Thing]:
    """The page of a place. Expects its country and what contains it to be loaded."""
    is_province = row.level == Level.PROVINCE
    kind = (gettext("Provinces"), path_of("provinces")) if is_province else (gettext("Cities"), path_of("cities"))
    crumbs = [kind, _crumb(row.country), *map(_crumb, reversed(row.containers)), _crumb(row)]
    return [_VOCABULARY | _place(row, absolute), breadcrumbs(crumbs, absolute)]


def source(row: Source, absolute: Absolute) -> list[Thing]:
    """The page of a source: what was published, where and by whom."""
    crumbs = [(gettext("Sources"), path_of("sources")), (row.title, row.get_absolute_url())]
    page = {"mainEntityOfPage": absolute(row.get_absolute_url())}
    return [_VOCABULARY | _citation(row) | page, breadcrumbs(crumbs, absolute)]


def country(row: Country, absolute: Absolute) -> list[Thing]:
    """The way to the page of a country."""
    return [breadcrumbs([(gettext("Countries and regions"), path_of("countries")), _crumb(row)], absolute)]


def breadcrumbs(crumbs: Iterable[Crumb], absolute: Absolute) -> Thing:
    """The way from a list to a page, as search engines show it."""
    items = [
        {"@type": "ListItem", "position": position, "name": name, "item": absolute(path)}
        for position, (name, path) in enumerate(crumbs, start=1)
    ]
    return _VOCABULARY | {"@type": "BreadcrumbList", "itemListElement": items}


def _crumb(row: Country | Place) -> Crumb:
    return row.name, row.get_absolute_url()


def _place(row: Place, absolute: Absolute) -> Thing:
    above = [_named(each, absolute) for each in row.containers]
    thing = _named(row, absolute) | {"containedInPlace": [*above, _country(row.country, absolute)]}
    if row.latitude is not None and row.longitude is not None:
        thing["geo"] = {"@type": "GeoCoordinates", "latitude": row.latitude, "longitude": row.longitude}
    if row.wikidata_id:
        thing["sameAs"] = _WIKIDATA + row.wikidata_id
    return thing


def _named(row: Place, absolute: Absolute) -> Thing:
    thing = {
        "@type": "City" if row.level == Level.CITY else "AdministrativeArea",
        "name": row.name,
        "url": absolute(row.get_absolute_url()),
    }
    others = [name for name in (row.name_zh, row.name_en, *row.aliases.splitlines()) if name and name != row.name]
    return thing | ({"alternateName": others} if others else {})


def _country(row: Country, absolute: Absolute) -> Thing:
    """A country or region: some entries of ISO 3166-1 are no states, so that it is only called an area."""
    return {"@type": "AdministrativeArea", "name": row.name, "url": absolute(row.get_absolute_url())}


def _citation(row: Source) -> Thing:
    thing: Thing = {
        "@type": "CreativeWork",
        "name": row.title,
        "publisher": {"@type": "Organization", "name": row.publisher},
        "inLanguage": row.language,
    }
    if row.published_on:
        thing["datePublished"] = row.published_on.iso
    if row.url:
        thing["url"] = row.url
    return thing


def _register() -> str:
    return gettext("Register of sister cities")


def _language() -> str:
    return _tag(get_language() or settings.LANGUAGE_CODE)


def _tag(code: str) -> str:
    """The BCP 47 tag of one of the register's languages."""
    return "zh-Hans" if code == "zh-hans" else code
