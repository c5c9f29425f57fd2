"""One change for many records: what would change, what is so already, what is refused; carried out and undone."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth.models import Group, User
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext

from friendship import curation
from friendship.curation import bulk, proposals
from friendship.models import Evidence, Place, Proposal, Relationship
from tests import builders

pytestmark = pytest.mark.django_db


def person(name: str, group: str) -> User:
    user = User.objects.create_user(name, is_staff=True)
    user.groups.add(Group.objects.get(name=group))
    return user


def anything(_row: Any) -> bool:
    return True


def nothing(_row: Any) -> bool:
    return False


def prepared(built: bulk.Built, actor: User) -> Proposal:
    return proposals.propose(built.changes, actor=actor, kind="bulk", prepared=True, left_out=built.left_out)


def types() -> list[str]:
    """The types of the ties of One."""
    return list(Relationship.objects.filter(home__slug="one").order_by("pk").values_list("type", flat=True))


def test_rows_that_have_the_value_already_are_counted_and_the_others_change() -> None:
    rows = [*builders.ties(2), builders.tie(partner=builders.place("last"), type="intent")]
    built = bulk.set_value(rows, "type", "intent", may_change=anything)
    assert [(change["pk"], change["before"], change["after"]) for change in built.changes] == [
        (row.pk, {"type": "sister"}, {"type": "intent"}) for row in rows[:2]
    ]
    assert built.left_out == {"unchanged": 1, "added": 0, "refused": []}


@pytest.mark.parametrize("build", ["value", "source", "parent"])
def test_who_may_not_change_a_row_is_told_so(build: str) -> None:
    tie = builders.tie()
    built = {
        "value": lambda: bulk.set_value([tie], "type", "intent", may_change=nothing),
        "source": lambda: bulk.add_source([tie], builders.source(), may_change=nothing),
        "parent": lambda: bulk.set_parent([tie.home], builders.place("p", level="province"), may_change=nothing),
    }[build]()
    row = tie.home if build == "parent" else tie
    assert (built.changes, built.unchanged) == ([], 0)
    assert built.refused == [
        {
            "model": "place" if build == "parent" else "relationship",
            "pk": row.pk,
            "row": 0,
            "label": "",
            "why": bulk.NOT_YOURS,
            "parameters": {},
        }
    ]


def test_a_place_is_not_put_under_what_cannot_contain_it() -> None:
    province, city = builders.place("province", level="province"), builders.place("city")
    county, inside = builders.place("county", level="county"), builders.place("inside", parent=province)
    abroad = builders.place("abroad", country_id="JP")
    built = bulk.set_parent([province, city, county, inside, abroad], province, may_change=anything)
    assert [(change["pk"], change["after"]) for change in built.changes] == [
        (city.pk, {"parent_id": province.pk}),
        (county.pk, {"parent_id": province.pk}),
    ]
    assert [(refused["pk"], refused["why"]) for refused in built.refused] == [
        (province.pk, "Part of: must be of a higher level than the place itself."),
        (abroad.pk, "Part of: must lie in the same country."),
    ]
    assert built.unchanged == 1


def test_a_source_speaks_once_for_each_tie_that_it_does_not_speak_for_yet() -> None:
    paper, rows = builders.source(), builders.ties(3)
    builders.evidence(rows[0], paper)
    builders.evidence(rows[1], paper, claim="founded", value="1982")
    built = bulk.add_source(rows, paper, may_change=anything)
    assert (built.unchanged, [change["after"]["relationship_id"] for change in built.changes]) == (
        1,
        [rows[1].pk, rows[2].pk],
    )
    reviewer = person("reviewer", "Reviewers")
    proposal = proposals.submit(prepared(built, person("editor", "Editors")), actor=User.objects.get(username="editor"))
    done = proposals.apply(proposal, actor=reviewer)
    pieces = Evidence.objects.filter(source=paper, claim="tie", relationship__in=rows[1:])
    assert [(piece.value, piece.strength) for piece in pieces] == [("", "explicit")] * 2
    assert [change["pk"] for change in done.changes] == [piece.pk for piece in pieces.order_by("pk")]
    proposals.undo(done, actor=reviewer)
    assert list(Evidence.objects.filter(source=paper).order_by("pk").values_list("claim", flat=True)) == [
        "tie",
        "founded",
    ]


def test_an_editor_carries_out_what_concerns_drafts_alone_and_undoes_it() -> None:
    editor, other = person("editor", "Editors"), person("other", "Editors")
    rows = builders.ties(3, review_state="draft")
    proposal = prepared(bulk.set_value(rows, "type", "exchange", may_change=anything), editor)
    done = proposals.apply(proposal, actor=editor)
    assert types() == ["exchange"] * 3
    newest = rows[0].history.first()
    assert (newest.history_user, newest.history_change_reason) == (editor, f"proposal/{proposal.pk}")
    assert Relationship.objects.get(pk=rows[0].pk).version == 2
    with pytest.raises(PermissionDenied):
        proposals.undo(done, actor=other)
    proposals.undo(done, actor=editor)
    assert types() == ["sister"] * 3


def test_of_what_the_public_sees_a_reviewer_decides_and_the_history_names_the_author() -> None:
    editor, reviewer = person("editor", "Editors"), person("reviewer", "Reviewers")
    rows = [*builders.ties(2, review_state="draft"), builders.tie(partner=builders.place("last"))]
    proposal = prepared(bulk.set_value(rows, "status", "ended", may_change=anything), editor)
    with pytest.raises(PermissionDenied):
        proposals.apply(proposal, actor=editor)
    proposals.submit(proposal, actor=editor)
    done = proposals.apply(proposal, actor=reviewer)
    assert {str(row.history.first().history_user) for row in rows} == {"editor"}
    with pytest.raises(PermissionDenied):
        proposals.undo(done, actor=editor)
    for row, column, value in ((rows[0], "status", "suspended"), (rows[1], "note_en", "later")):
        row.refresh_from_db()
        setattr(row, column, value)
        curation.save(row, actor=None)
    undone = proposals.undo(done, actor=reviewer)
    assert [kept["id"] for kept in undone.kept] == [rows[0].pk]
    held = Relationship.objects.filter(pk__in=[row.pk for row in rows]).order_by("pk").values_list("status", "note_en")
    assert list(held) == [("suspended", ""), ("active", "later"), ("active", "")]


def test_one_row_that_others_have_changed_stops_all_of_it() -> None:
    rows = builders.ties(3, review_state="draft")
    editor = person("editor", "Editors")
    proposal = prepared(bulk.set_value(rows, "type", "exchange", may_change=anything), editor)
    rows[1].type = "intent"
    curation.save(rows[1], actor=None)
    with pytest.raises(proposals.Conflict) as clash:
        proposals.apply(proposal, actor=editor)
    assert clash.value.clashes == [(1, "type", "intent")]
    assert types() == ["sister", "intent", "sister"]


def test_a_source_or_tie_that_is_gone_meanwhile_clashes() -> None:
    rows, paper = builders.ties(2, review_state="draft"), builders.source()
    editor = person("editor", "Editors")
    proposal = prepared(bulk.add_source(rows, paper, may_change=anything), editor)
    curation.delete(rows[0], actor=None)
    with pytest.raises(proposals.Conflict) as clash:
        proposals.apply(proposal, actor=editor)
    assert clash.value.clashes == [(0, "relationship_id", None)]
    assert Evidence.objects.filter(source=paper).count() == 0


def test_a_parent_that_no_longer_fits_stops_it() -> None:
    province, city = builders.place("province", level="province"), builders.place("city", review_state="draft")
    editor = person("editor", "Editors")
    proposal = prepared(bulk.set_parent([city], province, may_change=anything), editor)
    Place.objects.filter(pk=province.pk).update(level="county")
    with pytest.raises(ValidationError):
        proposals.apply(proposal, actor=editor)
    city.refresh_from_db()
    assert city.parent is None


def test_places_are_found_by_their_new_names_afterwards() -> None:
    city = builders.place("city", review_state="draft", name_zh="甲市")
    built = bulk.Built()
    built.change(city, {"name_zh": "甲市"}, {"name_zh": "乙市"})
    editor = person("editor", "Editors")
    proposals.apply(proposals.propose(built.changes, actor=editor, kind="sheet", prepared=True), actor=editor)
    assert [place.slug for place in Place.objects.filter(search_text__contains="乙市")] == ["city"]


def queries_of(number: int) -> int:
    """How many queries it takes to prepare, submit and publish a change of so many public ties."""
    Relationship.objects.filter(home__slug="one").delete()
    Proposal.objects.all().delete()
    editor, reviewer = User.objects.get(username="editor"), User.objects.get(username="reviewer")
    rows = builders.ties(number)
    with CaptureQueriesContext(connection) as captured:
        proposal = prepared(bulk.set_value(rows, "type", "exchange", may_change=anything), editor)
        proposals.apply(proposals.submit(proposal, actor=editor), actor=reviewer)
    assert types() == ["exchange"] * number
    return len(captured)


def test_thirty_rows_take_as_many_queries_as_one() -> None:
    person("editor", "Editors")
    person("reviewer", "Reviewers")
    assert queries_of(2) == queries_of(30)


def test_taking_back_a_row_takes_a_handful_of_queries() -> None:
    def queries(number: int) -> int:
        Relationship.objects.filter(home__slug="one").delete()
        rows = [
            curation.save(
                Relationship(home=builders.place("one"), partner=builders.place(f"p-{at}"), type="sister"), actor=None
            )
            for at in range(number)
        ]
        done = proposals.apply(
            prepared(bulk.set_value(rows, "type", "other", may_change=anything), editor), actor=editor
        )
        with CaptureQueriesContext(connection) as captured:
            proposals.undo(done, actor=editor)
        assert types() == ["sister"] * number
        return len(captured)

    editor = person("editor", "Editors")
    few = queries(2)
    assert (queries(12) - few) / 10 <= 5
