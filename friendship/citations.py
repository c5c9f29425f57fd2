"""How to cite a record of the register: GB/T 7714—2025, APA (7th edition) and BibTeX."""

from __future__ import annotations

import datetime
from dataclasses import dataclass

_LATEX = str.maketrans(
    {
        "\\": r"\textbackslash{}",
        "{": r"\{",
        "}": r"\}",
        "#": r"\#",
        "$": r"\$",
        "%": r"\%",
        "&": r"\&",
        "_": r"\_",
        "~": r"\textasciitilde{}",
        "^": r"\textasciicircum{}",
    }
)
_URL = str.maketrans({"\\": "%5C", "{": "%7B", "}": "%7D", " ": "%20"})
_MONTHS = "January February March April May June July August September October November December".split()


@dataclass(frozen=True)
class Record:
    """A record of the register, as a reader saw it on the day ``accessed``. ``key`` is its BibTeX name, in ASCII."""

    key: str
    title: str
    register: str
    url: str
    updated: datetime.date
    accessed: datetime.date

    @property
    def gb_t_7714(self) -> str:
        """After GB/T 7714—2025: a part of a database online, with the days of its last change and of access."""
        return f"{self.title}[DB/OL]//{self.register}. （{self.updated}）[{self.accessed}]. {self.url}."

    @property
    def apa(self) -> tuple[str, str, str]:
        """After APA 7: an entry of a reference work without an author, whose content may change.

        The middle part is the work's name, which stands in italics.
        """
        updated = f"{self.updated.year}, {_day(self.updated)}"
        accessed = f"{_day(self.accessed)}, {self.accessed.year}"
        return f"{self.title}. ({updated}). In ", self.register, f". Retrieved {accessed}, from {self.url}"

    @property
    def bibtex(self) -> str:
        """An entry for BibTeX and biblatex in UTF-8; the second braces keep the capitals of names."""
        fields = {
            "title": f"{{{{{self.title.translate(_LATEX)}}}}}",
            "howpublished": f"{{{self.register.translate(_LATEX)}}}",
            "year": f"{{{self.updated.year}}}",
            "month": _MONTHS[self.updated.month - 1][:3].lower(),
            "url": f"{{{self.url.translate(_URL)}}}",
            "urldate": f"{{{self.accessed}}}",
        }
        lines = "".join(f"  {name} = {value},\n" for name, value in fields.items())
        return f"@misc{{{self.key},\n{lines}}}"


def _day(date: datetime.date) -> str:
    return f"{_MONTHS[date.month - 1]} {date.day}"
