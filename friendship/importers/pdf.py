"""Printed documents (PDF): their text layer, line by line as printed, in the characters that people type.

pypdf reads them: on pages of Chromium, LibreOffice, WeasyPrint and ReportLab it kept every row of a table together,
which pdfminer.six takes apart column by column, and it limits what a stream may unpack to. What it takes in time and
memory is limited here from outside, by a process of its own.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
import unicodedata
from pathlib import Path

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from friendship.importers.prose import MAX_CHARACTERS, refuse_long
from friendship.importers.records import Unreadable

#: A yearbook has 800 pages; a page of text takes some 10 ms.
MAX_PAGES = 1_000
#: Of a processor; and on the clock, where many ask at once.
MAX_SECONDS = 20
_MAX_WAITING = 60
#: The interpreter takes 100 MB of addresses and the file 50 MB; books were read in 200 MB.
MAX_MEMORY = 1_000_000_000

_PROCESS = Path(__file__).with_name("pdf_process.py")

#: The radicals that have their own place in Unicode look like the characters, fonts share the drawing, and Chromium
#: writes the first code that has it: 友好城市⼯作, which no search finds. Unicode gives the character that is meant for
#: each, as ``NFKC`` (U+2F00 to U+2FD5) or as ``Equivalent_Unified_Ideograph`` (U+2E81 to U+2EF3).
_KANGXI = {code: unicodedata.normalize("NFKC", chr(code)) for code in range(0x2F00, 0x2FD6)}
_SUPPLEMENT = dict(
    zip(
        "⺁⺂⺃⺄⺅⺆⺇⺈⺉⺊⺋⺌⺍⺎⺏⺐⺑⺒⺓⺔⺕⺖⺗⺘⺙⺛⺜⺝⺞⺟⺠⺡⺢⺣⺤⺥⺦⺧⺨⺩⺪⺫⺬⺭⺮⺯⺰⺱⺲⺳⺴⺵⺶⺷⺸⺹⺺"
        "⺻⺼⺽⺾⺿⻀⻁⻂⻃⻄⻅⻆⻇⻈⻉⻊⻋⻌⻍⻎⻏⻐⻑⻒⻓⻔⻕⻖⻗⻘⻙⻚⻛⻜⻝⻞⻟⻠⻡⻢⻣⻤⻥⻦⻧⻨⻩⻪⻫⻬⻭⻮⻯⻰⻱⻲⻳",
        "厂乛乚乙亻冂𠘨刀刂卜㔾小小兀尣尢𡯂巳幺彑彐忄心扌攵旡日月歺母民氵氺灬爫爫丬牛犭王𤴔目示礻𥫗糹纟罓罒㓁冗𦉫羊𦍌𦍋耂肀"
        "聿肉𦥑艹艹艹虎衤覀西见角𧢲讠贝𧾷车辶辶辶邑钅長镸长门𨸏阝雨青韦页风飞食𩙿飠饣𩠐马骨鬼鱼鸟卤麦黄黾斉齐歯齿竜龙龜亀龟",
        strict=True,
    )
)
#: In simplified Chinese this radical is drawn as 户.
_CHARACTERS = str.maketrans({**{chr(code): to for code, to in _KANGXI.items()}, **_SUPPLEMENT, "⼾": "户"})

#: A line that is stretched to the width of its column, with a gap beside every character.
_STRETCHED = re.compile(r"(?<!\S)\S(?: \S){3,}(?!\S)")
_CHINESE = re.compile("[\u3000-\u303f\u3400-\u9fff\uff01-\uff5e]")


#: What the process says, and what is said to the reader.
_REFUSALS = {
    "damaged": gettext_noop("The PDF is damaged. Open it in a browser, print it as a PDF and choose that file."),
    "locked": gettext_noop("The PDF is locked with a password. Open it, print it as a PDF and choose that file."),
    "pages": gettext_noop("The PDF has more than %(pages)s pages. Take out those that tell of ties."),
    "picture": gettext_noop(
        "The PDF has no text layer: its pages are pictures. Let a program recognise the characters (OCR), check them, "
        "and paste the text."
    ),
    "fonts": gettext_noop(
        "The PDF does not say which characters its fonts draw. Copy its text and paste it; where that gives nothing "
        "readable either, let a program recognise the characters (OCR)."
    ),
    "costly": gettext_noop(
        "The PDF takes too much time or memory to read. Copy the part that tells of ties and paste it."
    ),
}


def text(content: bytes) -> str:
    """The lines of all pages in the order in which they were set. Raises ``Unreadable``.

    Nothing tells the heads and numbers of pages from the text, so they stay.
    """
    found = _found(content)
    refusal = found.get("refused")
    if refusal == "long":
        refuse_long()
    if refusal:
        raise Unreadable(_(_REFUSALS[refusal]) % {"pages": f"{MAX_PAGES:,}"})
    return as_typed(found["text"])


def _found(content: bytes) -> dict[str, str]:
    """What the process found: ``text``, or for which reason it ``refused``."""
    limits = map(str, (MAX_SECONDS, MAX_MEMORY, MAX_PAGES, 2 * MAX_CHARACTERS))
    try:
        done = subprocess.run(  # noqa: S603 (no part of it comes from outside)
            [sys.executable, "-I", str(_PROCESS), *limits],
            input=content,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={},
            timeout=_MAX_WAITING,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return {"refused": "costly"}
    if done.returncode < 0:  # stopped at its limits
        return {"refused": "costly"}
    done.check_returncode()
    found: dict[str, str] = json.loads(done.stdout)
    return found


def as_typed(text: str) -> str:
    """Radicals as the characters that they are drawn like, and stretched lines without their gaps."""
    return _STRETCHED.sub(_closed, text.translate(_CHARACTERS))


def _closed(stretched: re.Match[str]) -> str:
    """Without gaps where it is Chinese; a row of figures stays."""
    characters = stretched[0].split(" ")
    is_chinese = 3 * sum(map(bool, map(_CHINESE.match, characters))) > len(characters)
    return "".join(characters) if is_chinese else stretched[0]
