"""Chinese, Latin, Greek and Cyrillic text in pictures, on machines that have no fonts of their own.

The fonts are those that frontend/build.mjs copies: many small files, and a list of the characters that each one holds.
Only the files that a text needs are opened.
"""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Iterator
from functools import lru_cache
from itertools import groupby

from django.conf import settings
from PIL import ImageDraw, ImageFont

_FONTS = settings.BASE_DIR / "static" / "build" / "lettering"
_WEIGHT = 500
_NO_CHARACTER = "\uffff"
#: Stands where a character cannot be set, as in Chinese and Japanese print.
GETA = "〓"


def width(text: str, size: int) -> float:
    """How many pixels the text takes in a line of this size."""
    return sum(_font(file, size).getlength(run) for file, run in _runs(text))


def write(on: ImageDraw.ImageDraw, at: tuple[float, float], text: str, size: int, colour: str) -> None:
    """Write the text with its baseline beginning ``at``.

    A character that no font holds becomes its base letter, or 〓 where it has none.
    """
    x, baseline = at
    for file, run in _runs(text):
        font = _font(file, size)
        on.text((x, baseline), run, fill=colour, font=font, anchor="ls")
        x += font.getlength(run)


def settable(text: str) -> str:
    """The text as it can be written."""
    return "".join(_settable(character) for character in unicodedata.normalize("NFC", text))


def _runs(text: str) -> Iterator[tuple[str, str]]:
    """The text in pieces that one file can write, each with the file."""
    for file, run in groupby(settable(text), key=lambda character: _files()[ord(character)]):
        yield file, "".join(run)


@lru_cache(maxsize=4096)
def _settable(character: str) -> str:
    base = unicodedata.normalize("NFKD", character)[0]
    return next((known for known in (character, base) if _is_held(known)), GETA)


def _is_held(character: str) -> bool:
    """Whether a file lists the character and in truth draws it, not the box that stands for a missing one."""
    file = _files().get(ord(character))
    if file is None:
        return False
    font = _font(file, 24)
    return character.isspace() or bytes(font.getmask(character)) != bytes(font.getmask(_NO_CHARACTER))


@lru_cache(maxsize=1)
def _files() -> dict[int, str]:
    """By code point, the file that holds it; those that stand later in the list, for Latin above all, go before."""
    listed: dict[str, str] = json.loads((_FONTS / "characters.json").read_text("utf-8"))
    return {
        code: file
        for file, ranges in listed.items()
        for first, last in map(_ends, ranges.split(","))
        for code in range(first, last + 1)
    }


def _ends(written: str) -> tuple[int, int]:
    """``U+4e00-4e03`` or ``U+4e00`` as its first and last code point."""
    first, _dash, last = written.removeprefix("U+").partition("-")
    return int(first, 16), int(last or first, 16)


@lru_cache(maxsize=64)
def _font(file: str, size: int) -> ImageFont.FreeTypeFont:
    font = ImageFont.truetype(_FONTS / file, size)
    font.set_variation_by_axes([_WEIGHT])
    return font
