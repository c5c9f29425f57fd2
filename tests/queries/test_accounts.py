"""The codes of the access log in words."""

from __future__ import annotations

import pytest
from django.utils import translation

from friendship.queries.accounts import code_in_words, detail_in_words


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("friendship.publish_relationship", "Can publish and unpublish relationships"),
        ("friendship.change_place", "change: place"),
        ("friendship.praise_place", ""),
        ("friendship.change_nothing", ""),
        ("nowhere.change_place", ""),
    ],
)
def test_a_permission_in_words(code: str, words: str) -> None:
    with translation.override("en"):
        assert code_in_words(code) == words


def test_an_entry_in_words() -> None:
    with translation.override("en"):
        assert detail_in_words("") == ""
        assert detail_in_words("first_name, nothing=1, friendship.praise_place") == (
            "Name, nothing=1, friendship.praise_place"
        )
