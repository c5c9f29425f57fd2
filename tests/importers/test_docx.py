"""Documents of Word as texts: what stands on the page, in its order; and packages made to do harm."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import suppress
from functools import cache

import pytest
from django.utils import translation
from hypothesis import given, settings
from hypothesis import strategies as st

from friendship.importers import documents, docx
from friendship.importers.records import Unreadable
from tests.importers.refusing import LONG, MEGABYTE, refused, refused_within

DAMAGED = "The document is damaged. Open it in Word or WPS and save it again as DOCX, or copy its text and paste it."
TOO_MUCH = "The document holds far more than its text. Copy the part that tells of ties and paste it."
NEWS = "2023年5月18日，成都市与蒙彼利埃市结好。"


@pytest.fixture(autouse=True)
def in_english() -> Iterator[None]:
    with translation.override("en"):
        yield


def archive(parts: dict[str, str]) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as new:
        for name, text in parts.items():
            new.writestr(name, text)
    return file.getvalue()


WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
STRICT = "http://purl.oclc.org/ooxml/wordprocessingml/main"
BODY = "word/document.xml"


def document(body: str, namespace: str = WORD, before: str = "", **parts: str) -> bytes:
    names = 'xmlns:m="urn:math" xmlns:mc="urn:compatibility" xmlns:v="urn:vml"'
    xml = f'{before}<w:document xmlns:w="{namespace}" {names}><w:body>{body}</w:body></w:document>'
    return archive({"[Content_Types].xml": "", BODY: xml, **parts})


def nested(tag: str, *inner: str) -> str:
    return f"<w:{tag}>{''.join(inner)}</w:{tag}>"


def run(text: str) -> str:
    return f"<w:r><w:rPr><w:b/></w:rPr><w:t xml:space='preserve'>{text}</w:t></w:r>"


def paragraph(*runs: str) -> str:
    return f"<w:p>{''.join(each if each.startswith('<') else run(each) for each in runs)}</w:p>"


def table(*rows: list[str]) -> str:
    cells = ("".join(f"<w:tc><w:tcPr/>{cell}</w:tc>" for cell in row) for row in rows)
    return f"<w:tbl><w:tblPr/>{''.join(f'<w:tr>{row}</w:tr>' for row in cells)}</w:tbl>"


def text_box(inner: str) -> str:
    return f"<w:r><w:pict><v:textbox><w:txbxContent>{inner}</w:txbxContent></v:textbox></w:pict></w:r>"


def read(body: str) -> str:
    return documents.read("news.docx", document(body))


class TestDocuments:
    @pytest.mark.parametrize("namespace", [WORD, STRICT])
    def test_a_line_for_each_paragraph(self, namespace: str) -> None:
        body = (
            paragraph("2023年5月18日，", "成都市与蒙彼利埃市", "结好。")
            + paragraph()
            + paragraph("　　绵阳 &amp; 广元")
        )
        assert documents.read("news.docx", document(body, namespace)) == f"{NEWS}\n\n　　绵阳 & 广元"

    def test_a_line_for_each_row_of_a_table(self) -> None:
        rows = [
            [paragraph("中方"), paragraph("外方"), paragraph("时间")],
            [paragraph("成都市"), paragraph("蒙彼利埃市") + paragraph("（法国）"), paragraph()],
        ]
        assert (
            read(paragraph("一览") + table(*rows) + paragraph("完"))
            == "一览\n中方\t外方\t时间\n成都市\t蒙彼利埃市 （法国）\n完"
        )

    def test_tables_within_cells(self) -> None:
        inner = table([paragraph("华盛顿州"), paragraph("1982年")])
        assert (
            read(table([paragraph("四川省"), inner + paragraph(), paragraph("美国")]))
            == "四川省\t华盛顿州 1982年\t美国"
        )

    def test_text_boxes_follow_their_paragraph(self) -> None:
        box = text_box(paragraph("框内") + table([paragraph("甲"), paragraph("乙")]))
        assert read(paragraph("成都", box, "绵阳") + paragraph("广元")) == "成都绵阳\n框内\n甲\t乙\n广元"

    def test_the_newer_form_of_a_drawing_alone(self) -> None:
        both = (
            f"<w:r><mc:AlternateContent><mc:Choice>{text_box(paragraph('框内'))}</mc:Choice>"
            f"<mc:Fallback>{text_box(paragraph('框内'))}</mc:Fallback></mc:AlternateContent></w:r>"
        )
        assert read(paragraph("成都", both)) == "成都\n框内"

    def test_words_in_links_fields_controls_and_insertions(self) -> None:
        body = (
            f"<w:sdt><w:sdtContent>{paragraph('成都')}</w:sdtContent></w:sdt>"
            f"<w:p><w:hyperlink>{run('绵阳')}</w:hyperlink><w:ins>{run('、')}</w:ins><w:smartTag>{run('广元')}</w:smartTag>"
            f"<w:r><w:instrText>PAGE</w:instrText></w:r><w:del><w:r><w:delText>泸州</w:delText></w:r></w:del>"
            f"<w:moveFrom>{run('宜宾')}</w:moveFrom><m:oMath><m:t>x</m:t></m:oMath></w:p>"
        )
        assert read(body) == "成都\n绵阳、广元"

    def test_letters_outside_words_are_none(self) -> None:
        assert read("<w:p>a<w:r>b<w:t>成都</w:t>c</w:r>d</w:p>e") == "成都"

    def test_signs_that_are_no_letters(self) -> None:
        stops = "<w:pPr><w:tabs><w:tab w:pos='9'/></w:tabs></w:pPr>"
        signs = "<w:t>成</w:t><w:tab/><w:t>都</w:t><w:br/><w:t>a</w:t><w:noBreakHyphen/><w:softHyphen/><w:t>b</w:t>"
        assert read(f"<w:p>{stops}<w:r>{signs}</w:r></w:p>") == "成\t都\na-b"

    def test_pronunciation_stays_above(self) -> None:
        ruby = f"<w:r><w:ruby><w:rt>{run('fú')}</w:rt><w:rubyBase>{run('涪')}</w:rubyBase></w:ruby></w:r>"
        assert read(paragraph(ruby, "城")) == "涪城"

    def test_headers_and_notes_are_left_out(self) -> None:
        header = f'<w:hdr xmlns:w="{WORD}">{paragraph("页眉")}</w:hdr>'
        content = document(paragraph(NEWS), **{"word/header1.xml": header, "word/footnotes.xml": header})
        assert documents.read("news.docx", content) == NEWS

    def test_the_body_may_have_another_name(self) -> None:
        kind = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument"
        content = archive(
            {
                "[Content_Types].xml": "",
                "_rels/.rels": f'<Relationships><Relationship Type="{kind}" Target="/word/other.xml"/></Relationships>',
                "word/other.xml": f'<w:document xmlns:w="{WORD}">{paragraph(NEWS)}</w:document>',
            }
        )
        assert documents.read("news.docx", content) == NEWS

    def test_of_nothing(self) -> None:
        for body in ("", paragraph() + paragraph(" "), table([paragraph(), paragraph()])):
            assert refused("news.docx", document(body)) == "The file holds nothing but blanks."


# --- packages made to do harm -----------------------------------------------------------------------------------------


def with_body(pieces: Iterator[bytes]) -> bytes:
    """A document whose body is written piece by piece."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as new:
        new.writestr("[Content_Types].xml", "")
        with new.open(BODY, "w", force_zip64=True) as stream:
            for piece in pieces:
                stream.write(piece)
    return file.getvalue()


def repeated(piece: str, times: int, opening: str = "<w:p><w:r><w:t>") -> bytes:
    """A document that never ends: one piece again and again."""
    thousand = piece.encode() * 1_000

    def pieces() -> Iterator[bytes]:
        yield f'<w:document xmlns:w="{WORD}"><w:body>{opening}'.encode()
        for _ in range(times // 1_000):
            yield thousand

    return with_body(pieces())


@cache
def gigabyte() -> bytes:
    """A document of which the body has 1 GB of blanks behind its end; packed to 1 MB."""
    blanks = b" " * MEGABYTE
    return with_body(iter([honest_body(), *[blanks] * 1_000]))


def honest_body() -> bytes:
    return f'<w:document xmlns:w="{WORD}">{paragraph(NEWS)}</w:document>'.encode()


class TestHarm:
    def test_a_bomb_that_says_how_large_it_is(self) -> None:
        assert len(gigabyte()) < 2 * MEGABYTE
        assert refused_within(10 * MEGABYTE, "news.docx", gigabyte()) == TOO_MUCH

    @pytest.mark.parametrize("said", [b"", honest_body(), honest_body().ljust(90 * MEGABYTE)], ids=["0", "1", "90 MB"])
    def test_a_bomb_that_lies_about_its_size(self, said: bytes) -> None:
        content = bytearray(gigabyte())
        entry = content.rindex(BODY.encode()) - 46
        assert content[entry : entry + 4] == b"PK\x01\x02"
        content[entry + 16 : entry + 20] = struct.pack("<L", zlib.crc32(said))
        content[entry + 24 : entry + 28] = struct.pack("<L", len(said))
        assert refused_within(10 * MEGABYTE, "news.docx", bytes(content)) == DAMAGED

    def test_many_parts(self) -> None:
        content = document(paragraph(NEWS)) + b"PK\x01\x02" * 20_000
        assert refused_within(5 * MEGABYTE, "news.docx", content) == TOO_MUCH

    def test_entities_that_expand(self) -> None:
        lines = "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 10))
        content = document(paragraph("&a9;"), before=f'<!DOCTYPE x [<!ENTITY a0 "lol">{lines}]>')
        assert refused_within(10 * MEGABYTE, "news.docx", content) == DAMAGED

    def test_entities_from_outside(self) -> None:
        outside = '<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>'
        assert refused("news.docx", document(paragraph("&a;"), before=outside)) == DAMAGED

    def test_a_doctype_alone(self) -> None:
        assert refused("news.docx", document(paragraph(NEWS), before="<!DOCTYPE x>")) == DAMAGED

    @pytest.mark.parametrize("piece", ["友", "</w:t><w:t>友", "</w:t></w:r></w:p><w:p><w:r><w:t>友"])
    def test_a_text_without_end(self, piece: str, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(docx, "MAX_CHARACTERS", 10_000)
        assert refused_within(5 * MEGABYTE, "news.docx", repeated(piece, 30_000)) == LONG

    def test_paragraphs_without_number(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(docx, "MAX_CHARACTERS", 10_000)
        assert refused_within(5 * MEGABYTE, "news.docx", repeated("<w:p/>", 30_000, "")) == LONG

    def test_a_text_as_long_as_it_may_be(self) -> None:
        half = "友" * 499_999
        assert read(paragraph(half) + paragraph(half + "城")) == f"{half}\n{half}城"
        assert refused("news.docx", document(paragraph(half) + paragraph(half + "城市"))) == LONG

    def test_elements_without_number(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(docx, "_MAX_ELEMENTS", 100_000)
        assert refused_within(5 * MEGABYTE, "news.docx", repeated("<w:b/>", 200_000, "")) == TOO_MUCH

    def test_elements_within_elements(self) -> None:
        assert refused_within(10 * MEGABYTE, "news.docx", repeated("<w:p>", 100_000, "")) == DAMAGED

    def test_a_tag_without_end(self) -> None:
        assert refused_within(60 * MEGABYTE, "news.docx", repeated("aaaaaaaaaa", 9_000_000, "<w:p a='")) == DAMAGED

    @pytest.mark.parametrize(
        "body",
        [
            "<w:tc/>",
            "<w:tbl><w:tc><w:p/></w:tc></w:tbl>",
            "<w:p>",
            "<x:p/>",
            "</w:body>",
            "&nbsp;",
            "\x01",
        ],
    )
    def test_what_no_program_writes(self, body: str) -> None:
        assert refused("news.docx", document(body)) == DAMAGED

    @pytest.mark.parametrize("parts", [{}, {"_rels/.rels": "<r/>"}, {"_rels/.rels": "<r Type='/officeDocument'/>"}])
    def test_a_package_without_a_body(self, parts: dict[str, str]) -> None:
        assert refused("news.docx", archive({"[Content_Types].xml": "", **parts})) == DAMAGED

    @pytest.mark.parametrize("share", [0.1, 0.5, 0.9])
    def test_one_that_breaks_off(self, share: float) -> None:
        content = document(paragraph(NEWS) * 1_000)
        assert refused("news.docx", content[: int(len(content) * share)]) == DAMAGED

    def test_a_part_that_is_shorter_than_the_directory_says(self) -> None:
        content = bytearray(document(paragraph(NEWS)))
        entry = content.rindex(BODY.encode()) - 46
        size = int.from_bytes(content[entry + 24 : entry + 28], "little")
        content[entry + 24 : entry + 28] = (size + 1).to_bytes(4, "little")
        assert refused("news.docx", bytes(content)) == DAMAGED

    def test_a_way_of_packing_that_no_office_program_knows(self) -> None:
        content = bytearray(document(paragraph(NEWS)))
        entry = content.rindex(BODY.encode()) - 46
        content[entry + 10 : entry + 12] = zipfile.ZIP_BZIP2.to_bytes(2, "little")
        assert refused("news.docx", bytes(content)) == DAMAGED

    def test_locked_parts(self) -> None:
        content = bytearray(document(paragraph(NEWS)))
        content[content.rindex(BODY.encode()) - 46 + 8] |= 1
        assert refused("news.docx", bytes(content)) == DAMAGED


def read_or_refused(content: bytes) -> None:
    with suppress(Unreadable):
        assert documents.read("news.docx", content)


@settings(deadline=None)
@given(st.data())
def test_any_damage_to_a_package_is_refused_or_harmless(data: st.DataObject) -> None:
    content = bytearray(document(paragraph(NEWS) + table([paragraph("成都"), paragraph("绵阳")])))
    for _ in range(data.draw(st.integers(1, 5))):
        content[data.draw(st.integers(4, len(content) - 1))] = data.draw(st.integers(0, 255))
    read_or_refused(bytes(content[: data.draw(st.integers(50, len(content)))]))


TAGS = ["p", "r", "t", "tbl", "tr", "tc", "txbxContent", "rt", "pPr", "tab"]


@settings(deadline=None)
@given(st.recursive(st.just("友") | st.just("<w:br/>"), lambda inner: st.builds(nested, st.sampled_from(TAGS), inner)))
def test_any_nesting_is_refused_or_harmless(body: str) -> None:
    read_or_refused(document(body))
