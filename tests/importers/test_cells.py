"""Cells: names of any characters that can be printed, and degrees that lie on Earth."""

from __future__ import annotations

import pytest

from friendship.importers import cells
from friendship.importers.records import Reason

FIELDS = ("lat", "lng")


@pytest.mark.parametrize(
    "written", ["绵阳", "<script>alert(1)</script>", "=cmd|'/c calc'!A1", "@SUM(1)", "É" * cells.LONGEST_NAME]
)
def test_a_name_stays_as_it_is_written(written: str) -> None:
    assert cells.name(written, "city") == written


@pytest.mark.parametrize(
    ("written", "reason"),
    [
        ("", Reason("%(field)s is empty.", {"field": "city"})),
        ("a\u202eb", Reason("%(field)s holds control characters.", {"field": "city"})),
        ("a\x07b", Reason("%(field)s holds control characters.", {"field": "city"})),
        (
            "x" * 10_000,
            Reason(
                "%(field)s has more than %(limit)s characters: “%(text)s…”.",
                {"field": "city", "limit": 250, "text": "x" * 40},
            ),
        ),
    ],
)
def test_what_is_no_name_says_why(written: str, reason: Reason) -> None:
    with pytest.raises(cells.Unusable) as unusable:
        cells.name(written, "city")
    assert unusable.value.reason == reason


@pytest.mark.parametrize(
    ("written", "degrees"),
    [
        (("31.47", "104.68"), (31.47, 104.68)),
        (("-90", "+180"), (-90.0, 180.0)),
        (("\u221233.9", "151,2"), (-33.9, 151.2)),
        (("", ""), (None, None)),
    ],
)
def test_degrees(written: tuple[str, str], degrees: tuple[float | None, float | None]) -> None:
    assert cells.position(*written, FIELDS) == degrees


@pytest.mark.parametrize("written", ["abc", "nan", "inf", "1e1", "1_0", "٣", "30°", "1,234.5", "--1", "1" * 10_000])
def test_what_is_no_number_is_not_guessed(written: str) -> None:
    with pytest.raises(cells.Unusable) as unusable:
        cells.position(written, "1", FIELDS)
    assert unusable.value.reason == Reason(
        "%(field)s: “%(text)s” is no number of degrees.", {"field": "lat", "text": written[:40]}
    )


@pytest.mark.parametrize(
    ("written", "field", "text", "limit"),
    [(("90.01", "1"), "lat", "90.01", 90), (("1", "-181"), "lng", "-181", 180)],
)
def test_degrees_off_the_globe(written: tuple[str, str], field: str, text: str, limit: int) -> None:
    with pytest.raises(cells.Unusable) as unusable:
        cells.position(*written, FIELDS)
    assert unusable.value.reason == Reason(
        "%(field)s: %(text)s is not between −%(limit)s and %(limit)s degrees.",
        {"field": field, "text": text, "limit": limit},
    )


@pytest.mark.parametrize(("written", "field"), [(("1", ""), "lng"), (("", "1"), "lat")])
def test_half_a_position_is_none(written: tuple[str, str], field: str) -> None:
    with pytest.raises(cells.Unusable) as unusable:
        cells.position(*written, FIELDS)
    assert unusable.value.reason == Reason("%(field)s is empty, and its counterpart is not.", {"field": field})
