"""The two groups of staff: Editors write drafts and corrections, Reviewers publish and delete."""

from django.contrib.auth.management import create_permissions
from django.db import migrations

MODELS = "country place province city relationship event source evidence reportedtotal".split()
EDITORS_DELETE = ["event", "evidence"]
WRITE = ["view", "add", "change"]


def _codenames(actions, models):
    return [f"{action}_{model}" for action in actions for model in models]


GROUPS = {
    "Editors": [*_codenames(WRITE, MODELS), *_codenames(["delete"], EDITORS_DELETE)],
    "Reviewers": [*_codenames([*WRITE, "delete"], MODELS), "publish_relationship"],
}


def _make_permissions(apps, alias):
    # Django makes permissions after all migrations have run; the groups need them now.
    app = apps.get_app_config("friendship")
    app.models_module = True
    create_permissions(app, verbosity=0, using=alias, apps=apps)
    app.models_module = None


def add_groups(apps, schema_editor):
    alias = schema_editor.connection.alias
    _make_permissions(apps, alias)
    permissions = apps.get_model("auth", "Permission").objects.using(alias)
    groups = apps.get_model("auth", "Group").objects.using(alias)
    for name, codenames in GROUPS.items():
        group, _ = groups.get_or_create(name=name)
        group.permissions.set(permissions.filter(content_type__app_label="friendship", codename__in=codenames))


def remove_groups(apps, schema_editor):
    groups = apps.get_model("auth", "Group").objects.using(schema_editor.connection.alias)
    groups.filter(name__in=GROUPS).delete()


class Migration(migrations.Migration):
    dependencies = [
        ("friendship", "0004_public_record"),
        ("auth", "0012_alter_user_first_name_max_length"),
        ("contenttypes", "0002_remove_content_type_name"),
    ]

    operations = [migrations.RunPython(add_groups, remove_groups)]
