"""Lists as programs walk through them: their keys from the columns, by their numbers or from a row on."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from functools import cached_property
from typing import Any

import numpy as np
from django.conf import settings
from django.db import router
from django.db.models import QuerySet

from friendship import state
from friendship.models import Relationship
from friendship.models.places import is_chinese
from friendship.queries import keyset
from friendship.queries.columns import Made, Whole, current
from friendship.queries.criteria import Criteria, order_of
from friendship.queries.keyset import Column, Part, Position
from friendship.queries.place_listings import answering
from friendship.queries.places import PlaceCriteria, all_places
from friendship.queries.prepared import Values
from friendship.queries.relationships import relationships
from friendship.queries.selections import selected
from friendship.queries.values import values_of_published_places, values_of_ties

#: The order of the reference list; as every position does, it ends with a key.
_BY_SLUG = ("slug", "pk")
#: So many places are sorted in less time than it takes to look for them among a million that are.
_FEW = 30_000


class ColumnParts(ABC):
    """The keys of a list that the columns hold: ``keyset.Parts``, of one moment."""

    #: The order of the list.
    columns: list[Column]

    @abstractmethod
    def __len__(self) -> int:
        """How many rows there are."""

    @abstractmethod
    def __getitem__(self, part: slice) -> Sequence[int]:
        """The keys from one number to another."""

    @abstractmethod
    def _rows(self) -> QuerySet[Any]:
        """The same list, asked of the database."""

    @abstractmethod
    def _among_first(self, key: int, behind: int) -> int | None:
        """How many rows of the list stand before a key, and ``behind`` more; None where there is no such key."""

    @abstractmethod
    def _values(self, keys: Sequence[int], names: tuple[str, ...]) -> list[Values]:
        """The columns of the rows with these keys, in no particular order."""

    def part_after(self, position: Position | None, size: int) -> Part:
        """The first rows behind a position, or of the whole list."""
        start = 0 if position is None else self._number(position, behind=1)
        if start is None:
            return keyset.part_after(self._rows(), position, size)
        keys = self[start : start + size + 1]
        return self._part(keys[:size], has_before=position is not None, has_after=len(keys) > size)

    def part_before(self, position: Position, size: int) -> Part:
        """The last rows ahead of a position, in the order of the list."""
        stop = self._number(position, behind=0)
        if stop is None:
            return keyset.part_before(self._rows(), position, size)
        keys = self[max(stop - size, 0) : stop]
        return self._part(keys, has_before=stop > size, has_after=True)

    def _part(self, keys: Sequence[int], *, has_before: bool, has_after: bool) -> Part:
        ends = self._ends(keys) if has_before or has_after else None
        return Part([*keys], ends, has_before, has_after)

    def _ends(self, keys: Sequence[int]) -> tuple[Position, Position] | None:
        positions = self._positions([*keys[:1], *keys[-1:]])
        if len(positions) < 2:  # one of the two has gone meanwhile
            positions = self._positions(keys)
        return (positions[0], positions[-1]) if positions else None

    def _number(self, position: Position, behind: int) -> int | None:
        """How many rows lie ahead of a position, itself among them or not; None where its row stands elsewhere now.

        The columns know where a row stands, not where one would: that a position is left behind by its row is rare.
        """
        key = position[-1]
        if [keyset.written(held) for held in self._positions([key])] != [position]:
            return None
        return self._among_first(key, behind)

    def _positions(self, keys: Sequence[int]) -> list[Position]:
        """The values by which the rows with these keys are sorted; a row that has gone meanwhile is left out."""
        held = {row[-1]: row for row in self._values(keys, tuple(column.name for column in self.columns))}
        return [held[key] for key in keys if key in held]


class TieParts(ColumnParts):
    """The ties that answer a question, sorted."""

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
        """Whether the server that this request reads from still holds what the list was made of, or what came after."""
        if len(settings.DATABASES) == 1:
            return True
        return state.state(router.db_for_read(Relationship)) == self._chosen.columns.state

    def _rows(self) -> QuerySet[Any]:
        return relationships(self._criteria)

    def _among_first(self, key: int, behind: int) -> int | None:
        rank = self._chosen.columns.rank(key, self._criteria.sort, is_chinese())
        return None if rank is None else self._chosen.among_first(rank + behind, chinese=is_chinese())

    def _values(self, keys: Sequence[int], names: tuple[str, ...]) -> list[Values]:
        return values_of_ties(keys, names)


class PlaceParts(ColumnParts):
    """The places of the reference list that answer a question, whether or not a tie names them, by slug."""

    def __init__(self, criteria: PlaceCriteria) -> None:
        """Find the rows."""
        self._criteria = criteria
        self.columns = [Column.of(term) for term in _BY_SLUG]

    def __len__(self) -> int:
        """How many there are."""
        return len(self._keys)

    def __getitem__(self, part: slice) -> Sequence[int]:
        """The keys from one number to another."""
        keys: list[int] = self._keys[part].tolist()
        return keys

    @cached_property
    def _keys(self) -> Whole:
        columns = current()
        within = answering(columns, self._criteria)
        if within is not None and np.count_nonzero(within) <= _FEW:
            found = np.flatnonzero(within)
            found = found[np.argsort(columns.ranks(False)[found])]
        else:
            found = columns.kept("places by slug", lambda: np.argsort(columns.ranks(False)).astype(np.int32))
            found = found if within is None else found[within.take(found)]
        keys: Whole = columns.place_ids[found]
        return keys

    def _rows(self) -> QuerySet[Any]:
        return all_places(self._criteria).order_by(*_BY_SLUG)

    def _among_first(self, key: int, behind: int) -> int | None:
        found = np.flatnonzero(self._keys == key)
        return int(found[0]) + behind if len(found) else None

    def _values(self, keys: Sequence[int], names: tuple[str, ...]) -> list[Values]:
        return values_of_published_places(keys, names)
