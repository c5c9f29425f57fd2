"""The file of a backup: a ZIP with a manifest and the copy of the database, sealed by the digest of all its bytes.

The seal is the comment at the end of the ZIP, so any program opens the file, and one byte more, less or other is found.
It finds accidents. Whoever can write the file can seal it anew: a backup from somebody else is not to be trusted.
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import IO, Any
from zipfile import ZIP_DEFLATED, ZIP_STORED, BadZipFile, ZipFile, ZipInfo

from django.utils.translation import gettext as _

from friendship.backups.contents import Contents, Table
from friendship.backups.faults import Refused

FORMAT = "friendship-register-backup"
#: Goes up when a program of before could misread the file.
VERSION = 1
MANIFEST = "manifest.json"
_BLOCK = 1 << 20

_SEAL = f"{FORMAT} sha256 ".encode()
_DIGITS = 64
_LOCAL_HEADER = 30  # bytes before the name of the first part of a ZIP
_HEAD = f'{MANIFEST}{{"format": "{FORMAT}", '.encode()


@dataclass(frozen=True)
class Manifest:
    """What a backup says of itself."""

    taken_at: datetime
    database: str  # sqlite | postgresql
    contents: Contents
    extensions: list[str]  # of PostgreSQL, that the register needs

    def as_text(self) -> str:
        """As JSON; the format comes first, for the file is known by its beginning."""
        tables = {name: table._asdict() for name, table in sorted(self.contents.tables.items())}
        said = {
            "format": FORMAT,
            "version": VERSION,
            "taken_at": self.taken_at.astimezone(UTC).isoformat(),
            "database": self.database,
            "checksum": self.contents.checksum,
            "rows": self.contents.rows,
            "tables": tables,
            "migrations": self.contents.migrations,
            "extensions": self.extensions,
        }
        return json.dumps(said, ensure_ascii=False)

    @classmethod
    def of(cls, said: dict[str, Any]) -> Manifest:
        """Raises ``KeyError``, ``TypeError`` or ``ValueError`` where it says less."""
        tables = {name: Table(**table) for name, table in said["tables"].items()}
        contents = Contents(tables, said["migrations"])
        if contents.checksum != said["checksum"]:
            raise ValueError(said["checksum"])
        return cls(datetime.fromisoformat(said["taken_at"]), said["database"], contents, said["extensions"])


def is_ours(path: Path) -> bool:
    """Whether this is, or once was, a backup of a register: by its first bytes or its last."""
    with path.open("rb") as file:
        head = file.read(_LOCAL_HEADER + len(_HEAD))
        return head.endswith(_HEAD) or _last(file).startswith(_SEAL)


def write(file: IO[bytes], manifest: Manifest, part: str, copy: Callable[[IO[bytes]], None], *, packed: bool) -> None:
    """Write a whole backup into an empty file that can be read as well; ``copy`` writes its part ``part``.

    ``packed`` says that the part is compressed already.
    """
    with ZipFile(file, "w") as archive:
        archive.comment = _SEAL + b"0" * _DIGITS
        archive.writestr(_entry(MANIFEST, manifest, ZIP_STORED), manifest.as_text())
        method = ZIP_STORED if packed else ZIP_DEFLATED
        with archive.open(_entry(part, manifest, method), "w", force_zip64=True) as target:
            copy(target)
    digest = _digest(file)
    file.seek(-_DIGITS, os.SEEK_END)
    file.write(digest)


def _entry(name: str, manifest: Manifest, method: int) -> ZipInfo:
    entry = ZipInfo(name, manifest.taken_at.astimezone(UTC).timetuple()[:6])
    entry.compress_type = method
    entry.external_attr = 0o600 << 16  # what is unpacked holds drafts and accounts
    return entry


def read(path: Path) -> Manifest:
    """Look through all of a file and say what it is. Raises ``Refused`` where it is not a whole backup, ``OSError``."""
    if not is_ours(path):
        raise Refused(_("%(path)s is no backup of a register.") % {"path": path})
    with path.open("rb") as file:
        if not _is_sealed(file):
            raise _damaged(path)
        try:
            with ZipFile(file) as archive:
                said = json.loads(archive.read(MANIFEST))
            if said["version"] > VERSION:
                raise Refused(
                    _("%(path)s was made by a newer version of the register. Update the register, then restore.")
                    % {"path": path}
                )
            return Manifest.of(said)
        except (BadZipFile, KeyError, TypeError, ValueError) as error:
            raise _damaged(path) from error


def extract(path: Path, part: str, target: Path) -> None:
    """Unpack one part of a backup that ``read`` found whole."""
    try:
        with ZipFile(path) as archive, archive.open(part) as source, target.open("xb") as file:
            shutil.copyfileobj(source, file, _BLOCK)
    except (BadZipFile, KeyError, EOFError) as error:
        raise _damaged(path) from error


def _damaged(path: Path) -> Refused:
    return Refused(
        _("%(path)s is damaged: it does not have the checksum that it was written with. Take another backup.")
        % {"path": path}
    )


def _is_sealed(file: IO[bytes]) -> bool:
    return _last(file) == _SEAL + _digest(file)


def _last(file: IO[bytes]) -> bytes:
    """As many bytes from the end as a seal has."""
    file.seek(-min(len(_SEAL) + _DIGITS, file.seek(0, os.SEEK_END)), os.SEEK_END)
    return file.read()


def _digest(file: IO[bytes]) -> bytes:
    """Of everything before the digits of the seal."""
    left = max(file.seek(0, os.SEEK_END) - _DIGITS, 0)
    file.seek(0)
    digest = sha256()
    while left and (block := file.read(min(left, _BLOCK))):
        digest.update(block)
        left -= len(block)
    return digest.hexdigest().encode()
