"""Chinese is complete: every text in the code has its translation, with the same placeholders."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

from babel.messages.catalog import Message
from babel.messages.pofile import read_po
from django.conf import settings

CATALOGUE = settings.BASE_DIR / "locale" / "zh_Hans" / "LC_MESSAGES" / "django.po"
_PLACEHOLDER = re.compile(r"%\(\w+\)[sd]")


def messages() -> list[Message]:
    with CATALOGUE.open("rb") as file:
        return [message for message in read_po(file, locale="zh_Hans") if message.id]


def translations(message: Message) -> list[str]:
    return [message.string] if isinstance(message.string, str) else [*(message.string or ())]


def key(message: Message) -> tuple[str | None, str]:
    return message.context, message.id if isinstance(message.id, str) else message.id[0]


def test_every_text_in_the_code_is_in_the_catalogue(tmp_path: Path) -> None:
    keywords = re.search(r"^KEYWORDS := (.*)$", (settings.BASE_DIR / "Makefile").read_text(), re.MULTILINE)
    assert keywords
    template = tmp_path / "django.pot"
    extract = [sys.executable, "-m", "babel.messages.frontend", "-q", "extract", "-F", "pyproject.toml"]
    subprocess.run([*extract, *keywords[1].split(), "-o", str(template), "."], cwd=settings.BASE_DIR, check=True)
    with template.open("rb") as file:
        used = {key(message) for message in read_po(file) if message.id}
    assert len(used) > 300
    assert used == {key(message) for message in messages()}


def test_every_text_is_translated() -> None:
    assert [message.id for message in messages() if not all(translations(message))] == []
    assert [message.id for message in messages() if message.fuzzy] == []


def test_translations_keep_the_placeholders() -> None:
    wrong = []
    for message in messages():
        original = message.id if isinstance(message.id, str) else message.id[-1]
        if set(_PLACEHOLDER.findall(original)) != set(_PLACEHOLDER.findall(translations(message)[0])):
            wrong.append(original)
    assert wrong == []


def test_chinese_texts_use_chinese_punctuation() -> None:
    halfwidth = re.compile(r"[\u3400-\u9fff][,;:!?](?:\s|[\u3400-\u9fff]|$)")
    texts = [text for message in messages() for text in translations(message)]
    assert [text for text in texts if halfwidth.search(text)] == []
