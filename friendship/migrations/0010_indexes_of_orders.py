"""Indexes of the orders in which a long list is read: by latest change, and by name in Chinese."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("friendship", "0009_import_rights"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="place",
            index=models.Index(fields=["pinyin"], name="place_by_pinyin"),
        ),
        migrations.AddIndex(
            model_name="relationship",
            index=models.Index(fields=["review_state", "-updated_at", "id"], name="relationship_public_by_change"),
        ),
    ]
