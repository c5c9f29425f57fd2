"""What one person may change, and what happened to accounts: remits, log-ins, roles."""

from __future__ import annotations

from axes.models import AccessAttempt
from django.conf import settings
from django.db import models
from django.db.models import CheckConstraint, Q
from django.utils.translation import gettext_lazy as _

from friendship.enums import AccessKind
from friendship.models.places import Place


class Remit(models.Model):
    """The province or city beyond which a person changes nothing; who has none may change everything.

    A tie lies within it with either side, a place with what contains it. Evidence, events and totals follow these.
    """

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="remit", verbose_name=_("person")
    )
    place = models.ForeignKey(Place, models.PROTECT, related_name="remits", verbose_name=_("place"))

    class Meta:
        verbose_name = _("remit")
        verbose_name_plural = _("remits")
        ordering = ["user"]
        default_permissions = ()  # who may change a person's account gives them their remit

    def __str__(self) -> str:
        return str(self.place)


class AccessEvent(models.Model):
    """Something that happened to an account: a log-in, a failure, another role. Written once, never changed.

    ``name`` is the log-in name, kept when the account goes, and empty where a log-in failed under a name that nobody
    has: people type passwords into that box. ``by`` is who did it, where it was not the person themselves.
    """

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, related_name="+", null=True, blank=True, verbose_name=_("account")
    )
    name = models.CharField(_("log-in name"), max_length=150, blank=True)
    kind = models.CharField(_("what happened"), max_length=20, choices=AccessKind)
    detail = models.CharField(_("details"), max_length=300, blank=True)
    at = models.DateTimeField(_("when"), auto_now_add=True)
    address = models.GenericIPAddressField(_("network address"), null=True, blank=True)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, related_name="+", null=True, blank=True, verbose_name=_("by whom")
    )

    class Meta:
        verbose_name = _("entry of the access log")
        verbose_name_plural = _("access log")
        ordering = ["-id"]
        default_permissions = ("view",)
        constraints = [
            CheckConstraint(
                condition=Q(kind__in=AccessKind.values),
                name="accessevent_kind_known",
                violation_error_message=_("What happened: choose one from the list."),
            ),
        ]
        indexes = [models.Index(fields=["at"], name="accessevent_by_time")]  # old ones are removed

    def __str__(self) -> str:
        return f"{self.get_kind_display()} · {self.name or '—'}"


class FailedLogin(AccessAttempt):  # type: ignore[misc] # the package has no types
    """Failed log-ins of one name from one network address, as django-axes counts them until they are forgotten."""

    class Meta:
        proxy = True
        verbose_name = _("failed log-ins")
        verbose_name_plural = _("failed log-ins")
        default_permissions = ("view", "delete")
