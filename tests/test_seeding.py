"""Fixtures into the tables and exactly out again."""

from __future__ import annotations

from typing import Any

import pytest
from django.db.migrations.loader import MigrationLoader
from django.forms.models import model_to_dict

from friendship import curation, seeding
from friendship.models import Country, Event, Evidence, Place, Relationship, ReportedTotal, Source
from tests import builders

pytestmark = pytest.mark.django_db

PRESS, PUBLIC, REPORTED = "press_conference_2023.json", "public_record.json", "reported_totals.json"
RECORDS = (Source, Relationship, Event, Evidence, ReportedTotal)


@pytest.fixture(scope="module")
def apps() -> Any:
    """The models as the last of the migrations leaves them, as a migration sees them."""
    return MigrationLoader(None).project_state().apps


def register() -> dict[str, Any]:
    """All that the register holds; ids of rows that have no address of their own are left out."""
    held: dict[str, Any] = {}
    for model in (Country, Place, *RECORDS):
        rows = []
        for row in model._default_manager.all():
            values = model_to_dict(row, exclude=[] if model is Relationship else ["id"])
            for name in ("source", "place", "home", "partner", "parent", "country"):
                if values.get(name) and hasattr(getattr(row, name), "slug"):
                    values[name] = getattr(row, name).slug
            rows.append(sorted((name, str(value)) for name, value in values.items()))
        held[model.__name__] = sorted(rows)
    return held


def histories() -> dict[str, int]:
    return {model.__name__: model.history.count() for model in (Country, Place, *RECORDS)}


def test_the_shipped_register() -> None:
    assert Country.objects.count() == 249
    assert Relationship.objects.count() == Relationship.objects.published().count() == 132
    assert ReportedTotal.objects.count() == 11 + 11
    assert Relationship.objects.get(pk=1).partner.slug == "washington"


def test_every_shipped_row_has_its_history() -> None:
    assert histories() == {
        "Country": Country.objects.count(),
        "Place": Place.objects.count(),
        "Source": Source.objects.count(),
        "Relationship": Relationship.objects.count() + 5,  # five ties are stated by both, and changed by the second
        "Event": Event.objects.count(),
        "Evidence": Evidence.objects.count(),
        "ReportedTotal": ReportedTotal.objects.count(),
    }


def test_out_and_in_again_leaves_the_same_register(apps: Any) -> None:
    before, told = register(), histories()
    seeding.unload_records(apps, REPORTED)
    assert {total.source.slug for total in ReportedTotal.objects.all()} == {"sichuan-press-conference-2023-05-18"}
    assert Source.objects.count() == 111
    seeding.unload_records(apps, PUBLIC, earlier=PRESS)
    assert Relationship.objects.count() == 9
    assert Relationship.objects.get(pk=6).founded is None
    assert set(Evidence.objects.values_list("source__slug", flat=True)) == {"sichuan-press-conference-2023-05-18"}
    seeding.unload_records(apps, PRESS)
    assert [model.objects.count() for model in RECORDS] == [0, 0, 0, 0, 0]
    seeding.unload_places(apps, "places_abroad.csv")
    seeding.unload_places(apps, "places_china.csv")
    seeding.unload_countries(apps)
    assert (Country.objects.count(), Place.objects.count()) == (0, 0)
    assert set(histories().values()) == {0}
    seeding.load_countries(apps)
    seeding.load_places(apps, "places_china.csv")
    seeding.load_places(apps, "places_abroad.csv")
    seeding.load_records(apps, PRESS)
    seeding.load_records(apps, PUBLIC)
    seeding.load_records(apps, REPORTED)
    assert register() == before
    assert histories() == told


def test_taking_out_leaves_what_staff_made(apps: Any) -> None:
    own = builders.tie(note_en="ours")

    used = Source.objects.filter(evidence__relationship__gt=9).first()
    assert used is not None
    builders.evidence(own, used)
    added = builders.evidence(Relationship.objects.get(pk=50), builders.source())
    victoria = Relationship.objects.get(pk=6)
    victoria.note_en = "mended by staff"
    curation.save(victoria, actor=None)
    seeding.unload_records(apps, PUBLIC, earlier=PRESS)
    assert set(Relationship.objects.values_list("pk", flat=True)) == {*range(1, 10), 50, own.pk}
    assert [piece.pk for piece in Relationship.objects.get(pk=50).evidence.all()] == [added.pk]
    assert Source.objects.filter(pk=used.pk).exists()
    victoria.refresh_from_db()
    assert (victoria.note_en, victoria.founded) == ("mended by staff", None)


def test_taking_out_totals_leaves_what_staff_changed_or_added(apps: Any) -> None:
    inexact = ReportedTotal.objects.get(value=None)
    assert (inexact.figure, inexact.source.slug) == ("近90", "sichuan-fao-contribution-award-2014")
    inexact.as_printed = "近百"
    curation.save(inexact, actor=None)
    own = builders.total(by=Source.objects.get(slug="wikipedia-sichuan-sister-cities"))
    seeding.unload_records(apps, REPORTED)
    kept = ReportedTotal.objects.exclude(source__slug="sichuan-press-conference-2023-05-18")
    assert set(kept) == {inexact, own}
    assert set(Source.objects.filter(totals__isnull=False, evidence=None)) == {inexact.source, own.source}


def test_ids_of_staff_start_after_the_reserved_ones() -> None:
    assert builders.tie().pk > seeding.RESERVED_IDS
