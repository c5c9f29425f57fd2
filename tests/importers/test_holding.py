"""A table that cannot be understood yet is kept, for whoever may do so."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied

from friendship.importers.holding import hold
from friendship.models import ImportRun

pytestmark = pytest.mark.django_db


def test_who_may_not_publish_keeps_nothing_to_be_published() -> None:
    editor = User.objects.create_user("editor")
    with pytest.raises(PermissionDenied):
        hold(b"a,b", "ties.csv", by=editor, publish=True)
    assert not ImportRun.objects.exists()
    assert hold(b"a,b", "ties.csv", by=editor).file_name == "ties.csv"
