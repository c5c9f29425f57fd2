"""Corrections from the public: the form, what it refuses, what robots get, and what became of a suggestion."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from friendship import curation
from friendship.curation import suggestions
from friendship.enums import SuggestionState
from friendship.models import Place, Relationship, Suggestion
from tests import builders
from tests.views import pages
from tests.views.correcting import FORM, WORDS, Clock, carried, problems, send, stamp

pytestmark = pytest.mark.django_db

FORMS = [FORM, "/cities/mianyang/suggest/", "/provinces/sichuan/suggest/"]
HOUR, DAY = 3600, 86_400


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    return Clock(monkeypatch)


@pytest.fixture(autouse=True)
def _counts_of_its_own(settings: Settings, tmp_path: Path) -> None:
    settings.VAR_DIR = tmp_path


def sent(client: Client, clock: Clock, path: str = FORM, **words: str) -> Any:
    """The answer to somebody who opens the form, takes a minute, and sends it."""
    opened = stamp(client, path)
    clock.wait(60)
    return send(client, path, opened, **words)


def facts(page: list[pages.Element]) -> dict[str, str]:
    """What a list of facts says, by name."""
    names = [item.words for item in page if item.tag == "dt"]
    return dict(zip(names, [item.words for item in page if item.tag == "dd"], strict=True))


# --- the form ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", FORMS)
def test_every_record_leads_to_its_form(client: Client, path: str) -> None:
    for language in ("", "/en"):
        record = f"{language}{path.removesuffix('suggest/')}"
        assert pages.links(pages.read(client, record)).count(f"{language}{path}") == 1
        page = pages.read(client, language + path)
        assert record in pages.links(page)
        [robots] = pages.with_attribute(page, "name", "robots")
        assert robots.attributes["content"] == "noindex"


def test_the_form_shows_what_is_held_of_a_tie(client: Client) -> None:
    page = pages.read(client, "/en/relationships/95/suggest/")
    held = facts(page)
    assert (held["Type"], held["Established"], held["Status"]) == ("sister city", "29 September 1990", "active")
    assert "/en/cities/mianyang/" in pages.links(page)
    assert any(link.startswith("/en/sources/") for link in pages.links(page))


def test_the_form_shows_what_is_held_of_a_place(client: Client) -> None:
    held = facts(pages.read(client, "/en/cities/mianyang/suggest/"))
    assert (held["Level"], held["Country or region"]) == ("city level", "China")


def test_the_form_says_what_becomes_of_an_address(client: Client) -> None:
    page = " ".join(item.words for item in pages.read(client, "/en" + FORM) if item.tag == "p")
    for sentence in (
        "Nothing is changed or published by itself.",
        "the register itself sends no mail",
        "Kept for 180 days after your suggestion is closed, then wiped.",
        "please put no personal details into them",
    ):
        assert sentence in page


def test_a_city_among_the_provinces_is_sent_on(client: Client) -> None:
    assert client.get("/en/provinces/mianyang/suggest/")["Location"] == "/en/cities/mianyang/suggest/"
    assert client.get("/cities/sichuan/suggest/")["Location"] == "/provinces/sichuan/suggest/"


@pytest.mark.parametrize("method", ["get", "post"])
def test_what_the_public_does_not_see_has_no_form(client: Client, method: str) -> None:
    hidden = builders.place("hidden", review_state="draft")
    shire = builders.place("shire", level="province", review_state="draft")
    draft = builders.tie(review_state="draft")
    for path in (
        f"/relationships/{draft.pk}/suggest/",
        f"/cities/{hidden.slug}/suggest/",
        f"/provinces/{shire.slug}/suggest/",
        "/relationships/99999999999999999999/suggest/",
        "/cities/nowhere/suggest/",
        "/en/relationships/0/suggest/",
    ):
        assert getattr(client, method)(path).status_code == 404
    assert not Suggestion.objects.exists()


def test_other_methods_are_refused(client: Client) -> None:
    assert client.put(FORM).status_code == 405
    assert client.post("/suggestions/abcde-fghjk-mnpqr-stuvw/").status_code == 405


# --- sending ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", FORMS)
@pytest.mark.parametrize(("prefix", "language"), [("", "zh-hans"), ("/en", "en")])
def test_what_was_sent_is_kept_as_it_was_written(
    client: Client, clock: Clock, path: str, prefix: str, language: str
) -> None:
    before = timezone.now()
    answer = sent(client, clock, prefix + path, email="reader@example.org", wrong=" a\r\nb ")
    held = Suggestion.objects.get()
    assert answer["Location"] == f"{prefix}/suggestions/{held.token}/"
    assert (held.wrong, held.right, held.source) == ("a\nb", WORDS["right"], WORDS["source"])
    assert (held.email, held.language, held.state, held.answer) == ("reader@example.org", language, "open", "")
    assert (held.subject and held.subject.get_absolute_url()) == prefix + path.removesuffix("suggest/")
    assert before <= held.created_at <= timezone.now()


def test_nothing_of_the_register_changes(client: Client, clock: Clock) -> None:
    before = pages.read(client, "/relationships/1/")
    versions = list(Relationship.objects.values_list("pk", "version"))
    sent(client, clock)
    assert pages.read(client, "/relationships/1/") == before
    assert list(Relationship.objects.values_list("pk", "version")) == versions


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ({"wrong": " "}, "What is wrong: fill in this box."),
        ({"right": ""}, "What is right: fill in this box."),
        ({"source": "\r\n"}, "Source: fill in this box."),
        ({"wrong": "x" * 2001}, "What is wrong: at most 2000 characters; these are 2001."),
        ({"right": "\0"}, "What is right: it holds the character NUL, which no text has. Type it anew."),
        ({"email": "nobody"}, "E-mail: write it like name@example.org, or leave it empty."),
        ({"email": f"{'x' * 300}@example.org"}, "E-mail: write it like name@example.org, or leave it empty."),
        ({"email": "a\0@example.org"}, "E-mail: write it like name@example.org, or leave it empty."),
    ],
)
def test_what_is_wrong_is_said_beside_its_field(client: Client, clock: Clock, words: dict[str, str], said: str) -> None:
    answer = sent(client, clock, "/en" + FORM, **{"right": "kept <b>entry</b>", **words})
    assert (answer.status_code, problems(answer)[0]) == (200, said)
    [name] = words
    html = answer.content.decode()
    assert f'<p class="error" id="{name}-error">{said}</p>' in html
    assert name == "right" or "kept &lt;b&gt;entry&lt;/b&gt;" in html
    assert not Suggestion.objects.exists()


def test_two_thousand_characters_are_taken_however_their_lines_end(client: Client, clock: Clock) -> None:
    text = "长\r\n" * 999 + "长长"
    assert sent(client, clock, wrong=text).status_code == 302
    assert len(Suggestion.objects.get().wrong) == 2000


def test_who_presses_twice_sends_once(client: Client, clock: Clock) -> None:
    opened = stamp(client)
    clock.wait(60)
    first, again = send(client, opened=opened), send(client, opened=opened)
    assert first["Location"] == again["Location"]
    other = send(client, opened=opened, right="something else")
    assert other["Location"] != first["Location"]
    assert list(Suggestion.objects.order_by("pk").values_list("right", flat=True)) == [WORDS["right"], "something else"]


def test_a_form_sent_from_another_site_is_refused(clock: Clock) -> None:
    strict = Client(enforce_csrf_checks=True)
    opened = stamp(strict)
    clock.wait(60)
    assert send(strict, opened=opened).status_code == 403
    token = strict.cookies["csrftoken"].value
    assert send(strict, opened=opened, csrfmiddlewaretoken=token).status_code == 302


# --- robots -----------------------------------------------------------------------------------------------------------


def test_nobody_writes_in_less_than_three_seconds(client: Client, clock: Clock) -> None:
    opened = stamp(client, "/en" + FORM)
    clock.wait(2.9)
    answer = send(client, "/en" + FORM, opened)
    said = "That was faster than anybody writes. What you wrote is still here: please send it once more."
    assert (answer.status_code, problems(answer)) == (200, [said])
    assert WORDS["source"] in answer.content.decode()
    assert not Suggestion.objects.exists()
    clock.wait(0.2)
    assert send(client, "/en" + FORM, opened).status_code == 302  # the time runs on from the first opening


@pytest.mark.parametrize("of_old", [True, False])
def test_a_page_that_lay_open_for_a_day_is_asked_for_again(client: Client, clock: Clock, of_old: bool) -> None:
    opened = stamp(client) if of_old else "made-up"
    clock.wait(DAY + 1)
    answer = send(client, "/en" + FORM, opened)
    said = "This page had been open for too long. What you wrote is still here: please send it again."
    assert problems(answer) == [said]
    renewed = re.findall(r'name="opened" value="([^"]+)"', answer.content.decode())
    assert len(renewed) == 1
    clock.wait(5)
    assert send(client, "/en" + FORM, renewed[0]).status_code == 302


def test_a_day_less_a_second_is_in_time(client: Client, clock: Clock) -> None:
    opened = stamp(client)
    clock.wait(DAY - 1)
    assert send(client, opened=opened).status_code == 302


def test_the_stamp_of_one_record_does_not_open_another(client: Client, clock: Clock) -> None:
    opened = stamp(client, "/relationships/2/suggest/")
    clock.wait(60)
    assert len(problems(send(client, opened=opened))) == 1
    assert not Suggestion.objects.exists()


def test_the_trap_is_out_of_the_way_of_people(client: Client) -> None:
    page = pages.read(client, FORM)
    [trap] = pages.with_attribute(page, "name", "website")
    assert (trap.attributes["tabindex"], trap.attributes["autocomplete"]) == ("-1", "off")
    [around] = pages.with_attribute(page, "class", "apart")
    assert around.attributes["aria-hidden"] == "true"


def test_a_robot_is_thanked_and_nothing_is_kept(client: Client, clock: Clock) -> None:
    answer = sent(client, clock, "/en" + FORM, website="https://spam.example")
    assert re.fullmatch(r"/en/suggestions/(\w{5}-){3}\w{5}/", answer["Location"])
    assert not Suggestion.objects.exists()
    page = pages.read(client, answer["Location"])
    assert facts(page)["State"] == "waits for an answer"
    assert pages.words(page, "h1") == ["Your suggestion"]
    assert send(client, "/en" + FORM, "", website="x", wrong="").status_code == 302  # whatever else it sends


def test_an_address_sends_five_an_hour_and_twenty_a_day(client: Client, clock: Clock, settings: Settings) -> None:
    settings.SUGGESTION_RATE = [(5, HOUR), (20, DAY)]
    clock.seconds -= clock.seconds % DAY
    codes = []
    for _hour in range(5):
        opened = stamp(client)
        clock.wait(600)
        codes += [send(client, opened=opened, right=str(number)).status_code for number in range(6)]
        clock.wait(HOUR - 600)
    assert codes == [*[302, 302, 302, 302, 302, 429] * 4, *[429] * 6]
    assert Suggestion.objects.count() == 20
    assert sent(Client(REMOTE_ADDR="192.0.2.9"), clock).status_code == 302
    clock.wait(DAY)
    assert sent(client, clock).status_code == 302


def test_who_sent_too_often_is_told_when_to_come_back(client: Client, clock: Clock, settings: Settings) -> None:
    settings.SUGGESTION_RATE = [(1, HOUR)]
    clock.seconds -= clock.seconds % HOUR
    sent(client, clock)
    answer = sent(client, clock, "/en" + FORM, right="another")
    assert (answer.status_code, answer["Retry-After"]) == (429, str(HOUR - 120))
    said = (
        "So many suggestions have come from your network that we take the next one in 58 minutes. "
        "What you wrote is still here: copy it, and send it then."
    )
    assert problems(answer) == [said]
    assert ">\nanother</textarea>" in answer.content.decode()
    settings.SUGGESTION_RATE = [(1, DAY)]
    sent(client, clock)
    assert re.search(r" in \d+ hours\. ", problems(sent(client, clock, "/en" + FORM, right="another"))[0])


def test_what_was_refused_does_not_count(client: Client, clock: Clock, settings: Settings) -> None:
    settings.SUGGESTION_RATE = [(1, HOUR)]
    for words in ({"wrong": ""}, {"website": "x"}, {"email": "x"}):
        sent(client, clock, **words)
    assert sent(client, clock).status_code == 302


def test_what_was_counted_bears_no_address(client: Client, clock: Clock, settings: Settings, tmp_path: Path) -> None:
    settings.SUGGESTION_RATE = [(1, HOUR)]
    sent(client, clock)
    [counted] = [path.name for path in (tmp_path / "suggestion-rates").rglob("*") if path.is_file()]
    assert re.fullmatch("[0-9a-f]{32}", counted)
    settings.SECRET_KEY = "another"
    sent(client, clock)
    assert len([path for path in (tmp_path / "suggestion-rates").rglob("*") if path.is_file()]) == 2


# --- what became of it ------------------------------------------------------------------------------------------------


def shown(client: Client, held: Suggestion, prefix: str = "/en") -> dict[str, str]:
    return facts(pages.read(client, f"{prefix}/suggestions/{held.token}/"))


def test_the_page_says_what_was_sent_and_that_it_waits(client: Client, clock: Clock) -> None:
    address = sent(client, clock, "/en" + FORM, email="reader@example.org")["Location"]
    answer = client.get(address)
    assert (answer["X-Robots-Tag"], "no-store" in answer["Cache-Control"]) == ("noindex, nofollow, noarchive", True)
    page = pages.read(client, address)
    held = facts(page)
    assert held["Reference number"] == Suggestion.objects.get().token
    assert held["State"] == "waits for an answer"
    assert held["Record concerned"] == "Sichuan – Washington"
    assert (held["What is wrong"], held["Source"]) == (WORDS["wrong"], WORDS["source"])
    assert held["E-mail"] == "r•••@example.org"
    assert "reader@example.org" not in answer.content.decode()
    assert [item.attributes["content"] for item in pages.with_attribute(page, "name", "robots")] == [
        "noindex, nofollow"
    ]
    assert pages.with_attribute(page, "rel", "canonical") == []


@pytest.mark.parametrize(
    ("state", "english", "chinese"),
    [("accepted", "accepted", "已采纳"), ("answered", "answered", "已答复"), ("declined", "declined", "未采纳")],
)
def test_the_page_shows_the_answer(client: Client, state: str, english: str, chinese: str) -> None:
    held = builders.suggestion(builders.tie())
    answer = "Thank <b>you</b>.\nSee the Gazette."
    suggestions.close(held, SuggestionState(state), actor=None, answer=answer)
    assert (shown(client, held)["State"], shown(client, held, "")["状态"]) == (english, chinese)
    html = client.get(f"/en/suggestions/{held.token}/").content.decode()
    assert "Thank &lt;b&gt;you&lt;/b&gt;.\nSee the Gazette.</p>" in html
    assert "Closed on" in shown(client, held)
    assert "waits for an answer" not in html


def test_the_page_outlives_the_record_and_says_no_more_of_it(client: Client) -> None:
    tie = builders.tie()
    about = [builders.suggestion(tie), builders.suggestion(builders.place("hideaway", name_en="Hideaway"))]
    assert [shown(client, held)["Record concerned"] for held in about] == ["One – Two", "Hideaway"]
    Relationship.objects.filter(pk=tie.pk).update(review_state="draft")
    Place.objects.filter(slug="hideaway").update(review_state="draft")
    for held in about:
        assert shown(client, held)["What is right"] == "1983"
        assert "Record concerned" not in shown(client, held)
        assert "Hideaway" not in client.get(f"/en/suggestions/{held.token}/").content.decode()
    curation.delete(Relationship.objects.get(pk=tie.pk), actor=None)
    curation.delete(Place.objects.get(slug="hideaway"), actor=None)
    for held in about:
        assert shown(client, held)["What is right"] == "1983"


def test_a_record_that_comes_back_is_named_again(client: Client) -> None:
    tie = builders.tie()
    held = builders.suggestion(tie)
    past = tie.history.first().instance
    curation.delete(tie, actor=None)
    assert Suggestion.objects.get(pk=held.pk).subject is None
    past.save()
    assert shown(client, held)["Record concerned"] == "One – Two"


def test_a_wiped_address_is_said_to_be_wiped(client: Client) -> None:
    held = builders.suggestion(email="reader@example.org")
    suggestions.close(held, SuggestionState.ANSWERED, actor=None, answer="Thanks")
    Suggestion.objects.filter(pk=held.pk).update(email="", wiped_at=timezone.now())
    assert shown(client, held)["E-mail"] == "wiped"


@pytest.mark.parametrize("token", ["abcde-fghjk-mnpqr-stuvw", "1", "x" * 300])
def test_nothing_is_found_under_a_number_that_was_never_given(client: Client, token: str) -> None:
    assert client.get(f"/suggestions/{token}/").status_code == 404


def test_numbers_are_not_guessed(client: Client, clock: Clock) -> None:
    tokens = {carried_token(client) for _ in range(50)}
    assert len(tokens) == 50
    assert all(re.fullmatch("([2-9a-hjkmnp-z]{5}-){3}[2-9a-hjkmnp-z]{5}", token) for token in tokens)


def carried_token(client: Client) -> str:
    from friendship.views.correction_form import stamp_in

    found = stamp_in({"opened": carried(pages.read(client, FORM))}, "relationship-1")
    assert found is not None
    return found.token


def test_it_is_found_in_no_list(client: Client) -> None:
    held = builders.suggestion(builders.tie(), wrong="Needle in a haystack")
    for address in ("/en/sitemap.xml", "/sitemap-pages.xml", "/en/relationships/", "/api/v1/relationships/"):
        said = client.get(address).content.decode()
        assert held.token not in said
        assert "Needle" not in said
    assert client.get("/en/suggestions/").status_code == 404


# --- texts that mean harm ---------------------------------------------------------------------------------------------


def test_nothing_that_was_sent_is_obeyed(client: Client, clock: Clock) -> None:
    hostile = "<script>alert(1)</script>\u202e{{ 7*7 }}"
    address = sent(client, clock, "/en" + FORM, wrong=hostile, right=hostile, source="javascript:alert(1)")["Location"]
    html = client.get(address).content.decode()
    assert "<script>alert" not in html
    assert html.count("&lt;script&gt;alert(1)&lt;/script&gt;\u202e{{ 7*7 }}") == 2
    assert 'href="javascript:' not in html
