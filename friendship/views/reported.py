"""What was reported of places over time, drawn beside what is recorded: for every page that shows it."""

from __future__ import annotations

from collections.abc import Iterable

from friendship.charts import LineChart, line_chart
from friendship.queries import PlaceReport, TotalHistory

_FEWEST_POINTS = 2  # a single point is no history


def history_charts(reports: Iterable[PlaceReport]) -> dict[str, LineChart]:
    """The two lines of each history that has at least two exact totals, by the history's key."""
    histories = (history for report in reports for history in report.histories)
    return {history.key: _chart(history) for history in histories if len(history.points) >= _FEWEST_POINTS}


def _chart(history: TotalHistory) -> LineChart:
    points = history.points
    reported = [(moment, gap.reported) for moment, gap in points]
    return line_chart({"reported": reported, "recorded": [(moment, gap.recorded) for moment, gap in points]})
