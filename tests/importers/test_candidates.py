"""What a text says of one pair of places at several times is one candidate; plans and ends are what they are."""

from __future__ import annotations

import pytest

from friendship.dates import PartialDate
from friendship.enums import EventKind, Paper, Status
from friendship.extraction.records import Reading
from friendship.importers.candidates import Figures, Pair, candidates, paper_of
from tests.texts import quote, tie, total

TEXT = (
    "2018年，绵阳市与法国试验市签署友好合作备忘录。2019年5月，两市结为国际友好城市。\n"
    "今年是两市结好7周年。双方拟续签意向书。2024年3月，绵阳市终止与试验市的友城关系。\n"
    "截至2023年底，四川省有国际友城119对、友好合作关系近300余对，遍及81个国家。"
)
COOPERATION = "2018年，绵阳市与法国试验市签署友好合作备忘录"
SISTER = "2019年5月，两市结为国际友好城市"
ANNIVERSARY = "今年是两市结好7周年"
PLAN = "双方拟续签意向书"
END = "2024年3月，绵阳市终止与试验市的友城关系"


def pair(*ties: object) -> Pair:
    [found] = candidates(Reading(tuple(ties)))  # type: ignore[arg-type]
    assert isinstance(found, Pair)
    return found


def cooperation() -> object:
    return tie(TEXT, COOPERATION, type="cooperation", date="2018", type_as_printed="友好合作")


def test_two_stages_of_a_pair_are_one_tie_and_an_event() -> None:
    found = pair(tie(TEXT, SISTER, date="2019-05"), cooperation())
    assert (found.type, found.founded, found.status) == ("sister", PartialDate(2019, 5), Status.ACTIVE)
    assert [(stage.kind, stage.type, stage.date, stage.paper) for stage in found.events] == [
        (EventKind.SIGNING, "cooperation", PartialDate(2018), Paper.MEMORANDUM)
    ]
    assert found.quotes == [quote(TEXT, COOPERATION), quote(TEXT, SISTER)]


@pytest.mark.parametrize(
    ("words", "printed", "paper"),
    [
        ("绵阳市与试验市签署友好合作备\n忘录", "友好合作", Paper.MEMORANDUM),
        ("绵阳市与试验市签署建立友好合作关系的谅解备忘录", "友好合作关系", Paper.MEMORANDUM),
        ("绵阳市与试验市签署《建立友好城市关系协议书》", "友好城市关系", Paper.AGREEMENT),
        ("绵阳市与试验市签署结好意向书", "结好意向书", Paper.LETTER_OF_INTENT),
        ("绵阳市与试验市签署协议", "", Paper.AGREEMENT),
        ("绵阳市与试验市结为友好城市，并签署旅游合作协议", "友好城市", ""),
        ("2019年签署友好城市意向书，2021年签署友好城市协议", "友好城市", ""),
    ],
)
def test_a_paper_is_named_by_the_words_for_the_tie_or_the_next(words: str, printed: str, paper: str) -> None:
    assert paper_of(tie(words, words, type_as_printed=printed)) == paper


def test_the_same_stage_told_twice_is_no_event_and_lends_its_date() -> None:
    found = pair(tie(TEXT, SISTER), tie(TEXT, ANNIVERSARY, date="2019", derived=("date",)))
    assert (found.events, found.founded) == ([], PartialDate(2019))
    assert found.derived == {"founded"}
    assert found.dated_by.evidence == quote(TEXT, ANNIVERSARY)


def test_a_plan_alone_is_an_intent_that_nobody_has_verified() -> None:
    found = pair(tie(TEXT, PLAN, status="planned"))
    assert (found.type, found.status, found.events, found.is_planned) == ("intent", Status.UNKNOWN, [], True)


def test_a_plan_beside_a_tie_is_an_event() -> None:
    found = pair(cooperation(), tie(TEXT, PLAN, status="planned", date="2026"))
    assert found.type == "cooperation"
    assert [(stage.kind, stage.date) for stage in found.events] == [(EventKind.INTENT, PartialDate(2026))]


def test_an_end_is_never_the_beginning() -> None:
    found = pair(tie(TEXT, SISTER, date="2019-05"), tie(TEXT, END, status="terminated", ended="2024-03"))
    assert (found.founded, found.ended, found.status) == (PartialDate(2019, 5), PartialDate(2024, 3), Status.ENDED)
    assert (found.ending, found.events) == (quote(TEXT, END), [])


def test_a_suspension_is_a_status_and_an_event() -> None:
    found = pair(tie(TEXT, END, status="suspended", ended="2024-03"))
    assert (found.status, found.founded, found.ended) == (Status.SUSPENDED, None, None)
    assert [(stage.kind, stage.date) for stage in found.events] == [(EventKind.SUSPENSION, PartialDate(2024, 3))]


def test_what_is_only_implied_is_not_verified() -> None:
    found = pair(tie(TEXT, SISTER, explicit=False))
    assert (found.status, found.strength) == (Status.UNKNOWN, "implied")


def test_a_date_that_no_calendar_knows_is_none() -> None:
    assert pair(tie(TEXT, SISTER, date="2019-13")).founded is None


def test_other_partners_are_other_candidates_in_the_order_of_the_text() -> None:
    found = candidates(Reading((tie(TEXT, SISTER, partner="另一市"), tie(TEXT, COOPERATION))))
    assert [each.main.partner.name for each in found if isinstance(each, Pair)] == ["试验市", "另一市"]


def test_a_fingerprint_stays_until_the_text_is_read_otherwise() -> None:
    keys = {pair(tie(TEXT, SISTER, **fields)).key for fields in ({}, {}, {"date": "2019"}, {"partner": "另一市"})}
    assert len(keys) == 3


def test_figures_are_exact_or_in_the_words_of_the_text() -> None:
    words = "四川省有国际友城119对、友好合作关系近300余对，遍及81个国家"
    [found] = candidates(
        Reading(
            totals=(
                total(
                    TEXT, words, as_of="2023", sister=119, cooperation=300, countries=81, inexact={"cooperation": "近"}
                ),
            )
        )
    )
    assert isinstance(found, Figures)
    assert [(each.metric, each.value, each.as_printed) for each in found.figures] == [
        ("countries", 81, ""),
        ("sister", 119, ""),
        ("cooperation", None, "近300"),
    ]
    assert (found.scope, found.as_of) == ("all", PartialDate(2023))


@pytest.mark.parametrize(
    ("words", "value", "word", "printed"),
    [
        ("友城300余对", 300, "余", "300余"),
        ("友城突破１００对", 100, "突破", "突破100"),
        ("友城 约 90 对", 90, "约", "约90"),
        ("友城近百对", 100, "近", "近100"),
        ("友城百余对", 100, "余", "100余"),
    ],
)
def test_how_an_inexact_number_is_printed(words: str, value: int, word: str, printed: str) -> None:
    [found] = candidates(Reading(totals=(total(words, words, sister=value, inexact={"sister": word}),)))
    assert isinstance(found, Figures)
    assert [each.as_printed for each in found.figures] == [printed]


@pytest.mark.parametrize(
    ("level", "scope"), [("own", "own"), ("subordinate", "subordinate"), ("county", ""), (None, "")]
)
def test_a_scope_that_the_register_does_not_know_is_asked(level: str | None, scope: str) -> None:
    [found] = candidates(Reading(totals=(total(TEXT, "四川省", level=level, sister=1),)))
    assert isinstance(found, Figures)
    assert found.scope == scope
