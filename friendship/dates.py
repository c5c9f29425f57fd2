"""Dates of which only the year, or the year and month, may be known.

Written as ISO 8601 with reduced precision (EDTF level 0): ``1982``, ``1982-10``, ``1982-10-03``.
"""

from __future__ import annotations

import datetime
import re
import unicodedata
from dataclasses import dataclass

from django.utils import timezone
from django.utils.translation import get_language, gettext

_WRITTEN = re.compile(
    r"(?P<year>\d{1,4})"
    r"(?:\s*[-./年]\s*(?P<month>\d{1,2})"
    r"(?:\s*[-./月]\s*(?P<day>\d{1,2})\s*日?|\s*月)?|\s*年)?"
)
_ENGLISH_MONTHS = ("January February March April May June July August September October November December").split()


def latest_year() -> int:
    """The last year that a date may name: ties are agreed for next year at most."""
    return timezone.localdate().year + 1


def fault_of_year(year: int | None) -> str:
    """Why no date may name the year, in words that follow the name of its field; nothing where one may."""
    latest = latest_year()
    if year is None or year <= latest:
        return ""
    return gettext("the year must not lie after %(latest)d.") % {"latest": latest}


@dataclass(frozen=True)
class PartialDate:
    """A calendar date known to the year, the month or the day.

    Raises ``ValueError`` when the parts do not make a date: a day without a month, or 30 February.
    """

    year: int
    month: int | None = None
    day: int | None = None

    def __post_init__(self) -> None:
        if self.day is not None and self.month is None:
            raise ValueError(gettext("A day needs a month."))
        try:
            datetime.date(self.year, 1 if self.month is None else self.month, 1 if self.day is None else self.day)
        except ValueError:
            raise ValueError(gettext("This date does not exist in the calendar.")) from None

    @classmethod
    def parse(cls, text: str) -> PartialDate:
        """Read ``1982``, ``1982-10``, ``1982-10-03``, ``1982.10.3``, ``1982/10/3`` or ``1982年10月3日``.

        Full-width digits are read as digits. Raises ``ValueError`` with a message for the reader.
        """
        match = _WRITTEN.fullmatch(unicodedata.normalize("NFKC", text).strip())
        if match is None:
            raise ValueError(gettext("Write the date as 1982, 1982-10 or 1982-10-03."))
        month, day = (int(part) if part else None for part in match.group("month", "day"))
        return cls(int(match["year"]), month, day)

    @classmethod
    def of(cls, year: int | None, month: int | None, day: int | None) -> PartialDate | None:
        """The date in three columns, or None where no year is known."""
        return None if year is None else cls(year, month, day)

    @property
    def parts(self) -> tuple[int, int | None, int | None]:
        """Year, month and day as they are stored."""
        return self.year, self.month, self.day

    @property
    def iso(self) -> str:
        """ISO 8601 with only the precision that is known."""
        text = f"{self.year:04d}"
        if self.month is not None:
            text += f"-{self.month:02d}"
        if self.day is not None:
            text += f"-{self.day:02d}"
        return text

    def is_after(self, other: PartialDate) -> bool:
        """Whether this date is surely later than ``other``; parts unknown on either side prove nothing."""
        for mine, theirs in zip(self.parts, other.parts, strict=True):
            if mine is None or theirs is None:
                return False
            if mine != theirs:
                return mine > theirs
        return False

    def __str__(self) -> str:
        """The date as the active language writes it: 1982年10月3日, 3 October 1982."""
        if (get_language() or "").startswith("zh"):
            return self._chinese()
        return self._english()

    def _chinese(self) -> str:
        text = f"{self.year}年"
        if self.month is not None:
            text += f"{self.month}月"
        if self.day is not None:
            text += f"{self.day}日"
        return text

    def _english(self) -> str:
        words = [str(self.day)] if self.day is not None else []
        if self.month is not None:
            words.append(_ENGLISH_MONTHS[self.month - 1])
        return " ".join([*words, str(self.year)])
