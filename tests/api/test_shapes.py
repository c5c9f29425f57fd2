"""Lists made from columns say, to the byte, what the serializers say of models that the database found and sorted."""

from __future__ import annotations

import json
from itertools import product
from typing import Any

import pytest
from django.db.models import QuerySet
from django.test import Client, RequestFactory
from django.utils import translation
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from rest_framework import serializers as fields
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request

from friendship import queries
from friendship.api import rendering, selection, shapes
from friendship.api.rendering import RowsRenderer
from friendship.api.serializers import PlaceSerializer, RelationshipSerializer
from friendship.enums import Claim, Continent, Level, RelationshipType, Status
from friendship.models import Place, Relationship, Source
from friendship.queries import Criteria, TieParts
from friendship.queries.keyset import Parts, Position, QueryParts, columns_of
from friendship.synthetic import generate
from tests import builders
from tests.api.asking import API
from tests.queries.test_columns import QUESTIONS

pytestmark = pytest.mark.django_db

LANGUAGES = ("zh-hans", "en")
ASKED = [
    "",
    "id",
    "evidence",
    "url",
    "founded,ended",
    "home.slug,partner.longitude",
    "evidence.quote,home,id",
    "status,type_as_printed,evidence.source,evidence.end",
]


def made_up() -> None:
    """Every kind of value that a row can have: texts that JSON escapes, dates of each precision, nothing at all."""
    odd = builders.place("odd", name_zh="“引号”\u2028\\/\x7f", name_en='Q"uo\te', latitude=-0.0, longitude=180.0)
    far = builders.place("far", level="county", name_en="", name_zh="远", latitude=1e-7, longitude=-179.123456789)
    plain = builders.place("plain", level="province")
    first = builders.tie(
        odd, far, type="other", type_as_printed="</script>&\x01é🤝", status="unknown", founded_year=800
    )
    full = {"ended_year": 2001, "ended_month": 2, "ended_day": 3, "founded_month": 12, "founded_day": 31}
    builders.tie(odd, plain, type="exchange", status="ended", founded_year=1999, **full)
    builders.tie(far, plain, type="intent", status="suspended", founded_year=1999, founded_month=5, ended_year=2000)
    builders.tie(plain, builders.place("two"), review_state="draft")
    paper = builders.source("paper", text="“Friends”, they\nsaid.")
    builders.evidence(first, paper, quote="“Friends”, they\nsaid.", start=0, end=22, strength="implied")
    builders.evidence(first, builders.source("web"), claim=Claim.FOUNDED, value="0800")
    builders.evidence(first, paper, claim=Claim.STATUS, value="unknown")


def request() -> Request:
    return Request(RequestFactory().get(f"{API}relationships/"))


def as_models(question: Criteria, asked: frozenset[str] = frozenset()) -> bytes:
    """The rows as the serializer says them."""
    serializer = RelationshipSerializer(
        queries.with_evidence(queries.relationships(question)), many=True, context={"request": request()}
    )
    selection.narrow(serializer, asked) if asked else None
    return JSONRenderer().render(serializer.data)


def as_columns(question: Criteria, asked: frozenset[str] = frozenset()) -> bytes:
    found = TieParts(question)
    page = RowsRenderer().render({"results": rendering.ties(found, found[: len(found)], asked, request())})
    return page.removeprefix(b'{"results":').removesuffix(b"}")


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("asked", ASKED)
def test_every_row_of_the_shipped_register_and_of_odd_ones(asked: str, language: str) -> None:
    made_up()
    names = selection.read([asked], RelationshipSerializer)
    with translation.override(language):
        rows = as_columns(Criteria(), names)
        assert rows == as_models(Criteria(), names)
        assert len(json.loads(rows)) == 132 + 3


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("sort", queries.SORTS)
def test_every_row_of_a_generated_register(sort: str, language: str) -> None:
    generate(400, seed=7)
    with translation.override(language):
        rows = as_columns(Criteria(sort=sort))
        assert rows == as_models(Criteria(sort=sort))
        assert len(json.loads(rows)) >= 400


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(question=QUESTIONS, language=st.sampled_from(LANGUAGES))
def test_any_question(db: None, question: Criteria, language: str) -> None:
    if not Place.objects.filter(slug="odd").exists():
        made_up()
    with translation.override(language):
        assert as_columns(question) == as_models(question)


def test_every_place_of_the_reference_list_and_odd_ones() -> None:
    made_up()
    hidden = builders.place("hidden", level="province", review_state="draft")
    odd = Place.objects.get(slug="odd")
    Place.objects.filter(slug="odd").update(
        parent=hidden, aliases="“A”\n\n\u2028b", official_code="1", wikidata_id="Q1"
    )
    builders.place("in-odd", level="county", parent=odd)
    builders.place("in-hidden", level="county", parent=builders.place("gone", parent=hidden, review_state="draft"))
    builders.place("far-in-hidden", level="county", parent=builders.place("shown", parent=hidden))
    builders.place("in-open", level="county", parent=builders.place("shut", parent=_open(), review_state="draft"))
    found = queries.PlaceParts(queries.PlaceCriteria())
    for asked in ("", "parent", "url,aliases", "slug,longitude"):
        names = selection.read([asked], PlaceSerializer)
        serializer = PlaceSerializer(queries.all_places(), many=True, context={"request": request()})
        selection.narrow(serializer, names) if names else None
        assert rendering.places(found[:], names, request()) == JSONRenderer().render(serializer.data)
    read = {row["slug"]: row["parent"] for row in json.loads(rendering.places(found[:], frozenset(), request()))}
    above = {"odd": None, "in-odd": "odd", "in-hidden": None, "far-in-hidden": "shown", "in-open": "open"}
    assert {slug: read[slug] for slug in above} == above
    assert "hidden" not in read


def _open() -> Place:
    return builders.place("open", level="province")


def test_a_place_that_went_meanwhile_is_left_out() -> None:
    gone, stays = builders.place("gone"), builders.place("stays")
    keys = [gone.pk, stays.pk]
    gone.delete()
    assert rendering.places(keys, frozenset({"slug"}), request()) == b'[{"slug":"stays"}]'


# --- whole answers ----------------------------------------------------------------------------------------------------

ADDRESSES = [
    "",
    "page=2",
    "page_size=7&page=3&sort=-founded",
    *(f"sort={sort}&page_size=9" for sort in queries.SORTS),
    *(f"type={word}" for word in RelationshipType),
    *(f"status={word}" for word in Status),
    *(f"level={word}" for word in Level),
    *(f"continent={word}" for word in Continent),
    "country=JP&country=US",
    "province=sichuan&place=chengdu&page_size=3",
    "q=%E7%BB%B5%E9%98%B3",
    "founded_after=1990&founded_before=2010&fields=id,home.name_zh",
    "source=sichuan-press-conference-2023-05-18&page_size=4",
    *("page=99", "type=x", "cursor=x", "page=x", "page=1&cursor=x", "founded_after=x", "country=XX", "nonsense=1"),
]


@pytest.mark.parametrize("query", ADDRESSES)
def test_the_whole_answer_is_what_models_and_the_database_gave(
    client: Client, monkeypatch: pytest.MonkeyPatch, query: str
) -> None:
    made_up()

    def answers() -> list[tuple[int, bytes, str | None]]:
        given = (client.get(f"{API}relationships/?{query}", headers={"accept-language": each}) for each in LANGUAGES)
        return [(answer.status_code, answer.content, answer.get("ETag")) for answer in given]

    found = answers()
    monkeypatch.setattr(queries, "TieParts", lambda question: QueryParts(queries.relationships(question)))
    monkeypatch.setattr(rendering, "ties", _as_before)
    assert found == answers()


def _as_before(_found: Parts, keys: list[int], asked: frozenset[str], request: Request) -> Any:
    rows = {row.pk: row for row in queries.with_evidence(Relationship.objects.filter(pk__in=keys).with_places())}
    serializer = RelationshipSerializer([rows[pk] for pk in keys], many=True, context={"request": request})
    selection.narrow(serializer, asked) if asked else None
    return serializer.data


@pytest.mark.parametrize("indent", [0, 2, 9])
def test_who_asks_for_an_indented_answer_gets_one(client: Client, indent: int) -> None:
    headers = {"accept": f"application/json; indent={indent}"}
    answer = client.get(f"{API}relationships/?page_size=3", headers=headers)
    read = client.get(f"{API}relationships/?page_size=3").json()
    expected = json.dumps(read, indent=min(indent, 8), ensure_ascii=False)
    assert answer.content.decode() == expected if indent else json.loads(answer.content) == read


# --- parts ------------------------------------------------------------------------------------------------------------


def parts(question: Criteria) -> tuple[Parts, Parts]:
    return TieParts(question), QueryParts(queries.relationships(question))


def positions(rows: QuerySet[Any]) -> list[Position]:
    return list(rows.values_list(*(column.name for column in columns_of(rows))))


@pytest.mark.parametrize(("sort", "language"), [*product(queries.SORTS, LANGUAGES)])
@pytest.mark.parametrize("narrowing", [{}, {"type": ("sister",)}, {"country": ("JP",), "founded_after": 1980}])
def test_parts_are_those_of_the_database(sort: str, language: str, narrowing: dict[str, Any]) -> None:
    made_up()
    with translation.override(language):
        question = Criteria(sort=sort, **narrowing)
        ours, theirs = parts(question)
        assert (ours.columns, len(ours), list(ours[3:9])) == (theirs.columns, len(theirs), list(theirs[3:9]))
        assert ours.part_after(None, 5) == theirs.part_after(None, 5)
        # From each row of the whole list, also from those that the question leaves out.
        for position in positions(queries.relationships(Criteria(sort=sort)))[::9]:
            assert ours.part_after(position, 5) == theirs.part_after(position, 5)
            assert ours.part_before(position, 5) == theirs.part_before(position, 5)


def _gone(tie: Relationship) -> None:
    tie.delete()


def _hidden(tie: Relationship) -> None:
    tie.review_state = "draft"
    tie.save()


def _redated(tie: Relationship) -> None:
    tie.founded_year, tie.founded_month, tie.founded_day = 1903, None, None
    tie.save()


@pytest.mark.parametrize("change", [_gone, _hidden, _redated])
@pytest.mark.parametrize("sort", ["founded", "-founded", "updated"])
def test_a_reader_goes_on_from_where_a_row_stood(change: Any, sort: str) -> None:
    made_up()
    question = Criteria(sort=sort)
    part = TieParts(question).part_after(None, 20)
    assert part.ends is not None
    key, position = part.keys[-1], part.ends[1]
    change(Relationship.objects.get(pk=key))
    ours, theirs = parts(question)
    assert ours.part_after(position, 500) == theirs.part_after(position, 500)
    assert ours.part_before(position, 500) == theirs.part_before(position, 500)


@pytest.mark.parametrize("sort", queries.SORTS)
def test_a_part_ends_where_its_last_row_stands_that_has_not_gone_meanwhile(sort: str) -> None:
    made_up()
    found, stood = parts(Criteria(sort=sort))[0], positions(queries.relationships(Criteria(sort=sort)))
    assert found.part_after(None, 5).ends == (stood[0], stood[4])
    Relationship.objects.filter(pk=found[4:5][0]).delete()
    assert found.part_after(None, 5).ends == (stood[0], stood[3])
    Relationship.objects.all().delete()
    assert found.part_after(None, 5).ends is None


# --- reading ----------------------------------------------------------------------------------------------------------


def test_a_kind_of_field_that_nobody_has_thought_of_is_refused() -> None:
    class Strange(fields.Serializer[Any]):
        when = fields.DurationField()

    with pytest.raises(TypeError, match="Nobody has said how a DurationField is read from columns"):
        shapes.Shape(Strange())


def test_a_tie_that_was_hidden_a_moment_ago_is_not_read() -> None:
    tie = builders.tie(review_state="draft")
    assert queries.values_of_ties([tie.pk, 1], ("pk", "status")) == [(1, "active")]
    assert queries.values_of_ties([], ("pk",)) == []


def test_times_are_read_as_django_reads_them() -> None:
    rows: QuerySet[Any] = Relationship.objects.filter(pk__in=[1, 2]).order_by()
    read = queries.values_of_ties([1, 2], ("pk", "updated_at"))
    assert sorted(read) == sorted(rows.values_list("pk", "updated_at"))


def test_a_query_is_put_together_once(monkeypatch: pytest.MonkeyPatch) -> None:
    queries.values_of_ties([1, 2, 3], ("pk", "type"))
    monkeypatch.setattr(Relationship.objects.__class__, "published_at", None)
    assert sorted(pk for pk, _type in queries.values_of_ties([4, 5, 6], ("pk", "type"))) == [4, 5, 6]


# --- what is kept -----------------------------------------------------------------------------------------------------


def test_kept_rows_are_made_anew_when_anything_of_them_changes(client: Client) -> None:
    made_up()

    def listed() -> list[Any]:
        rows: list[Any] = client.get(f"{API}relationships/?place=odd").json()["results"]
        return rows

    before = listed()
    assert listed() == before
    Place.objects.filter(slug="far").update(name_zh="更远")
    Source.objects.filter(slug="web").update(slug="net")
    first, second = listed()
    assert (first["partner"]["name_zh"], first["evidence"][1]["source"], second) == ("更远", "net", before[1])


def test_kept_rows_name_the_address_under_which_they_are_asked_for(client: Client) -> None:
    for host in ("testserver", "localhost", "testserver"):
        [row] = client.get(f"{API}relationships/?page_size=1", headers={"host": host}).json()["results"]
        assert row["url"] == f"http://{host}/relationships/{row['id']}/"


def test_what_a_server_that_is_behind_gives_is_not_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    builders.tie()  # so that nothing is kept yet
    found = TieParts(Criteria())
    monkeypatch.setattr(TieParts, "is_current", lambda _self: False)
    rendering.ties(found, [1, 2], frozenset(), request())
    assert found.kept("ties as JSON", dict) == {}


def test_no_more_rows_are_kept_than_a_process_has_room_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rendering, "_MOST", 3)
    long = builders.tie()
    found = TieParts(Criteria())
    rendering.ties(found, [1, 2, 3], frozenset(), request())
    rendering.ties(found, [3, 4], frozenset(), request())
    held: dict[int, bytes] = found.kept("ties as JSON", dict)
    assert (len(held), [*held][-1]) == (3, 4)
    builders.evidence(long, builders.source(text="x" * 3000), quote="x" * 3000, start=0, end=3000)
    found = TieParts(Criteria())
    [row] = json.loads(rendering.ties(found, [long.pk], frozenset(), request()))
    assert (row["evidence"][0]["quote"], found.kept("ties as JSON", dict)) == ("x" * 3000, {})
