"""The records under fixtures/ into the tables, and exactly them out again; for data migrations.

Works on the models as a migration sees them (``apps``), and writes the history rows that a later reader expects,
since django-simple-history does not watch migrations. Relationship ids are part of the fixtures: their addresses
are the same in every installation, and ids that staff create start after ``RESERVED_IDS``.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from django.conf import settings
from django.utils import timezone

from friendship import names
from friendship.auditing.findings import fingerprint
from friendship.dates import PartialDate
from friendship.enums import Level, ReviewState

FIXTURES: Path = settings.BASE_DIR / "fixtures"
RESERVED_IDS = 1000

_ALIAS_SEPARATOR = "|"
_RECORD_FIELDS = ("type", "type_as_printed", "status", "note_zh", "note_en")
# Only later files give ``as_printed``: the column is younger than the migrations that load the earlier ones.
_TOTAL_FIELDS = ("scope", "metric", "value", "as_printed", "quote", "start", "end")
_DATE_PARTS = ("year", "month", "day")

# --- countries and places -------------------------------------------------------------------------------------------


def load_countries(apps: Any) -> None:
    """Add every row of fixtures/countries.csv that is not there."""
    rows, held = [], set(apps.get_model("friendship", "Country").objects.values_list("code", flat=True))
    for line in _read_csv("countries.csv"):
        if line["code"] in held:
            continue
        aliases = line["aliases"].split(_ALIAS_SEPARATOR)
        rows.append(
            apps.get_model("friendship", "Country")(
                code=line["code"],
                name_zh=line["name_zh"],
                name_en=line["name_en"],
                continent=line["continent"],
                aliases="\n".join(aliases),
                pinyin=names.sort_key(line["name_zh"], line["name_en"]),
                search_text=names.search_text([line["name_zh"], line["name_en"], line["code"], *aliases]),
            )
        )
    _add(apps, rows, "countries.csv")


def load_places(apps: Any, file: str) -> None:
    """Add every row of a file of places that is not there, the higher levels first."""
    place = apps.get_model("friendship", "Place")
    lines = _read_csv(file)
    for level in Level.values:
        known = dict(place.objects.values_list("slug", "pk"))
        missing = [line for line in lines if line["level"] == level and line["slug"] not in known]
        _add(apps, [_place(place, line, known) for line in missing], file)


def unload_places(apps: Any, file: str) -> None:
    """Take out the rows of a file of places, the lower levels first; those that other rows use by now stay."""
    place = apps.get_model("friendship", "Place")
    lines = _read_csv(file)
    for level in reversed(Level.values):
        slugs = [line["slug"] for line in lines if line["level"] == level]
        _remove_unused(apps, place.objects.filter(slug__in=slugs))


def unload_countries(apps: Any) -> None:
    """Take out the rows of fixtures/countries.csv; those that have a place by now stay."""
    codes = [line["code"] for line in _read_csv("countries.csv")]
    _remove_unused(apps, apps.get_model("friendship", "Country").objects.filter(code__in=codes))


def _place(place: Any, line: dict[str, str], known: dict[str, int]) -> Any:
    aliases = line["aliases"].split(_ALIAS_SEPARATOR)
    return place(
        slug=line["slug"],
        country_id=line["country"],
        level=line["level"],
        parent_id=known[line["parent"]] if line["parent"] else None,
        name_zh=line["name_zh"],
        name_en=line["name_en"],
        aliases="\n".join(aliases),
        official_code=line["official_code"],
        wikidata_id=line["wikidata_id"],
        latitude=float(line["latitude"]) if line["latitude"] else None,
        longitude=float(line["longitude"]) if line["longitude"] else None,
        pinyin=names.sort_key(line["name_zh"], line["name_en"]),
        search_text=names.search_text([line["name_zh"], line["name_en"], *aliases]),
    )


# --- sources and what they say --------------------------------------------------------------------------------------


def load_records(apps: Any, file: str) -> None:
    """Add the sources, ties, events, evidence and totals of a file.

    A tie whose id the register already holds is the same tie seen by one more source: its values become the
    file's, which were weighed with both sources at hand, and the evidence is added to what stands there. What a person
    has changed stays as it is, and so does what an unloading has left, since others used it.
    """
    records = _read_json(file)
    known = set(apps.get_model("friendship", "Source").objects.values_list("slug", flat=True))
    _add(apps, [_source(apps, entry) for entry in records["sources"] if entry["slug"] not in known], file)
    sources = dict(apps.get_model("friendship", "Source").objects.values_list("slug", "pk"))
    places = dict(apps.get_model("friendship", "Place").objects.values_list("slug", "pk"))
    relationship = apps.get_model("friendship", "Relationship")
    held = relationship.objects.in_bulk([entry["id"] for entry in records["relationships"]])
    new = [entry for entry in records["relationships"] if entry["id"] not in held]
    _add(apps, [_tie(relationship, entry, places) for entry in new], file)
    for entry in records["relationships"]:
        if entry["id"] in held and not _is_of_a_person(apps, held[entry["id"]]):
            _set(apps, held[entry["id"]], _tie_values(entry), file)
    _add(apps, [row for entry in records["relationships"] for row in _events(apps, entry, sources)], file)
    _add(apps, [row for entry in records["relationships"] for row in _evidence(apps, entry, sources)], file)
    _add(apps, [_total(apps, entry, places, sources) for entry in records["totals"]], file)


def unload_records(apps: Any, file: str, earlier: str | None = None) -> None:
    """Take out exactly what ``load_records`` added.

    Ties that the earlier file already held stay, and get that file's values back where nobody has changed them since.
    Ties to which staff have added evidence or events stay as well, and so do sources that other rows use by now.
    """
    records = _read_json(file)
    kept = {entry["id"]: entry for entry in _read_json(earlier)["relationships"]} if earlier else {}
    relationship = apps.get_model("friendship", "Relationship")
    sources = dict(apps.get_model("friendship", "Source").objects.values_list("slug", "pk"))
    places = dict(apps.get_model("friendship", "Place").objects.values_list("slug", "pk"))
    for entry in records["relationships"]:
        _remove_same(apps, _evidence(apps, entry, sources))
        _remove_same(apps, _events(apps, entry, sources))
        if entry["id"] in kept:
            held = relationship.objects.get(pk=entry["id"])
            given, before = _tie_values(entry), _tie_values(kept[entry["id"]])
            _restore(apps, held, {name: before[name] for name in before if getattr(held, name) == given[name]}, file)
    _remove_same(apps, [_total(apps, entry, places, sources) for entry in records["totals"]])
    own = [entry["id"] for entry in records["relationships"] if entry["id"] not in kept]
    _remove(apps, relationship.objects.filter(pk__in=own, evidence=None, events=None))
    unused = apps.get_model("friendship", "Source").objects.filter(evidence=None, events=None, totals=None)
    _remove(apps, unused.filter(slug__in=[entry["slug"] for entry in records["sources"]]))


def reserve_ids(schema_editor: Any) -> None:
    """Let the ids of relationships that staff create start after those that fixtures may use."""
    with schema_editor.connection.cursor() as cursor:
        if schema_editor.connection.vendor == "postgresql":
            cursor.execute(
                "SELECT setval(pg_get_serial_sequence('friendship_relationship', 'id'), GREATEST(%s, MAX(id)))"
                " FROM friendship_relationship",
                [RESERVED_IDS],
            )
        else:  # SQLite never goes below the highest id in the table
            cursor.execute("DELETE FROM sqlite_sequence WHERE name = 'friendship_relationship'")
            cursor.execute("INSERT INTO sqlite_sequence VALUES ('friendship_relationship', %s)", [RESERVED_IDS])


def _source(apps: Any, entry: dict[str, Any]) -> Any:
    return apps.get_model("friendship", "Source")(
        **{
            name: entry[name]
            for name in ("slug", "title", "publisher", "kind", "url", "language", "note_zh", "note_en")
        },
        **_date("published", entry["published_on"]),
        text=(settings.BASE_DIR / entry["text_file"]).read_text("utf-8") if entry["text_file"] else "",
    )


def _tie_values(entry: dict[str, Any]) -> dict[str, Any]:
    values = {name: entry[name] for name in _RECORD_FIELDS}
    return {**values, **_date("founded", entry["founded"]), **_date("ended", entry["ended"])}


def _tie(relationship: Any, entry: dict[str, Any], places: dict[str, int]) -> Any:
    return relationship(
        id=entry["id"],
        home_id=places[entry["home"]],
        partner_id=places[entry["partner"]],
        review_state=ReviewState.PUBLISHED,
        **_tie_values(entry),
    )


def _events(apps: Any, entry: dict[str, Any], sources: dict[str, int]) -> list[Any]:
    return [
        apps.get_model("friendship", "Event")(
            relationship_id=entry["id"],
            source_id=sources[event["source"]],
            **{name: event[name] for name in ("kind", "paper", "text_zh", "text_en")},
            **_date("date", event["date"]),
        )
        for event in entry["events"]
    ]


def _evidence(apps: Any, entry: dict[str, Any], sources: dict[str, int]) -> list[Any]:
    return [
        apps.get_model("friendship", "Evidence")(
            relationship_id=entry["id"],
            source_id=sources[piece["source"]],
            **{name: piece[name] for name in ("claim", "value", "quote", "start", "end", "strength")},
        )
        for piece in entry["evidence"]
    ]


def _total(apps: Any, entry: dict[str, Any], places: dict[str, int], sources: dict[str, int]) -> Any:
    return apps.get_model("friendship", "ReportedTotal")(
        source_id=sources[entry["source"]],
        place_id=places[entry["place"]],
        **{name: entry[name] for name in _TOTAL_FIELDS if name in entry},
        **_date("as_of", entry["as_of"]),
    )


def _date(prefix: str, text: str | None) -> dict[str, int | None]:
    parts = PartialDate.parse(text).parts if text else (None, None, None)
    return dict(zip([f"{prefix}_{part}" for part in _DATE_PARTS], parts, strict=True))


# --- findings of the audit that were looked at before they were shipped ---------------------------------------------


def load_accepted(apps: Any, file: str) -> None:
    """Accept every finding of a file that nobody has accepted yet."""
    accepted = apps.get_model("friendship", "AcceptedFinding")
    held = set(accepted.objects.values_list("rule", "subject"))
    rows = [accepted(**values) for values in _accepted(apps, file)]
    accepted.objects.bulk_create(row for row in rows if (row.rule, row.subject) not in held)


def unload_accepted(apps: Any, file: str) -> None:
    """Take out what ``load_accepted`` put in; what people have accepted since stays."""
    for values in _accepted(apps, file):
        apps.get_model("friendship", "AcceptedFinding").objects.filter(**values, accepted_by=None).delete()


def _accepted(apps: Any, file: str) -> Iterator[dict[str, str]]:
    """The values of the rows; places stand in the file by their addresses."""
    places = {f"place/{slug}": f"place/{pk}" for slug, pk in _place_ids(apps).items()}
    for line in _read_csv(file):
        records = [places.get(record, record) for record in line["subject"].split("+")]
        yield {
            "rule": line["rule"],
            "subject": "+".join(records),
            "fingerprint": fingerprint(*line["facts"].split("|")),
            "reason": line["reason"],
        }


def _place_ids(apps: Any) -> dict[str, int]:
    return dict(apps.get_model("friendship", "Place").objects.values_list("slug", "pk"))


# --- rows and their history -----------------------------------------------------------------------------------------


def _read_csv(file: str) -> list[dict[str, str]]:
    with (FIXTURES / file).open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


def _read_json(file: str) -> dict[str, Any]:
    records: dict[str, Any] = json.loads((FIXTURES / file).read_text("utf-8"))
    return records


def _add(apps: Any, rows: list[Any], file: str) -> None:
    if rows:
        created = type(rows[0]).objects.bulk_create(rows)
        _note(apps, created, "+", file)


def _set(apps: Any, row: Any, values: dict[str, Any], file: str) -> None:
    for name, value in values.items():
        setattr(row, name, value)
    row.version += 1
    row.save()
    _note(apps, [row], "~", file)


def _restore(apps: Any, row: Any, values: dict[str, Any], file: str) -> None:
    for name, value in values.items():
        setattr(row, name, value)
    row.version += 1
    row.save()
    _history(apps, row).filter(id=row.pk, history_type="~", history_change_reason=_reason(file)).delete()


def _remove(apps: Any, rows: Any) -> None:
    _history(apps, rows.model).filter(
        **{f"{rows.model._meta.pk.name}__in": list(rows.values_list("pk", flat=True))}
    ).delete()
    rows.delete()


def _remove_unused(apps: Any, rows: Any) -> None:
    """Remove the rows that no other row points to."""
    pointing = [field for field in rows.model._meta.related_objects if not field.many_to_many]
    used = {value for field in pointing for value in _pointed_to(field)}
    _remove(apps, rows.exclude(pk__in=used))


def _pointed_to(relation: Any) -> Any:
    return relation.related_model.objects.exclude(**{relation.field.name: None}).values_list(
        relation.field.attname, flat=True
    )


def _is_of_a_person(apps: Any, row: Any) -> bool:
    """Whether the latest version of a row is not ours."""
    latest = _history(apps, row).filter(id=row.pk).order_by("-history_date", "-history_id").first()
    return latest is not None and not (latest.history_change_reason or "").startswith(_reason(""))


def _remove_same(apps: Any, rows: Iterable[Any]) -> None:
    """Remove the stored rows that say the same as these unsaved ones."""
    for row in rows:
        ignored = {"id", "version", "updated_at"}
        same = {f.attname: getattr(row, f.attname) for f in row._meta.concrete_fields if f.name not in ignored}
        _remove(apps, type(row).objects.filter(**same))


def _note(apps: Any, rows: list[Any], change: str, file: str) -> None:
    history = _history(apps, rows[0]).model
    columns = {f.attname for f in history._meta.concrete_fields}
    now = timezone.now()
    history.objects.bulk_create(
        history(
            **{f.attname: getattr(row, f.attname) for f in row._meta.concrete_fields if f.attname in columns},
            history_date=now,
            history_type=change,
            history_change_reason=_reason(file),
        )
        for row in rows
    )


def _history(apps: Any, row: Any) -> Any:
    return apps.get_model("friendship", f"Historical{row._meta.object_name}").objects


def _reason(file: str) -> str:
    return f"fixtures/{file}"
