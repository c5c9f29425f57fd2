"""The records extracted from the press conference on Sichuan's international friendship cities of 18 May 2023."""

from django.db import migrations

from friendship import seeding

FILE = "press_conference_2023.json"


def load(apps, schema_editor):
    seeding.load_records(apps, FILE)
    seeding.reserve_ids(schema_editor)


def unload(apps, schema_editor):
    seeding.unload_records(apps, FILE)


class Migration(migrations.Migration):
    dependencies = [("friendship", "0002_reference_places")]

    operations = [migrations.RunPython(load, unload)]
