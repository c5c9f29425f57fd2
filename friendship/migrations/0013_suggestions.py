"""Corrections that the public suggests: Editors handle them, Reviewers also delete them."""

import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.contrib.auth.management import create_permissions
from django.db import migrations, models

import friendship.models.suggestions

GROUPS = {
    "Editors": ["view_suggestion", "change_suggestion"],
    "Reviewers": ["view_suggestion", "change_suggestion", "delete_suggestion"],
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
        ('friendship', '0012_review_rights'),
        ('auth', '0012_alter_user_first_name_max_length'),
        ('contenttypes', '0002_remove_content_type_name'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Suggestion',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('token', models.CharField(default=friendship.models.suggestions.new_token, editable=False, max_length=40, verbose_name='reference number')),
                ('wrong', models.CharField(max_length=2000, verbose_name='what is wrong')),
                ('right', models.CharField(max_length=2000, verbose_name='what is right')),
                ('source', models.CharField(max_length=2000, verbose_name='source')),
                ('email', models.EmailField(blank=True, max_length=254, verbose_name='e-mail')),
                ('language', models.CharField(max_length=10, verbose_name='language')),
                ('state', models.CharField(choices=[('open', 'waits for an answer'), ('accepted', 'accepted'), ('answered', 'answered'), ('declined', 'declined')], default='open', max_length=12, verbose_name='state')),
                ('answer', models.CharField(blank=True, max_length=2000, verbose_name='answer')),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now, editable=False, verbose_name='sent')),
                ('closed_at', models.DateTimeField(blank=True, null=True, verbose_name='closed')),
                ('wiped_at', models.DateTimeField(blank=True, null=True, verbose_name='e-mail wiped')),
                ('handled_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='handled by')),
                ('place', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='suggestions', to='friendship.place', verbose_name='place')),
                ('relationship', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='suggestions', to='friendship.relationship', verbose_name='relationship')),
            ],
            options={
                'verbose_name': 'suggestion',
                'verbose_name_plural': 'suggestions',
                'ordering': ['id'],
                'indexes': [models.Index(fields=['state', 'created_at'], name='suggestion_by_state')],
                'constraints': [models.UniqueConstraint(fields=('token',), name='suggestion_token_unique', violation_error_message='Reference number: another suggestion has it already.'), models.CheckConstraint(condition=models.Q(models.Q(('place__isnull', False), ('relationship__isnull', True)), models.Q(('place__isnull', True), ('relationship__isnull', False)), _connector='OR'), name='suggestion_about_one_record', violation_error_message='Relationship and place: a suggestion is about exactly one of them.'), models.CheckConstraint(condition=models.Q(('wrong', ''), _negated=True), name='suggestion_says_what_is_wrong', violation_error_message='What is wrong: say it.'), models.CheckConstraint(condition=models.Q(('state__in', ['open', 'accepted', 'answered', 'declined'])), name='suggestion_state_known', violation_error_message='State: choose one from the list.'), models.CheckConstraint(condition=models.Q(models.Q(('closed_at__isnull', True), ('state', 'open')), models.Q(models.Q(('state', 'open'), _negated=True), ('closed_at__isnull', False)), _connector='OR'), name='suggestion_closed_at_a_time', violation_error_message='Closed: an open suggestion has no such time, every other one has.'), models.CheckConstraint(condition=models.Q(('state', 'open'), models.Q(('answer', ''), _negated=True), _connector='OR'), name='suggestion_closed_with_an_answer', violation_error_message='Answer: say what became of the suggestion.'), models.CheckConstraint(condition=models.Q(('wiped_at__isnull', True), models.Q(('closed_at__isnull', False), ('email', '')), _connector='OR'), name='suggestion_wiped_once_closed', violation_error_message='E-mail: it is wiped once the suggestion is closed, and then there is none.')],
            },
        ),
        migrations.RunPython(add_rights, remove_rights),
    ]
