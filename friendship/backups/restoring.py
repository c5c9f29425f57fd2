"""Bringing a register back from a backup, or only proving that it could be."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from django.db.migrations.loader import MigrationLoader
from django.utils.translation import gettext as _

from friendship.backups import archive, kinds
from friendship.backups.archive import Manifest
from friendship.backups.contents import Contents
from friendship.backups.faults import Refused


def prove(path: Path) -> Manifest:
    """Restore a backup into an empty place, compare, and throw that away. Raises ``Refused``, ``OSError``."""
    kind, manifest = kinds.current(), _read(path)
    with _unpacked(path, kind.PART) as part:
        _comparing(path, manifest)(kind.tried(part, manifest.extensions))
    return manifest


def restore(path: Path, *, force: bool = False) -> Manifest:
    """Make this register what the backup holds; ``force`` replaces one that is there.

    All of it or nothing: before the last moment nothing has changed. Raises ``Refused``, ``OSError``.
    """
    kind, manifest = kinds.current(), _read(path)
    if not force and (tables := kind.held()):
        raise Refused(
            _("This register is not empty: it has %(count)s tables. With --force they are replaced, and gone.")
            % {"count": tables}
        )
    with _unpacked(path, kind.PART) as part:
        kind.put(part, manifest.extensions, _comparing(path, manifest))
    return manifest


def is_behind(manifest: Manifest) -> bool:
    """Whether the register, once restored, wants ``migrate``."""
    known = {f"{app}.{name}" for app, name in _loader().graph.leaf_nodes()}
    return not known <= set(manifest.contents.migrations)


def _read(path: Path) -> Manifest:
    """What a whole backup says, if it is one for this code and this kind of database."""
    manifest = archive.read(path)
    if manifest.database != kinds.current().NAME:
        raise Refused(
            _("%(path)s is a backup of %(its)s, and this register is on %(ours)s.")
            % {
                "path": path,
                "its": kinds.LABELS.get(manifest.database, manifest.database),
                "ours": kinds.LABELS[kinds.current().NAME],
            }
        )
    if unknown := _unknown(manifest):
        raise Refused(
            _("%(path)s was made by a newer version of the register, which has %(migration)s. Update, then restore.")
            % {"path": path, "migration": unknown[0]}
        )
    return manifest


def _unknown(manifest: Manifest) -> list[str]:
    """Migrations of apps that we have, but later ones; an app that has gone since left tables that harm nobody."""
    loader = _loader()
    ours = {f"{app}.{name}" for app, name in loader.disk_migrations}
    ours |= {f"{app}.{name}" for each in loader.disk_migrations.values() for app, name in each.replaces}
    return [
        name for name in manifest.contents.migrations if name.split(".")[0] in loader.migrated_apps and name not in ours
    ]


def _loader() -> MigrationLoader:
    return MigrationLoader(None)


@contextmanager
def _unpacked(path: Path, part: str) -> Iterator[Path]:
    """The copy of the database, in a folder that only we may read and that goes afterwards."""
    with TemporaryDirectory(prefix="register-") as folder:
        unpacked = Path(folder) / part
        archive.extract(path, part, unpacked)
        yield unpacked


def _comparing(path: Path, manifest: Manifest) -> Callable[[Contents], None]:
    def compare(contents: Contents) -> None:
        if contents != manifest.contents:
            raise Refused(
                _("What %(path)s restores is not what was backed up (%(tables)s). Nothing was changed.")
                % {"path": path, "tables": ", ".join(manifest.contents.differing(contents)) or "migrations"}
            )

    return compare
