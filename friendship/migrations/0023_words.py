"""The index of words that search asks (``friendship/words.py``), which is made after every ``migrate``.

The migration changes nothing itself: it lets a register that has no such index yet, as one from an older backup, be
known as one that wants ``migrate``.
"""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("friendship", "0022_reading_rights")]

    operations = [migrations.RunPython(migrations.RunPython.noop, migrations.RunPython.noop)]
