"""Tables whose columns nobody knows yet: kept until staff has said what the columns mean."""

from __future__ import annotations

from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.utils.translation import gettext as _

from friendship import curation
from friendship.enums import ImportFormat, ImportState, RelationshipType
from friendship.models import ImportRun, Source


def hold(
    content: bytes,
    file_name: str,
    *,
    by: User | None,
    source: Source | None = None,
    default_type: str = RelationshipType.SISTER,
    publish: bool = False,
) -> ImportRun:
    """Keep a table that cannot be understood yet: an import without a format. Raises as ``runs.receive``."""
    if publish and not curation.may_publish(by):
        raise PermissionDenied(_("Only reviewers publish and unpublish."))
    return ImportRun.objects.create(
        file_name=file_name[-255:],
        content=content,
        source=source,
        type=default_type,
        publish=publish,
        started_by=by,
    )


def settle(run: ImportRun, fields: dict[str, int]) -> None:
    """Say what the columns of an import mean; it is compared with the register after that."""
    run.format, run.mapping, run.state = ImportFormat.MAPPED, fields, ImportState.UPLOADED
    run.save(update_fields=["format", "mapping", "state", "seen_at"])
