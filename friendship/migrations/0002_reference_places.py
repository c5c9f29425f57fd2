"""The reference lists: every country, China's divisions, and the foreign places that the records need."""

from django.db import migrations

from friendship import seeding


def load(apps, schema_editor):
    seeding.load_countries(apps)
    seeding.load_places(apps, "places_china.csv")
    seeding.load_places(apps, "places_abroad.csv")


def unload(apps, schema_editor):
    seeding.unload_places(apps, "places_abroad.csv")
    seeding.unload_places(apps, "places_china.csv")
    seeding.unload_countries(apps)


class Migration(migrations.Migration):
    dependencies = [("friendship", "0001_schema")]

    operations = [migrations.RunPython(load, unload)]
