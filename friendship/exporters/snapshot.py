"""Everything that the register shows to the public, as files in a folder, with their checksums.

The same register gives the same bytes on the same day.
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from hashlib import sha256
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

from django.utils.translation import gettext as _

from friendship import queries
from friendship.exporters import reference
from friendship.exporters.datapackage import NAME, Written, descriptor
from friendship.exporters.export import Export
from friendship.exporters.files import sync_folder
from friendship.exporters.forms import FORMS
from friendship.exporters.licence import LICENCE
from friendship.exporters.reference import COUNTRIES, PLACES, RELATIONSHIPS
from friendship.exporters.xlsx import TooLong

SUMS = "SHA256SUMS"
README = "README.txt"
DESCRIPTION = "datapackage.json"

#: What each file is, in Chinese and in English, in the order in which README.txt lists them.
_MEANINGS = {
    "relationships.csv": ("全部友城关系，表格", "every tie, as a table"),
    "relationships.xlsx": ("同上，Excel 工作簿", "the same for Excel"),
    "relationships.json": ("全部友城关系，附依据和历程", "every tie with its evidence and events"),
    "relationships.geojson": ("地图用的连线（GeoJSON）", "the ties as lines on a map"),
    "relationships.quickstatements": (
        "供维基数据 QuickStatements 使用的命令",
        "sister-city ties as commands for Wikidata’s QuickStatements",
    ),
    "places.csv": ("全部地方，表格", "every place, as a table"),
    "places.json": ("全部地方", "every place"),
    "countries.csv": ("国家和地区，表格", "countries and regions, as a table"),
    "countries.json": ("国家和地区", "countries and regions"),
    "sources.json": ("全部来源；存有原文的附全文", "every source, with its full text where the register holds it"),
    "totals.json": ("各来源公布的总数，与本名录收录数对照", "what sources reported, beside what the register holds"),
    DESCRIPTION: ("各表各列的说明（Frictionless Data Package）", "what each table and column is (Data Package)"),
}


class NotOurs(Exception):
    """There is something else where the snapshot should go; the message says what."""


def take(target: Path, export: Export) -> dict[str, Written]:
    """Write a snapshot of the whole register and put it where an earlier one may stand; the files by name.

    The folder is there whole or not at all: it is made beside its place, and then takes its name. Raises ``NotOurs``
    where that holds anything but a snapshot, ``OSError`` where it cannot be written.
    """
    target = target.resolve()
    _refuse_others(target)
    unfinished = Path(mkdtemp(prefix=f".{target.name}.", suffix=".part", dir=target.parent))
    try:
        unfinished.chmod(0o755)
        with queries.at_one_moment():
            files = _write_all(unfinished, export)
        sync_folder(unfinished)
        _refuse_others(target)
        _put(unfinished, target)
    finally:
        shutil.rmtree(unfinished, ignore_errors=True)
    return files


# --- the files --------------------------------------------------------------------------------------------------------


def _write_all(folder: Path, export: Export) -> dict[str, Written]:
    files = {}
    for name, blocks in _contents(export):
        try:
            files[name] = _write(folder / name, blocks())
        except TooLong:  # more than Excel holds: the table is there as CSV
            (folder / name).unlink(missing_ok=True)
    tables = (RELATIONSHIPS, PLACES, COUNTRIES)
    for name, text in (
        (DESCRIPTION, json.dumps(descriptor(export, tables, files), ensure_ascii=False, indent=2) + "\n"),
        (README, _readme(export, [*files, DESCRIPTION])),
    ):
        files[name] = _write(folder / name, [text.encode()])
    sums = "".join(f"{files[name].sha256}  {name}\n" for name in sorted(files))
    return {**files, SUMS: _write(folder / SUMS, [sums.encode()])}


def _contents(export: Export) -> Iterator[tuple[str, Callable[[], Iterable[bytes]]]]:
    """The name of each file with what gives its bytes."""
    for ending, form in FORMS.items():
        yield f"relationships.{ending}", partial(form.blocks, export)
    for table, rows in ((PLACES, reference.places), (COUNTRIES, reference.countries)):
        yield f"{table.name}.csv", partial(_encoded, reference.table_texts(table, rows(export)))
    for name, things in (
        ("places", reference.places),
        ("countries", reference.countries),
        ("sources", reference.sources),
        ("totals", reference.totals),
    ):
        yield f"{name}.json", partial(_encoded, reference.document_texts(export, things))


def _encoded(texts: Iterable[str]) -> Iterator[bytes]:
    return (text.encode() for text in texts)


def _write(path: Path, blocks: Iterable[bytes]) -> Written:
    digest, length = sha256(), 0
    with path.open("wb") as file:
        for block in blocks:
            file.write(block)
            digest.update(block)
            length += len(block)
        file.flush()
        os.fsync(file.fileno())
    return Written(length, digest.hexdigest())


def _readme(export: Export, names: list[str]) -> str:
    listed = [name for name in _MEANINGS if name in names]
    width = max(map(len, listed)) + 2
    zh, en = ("\n".join(f"{name:<{width}}{_MEANINGS[name][at]}" for name in listed) for at in (0, 1))
    site = f"{export.site}/\n\n" if export.site else ""
    return f"""国际友城名录 · Register of sister cities
{site}{export.date.isoformat()}

本文件夹是名录当日全部公开内容的快照。
许可协议：{LICENCE.name}（{LICENCE.url}）；引文版权归原来源所有。
草稿不在其中。日期只写到已知的年、月或日。校验：sha256sum -c {SUMS}

{zh}

Everything that the register showed to the public on that day.
Licence: {LICENCE.name} ({LICENCE.url}); quotes and full texts remain their sources’ own.
Drafts are not in it. Dates are as precise as they are known. To check the files: sha256sum -c {SUMS}

{en}
"""


# --- their place ------------------------------------------------------------------------------------------------------


def _refuse_others(target: Path) -> None:
    """Only a snapshot is replaced, and only while there is nothing in it that a snapshot does not hold."""
    if not target.exists():
        return
    if not target.is_dir():
        raise NotOurs(_("%(path)s is a file: name a folder.") % {"path": target})
    held = {path.name for path in target.iterdir()}
    if strangers := held - _listed(target):
        raise NotOurs(
            _("%(path)s holds something else than a snapshot (%(name)s). Nothing was written: name another folder.")
            % {"path": target, "name": min(strangers)}
        )


def _listed(folder: Path) -> set[str]:
    """The files of the snapshot in the folder; none where it is not one of this register."""
    try:
        about: Any = json.loads((folder / DESCRIPTION).read_text("utf-8"))
        sums = (folder / SUMS).read_text("utf-8").splitlines()
    except (OSError, ValueError):
        return set()
    ours = isinstance(about, dict) and about.get("name") == NAME
    return {SUMS, *(line[66:] for line in sums)} if ours else set()


def _put(unfinished: Path, target: Path) -> None:
    """Let the folder take its name; what stood there goes when it has."""
    former = Path(mkdtemp(prefix=f".{target.name}.", suffix=".old", dir=target.parent))
    if target.exists():
        target.rename(former)
    try:
        unfinished.rename(target)
    except OSError:
        if any(former.iterdir()):
            former.rename(target)
        raise
    sync_folder(target.parent)
    shutil.rmtree(former, ignore_errors=True)
