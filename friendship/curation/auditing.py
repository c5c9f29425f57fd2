"""Accepting what the audit finds, with a reason, and taking that back."""

from __future__ import annotations

from collections.abc import Iterable
from typing import cast

from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext as _

from friendship.auditing import Finding, Rule, is_within
from friendship.curation import Actor
from friendship.models import AcceptedFinding

_ADD, _DELETE = "friendship.add_acceptedfinding", "friendship.delete_acceptedfinding"


def accept(rule: Rule, finding: Finding, reason: str, *, actor: Actor) -> AcceptedFinding:
    """Let a finding stand as it is, on the facts that it has now.

    Raises ``ValidationError`` without a reason, ``PermissionDenied`` where the actor may not accept findings, or where
    no record of it lies within the actor's remit, ``IntegrityError`` where somebody accepts it at the same moment.
    """
    _guard(actor, _ADD, finding.mended_at)
    with transaction.atomic():
        key = {"rule": rule.code, "subject": finding.subject}
        row = AcceptedFinding.objects.select_for_update().filter(**key).first() or AcceptedFinding(**key)
        row.fingerprint, row.reason = finding.fingerprint, reason.strip()
        row.accepted_by = cast("User | None", actor)
        row.full_clean()
        row.save()
    return row


def take_back(row: AcceptedFinding, *, actor: Actor) -> None:
    """Let a finding be open again. Raises ``PermissionDenied``."""
    _guard(actor, _DELETE, row.subject.split("+"))
    row.delete()


def may_accept(actor: Actor) -> bool:
    """Whether the actor may let findings stand; the program itself (no actor) may."""
    return _may(actor, _ADD)


def _guard(actor: Actor, permission: str, records: Iterable[str]) -> None:
    if not _may(actor, permission):
        raise PermissionDenied(_("Only reviewers accept what the audit finds, or take that back."))
    if not is_within(records, actor):
        raise PermissionDenied(_("This finding lies beyond your remit."))


def _may(actor: Actor, permission: str) -> bool:
    return actor is None or actor.has_perm(permission)
