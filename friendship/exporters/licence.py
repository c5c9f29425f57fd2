"""Under which licence the register is given away."""

from __future__ import annotations

from typing import NamedTuple


class Licence(NamedTuple):
    """A licence: its name, its SPDX identifier, and the address of its text."""

    name: str
    identifier: str
    url: str


#: Of the compilation. It is that of GeoNames as well, from which many coordinates come; quotes stay their sources’ own.
LICENCE = Licence("CC BY 4.0", "CC-BY-4.0", "https://creativecommons.org/licenses/by/4.0/")
