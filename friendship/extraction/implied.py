"""Ties that a text implies without a word for a tie: exchange with places named as examples, projects brought home."""

from __future__ import annotations

import re
from collections.abc import Iterator

from friendship.extraction.places import Mention
from friendship.extraction.records import Home, Partner, Tie
from friendship.extraction.scene import Scene
from friendship.extraction.words import PLANNED

#: 与世界名人的故居地开展交流合作,比如英国斯特拉特福、俄罗斯图拉市.
_EXAMPLES = re.compile(
    r"开展(?:了)?(?:友好)?交流(?:与|和)?合作(?=[^。;HFPQ]{0,6}(?:比如|例如|譬如|包括)[^。;HFPQ]{0,16}(?:C_*)?F)"
)
#: 与德国巴伐利亚州共同推动某项目落户四川.
_PROJECT = re.compile(r"(?<=[与和同])(?P<partner>F_*)共同(?:推动|推进|促成|建设|实施)[^,;。HFPQ]{2,40}?落户(?:H_*|P_*)")


def implied(scene: Scene) -> list[Tie]:
    """The ties that the text implies, in its order."""
    return [*_examples(scene), *_projects(scene)]


def _examples(scene: Scene) -> Iterator[Tie]:
    for match in _EXAMPLES.finditer(scene.signs):
        start, end = scene.sentence_of(match.start())
        home = _home(scene, start, match.start())
        if home is None or PLANNED.search(scene.signs[start : match.start()]):
            continue
        last = match.end()
        for partner in scene.between(match.end(), end, "F"):
            if re.search(r"[。;]", scene.signs[last : partner.start]) or partner.start - last > 24:
                break
            last = partner.end
            yield _tie(
                scene, home, partner, "implied: examples", scene.line[match.start() : match.end()], explicit=True
            )


def _projects(scene: Scene) -> Iterator[Tie]:
    for match in _PROJECT.finditer(scene.signs):
        start, _ = scene.sentence_of(match.start())
        home = _home(scene, start, match.start())
        partner = scene.between(*match.span("partner"))[0]
        if home is not None:
            yield _tie(scene, home, partner, "implied: project", "", explicit=False)


def _home(scene: Scene, start: int, place: int) -> Mention | None:
    """The Chinese place of which the sentence speaks."""
    for mention in reversed(scene.between(start, place, "HP")):
        if not scene.is_elsewhere(mention) and (home := scene.resolve(mention, "H")):
            return home
    return None


def _tie(scene: Scene, home: Mention, partner: Mention, rule: str, printed: str, *, explicit: bool) -> Tie:
    division = home.division
    assert division is not None  # nosec B101 # noqa: S101 - every Chinese place of a scene has its division
    return Tie(
        home=Home(division.name, division.level, division.province, home.written),
        partner=Partner(partner.name, *scene.country_of(partner), partner.parent),
        type="exchange",
        evidence=scene.text.quote(*scene.sentence_of(partner.start)),
        rule=rule,
        explicit=explicit,
        type_as_printed=printed,
    )
