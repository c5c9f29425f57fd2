"""A page as its reader sees it: parsed, with the words of each row."""

from __future__ import annotations

from dataclasses import dataclass
from html.parser import HTMLParser
from typing import Any

from django.test import Client

_VOID = {"meta", "link", "input", "img", "rect", "path", "br"}


@dataclass
class Element:
    """A tag with its attributes and the text within, spaces made one."""

    tag: str
    attributes: dict[str, str]
    words: str = ""


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[Element] = []
        self._open: list[Element] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        element = Element(tag, {name: value or "" for name, value in attrs})
        self.found.append(element)
        if tag not in _VOID:
            self._open.append(element)

    def handle_endtag(self, tag: str) -> None:
        while self._open and tag not in _VOID:
            if self._open.pop().tag == tag:
                break

    def handle_data(self, data: str) -> None:
        for element in self._open:
            element.words += data


def read(client: Client, path: str, status: int = 200) -> list[Element]:
    """The elements of a page; fails unless it answers with the status."""
    response = client.get(path)
    assert response.status_code == status, (path, response.status_code)
    return parsed(response)


def parsed(response: Any) -> list[Element]:
    """The elements of a page that was answered."""
    reader = _Reader()
    reader.feed(response.content.decode())
    for element in reader.found:
        element.words = " ".join(element.words.split())
    return reader.found


def with_attribute(page: list[Element], name: str, value: str | None = None) -> list[Element]:
    """The elements that carry an attribute, with that value where one is given."""
    return [item for item in page if name in item.attributes and value in (None, item.attributes[name])]


def rows(page: list[Element]) -> list[str]:
    """The keys of the rows that a list shows."""
    return [item.attributes["data-row"] for item in with_attribute(page, "data-row")]


def words(page: list[Element], tag: str) -> list[str]:
    """The text of each element of a kind."""
    return [item.words for item in page if item.tag == tag]


def links(page: list[Element]) -> list[str]:
    """Where the links of a page lead."""
    return [item.attributes["href"] for item in page if item.tag == "a" and "href" in item.attributes]
