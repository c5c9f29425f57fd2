"""How often a measurement asks."""

from __future__ import annotations

from dataclasses import dataclass

from bench.load import LEAST


@dataclass(frozen=True)
class Effort:
    """Requests for each kind of question: ``ours`` on our side, ``theirs`` on Datasette’s, which takes seconds."""

    ours: int = 120
    theirs: int = 30

    @property
    def counts(self) -> bool:
        """Whether figures made so may stand in the report."""
        return self.ours >= LEAST

    @property
    def warm(self) -> int:
        """Requests for answers that take a millisecond or less, as far as there is time for them."""
        return 60 * self.ours
