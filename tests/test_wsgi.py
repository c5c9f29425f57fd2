"""Requests are read as UTF-8, whatever encoding they name: Django itself would fall over some."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any
from wsgiref.util import setup_testing_defaults

import pytest

from config.wsgi import application

pytestmark = pytest.mark.django_db

PATHS = ["/en/relationships/?q=%5Cud800", "/api/v1/relationships/?q=%5Cud800", "/admin/login/"]


def status(method: str, path: str, content_type: str, body: bytes = b"") -> int:
    """What the application answers to a raw request."""
    asked, _mark, query = path.partition("?")
    environ: dict[str, Any] = {
        "REQUEST_METHOD": method,
        "PATH_INFO": asked,
        "QUERY_STRING": query,
        "CONTENT_TYPE": content_type,
        "CONTENT_LENGTH": str(len(body)),
        "HTTP_HOST": "testserver",
        "wsgi.input": io.BytesIO(body),
    }
    setup_testing_defaults(environ)
    told: list[str] = []

    def start(line: str, _headers: Any, _error: Any = None) -> Callable[[bytes], object]:
        told.append(line)
        return told.append  # type: ignore[return-value] # nobody writes through it

    application(environ, start).close()
    return int(told[0][:3])


@pytest.mark.parametrize("charset", ["unicode_escape", "hex", "utf-16", "none-such", "x" * 5000])
@pytest.mark.parametrize("path", PATHS)
def test_an_address_is_read_whatever_encoding_is_named(charset: str, path: str) -> None:
    assert status("GET", path, f"text/plain; charset={charset}") == 200


@pytest.mark.parametrize("charset", ["unicode_escape", "hex", "utf-8"])
def test_a_form_without_a_token_is_refused_whatever_encoding_is_named(charset: str) -> None:
    body = b'--x\r\nContent-Disposition: form-data; name="wrong"\r\n\r\nbad \\ud800\r\n--x--\r\n'
    kind = f"multipart/form-data; boundary=x; charset={charset}"
    assert status("POST", "/relationships/1/suggest/", kind, body) == 403
