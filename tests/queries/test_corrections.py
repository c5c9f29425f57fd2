"""What a correction is about, as far as the public sees it."""

from __future__ import annotations

import pytest

from friendship.models import Suggestion
from friendship.queries.corrections import public_subject
from tests import builders

pytestmark = pytest.mark.django_db


def test_the_subject_is_what_the_public_sees_of_it() -> None:
    shown, draft = builders.place("shown"), builders.place("draft", review_state="draft")
    assert public_subject(Suggestion(place=shown)) == shown
    assert public_subject(Suggestion(place=draft)) is None
    assert public_subject(Suggestion()) is None
