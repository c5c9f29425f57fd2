"""Sichuan's ties as public pages state them, each with its source."""

from django.db import migrations

from friendship import seeding

FILE = "public_record.json"


def load(apps, schema_editor):
    seeding.load_records(apps, FILE)


def unload(apps, schema_editor):
    seeding.unload_records(apps, FILE, earlier="press_conference_2023.json")


class Migration(migrations.Migration):
    dependencies = [("friendship", "0003_press_conference_2023")]

    operations = [migrations.RunPython(load, unload)]
