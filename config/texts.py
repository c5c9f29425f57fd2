"""Texts of the admin's templates, which Babel cannot read by itself, for ``make messages``."""

from __future__ import annotations

from collections.abc import Iterator
from io import BytesIO
from typing import IO, Any

from babel.messages.extract import extract_python
from django.utils.translation.template import templatize


def django_template(file: IO[bytes], keywords: Any, comment_tags: Any, options: Any) -> Iterator[Any]:
    """The texts of a template of Django's engine: it is turned into calls of gettext, which Babel reads as Python."""
    calls = templatize(file.read().decode())
    flat = "\n".join(line.strip() for line in calls.splitlines())
    yield from extract_python(BytesIO(flat.encode()), keywords, comment_tags, options)
