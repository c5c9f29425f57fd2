"""Tables as foreign affairs offices keep them: 序号, 中方城市, 外方城市, 国别, 结好时间, 备注, in any order."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import lru_cache

from django.utils.translation import gettext_noop

from friendship.enums import Level
from friendship.importers.records import Reason, Record, Side
from friendship.importers.tables import Document, Row, Table, fold, fold_bare
from friendship.names import has_han

#: Which headings mean what, folded (no case, spaces, punctuation): the first that fits a heading wins.
_HEADINGS: dict[str, re.Pattern[str]] = {
    field: re.compile(pattern, re.VERBOSE)
    for field, pattern in {
        "number": "序号? | 编号 | no | number",
        "founded": """
            (正式)? (结好|缔结|签约|签字|签署|签定|签订|建立|结交|结成|缔约) .{0,8} (时间|日期|年份|年月日?|年度)
            | 时间 | 日期 | 年份 | 年度
            | date | year | since | (established|signed|signing|founding|founded) (on|in|date|year)?
            | (date|year) (of)? (signed|signing|established|establishment)
        """,
        "ended": """
            (终止|解除|结束) .{0,8} (时间|日期|年份|年月日?)
            | (ended|end|termination) (on|in|date|year)? | (date|year) (ended|ofend)
        """,
        "partner_en": """
            (外方|对方)? (友好)? (城市|友城)? 的? (英文|外文|原文) (名称?)?
            | (partner|foreign|sister)? (city)? (englishname|nameinenglish)
        """,
        "partner_parent": """
            (所在|所属)? (州省?|省州|州府|省州府|大区) | (所在|所属) 省
            | state | stateprovince | stateorprovince | region
        """,
        "country": """
            (外方|对方|所在|所属|友城|友好城市|外国)? (国|国别|国家|国名|(国别|国家)(或|和|及|与)?地区) (名称)?
            | (foreign|partner)? (country|nation) (region|orregion|area)? (name)?
        """,
        "partner": """
            (外方|外国|国外|对方|境外) (友好)?
            (城市|友城|省州|省州市|省市|州市|省|州|市|地方|省区州市|城市省州)? (名称?)?
            | (国际)? (友城|友好 (城市|省州|省州市|省市|城市省州|省区|县市?|区县)) (名称?)?
            | (缔结|结好|结对|缔约|结交) (城市|友城|对象) (名称?)?
            | (foreign|sister|partner|twin|overseas) (city|town|side|place|province|state) (name)?
        """,
        "home": """
            (中方|我方|国内|中国|本省|我省|本市|我市|本区|我区) (友好)?
            (城市|友城|省市|省区市|省市区|省|市|地方|市州|区县|市县区|地区)? (名称?)?
            | chinese (city|side|place|town|partner) (name)? | home (city|side|place) (name)?
        """,
        "home_city": "城市 | 市州 | 地市 | 市地州 | 地州市 | 市 | 市县 | 区县 | 市县区 | 区市县",
        "home_place": "省市 | 省区市 | 省市区 | 省自治区 | 省自治区直辖市 | 省自治区市",
        "home_province": "(中方|我方)? (所属|所在)? (省份|省) | (chinese)? province",
        "type": """
            (友好|友城|关系|结好|缔结|友好关系|友好城市)? (类型|类别|性质|种类|形式) | 关系
            | (relationship)? (type|category)
        """,
        "status": "(友城|关系|目前|现)? (状态|现状|状况) | status",
        "level": "(友城|行政|结好|中方)? (层级|级别|层次) | level",
        "note": "备注 | 说明 | 注 | 注释 | 附注 | remarks? | notes? | comments?",
    }.items()
}
_IN_ENGLISH = re.compile(r"[(（\[【](?:英文?|外文|原文|english|en)", re.IGNORECASE)

_LEVELS: dict[str, str] = {
    **dict.fromkeys(("省级", "provincial", "province"), Level.PROVINCE),
    **dict.fromkeys(("市级", "地市级", "地级", "市州级", "city", "municipal"), Level.CITY),
    **dict.fromkeys(("县级", "区县级", "县区级", "区级", "county"), Level.COUNTY),
}

_TITLE = re.compile(
    r"""
    (?P<home> [\u3400-\u9fff]{1,12}? ([市州县区盟旗] | 省 (?=省级|省本级))) (人民政府)? (省级|省本级|市级|市本级)?
    已? (缔结|结好|建立)? 的? (国际|对外)? (友好城市|友城|友好省州) (关系)?
    (基本)? (情况)? (一览表?|名单|名录|列表|清单|统计表|汇总表?|明细表?|登记表|表)?
    """,
    re.VERBOSE,
)
_TITLE_IN_ENGLISH = re.compile(r"(list of )?(the )?sister cities of (?P<home>[^,;:(]+)", re.IGNORECASE)
_REMARK_AT_END = re.compile(r"[(（\[【].*?[)）\]】]\s*$")
_LONGEST_TITLE = 200  # a paragraph above the table is none
#: What a title may say instead of the name of one place, and what is a province.
_NOBODY = re.compile("[我本全各该][省市州县区]|中国|城市|自治区$")

_TOTALS = re.compile(r"(合计|总计|小计|共计|总数|累计|合共|subtotal|total)\W*")
_SECTION = re.compile(
    r"[(（]?[一二三四五六七八九十]+[)）、.．].*|.{0,6}(亚洲|欧洲|非洲|美洲|大洋洲)\W*([(（].*)?"
    r"|(注|说明|备注|填表|制表|填报|资料来源|数据来源|来源|截至|联系人|单位)\W?.*"
)
_NO_HOME_COLUMN = gettext_noop("The table has no column for the Chinese side, and no title says whose list it is.")
_NO_HOME = gettext_noop("The row does not name the Chinese side. Only cells that are merged take it from above.")
_NO_PARTNER = gettext_noop("The row does not name the foreign side.")
_BLANK_IN_CHINESE = re.compile(r"(?<=[\u3400-\u9fff])\s++(?=[\u3400-\u9fff])")


def recognises(document: Document) -> bool:
    """Whether it is a table that tells the foreign side, and the Chinese side or the country."""
    if not isinstance(document, Table):
        return False
    columns = _columns(document.header)
    return "partner" in columns and ("home" in columns or "country" in columns)


def records(document: Document) -> Iterator[Record]:
    """The rows of the table; lines of totals, of sections and of remarks are none."""
    if not isinstance(document, Table):
        raise TypeError(document)
    columns, owner = _columns(document.header), _owner(document.titles)
    header = tuple(fold(cell) for cell in document.header)

    def read(row: Row) -> Record | None:
        if _is_no_tie(row, columns, header):
            return None
        return _record(row, columns, owner)

    return document.records(read)


@lru_cache(maxsize=64)
def _columns(header: tuple[str, ...]) -> Mapping[str, int]:
    """The field of each column that is known; the first of two that mean the same."""
    found: dict[str, int] = {}
    for column, heading in enumerate(header):
        field = _field_of(heading)
        if field:
            found.setdefault(field, column)
    return _sorted_out(found)


def _field_of(heading: str) -> str:
    for folded in (fold(heading), fold_bare(heading)):
        for field, pattern in _HEADINGS.items():
            if pattern.fullmatch(folded):
                return "partner_en" if field == "partner" and _IN_ENGLISH.search(heading) else field
    return ""


def _sorted_out(found: dict[str, int]) -> dict[str, int]:
    """省市, 城市 and 省份 mean the Chinese side where no heading says so more clearly, else what contains it."""
    unclear = [name for name in ("home_city", "home_place", "home_province") if name in found]
    if "home" not in found and unclear:
        found["home"] = found.pop(unclear.pop(0))
    for name in unclear:
        column = found.pop(name)
        if name != "home_city":
            found.setdefault("home_parent", column)
    if "partner" not in found and "partner_en" in found:
        found["partner"] = found.pop("partner_en")
    return found


def _owner(titles: tuple[str, ...]) -> str:
    """The one place whose list it is, where a title says exactly that: 绵阳市友好城市一览表."""
    for title in titles:
        if len(title) > _LONGEST_TITLE:
            continue
        bare = _REMARK_AT_END.sub("", title.strip())
        match = _TITLE.fullmatch(re.sub(r"\s+", "", bare)) or _TITLE_IN_ENGLISH.fullmatch(bare.strip())
        if match and not _NOBODY.search(match["home"]):
            return match["home"].strip()
    return ""


def _is_no_tie(row: Row, columns: Mapping[str, int], header: tuple[str, ...]) -> bool:
    """Whether it is a line of totals, the title of a section, a remark below the table, or the header once more."""
    filled = [column for column, cell in enumerate(row.cells) if cell]
    if filled == [columns.get("number")]:
        return True
    first = row.cells[filled[0]] if filled else ""
    if len(filled) == 1:
        return bool(_SECTION.fullmatch(first) or _TOTALS.match(first.casefold()))
    if any(_TOTALS.fullmatch(re.sub(r"\s+", "", row.cells[column]).casefold()) for column in filled[:2]):
        return True
    return tuple(fold(cell) for cell in row.cells) == header


def _record(row: Row, columns: Mapping[str, int], owner: str) -> Record:
    cells = {name: _in_one_line(row.cells[column]) for name, column in columns.items()}
    wrong = _what_is_wrong(cells, owner)
    if wrong:
        return Record(row.number, quote=row.quote, wrong=wrong)
    note = row.cells[columns["note"]] if "note" in columns else ""
    return Record(
        row.number,
        _home(cells, owner),
        _partner(cells),
        quote=row.quote,
        type=cells.get("type", ""),
        status=cells.get("status", ""),
        founded=cells.get("founded", ""),
        ended=cells.get("ended", ""),
        note_zh=note if has_han(note) else "",
        note_en="" if has_han(note) else note,
    )


def _in_one_line(cell: str) -> str:
    """The cell with single spaces; a line that breaks between Chinese characters goes on without one."""
    return " ".join(_BLANK_IN_CHINESE.sub(_without_break, cell).split())


def _without_break(blank: re.Match[str]) -> str:
    return "" if "\n" in blank[0] or "\r" in blank[0] else blank[0]


def _what_is_wrong(cells: Mapping[str, str], owner: str) -> Reason | None:
    if not cells["partner"] and not cells.get("partner_en"):
        return Reason(_NO_PARTNER)
    if not cells.get("home", owner):
        return Reason(_NO_HOME if "home" in cells else _NO_HOME_COLUMN)
    return None


def _home(cells: Mapping[str, str], owner: str) -> Side:
    parent = cells.get("home_parent", "")
    name = cells.get("home") or owner
    return Side(
        name,
        country="CN",
        level=_LEVELS.get(cells.get("level", "").casefold(), ""),
        within=(Side(parent, country="CN"),) if parent and parent != name else (),
    )


def _partner(cells: Mapping[str, str]) -> Side:
    country, parent, english = (cells.get(name, "") for name in ("country", "partner_parent", "partner_en"))
    within = (Side(parent, country=country),) if parent else ()
    if english:
        return Side(name_zh=cells["partner"], name_en=english, country=country, within=within)
    return Side(cells["partner"], country=country, within=within)
