"""Documents as texts: what a person reads in them, and what is said of those that cannot be read."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress

import pytest
from django.utils import translation
from hypothesis import example, given, settings
from hypothesis import strategies as st

from friendship.importers import documents, prose, tables
from friendship.importers.records import Unreadable
from tests.importers.refusing import LONG, MEGABYTE, refused, refused_within
from tests.importers.test_docx import archive, document, paragraph
from tests.importers.test_pdf import page_with
from tests.importers.test_tables import workbook

NEWS = "2023年5月18日，成都市与蒙彼利埃市结好。"


@pytest.fixture(autouse=True)
def in_english() -> Iterator[None]:
    with translation.override("en"):
        yield


BLANK = "The file holds nothing but blanks."
NO_ENCODING = (
    "The file is no text, or in an encoding that cannot be told. Save it as TXT in UTF-8, or copy its text and "
    "paste it."
)


def is_none(kind: str) -> str:
    return f"This is {kind}, not a text that can be read. Save it as DOCX, PDF or TXT, or copy its text and paste it."


# --- TXT --------------------------------------------------------------------------------------------------------------


class TestTexts:
    @pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "gb18030", "gbk"])
    def test_in_any_encoding(self, encoding: str) -> None:
        assert documents.read("news.txt", f"{NEWS}\r\n{NEWS}".encode(encoding)) == f"{NEWS}\n{NEWS}"

    @pytest.mark.parametrize("name", ["news.TXT", "news", "", "新闻.md", "a\0b"])
    def test_under_any_name(self, name: str) -> None:
        assert documents.read(name, NEWS.encode()) == NEWS

    def test_keeps_paragraphs_and_drops_what_nobody_sees(self) -> None:
        written = "\ufeff\n　　一\u200b对 \t\r\n\r\n\r\n\r\n二\x07\u2028三\x0c四\xad五\u202e\u3000\n \n"
        assert documents.read("news.txt", written.encode()) == "　　一对\n\n二\n三\n四五"

    def test_keeps_what_writes_other_languages(self) -> None:
        persian = "می\u200cخواهم\t1 😀 𠮷"
        assert documents.read("news.txt", persian.encode()) == persian

    def test_as_long_as_it_may_be(self) -> None:
        assert documents.read("news.txt", ("友" * 1_000_000 + "\n").encode()) == "友" * 1_000_000
        assert refused("news.txt", ("友" * 1_000_001).encode()) == LONG
        assert refused_within(MEGABYTE, "news.txt", b"a" * 5 * MEGABYTE) == LONG
        assert refused_within(100 * MEGABYTE, "news.txt", b"\n" * 4 * MEGABYTE) == BLANK

    def test_larger_than_any_upload(self) -> None:
        message = "The file is larger than 50 MB. Copy the part that tells of ties and paste it."
        assert refused_within(MEGABYTE, "news.txt", b"\0" * 50_000_001) == message

    @pytest.mark.parametrize("content", [b" ", b"\n\r\n", b"\xef\xbb\xbf", "\u3000\n\u200b".encode()])
    def test_of_nothing(self, content: bytes) -> None:
        assert refused("news.txt", content) == BLANK
        assert refused("news.txt", b"") == "The file is empty."

    @pytest.mark.parametrize(
        "content",
        [
            b"one\0two",
            NEWS.encode() + NEWS.encode("gbk"),
            NEWS.encode("utf-16-le"),
            b"\xff\xfe\0\xd8",
            b"\xff" * 9,
            "Freundschaft, à côté, Städte, é".encode("latin-1"),
        ],
    )
    def test_in_no_encoding(self, content: bytes) -> None:
        assert refused("news.txt", content) == NO_ENCODING


# --- other files ------------------------------------------------------------------------------------------------------

OLD_OFFICE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600


class TestOtherFiles:
    @pytest.mark.parametrize(
        ("content", "kind"),
        [
            (b"\x89PNG\r\n", "a picture"),
            (b"{\\rtf1 text}", "a text document (RTF)"),
            (b"<!DOCTYPE html><p>", "a web page or an XML document, whatever its name says"),
            ("\ufeff <HTML>".encode("utf-16-le"), "a web page or an XML document, whatever its name says"),
            (b"MIME-Version: 1.0\n", "a web page or an XML document, whatever its name says"),
            (archive({"a": "b"}), "an archive of files (ZIP)"),
            (archive({"content.xml": ""}), "an OpenDocument file"),
            (workbook(lambda sheet: sheet.append([NEWS])), "an Excel workbook"),
            (OLD_OFFICE + "Workbook".encode("utf-16-le"), "a file of an old office program"),
        ],
    )
    @pytest.mark.parametrize("name", ["news.txt", "news.docx", "news.pdf"])
    def test_are_named_for_what_they_are(self, name: str, content: bytes, kind: str) -> None:
        assert refused(name, content) == is_none(kind)

    def test_an_old_word_document(self) -> None:
        message = "This is an old Word document (DOC). Open it in Word or WPS and save it as DOCX."
        assert refused("news.doc", OLD_OFFICE + "WordDocument".encode("utf-16-le")) == message
        assert refused("news.docx", OLD_OFFICE + "WordDocument".encode("utf-16-le")) == message

    def test_what_is_said_in_chinese(self) -> None:
        with translation.override("zh-hans"):
            assert refused("新闻稿.doc", OLD_OFFICE + "WordDocument".encode("utf-16-le")) == (
                "这是旧版 Word 文档（DOC）。请用 Word 或 WPS 打开，另存为 DOCX。"
            )
            assert refused("新闻稿.docx", b"\x89PNG") == (
                "这个文件是“图片”，不是可以读取的文稿。请另存为 DOCX、PDF 或 TXT，或复制文字直接粘贴。"
            )

    def test_a_locked_document(self) -> None:
        assert refused("news.docx", OLD_OFFICE + "EncryptedPackage".encode("utf-16-le")) == (
            "The document is locked with a password. Open it, take the password away, save it and choose it again."
        )

    @pytest.mark.parametrize("extension", [".docx", ".doc", ".pdf"])
    def test_a_text_that_is_named_as_something_else(self, extension: str) -> None:
        assert refused(f"NEWS{extension.upper()}", NEWS.encode()) == (
            f"The file is named {extension} and is none, or it is damaged. Copy the text and paste it."
        )

    def test_a_document_under_a_wrong_name_is_read_for_what_it_is(self) -> None:
        assert documents.read("news.txt", document(paragraph(NEWS))) == NEWS
        assert documents.read("news.docx", page_with("(Chengdu)")) == "Chengdu"

    def test_angle_brackets_are_no_markup(self) -> None:
        assert documents.read("news.txt", "<本报讯> 成都".encode()) == "<本报讯> 成都"


# --- any bytes --------------------------------------------------------------------------------------------------------

BEGINNINGS = [b"", b"PK\x03\x04", b"%PDF-1.7\n", b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff", b"<html", OLD_OFFICE[:8]]
PIECES = [b"\0", b"\n", b" ", b"PK\x05\x06", b"PK\x01\x02", b"1 0 obj<<", b">>endobj", b"trailer", NEWS.encode()]


@settings(deadline=None)
@given(
    st.sampled_from(BEGINNINGS),
    st.lists(st.sampled_from(PIECES) | st.binary(max_size=8), max_size=20),
    st.sampled_from(documents.EXTENSIONS),
)
@example(b"", [NEWS.encode()], ".txt")
def test_any_bytes_are_a_text_or_refused(beginning: bytes, pieces: list[bytes], extension: str) -> None:
    with suppress(Unreadable):
        text = documents.read(f"news{extension}", beginning + b"".join(pieces))
        assert text == prose.tidied(text)
        assert [letter for letter in text if letter < " " and letter not in "\n\t"] == []


def test_limits_are_those_that_are_told() -> None:
    assert (tables.MAX_BYTES, prose.MAX_CHARACTERS) == (50_000_000, 1_000_000)
