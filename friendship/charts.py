"""The geometry of charts over years: what stands where, so that templates only draw it.

Across, positions are percents of the plot's width, so that a chart fills any window while its words keep their size;
down, they are pixels from the top. Each year is a band of equal width, empty years too, with its bar in the middle.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import ceil, floor

BARS_HEIGHT = 260
LINES_HEIGHT = 160
_MOST_YEARS = 12
_MOST_YEARS_ON_A_PHONE = 6
_MOST_LEVELS = 5
_BAR_OF_BAND = 0.78
_WIDEST_BAR = 5.0  # percent: a single year is a bar, not a wall


@dataclass(frozen=True)
class Tick:
    """A named value of an axis and where it stands; ``major`` ones stay where there is little room."""

    value: int
    at: float
    major: bool = True


@dataclass(frozen=True)
class Segment:
    """The part of a bar that one series fills."""

    series: str
    value: int
    top: float
    height: float


@dataclass(frozen=True)
class Bar:
    """The bar of one year, its segments from the bottom up."""

    year: int
    total: int
    left: float
    width: float
    segments: tuple[Segment, ...]


@dataclass(frozen=True)
class Point:
    """A value at a moment, and where it stands."""

    year: float
    value: float
    across: float
    down: float


@dataclass(frozen=True)
class Line:
    """The points of one series, earliest first."""

    series: str
    points: tuple[Point, ...]

    @property
    def path(self) -> str:
        """For a polyline's ``points``."""
        return " ".join(f"{point.across:g},{point.down:g}" for point in self.points)

    @property
    def last(self) -> Point:
        """Where the name of the line may stand."""
        return self.points[-1]


@dataclass(frozen=True)
class Axes:
    """A plot of ``height`` pixels: across the years from ``first`` to ``last``, down the values from ``top`` to 0."""

    height: int
    first: int
    last: int
    top: int
    step: int

    def across(self, year: float) -> float:
        """Percent of the width at a moment: 1982 is the beginning of that year's band, 1982.5 its middle."""
        return _rounded((year - self.first) / (self.last + 1 - self.first) * 100)

    def down(self, value: float) -> float:
        """Pixels from the top for a value."""
        return _rounded(self.height - value / self.top * self.height)

    @property
    def years(self) -> list[Tick]:
        """The round years to name below the plot, each at the middle of its band."""
        step = _round_step(self.last + 1 - self.first, _MOST_YEARS)
        named = range(-(-self.first // step) * step, self.last + 1, step)
        all_fit = len(named) <= _MOST_YEARS_ON_A_PHONE
        return [Tick(year, self.across(year + 0.5), all_fit or year % (2 * step) == 0) for year in named]

    @property
    def levels(self) -> list[Tick]:
        """The round values to name at the side, from 0 up."""
        return [Tick(value, self.down(value)) for value in range(0, self.top + 1, self.step)]


@dataclass(frozen=True)
class BarChart:
    """Stacked bars, one for each year that has any."""

    axes: Axes
    bars: tuple[Bar, ...]


@dataclass(frozen=True)
class LineChart:
    """Lines over years, on common axes."""

    axes: Axes
    lines: tuple[Line, ...]


def bar_chart(years: Mapping[int, Mapping[str, int]], series: Sequence[str], height: int = BARS_HEIGHT) -> BarChart:
    """Bars of the values by year and series, stacked in the order of ``series``; there must be at least one year."""
    totals = {year: sum(values.values()) for year, values in years.items()}
    axes = _axes(min(years), max(years), max(totals.values()), height)
    band = 100 / (axes.last + 1 - axes.first)
    width = _rounded(min(band * _BAR_OF_BAND, _WIDEST_BAR))
    bars = (
        Bar(
            year=year,
            total=totals[year],
            left=_rounded(axes.across(year + 0.5) - width / 2),
            width=width,
            segments=tuple(_stacked(axes, series, years[year])),
        )
        for year in sorted(years)
    )
    return BarChart(axes, tuple(bars))


def line_chart(
    lines: Mapping[str, Iterable[tuple[float, float]]],
    first: int | None = None,
    last: int | None = None,
    height: int = LINES_HEIGHT,
) -> LineChart:
    """Lines through (moment, value) pairs by series, on axes from 0; each series must have at least one.

    A moment is a year with its fraction: July 1982 is 1982.5. ``first`` and ``last`` are the years of the axis where
    it shall be wider than the data, as beside a bar chart of the same years.
    """
    known = {series: sorted(pairs) for series, pairs in lines.items()}
    moments = [year for pairs in known.values() for year, _value in pairs]
    highest = max(value for pairs in known.values() for _year, value in pairs)
    axes = _axes(
        floor(min(moments)) if first is None else first, floor(max(moments)) if last is None else last, highest, height
    )
    return LineChart(
        axes,
        tuple(
            Line(series, tuple(Point(year, value, axes.across(year), axes.down(value)) for year, value in pairs))
            for series, pairs in known.items()
        ),
    )


def _stacked(axes: Axes, series: Sequence[str], values: Mapping[str, int]) -> Iterable[Segment]:
    below = 0
    for name in series:
        value = values.get(name, 0)
        if value:
            top = axes.down(below + value)
            yield Segment(name, value, top, _rounded(axes.down(below) - top))
            below += value


def _axes(first: int, last: int, highest: float, height: int) -> Axes:
    step = _round_step(highest, _MOST_LEVELS)
    return Axes(height, first, last, top=max(ceil(highest / step), 1) * step, step=step)


def _round_step(span: float, most: int) -> int:
    """The smallest of 1, 2, 5, 10, 20, 50 … that divides a span into no more parts than ``most``."""
    unit = 1
    while True:
        for step in (unit, 2 * unit, 5 * unit):
            if span <= most * step:
                return step
        unit *= 10


def _rounded(position: float) -> float:
    return round(position, 2)
