"""Remits of people, the access log, and the failed log-ins under a name of ours."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('axes', '0010_accessattemptexpiration'),
        ('friendship', '0017_audit_shipped'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='FailedLogin',
            fields=[
            ],
            options={
                'verbose_name': 'failed log-ins',
                'verbose_name_plural': 'failed log-ins',
                'proxy': True,
                'default_permissions': ('view', 'delete'),
                'indexes': [],
                'constraints': [],
            },
            bases=('axes.accessattempt',),
        ),
        migrations.CreateModel(
            name='Remit',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('place', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='remits', to='friendship.place', verbose_name='place')),
                ('user', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='remit', to=settings.AUTH_USER_MODEL, verbose_name='person')),
            ],
            options={
                'verbose_name': 'remit',
                'verbose_name_plural': 'remits',
                'ordering': ['user'],
                'default_permissions': (),
            },
        ),
        migrations.CreateModel(
            name='AccessEvent',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(blank=True, max_length=150, verbose_name='log-in name')),
                ('kind', models.CharField(choices=[('login', 'logged in'), ('password_accepted', 'password accepted, code asked for'), ('logout', 'logged out'), ('expired', 'session ended by itself'), ('failed', 'log-in failed'), ('locked', 'locked after failed log-ins'), ('released', 'lock released'), ('code_failed', 'wrong code'), ('recovery_used', 'recovery code used'), ('recovery_made', 'recovery codes made'), ('device_set', 'two-step log-in switched on'), ('device_removed', 'two-step log-in switched off'), ('password_changed', 'password changed'), ('sessions_ended', 'sessions ended'), ('added', 'account added'), ('changed', 'account changed'), ('activated', 'account activated'), ('deactivated', 'account deactivated'), ('deleted', 'account deleted'), ('role_given', 'role given'), ('role_taken', 'role taken away'), ('permission_given', 'permission given'), ('permission_taken', 'permission taken away'), ('remit_changed', 'remit changed'), ('policy_changed', 'rules of the register changed')], max_length=20, verbose_name='what happened')),
                ('detail', models.CharField(blank=True, max_length=300, verbose_name='details')),
                ('at', models.DateTimeField(auto_now_add=True, verbose_name='when')),
                ('address', models.GenericIPAddressField(blank=True, null=True, verbose_name='network address')),
                ('by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='by whom')),
                ('user', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='account')),
            ],
            options={
                'verbose_name': 'entry of the access log',
                'verbose_name_plural': 'access log',
                'ordering': ['-id'],
                'default_permissions': ('view',),
                'indexes': [models.Index(fields=['at'], name='accessevent_by_time')],
                'constraints': [models.CheckConstraint(condition=models.Q(('kind__in', ['login', 'password_accepted', 'logout', 'expired', 'failed', 'locked', 'released', 'code_failed', 'recovery_used', 'recovery_made', 'device_set', 'device_removed', 'password_changed', 'sessions_ended', 'added', 'changed', 'activated', 'deactivated', 'deleted', 'role_given', 'role_taken', 'permission_given', 'permission_taken', 'remit_changed', 'policy_changed'])), name='accessevent_kind_known', violation_error_message='What happened: choose one from the list.')],
            },
        ),
    ]
