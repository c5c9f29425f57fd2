"""The words of the field as press texts print them: what founds a tie, what ends it, what it is called, what it is not.

Everything here is matched on a flattened line (``text.flatten``).
"""

from __future__ import annotations

import re


def _any(words: str) -> str:
    """A pattern for one of ``words``, the longest first."""
    return "|".join(map(re.escape, sorted(words.split(), key=len, reverse=True)))


# --- places ---

#: What a foreign place is called after its name.
SUFFIX = re.compile(
    _any(
        "特别自治道 特别自治市 特别市 广域市 城市共同体 自治共同体 自治大区 自治区 自治州 自治市 自治县 自治省"
        " 边疆区 联邦区"
        " 市政区 直辖区 大区 首都区 都会区 地区 专区 群岛 共和国 酋长国 公国 苏木 州 省 道 县 郡 区 镇 町 村 乡 旗"
    )
    + "|(?<!政)府|市(?![场值]|民(?!政))"
)
#: Words of more than one character that end a name wherever they stand, and are none themselves.
_ENDING_WORDS = """
    友好 友城 国际 姐妹 姊妹 兄弟 合作 交流 往来 关系 城市 省市 州市 结为 结成 结好 缔结 建立 签署 签订 签约 缔约
    成为 达成 发展 开展 举行 举办 召开 访问 到访 来访 出访 考察 会见 会谈 会晤 出席 参加 率团 率领 代表 代表团
    政府 市长 州长 省长 县长 区长 郡守 镇长 知事 议长 议会 议员 副市长 副州长 副省长 总领事 总领馆 领事 大使 使馆
    驻华 总统 总理 主席 首相 国王 王子 公司 集团 企业 大学 学院 学校 中学 小学 医院 商会 协会 联合会 博物馆
    图书馆 美术馆 以及 等地 等国 等市 等城 首都 首府 著名 位于 地处 距离 作为 通过 围绕 共同 双方 两市 两地 两国
    两省 两县 两州 先后 分别 正式 目前 此后 之间 之后 以来 我市 我省 我县 我区 我州 该市 该省 该州 该县 该区 全市
    全省 全县 互助 通道 富裕 同心 和平 国家 人民 民众 市民 居民 企业家 客商 游客 友人 青年 学生 师生 艺术 文化
    经济 贸易 旅游 教育 体育 科技 农业 工业 港口 机场 航线 协议 协定 备忘录 意向 关于 缔交 牵手 携手 宣布 解除
    终止 暂停 中止 中断 恢复 保持 经过 批准 同意 审议 来自 前往 抵达 途经 赴 官员 官方 当局 外办 友协 地方 其他
    其中 包括 相关 有关 友谊 纪念 庆祝 周年 活动 仪式 项目 产业 投资 中心 论坛 大会 会议 博览会 为期 随着 根据
    由于 因为 因此 所以 但是 不过 并且 而且 同时 另外 此外 一行 先生 女士 教授 博士 记者 报道 消息 据悉 介绍 表示
    指出 强调 认为 希望 愿意 期待 大洲 西部 东部 南部 北部 中部 三角 小城 下属 市郡 市县 州县 之谊 毗邻 周边 邻近
    附近 所属 各区 各市 各县 各省 各州 各地 国别 序号 一座 一个 一家 一处 家乡 故乡 故里 老家 国外 外国 海外 境外
    以外 对口 原定 分会场 近日 来宾 嘉宾 贵宾 孙中山 朝阳产业 州际 省际 城际 日前 今年 去年 明年 前年 当年 同年
    昨日 今日 上午 下午 晚间 春季 夏季 秋季 冬季
"""
#: Single characters that hold a sentence together; a name that holds one of them must be known by list.
_ENDING_CHARACTERS = (
    "与同跟在是为被把向从将已并也又还就等及或而由说称了有这此两和的于至最很不对愿拟让使给与其间者们因该我某"
)
#: 老挝琅南塔、乌多姆赛、波乔四省: the number after a list belongs to no name.
_COUNTED_LEVEL = r"(?<!第)(?<!第十)[两三四五六七八九十\d]+[省市州县府道区郡国](?=[结分,共都均签缔建先与和在于。])"
ENDING = re.compile(f"{_COUNTED_LEVEL}|{_any(_ENDING_WORDS)}|[{_ENDING_CHARACTERS}]")
#: Ordinary words in which a short Chinese name would be found by mistake: 合作 is a city of 甘南.
WORD = re.compile(_any(_ENDING_WORDS))

#: What may stand between a country and the place: 捷克首都布拉格, 法国东部的….
DESCRIPTION = re.compile(
    "(?:"
    + _any(
        "的 另一 另一个 另一座"
        " 首都 首府 州府 省会 省府 著名 知名 重要 主要 最大 历史 文化 旅游 工业 商业 港口 海港 海滨 沿海"
        " 内陆 边境 古都"
        " 名城 古城 重镇 小城 小镇 城市 人口 经济 中心"
    )
    + r"|第[一二三四五六七八九十\d]+大|[东西南北中]+部)*"
)

#: An organisation of a place is not the place; its government is.
ORGANISATION = re.compile(
    "(?!(?:人民)?政府|市政府|市政厅|市政会|议会|市议会|代表团)"
    "[^、,;:。与和同跟()《》HFCDT]{0,10}?(?:"
    + _any(
        "大学 学院 中学 小学 学校 高中 幼儿园 医院 公司 集团 企业 银行 商会 商工会议所 工商联 港口 机场 协会"
        " 联合会 联盟 总会"
        " 友协 使馆 领事馆 领馆 总领馆 博物馆 美术馆 图书馆 动物园 植物园 海洋馆 大熊猫馆 交响乐团 乐团 剧院"
        " 剧团 舞团"
        " 俱乐部 球队 电视台 电台 日报 日报社 报社 媒体 杂志社 出版社 晚报 年鉴 新闻网 外办 外事办公室 外事局 商务厅"
        " 商务局"
        " 文旅局 文化局 教育局 旅游局"
        " 国际关系局 局 厅 开发区 园区 经济特区 自贸区 自贸试验区 产业园 中心 研究院 研究所 基金会 社区 街道"
        " 景区 法院 检察院"
    )
    + "|港(?![口区]))"
)
#: What stands before a guest, and before a place where something happens or whither somebody goes.
_GUESTS = "邀请 会见 会见了 会晤 接待 接待了 迎来 迎接"
GUESTS = re.compile(f"(?:{_any(_GUESTS)})$")
PLACE_OF = re.compile(
    "(?:"
    + _any(
        _GUESTS + " 在 赴 抵 抵达 到 到访 访 出访 访问 访问了 来到 走进 走访 前往 飞赴 飞往 回访 参观 考察 考察了 途经"
        " 位于 地处 坐落于 隶属于 驻 来自 率团赴 与会的"
    )
    + "|(?<![关至对由])于)$"
)

# --- links and lists ---

NUMBER = r"(?:\d{1,4}|[一二两三四五六七八九十百]{1,7})"
LINK = re.compile(r"[与和同跟及对暨\-]|以及|携手|牵手|偕")
_BRACKET = r"(?:\([^()]{0,16}\))?"
#: What stands between two members of one list of places.
LIST_GAP = re.compile(
    f"(?:[市州省县区郡]?(?:{_any('长 议长 知事 州务卿 代表 代表团 政府')}))?{_BRACKET}(?:等)?[、,/;]?"
    f"(?:{_any('和 与 及 以及 还有 并 同')})?(?:C_*)?(?:的|Q_*的?)?{_BRACKET}[、,]?"
)
PAIR_PRONOUN = re.compile(
    _any(
        "双方 两市 两地 两省州 两省 两州 两县 两区 两城 两座城市 两个城市 两国城市 双城 彼此 二者 两省区"
        " 两省道 两省县 两市州"
        " 两州省 州市双方"
    )
)

# --- the tie ---

_LEVEL = f"(?:{_any('省 州 市 县 区 道 府 郡 大区 自治区 盟 旗 镇 城 邦 都 町 村 乡')})"
#: The words for a tie. Groups: ``cooperation``, ``exchange``, ``sister`` or ``vague``, then ``intent`` and ``paper``.
TIE = re.compile(
    rf"""
    (?:{_any("省级 市级 县级 省州级 地市级 区县级")})?  (?:国际|中外)?
    (?: (?P<cooperation>
            友好(?:交流)?合作(?:交流|伙伴)?
            (?:{_any("城市 关系 伙伴 省州 省区 省道 省县 省 州 县 区")})*
            | 战略合作伙伴(?:城市|关系) | 合作友好城市 )
      | (?P<exchange>
            意向?友好交流城市 | 结对交流城市
            | 友好(?:交流|往来|交往|互访)(?:往来|交往)?(?:{_any("城市 城区 关系 伙伴 省州 省 州 县 区")})* )
      | (?P<sister>
            (?:友好|姐妹|姊妹)
            (?: 城市 | 城区 | 城 | 省份 | 州省 | [州省区城市]际 | 地区
              | (?:{_LEVEL}[、和]?)*{_LEVEL}(?![长内外委政人民]) )
            (?:伙伴)?(?:关系)?
            | 友城(?:关系)? )
      | (?P<vague> 友好(?:伙伴|结对)?关系 | 友谊城市 | 伙伴城市 | 友好(?=协议|意向|协定) )
    )
    (?:\((?:{_any("省州 省、州 省区 州 省 区 县 省州市 州省 市 县市")})\))?  (?:城市)?  (?:关系)?
    (?P<intent> 的?(?:合作|交流)?的?意向 )?
    (?P<paper>
        的?(?:合作|交流)?(?:谅解)?
        (?: 意向性?协议书? | 协定书? | 协议书
          | {_any("备忘录 意向书 意向函 协议 议定书 联合声明 声明 宣言 倡议书 合作书 文本 章程 确认书 书")} ) )?
    """,
    re.VERBOSE,
)
#: 结为友好 alone, and not 结为友好学校.
_ENDS = "[,。;:!?》()的]|以来|$"
#: Ways of saying that a tie is founded without naming its kind: a sister tie.
BARE = re.compile(
    rf"""
    (?<!就)(?<!关于)(?:正式)?
    (?: 结好意向书? | 结好(?!时间|日期|意|工作|交换|周年活动) | 互结友好(?={_ENDS}) | 结为友好(?={_ENDS})
      | 缔结友好(?={_ENDS}) | 结友(?!好) )
    """,
    re.VERBOSE,
)
#: Pictures for the same; they count only where both sides stand beside them and the text speaks of ties.
PICTURED = re.compile(_any("牵手 结缘 联姻 结亲") + "|签约(?=[,。;])")
#: 此次新增的8对分别为: a list of ties of the kind of which the text just spoke.
COUNTED_LIST = re.compile(
    rf"{NUMBER}对(?:关系)?(?:{_any('分别为 分别是 依次为 依次是 包括 为 是 如下 名单')})+:?(?=[HF])"
)
#: A tie noun before these speaks of ties in general or of something else that bears their name.
TOPIC = re.compile(
    "(?:国际)?(?:"
    + _any(
        "大会 论坛 工作 建设 奖 展 馆 顾问 平台 机制 市长 合作与 活动 周 日 杯 联盟 联合会 网络 资源 渠道 优势"
        " 代表 圈 事业 计划"
        " 行动 专场 项目 赛 营 节 公园 广场 林 园 大街 路"
    )
    + "|交流(?!关系|城市|协)|之[间旅窗])"
)

# --- what is said of it ---

FOUNDING = (
    "(?:"
    + _any(
        "缔结 结成 结为 结下 结缔 升格为 升级为 提升为 上升为 晋升为 转为 新增 建立 建成 确立 续签 签署 签订 签下"
        " 签定 缔约 达成"
        " 成为 缔造 互结 互为 交换 订立 构建 构筑 发展 拓展 结识 确定"
    )
    + "|签(?=友|建|缔|结|意|了|有)|结(?=友|国际友|姐妹|姊妹))"
)
ENDING_VERB = re.compile(
    _any(
        "解除 终止 断绝 取消 废止 终结 撤销 中断 退出 放弃 不再延长 不再延续 不再继续 不再续签 不再续约 不再保持"
        " 不再维持"
    )
    + "|结束(?!后)"
)
SUSPENDING_VERB = re.compile(_any("暂停 中止 冻结 搁置"))
#: What the text itself says is not so.
DENIED = re.compile(_any("误以为 误认为 误传 谣传 谣言 传言 不实"))
NEGATED = re.compile(r"尚未|仍未|还没有?|没有|并未|未(?!来)|不是|并非|不再|无(?=友城)")
#: What has not happened yet, said before the word for a tie or after it.
PLANNED = re.compile(
    r"(?<![即已])将(?!其|此|近|两|双|于?\d)|愿(?!景)|推动(?!下)|"
    + _any(
        "将于 即将 拟 计划 希望 有望 力争 争取 准备 期待 建议 提议 提出 申请 考虑 议案 审议 共识 意愿 筹备"
        " 早日 尽快 有意 探讨"
        " 商谈 商讨 洽谈 磋商 可望 推进 打算 正在 谋求 寻求 探索 报批 报请 请示 上报"
    )
)
#: 全国友协复函同意…: approved, but not signed yet; 经…同意 tells of what has been signed since.
CONSENTED = re.compile("同意")
CONSENT_GIVEN = re.compile("经[^,]{0,24}同意")
PLANNED_AFTER = re.compile(
    "(?:关系)?》?的?(?:"
    + _any(
        "初步意向 议案 意愿 愿望 申请 建议 设想 可能 事宜 请示 决议 决定 准备 可行性 磋商 谈判 协商 洽谈 商谈"
        " 进行磋商 进行商谈"
    )
    + "|达成(?:了)?(?:初步|广泛|一致|高度)?(?:共识|意向))"
)
#: Something happened at another time than the date before.
ELSEWHEN = re.compile(_any("此后 之后 后来 随后 接着 此前 目前 如今 现已 累计 至今"))
#: …where another saying stands in between.
AGAIN = re.compile(_any("先后 陆续 相继 又"))
