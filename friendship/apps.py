"""The one app of the register."""

from django.apps import AppConfig
from django.conf import settings
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _


class FriendshipConfig(AppConfig):
    """Sister-city relationships, from source text to public page."""

    name = "friendship"
    verbose_name = _("Register of sister-city relationships")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Let the access log listen to what happens to accounts, and the metrics and reports to what goes wrong.

        After ``migrate``, see that what the database keeps by triggers is whole: the index of words, and the marks.
        """
        from friendship import state, words
        from friendship.curation import access
        from friendship.telemetry import metrics, sentry

        post_migrate.connect(words.ensure, sender=self, dispatch_uid="friendship.words")
        post_migrate.connect(state.install, sender=self, dispatch_uid="friendship.state")
        access.watch()
        metrics.watch()
        if settings.SENTRY_DSN:
            sentry.start(settings.SENTRY_DSN)
