"""Requests are read as UTF-8, whatever encoding they name: Django itself would fall over some."""

from __future__ import annotations

import io
from typing import Any
from wsgiref.util import setup_testing_defaults

import pytest

from config.wsgi import Utf8Request, application

CHARSETS = ["unicode_escape", "hex", "utf-16", "none-such", "x" * 5000, "utf-8", "UTF8"]


def received(content_type: str, query: str = "", body: bytes = b"") -> Utf8Request:
    """A raw request as the application that gunicorn runs receives it."""
    environ: dict[str, Any] = {
        "REQUEST_METHOD": "POST" if body else "GET",
        "QUERY_STRING": query,
        "CONTENT_TYPE": content_type,
        "CONTENT_LENGTH": str(len(body)),
        "wsgi.input": io.BytesIO(body),
    }
    setup_testing_defaults(environ)
    request = application.request_class(environ)
    assert isinstance(request, Utf8Request)
    return request


@pytest.mark.parametrize("charset", CHARSETS)
def test_an_address_is_read_whatever_encoding_is_named(charset: str) -> None:
    request = received(f"text/plain; charset={charset}", query="q=%E7%BB%B5%E9%98%B3%5Cud800")
    assert (request.GET["q"], request.content_type) == ("绵阳\\ud800", "text/plain")


@pytest.mark.parametrize("charset", CHARSETS)
@pytest.mark.parametrize(
    ("kind", "body"),
    [
        (
            "multipart/form-data; boundary=x",
            '--x\r\nContent-Disposition: form-data; name="wrong"\r\n\r\n绵阳\\ud800\r\n--x--\r\n'.encode(),
        ),
        ("application/x-www-form-urlencoded", b"wrong=%E7%BB%B5%E9%98%B3%5Cud800"),
    ],
)
def test_a_form_is_read_whatever_encoding_is_named(kind: str, body: bytes, charset: str) -> None:
    assert received(f"{kind}; charset={charset}", body=body).POST["wrong"] == "绵阳\\ud800"
