"""What a selection or a file held besides the changes: rows that stay as they are, and rows that were refused."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ("friendship", "0019_administrators"),
    ]

    operations = [
        migrations.AddField(
            model_name='proposal',
            name='left_out',
            field=models.JSONField(blank=True, default=dict, verbose_name='left out'),
        ),
    ]
