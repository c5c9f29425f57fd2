"""The third group of staff: all that Reviewers may, and to look after people, roles, locks and the access log."""

from django.contrib.auth.management import create_permissions
from django.db import migrations

GROUP = "Administrators"
BASE = "Reviewers"
OWN = {
    "auth": ["view_user", "add_user", "change_user", "view_group"],
    "friendship": ["view_accessevent", "view_failedlogin", "delete_failedlogin", "view_policy", "change_policy"],
}


def _make_permissions(apps, alias):
    # Django makes permissions after all migrations have run; the group needs them now.
    for label in OWN:
        app = apps.get_app_config(label)
        app.models_module = True
        create_permissions(app, verbosity=0, using=alias, apps=apps)
        app.models_module = None


def add_group(apps, schema_editor):
    alias = schema_editor.connection.alias
    _make_permissions(apps, alias)
    permissions = apps.get_model("auth", "Permission").objects.using(alias)
    groups = apps.get_model("auth", "Group").objects.using(alias)
    group, _ = groups.get_or_create(name=GROUP)
    for label, codenames in OWN.items():
        group.permissions.add(*permissions.filter(content_type__app_label=label, codename__in=codenames))
    for reviewers in groups.filter(name=BASE):  # a group that an office has deleted is not brought back
        group.permissions.add(*reviewers.permissions.all())


def remove_group(apps, schema_editor):
    groups = apps.get_model("auth", "Group").objects.using(schema_editor.connection.alias)
    groups.filter(name=GROUP).delete()


class Migration(migrations.Migration):
    dependencies = [
        ("friendship", "0018_rights"),
        ("auth", "0012_alter_user_first_name_max_length"),
        ("contenttypes", "0002_remove_content_type_name"),
    ]

    operations = [migrations.RunPython(add_group, remove_group)]
