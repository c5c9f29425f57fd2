"""What the groups of staff may do with texts to read: as with imports, and only those who may delete throw one away."""

from django.contrib.auth.management import create_permissions
from django.db import migrations

WRITE = ["view_reading", "add_reading", "change_reading"]
GROUPS = {
    "Editors": WRITE,
    "Reviewers": [*WRITE, "delete_reading"],
    "Administrators": [*WRITE, "delete_reading"],
}


def _make_permissions(apps, alias):
    # Django makes permissions after all migrations have run; the groups need them now.
    app = apps.get_app_config("friendship")
    app.models_module = True
    create_permissions(app, verbosity=0, using=alias, apps=apps)
    app.models_module = None


def _held(apps, alias):
    permissions = apps.get_model("auth", "Permission").objects.using(alias)
    groups = apps.get_model("auth", "Group").objects.using(alias)
    for name, codenames in GROUPS.items():
        given = permissions.filter(content_type__app_label="friendship", codename__in=codenames)
        for group in groups.filter(name=name):  # a group that an office has deleted is not brought back
            yield group, given


def add_rights(apps, schema_editor):
    alias = schema_editor.connection.alias
    _make_permissions(apps, alias)
    for group, given in _held(apps, alias):
        group.permissions.add(*given)


def remove_rights(apps, schema_editor):
    for group, given in _held(apps, schema_editor.connection.alias):
        group.permissions.remove(*given)


class Migration(migrations.Migration):
    dependencies = [
        ("friendship", "0021_readings"),
        ("auth", "0012_alter_user_first_name_max_length"),
        ("contenttypes", "0002_remove_content_type_name"),
    ]

    operations = [migrations.RunPython(add_rights, remove_rights)]
