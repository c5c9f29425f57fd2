"""A list of ties as a program walks through it: its keys from the columns, by their numbers or from a row on."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from django.db import router

from friendship import state
from friendship.models import Relationship
from friendship.models.places import is_chinese
from friendship.queries import keyset
from friendship.queries.columns import Made
from friendship.queries.criteria import Criteria, order_of
from friendship.queries.keyset import Column, Part, Position
from friendship.queries.relationships import relationships
from friendship.queries.selections import selected
from friendship.queries.values import values_of_ties


class TieParts:
    """The keys of the ties that answer a question, sorted: ``keyset.Parts``, of one moment."""

    def __init__(self, criteria: Criteria) -> None:
        """Find the rows."""
        self._criteria = criteria
        self._chosen = selected(criteria)
        self.columns = [Column.of(term) for term in order_of(criteria.sort)]

    def __len__(self) -> int:
        """How many there are."""
        return len(self._chosen)

    def __getitem__(self, part: slice) -> Sequence[int]:
        """The keys from one number to another, in the order that was asked for and the active language."""
        stop = len(self) if part.stop is None else part.stop
        found = self._chosen.page(part.start or 0, stop, chinese=is_chinese())
        keys: list[int] = self._chosen.columns.ids[found].tolist()
        return keys

    def kept(self, key: object, make: Callable[[], Made]) -> Made:
        """What was made of the register as it is now before, or is made now."""
        return self._chosen.columns.kept(key, make)

    def is_current(self) -> bool:
        """Whether the server that this request reads from still holds what the list was made of."""
        return state.state(router.db_for_read(Relationship)) == self._chosen.columns.state

    def part_after(self, position: Position | None, size: int) -> Part:
        """The first rows behind a position, or of the whole list."""
        start = 0 if position is None else self._number(position, behind=True)
        if start is None:
            return keyset.part_after(relationships(self._criteria), position, size)
        keys = self[start : start + size + 1]
        return Part(self._positions(keys[:size]), has_before=position is not None, has_after=len(keys) > size)

    def part_before(self, position: Position, size: int) -> Part:
        """The last rows ahead of a position, in the order of the list."""
        stop = self._number(position, behind=False)
        if stop is None:
            return keyset.part_before(relationships(self._criteria), position, size)
        keys = self[max(stop - size, 0) : stop]
        return Part(self._positions(keys), has_before=stop > size, has_after=True)

    def _number(self, position: Position, *, behind: bool) -> int | None:
        """How many rows lie ahead of a position, itself among them or not; None where its row stands elsewhere now.

        The columns know where a row stands, not where one would: that a position is left behind by its row is rare.
        """
        key = position[-1]
        if [keyset.written(held) for _key, held in self._positions([key])] != [position]:
            return None
        rank = self._chosen.columns.rank(key, self._criteria.sort, is_chinese())
        return None if rank is None else self._chosen.among_first(rank + behind, chinese=is_chinese())

    def _positions(self, keys: Sequence[int]) -> list[tuple[int, Position]]:
        """The keys with the values by which their rows are sorted; a row that has gone meanwhile is left out."""
        held = {row[-1]: row for row in values_of_ties(keys, tuple(column.name for column in self.columns))}
        return [(key, held[key]) for key in keys if key in held]
