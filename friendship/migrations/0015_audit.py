"""Findings of the audit that were accepted, each with its reason."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('friendship', '0014_redirects'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='AcceptedFinding',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('rule', models.CharField(max_length=40, verbose_name='rule')),
                ('subject', models.CharField(max_length=120, verbose_name='subject')),
                ('fingerprint', models.CharField(max_length=64, verbose_name='fingerprint')),
                ('reason', models.TextField(blank=True, verbose_name='reason')),
                ('accepted_at', models.DateTimeField(auto_now=True, verbose_name='accepted')),
                ('accepted_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='accepted by')),
            ],
            options={
                'verbose_name': 'accepted finding',
                'verbose_name_plural': 'audit',
                'ordering': ['rule', 'subject'],
                'constraints': [models.UniqueConstraint(fields=('rule', 'subject'), name='acceptedfinding_subject_unique', violation_error_message='Finding: is accepted already.'), models.CheckConstraint(condition=models.Q(('reason', ''), _negated=True), name='acceptedfinding_has_a_reason', violation_error_message='Reason: say why this may stand as it is.')],
            },
        ),
    ]
