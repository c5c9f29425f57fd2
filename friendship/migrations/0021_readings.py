"""Texts from which staff take records, and what was decided about their candidates."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('friendship', '0020_left_out'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Reading',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('title', models.CharField(max_length=300, verbose_name='title')),
                ('about', models.JSONField(blank=True, default=dict, verbose_name='the publication')),
                ('text', models.TextField(verbose_name='text')),
                ('home', models.CharField(blank=True, max_length=100, verbose_name='home of the text')),
                ('typed', models.JSONField(blank=True, default=dict, verbose_name='corrections')),
                ('keeps_text', models.BooleanField(default=True, verbose_name='whole text is kept')),
                ('waiting', models.PositiveIntegerField(default=0, verbose_name='to be decided')),
                ('fingerprint', models.CharField(editable=False, max_length=64)),
                ('started_at', models.DateTimeField(auto_now_add=True, verbose_name='brought')),
                ('seen_at', models.DateTimeField(auto_now=True, verbose_name='last worked on')),
                ('source', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='readings', to='friendship.source', verbose_name='source')),
                ('started_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='brought by')),
            ],
            options={
                'verbose_name': 'text to read',
                'verbose_name_plural': 'texts to read',
                'ordering': ['-id'],
            },
        ),
        migrations.CreateModel(
            name='ReadingDecision',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('fingerprint', models.CharField(editable=False, max_length=64)),
                ('choice', models.CharField(choices=[('accepted', 'accepted'), ('refused', 'refused')], max_length=8, verbose_name='decision')),
                ('label', models.CharField(max_length=300, verbose_name='candidate')),
                ('decided_at', models.DateTimeField(auto_now_add=True, verbose_name='decided')),
                ('decided_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='decided by')),
                ('proposal', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='friendship.proposal', verbose_name='proposed change')),
                ('reading', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='decisions', to='friendship.reading', verbose_name='text to read')),
                ('relationship', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='reading_decisions', to='friendship.relationship', verbose_name='relationship')),
            ],
            options={
                'verbose_name': 'decision about a candidate',
                'verbose_name_plural': 'decisions about candidates',
                'ordering': ['reading', 'id'],
                'default_permissions': (),
            },
        ),
        migrations.AddIndex(
            model_name='reading',
            index=models.Index(fields=['fingerprint'], name='reading_by_fingerprint'),
        ),
        migrations.AddConstraint(
            model_name='readingdecision',
            constraint=models.UniqueConstraint(fields=('reading', 'fingerprint'), name='readingdecision_once', violation_error_message='Candidate: somebody has decided about it already.'),
        ),
        migrations.AddConstraint(
            model_name='readingdecision',
            constraint=models.CheckConstraint(condition=models.Q(('choice__in', ['accepted', 'refused'])), name='readingdecision_choice_known', violation_error_message='Decision: choose one from the list.'),
        ),
    ]
