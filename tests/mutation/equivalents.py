"""Mutants that do the same as the program, so that no test can tell them from it: each with its reason."""

from __future__ import annotations

_EXISTS = "datetime.date(self.year, 1 if self.month is None else self.month, 1 if self.day is None else self.day)"
_ZIPPED = "for mine, theirs in zip(self.parts, other.parts, strict=True):"
_SPELT = "spelt = (normalise(part) for part in lazy_pinyin(name, style=Style.NORMAL, v_to_u=False))"

#: By file, the text as it was, and as it is.
EQUIVALENTS: dict[tuple[str, str, str], str] = {
    (
        "friendship/dates.py",
        _EXISTS,
        _EXISTS.replace("1 if self.month", "2 if self.month"),
    ): "every year has a February as well as a January",
    (
        "friendship/dates.py",
        _EXISTS,
        _EXISTS.replace("1 if self.day", "2 if self.day"),
    ): "every month has a second day as well as a first",
    **{
        ("friendship/dates.py", _ZIPPED, _ZIPPED.replace("strict=True", strict)): "both have three parts, always"
        for strict in ("strict=None", "strict=False", "")
    },
    (
        "friendship/dates.py",
        "return mine > theirs",
        "return mine >= theirs",
    ): "they differ, as the line before has asked",
    (
        "friendship/dates.py",
        'if (get_language() or "").startswith("zh"):',
        'if (get_language() or "XXXX").startswith("zh"):',
    ): "neither begins with zh",
    **{
        ("friendship/names.py", _SPELT, _SPELT.replace("v_to_u=False", value)): "pypinyin does that by itself"
        for value in ("v_to_u=None", "")
    },
    ("friendship/names.py", _SPELT, _SPELT.replace("style=Style.NORMAL, ", "")): "it writes no tones by itself either",
    (
        "friendship/names.py",
        "words[plain] = None",
        'words[plain] = ""',
    ): "only the keys count: a dictionary stands for a set in order",
}
