"""Made-up ties for benchmarks: as many as asked for, skewed like the world, and each of them says that it is made up.

The same numbers and seed give the same rows. Nothing here is data: the names of places begin with 合成 and Synthetic,
and every tie rests on one source that says so. History is not written, since nobody has changed anything.
"""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import TypeVar

from django.db import models, transaction

from friendship import names
from friendship.enums import Claim, Level, RelationshipType, ReviewState, SourceKind, Status, Strength
from friendship.models import Evidence, Place, Relationship, Source

SOURCE = "synthetic"
_BATCH = 2_000
_FIRST_YEAR, _LAST_YEAR = 1920, 2025
#: Sister-city tables of the world hold about half as many places as ties.
_TIES_A_PLACE = 2
_FEWEST_PLACES = 10  # enough pairs for the smallest numbers
#: A few countries hold most ties: the n-th most frequent weighs 1/n.
_SKEW = 1.0
_JITTER_DEGREES = 3.0

#: What names are drawn from, so that a search among them finds some and not all.
_CHARACTERS = (
    "安北滨昌长成城池川春大丹德定东都恩繁方丰佛福富高贡古谷关光广贵桂国海汉杭和河贺黑衡红洪湖花华怀淮黄徽惠吉济佳嘉建江金锦晋京井景九开康克昆兰乐"
    "丽连凉辽林临灵岭龙隆庐鹿洛马满茂梅门绵明木南内宁盘平坪浦普齐启千迁钱青清庆泉曲衢日荣乳瑞三色沙山汕上韶邵深神盛石寿双水朔松苏绥遂台泰唐塘桃滕天"
    "田铁亭通同铜万旺威渭温文乌梧五武西锡喜仙咸乡湘祥襄小孝辛新信兴星雄徐宣雅烟延岩盐阳扬杨伊宜义益银英鹰营永攸榆玉裕元原远岳云运枣彰昭肇镇中舟周"
    "珠株竹庄涿资紫宗遵白宝保碧博苍常巢朝潮承赤崇滁楚慈从达当登邓迪典鼎敦鄂坊房汾封凤抚阜涪甘赣歌格公巩冠果哈邯荷鹤横侯虎环桓晖会获霍鸡集加郊胶揭界"
)

_TYPES = {
    RelationshipType.SISTER: 60,
    RelationshipType.COOPERATION: 25,
    RelationshipType.EXCHANGE: 10,
    RelationshipType.INTENT: 4,
    RelationshipType.OTHER: 1,
}
_STATUSES = {Status.ACTIVE: 70, Status.UNKNOWN: 22, Status.ENDED: 6, Status.SUSPENDED: 2}
#: How much of a date is known: nothing, the year, the month, the day.
_PRECISIONS = {0: 10, 1: 20, 2: 20, 3: 50}

Row = TypeVar("Row", bound=models.Model)


@transaction.atomic
def generate(relationships: int, seed: int) -> None:
    """Add so many made-up ties, with their places and one source.

    Raises ``ValueError`` where the register holds made-up ties already: a second run would only repeat their names.
    """
    if Source.objects.filter(slug=SOURCE).exists():
        raise ValueError("The register already holds synthetic ties.")
    source = Source.objects.create(
        slug=SOURCE,
        title="合成数据 Synthetic data",
        publisher="manage.py generate",
        kind=SourceKind.OFFICIAL,
        language="zh-Hans",
        note_zh="为性能测试生成的虚构记录，不是事实。",
        note_en="Made-up records for benchmarks. Not facts.",
    )
    chance = random.Random(seed)  # nosec B311 # noqa: S311 (not for secrets)
    places = _added(Place, _places(chance, max(relationships // _TIES_A_PLACE, _FEWEST_PLACES)))
    pairs = _pairs(chance, [place.pk for place in places], relationships)
    ties = (_tie(chance, home, partner) for home, partner in pairs)
    for batch in _batches(ties):
        added = Relationship.objects.bulk_create(batch)
        Evidence.objects.bulk_create(_evidence(source, tie) for tie in added)


def _added(model: type[Row], rows: Iterable[Row]) -> list[Row]:
    return [row for batch in _batches(rows) for row in model._default_manager.bulk_create(batch)]


def _batches(rows: Iterable[Row]) -> Iterator[list[Row]]:
    remaining = iter(rows)
    while batch := list(islice(remaining, _BATCH)):
        yield batch


def _places(chance: random.Random, count: int) -> Iterator[Place]:
    """Places scattered around the register's own, so that the map looks like the world."""
    known = Place.objects.filter(latitude__isnull=False).order_by("pk")
    by_country: dict[str, list[Place]] = defaultdict(list)
    for place in known:
        by_country[place.country_id].append(place)
    countries = list(by_country)
    weights = [1 / (rank + 1) ** _SKEW for rank in range(len(countries))]
    levels = list(Level)
    called = _names(chance)
    for number, code in enumerate(chance.choices(countries, weights, k=count), start=1):
        name_zh, name_en = next(called)
        near = chance.choice(by_country[code])
        place = Place(
            country_id=code,
            level=chance.choices(levels, (5, 80, 15))[0],
            slug=f"synthetic-{number}",
            name_zh=name_zh,
            name_en=name_en,
            latitude=round(_clamped(chance.gauss(near.latitude or 0, _JITTER_DEGREES), 85), 3),
            longitude=round(_clamped(chance.gauss(near.longitude or 0, _JITTER_DEGREES), 179.9), 3),
        )
        place.refresh_search()  # bulk_create does not call save()
        yield place


def _names(chance: random.Random) -> Iterator[tuple[str, str]]:
    """Names in both languages, no two alike: 合成绵安 and Synthetic Mianan; the second of a name bears a number."""
    spelt = {character: names.syllables(character)[0] for character in _CHARACTERS}
    seen: dict[str, int] = defaultdict(int)
    while True:
        drawn = chance.choices(_CHARACTERS, k=chance.choice((2, 3)))
        chinese, english = "".join(drawn), "".join(spelt[character] for character in drawn).capitalize()
        seen[english] += 1
        number = f" {seen[english]}" if seen[english] > 1 else ""
        yield f"合成{chinese}{number.strip()}", f"Synthetic {english}{number}"


def _clamped(degrees: float, most: float) -> float:
    return max(-most, min(most, degrees))


def _pairs(chance: random.Random, places: list[int], count: int) -> Iterator[tuple[int, int]]:
    """Different pairs; the square lets the first places hold many ties, as capitals do."""
    seen: set[tuple[int, int]] = set()
    while len(seen) < count:
        home, partner = places[int(chance.random() ** 2 * len(places))], chance.choice(places)
        pair = (min(home, partner), max(home, partner))
        if home != partner and pair not in seen:
            seen.add(pair)
            yield home, partner


def _tie(chance: random.Random, home: int, partner: int) -> Relationship:
    status = _drawn(chance, _STATUSES)
    year = int(_LAST_YEAR - abs(chance.gauss(0, 22)))
    year, month, day = max(year, _FIRST_YEAR), chance.randint(1, 12), chance.randint(1, 28)
    precision = _drawn(chance, _PRECISIONS)
    ended = status == Status.ENDED and precision > 0
    return Relationship(
        home_id=home,
        partner_id=partner,
        type=_drawn(chance, _TYPES),
        status=status,
        founded_year=year if precision > 0 else None,
        founded_month=month if precision > 1 else None,
        founded_day=day if precision > 2 else None,
        ended_year=chance.randint(year + 1, _LAST_YEAR + 1) if ended else None,
        review_state=ReviewState.PUBLISHED,
    )


Word = TypeVar("Word")


def _drawn(chance: random.Random, weights: dict[Word, int]) -> Word:
    return chance.choices(list(weights), list(weights.values()))[0]


def _evidence(source: Source, tie: Relationship) -> Evidence:
    return Evidence(source=source, relationship=tie, claim=Claim.TIE, value=tie.type, strength=Strength.EXPLICIT)
