"""What every curated row carries. Suggestions from the public and import runs will live here too."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class Curated(models.Model):
    """A row that staff edit: its version guards against saving over someone else's newer change."""

    version = models.PositiveIntegerField(_("version"), default=1, editable=False)
    updated_at = models.DateTimeField(_("last changed"), auto_now=True)

    class Meta:
        abstract = True
