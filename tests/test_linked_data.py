"""Pages in the words of schema.org."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from django.test import Client

from friendship import queries
from friendship.models import Place
from tests import builders

pytestmark = pytest.mark.django_db

HERE = "http://testserver"


def things(client: Client, path: str) -> dict[str, Any]:
    """What a page says about itself, by type."""
    html = client.get(path).content.decode()
    found = [json.loads(text) for text in re.findall(r'<script type="application/ld\+json">(.*?)</script>', html)]
    assert [thing["@context"] for thing in found] == ["https://schema.org"] * len(found)
    return {thing["@type"]: thing for thing in found}


def crumbs(thing: dict[str, Any]) -> list[tuple[int, str, str]]:
    return [(item["position"], item["name"], item["item"]) for item in thing["itemListElement"]]


def test_a_city(client: Client) -> None:
    Place.objects.filter(slug="mianyang").update(wikidata_id="Q360584")
    said = things(client, "/cities/mianyang/")
    city = said["City"]
    assert (city["name"], city["alternateName"]) == ("绵阳市", ["Mianyang"])
    assert city["url"] == f"{HERE}/cities/mianyang/"
    assert city["geo"] == {"@type": "GeoCoordinates", "latitude": 31.4678, "longitude": 104.6817}
    assert [above["name"] for above in city["containedInPlace"]] == ["四川省", "中国"]
    assert city["sameAs"] == "https://www.wikidata.org/wiki/Q360584"
    assert crumbs(said["BreadcrumbList"]) == [
        (1, "城市", f"{HERE}/cities/"),
        (2, "中国", f"{HERE}/countries/CN/"),
        (3, "四川省", f"{HERE}/provinces/sichuan/"),
        (4, "绵阳市", f"{HERE}/cities/mianyang/"),
    ]


def test_what_is_not_known_is_not_said(client: Client) -> None:
    builders.place("one")
    city = things(client, "/en/cities/one/")["City"]
    assert city == {
        "@context": "https://schema.org",
        "@type": "City",
        "name": "One",
        "url": f"{HERE}/en/cities/one/",
        "containedInPlace": [{"@type": "AdministrativeArea", "name": "China", "url": f"{HERE}/en/countries/CN/"}],
    }


def test_a_province_is_no_city(client: Client) -> None:
    said = things(client, "/en/provinces/sichuan/")
    assert set(said) == {"AdministrativeArea", "BreadcrumbList"}
    assert crumbs(said["BreadcrumbList"])[0] == (1, "Provinces", f"{HERE}/en/provinces/")


def test_a_tie_is_a_page_about_two_places_that_cites_its_sources(client: Client) -> None:
    tie = builders.tie()
    paper = builders.source(url="https://example.org/a", published_year=2020, published_month=5)
    builders.evidence(tie, paper)
    builders.evidence(tie, paper, claim="founded", value="1990")
    page = things(client, f"/en/relationships/{tie.pk}/")["WebPage"]
    assert [place["name"] for place in page["about"]] == ["One", "Two"]
    assert page["dateModified"] == tie.updated_at.isoformat()
    assert page["citation"] == [
        {
            "@type": "CreativeWork",
            "name": "Paper",
            "publisher": {"@type": "Organization", "name": "Test Press"},
            "inLanguage": "en",
            "datePublished": "2020-05",
            "url": "https://example.org/a",
        }
    ]


def test_a_source_and_a_country(client: Client) -> None:
    source = things(client, "/sources/sichuan-press-conference-2023-05-18/")
    assert source["CreativeWork"]["datePublished"] == "2023-05-18"
    assert crumbs(things(client, "/en/countries/JP/")["BreadcrumbList"]) == [
        (1, "Countries and regions", f"{HERE}/en/countries/"),
        (2, "Japan", f"{HERE}/en/countries/JP/"),
    ]


def test_home_is_a_data_set_that_can_be_fetched(client: Client) -> None:
    said = things(client, "/en/")
    assert said["Dataset"]["size"] == str(queries.summary().rows)
    api, *files = said["Dataset"]["distribution"]
    assert said["Dataset"]["license"] == "https://creativecommons.org/licenses/by/4.0/"
    for file in files:
        answer = client.head(file["contentUrl"])
        assert (answer.status_code, answer["Content-Type"].partition(";")[0]) == (200, file["encodingFormat"])
    assert [file["name"] for file in files] == ["CSV", "Excel", "JSON", "GeoJSON"]
    assert client.get(api["contentUrl"]).json()["count"] == queries.summary().rows
    target = said["WebSite"]["potentialAction"]["target"]["urlTemplate"]
    assert client.get(target.replace("{search_term_string}", "mianyang")).status_code == 200


def test_a_name_cannot_end_the_element(client: Client) -> None:
    place = builders.place("one", name_en="</script><script>alert(1)</script>&amp;")
    html = client.get("/en/cities/one/").content.decode()
    assert "</script><script>alert" not in html
    assert things(client, "/en/cities/one/")["City"]["name"] == place.name_en
