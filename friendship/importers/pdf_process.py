"""The text layer of a PDF, read in a process of its own that can be stopped: ``pdf`` runs this file.

A PDF is a program: its pages draw each other, and a few kilobytes keep a reader at work for hours. So this file gives
itself little time and memory before it looks at the first byte, and says in one line of JSON what it found. It is run
with Python's ``-I`` and without the environment, so a flaw in the reader finds neither our code nor a key.
"""

from __future__ import annotations

import io
import json
import resource
import sys
from typing import Any

from pypdf import PdfReader, apply_configuration
from pypdf.errors import DependencyError, FileNotDecryptedError, LimitReachedError

#: A page of text takes 50 kB; one with a map drawn in lines may take some MB.
_MAX_UNPACKED = 20_000_000
#: What pypdf knows of fonts that bring no table of their characters (ISO 32000-2, table 116). Others are guessed.
_KNOWN_ENCODINGS = ("GB-EUC-", "GBpc-EUC-", "GBK-EUC-", "GBK2K-", "ETen", "90ms-RKSJ-", "-UTF16-", "-UCS2-")
#: A few bullets and signs are no reason to refuse a text.
_GUESSED_AT_MOST = 0.2


def main() -> None:
    """Read a PDF from the standard input, within the limits that the command line gives."""
    seconds, memory, pages, characters = map(int, sys.argv[1:])
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds + 1))
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    try:
        found = outcome(sys.stdin.buffer.read(), pages, characters)
    except MemoryError:
        found = {"refused": "costly"}
    print(json.dumps(found))  # noqa: T201 (it is what this file is run for)


def outcome(content: bytes, max_pages: int, max_characters: int) -> dict[str, str]:
    """The ``text`` of all pages, or for which reason it is ``refused``: a key of ``pdf``."""
    try:
        with apply_configuration(zlib_maximum_output_length=_MAX_UNPACKED, lzw_maximum_output_length=_MAX_UNPACKED):
            return _read(PdfReader(io.BytesIO(content)), max_pages, max_characters)
    except (FileNotDecryptedError, DependencyError):
        return {"refused": "locked"}
    except (LimitReachedError, MemoryError):
        return {"refused": "costly"}
    except Exception:  # noqa: BLE001 (pypdf meets a damaged file with whatever breaks first)
        return {"refused": "damaged"}


def _read(reader: PdfReader, max_pages: int, max_characters: int) -> dict[str, str]:
    if len(reader.pages) > max_pages:
        return {"refused": "pages"}
    texts: list[str] = []
    fonts = _Fonts()
    for page in reader.pages:
        texts.append(page.extract_text(visitor_text=fonts.count))
        if sum(map(len, texts)) > max_characters:
            return {"refused": "long"}
    if not fonts.letters:
        return {"refused": "picture"}
    if fonts.guessed > fonts.letters * _GUESSED_AT_MOST:
        return {"refused": "fonts"}
    return {"text": "\n".join(texts)}


class _Fonts:
    """How many letters there are, and how many are only guessed, as their font has no table of its characters."""

    def __init__(self) -> None:
        self.letters = self.guessed = 0

    def count(self, text: str, _matrix: Any, _text_matrix: Any, font: Any, _size: Any) -> None:
        """Called by pypdf for each piece of text."""
        guessed = _is_guessed(font)
        letters = sum(guessed or letter.isalpha() for letter in text if not letter.isspace())
        self.letters += letters
        self.guessed += guessed * letters


def _is_guessed(font: Any) -> bool:
    if not font or font.get("/Subtype") != "/Type0" or "/ToUnicode" in font:
        return False
    return not any(known in str(font.get("/Encoding")) for known in _KNOWN_ENCODINGS)


if __name__ == "__main__":
    main()
