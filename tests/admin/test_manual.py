"""The manual is whole in both languages, and goes stale with a red test: every label and picture in it is looked up."""

from __future__ import annotations

import re
from functools import cache
from html import unescape
from pathlib import Path

import pytest
from babel.messages.pofile import read_po
from django.apps import apps
from django.conf import settings
from django.template.defaultfilters import capfirst
from PIL import Image

from friendship.admin.manual import CHAPTERS
from tests import builders
from tests.admin.desk import RELATIONSHIPS, at_the_desk
from tests.browser.manual import PICTURES
from tests.test_translations import CATALOGUE, key, messages, translations

FOLDER = settings.BASE_DIR / "templates" / "admin" / "help"
DRAWN = settings.BASE_DIR / "static" / "img" / "manual"
ADDRESSES = {"zh": "/admin/help/", "en": "/en/admin/help/"}
MOST = 60_000  # bytes of a picture
PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|%[sd]|\{\w+\}")


@cache
def page(language: str) -> str:
    """The manual as a reader of this language gets it."""
    answer = at_the_desk(f"root-{language}").get(ADDRESSES[language])
    assert answer.status_code == 200
    return answer.content.decode()


def text(language: str) -> str:
    """What stands between the contents and the end."""
    return page(language).partition('<div class="manual-text">')[2].partition("<footer")[0]


def pattern(label: str) -> str | None:
    """How a text of a catalogue looks on the page, whatever its placeholders stand for; None where little is left."""
    written = PLACEHOLDER.split(" ".join(label.split()).replace("%%", "%"))
    if len(re.sub(r"\W", "", "".join(written))) < 2:
        return None
    return ".+?".join(map(re.escape, written))


@cache
def labels(language: str) -> frozenset[str]:
    """Patterns of all texts that pages of the admin are made of."""
    found = {text for message in messages() for text in (translations(message) if language == "zh" else _ids(message))}
    ours = {key(message) for message in messages()}
    for app in apps.get_app_configs():
        for file in Path(app.path).glob("locale/zh_Hans/LC_MESSAGES/django.po"):
            with file.open("rb") as opened:
                for message in read_po(opened):
                    if message.id and key(message) not in ours:  # where both have a text, ours is the one that is shown
                        found |= set(translations(message) if language == "zh" else _ids(message))
    return frozenset(made for text in found for made in (pattern(text), pattern(capfirst(text))) if made)


def _ids(message: object) -> list[str]:
    names = getattr(message, "id", "")
    return [names] if isinstance(names, str) else list(names)


def size_of(path: Path) -> tuple[int, int]:
    """Width and height of a picture."""
    with Image.open(path) as picture:
        return picture.size


# --- both languages, all chapters


def test_every_chapter_is_written_in_both_languages_and_none_besides() -> None:
    written = {path.parent.name + "/" + path.stem for path in FOLDER.glob("*/*.html")}
    assert written == {f"{language}/{name}" for language in ADDRESSES for name in CHAPTERS}


@pytest.mark.parametrize("name", CHAPTERS)
def test_a_chapter_has_the_same_parts_in_both_languages(name: str) -> None:
    shapes = [
        re.findall(r"<(h3|ol|ul|li|dt|figure|tr|dl)\b|help/(picture)\.html\" with name=\"([\w-]+)\"", written)
        for written in ((FOLDER / language / f"{name}.html").read_text("utf-8") for language in ADDRESSES)
    ]
    assert shapes[0] == shapes[1]


@pytest.mark.django_db
@pytest.mark.parametrize("language", ADDRESSES)
def test_the_page_has_its_contents_and_its_chapters_in_order(language: str) -> None:
    assert re.findall(r"<li><a href=\"#([\w-]+)\">", page(language)) == [*CHAPTERS]
    assert re.findall(r"<section id=\"([\w-]+)\"", page(language)) == [*CHAPTERS]
    assert re.findall(r"\{[%{]|[%}]\}", text(language)) == []


@pytest.mark.django_db
def test_chinese_is_written_with_chinese_punctuation() -> None:
    words = re.sub(r"<[^>]+>", "", text("zh"))
    assert re.findall(r"[\u3400-\u9fff][,;:!?](?:\s|[\u3400-\u9fff]|$)", words) == []


# --- what it names is there


@pytest.mark.django_db
@pytest.mark.parametrize("language", ADDRESSES)
def test_every_label_it_names_stands_in_the_catalogues(language: str) -> None:
    named = {unescape(label) for label in re.findall(r"<b>(.*?)</b>", text(language))}
    assert len(named) > 50
    known = re.compile("|".join(labels(language)))
    assert {label for label in named if not known.fullmatch(label)} == set()


@pytest.mark.django_db
@pytest.mark.parametrize("language", ADDRESSES)
def test_every_address_it_names_opens(language: str) -> None:
    root = at_the_desk("root")
    addresses = set(re.findall(r"href=\"([^\"]+)\"", text(language)))
    inside = {address[1:] for address in addresses if address.startswith("#")}
    assert inside <= set(CHAPTERS)
    others = {address for address in addresses if not address.startswith("#")}
    assert {address: root.get(address).status_code for address in others} == dict.fromkeys(others, 200)


@pytest.mark.django_db
@pytest.mark.parametrize("language", ADDRESSES)
def test_every_picture_it_names_is_there_in_its_size(language: str) -> None:
    shown = re.findall(
        r"<img src=\"/static/img/manual/([\w-]+)\.[0-9a-f]+\.webp\" width=\"(\d+)\" height=\"(\d+)\"", text(language)
    )
    sizes = {name: (int(width), int(height)) for name, width, height in shown}
    held = {name: size_of(DRAWN / f"{name}.webp") for name in sizes}
    assert (sizes, len(shown)) == (held, text(language).count("<img"))
    assert set(sizes) == {f"{language}-{name}" for name in PICTURES}


def test_every_picture_is_used_and_small() -> None:
    files = {path.name: path.stat().st_size for path in DRAWN.iterdir()}
    assert set(files) == {f"{language}-{name}.webp" for language in ADDRESSES for name in PICTURES}
    assert len(PICTURES) <= 12
    assert {name: size for name, size in files.items() if size > MOST} == {}


# --- who reads it, and from where


@pytest.mark.django_db
def test_only_staff_reads_it() -> None:
    from django.test import Client

    for language, address in ADDRESSES.items():
        answer = Client().get(address)
        assert (answer.status_code, answer["Location"]) == (302, f"{address.replace('help', 'login')}?next={address}")
        assert at_the_desk(f"editor-{language}", "Editors").get(address).status_code == 200


@pytest.mark.django_db
def test_every_page_leads_to_it_and_forms_to_their_chapter() -> None:
    tie, root = builders.tie(), at_the_desk("root")
    wanted = {
        "/admin/": "/admin/help/",
        "/en/admin/": "/en/admin/help/",
        RELATIONSHIPS: "/en/admin/help/",
        f"{RELATIONSHIPS}add/": "/en/admin/help/#add",
        f"{RELATIONSHIPS}{tie.pk}/change/": "/en/admin/help/",
        "/en/admin/friendship/importrun/add/": "/en/admin/help/#import",
        "/en/admin/friendship/proposal/": "/en/admin/help/#review",
        "/en/admin/friendship/suggestion/": "/en/admin/help/#corrections",
    }
    found = {where: re.findall(r"href=\"([^\"]*/help/[^\"]*)\"", root.get(where).content.decode()) for where in wanted}
    assert found == {where: [link] for where, link in wanted.items()}
    proposing = at_the_desk("editor", "Editors").get(f"{RELATIONSHIPS}{tie.pk}/change/").content.decode()
    assert 'href="/en/admin/help/#change"' in proposing


def test_the_catalogue_is_the_one_that_is_served() -> None:
    assert CATALOGUE.with_suffix(".mo").stat().st_mtime >= CATALOGUE.stat().st_mtime
