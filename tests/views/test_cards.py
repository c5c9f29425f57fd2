"""The pictures of shared links."""

from __future__ import annotations

import io
import re

import pytest
from django.conf import settings
from django.test import Client
from PIL import Image
from pytest_django import DjangoAssertNumQueries

from friendship import cards, lettering
from friendship.cards import Card, Title, Way
from friendship.enums import RelationshipType
from friendship.models import Country, Place
from tests import builders

PAGES = ["/", "/relationships/95/", "/relationships/1/", "/cities/mianyang/", "/provinces/sichuan/"]
MOST_BYTES = 100_000


def picture(client: Client, path: str) -> bytes:
    response = client.get(path)
    assert (response.status_code, response["Content-Type"]) == (200, "image/png"), path
    return response.content


@pytest.mark.django_db
@pytest.mark.parametrize("path", PAGES)
def test_a_picture_in_each_language(client: Client, path: str) -> None:
    chinese, english = (picture(client, f"{prefix}{path}card.png") for prefix in ("", "/en"))
    assert chinese != english
    for content in (chinese, english):
        image = Image.open(io.BytesIO(content))
        assert (image.format, image.size) == ("PNG", (1200, 630))
        assert len(content) <= MOST_BYTES


@pytest.mark.django_db
def test_who_has_the_picture_is_not_sent_it_again(client: Client) -> None:
    tie = builders.tie()
    address = f"/en/relationships/{tie.pk}/card.png"
    first = client.get(address)
    assert first["Cache-Control"] == "public, max-age=3600"
    again = client.get(address, headers={"if-none-match": first["ETag"]})
    assert (again.status_code, again.content, again["ETag"]) == (304, b"", first["ETag"])
    Place.objects.filter(pk=tie.partner.pk).update(name_en="Renamed")
    assert client.get(address, headers={"if-none-match": first["ETag"]}).status_code == 200


@pytest.mark.django_db
def test_a_draft_is_in_no_picture(client: Client) -> None:
    city = {"latitude": 30.0, "longitude": 104.0}
    home, far = builders.place("one", **city), builders.place("two", latitude=-30.0, longitude=20.0)
    before = {path: picture(client, path) for path in ("/card.png", "/cities/one/card.png")}
    draft = builders.tie(home, far, review_state="draft", founded_year=2026)
    assert client.get(f"/relationships/{draft.pk}/card.png").status_code == 404
    assert {path: picture(client, path) for path in before} == before
    draft.review_state = "published"
    draft.save()
    assert picture(client, f"/relationships/{draft.pk}/card.png")
    assert {path for path in before if picture(client, path) != before[path]} == set(before)


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["/relationships/999999/card.png", "/cities/atlantis/card.png"])
def test_no_picture_of_what_is_not_there(client: Client, path: str) -> None:
    assert client.get(path).status_code == 404
    assert client.post("/card.png").status_code == 405


@pytest.mark.django_db
def test_a_place_has_one_picture(client: Client) -> None:
    response = client.get("/en/cities/sichuan/card.png")
    assert (response.status_code, response["Location"]) == (302, "/en/provinces/sichuan/card.png")


@pytest.mark.django_db
def test_places_without_coordinates_are_drawn_without_a_way(client: Client) -> None:
    assert picture(client, f"/relationships/{builders.tie().pk}/card.png")


@pytest.mark.django_db
def test_one_tie_and_thirty_ask_alike(client: Client, django_assert_num_queries: DjangoAssertNumQueries) -> None:
    builders.ties(30)
    builders.tie(builders.place("alone"), builders.place("other"))
    builders.columns_are_read()
    for slug in ("alone", "one"):
        with django_assert_num_queries(4):
            picture(client, f"/cities/{slug}/card.png")


@pytest.mark.django_db
def test_every_name_of_the_register_can_be_written() -> None:
    named = [*Place.objects.all(), *Country.objects.all()]
    texts = {text for each in named for text in (each.name_zh, each.name_en)}
    assert {text for text in texts if lettering.settable(text) != text} == set()


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("Łódź, São Paulo, Ōtake, Việt Trì", "Łódź, São Paulo, Ōtake, Việt Trì"),
        ("堺市 栃木県 泸州", "堺市 栃木県 泸州"),
        ("Αθήνα Москва", "Αθήνα Москва"),
        ("ẖ 서울 😀", "h 〓〓 〓"),
    ],
)
def test_what_no_font_holds_is_replaced(text: str, written: str) -> None:
    assert lettering.settable(text) == written


def test_a_long_name_stays_in_its_column() -> None:
    text, size = cards._fitted("Llanfairpwllgwyngyllgogerychwyrndrobwllllantysiliogogogoch", (88, 34))
    assert (text[-1], size) == ("…", 34)
    assert lettering.width(text, size) <= cards._COLUMN


def test_the_way_has_the_colour_of_its_type() -> None:
    def colours(kind: str) -> set[tuple[int, int, int]]:
        ways = (Way((30.0, 104.0), (-23.5, -46.6), kind),)
        image = Image.open(io.BytesIO(cards.draw(Card("x", (Title("x"),), "x", ways=ways)))).convert("RGB")
        found = image.crop((600, 180, 1136, 440)).getcolors(1_000_000) or []
        return {colour for count, colour in found if count > 200}  # type: ignore[misc]

    only = {kind: colours(kind) - colours("other") for kind in ("sister", "cooperation", "exchange", "intent")}
    assert all(only.values())
    assert len({frozenset(value) for value in only.values()}) == 4


def test_the_colours_are_those_of_the_pages() -> None:
    css = settings.BASE_DIR / "static" / "css"
    light = (css / "tokens.css").read_text("utf-8").split("@media")[0]
    tokens = dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6});", light))
    assert {name: tokens[name] for name in cards.COLOURS} == cards.COLOURS
    kinds = dict(re.findall(r"\.kind-(\w+) \{ --kind: var\(--([\w-]+)\)", (css / "register.css").read_text("utf-8")))
    assert kinds == {kind.value: cards.TYPE_COLOURS[kind] for kind in RelationshipType}


@pytest.mark.django_db
def test_a_picture_is_not_compressed_once_more(client: Client) -> None:
    headers = {"accept-encoding": "gzip"}
    assert "Content-Encoding" not in client.get("/relationships/1/card.png", headers=headers).headers
    assert client.get("/relationships/1/", headers=headers)["Content-Encoding"] == "gzip"
