"""Totals that other sources reported for Sichuan, from 2014 to 2024."""

from django.db import migrations

from friendship import seeding

FILE = "reported_totals.json"


def load(apps, schema_editor):
    seeding.load_records(apps, FILE)


def unload(apps, schema_editor):
    seeding.unload_records(apps, FILE)


class Migration(migrations.Migration):
    dependencies = [("friendship", "0006_inexact_totals")]

    operations = [migrations.RunPython(load, unload)]
