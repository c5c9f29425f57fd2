"""``manage.py purge``: what it wipes, what it leaves, and what it prints."""

from __future__ import annotations

import datetime
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import call_command
from django.utils import timezone
from pytest_django import Settings

from friendship import rates
from friendship.models import AccessEvent, Suggestion
from tests import builders

HOUR = 3600
NOON = 1_800_000_000 - 1_800_000_000 % HOUR


def purge() -> str:
    out = StringIO()
    call_command("purge", stdout=out)
    return out.getvalue()


@pytest.mark.django_db
def test_it_wipes_what_is_due_and_says_how_many() -> None:
    long_ago = timezone.now() - datetime.timedelta(days=181)
    for name in ("a", "b"):
        builders.suggestion(email=f"{name}@example.org", state="answered", answer="Thanks", closed_at=long_ago)
    builders.suggestion(email="c@example.org")
    told = "Wiped the e-mail addresses of {} suggestions closed 180 days ago or earlier.\n"
    log = "Removed 0 entries of the access log older than 180 days.\n"
    assert [purge(), purge()] == [told.format(2) + log, told.format(0) + log]
    assert list(Suggestion.objects.order_by("pk").values_list("email", flat=True)) == ["", "", "c@example.org"]


@pytest.mark.django_db
def test_it_removes_old_entries_of_the_access_log() -> None:
    for days in (179, 181, 400):
        entry = AccessEvent.objects.create(kind="login", name=str(days))
        AccessEvent.objects.filter(pk=entry.pk).update(at=timezone.now() - datetime.timedelta(days=days))
    assert purge().splitlines()[-1] == "Removed 2 entries of the access log older than 180 days."
    assert [entry.name for entry in AccessEvent.objects.all()] == ["179"]


@pytest.mark.django_db
def test_it_removes_counts_that_are_over(settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.VAR_DIR, settings.SUGGESTION_RATE, settings.API_RATE = tmp_path, [(5, HOUR)], (9, HOUR)
    folders = [tmp_path / "suggestion-rates" / str(HOUR), tmp_path / "rates"]
    monkeypatch.setattr("friendship.rates.time.time", lambda: NOON)
    purge()  # there is nothing yet
    for folder in folders:
        rates.tally(folder, (5, HOUR), "192.0.2.1")
    monkeypatch.setattr("friendship.rates.time.time", lambda: NOON + HOUR)
    purge()  # who counts at this very moment may still be writing
    assert [len(list(folder.iterdir())) for folder in folders] == [1, 1]
    monkeypatch.setattr("friendship.rates.time.time", lambda: NOON + 2 * HOUR)
    purge()
    assert [list(folder.iterdir()) for folder in folders] == [[], []]
