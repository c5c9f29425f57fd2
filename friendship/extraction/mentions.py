"""Places in a line: Chinese ones by list, foreign ones by list and by grammar, each with what contains it.

The line is read twice. The first reading learns the names that the text itself introduces (韩国原州市), the second
knows them where they stand alone (原州).
"""

from __future__ import annotations

from dataclasses import replace

from friendship.extraction.countries import with_countries
from friendship.extraction.gazetteer import Division, Names, bare_name, gazetteer, stem
from friendship.extraction.places import ABROAD, HOME, Mention
from friendship.extraction.reader import NOTHING, Lexicon, Reader
from friendship.extraction.words import SUFFIX


def mentions(line: str) -> list[Mention]:
    """All places of ``line``, in order and without overlap; foreign ones with their country where the text tells it."""
    lexicon = _learnt(Reader(line, NOTHING).read())
    return _before_lists(line, with_countries(line, _within_lists(line, Reader(line, lexicon).read())))


def _before_lists(line: str, found: list[Mention]) -> list[Mention]:
    """群山、安山、木浦: a name that is a word as well is one before a list of places of its country."""
    told: list[Mention] = []
    for mention in found:
        end = mention.start - 1
        begin = told[-1].end if told else 0
        if mention.sign == ABROAD and line[end : end + 1] == "、" and begin < end:
            told += [
                Mention(ABROAD, start, end, line[start:end], mention.country)
                for start in range(max(begin, end - 4), end - 1)
                if any(place.country == mention.country for place in gazetteer().bare.get(line[start:end]))
            ][:1]
        told.append(mention)
    return told


def _within_lists(line: str, found: list[Mention]) -> list[Mention]:
    """A Chinese name between two foreign ones of a list is a foreign one of the same name: 安山市、利川市、杨平郡."""
    told = _sharing_parents(line, found)
    for index in range(1, len(told) - 1):
        before, here, after = told[index - 1 : index + 2]
        gaps = {line[before.end : here.start], line[here.end : after.start]}
        if (before.sign, here.sign, after.sign) == (ABROAD, HOME, ABROAD) and gaps <= {"、", "和", "及"}:
            told[index] = Mention(ABROAD, here.start, here.end, line[here.start : here.end], before.country)
    return told


def _sharing_parents(line: str, found: list[Mention]) -> list[Mention]:
    """得克萨斯州的拉雷多市、埃尔帕索市: what 的 says of the first holds for the list."""
    told: list[Mention] = []
    shared = False
    for mention in found:
        last = told[-1] if told else None
        listed = last is not None and line[last.end : mention.start] in {"、", "和", "及", "以及"}
        if (
            listed
            and shared
            and last
            and mention.sign == ABROAD
            and mention.country == last.country
            and not mention.told
        ):
            told.append(replace(mention, parent=mention.parent or last.parent))
            continue
        shared = bool(mention.parent) and f"{mention.parent}的" in line[mention.start : mention.end]
        told.append(mention)
    return told


def _learnt(found: list[Mention]) -> Lexicon:
    abroad: list[tuple[str, Mention]] = []
    home: list[tuple[str, Division]] = []
    for mention in found:
        if mention.sign == ABROAD:
            abroad += [(name, mention) for name in _forms(mention) if len(name) >= 2]
        elif mention.sign == HOME and mention.division:
            home.append((stem(mention.division.name), mention.division))
    return Lexicon(Names(abroad), Names(home))


def _forms(mention: Mention) -> set[str]:
    """How a text may name again what it has introduced: 维多利亚州, 维多利亚, 维州."""
    name = mention.name
    short = name[0] + name[-1] if len(name) >= 4 else ""
    return {name, bare_name(name), name if mention.known else SUFFIX.sub("", name), short}
