"""Where bars, lines and their names stand."""

from __future__ import annotations

from itertools import pairwise

import pytest

from friendship.charts import Point, Segment, Tick, bar_chart, line_chart


def test_bars_stand_in_the_middle_of_their_years_and_empty_years_keep_their_room() -> None:
    chart = bar_chart({2003: {"b": 1}, 2000: {"a": 3, "b": 1}}, ["a", "b"], height=100)
    assert [(bar.year, bar.total, bar.left + bar.width / 2) for bar in chart.bars] == [(2000, 4, 12.5), (2003, 1, 87.5)]
    assert chart.axes.levels == [Tick(0, 100.0), Tick(1, 75.0), Tick(2, 50.0), Tick(3, 25.0), Tick(4, 0.0)]


def test_segments_are_stacked_from_the_bottom_in_the_order_of_the_series() -> None:
    chart = bar_chart({2000: {"b": 1, "a": 3, "c": 0}}, ["a", "b", "c"], height=100)
    assert chart.bars[0].segments == (Segment("a", 3, 25.0, 75.0), Segment("b", 1, 0.0, 25.0))


def test_the_heights_of_a_bar_add_up_to_its_total() -> None:
    years = {1900 + n: {"a": n * 7 % 13, "b": n * 5 % 11, "c": 1} for n in range(120)}
    chart = bar_chart(years, ["a", "b", "c"])
    assert [bar.total for bar in chart.bars] == [sum(values.values()) for values in years.values()]
    for bar in chart.bars:
        down = chart.axes.height - sum(segment.height for segment in bar.segments)
        assert down == pytest.approx(chart.axes.down(bar.total), abs=0.05)
        assert down >= 0


@pytest.mark.parametrize(
    ("first", "last", "named", "on_a_phone"),
    [
        (2020, 2020, [2020], [2020]),
        (2017, 2022, [2017, 2018, 2019, 2020, 2021, 2022], [2017, 2018, 2019, 2020, 2021, 2022]),
        (2010, 2020, list(range(2010, 2021)), [2010, 2012, 2014, 2016, 2018, 2020]),
        (1981, 2025, [1985, 1990, 1995, 2000, 2005, 2010, 2015, 2020, 2025], [1990, 2000, 2010, 2020]),
        (1920, 2026, list(range(1920, 2021, 10)), [1920, 1940, 1960, 1980, 2000, 2020]),
        (1, 9999, list(range(1000, 9001, 1000)), [2000, 4000, 6000, 8000]),
    ],
)
def test_round_years_are_named_and_fewer_on_a_phone(
    first: int, last: int, named: list[int], on_a_phone: list[int]
) -> None:
    years = bar_chart({first: {"a": 1}, last: {"a": 1}}, ["a"]).axes.years
    assert [tick.value for tick in years] == named
    assert [tick.value for tick in years if tick.major] == on_a_phone
    assert all(0 <= tick.at <= 100 for tick in years)


@pytest.mark.parametrize(
    ("highest", "levels"),
    [
        (1, [0, 1]),
        (9, [0, 2, 4, 6, 8, 10]),
        (10, [0, 2, 4, 6, 8, 10]),
        (11, [0, 5, 10, 15]),
        (26_000, [0, 10_000, 20_000, 30_000]),
    ],
)
def test_the_levels_are_round_and_reach_over_the_highest_bar(highest: int, levels: list[int]) -> None:
    assert [tick.value for tick in bar_chart({2000: {"a": highest}}, ["a"]).axes.levels] == levels


def test_a_single_year_is_a_bar_and_not_a_wall() -> None:
    [bar] = bar_chart({2000: {"a": 5}}, ["a"]).bars
    assert (bar.left, bar.width) == (47.5, 5.0)


def test_thin_bars_do_not_touch() -> None:
    bars = bar_chart({year: {"a": 1} for year in range(1920, 2027)}, ["a"]).bars
    assert all(left.left + left.width < right.left for left, right in pairwise(bars))


def test_lines_share_their_axes() -> None:
    chart = line_chart({"reported": [(2004.5, 100), (2000, 20)], "recorded": [(2000, 10)]}, height=100)
    assert (chart.axes.first, chart.axes.last, chart.axes.top) == (2000, 2004, 100)
    reported, recorded = chart.lines
    assert reported.points == (Point(2000, 20, 0.0, 80.0), Point(2004.5, 100, 90.0, 0.0))
    assert (reported.path, reported.last.value, recorded.path) == ("0,80 90,0", 100, "0,90")


def test_a_line_fits_beside_bars_of_the_same_years() -> None:
    bars = bar_chart({1981: {"a": 3}, 2025: {"a": 4}}, ["a"])
    [line] = line_chart({"all": [(1981.5, 3), (2025.5, 7)]}, bars.axes.first, bars.axes.last).lines
    middles = [bar.left + bar.width / 2 for bar in bars.bars]
    assert [point.across for point in line.points] == pytest.approx(middles, abs=0.01)


def test_a_line_of_nothing_has_room() -> None:
    chart = line_chart({"all": [(2000, 0)]})
    assert (chart.axes.top, chart.lines[0].last.down) == (1, chart.axes.height)
