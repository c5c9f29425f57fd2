"""A person with a remit writes nothing beyond it, by whichever function of curation."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import Group, User
from django.core.exceptions import PermissionDenied
from django.utils import translation

from friendship import curation
from friendship.curation import imports, undoing
from friendship.curation.imports import Load
from friendship.models import (
    Country,
    Event,
    Evidence,
    Place,
    Relationship,
    Remit,
    ReportedTotal,
    Source,
)
from friendship.models.curation import Curated
from tests import builders

pytestmark = pytest.mark.django_db

LEFT_AS_THEY_WERE = (Country, Event, Evidence, Place, Relationship, ReportedTotal, Source)


def limited(group: str = "Editors") -> User:
    """Someone who looks after Mianyang and what lies under it."""
    user = User.objects.create_user("limited", is_staff=True)
    user.groups.add(Group.objects.get(name=group))
    Remit.objects.create(user=user, place=mianyang())
    return user


def mianyang() -> Place:
    return Place.objects.get(slug="mianyang")


def abroad(slug: str = "far-away", **fields: Any) -> Place:
    return builders.place(slug, country=Country.objects.get(pk="FR"), **fields)


def deyang_tie(**fields: Any) -> Relationship:
    """A tie of another city."""
    return builders.tie(Place.objects.get(slug="deyang"), abroad("elsewhere"), **{"review_state": "draft", **fields})


def own_tie(**fields: Any) -> Relationship:
    return builders.tie(mianyang(), abroad(), **{"review_state": "draft", **fields})


def contents() -> dict[Any, Any]:
    """Everything that a limited person must leave as it is."""
    return {model: list(model._default_manager.order_by("pk").values()) for model in LEFT_AS_THEY_WERE}


def changed(row: Any, **values: Any) -> Any:
    for name, value in values.items():
        setattr(row, name, value)
    return row


def quoted_by_both() -> Source:
    paper = builders.source()
    builders.evidence(own_tie(), paper)
    builders.evidence(deyang_tie(), paper)
    return changed(paper, title="Changed")  # type: ignore[no-any-return]


def fresh_source() -> Source:
    return Source(title="Fresh", publisher="Press", kind="news", language="en")


#: What must be refused: rows of another city, new ones, and own ones on their way there or back.
BEYOND: dict[str, Callable[[], Curated]] = {
    "a tie": lambda: changed(deyang_tie(), note_zh="改"),
    "a new tie": lambda: Relationship(home=Place.objects.get(slug="deyang"), partner=abroad(), type="sister"),
    "a tie that leaves": lambda: changed(own_tie(), home=Place.objects.get(slug="deyang")),
    "a tie that enters": lambda: changed(deyang_tie(), home=mianyang()),
    "evidence": lambda: changed(builders.evidence(deyang_tie()), value="改"),
    "new evidence": lambda: Evidence(relationship=deyang_tie(), source=builders.source(), claim="tie", value="sister"),
    "evidence that leaves": lambda: changed(builders.evidence(own_tie()), relationship=deyang_tie()),
    "evidence that enters": lambda: changed(builders.evidence(deyang_tie()), relationship=own_tie()),
    "an event": lambda: changed(builders.event(deyang_tie()), text_zh="改"),
    "a new event": lambda: Event(relationship=deyang_tie(), kind="visit"),
    "a total": lambda: changed(builders.total(Place.objects.get(slug="deyang")), value=99),
    "a new total": lambda: ReportedTotal(
        place=Place.objects.get(slug="deyang"), source=builders.source(), scope="all", metric="all", value=1
    ),
    "a total of what contains it": lambda: changed(builders.total(Place.objects.get(slug="sichuan")), value=99),
    "another city": lambda: changed(Place.objects.get(slug="deyang"), name_en="Deyang City"),
    "what contains it": lambda: changed(Place.objects.get(slug="sichuan"), name_en="Szechwan"),
    "a place abroad": lambda: changed(abroad("paris-two", review_state="draft"), name_en="Paris"),
    "a new city beside it": lambda: Place(
        country_id="CN", level="city", parent=Place.objects.get(slug="sichuan"), slug="beside", name_en="Beside"
    ),
    "another county drawn in": lambda: changed(
        builders.place("a-county", level="county", parent=Place.objects.get(slug="deyang")), parent=mianyang()
    ),
    "an own county sent away": lambda: changed(
        builders.place("b-county", level="county", parent=mianyang()), parent=Place.objects.get(slug="deyang")
    ),
    "a country": lambda: changed(Country.objects.get(pk="FR"), name_en="Gaul"),
    "a source that others quote": lambda: changed(builders.evidence(deyang_tie()).source, title="Changed"),
    "a source that both quote": quoted_by_both,
    "a source of nobody": lambda: changed(builders.source("lonely"), title="Changed"),
}


@pytest.mark.parametrize("what", BEYOND)
def test_saving_is_refused(what: str) -> None:
    row, actor = BEYOND[what](), limited()
    before = contents()
    with pytest.raises(PermissionDenied) as refused, translation.override("en"):
        curation.save(row, actor=actor)
    assert str(refused.value).endswith("lies beyond your remit (Mianyang). Nothing was saved.")
    assert contents() == before


@pytest.mark.parametrize("what", [what for what in BEYOND if "new" not in what])
def test_deleting_and_loading_are_refused(what: str) -> None:
    row, actor = BEYOND[what](), limited("Reviewers")
    before = contents()
    if "leaves" not in what and "sent away" not in what:
        with pytest.raises(PermissionDenied):
            curation.delete(type(row)._default_manager.get(pk=row.pk), actor=actor)
    with pytest.raises(PermissionDenied):
        imports.load(Load(changed=[(row, _altered(row))]), actor=actor, reason="import/1")
    assert contents() == before


def _altered(row: Any) -> tuple[str, ...]:
    held = type(row)._default_manager.get(pk=row.pk)
    return tuple(
        column.name
        for column in row._meta.concrete_fields
        if getattr(row, column.attname) != getattr(held, column.attname)
    )


@pytest.mark.parametrize("what", [what for what in BEYOND if "new" in what])
def test_loading_new_rows_is_refused(what: str) -> None:
    row, actor = BEYOND[what](), limited()
    before = contents()
    names = {Relationship: "ties", Evidence: "evidence", Event: "events", Place: "places"}
    if type(row) not in names:
        return
    if isinstance(row, Place):
        row.review_state = "draft"
    mine = Relationship(home=mianyang(), partner=abroad("fine"), type="sister")
    load = Load(**{"ties": [mine], names[type(row)]: [row, mine] if isinstance(row, Relationship) else [row]})  # type: ignore[arg-type]
    before = contents()
    with pytest.raises(PermissionDenied):
        imports.load(load, actor=actor, reason="import/1")
    assert contents() == before


def test_publishing_and_unpublishing_are_refused() -> None:
    tie, actor = deyang_tie(), limited("Reviewers")
    with pytest.raises(PermissionDenied):
        curation.publish([tie], actor=actor)
    shown = builders.tie(Place.objects.get(slug="deyang"), abroad("shown"))
    with pytest.raises(PermissionDenied):
        curation.unpublish([shown], actor=actor)
    states = (
        Relationship.objects.filter(pk__in=(tie.pk, shown.pk)).order_by("pk").values_list("review_state", flat=True)
    )
    assert list(states) == ["draft", "published"]


def test_publishing_own_ties_and_others_at_once_publishes_none() -> None:
    mine, theirs, actor = own_tie(), deyang_tie(), limited("Reviewers")
    with pytest.raises(PermissionDenied):
        curation.publish([mine, theirs], actor=actor)
    assert set(Relationship.objects.filter(pk__in=(mine.pk, theirs.pk)).values_list("review_state", flat=True)) == {
        "draft"
    }


def test_taking_back_what_others_wrote_is_refused() -> None:
    tie = Relationship(home=Place.objects.get(slug="deyang"), partner=abroad("theirs"), type="sister")
    imports.load(Load(ties=[tie]), actor=None, reason="import/7")
    with pytest.raises(PermissionDenied):
        undoing.undo("import/7", actor=limited())
    assert Relationship.objects.filter(pk=tie.pk).exists()


ALLOWED: dict[str, Callable[[], Curated]] = {
    "a tie": lambda: changed(own_tie(), note_zh="改"),
    "a tie of which it is the partner": lambda: changed(builders.tie(abroad(), mianyang()), note_zh="改"),
    "a tie of a county under it": lambda: changed(
        builders.tie(builders.place("c-county", level="county", parent=mianyang()), abroad()), note_zh="改"
    ),
    "a new tie": lambda: Relationship(home=mianyang(), partner=abroad("new-one"), type="sister"),
    "evidence": lambda: changed(builders.evidence(own_tie()), value="改"),
    "an event": lambda: changed(builders.event(own_tie()), text_zh="改"),
    "a total": lambda: changed(builders.total(mianyang()), value=99),
    "the city": lambda: changed(mianyang(), name_en="Mian-yang"),
    "a new county under it": lambda: Place(country_id="CN", level="county", parent=mianyang(), name_en="D County"),
    "a new place abroad": lambda: Place(country_id="FR", level="city", name_en="Ville"),
    "a new source": fresh_source,
    "a source of own ties alone": lambda: changed(builders.evidence(own_tie()).source, title="Changed"),
}


@pytest.mark.parametrize("what", ALLOWED)
def test_within_the_remit_everything_goes_on_as_ever(what: str) -> None:
    row, actor = ALLOWED[what](), limited()
    curation.save(row, actor=actor, reviewed=True)  # the public sees some of them
    assert row.history.first().history_user == actor  # type: ignore[attr-defined]


def test_a_place_abroad_is_added_as_a_draft_mended_and_then_out_of_reach_once_published() -> None:
    actor = limited()
    ville = curation.save(Place(country_id="FR", level="city", name_en="Vile"), actor=actor)
    assert ville.review_state == "draft"
    curation.save(changed(ville, name_en="Ville"), actor=actor)
    ville.review_state = "published"
    curation.save(ville, actor=None)
    with pytest.raises(PermissionDenied):
        curation.save(changed(ville, name_en="Vile"), actor=actor)


def test_a_province_reaches_to_the_counties_under_its_cities() -> None:
    actor = User.objects.create_user("province", is_staff=True)
    actor.groups.add(Group.objects.get(name="Editors"))
    Remit.objects.create(user=actor, place=Place.objects.get(slug="sichuan"))
    county = builders.place("e-county", level="county", parent=mianyang())
    tie = curation.save(Relationship(home=county, partner=abroad(), type="sister"), actor=actor)
    assert Relationship.objects.filter(pk=tie.pk).exists()
    outside = Relationship(home=builders.place("outside"), partner=abroad(), type="sister")
    with pytest.raises(PermissionDenied):
        curation.save(outside, actor=actor)


def test_a_load_within_the_remit_is_written_and_taken_back() -> None:
    actor = limited()
    county = Place(
        country_id="CN", level="county", parent=mianyang(), name_en="F County", slug="f", review_state="draft"
    )
    ville = Place(country_id="FR", level="city", name_en="Ville", slug="ville-x", review_state="draft")
    tie = Relationship(home=county, partner=ville, type="sister")
    paper = Source(slug="list-x", title="List", publisher="—", kind="news", language="en")
    piece = Evidence(relationship=tie, source=paper, claim="tie", value="sister")
    before = contents()
    imports.load(
        Load(sources=[paper], places=[county, ville], ties=[tie], evidence=[piece]), actor=actor, reason="import/8"
    )
    assert Relationship.objects.filter(home__slug="f", partner__slug="ville-x").exists()
    assert undoing.undo("import/8", actor=actor) == []
    assert contents() == before


def written_by_others(row: Any, **values: Any) -> None:
    """Somebody without a remit has changed the row."""
    curation.save(changed(row, **values), actor=None, reason="proposal/7")


#: What others wrote and somebody with a remit may not take back: it lies beyond now, or would afterwards.
NOT_TAKEN_BACK: dict[str, Callable[[], None]] = {
    "a tie that came": lambda: written_by_others(deyang_tie(), home=mianyang()),
    "a tie that went": lambda: written_by_others(own_tie(), home=Place.objects.get(slug="deyang")),
    "evidence that came": lambda: written_by_others(builders.evidence(deyang_tie()), relationship=own_tie()),
    "an event that came": lambda: written_by_others(builders.event(deyang_tie()), relationship=own_tie()),
    "a total that came": lambda: written_by_others(
        builders.total(Place.objects.get(slug="deyang")), place=mianyang(), value=99
    ),
    "a county that came": lambda: written_by_others(
        builders.place("a-county", level="county", parent=Place.objects.get(slug="deyang"), review_state="draft"),
        parent=mianyang(),
    ),
    "a source that both quote": lambda: written_by_others(quoted_by_both()),
    "evidence that was deleted": lambda: curation.delete(
        builders.evidence(deyang_tie()), actor=None, reason="proposal/7"
    ),
    "a tie that was deleted": lambda: curation.delete(deyang_tie(), actor=None, reason="proposal/7"),
    "a country": lambda: written_by_others(Country.objects.get(pk="FR"), name_en="Gaul"),
}


@pytest.mark.usefixtures("no_review")
@pytest.mark.parametrize("what", NOT_TAKEN_BACK)
def test_taking_back_leads_nothing_over_the_bounds_of_a_remit(what: str) -> None:
    NOT_TAKEN_BACK[what]()
    actor, before = limited("Reviewers"), contents()
    with pytest.raises(PermissionDenied, match="不在您的工作范围"):
        undoing.undo("proposal/7", actor=actor, finely=True)
    assert contents() == before


@pytest.mark.usefixtures("no_review")
def test_what_others_wrote_within_the_remit_is_taken_back() -> None:
    tie, paper = own_tie(), builders.source("lonely")
    piece = builders.evidence(tie, paper)
    written_by_others(tie, note_zh="改")
    written_by_others(piece, value="改")
    written_by_others(paper, title="改")
    assert undoing.undo("proposal/7", actor=limited("Reviewers"), finely=True) == []
    for row in (tie, piece, paper):
        row.refresh_from_db()
    assert (tie.note_zh, piece.value, paper.title) == ("", "sister", "Lonely")
