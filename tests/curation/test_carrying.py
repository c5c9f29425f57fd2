"""Changes before they are carried out: what the public sees of them, what clashes, what is written together."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import Group, User
from django.core.exceptions import PermissionDenied

from friendship import curation
from friendship.curation import bulk, proposals
from friendship.curation.carrying import Held, clashes, is_plain, touch_public
from friendship.curation.changes import Change, columns_of, difference, removal
from friendship.models import Country, Evidence, Place, Relationship, Remit, ReportedTotal
from tests import builders

pytestmark = pytest.mark.django_db


def altered(row: Any, **values: Any) -> Change:
    """What saving the row with these values would change."""
    for column, value in values.items():
        setattr(row, column, value)
    return difference(row)


def added(model: str, **after: Any) -> Change:
    return Change(model=model, pk=None, version=None, action="add", before={}, after=after)


def draft() -> Relationship:
    """A tie that the public does not see, between drafts."""
    here, there = (builders.place(slug, review_state="draft") for slug in ("here", "there"))
    return builders.tie(here, there, review_state="draft")


# --- what a change says -----------------------------------------------------------------------------------------------


def test_a_change_says_the_row_its_version_and_both_values() -> None:
    tie = draft()
    tie.note_en = "one"
    curation.save(tie, actor=None)
    changed = Change(model="relationship", pk=tie.pk, version=2, action="change", before={}, after={})
    built = bulk.set_value([tie], "type", "intent", may_change=lambda _row: True)
    assert built.changes == [{**changed, "before": {"type": "sister"}, "after": {"type": "intent"}}]
    assert altered(tie, note_en="two") == {**changed, "before": {"note_en": "one"}, "after": {"note_en": "two"}}
    tie.refresh_from_db()
    gone = removal(tie)
    assert (gone["version"], gone["action"], gone["after"]) == (2, "delete", {})
    sides = {"home_id": tie.home_id, "partner_id": tie.partner_id}
    assert gone["before"] == {**sides, "type": "sister", "status": "active", "note_en": "one"}


def test_many_places_get_one_parent_and_many_ties_one_source() -> None:
    province = builders.place("province", level="province")
    cities = [builders.place(f"inside-{number}", parent=province) for number in range(2)]
    cities += [builders.place("city")]
    built = bulk.set_parent(cities, province, may_change=lambda _place: True)
    assert built.unchanged == 2
    assert built.changes == [
        {
            "model": "place",
            "pk": cities[2].pk,
            "version": 1,
            "action": "change",
            "before": {"parent_id": None},
            "after": {"parent_id": province.pk},
        }
    ]
    paper, ties = builders.source(), builders.ties(3)
    for tie in ties[:2]:
        builders.evidence(tie, paper)
    built = bulk.add_source(ties, paper, may_change=lambda _tie: True)
    after = {"source_id": paper.pk, "relationship_id": ties[2].pk, "claim": "tie", "strength": "explicit"}
    assert (built.unchanged, built.changes) == (2, [added("evidence", **after)])


def test_the_code_of_a_country_is_typed_and_numbers_of_other_rows_are_not() -> None:
    assert columns_of(Country)[0] == "code"
    assert "id" not in {
        column for model in (Relationship, Place, Evidence, ReportedTotal) for column in columns_of(model)
    }


# --- what the public sees ---------------------------------------------------------------------------------------------

#: Changes, and whether the public sees any of the rows.
SEEN: dict[str, tuple[Callable[[], list[Change]], bool]] = {
    "nothing": (list, False),
    "a draft": (lambda: [altered(draft(), note_en="new")], False),
    "a draft that goes": (lambda: [removal(draft())], False),
    "a tie": (lambda: [altered(builders.tie(), note_en="new")], True),
    "a tie that goes": (lambda: [removal(builders.tie())], True),
    "a tie after a draft": (lambda: [altered(row, note_en="new") for row in (draft(), builders.tie())], True),
    "a new tie": (lambda: [added("relationship", type="sister")], False),
    "a new tie, public at once": (lambda: [added("relationship", review_state="published")], True),
    "a draft of a place": (lambda: [altered(draft().home, name_en="new")], False),
    "a place": (lambda: [altered(builders.place("one"), name_en="new")], True),
    "a new place": (lambda: [added("place", review_state="draft")], False),
    "a new place, public at once": (lambda: [added("place", review_state="published")], True),
    "evidence": (lambda: [altered(builders.evidence(builders.tie()), value="new")], True),
    "evidence of a draft": (lambda: [altered(builders.evidence(draft()), value="new")], False),
    "evidence that goes": (lambda: [removal(builders.evidence(builders.tie()))], True),
    "evidence that goes from a draft": (lambda: [removal(builders.evidence(draft()))], False),
    "evidence that comes": (lambda: [altered(builders.evidence(draft()), relationship_id=builders.tie().pk)], True),
    "evidence that leaves": (lambda: [altered(builders.evidence(builders.tie()), relationship_id=draft().pk)], True),
    "new evidence": (lambda: [added("evidence", relationship_id=builders.tie().pk)], True),
    "new evidence of a draft": (lambda: [added("evidence", relationship_id=draft().pk)], False),
    "an event": (lambda: [altered(builders.event(builders.tie()), text_en="new")], True),
    "a new event": (lambda: [added("event", relationship_id=builders.tie().pk)], True),
    "a new event of a draft": (lambda: [added("event", relationship_id=draft().pk)], False),
    "a source": (lambda: [altered(builders.evidence(builders.tie()).source, title="New")], True),
    "a source of a draft": (lambda: [altered(builders.evidence(draft()).source, title="New")], False),
    "a new source": (lambda: [added("source", title="New")], False),
    "a country": (lambda: [altered(Country.objects.get(pk="JP"), aliases="New")], True),
    "a new country": (lambda: [added("country", code="XA")], True),
    "a total": (lambda: [altered(builders.total(), value=3)], True),
    "a total that goes": (lambda: [removal(builders.total())], True),
    "a new total": (lambda: [added("reportedtotal", value=3)], True),
}


@pytest.mark.parametrize("what", SEEN)
def test_what_the_public_sees_of_a_change(what: str) -> None:
    changes, is_seen = SEEN[what]
    assert touch_public(changes()) is is_seen


def test_of_a_total_that_is_gone_the_public_sees_nothing() -> None:
    total = builders.total()
    change = removal(total)
    total.delete()
    assert touch_public([change]) is False


# --- what others have changed meanwhile -------------------------------------------------------------------------------


def clashing(*changes: Change) -> list[Any]:
    return list(clashes(changes, Held(changes)))


def test_what_is_neither_as_it_was_seen_nor_as_it_is_wanted_clashes() -> None:
    first, second = builders.ties(2)
    changes = [altered(row, note_en="wanted", note_zh="要") for row in (first, second)]
    assert clashing(*changes) == []
    for row, note in ((first, "wanted"), (second, "third")):
        Relationship.objects.filter(pk=row.pk).update(note_en=note, version=9)
    assert clashing(*changes) == [(1, "note_en", "third")]


def test_a_row_that_is_gone_clashes_with_its_change_alone() -> None:
    tie = builders.tie()
    gone, changed = removal(tie), altered(tie, note_en="new")
    Relationship.objects.filter(pk=tie.pk).delete()
    assert clashing(gone, changed) == [(1, "", None)]


def test_a_row_is_deleted_as_it_was_seen() -> None:
    first, second = builders.ties(2)
    changes = [removal(first), removal(second)]
    Relationship.objects.filter(pk=second.pk).update(version=2)
    assert clashing(*changes) == [(1, "", str(second))]


def test_a_change_that_points_to_what_is_gone_clashes() -> None:
    tie, place, paper = builders.tie(), builders.place("three"), builders.source()
    changes = [
        altered(tie, partner_id=place.pk),
        added("evidence", relationship_id=tie.pk, source_id=paper.pk, claim="tie"),
        added("place", parent_id=None, country_id="JP"),
    ]
    assert clashing(*changes) == []
    place.delete(), paper.delete()
    assert clashing(*changes) == [(0, "partner_id", None), (1, "source_id", None)]


# --- writing ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("model", "action", "column", "expected"),
    [
        ("relationship", "change", "note_en", True),
        ("place", "change", "name_en", True),
        ("place", "change", "parent_id", True),
        ("evidence", "add", "relationship_id", True),
        ("evidence", "change", "value", False),
        ("relationship", "add", "note_en", False),
        ("place", "delete", "name_en", False),
        ("source", "change", "title", False),
        *(("relationship", "change", column, False) for column in ("home_id", "partner_id")),
        *(("place", "change", column, False) for column in ("level", "country_id", "slug")),
    ],
)
def test_what_can_be_written_together(model: str, action: str, column: str, expected: bool) -> None:
    change = Change(model=model, pk=1, version=1, action=action, before={}, after={column: 1})
    plain = Change(model="relationship", pk=1, version=1, action="change", before={}, after={"status": "ended"})
    assert is_plain([plain, change]) is expected


# --- remits -----------------------------------------------------------------------------------------------------------


def test_new_evidence_of_a_tie_beyond_the_remit_is_not_even_proposed() -> None:
    editor = User.objects.create_user("limited", is_staff=True)
    editor.groups.add(Group.objects.get(name="Editors"))
    Remit.objects.create(user=editor, place=Place.objects.get(slug="mianyang"))
    mine, theirs = (builders.tie(Place.objects.get(slug=slug)) for slug in ("mianyang", "deyang"))
    paper = builders.source()

    def evidence(*ties: Relationship) -> list[Change]:
        return [added("evidence", relationship_id=tie.pk, source_id=paper.pk, claim="tie") for tie in ties]

    with pytest.raises(PermissionDenied, match="不在您的工作范围"):
        proposals.propose(evidence(mine, theirs), actor=editor)
    assert proposals.propose(evidence(mine), actor=editor).relationship == mine
