"""A measured figure beside its goal, and the table of them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True)
class Figure:
    """One measurement. ``goal`` is the most that is allowed, or the least where ``at_least``; None asks nothing."""

    what: str
    value: float
    unit: str
    goal: float | None = None
    at_least: bool = False

    @property
    def is_met(self) -> bool:
        """Whether the goal is reached."""
        if self.goal is None:
            return True
        return self.value >= self.goal if self.at_least else self.value <= self.goal

    @property
    def row(self) -> str:
        """The figure as a row of a Markdown table."""
        sign = "≥" if self.at_least else "≤"
        goal = "" if self.goal is None else f"{sign} {self.goal:,g} {self.unit}"
        met = "" if self.goal is None else ("yes" if self.is_met else "**no**")
        return f"| {self.what} | {self.value:,.1f} {self.unit} | {goal} | {met} |"


def table(figures: Iterable[Figure]) -> str:
    """The figures as a Markdown table."""
    return "\n".join(["| what | measured | goal | met |", "|---|---:|---:|---|", *(figure.row for figure in figures)])
