"""What the audit finds in the shipped register and what was looked at before it was shipped, each with its reason."""

from django.db import migrations

from friendship import seeding

FILE = "accepted_findings.csv"


def load(apps, schema_editor):
    seeding.load_accepted(apps, FILE)


def unload(apps, schema_editor):
    seeding.unload_accepted(apps, FILE)


class Migration(migrations.Migration):
    dependencies = [("friendship", "0016_audit_rights")]

    operations = [migrations.RunPython(load, unload)]
