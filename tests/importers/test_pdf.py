"""Printed documents as texts: lines in their order and in characters that people type; and files made to do harm."""

from __future__ import annotations

import io
import subprocess
import sys
import zlib
from collections.abc import Iterator
from typing import Any

import pytest
from django.utils import translation
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pypdf import PdfReader, PdfWriter

from friendship.importers import documents, pdf, pdf_process
from tests.importers.refusing import LONG, MEGABYTE, refused, refused_within

DAMAGED = "The PDF is damaged. Open it in a browser, print it as a PDF and choose that file."
LOCKED = "The PDF is locked with a password. Open it, print it as a PDF and choose that file."
COSTLY = "The PDF takes too much time or memory to read. Copy the part that tells of ties and paste it."
PICTURE = (
    "The PDF has no text layer: its pages are pictures. Let a program recognise the characters (OCR), check them, "
    "and paste the text."
)
FONTS = (
    "The PDF does not say which characters its fonts draw. Copy its text and paste it; where that gives nothing "
    "readable either, let a program recognise the characters (OCR)."
)


@pytest.fixture(autouse=True)
def in_english() -> Iterator[None]:
    with translation.override("en"):
        yield


def written(*objects: bytes) -> bytes:
    """A PDF of these objects, numbered from 1, the first of which is its catalogue."""
    content, offsets = b"%PDF-1.7\n", []
    for number, inner in enumerate(objects, 1):
        offsets.append(len(content))
        content += b"%d 0 obj\n%s\nendobj\n" % (number, inner)
    entries = b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    size = len(objects) + 1
    trailer = b"trailer<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF" % (size, len(content))
    return content + b"xref\n0 %d\n0000000000 65535 f \n" % size + entries + trailer


def stream(data: bytes, entries: bytes = b"") -> bytes:
    return b"<</Length %d%s>>stream\n%s\nendstream" % (len(data), entries, data)


CATALOGUE = b"<</Type/Catalog/Pages 2 0 R>>"
LATIN = b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>"


def pages(
    contents: bytes, *, kids: int = 1, font: bytes = LATIN, form: bytes = b"", more: tuple[bytes, ...] = ()
) -> bytes:
    """A PDF of one page, so many times, that draws these contents; ``more`` are its objects from 7 on."""
    resources = b"/Resources<</Font<</F 5 0 R>>/XObject<</X 6 0 R>>>>"
    tree = b"<</Type/Pages/Count %d/Kids[%s]>>" % (kids, b"3 0 R " * kids)
    page = b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R%s>>" % resources
    drawing = stream(form, b"/Type/XObject/Subtype/Form/BBox[0 0 9 9]" + resources)
    return written(CATALOGUE, tree, page, contents, font, drawing, *more)


def showing(*lines: bytes) -> bytes:
    """What draws these lines, each a string as PDF writes it, one below the other."""
    return b"BT /F 12 Tf 50 800 Td %s ET" % b" 0 -16 Td ".join(b"%s Tj" % line for line in lines)


def page_with(*lines: str) -> bytes:
    return pages(stream(showing(*(line.encode() for line in lines))))


def chinese(encoding: bytes, *lines: bytes, table: bytes = b"") -> bytes:
    """A page in a font of Chinese characters that no PDF need bring: every reader is to have it."""
    descendant = b"<</Type/Font/Subtype/CIDFontType0/BaseFont/STSong-Light/DW 1000/CIDSystemInfo 8 0 R>>"
    system = b"<</Registry(Adobe)/Ordering(GB1)/Supplement 2>>"
    font = b"<</Type/Font/Subtype/Type0/BaseFont/STSong-Light/Encoding/%s/DescendantFonts[7 0 R]%s>>" % (
        encoding,
        table,
    )
    shown = showing(*(b"<%s>" % line.hex().encode() for line in lines))
    return pages(stream(shown), font=font, more=(descendant, system))


def read(content: bytes) -> str:
    return documents.read("news.pdf", content)


TIE = "成都市与蒙彼利埃市1981年6月22日结好，"


class TestText:
    def test_a_line_for_each_printed_line(self) -> None:
        assert read(page_with("(Chengdu and)", "(Montpellier)", "(1981)")) == "Chengdu and\nMontpellier\n1981"

    def test_pages_follow_each_other(self) -> None:
        assert read(pages(stream(showing(b"(Chengdu)", b"(1)")), kids=2)) == "Chengdu\n1\nChengdu\n1"

    @pytest.mark.parametrize(
        ("name", "encoding"),
        [
            (b"GBK-EUC-H", "gbk"),
            (b"GBK2K-H", "gb18030"),
            (b"UniGB-UTF16-H", "utf-16-be"),
            (b"UniGB-UCS2-H", "utf-16-be"),
        ],
    )
    def test_chinese_in_fonts_that_every_reader_has(self, name: bytes, encoding: str) -> None:
        assert read(chinese(name, TIE.encode(encoding), "绵阳".encode(encoding))) == f"{TIE}\n绵阳"

    def test_radicals_are_the_characters_that_they_look_like(self) -> None:
        radicals = "四川省⼈⺠政府，⻓宁县与⽇本⼴岛县，⻢尔康市⻰⻔镇，⻬⻬哈尔，⽤⼾"
        assert read(chinese(b"UniGB-UTF16-H", radicals.encode("utf-16-be"))) == (
            "四川省人民政府，长宁县与日本广岛县，马尔康市龙门镇，齐齐哈尔，用户"
        )

    @pytest.mark.parametrize(
        ("printed", "typed"),
        [
            ("岛 县 、 山 梨 县 ， 德 国", "岛县、山梨县，德国"),
            ("成都市 蒙彼利埃市 法国 1981年", "成都市 蒙彼利埃市 法国 1981年"),
            ("市（ Nordrhein ） 等 建 立 友 好", "市（ Nordrhein ）等建立友好"),
            ("川 3 5 2 1", "川 3 5 2 1"),
            ("1 9 8 1 年 6 月 结 好", "1981年6月结好"),
            ("甲 乙 丙", "甲 乙 丙"),
            ("一 二 三 四\n五 六 七 八", "一二三四\n五六七八"),
        ],
    )
    def test_a_stretched_line_is_closed_and_a_row_of_a_table_is_not(self, printed: str, typed: str) -> None:
        assert pdf.as_typed(printed) == typed

    def test_junk_before_the_beginning(self) -> None:
        assert read(b"\r\njunk" * 100 + page_with("(Chengdu)")) == "Chengdu"

    def test_no_control_characters(self) -> None:
        assert read(page_with(r"(Cheng\000du\007 \(and\) Mianyang)")) == "Chengdu (and) Mianyang"

    def test_our_own_code_and_keys_are_out_of_reach(self, monkeypatch: pytest.MonkeyPatch) -> None:
        run, seen = subprocess.run, dict[str, Any]()

        def watched(command: list[str], **options: Any) -> Any:
            seen.update(options, command=command)
            return run(command, **options)

        monkeypatch.setattr(subprocess, "run", watched)
        assert read(page_with("(Chengdu)")) == "Chengdu"
        assert (seen["env"], seen["command"][1]) == ({}, "-I")
        assert "friendship" not in pdf._PROCESS.read_text("utf-8")


class TestRefusals:
    def test_pages_without_text(self) -> None:
        for contents in (b"", b"q 100 0 0 100 0 0 cm /X Do Q", showing(b"( )", b"(- 12 -)")):
            assert refused("scan.pdf", pages(stream(contents))) == PICTURE

    @pytest.mark.parametrize(
        ("name", "shown"), [(b"Identity-H", "\u0500\u0600\u0700"), (b"GBKp-EUC-H", "\ub3c9\ub6bc")]
    )
    def test_fonts_without_a_table_of_their_characters(self, name: bytes, shown: str) -> None:
        assert refused("news.pdf", chinese(name, shown.encode("utf-16-be"))) == FONTS

    def test_a_few_signs_of_such_fonts_do_no_harm(self) -> None:
        fonts = pdf_process._Fonts()
        known, unknown = {"/Subtype": "/Type0", "/ToUnicode": 1}, {"/Subtype": "/Type0", "/Encoding": "/Identity-H"}
        for text, font in (("成都 12", known), ("•", unknown), ("x", {"/Subtype": "/Type1"}), ("y", None)):
            fonts.count(text, [], [], font, 12)
        assert (fonts.letters, fonts.guessed) == (5, 1)

    def test_one_that_is_locked(self) -> None:
        assert refused("news.pdf", locked("secret")) == LOCKED

    def test_one_that_anybody_may_read_but_not_change(self) -> None:
        assert read(locked("")) == "Chengdu"

    def test_one_that_only_a_library_of_cryptography_opens(self) -> None:
        filters = b"/R 4 /CF <</StdCF <</CFM /AESV2 /AuthEvent /DocOpen /Length 16>>>> /StmF /StdCF /StrF /StdCF"
        content = locked("").replace(b"/V 2", b"/V 4").replace(b"/R 3", filters)
        assert filters in content
        assert refused("news.pdf", content) == LOCKED

    def test_too_many_pages(self) -> None:
        shown = stream(showing(b"(a)"))
        assert (
            refused("news.pdf", pages(shown, kids=1_001))
            == "The PDF has more than 1,000 pages. Take out those that tell of ties."
        )
        assert read(pages(shown, kids=1_000)) == "\n".join("a" * 1_000)

    @pytest.mark.parametrize("length", [1_000_001, 3_000_000])
    def test_too_long_a_text(self, length: int) -> None:
        content = pages(stream(zlib.compress(showing(b"(%s)" % (b"a" * length))), b"/Filter/FlateDecode"))
        assert refused("news.pdf", content) == LONG

    def test_no_page_is_read_behind_the_limit(self) -> None:
        content = pages(stream(showing(b"(Chengdu)")), kids=100)
        assert pdf_process.outcome(content, 100, 20) == {"refused": "long"}

    @pytest.mark.parametrize("content", [b"%PDF", b"%PDF-1.7\n%%EOF", b"%PDF-" + b"\0" * MEGABYTE, written(b"<<>>")])
    def test_what_is_damaged(self, content: bytes) -> None:
        assert refused("news.pdf", content) == DAMAGED


def locked(password: str) -> bytes:
    writer, file = PdfWriter(PdfReader(io.BytesIO(page_with("(Chengdu)")))), io.BytesIO()
    writer.encrypt(password, "owner", algorithm="RC4-128")
    writer.write(file)
    return file.getvalue()


# --- files made to do harm --------------------------------------------------------------------------------------------


def packed(length: int, unpacked: bytes = b" " * MEGABYTE) -> bytes:
    """Megabytes of the same, as a stream packs them."""
    compressor = zlib.compressobj(9)
    return b"".join(compressor.compress(unpacked) for _ in range(length)) + compressor.flush()


class TestHarm:
    @pytest.mark.parametrize("megabytes", [21, 1_000])
    def test_a_page_that_unpacks_to_a_gigabyte(self, megabytes: int) -> None:
        content = pages(stream(packed(megabytes), b"/Filter/FlateDecode"))
        assert refused_within(10 * MEGABYTE, "news.pdf", content) == COSTLY

    def test_a_page_that_is_packed_twice(self) -> None:
        content = pages(stream(zlib.compress(packed(1_000)), b"/Filter[/FlateDecode/FlateDecode]"))
        assert len(content) < 5_000
        assert refused("news.pdf", content) == COSTLY

    @pytest.mark.parametrize("opening", [b"[", b"<<", b"("])
    def test_openings_without_end(self, opening: bytes) -> None:
        content = pages(stream(packed(1, opening * 100_000), b"/Filter/FlateDecode"))
        assert refused("news.pdf", content) == DAMAGED

    def test_a_drawing_that_draws_itself(self) -> None:
        assert read(pages(stream(b"/X Do"), form=showing(b"(Chengdu)") + b" /X Do /X Do")) == "Chengdu"

    def test_pages_that_hold_themselves(self) -> None:
        assert refused("news.pdf", written(CATALOGUE, b"<</Type/Pages/Count 1/Kids[2 0 R 2 0 R]>>")) == DAMAGED

    def test_pages_of_pages_of_pages(self) -> None:
        tree = [b"<</Type/Pages/Count 9/Kids[%s]>>" % (b"%d 0 R " % below * 10) for below in range(3, 12)]
        content = written(CATALOGUE, *tree, b"<</Type/Page/MediaBox[0 0 9 9]>>")
        assert refused("news.pdf", content) == COSTLY

    def test_hours_of_work(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """A page of 100,000 blanks, 900 times: without the limit it takes minutes, and would take hours with more."""
        monkeypatch.setattr(pdf, "MAX_SECONDS", 1)
        blanks = zlib.compress(showing(*[b"( )"] * 100_000))
        assert refused("news.pdf", pages(stream(blanks, b"/Filter/FlateDecode"), kids=900)) == COSTLY

    def test_waiting_without_end(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(pdf, "_MAX_WAITING", 0)
        assert refused("news.pdf", page_with("(Chengdu)")) == COSTLY

    @pytest.mark.parametrize("memory", [70, 100, 130])
    def test_more_memory_than_there_is(self, memory: int, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(pdf, "MAX_MEMORY", memory * MEGABYTE)
        content = pages(stream(b"%s %s" % (b" " * 45 * MEGABYTE, showing(b"(Chengdu)"))))
        assert refused("news.pdf", content) == COSTLY

    def test_a_process_that_cannot_start_is_our_own_fault(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(sys, "executable", "/bin/false")
        with pytest.raises(subprocess.CalledProcessError):
            read(page_with("(Chengdu)"))


RELAXED = settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
TOKENS = [
    b"<<",
    b">>",
    b"[",
    b"]",
    b"(",
    b")",
    b"/Type/Page",
    b"/Kids",
    b"/Parent 2 0 R",
    b"2 0 R",
    b"9 0 R",
    b"-1",
    b"1e9",
]
TOKENS += [
    b"null",
    b"/Filter/FlateDecode",
    b"stream\n",
    b"endstream",
    b"BT",
    b"Tj",
    b"/F 12 Tf",
    b"/X Do",
    b"Td",
    b"BI ID EI",
]


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (page_with("(Chengdu)", "(1981)"), {"text": "Chengdu\n1981"}),
        (pages(stream(showing(b"(Chengdu)")), kids=2), {"text": "Chengdu\nChengdu"}),
        (pages(stream(showing(b"(Chengdu)")), kids=3), {"refused": "pages"}),
        (page_with(f"({'a' * 101})"), {"refused": "long"}),
        (page_with("( )"), {"refused": "picture"}),
        (chinese(b"Identity-H", TIE.encode("gbk")), {"refused": "fonts"}),
        (chinese(b"GBK-EUC-H", TIE.encode("gbk")), {"text": TIE}),
    ],
)
def test_the_process_tells_the_text_or_one_reason(content: bytes, told: dict[str, str]) -> None:
    assert pdf_process.outcome(content, 2, 100) == told


def outcome_of(content: bytes) -> None:
    """What the process would say; asked without one, so that hundreds can be."""
    found = pdf_process.outcome(content, 100, 10_000)
    assert found.keys() in ({"text"}, {"refused"})
    assert found.get("refused", "long") in {*pdf._REFUSALS, "long"}
    assert isinstance(pdf.as_typed(found.get("text", "")), str)


@RELAXED
@given(st.data())
def test_any_damage_is_refused_or_harmless(data: st.DataObject) -> None:
    content = bytearray(chinese(b"GBK-EUC-H", TIE.encode("gbk")))
    for _ in range(data.draw(st.integers(1, 9))):
        at = data.draw(st.integers(9, len(content) - 1))
        token = data.draw(st.sampled_from(TOKENS) | st.binary(min_size=1, max_size=4))
        content[at : at + data.draw(st.sampled_from([0, len(token)]))] = token
    outcome_of(bytes(content[: data.draw(st.integers(50, len(content)))]))


@RELAXED
@given(st.lists(st.sampled_from(TOKENS) | st.binary(max_size=6), max_size=30))
def test_any_drawing_is_refused_or_harmless(tokens: list[bytes]) -> None:
    outcome_of(pages(stream(b" ".join(tokens)), form=b"/X Do"))


def test_limits_are_those_that_are_told() -> None:
    assert (pdf.MAX_PAGES, pdf.MAX_SECONDS, pdf.MAX_MEMORY) == (1_000, 20, 1_000_000_000)
