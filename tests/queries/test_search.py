"""Where a word is looked for: in the names of places, of their countries, and of the two sides of ties."""

from __future__ import annotations

import pytest
from django.db.models import Q

from friendship import queries
from friendship.models import Place, Relationship
from friendship.queries.search import among_places, among_ties

pytestmark = pytest.mark.django_db

#: Places, countries, both, nothing; one to four characters; pinyin whole, begun and in initials; English.
TERMS = [
    "绵阳",
    "阳",
    "四川省",
    "绵阳市",
    "法国",
    "国",
    " mianyang",
    " mian",
    " mys",
    " france",
    " s",
    " of",
    "绵羊",
    " xyzzy",
]


def called(term: str, path: str = "") -> Q:
    own, country = f"{path}search_text__contains", f"{path}country__search_text__contains"
    return Q(**{own: term}) | Q(**{country: term})


@pytest.mark.parametrize("term", TERMS)
def test_the_same_rows_as_a_plain_like(term: str) -> None:
    def keys(model: type[Place | Relationship], condition: Q) -> list[int]:
        return list(model._default_manager.filter(condition).order_by("pk").values_list("pk", flat=True))

    assert keys(Place, among_places([term])) == keys(Place, called(term))
    assert keys(Place, among_places([term], or_of_country=False)) == keys(Place, Q(search_text__contains=term))
    assert keys(Relationship, among_ties([term])) == keys(
        Relationship, called(term, "home__") | called(term, "partner__")
    )


def test_one_of_several_needles() -> None:
    found = Place.objects.filter(among_places(["绵阳", "成都"], or_of_country=False))
    assert set(found) == set(Place.objects.filter(Q(search_text__contains="绵阳") | Q(search_text__contains="成都")))


def test_places_for_an_index_in_memory_drafts_among_them() -> None:
    for term in ("绵阳", "阳", "市 ", " mian", "mian", " mianyang", "-"):
        expected = Place.objects.filter(search_text__contains=term).values_list("pk", flat=True)
        assert sorted(queries.place_ids(term).tolist()) == sorted(expected), term
    assert queries.place_ids(" nowhere").tolist() == []
