"""A table as offices keep their lists, to be filled in and imported."""

from __future__ import annotations

from collections.abc import Iterator
from io import BytesIO

from django.utils import translation
from xlsxwriter import Workbook

from friendship.exporters.xlsx import CONTENT_TYPE
from friendship.models import Relationship

__all__ = ["CONTENT_TYPE", "HEADERS", "sample"]

#: Chinese in every language: a foreign affairs office fills the table in.
HEADERS = ("序号", "中方城市", "外方城市", "国别", "结好时间", "类型", "备注")
_EXAMPLES = 2
_WIDTHS = (6, 16, 24, 16, 14, 20, 40)  # characters


def sample() -> bytes:
    """A workbook with the header, and ties of the register as examples: importing them changes nothing.

    All cells are texts, so that Excel does not turn 1982-10 into a day.
    """
    file = BytesIO()
    with Workbook(file, {"in_memory": True}) as book:
        text, heading = book.add_format({"num_format": "@"}), book.add_format({"num_format": "@", "bold": True})
        sheet = book.add_worksheet("友好城市")
        for column, width in enumerate(_WIDTHS):
            sheet.set_column(column, column, width, text)
        for row, cells in enumerate([HEADERS, *_examples()]):
            for column, cell in enumerate(cells):
                sheet.write_string(row, column, cell, text if row else heading)
        sheet.freeze_panes(1, 0)
    return file.getvalue()


def _examples() -> Iterator[tuple[str, ...]]:
    ties = Relationship.objects.published().with_places().filter(home__country="CN", founded_year__isnull=False)
    named = ties.exclude(home__name_zh="").exclude(partner__name_zh="").order_by("pk")[:_EXAMPLES]
    with translation.override("zh-hans"):
        for number, tie in enumerate(named, start=1):
            founded = tie.founded.iso if tie.founded else ""
            sides = (tie.home.name_zh, tie.partner.name_zh, tie.partner.country.name_zh)
            yield (str(number), *sides, founded, str(tie.get_type_display()), "")
