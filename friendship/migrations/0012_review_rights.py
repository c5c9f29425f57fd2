"""The rules of the office, and who sees proposed changes: Editors and Reviewers do."""

from django.contrib.auth.management import create_permissions
from django.db import migrations

GROUPS = ("Editors", "Reviewers")
CODENAME = "view_proposal"


def _make_permissions(apps, alias):
    # Django makes permissions after all migrations have run; the groups need them now.
    app = apps.get_app_config("friendship")
    app.models_module = True
    create_permissions(app, verbosity=0, using=alias, apps=apps)
    app.models_module = None


def _held(apps, alias):
    permission = apps.get_model("auth", "Permission").objects.using(alias)
    given = permission.filter(content_type__app_label="friendship", codename=CODENAME)
    for group in apps.get_model("auth", "Group").objects.using(alias).filter(name__in=GROUPS):
        yield group, given


def begin(apps, schema_editor):
    alias = schema_editor.connection.alias
    apps.get_model("friendship", "Policy").objects.using(alias).get_or_create(id=1)
    _make_permissions(apps, alias)
    for group, given in _held(apps, alias):
        group.permissions.add(*given)


def end(apps, schema_editor):
    alias = schema_editor.connection.alias
    for group, given in _held(apps, alias):
        group.permissions.remove(*given)
    apps.get_model("friendship", "Policy").objects.using(alias).all().delete()


class Migration(migrations.Migration):
    dependencies = [("friendship", "0011_proposals")]

    operations = [migrations.RunPython(begin, end)]
