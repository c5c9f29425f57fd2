"""The same file once more teaches the register nothing: only unchanged and duplicate rows, and those refused before."""

from __future__ import annotations

import csv
from collections.abc import Callable
from io import StringIO

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from friendship.importers import runs
from friendship.models import Event, Evidence, ImportRun, Place, Relationship, Source
from tests import lists

pytestmark = pytest.mark.django_db

KINDS: dict[str, Callable[[int, int], bytes]] = {
    "pairs": lists.pairs,
    "cpaffc": lists.cpaffc,
    "wikidata": lists.wikidata,
    "office": lists.office,
}
HEADER = ["中方城市", "外方城市", "国别", "结好时间", "类型", "备注"]


def loaded(content: bytes) -> ImportRun:
    run = runs.receive(content, "list", by=None)
    runs.load(run)
    return run


def register() -> list[int]:
    return [model._default_manager.count() for model in (Place, Relationship, Source, Evidence, Event)]


def check_second_run(content: bytes) -> None:
    first = loaded(content)
    held = register()
    second = loaded(content)
    learnt = {outcome: second.counts[outcome] for outcome in ("created", "updated", "conflict")}
    assert learnt == {"created": 0, "updated": 0, "conflict": 0}, list(
        second.rows.filter(outcome__in=learnt).values_list("outcome", "text", "reason", "differences")
    )
    assert second.counts["rejected"] == first.counts["rejected"]
    assert second.counts["duplicate"] == first.counts["duplicate"]
    assert register() == held


@pytest.mark.parametrize("kind", KINDS)
def test_a_generated_list_of_each_kind(kind: str) -> None:
    check_second_run(KINDS[kind](600, 1))


#: Few names, so that rows meet: namesakes, parts of places, the register's own, both sides of a pair, nonsense.
names = st.sampled_from(
    ["绵阳市", "绵阳", "四川省", "四川省绵阳市", "江油市", "合成一市", "合成一", "合成二市", "合成二县", "Mianyang", ""]
)
foreign = st.sampled_from(
    [
        "大津市",
        "广岛县",
        "广岛",
        "Aurora",
        "Aurora, Illinois",
        "Lynn (Norfolk)",
        "Lynn",
        "Wuxi – Xinwu",
        "Q1234",
        "合成三市",
    ]
)
countries = st.sampled_from(["日本", "美国", "USA", "英国", "England, United Kingdom", "中国", "苏联", ""])
dates = st.sampled_from(["", "1985", "1985年10月", "1985.10.3", "1986", "4/5/2019", "约1990年", "31000"])
types = st.sampled_from(["", "友好城市", "友好合作关系", "友好交流", "姐妹岛"])
remarks = st.sampled_from(["", "=1+1", "备注"])
tables = st.lists(st.tuples(names, foreign, countries, dates, types, remarks), min_size=1, max_size=12)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows=tables)
def test_any_office_table(rows: list[tuple[str, ...]]) -> None:
    text = StringIO()
    csv.writer(text).writerows([HEADER, *rows])
    with transaction.atomic():
        check_second_run(text.getvalue().encode())
        transaction.set_rollback(True)
