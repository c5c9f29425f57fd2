"""What is said of a file that cannot be read as a text, and how much memory it took to say so."""

from __future__ import annotations

import tracemalloc

import pytest

from friendship.importers import documents
from friendship.importers.records import Unreadable

MEGABYTE = 1_000_000
LONG = "The text has more than 1,000,000 characters. Copy the part that tells of ties and paste it."


def refused(name: str, content: bytes) -> str:
    with pytest.raises(Unreadable) as refusal:
        documents.read(name, content)
    return str(refusal.value)


def refused_within(memory: int, name: str, content: bytes) -> str:
    """What is said of the file; reading it takes at most so many bytes, of those that Python knows."""
    tracemalloc.start()
    try:
        message = refused(name, content)
        _now, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < memory
    return message
