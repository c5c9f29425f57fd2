"""Places in a line: their extent, their names without country and parents, and the country where it is left out."""

from __future__ import annotations

import pytest

from friendship.extraction.mentions import mentions


def abroad(line: str) -> list[tuple[str, str, str]]:
    """The foreign places of ``line``: country, parent, name."""
    return [(m.country, m.parent, m.name) for m in mentions(line) if m.sign == "F"]


def at_home(line: str) -> list[tuple[str, str]]:
    """The Chinese places of ``line``: as written, and by their official names."""
    return [(m.written, m.name) for m in mentions(line) if m.sign == "H"]


def signs(line: str) -> list[tuple[str, str]]:
    """All that is found in ``line``: its sign, and the words of the line."""
    return [(m.sign, line[m.start : m.end]) for m in mentions(line)]


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ("四川省", [("四川省", "四川省")]),
        ("四川", [("四川", "四川省")]),
        ("凉山州", [("凉山州", "凉山彝族自治州")]),
        ("云南省玉溪市元江县", [("元江县", "元江哈尼族彝族傣族自治县")]),
        ("云南省红河州屏边苗族自治县", [("屏边苗族自治县", "屏边苗族自治县")]),
        ("广西的钦州", [("钦州", "钦州市")]),
        ("常熟、昆山两市", [("常熟", "常熟市"), ("昆山", "昆山市")]),
        ("安徽省歙县与", [("歙县", "歙县")]),
        ("天津市和平区与", [("和平区", "和平区")]),
        ("友好区", []),
        ("各县区长", []),
        ("南京路", []),
    ],
)
def test_chinese_places(line: str, found: list[tuple[str, str]]) -> None:
    assert at_home(line) == found


@pytest.mark.parametrize(
    ("line", "place"),
    [
        # By their country, whether or not a list has them.
        ("芬兰艾赫泰里市", ("FI", "", "艾赫泰里市")),
        ("英国斯特拉特福", ("GB", "", "斯特拉特福")),
        ("捷克首都布拉格", ("CZ", "", "布拉格")),
        ("法国东部城市斯特拉斯堡", ("FR", "", "斯特拉斯堡")),
        ("大韩民国清州市", ("KR", "", "清州市")),
        ("刚果金沙萨", ("CD", "", "金沙萨")),
        # With what contains them.
        ("芬兰共和国南博滕区艾赫泰里市", ("FI", "南博滕区", "艾赫泰里市")),
        ("日本国爱知县名古屋市", ("JP", "爱知县", "名古屋市")),
        ("韩国忠清北道忠州市", ("KR", "忠清北道", "忠州市")),
        ("韩国京畿道城南市", ("KR", "京畿道", "城南市")),
        ("泰国清迈府清迈市", ("TH", "清迈府", "清迈市")),
        ("缅甸掸邦木姐市", ("MM", "掸邦", "木姐市")),
        ("日本东京都新宿区", ("JP", "东京都", "新宿区")),
        # Names that hold a suffix, a dash, a point.
        ("日本四日市市", ("JP", "", "四日市市")),
        ("德国石勒苏益格-荷尔斯泰因州", ("DE", "", "石勒苏益格-荷尔斯泰因州")),
        ("墨西哥圣路易斯·波托西市", ("MX", "", "圣路易斯·波托西市")),
        # Levels.
        ("韩国江原特别自治道", ("KR", "", "江原特别自治道")),
        ("俄罗斯滨海边疆区", ("RU", "", "滨海边疆区")),
        ("法国新阿基坦大区", ("FR", "", "新阿基坦大区")),
        ("日本大阪府", ("JP", "", "大阪府")),
        ("挪威西阿格德尔郡", ("NO", "", "西阿格德尔郡")),
        # By sound and suffix alone, and by list.
        ("马塞约市", ("BR", "", "马塞约市")),
        ("圣彼得堡", ("RU", "", "圣彼得堡")),
    ],
)
def test_one_foreign_place(line: str, place: tuple[str, str, str]) -> None:
    assert abroad(line) == [place]


@pytest.mark.parametrize(
    ("line", "places"),
    [
        (
            "法国昂热市、意大利里米尼市和那不勒斯",
            [("FR", "", "昂热市"), ("IT", "", "里米尼市"), ("IT", "", "那不勒斯")],
        ),
        ("日本长崎市、那霸市和高松市", [("JP", "", "长崎市"), ("JP", "", "那霸市"), ("JP", "", "高松市")]),
        ("越南老街省。河江省", [("VN", "", "老街省"), ("VN", "", "河江省")]),
        ("奥什市是吉尔吉斯斯坦第二大城市", [("KG", "", "奥什市")]),
        ("韩国来宾。阴城郡", [("KR", "", "阴城郡")]),
        ("路易斯维尔市(美国)、科佩尔市(斯洛文尼亚)", [("US", "", "路易斯维尔市"), ("SI", "", "科佩尔市")]),
        ("布拉格市。布拉格", [("CZ", "", "布拉格市"), ("CZ", "", "布拉格市")]),
        ("韩国光州市", [("KR", "", "光州市")]),
    ],
)
def test_lists_and_elided_countries(line: str, places: list[tuple[str, str, str]]) -> None:
    assert abroad(line) == places


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ("我市与该市", [("P", "我市"), ("Q", "该市")]),
        ("省政府", [("P", "省政府")]),
        ("中国与日本", [("C", "中国"), ("C", "日本")]),
        ("我国", [("C", "我国")]),
        ("英国首相", [("C", "英国")]),
        ("俄罗斯一座城市", [("C", "俄罗斯")]),
        ("市长会见大学校长", []),
        ("多个城市、一些国家、其他地区", []),
        ("2019年4月", []),
    ],
)
def test_what_else_a_line_holds(line: str, found: list[tuple[str, str]]) -> None:
    assert signs(line) == found


def test_the_extent_of_a_foreign_place_holds_its_country_and_parents() -> None:
    assert signs("与芬兰共和国南博滕区艾赫泰里市建立")[0] == ("F", "芬兰共和国南博滕区艾赫泰里市")
