"""Requests with a payload somewhere: all that there are, in a fixed disorder, and those that Hypothesis makes up."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

from django.urls import reverse
from django.utils import timezone, translation
from hypothesis import strategies as st

from friendship.api import selection
from friendship.api.pagination import RegisterPagination
from friendship.filters import CountryFilter, Paging, PlaceFilter, RelationshipFilter
from tests.hostile.payloads import ALL
from tests.test_draft_places import doors

#: What stands in the addresses that have a part of their own; there a payload may stand as well.
PARTS: dict[str, Any] = {
    "anniversaries-month": lambda: f"{timezone.localdate():%Y-%m}",
    "city": "mianyang",
    "country": "JP",
    "province": "sichuan",
    "relationship": 1,
    "source": "sichuan-press-conference-2023-05-18",
    "place": "mianyang",
    "statistics-csv": "countries",
    "sitemap-section": "places",
    "suggestion": "abcde-fghjk-mnpqr-stuvw",
}
FILTERS = [
    *dict.fromkeys(
        [
            *RelationshipFilter.base_filters,
            *PlaceFilter.base_filters,
            *CountryFilter.base_filters,
            *Paging.base_fields,
            *RegisterPagination.parameters,
            selection.PARAMETER,
        ]
    ),
    *("format", "kind", "name", "p", "next", "lang", "nobody_knows_this"),
]
HEADERS = [
    "Accept",
    "Accept-Encoding",
    "Accept-Language",
    "Authorization",
    "Content-Type",
    "Cookie",
    "Forwarded",
    "If-Match",
    "If-Modified-Since",
    "If-None-Match",
    "Origin",
    "Range",
    "Referer",
    "User-Agent",
    "X-Forwarded-For",
    "X-Forwarded-Host",
    "X-HTTP-Method-Override",
    "X-Request-ID",
    "X-Requested-With",
]
COOKIES = ["sessionid", "csrftoken", "messages", "django_language"]
LOGIN = ["username", "password", "next", "csrfmiddlewaretoken"]
FORM = ["wrong", "right", "source", "email", "opened", "website", "csrfmiddlewaretoken"]


@dataclass(frozen=True)
class Question:
    """A request; ``target`` is its address as it goes over the line, ``sent`` the fields of a form, if it sends one."""

    target: str
    headers: dict[str, str] = field(default_factory=dict)
    sent: tuple[tuple[str, str], ...] | None = None
    method: str = "GET"

    @property
    def plain(self) -> Question:
        """Its address with nothing hostile in it."""
        return Question(self.target.partition("?")[0])

    @property
    def body(self) -> bytes | None:
        """The form as a browser sends it."""
        return None if self.sent is None else _joined(self.sent).encode()


def encoded(text: str) -> str:
    """As in an address; half a character too, which no browser sends."""
    return quote(text.encode("utf-8", "surrogatepass"), safe="")


def _joined(pairs: tuple[tuple[str, str], ...] | list[tuple[str, str]]) -> str:
    return "&".join(f"{encoded(name)}={encoded(value)}" for name, value in pairs)


def _header(text: str) -> str:
    """What a program can put into a header: one line of Latin-1; others are the business of the server before us."""
    return "".join(character for character in text if character.isprintable() and character < "\u0100")[:4_000]


def addresses() -> list[tuple[str, str]]:
    """Every public address in both languages, each with the place in it where a payload may stand, or nothing."""
    found = []
    for language in ("zh-hans", "en"):
        with translation.override(language):
            for door in doors():
                part = _part(door)
                path = reverse(door, args=[] if part is None else [part])
                if "/admin/" not in path:
                    found.append((path, "" if part is None else str(part)))
    return [*dict.fromkeys(found), ("/admin/login/", ""), ("/en/admin/", "")]


def _part(door: str) -> Any:
    name = door.removeprefix("api:")
    for known in (name, name.removesuffix("-card").removesuffix("-correction").removesuffix("-history")):
        if known in PARTS:
            part = PARTS[known]
            return part() if callable(part) else part
    return None


def with_payload(where: str, path: str, part: str, payload: str) -> Question:
    """The question that has the payload at this place."""
    kind, _colon, name = where.partition(":")
    match kind:
        case "part":
            return Question(path.replace(f"/{part}", f"/{encoded(payload)}") if part else path + encoded(payload))
        case "name":
            return Question(f"{path}?{encoded(payload)}=1")
        case "header":
            return Question(path, {name: _header(payload)})
        case "cookie":
            return Question(path, {"Cookie": f"{name}={_header(payload)}"})
        case "form":
            fields = LOGIN if path.endswith("/login/") else FORM
            filled = ((each, payload if each == name else "x") for each in fields)
            return Question(path, sent=tuple(filled), method="POST")
        case "method":
            return Question(path, method=name)
        case _:
            return Question(f"{path}?{_joined([(name, payload)])}")


def places(path: str) -> list[str]:
    """Where a payload can stand in a question at this address."""
    form = LOGIN if path.endswith("/login/") else FORM if path.endswith("/suggest/") else []
    return [
        *("part", "name"),
        *(f"filter:{name}" for name in FILTERS),
        *(f"header:{name}" for name in HEADERS),
        *(f"cookie:{name}" for name in COOKIES),
        *(f"form:{name}" for name in form),
        *(f"method:{name}" for name in ("POST", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "HEAD")),
    ]


def known(seed: int) -> Iterator[Question]:
    """Every payload at every place of every address, in an order that begins with a bit of everything."""
    chance = random.Random(seed)  # noqa: S311 (not for secrets)
    asked = [(where, path, part) for path, part in addresses() for where in places(path)]
    chance.shuffle(asked)
    payloads = chance.sample(ALL, len(ALL))
    for turn in range(len(payloads)):
        for number, (where, path, part) in enumerate(asked):
            yield with_payload(where, path, part, payloads[(number + turn) % len(payloads)])


def made_up() -> st.SearchStrategy[Question]:
    """Several payloads at once, whole, cut, doubled, and any other text."""
    text = st.text(max_size=60) | st.text("<>\"'&/\\%;:=(){}[]$ \t\r\n\0hostile", max_size=60)
    bit = st.sampled_from(ALL)
    payload = bit | text | st.builds(lambda one, other: (one + other)[:4_000], bit, text)
    pairs = st.lists(st.tuples(st.sampled_from(FILTERS) | payload, payload), max_size=6)
    headers = st.dictionaries(st.sampled_from(HEADERS), payload.map(_header), max_size=2)
    return st.builds(_made_up, st.sampled_from(addresses()), payload | st.none(), pairs, headers)


def _made_up(
    address: tuple[str, str], instead: str | None, pairs: list[tuple[str, str]], headers: dict[str, str]
) -> Question:
    path, part = address
    if part and instead is not None:
        path = path.replace(f"/{part}", f"/{encoded(instead)}")
    return Question(f"{path}?{_joined(pairs)}" if pairs else path, headers)
