"""A press text as Chromium prints it, read back as a document: the characters that were typed, in their order."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser

from friendship.importers import documents

pytestmark = pytest.mark.browser

PARAGRAPHS = [
    "四川省人民政府新闻办公室：1981年6月22日，成都市与法国蒙彼利埃市结好。",
    "长宁县、马尔康市、黄龙、青川、金牛、龙门、齐齐哈尔，日月山川，风云雷雨，用户、车辆、飞鸟、见贝、食品。",
]
ROWS = [["中方城市", "外方城市", "结好时间"], ["绵阳市", "东广岛市", "1993年"], ["泸州市", "史密夫芬市", "2001年"]]


@pytest.mark.parametrize("font", ["serif", "sans-serif"])
@pytest.mark.parametrize("columns", [1, 2])
def test_a_printed_page(browser: Browser, font: str, columns: int) -> None:
    page = browser.new_page()
    paragraphs = "".join(f"<p>{paragraph}</p>" for paragraph in PARAGRAPHS)
    rows = "".join(f"<tr>{''.join(f'<td>{cell}</td>' for cell in row)}</tr>" for row in ROWS)
    style = f"font-family: {font}; text-align: justify; columns: {columns}"
    page.set_content(f"<body lang='zh-CN' style='{style}'>{paragraphs}<table>{rows}</table></body>")
    lines = documents.read("news.pdf", page.pdf(format="A4")).split("\n")
    page.context.close()
    assert lines[-3:] == [" ".join(row) for row in ROWS]
    assert "".join(lines[:-3]) == "".join(PARAGRAPHS)
