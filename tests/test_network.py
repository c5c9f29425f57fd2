"""Partners of partners, comparisons and chains, each against a plain recomputation over all ties."""

from __future__ import annotations

import random
from collections import defaultdict

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import translation
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase
from pytest_django import DjangoAssertNumQueries

from friendship import queries
from friendship.models import Place, Relationship
from friendship.queries import network
from tests import builders

pytestmark = pytest.mark.django_db

Graph = dict[int, set[int]]


def graph() -> Graph:
    """Who is tied to whom, read row by row."""
    found: Graph = defaultdict(set)
    for tie in Relationship.objects.all():
        if tie.review_state == "published" and tie.is_counted:
            found[tie.home_id].add(tie.partner_id)
            found[tie.partner_id].add(tie.home_id)
    return found


def plain_cousins(ties: Graph, place: int) -> dict[int, int]:
    """Every cousin with the number of partners through which it is reached."""
    reached = [far for near in ties[place] for far in ties[near]]
    return {far: reached.count(far) for far in reached if far != place and far not in ties[place]}


def plain_distances(ties: Graph, start: int) -> dict[int, int]:
    """Every place that can be reached, with the number of ties on the way."""
    found, line = {start: 0}, [start]
    for here in line:
        for there in sorted(ties[here]):
            if there not in found:
                found[there] = found[here] + 1
                line.append(there)
    return found


def plain_chains(ties: Graph, start: int, end: int) -> list[list[int]]:
    """Every shortest chain as the ids of its places."""
    chains = [[start]]
    while chains and all(chain[-1] != end for chain in chains):
        chains = [[*chain, there] for chain in chains for there in ties[chain[-1]] if there not in chain]
        if chains and len(chains[0]) > len(ties):
            return []
    return [chain for chain in chains if chain[-1] == end]


def ids(chain: queries.Chain | None) -> list[int] | None:
    return None if chain is None else [chain.start.pk, *(link.place.pk for link in chain.links)]


def draw(edges: list[tuple[int, int]], count: int) -> list[Place]:
    """So many places, tied as the pairs of their numbers say."""
    places = [builders.place(f"node-{number}") for number in range(count)]
    for one, two in edges:
        builders.tie(places[one], places[two])
    return places


# --- cousins --------------------------------------------------------------------------------------------------------


def test_cousins_are_what_a_plain_count_over_all_ties_gives() -> None:
    ties = graph()
    for place in Place.objects.filter(pk__in=ties):
        found = queries.cousins(place, 500)
        assert {row.place.pk: row.count for row in found.rows} == plain_cousins(ties, place.pk)
        assert found.count == len(found.rows)


def test_cousins_stand_by_ways_and_then_by_name_with_the_ties_that_lead_there() -> None:
    hub, left, right = (builders.place(slug) for slug in ("hub", "left", "right"))
    both, one, other = (builders.place(slug) for slug in ("both", "yy", "xx"))
    for near in (left, right):
        builders.tie(hub, near)
    through_left, through_right = builders.tie(both, left), builders.tie(right, both)
    builders.tie(left, one)
    builders.tie(other, right)
    with translation.override("en"):
        found = queries.cousins(hub, 10)
    assert [(row.place.slug, row.count) for row in found.rows] == [("both", 2), ("xx", 1), ("yy", 1)]
    assert [(way.through.slug, way.tie) for way in found.rows[0].ways] == [
        ("left", through_left),
        ("right", through_right),
    ]
    with translation.override("en"):
        assert [row.place.slug for row in queries.cousins(hub, 2).rows] == ["both", "xx"]
    assert queries.cousins(hub, 2).count == 3


def test_a_partner_and_the_place_itself_are_no_cousins() -> None:
    one, two, three = draw([(0, 1), (1, 2), (0, 2)], 3)
    assert [queries.cousins(place, 10).count for place in (one, two, three)] == [0, 0, 0]


@pytest.mark.parametrize("fields", [{"review_state": "draft"}, {"type": "intent"}, {"status": "ended"}])
def test_nothing_else_connects(fields: dict[str, str]) -> None:
    one, two, three = (builders.place(slug) for slug in ("one", "two", "three"))
    builders.tie(one, two)
    builders.tie(two, three, **fields)
    assert queries.cousins(one, 10).rows == []
    assert queries.cousins(three, 10).rows == []
    assert queries.chain(one, three) is None
    Relationship.objects.get(home=two).delete()
    builders.tie(two, three)
    assert [row.place for row in queries.cousins(one, 10).rows] == [three]
    assert ids(queries.chain(one, three)) == [one.pk, two.pk, three.pk]


def test_an_intent_with_a_partner_of_a_partner_leaves_it_a_cousin() -> None:
    one, _two, three = draw([(0, 1), (1, 2)], 3)
    builders.tie(one, three, type="intent")
    assert [row.place for row in queries.cousins(one, 10).rows] == [three]


def test_cousins_ask_three_questions_however_many_there_are(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    builders.ties(30)
    for number in range(30):
        for rim in range(3):
            builders.tie(builders.place(f"city-{number}"), builders.place(f"rim-{number % 7}-{rim}"))
    builders.columns_are_read()
    for slug, count in (("one", 21), ("rim-0-0", 3)):
        place = builders.place(slug)
        with django_assert_num_queries(5):  # two of them the state
            found = queries.cousins(place, 5)
        assert (found.count, len(found.rows)) == (count, min(count, 5))
        assert [len(row.ways) for row in found.rows] == [min(row.count, network.WAYS_TOLD) for row in found.rows]
        assert found.rows[0].count > network.WAYS_TOLD


# --- comparison -----------------------------------------------------------------------------------------------------


def test_a_comparison_tells_what_both_have_from_what_one_has(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    a, b = builders.place("aa"), builders.place("bb")
    shared, half = builders.place("shared", country_id="FR"), builders.place("half", country_id="JP")
    only_a, only_b = builders.place("only-a", country_id="IT"), builders.place("only-b", country_id="FR")
    tie_a, tie_b = builders.tie(a, shared, founded_year=1990), builders.tie(shared, b, type="cooperation")
    builders.tie(a, half)
    intent = builders.tie(b, half, type="intent")
    lone = builders.tie(a, only_a)
    builders.tie(b, only_b, status="ended")
    builders.tie(b, builders.place("hidden", country_id="IT"), review_state="draft")
    builders.columns_are_read()
    with django_assert_num_queries(2):  # one of them the state
        found = queries.comparison(a, b)
    assert [(row.partner, row.tie_b) for row in found.shared] == [(half, intent), (shared, tie_b)]
    assert found.shared[1].tie_a == tie_a
    assert found.shared_count == 1
    assert found.a.ties == [(only_a, lone)]
    assert [partner for partner, _tie in found.b.ties] == [only_b]
    assert [(row.country.code, row.ties_a, row.ties_b) for row in found.shared_countries] == [("FR", 1, 1)]
    assert [(country.code, ties) for country, ties in found.a.countries] == [("IT", 1), ("JP", 1)]
    assert found.b.countries == []
    assert (found.a.count, found.b.count, found.direct) == (3, 1, None)


def test_a_tie_between_the_two_is_no_partner_that_one_lacks() -> None:
    a, b = builders.place("aa"), builders.place("bb")
    assert not queries.comparison(a, b).has_common
    tie = builders.tie(b, a)
    found = queries.comparison(a, b)
    assert (found.direct, found.a.ties, found.b.ties, found.has_common) == (tie, [], [], True)
    assert (found.a.count, found.b.count) == (1, 1)


def test_a_comparison_is_what_a_plain_count_gives() -> None:
    ties = graph()
    chengdu, meishan = Place.objects.get(slug="chengdu"), Place.objects.get(slug="meishan")
    found = queries.comparison(chengdu, meishan)
    assert (found.a.count, found.b.count) == (len(ties[chengdu.pk]), len(ties[meishan.pk]))
    both = ties[chengdu.pk] & ties[meishan.pk]
    assert {row.partner.pk for row in found.shared if row.tie_a.is_counted and row.tie_b.is_counted} == both


def test_examples_share_the_most_countries_and_no_place_stands_twice() -> None:
    pairs = queries.example_pairs(3)
    assert len(pairs) == 3
    assert len({place for one, two, _shared in pairs for place in (one, two)}) == 6
    assert [shared for *_pair, shared in pairs] == sorted((shared for *_pair, shared in pairs), reverse=True)
    for one, two, shared in pairs:
        found = queries.comparison(one, two)
        assert len(found.shared_countries) == shared > 0
    assert {pairs[0][0].slug, pairs[0][1].slug} == {"chengdu", "sichuan"}


def test_no_examples_in_an_empty_register() -> None:
    Relationship.objects.update(review_state="draft")
    assert queries.example_pairs(3) == []


# --- chains ---------------------------------------------------------------------------------------------------------


def test_chains_of_the_register_are_as_short_as_a_plain_search_finds() -> None:
    ties = graph()
    places = Place.objects.in_bulk()
    rng = random.Random(3)  # noqa: S311 (which pairs are tried is no secret)
    for start in rng.sample(sorted(ties), 8):
        reached = plain_distances(ties, start)
        for end in rng.sample(sorted(ties), 12):
            chain = ids(queries.chain(places[start], places[end]))
            assert (chain is None) == (reached.get(end, 99) > queries.LONGEST_CHAIN)
            assert chain is None or len(chain) - 1 == reached[end]


def test_a_chain_names_its_ties_in_order() -> None:
    one, two, three = draw([(1, 0), (1, 2)], 3)
    chain = queries.chain(three, one)
    assert chain is not None
    assert [(link.tie.home.slug, link.tie.partner.slug, link.place) for link in chain.links] == [
        ("node-1", "node-2", two),
        ("node-1", "node-0", one),
    ]
    assert ids(queries.chain(one, one)) == [one.pk]


def test_a_chain_is_no_longer_than_eight_ties() -> None:
    places = draw([(number, number + 1) for number in range(9)], 10)
    assert ids(queries.chain(places[0], places[8])) == [place.pk for place in places[:9]]
    assert queries.chain(places[0], places[9]) is None


def test_a_wide_ring_is_asked_for_in_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    spokes = 25
    edges = [(0, number) for number in range(2, spokes + 2)] + [(1, number) for number in range(2, spokes + 2)]
    places = draw(edges, spokes + 2)
    end = builders.place("end")
    builders.tie(places[1], end)
    expected = [places[0].pk, places[2].pk, places[1].pk, end.pk]
    assert ids(queries.chain(places[0], end)) == expected
    monkeypatch.setattr(network, "_IDS_A_QUERY", 4)
    assert ids(queries.chain(places[0], end)) == expected


def test_a_chain_reads_only_what_lies_around_its_ends() -> None:
    builders.ties(200)
    far = draw([(0, 1), (1, 2)], 3)
    builders.columns_are_read()
    with CaptureQueriesContext(
        connection,
    ) as asked:
        assert ids(queries.chain(far[0], far[2])) == [place.pk for place in far]
    assert len(asked) == 5  # two of them the state


class Chains(TestCase):
    """Over random graphs: as short as any, the smallest ids among equals, the same in both directions."""

    @settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
    @given(st.sets(st.tuples(st.integers(0, 7), st.integers(0, 7)).filter(lambda edge: edge[0] < edge[1]), max_size=16))
    def test_shortest_with_the_smallest_ids(self, edges: set[tuple[int, int]]) -> None:
        places = draw(sorted(edges, key=str, reverse=True), 8)
        ties = graph()
        first, last = sorted((places[0], places[7]), key=lambda place: place.pk)
        shortest = plain_chains(ties, first.pk, last.pk)
        assert ids(queries.chain(first, last)) == (min(shortest) if shortest else None)
        back = ids(queries.chain(last, first))
        assert back == (min(shortest)[::-1] if shortest else None)


# --- names ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "slug"),
    [
        ("chengdu", "chengdu"),
        ("成都", "chengdu"),
        ("成都市", "chengdu"),
        ("ChengDu", "chengdu"),
        ("cheng du", "chengdu"),
        ("chengdushi", "chengdu"),
        ("蓉", "chengdu"),
        ("甘孜", "garze"),
        ("广岛", "hiroshima-prefecture"),
        ("guangdao", "hiroshima-prefecture"),
        ("Hiroshima Prefecture", "hiroshima-prefecture"),
        ("ähtäri", "ahtari"),
        ("chiang-mai", "chiang-mai"),
    ],
)
def test_an_address_or_a_whole_name_means_its_place(text: str, slug: str) -> None:
    found = queries.meaning(text)
    assert found.place is not None
    assert found.place.slug == slug


@pytest.mark.parametrize(
    ("text", "slugs"),
    [
        ("Chiang Mai", ["chiang-mai-city", "chiang-mai"]),
        ("清迈", ["chiang-mai-city", "chiang-mai"]),
        ("绵", ["mianyang"]),
        ("庄原 日本", ["shobara"]),
        ("zzzz", []),
        ("!!!", []),
        ("", []),
    ],
)
def test_nothing_else_is_guessed(text: str, slugs: list[str]) -> None:
    found = queries.meaning(text)
    assert found.place is None
    assert [place.slug for place in found.candidates] == slugs
    assert found.count == len(slugs)


def test_two_places_of_one_name_are_both_offered() -> None:
    for country in ("US", "CA"):
        builders.place(f"aurora-{country.lower()}", country_id=country, name_en="Aurora")
    found = queries.meaning("aurora")
    assert (found.place, {place.slug for place in found.candidates}) == (None, {"aurora-us", "aurora-ca"})


def test_a_word_of_hundreds_of_names_is_nobodys_name(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(queries.naming, "_READ", 30)
    for number in range(40):
        builders.place(f"spring-{number}", name_en=f"Spring {number}")
    found = queries.meaning("spring")
    assert (found.place, len(found.candidates), found.count) == (None, 20, 40)
