"""A browser: cookies, forms as the page shows them, and the whole answer or none."""

from __future__ import annotations

import gzip
import http.client
from dataclasses import dataclass, field
from html.parser import HTMLParser
from http.cookies import SimpleCookie
from urllib.parse import quote, urlencode, urlsplit

from soak.ledger import Answer

#: As a proxy in front waits for an answer.
PATIENCE_SECONDS = 60
_FORM = "application/x-www-form-urlencoded"
_UNSENT = {"submit", "button", "image", "reset", "file"}
_TICKED = {"checkbox", "radio"}

Fields = dict[str, list[str]]


@dataclass
class Browser:
    """Somebody’s. Used by one thread at a time."""

    url: str
    cookies: dict[str, str] = field(default_factory=dict)

    def get(self, path: str) -> Answer | None:
        """The whole answer; None where the connection broke."""
        return self._ask("GET", path, None)

    def send(self, path: str, fields: Fields) -> Answer | None:
        """Send a form; it is not sent again by itself."""
        return self._ask("POST", path, urlencode(fields, doseq=True).encode())

    def _ask(self, method: str, path: str, body: bytes | None) -> Answer | None:
        headers = {"Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items())}
        headers |= {"Accept-Encoding": "gzip", "Accept-Language": "en", "Connection": "close"}
        if body is not None:
            headers |= {"Content-Type": _FORM, "Referer": self.url + path}
        there = http.client.HTTPConnection(urlsplit(self.url).netloc, timeout=PATIENCE_SECONDS)
        try:
            there.request(method, quote(path, safe="/?=&"), body, headers)
            answer = there.getresponse()
            content = answer.read()
        except (OSError, http.client.HTTPException):
            return None
        finally:
            there.close()
        self._keep(answer.headers.get_all("Set-Cookie") or [])
        told = {name.lower(): value for name, value in answer.headers.items()}
        return Answer(answer.status, told, gzip.decompress(content) if "content-encoding" in told else content)

    def _keep(self, lines: list[str]) -> None:
        for line in lines:
            for name, morsel in SimpleCookie(line).items():
                self.cookies[name] = morsel.value


def form(page: bytes, holding: str) -> Fields | None:
    """The form on a page that has a field of this name, as a browser would send it back."""
    reader = _Forms()
    reader.feed(page.decode())
    return next((fields for fields in reader.forms if holding in fields), None)


class _Forms(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.forms: list[Fields] = []
        self._text = ""  # the text box that is open
        self._select, self._options, self._chosen, self._many = "", [], False, False  # type: ignore[var-annotated]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        about = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.forms.append({})
        if not self.forms:
            return
        name = "" if "disabled" in about else about.get("name", "")
        if tag == "input" and name and about.get("type", "text") not in _UNSENT:
            if about.get("type") not in _TICKED or "checked" in about:
                self._add(name, about.get("value", "on" if about.get("type") in _TICKED else ""))
        elif tag == "textarea" and name:
            self._text = name
            self._add(name, "")
        elif tag == "select":
            self._select, self._options, self._chosen, self._many = name, [], False, "multiple" in about
        elif tag == "option" and self._select:
            self._options.append(about.get("value", ""))
            if "selected" in about:
                self._chosen = True
                self._add(self._select, about.get("value", ""))

    def handle_endtag(self, tag: str) -> None:
        if tag == "textarea" and self._text:
            [text] = self.forms[-1][self._text]
            self.forms[-1][self._text] = [text.removeprefix("\n").replace("\n", "\r\n")]
            self._text = ""
        elif tag == "select":
            if self._select and self._options and not self._chosen and not self._many:
                self._add(self._select, self._options[0])
            self._select = ""

    def handle_data(self, data: str) -> None:
        if self._text:
            self.forms[-1][self._text][0] += data

    def _add(self, name: str, value: str) -> None:
        self.forms[-1].setdefault(name, []).append(value)
