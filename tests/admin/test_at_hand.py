"""Beside the form of a tie stand its sources, their texts with its quotes marked, and a box that finds the others."""

from __future__ import annotations

import re
from html import unescape
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from friendship.models import Evidence, Proposal, Relationship, Source
from friendship.queries.at_hand import sources_at_hand
from tests import builders
from tests.admin.desk import RELATIONSHIPS, at_the_desk, opened, problems, with_permissions

pytestmark = pytest.mark.django_db

#: An emoji is one code point and two units of UTF-16; the lines end in CR LF; the words stand there twice.
TEXT = "🎎🎎 One & <Two>\r\nbecame friends in 1982.\r\nThey became friends in 1982.\r\n"
WORDS = "became friends"
SECOND = TEXT.rindex(WORDS)


def change(tie: Relationship) -> str:
    return f"{RELATIONSHIPS}{tie.pk}/change/"


def text_at(source: Source) -> str:
    return f"{RELATIONSHIPS}sources/{source.pk}/text/"


def draft(**fields: Any) -> Relationship:
    return builders.tie(review_state="draft", **fields)


def shown(response: Any) -> str:
    """The characters of the text on the page, as a browser reads them."""
    [inside] = re.findall(r"<div class=\"at-hand-text\"[^>]*>(.*?)</div>", response.content.decode(), re.DOTALL)
    assert "\r" not in inside  # a browser would make LF of it
    return unescape(re.sub(r"<[^>]+>", "", inside).replace("&#13;", "\r"))


def marked(response: Any) -> list[tuple[str, str]]:
    """What is marked in the text, and as what."""
    return re.findall(r"<mark title=\"([^\"]*)\">(.*?)</mark>", response.content.decode(), re.DOTALL)


def at_hand(response: Any) -> list[tuple[int, bool, bool]]:
    """The sources beside the form: key, whether there is a text, whether it is opened."""
    found = re.findall(r"<details class=\"at-hand-source\"([^>]*)>", response.content.decode())
    keys = [re.findall(r"data-source=\"(\d+)\"", each)[0] for each in found]
    return [(int(key), "data-text-at" in each, each.endswith(" open")) for key, each in zip(keys, found, strict=True)]


# --- what stands beside the form


def test_the_sources_of_a_tie_stand_beside_its_form_and_the_first_text_is_opened() -> None:
    tie, other = draft(), builders.tie(builders.place("one"), builders.place("three"))
    plain, paper, told = (builders.source(slug, text=text) for slug, text in (("a", ""), ("b", TEXT), ("c", TEXT)))
    for source in (plain, paper):
        builders.evidence(tie, source, quote="One", claim="tie")
    builders.event(tie, source=told)
    builders.evidence(other, builders.source("d"))
    page = at_the_desk("editor", "Editors").get(change(tie))
    assert at_hand(page) == [(plain.pk, False, False), (paper.pk, True, True), (told.pk, True, False)]
    assert '<blockquote lang="en">One</blockquote>' in page.content.decode()


def test_the_form_of_a_new_tie_has_the_box_alone() -> None:
    page = at_the_desk("editor", "Editors").get(f"{RELATIONSHIPS}add/")
    assert (at_hand(page), 'id="at-hand-find"' in page.content.decode()) == ([], True)


def test_a_window_that_only_chooses_a_tie_has_none() -> None:
    page = at_the_desk("root").get(f"{RELATIONSHIPS}add/?_popup=1")
    assert 'class="at-hand"' not in page.content.decode()


def test_who_may_not_see_sources_sees_none() -> None:
    tie = draft()
    paper = builders.evidence(tie, builders.source(text=TEXT)).source
    helper = with_permissions("view_relationship")
    assert 'class="at-hand"' not in helper.get(change(tie)).content.decode()
    assert [helper.get(where).status_code for where in (text_at(paper), f"{RELATIONSHIPS}sources/")] == [403, 403]


def test_without_a_script_the_page_shows_the_text_that_its_address_names() -> None:
    tie = draft()
    paper, other = (builders.source(slug, text=TEXT) for slug in ("a", "b"))
    builders.evidence(tie, paper, quote=WORDS, start=SECOND, end=SECOND + len(WORDS))
    root = at_the_desk("root")
    own = root.get(f"{change(tie)}?at-hand={paper.pk}")
    assert (shown(own), marked(own), at_hand(own)) == (TEXT, [("The tie itself", WORDS)], [(paper.pk, True, True)])
    foreign = root.get(f"{change(tie)}?at-hand={other.pk}")
    assert (shown(foreign), marked(foreign)) == (TEXT, [])
    assert at_hand(foreign) == [(paper.pk, True, False), (other.pk, True, True)]


def test_the_links_keep_what_else_the_address_says() -> None:
    tie = draft()
    paper = builders.evidence(tie, builders.source(text=TEXT)).source
    page = at_the_desk("root").get(f"{change(tie)}?proposal=7&x=%3C&find=s&at-hand=").content.decode()
    assert f'href="?proposal=7&amp;x=%3C&amp;find=s&amp;at-hand={paper.pk}#source-{paper.pk}"' in page
    assert re.findall(r'<input type="hidden" name="(proposal|x)" value="([^"]*)">', page) == [
        ("proposal", "7"),
        ("x", "&lt;"),
    ]


def test_sources_are_found_by_words_of_their_titles() -> None:
    tie, source = draft(), builders.source("a", title="成都日报：结好十年")
    builders.source("b", title="Other")
    root = at_the_desk("root")
    assert at_hand(root.get(f"{change(tie)}?find=结好")) == [(source.pk, False, False)]
    answer = root.get(f"{RELATIONSHIPS}sources/", {"find": "结好", "tie": str(tie.pk)})
    assert at_hand(answer) == [(source.pk, False, False)]
    none = root.get(f"{RELATIONSHIPS}sources/", {"find": "<zzz>"}).content.decode()
    assert "No source of the register has “&lt;zzz&gt;” in its title or publisher." in none


def test_ten_sources_are_read_with_as_many_queries_as_one() -> None:
    tie, counts = draft(), []
    for number in range(10):
        builders.evidence(tie, builders.source(f"s{number}", text=TEXT))
        with CaptureQueriesContext(connection) as captured:
            assert len(sources_at_hand(tie)) == number + 1
        counts.append(len(captured))
    assert counts == [2] * 10


# --- one text


def test_a_text_comes_character_by_character_with_the_quotes_of_the_tie_marked() -> None:
    tie, paper = draft(), builders.source(text=TEXT)
    builders.evidence(tie, paper, quote=WORDS, start=SECOND, end=SECOND + len(WORDS), claim="founded")
    builders.evidence(tie, paper, quote=WORDS, start=SECOND, end=SECOND + len(WORDS), claim="status")
    builders.evidence(builders.tie(partner=builders.place("three")), paper, quote="One", start=3, end=6)
    answer = at_the_desk("editor", "Editors").get(text_at(paper), {"tie": tie.pk})
    assert (shown(answer), marked(answer)) == (TEXT, [("Date established · status", WORDS)])
    assert f'data-length="{len(TEXT)}"' in answer.content.decode()
    assert "<html" not in answer.content.decode()


def test_a_text_beside_a_new_tie_has_no_marks() -> None:
    piece = builders.evidence(draft(), builders.source(text=TEXT), quote="One", start=3, end=6)
    answer = at_the_desk("editor", "Editors").get(text_at(piece.source))
    assert (shown(answer), marked(answer)) == (TEXT, [])


@pytest.mark.parametrize(
    "address",
    [
        "sources/99999999999999999999/text/",
        "sources/{source}/text/?tie=99999999999999999999",
        "sources/{source}/text/?tie=987654",
        "sources/{source}/text/?tie=%00",
        "sources/{source}/text/?tie=one",
        "sources/?tie=one",
        "{tie}/change/?at-hand=987654",
        "{tie}/change/?find=%00",
    ],
)
def test_an_address_that_names_nothing_is_not_found(address: str) -> None:
    tie, source = draft(), builders.source(text=TEXT)
    where = RELATIONSHIPS + address.format(tie=tie.pk, source=source.pk)
    assert at_the_desk("root").get(where).status_code == 404


@pytest.mark.parametrize("codename", ["view_source", "view_place"])
def test_who_may_see_no_ties_is_shown_no_text_beside_one(codename: str) -> None:
    guest, tie, source = with_permissions(codename), draft(), builders.source("a", text=TEXT)
    builders.evidence(tie, source)
    for asked in ("", f"?tie={tie.pk}"):
        assert guest.get(text_at(source) + asked).status_code == 403


def test_a_visitor_is_sent_to_log_in() -> None:
    source = builders.source(text=TEXT)
    User.objects.create_user("reader", password="x")
    reader = Client()
    reader.force_login(User.objects.get(username="reader"))
    for client in (Client(), reader):
        answer = client.get(text_at(source))
        assert (answer.status_code, "/login/" in answer["Location"]) == (302, True)


# --- the quote in the form


def attached(tie: Relationship, source: Source, **fields: Any) -> Any:
    """The answer to a form with one more piece of evidence."""
    editor, address = at_the_desk("editor", "Editors"), change(tie)
    row = {"source": source.pk, "claim": "founded", "value": "1982年", "quote": WORDS, "strength": "explicit"}
    sent = {f"evidence-0-{name}": value for name, value in {**row, **fields}.items()}
    return editor.post(address, opened(editor, address) | {"evidence-TOTAL_FORMS": "1"} | sent)


def places(tie: Relationship) -> list[tuple[Any, ...]]:
    return list(tie.evidence.values_list("claim", "value", "quote", "start", "end"))


@pytest.mark.parametrize(
    ("chosen", "start"),
    [
        (SECOND, SECOND),
        ("", TEXT.index(WORDS)),
        (SECOND + 1, TEXT.index(WORDS)),  # other words stand there
        (2**31 - 1, TEXT.index(WORDS)),
    ],
)
def test_the_chosen_place_counts_where_the_words_stand_there(chosen: Any, start: int) -> None:
    tie = draft()
    assert attached(tie, builders.source(text=TEXT), chosen_start=chosen).status_code == 302
    assert places(tie) == [("founded", "1982", WORDS, start, start + len(WORDS))]
    assert TEXT[start : start + len(WORDS)] == WORDS


def test_a_quote_of_several_lines_is_kept_as_the_text_ends_them() -> None:
    tie, quote = draft(), "in 1982.\r\nThey"
    attached(tie, builders.source(text=TEXT), quote=quote.replace("\r\n", "\n"), chosen_start=TEXT.index(quote))
    assert places(tie) == [("founded", "1982", quote, TEXT.index(quote), TEXT.index(quote) + len(quote))]


@pytest.mark.parametrize("chosen", ["-1", "one", str(10**30)])
def test_a_place_that_is_none_is_refused(chosen: str) -> None:
    tie = draft()
    response = attached(tie, builders.source(text=TEXT), chosen_start=chosen)
    assert (response.status_code, len(problems(response)), places(tie)) == (200, 1, [])


def test_words_that_do_not_stand_in_the_text_are_refused_whatever_place_is_named() -> None:
    tie = draft()
    response = attached(tie, builders.source(text=TEXT), quote="became rivals", chosen_start=3)
    assert problems(response) == ["Quote: these words do not stand in the full text of the source."]


def test_another_place_may_be_chosen_for_a_quote_that_is_held() -> None:
    tie, paper = draft(), builders.source(text=TEXT)
    first = TEXT.index(WORDS)
    piece = builders.evidence(tie, paper, quote=WORDS, start=first, end=first + len(WORDS))
    editor, address = at_the_desk("editor", "Editors"), change(tie)
    editor.post(address, opened(editor, address) | {"evidence-0-chosen_start": str(SECOND)})
    piece = Evidence.objects.get(pk=piece.pk)
    assert (piece.start, piece.end, piece.version) == (SECOND, SECOND + len(WORDS), 2)


def test_a_proposal_keeps_the_chosen_place_while_it_is_mended() -> None:
    tie, paper = builders.tie(), builders.source(text=TEXT)
    held = builders.evidence(tie, paper, quote=WORDS, start=TEXT.index(WORDS), end=TEXT.index(WORDS) + len(WORDS))
    editor, address = at_the_desk("editor", "Editors"), change(tie)
    row = {"source": paper.pk, "claim": "founded", "value": "1982", "quote": WORDS, "strength": "explicit"}
    new = {f"evidence-1-{name}": value for name, value in {**row, "chosen_start": SECOND}.items()}
    moved = {"evidence-0-chosen_start": SECOND, "evidence-TOTAL_FORMS": "2"}
    assert editor.post(address, opened(editor, address) | new | moved).status_code == 302
    proposal = Proposal.objects.get()
    mending = f"{address}?proposal={proposal.pk}"
    editor.post(mending, opened(editor, mending) | {"evidence-1-value": "1983"})
    proposal.refresh_from_db()
    after = [(each["pk"], each["after"].get("value"), each["after"]["start"]) for each in proposal.changes]
    assert after == [(held.pk, None, SECOND), (None, "1983", SECOND)]
