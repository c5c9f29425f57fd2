"""The addresses of pages are those of ``urls.py``, in the language that is active."""

from __future__ import annotations

import pytest
from django.urls import NoReverseMatch, reverse
from django.utils.translation import override

from friendship import paths


def test_each_language_has_its_own() -> None:
    for language in ("zh-hans", "en", "zh-hans"):
        with override(language):
            assert paths.path_of("relationships") == reverse("relationships")
            assert paths.path_of("relationship", 7) == reverse("relationship", args=[7])
            assert paths.path_of("city", "chengdu") == reverse("city", args=["chengdu"])


def test_an_address_is_put_together_once(monkeypatch: pytest.MonkeyPatch) -> None:
    once = paths.path_of("relationship", 8)
    monkeypatch.setattr(paths, "reverse", None)
    assert paths.path_of("relationship", 8) == once == "/relationships/8/"


def test_a_page_that_nobody_knows_has_none() -> None:
    with pytest.raises(NoReverseMatch):
        paths.path_of("nowhere")
