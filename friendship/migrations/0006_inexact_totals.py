"""A reported total may be a printed, inexact figure instead of a number.

Back again only where no such total is held: the database refuses rather than make a number of words.
"""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("friendship", "0005_staff_groups"),
    ]

    operations = [
        migrations.AddField(
            model_name="historicalreportedtotal",
            name="as_printed",
            field=models.CharField(
                blank=True,
                help_text="The source’s own words, where its number is not exact: 近90. Shown, never computed with.",
                max_length=100,
                verbose_name="figure as printed",
            ),
        ),
        migrations.AddField(
            model_name="reportedtotal",
            name="as_printed",
            field=models.CharField(
                blank=True,
                help_text="The source’s own words, where its number is not exact: 近90. Shown, never computed with.",
                max_length=100,
                verbose_name="figure as printed",
            ),
        ),
        migrations.AlterField(
            model_name="historicalreportedtotal",
            name="value",
            field=models.IntegerField(
                blank=True,
                help_text="The number, where the source gives an exact one.",
                null=True,
                verbose_name="value",
            ),
        ),
        migrations.AlterField(
            model_name="reportedtotal",
            name="value",
            field=models.IntegerField(
                blank=True,
                help_text="The number, where the source gives an exact one.",
                null=True,
                verbose_name="value",
            ),
        ),
        migrations.AddConstraint(
            model_name="reportedtotal",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("value__isnull", False), models.Q(("as_printed", ""), _negated=True), _connector="OR"
                ),
                name="reportedtotal_has_a_figure",
                violation_error_message="Value: give the number, or the figure as printed where it is not exact.",
            ),
        ),
        migrations.AddConstraint(
            model_name="reportedtotal",
            constraint=models.CheckConstraint(
                condition=models.Q(("value__isnull", True), ("as_printed", ""), _connector="OR"),
                name="reportedtotal_exact_or_as_printed",
                violation_error_message="Figure as printed: leave it empty where the value is exact.",
            ),
        ),
    ]
