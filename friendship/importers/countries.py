"""Which country a text means: by Chinese, English and other names, ISO codes, former names, and parts of countries.

What the tables beside this module hold: ``country_names.csv`` names that neither the register nor CLDR has, with the
ISO code, or ``past`` for a state that is several countries today and ``unlisted`` for one without an entry in ISO
3166-1; ``parts.csv`` parts of countries that lists write into the country or behind a city’s name. In its column
``alone``, ``country`` says that the name alone tells the country, ``city`` that a city of the country has it as well.
"""

from __future__ import annotations

import csv
import pickle  # nosec B403 # (a file of the package itself)
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from types import MappingProxyType

from babel.core import get_global
from babel.localedata import resolve_locale_filename
from django.utils.translation import gettext_noop

from friendship import names, queries
from friendship.importers.records import Reason

UNKNOWN = gettext_noop("“%(text)s” is no country or region that the register knows.")
PAST = gettext_noop("“%(text)s” is not one country of today: name the present one.")
UNLISTED = gettext_noop("“%(text)s” has no entry of its own in the register’s list of countries (ISO 3166-1).")
SEVERAL = gettext_noop("“%(text)s” names more than one country or region.")
_REFUSED = MappingProxyType({"past": PAST, "unlisted": UNLISTED})

#: Countries of which the second is a territory: a text that names both means the territory.
_TERRITORIES = MappingProxyType(
    {
        "CN": "HK MO TW",
        "US": "PR GU VI AS MP UM",
        "GB": "GI BM KY VG AI MS TC FK SH PN IO GS GG JE IM",
        "FR": "RE GP MQ GF YT NC PF PM WF BL MF TF",
        "NL": "AW CW SX BQ",
        "DK": "GL FO",
        "FI": "AX",
        "NO": "SJ BV",
        "AU": "NF CX CC HM",
        "NZ": "CK NU TK",
    }
)
#: The languages in which lists of Wikipedia, Wikidata and city halls name countries.
_LANGUAGES = (
    "zh en ja ko zh_Hant zh_Hant_HK de fr es pt it nl ru uk pl cs sk sl hr sr sr_Latn bs mk bg ro hu el tr sv da nb nn "
    "fi et lv lt is ga cy ca eu gl lb mt sq be ka hy az kk ky uz tg mn vi th id ms fil km lo my hi bn ta ur ne si fa "
    "ar he sw am so af eo"
).split()

_HERE = Path(__file__).parent
_DASHES = re.compile(r"[-‐‑‒–—―－_\s]+")
_SPACED_LETTERS = re.compile(r"(?<=\b[a-z]) (?=[a-z]\b)")  # U. S. A.
_SAINT = re.compile(r"\bst\b")
#: Traditional characters in the names of countries and levels.
_SIMPLIFIED = str.maketrans(
    "國臺灣門聯區縣縣韓義愛爾蘭羅亞馬紐達魯薩烏維納盧緬賓萊貝寧澤龍圖剛爭倫紹幾內奧蘇島領華廣東",
    "国台湾门联区县县韩义爱尔兰罗亚马纽达鲁萨乌维纳卢缅宾莱贝宁泽龙图刚争伦绍几内奥苏岛领华广东",
)
_SEPARATORS = re.compile(r"\s+[-–—]\s+|[,，、;；:：/|·()（）\[\]【】]")
_INVERTED = re.compile(r"\s*(.+?)\s*[,，(（]\s*(.+?)\s*[)）]?\s*")
_CODE = re.compile(r"[A-Za-z.]{1,5}")
_BRACKETS = re.compile(r"[()（）\[\]【】]")
#: What stands beside a country's name without being a part of it.
_NO_PART = re.compile(
    r"[a-z0-9?？].*|.*(?:[Rr]epublic|[Kk]ingdom|[Ff]ederation|共和国|王国|联邦|不详|未知).*|[前原现今].*"
)
#: Sichuan Province, State of New York; not New York City.
_PART_IN_ENGLISH = re.compile(
    r"^(?:province|state|territory) of "
    r"| (?:province|state|territory|municipality|(?:special )?(?:autonomous|administrative) region)$"
)
_LONGEST = 200  # no country is written in more characters

#: Chinese names of places that begin with the name of their own or another country, and are one name all the same.
_WHOLE_NAMES = tuple(
    "巴西利亚 法兰西岛 捷克布杰约维采 捷克克鲁姆洛夫 捷克利帕 捷克捷欣 捷克特热博瓦 波兰尼察 波兰尼查 多哥维尔 "
    "乌拉圭亚纳 古巴圣地亚哥 黎巴嫩山 荷兰角 印度河 日本桥 伊朗沙赫尔 海地角 中国城 突尼斯城 哥伦比亚特区".split()
)
#: What may follow a country's name without being a place of it: 墨西哥城, 卢森堡市, 哥伦比亚特区. No word is made of
#: others, and 县级 stands before 县, so that any text is divided in one way only.
_LEVEL_ONLY = re.compile(r"(?:特别行政区|首都区|大公国|共和国|特区|大区|联邦|群岛|县级|县|城|市|州|省|区|岛|港)++")
#: Two characters that tell a country for certain at the beginning of a name; longer names and those in 国 do as well.
_CERTAIN = frozenset("日本 朝鲜 越南 印尼 南非 希腊 瑞士 瑞典".split())


@dataclass(frozen=True, slots=True)
class Land:
    """A country’s ISO code and, where the text names a part of it, the part: its English name, or as written."""

    code: str
    part: str = ""


@dataclass(frozen=True, slots=True)
class Part:
    """A first-level part of a country as lists name it. ``shared``: a city of the country has the same name."""

    country: str
    name_zh: str
    name_en: str
    shared: bool


#: Each name is asked for many times over, and then no more.
normal = lru_cache(maxsize=10_000)(names.normalise)


@lru_cache(maxsize=10_000)
def key(text: str) -> str:
    """What makes two writings of a country's name equal: width, case, accents, dots, dashes, articles, 國 and 国."""
    plain = normal(text).translate(_SIMPLIFIED).replace("&", " and ").replace(".", "")
    plain = _SPACED_LETTERS.sub("", plain)
    plain = _SAINT.sub("saint", " ".join(_DASHES.sub(" ", plain).split()))
    return plain.removeprefix("the ")


class Countries:
    """The register's countries by everything that they are called; built once per import."""

    def __init__(self, rows: Iterable[tuple[str, str, str, str]]) -> None:
        """Take each country's code, Chinese name, English name and aliases, one a line."""
        listed = [(code, [zh, en, *aliases.splitlines()]) for code, zh, en, aliases in rows]
        self._codes = frozenset(code for code, _called in listed)
        own = {key(name): Land(code) for code, called in listed for name in called if name}
        iso = {key(code): Land(code) for code in self._codes} | {
            key(alias): Land(code) for alias, code in _longer_codes() if code in self._codes
        }
        known = {**iso, **own, **_further_names()}
        self._lands: dict[str, Land | Reason] = {text: land for text, land in known.items() if self._lists(land)}
        self._read: dict[str, Land | Reason] = {}
        whole = (name for name, land in self._lands.items() if isinstance(land, Land) and not land.part)
        self._han_by_start = _by_start(whole)

    @classmethod
    def known(cls) -> Countries:
        """The countries of the register, in one query."""
        return cls(queries.all_countries().values_list("code", "name_zh", "name_en", "aliases"))

    def _lists(self, land: Land | Reason) -> bool:
        return isinstance(land, Reason) or land.code in self._codes

    # --- a text that should be a country ---

    def land(self, text: str) -> Land | Reason:
        """The country that a text means, or why none; a text that names a part of a country keeps the part."""
        if text not in self._read:
            self._read[text] = self._understood(" ".join(text.split())[:_LONGEST])
        return self._read[text]

    def _understood(self, text: str) -> Land | Reason:
        found = (
            self._called(text)
            or self._called(_BRACKETS.sub(" ", text))
            or self._inverted(text)
            or self._composed(text)
            or self._behind_its_country(text)
            or Reason(UNKNOWN)
        )
        return found if isinstance(found, Land) else Reason(found.text, {"text": text})

    def _called(self, text: str) -> Land | Reason | None:
        """What is called exactly so."""
        plain = key(text.strip(" .,;:*†‡，。；："))
        return self._lands.get(plain) or self._in_other_languages(plain)

    def _in_other_languages(self, plain: str) -> Land | Reason | None:
        land = _names_in_cldr().get(plain)
        if land == Land("XK"):
            return Reason(UNLISTED)
        return land if land and land.code in self._codes else None

    def _inverted(self, text: str) -> Land | Reason | None:
        """The order of lists by letter: Korea, Republic of; Iran (Islamic Republic of)."""
        match = _INVERTED.fullmatch(text)
        return self._called(f"{match[2]} {match[1]}") if match else None

    def _composed(self, text: str) -> Land | Reason | None:
        """Several names in one text: a country twice, with its territory, or with its part."""
        pieces = [piece for piece in map(str.strip, _SEPARATORS.split(text)) if piece]
        if len(pieces) < 2:
            return None
        called = [(piece, self._called(piece)) for piece in pieces]
        if refused := next((land for _piece, land in called if isinstance(land, Reason)), None):
            return refused
        lands = [land for _piece, land in called if isinstance(land, Land)]
        return self._of_one_country(called, lands) if lands else None

    def _of_one_country(self, called: list[tuple[str, Land | Reason | None]], lands: list[Land]) -> Land | Reason:
        for code in dict.fromkeys(land.code for land in lands):
            others = [(piece, land) for piece, land in called if land != Land(code)]
            if all(self.part(code, piece) for piece, _land in others):
                return Land(code, _names_of([part for piece, _ in others if (part := self.part(code, piece))]))
        unknown = [piece for piece, land in called if land is None]
        if any(_NO_PART.fullmatch(piece) for piece in unknown):
            return Reason(UNKNOWN)
        codes = {land.code for land in lands}
        if len(codes) == 2 and (territory := _territory(codes)):
            codes = {territory}
        if len(codes) > 1:
            return Reason(SEVERAL)
        parts = [land.part for land in lands if land.part] + unknown
        return Land(codes.pop(), ", ".join(dict.fromkeys(parts)))

    def _behind_its_country(self, text: str) -> Land | None:
        """英国苏格兰, 美国加利福尼亚州."""
        found = self.leading(text)
        if found is None:
            return None
        code, rest = found
        part = self.part(code, rest)
        return Land(code, part.name_en if part else rest)

    # --- a country or its part within a place's name ---

    def named(self, text: str) -> str:
        """The code of the country or territory that is called exactly so; codes and parts of countries are none."""
        found = None if _CODE.fullmatch(text) and len(text) < 4 else self._called(text)
        return found.code if isinstance(found, Land) and not found.part else ""

    def told_by(self, text: str) -> str:
        """The code of the country that a text tells for certain, by a name of its own or of a part (Scotland)."""
        if not text or (_CODE.fullmatch(text) and len(text) < 4) or key(text) in _parts()["US"]:
            return ""
        found = self._called(text)
        return found.code if isinstance(found, Land) else ""

    def calls(self, code: str, text: str) -> bool:
        """Whether a text is a name or code of the country."""
        return self._called(text) == Land(code)

    def part(self, code: str, text: str) -> Part | None:
        """The known part of a country that a text names, in full or by its abbreviation."""
        known = _parts().get(code)
        if not known or not text:
            return None
        plain = key(text)
        return known.get(plain) or (known.get(_PART_IN_ENGLISH.sub("", plain)) if " " in plain else None)

    def related(self, code: str, other: str) -> bool:
        """Whether one of two countries is a territory of the other."""
        return _territory({code, other}) is not None

    def leading(self, text: str, code: str = "") -> tuple[str, str] | None:
        """The country at the beginning of a Chinese text, and what follows.

        Where the country is known already (``code``) any of its names is taken away; elsewhere only names that are
        not the beginning of a transcription as well (马里 is one of 马里博尔).
        """
        plain = text.translate(_SIMPLIFIED)
        if plain.startswith(_WHOLE_NAMES):
            return None
        for name in self._han_by_start.get(plain[:2], ()):
            rest = text[len(name) :].lstrip(" ·.,:，：—–-、")
            if plain.startswith(name) and _is_place(rest):
                found = self._lands[name]
                if isinstance(found, Land) and (found.code == code or (not code and _is_certain(name))):
                    return found.code, rest
        return None

    def leading_parts(self, code: str, text: str) -> list[int]:
        """The lengths of the known parts of the country with which a Chinese text begins, the longest first."""
        return [len(name) for name in _han_parts(code).get(text[:2], ()) if text.startswith(name)]


def _by_start(known: Iterable[str]) -> dict[str, list[str]]:
    """Names in Chinese by their first two characters, the longest first."""
    found: dict[str, list[str]] = {}
    for name in sorted(known, key=len, reverse=True):
        if len(name) > 1 and names.has_han(name):
            found.setdefault(name[:2], []).append(name)
    return found


def _is_certain(name: str) -> bool:
    return len(name) > 2 or name.endswith("国") or name in _CERTAIN


def _is_place(rest: str) -> bool:
    return len(rest) > 1 and names.has_han(rest[0]) and not _LEVEL_ONLY.fullmatch(rest)


def _territory(codes: set[str]) -> str | None:
    """Of two countries, the one that is a territory of the other."""
    for country, territories in _TERRITORIES.items():
        below = codes.intersection(territories.split())
        if country in codes and len(below) == 1:
            return below.pop()
    return None


def _names_of(parts: list[Part]) -> str:
    return ", ".join(dict.fromkeys(part.name_en for part in parts))


def _rows(file_name: str) -> list[dict[str, str]]:
    with (_HERE / file_name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@cache
def _further_names() -> dict[str, Land | Reason]:
    """Names that stand before those of the register: England is an alias of the United Kingdom there."""
    found: dict[str, Land | Reason] = {}
    for row in _rows("country_names.csv"):
        refused = _REFUSED.get(row["code"])
        found[key(row["name"])] = Reason(refused) if refused else Land(row["code"])
    for row in _rows("parts.csv"):
        if row["alone"] == "country":
            called = _part_names(row)
            found.update((key(name), Land(row["country"], row["name_en"])) for name in called)
    return found


@cache
def _parts() -> dict[str, dict[str, Part]]:
    found: dict[str, dict[str, Part]] = {}
    for row in _rows("parts.csv"):
        part = Part(row["country"], row["name_zh"], row["name_en"], row["alone"] == "city")
        for name in filter(None, [row["abbreviation"], *_part_names(row)]):
            found.setdefault(part.country, {})[key(name)] = part
    return found


@cache
def _han_parts(code: str) -> dict[str, list[str]]:
    return _by_start(_parts().get(code, ()))


_PART_LEVEL = re.compile("(?<=..)(?:(?:壮族|回族|维吾尔)?自治区|特别行政区|州|省|市)$")


def _part_names(row: dict[str, str]) -> Iterator[str]:
    """All names of a part, the Chinese ones without their level as well."""
    for name in (row["name_zh"], row["name_en"], *filter(None, row["aliases"].split("|"))):
        yield name
        if (short := _PART_LEVEL.sub("", name)) != name:
            yield short


def _longer_codes() -> Iterator[tuple[str, str]]:
    """ISO alpha-3 codes, and UK, with the alpha-2 code of each."""
    for alias, codes in get_global("territory_aliases").items():
        if alias.isalpha() and len(codes) == 1 and (len(alias) == 3 or alias == "UK"):
            yield alias, codes[0]


@cache
def _names_in_cldr() -> dict[str, Land]:
    """Names of countries in many languages; one that means two countries in two languages is left out."""
    found: dict[str, set[str]] = {}
    for language in _LANGUAGES:
        for code, name in _territories(language).items():
            if len(code) == 2:
                found.setdefault(key(name), set()).add(code)
    return {name: Land(codes.pop()) for name, codes in found.items() if len(codes) == 1}


def _territories(language: str) -> dict[str, str]:
    """The names of countries in a language. ``Locale`` would keep all else of all languages in memory: 80 MB."""
    with Path(resolve_locale_filename(language)).open("rb") as data:
        kept: dict[str, str] = pickle.load(data).get("territories", {})  # nosec B301 # noqa: S301 (as above)
    return kept
