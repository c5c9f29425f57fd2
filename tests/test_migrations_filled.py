"""Migrations with the work of people in every table: all the way back to the beginning, and forward again."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests import lists
from tests.backups.registers import Register
from tests.servers import postgresql

#: Something of everything that people write.
FILL = """
from django.contrib.auth.models import Group, User
from friendship import curation
from friendship.curation import changes, proposals, readings, suggestions
from friendship.models import *
editor = User.objects.create_user("editor", password="correct horse battery staple", is_staff=True)
editor.groups.add(Group.objects.get(name="Editors"))
root = User.objects.create_superuser("root", password="correct horse battery staple")
Policy.objects.filter(pk=1).update(own_changes="always")
shipped, other = Relationship.objects.order_by("pk")[:2]
shipped.note_zh = "改过的说明"
curation.save(shipped, actor=root)
source = Source(slug="planted", title="Planted", publisher="Us", kind="news", language="en")
curation.save(source, actor=root)
said = Evidence(relationship=shipped, source=source, claim="tie", value="sister", strength="explicit")
curation.save(said, actor=root)
curation.save(Event(relationship=shipped, kind="visit", date_year=2024, text_zh="来访"), actor=root)
other.note_en = "proposed"
proposals.propose([changes.difference(other)], actor=editor, note="why")
suggestions.receive(Suggestion(relationship=shipped, wrong="a", right="b", source="c", language="en"))
reading = readings.begin("A text.", {"title": "A text"}, 1, actor=editor)
readings.refuse(reading, "0" * 64, "a candidate", actor=editor)
"""

#: One process walks, for a start of Django costs more than most migrations. What is said of ties is read as people
#: read it: keys of evidence and places may change, what they say may not.
WALK = """
import json
from django.core.management import call_command
from friendship.models import Country, Place, Relationship, Source
from tests.backups.registers import contents

def rows():
    return {name: table.rows for name, table in contents().tables.items()}

def said():
    ties = Relationship.objects.order_by("home__slug", "partner__slug")
    names = ["home__slug", "partner__slug", "type", "status", "review_state", "founded_year", "ended_year"]
    told = [list(map(list, ties.values_list(*names, "note_zh", "note_en")))]
    told += [sorted(map(str, ties.values_list("id", "evidence__source__slug", "evidence__claim", "evidence__quote")))]
    told += [sorted(map(str, ties.values_list("id", "events__kind", "events__date_year", "events__text_zh")))]
    told += [sorted(model.objects.values_list("name_zh", flat=True)) for model in (Country, Place)]
    return [*told, sorted(Source.objects.values_list("slug", "title"))]

before, facts = rows(), said()
for state in ("0020", "0017", "0014", "0011", "0010", "0007", "0005", "0003", "0001"):
    call_command("migrate", "friendship", state, verbosity=0)
left = rows()
call_command("migrate", verbosity=0)
after = rows()
print(json.dumps({
    "ties": left["friendship_relationship"],
    "same": said() == facts,
    "emptied": sorted(name for name in before if before[name] and not after[name]),
    "tables": sorted(after) == sorted(before),
}))
"""
#: Tables that a state before them does not have: whoever goes back behind it loses what they hold.
EMPTIED = [
    "auth_user_groups",
    "friendship_accessevent",
    "friendship_importrow",
    "friendship_importrun",
    "friendship_proposal",
    "friendship_reading",
    "friendship_readingdecision",
    "friendship_suggestion",
]
IMPORTED = 40


@pytest.fixture
def register(tmp_path: Path) -> Iterator[Register]:
    with ExitStack() as stack:
        url = os.environ.get("DATABASE_URL")
        place = stack.enter_context(postgresql.database(url)) if url else f"sqlite:///{tmp_path / 'register.sqlite3'}"
        yield Register(place, tmp_path)


def shell(register: Register, script: str) -> str:
    return register.manage("shell", "--no-imports", "--command", script)


def test_back_to_the_beginning_and_forward_again_with_the_work_of_people(register: Register, tmp_path: Path) -> None:
    listed = tmp_path / "pairs"
    listed.write_bytes(lists.pairs(IMPORTED, 1))
    register.manage("migrate", "--verbosity", "0")
    shell(register, FILL)
    register.manage("import_relationships", str(listed))
    told = json.loads(shell(register, WALK))
    # At the beginning there are the imported ties and the shipped one that a person has written about.
    assert told == {"ties": IMPORTED + 1, "same": True, "emptied": EMPTIED, "tables": True}
