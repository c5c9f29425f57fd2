"""The picture that a shared link shows: names, type and date, and the way between two places on a small world.

Drawn from plain data, 1200 × 630 pixels, in the light colours of static/css/tokens.css.
"""

from __future__ import annotations

import io
import re
from dataclasses import dataclass
from functools import lru_cache
from hashlib import sha256
from itertools import accumulate

from django.conf import settings
from PIL import Image, ImageDraw

from friendship import lettering, projection
from friendship.enums import RelationshipType
from friendship.projection import LatLon, Point

WIDTH, HEIGHT = 1200, 630
COLOURS = {
    "paper": "#faf7f0",
    "ink": "#211e1a",
    "ink-soft": "#5b544a",
    "hairline": "#ddd4c2",
    "vermilion": "#a62f20",
    "bamboo": "#35623f",
    "indigo": "#3b5478",
    "ochre": "#7a5413",
}
#: The colours of static/css/register.css.
TYPE_COLOURS = {
    RelationshipType.SISTER: "vermilion",
    RelationshipType.COOPERATION: "bamboo",
    RelationshipType.EXCHANGE: "indigo",
    RelationshipType.INTENT: "ochre",
    RelationshipType.OTHER: "ink-soft",
}

_MARGIN = 64
_FINER = 3  # the world is drawn so many times larger: Pillow draws no smooth lines
_WORLD = (600, 176, 536, 279)  # left, top, width and height
_SIZES = (88, 76, 64, 52, 42, 34)
_COLUMN = _WORLD[0] - _MARGIN - 16
_PALETTE = 96
#: Part of a picture's tag for caches: raise it when the drawing changes.
EDITION = 1


@dataclass(frozen=True)
class Title:
    """A name, with the one in the other language under it."""

    text: str
    under: str = ""


@dataclass(frozen=True)
class Way:
    """A tie on the map; its type gives the colour."""

    start: LatLon
    end: LatLon
    type: str


@dataclass(frozen=True)
class Card:
    """What a picture says: the register’s name, one or two titles, two notes at the foot, and ties on the world."""

    register: str
    titles: tuple[Title, ...]
    left: str
    right: str = ""
    type: str = ""
    ways: tuple[Way, ...] = ()


def tag(card: Card) -> str:
    """An ETag: the same for the same picture."""
    return f'"{sha256(f"{EDITION} {card}".encode()).hexdigest()[:32]}"'


def draw(card: Card) -> bytes:
    """The card as PNG."""
    image = _ground().copy()
    _draw_ways(image, card.ways)
    pen = ImageDraw.Draw(image)
    lettering.write(pen, (_MARGIN + 84, 100), card.register, 32, COLOURS["ink"])
    _write_titles(pen, card.titles)
    _write_foot(pen, card)
    return _png(image)


def _png(image: Image.Image) -> bytes:
    file = io.BytesIO()
    few = image.quantize(_PALETTE, method=Image.Quantize.FASTOCTREE, dither=Image.Dither.NONE)
    few.save(file, "PNG", optimize=True)
    return file.getvalue()


def _write_titles(pen: ImageDraw.ImageDraw, titles: tuple[Title, ...]) -> None:
    baselines = (236, 414) if len(titles) > 1 else (316,)
    if len(titles) > 1:
        pen.line([(_MARGIN, 313), (_MARGIN + 56, 313)], COLOURS["vermilion"], 3)
    for title, baseline in zip(titles, baselines, strict=True):
        text, size = _fitted(title.text, _SIZES)
        lettering.write(pen, (_MARGIN, baseline), text, size, COLOURS["ink"])
        under, size = _fitted(title.under, (32, 26))
        lettering.write(pen, (_MARGIN, baseline + 50), under, size, COLOURS["ink-soft"])


def _write_foot(pen: ImageDraw.ImageDraw, card: Card) -> None:
    pen.line([(_MARGIN, 506), (WIDTH - _MARGIN, 506)], COLOURS["hairline"], 2)
    x = _MARGIN
    if card.type:
        pen.ellipse([x, 544, x + 18, 562], COLOURS[TYPE_COLOURS[RelationshipType(card.type)]])
        x += 34
    lettering.write(pen, (x, 565), card.left, 34, COLOURS["ink"])
    x = WIDTH - _MARGIN - round(lettering.width(card.right, 28))
    lettering.write(pen, (x, 565), card.right, 28, COLOURS["ink-soft"])


def _fitted(text: str, sizes: tuple[int, ...]) -> tuple[str, int]:
    """The text in the largest size that fits its column, cut where even the smallest does not."""
    for size in sizes:
        if lettering.width(text, size) <= _COLUMN:
            return text, size
    while lettering.width(text + "…", sizes[-1]) > _COLUMN:
        text = text[:-1]
    return text + "…", sizes[-1]


# --- the world ------------------------------------------------------------------------------------------------------


@lru_cache(maxsize=1)
def _ground() -> Image.Image:
    """What all cards share: paper, seal and land."""
    image = Image.new("RGB", (WIDTH, HEIGHT), COLOURS["paper"])
    pen = ImageDraw.Draw(image)
    pen.rounded_rectangle([_MARGIN, 56, _MARGIN + 64, 120], 8, COLOURS["vermilion"])
    lettering.write(pen, (_MARGIN + 8, 106), "友", 48, COLOURS["paper"])
    svg = (settings.BASE_DIR / "static" / "build" / "land.svg").read_text("utf-8")
    [land] = re.findall(r'id="land" d="([^"]+)"', svg)
    sheet, pencil = _sheet()
    for piece in land.split("M")[1:]:
        pencil.polygon(_outline(piece), 255)
    _ink(image, sheet, COLOURS["hairline"])
    return image


def _draw_ways(image: Image.Image, ways: tuple[Way, ...]) -> None:
    """Type by type, sister ties last and so on top; a single tie is drawn with a bold line."""
    stroke, radius = (4, 6) if len(ways) == 1 else (2, 3)
    for kind, colour in reversed(TYPE_COLOURS.items()):
        if alike := [way for way in ways if way.type == kind]:
            sheet, pencil = _sheet()
            for way in alike:
                _draw_way(pencil, way, stroke * _FINER, radius * _FINER)
            _ink(image, sheet, COLOURS[colour])


def _draw_way(pencil: ImageDraw.ImageDraw, way: Way, stroke: int, radius: int) -> None:
    for piece in _pieces(projection.arc(way.start, way.end)):
        pencil.line(piece, 255, stroke, joint="curve")
    for x, y in (_finer(projection.project(end)) for end in (way.start, way.end)):
        pencil.ellipse([x - radius, y - radius, x + radius, y + radius], 255)


def _sheet() -> tuple[Image.Image, ImageDraw.ImageDraw]:
    """A mask over the world, and what draws on it."""
    sheet = Image.new("L", (_WORLD[2] * _FINER, _WORLD[3] * _FINER))
    return sheet, ImageDraw.Draw(sheet)


def _ink(image: Image.Image, sheet: Image.Image, colour: str) -> None:
    image.paste(colour, _WORLD[:2], sheet.reduce(_FINER))


def _outline(piece: str) -> list[Point]:
    """One outline of static/build/land.svg: a point, and from there on the steps to the next."""
    numbers = [float(number) for number in re.findall(r"-?[\d.]+", piece)]
    return [_finer(point) for point in zip(accumulate(numbers[::2]), accumulate(numbers[1::2]), strict=True)]


def _pieces(path: str) -> list[list[Point]]:
    """The lines of SVG path data that knows only M and L."""
    return [
        [_finer((float(x), float(y))) for x, y in re.findall(r"([\d.-]+),([\d.-]+)", piece)]
        for piece in path.split("M")[1:]
    ]


def _finer(point: Point) -> Point:
    scale = _WORLD[2] * _FINER / projection.WIDTH
    return point[0] * scale, point[1] * scale
