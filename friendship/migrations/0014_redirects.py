"""Records that were merged into others, and who may see the list of them."""

import django.db.models.deletion
from django.conf import settings
from django.contrib.auth.management import create_permissions
from django.db import migrations, models

GROUPS = ("Editors", "Reviewers")


def _make_permissions(apps, alias):
    # Django makes permissions after all migrations have run; the groups need them now.
    app = apps.get_app_config("friendship")
    app.models_module = True
    create_permissions(app, verbosity=0, using=alias, apps=apps)
    app.models_module = None


def _held(apps, alias):
    permissions = apps.get_model("auth", "Permission").objects.using(alias)
    return permissions.filter(content_type__app_label="friendship", codename="view_redirect")


def add_rights(apps, schema_editor):
    alias = schema_editor.connection.alias
    _make_permissions(apps, alias)
    for group in apps.get_model("auth", "Group").objects.using(alias).filter(name__in=GROUPS):
        group.permissions.add(*_held(apps, alias))


def remove_rights(apps, schema_editor):
    alias = schema_editor.connection.alias
    for group in apps.get_model("auth", "Group").objects.using(alias).filter(name__in=GROUPS):
        group.permissions.remove(*_held(apps, alias))


class Migration(migrations.Migration):
    dependencies = [
        ("friendship", "0013_suggestions"),
        ("auth", "0012_alter_user_first_name_max_length"),
        ("contenttypes", "0002_remove_content_type_name"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Redirect",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("kind", models.CharField(choices=[("place", "place"), ("relationship", "relationship")], max_length=12, verbose_name="kind of record")),
                ("gone", models.PositiveBigIntegerField(verbose_name="number of the merged record")),
                ("slug", models.SlugField(blank=True, max_length=80, verbose_name="former address")),
                ("name", models.CharField(max_length=250, verbose_name="former name")),
                ("kept", models.PositiveBigIntegerField(verbose_name="number of the record that stays")),
                ("reason", models.CharField(blank=True, editable=False, max_length=100, verbose_name="reason in the history")),
                ("moved", models.JSONField(blank=True, default=dict, editable=False, verbose_name="what moved")),
                ("made_at", models.DateTimeField(auto_now_add=True, verbose_name="merged on")),
                ("made_by", models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="+", to=settings.AUTH_USER_MODEL, verbose_name="merged by")),
            ],
            options={
                "verbose_name": "merged record",
                "verbose_name_plural": "merged records",
                "ordering": ["-id"],
                "indexes": [
                    models.Index(fields=["kind", "gone"], name="redirect_by_number"),
                    models.Index(fields=["kind", "slug"], name="redirect_by_slug"),
                ],
                "constraints": [
                    models.CheckConstraint(condition=models.Q(("kind__in", ["place", "relationship"])), name="redirect_kind_known", violation_error_message="Kind of record: choose one from the list."),
                    models.CheckConstraint(condition=models.Q(("gone", models.F("kept")), _negated=True), name="redirect_leads_elsewhere", violation_error_message="A record cannot be merged with itself."),
                ],
            },
        ),
        migrations.RunPython(add_rights, remove_rights),
    ]
