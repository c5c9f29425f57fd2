"""What a cell of a list may hold: a name, degrees of latitude and longitude; or the reason why it cannot be used."""

from __future__ import annotations

import re

from django.utils.translation import gettext_noop

from friendship.importers.naming import unprintable
from friendship.importers.records import Reason

#: The longest name of a place, with all that contains it, that a list needs.
LONGEST_NAME = 250
LATITUDE, LONGITUDE = 90, 180

_MISSING = gettext_noop("%(field)s is empty.")
_TOO_LONG = gettext_noop("%(field)s has more than %(limit)s characters: “%(text)s…”.")
_UNPRINTABLE = gettext_noop("%(field)s holds control characters.")
_NO_DEGREES = gettext_noop("%(field)s: “%(text)s” is no number of degrees.")
_OUT_OF_RANGE = gettext_noop("%(field)s: %(text)s is not between −%(limit)s and %(limit)s degrees.")
_HALF_A_POSITION = gettext_noop("%(field)s is empty, and its counterpart is not.")

_SHOWN = 40  # characters of what cannot be used
#: German tables write a comma.
_DEGREES = re.compile(r"[+-]?[0-9]{1,3}(?:[.,][0-9]{1,30})?")


class Unusable(Exception):
    """A row that cannot be used because of one of its cells."""

    def __init__(self, text: str, /, **parameters: object) -> None:
        self.reason = Reason(text, parameters)
        super().__init__(text)


def name(text: str, field: str) -> str:
    """The name as written, HTML and formulas included. Raises ``Unusable`` where it is missing or unprintable."""
    if not text:
        raise Unusable(_MISSING, field=field)
    if len(text) > LONGEST_NAME:
        raise Unusable(_TOO_LONG, field=field, limit=LONGEST_NAME, text=text[:_SHOWN])
    if unprintable(text):
        raise Unusable(_UNPRINTABLE, field=field)
    return text


def position(latitude: str, longitude: str, fields: tuple[str, str]) -> tuple[float, float] | tuple[None, None]:
    """Latitude and longitude in degrees, of the columns ``fields``. Raises ``Unusable`` where they are none."""
    if not latitude and not longitude:
        return None, None
    for text, field in zip((latitude, longitude), fields, strict=True):
        if not text:
            raise Unusable(_HALF_A_POSITION, field=field)
    return _degrees(latitude, fields[0], LATITUDE), _degrees(longitude, fields[1], LONGITUDE)


def _degrees(text: str, field: str, most: int) -> float:
    plain = text.replace("\u2212", "-")
    if not _DEGREES.fullmatch(plain):
        raise Unusable(_NO_DEGREES, field=field, text=text[:_SHOWN])
    degrees = float(plain.replace(",", "."))
    if abs(degrees) > most:
        raise Unusable(_OUT_OF_RANGE, field=field, text=text, limit=most)
    return degrees
