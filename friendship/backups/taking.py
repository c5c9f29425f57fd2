"""Taking a backup, while the register goes on being read and written."""

from __future__ import annotations

from pathlib import Path

from django.utils import timezone
from django.utils.translation import gettext as _

from friendship.backups import archive, kinds
from friendship.backups.archive import Manifest
from friendship.backups.faults import Refused
from friendship.exporters.files import whole_file

#: Nobody but the owner: it holds drafts, accounts and addresses.
_MODE = 0o600


def take(target: Path) -> tuple[Path, Manifest]:
    """Write a backup to that file, or into that folder under a name of its own; says where, and what it holds.

    It stands there when it is whole; until then, and where it fails, what stood there stays. Raises ``Refused``, and
    ``OSError`` where nothing can be written.
    """
    kind, now = kinds.current(), timezone.now()
    if not kind.held():
        raise Refused(_("The database holds no register yet."))
    path = (target / f"register-{now:%Y-%m-%dT%H%M%SZ}.backup" if target.is_dir() else target).resolve()
    _refuse_others(path)
    with whole_file(path, _MODE) as file, kind.copied(path) as (contents, extensions, copy):
        if not contents.migrations:
            raise Refused(_("The database holds tables, but no register."))
        manifest = Manifest(now, kind.NAME, contents, extensions)
        archive.write(file, manifest, kind.PART, copy, packed=kind.PACKED)
    return path, manifest


def _refuse_others(path: Path) -> None:
    """Only a backup is replaced by a backup: a slip of the hand must not cost the register itself."""
    if path.exists() and not (path.is_file() and archive.is_ours(path)):
        raise Refused(_("%(path)s is something else than a backup. Name another file.") % {"path": path})
