"""Many records at once at the desk: tick, choose, say what, look at the differences, carry out or submit, undo."""

from __future__ import annotations

import io
import re
from html import unescape
from typing import Any

import pytest
from django.contrib.auth.models import Permission, User
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from openpyxl import load_workbook

from friendship.exporters.worksheet import TIES
from friendship.models import Evidence, Place, Proposal, Relationship, Remit
from tests import builders
from tests.admin.desk import RELATIONSHIPS, act, at_the_desk, said, with_permissions

pytestmark = pytest.mark.django_db

ADMIN = "/en/admin/friendship/"
CITIES = f"{ADMIN}city/"
PROPOSALS = f"{ADMIN}proposal/"


@pytest.fixture
def editor() -> Client:
    return at_the_desk("editor", "Editors")


@pytest.fixture
def reviewer() -> Client:
    return at_the_desk("reviewer", "Reviewers")


def offered(client: Client, address: str = RELATIONSHIPS) -> list[str]:
    form = client.get(address).context["action_form"]
    return [name for name, _label in form.fields["action"].choices if name] if form else []


def confirmed(
    client: Client, action: str, rows: list[Any], value: Any, address: str = RELATIONSHIPS, **more: Any
) -> Any:
    """Send the page that asks for the value, as a browser would after the action was chosen."""
    asked = act(client, action, rows, address, **more)
    page = asked.content.decode()
    hidden = re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', page)
    sent: dict[str, Any] = {}
    for name, held in hidden:
        sent.setdefault(name, []).append(held)
    del sent["csrfmiddlewaretoken"]
    return client.post(address, {**sent, "value": value, "proposal_note": "as decided"})


def proposal_of(response: Any) -> Proposal:
    [key] = re.findall(r"/proposal/(\d+)/change/$", response["Location"])
    return Proposal.objects.get(pk=key)


def shown(client: Client, proposal: Proposal, query: str = "") -> Any:
    return client.get(f"{PROPOSALS}{proposal.pk}/change/{query}")


def rows_of(response: Any) -> list[str]:
    """The rows of the page, their cells one after the other."""
    rows = re.findall(r"<tr data-fact[^>]*>(.*?)</tr>", response.content.decode(), re.DOTALL)
    return [" ".join(unescape(re.sub(r"<[^>]+>", " ", row)).split()) for row in rows]


def left_out(response: Any) -> dict[str, str]:
    """What the page says of rows that would not change."""
    found = re.findall(r'data-left-out="(\w+)">(.*?)</(?:p|section)>', response.content.decode(), re.DOTALL)
    return {kind: " ".join(unescape(re.sub(r"<[^>]+>", " ", text)).split()) for kind, text in found}


def decide(client: Client, proposal: Proposal, decision: str) -> Any:
    seen = shown(client, proposal).context["seen"]
    return client.post(f"{PROPOSALS}{proposal.pk}/decide/", {"decision": decision, "seen": seen, "word": ""})


def buttons(client: Client, proposal: Proposal) -> list[str]:
    return re.findall(r'name="decision" value="(\w+)"', shown(client, proposal).content.decode())


def types() -> list[str]:
    return list(Relationship.objects.filter(home__slug="one").order_by("pk").values_list("type", flat=True))


# --- one value for a selection ----------------------------------------------------------------------------------------


def test_an_editor_sets_the_type_of_public_ties_and_a_reviewer_publishes_it(editor: Client, reviewer: Client) -> None:
    rows = [*builders.ties(2), builders.tie(partner=builders.place("last"), type="intent")]
    asked = act(editor, "set_type", rows)
    assert "3 records are selected:" in asked.content.decode()
    assert types() == ["sister", "sister", "intent"]

    response = confirmed(editor, "set_type", rows, "intent")
    proposal = proposal_of(response)
    assert (proposal.kind, proposal.state, proposal.note) == ("bulk", "prepared", "as decided")
    page = shown(editor, proposal)
    assert rows_of(page) == [f"One – City {number} Type sister city letter of intent" for number in (0, 1)]
    assert left_out(page) == {"unchanged": "1 record says so already."}
    assert buttons(editor, proposal) == ["submit", "withdraw"]
    assert shown(reviewer, proposal).status_code == 404

    decide(editor, proposal, "submit")
    assert said(decide(reviewer, proposal, "apply")) == ["Published: the register now says so."]
    assert types() == ["intent"] * 3
    assert buttons(reviewer, proposal) == ["undo"]
    assert buttons(editor, proposal) == []
    decide(reviewer, proposal, "undo")
    assert types() == ["sister", "sister", "intent"]


def test_of_drafts_alone_an_editor_carries_it_out_and_takes_it_back(editor: Client) -> None:
    rows = builders.ties(2, review_state="draft")
    proposal = proposal_of(confirmed(editor, "set_status", rows, "suspended"))
    assert buttons(editor, proposal) == ["apply", "withdraw"]
    assert said(decide(editor, proposal, "apply")) == ["Carried out: the register now says so."]
    assert {row.status for row in Relationship.objects.filter(home__slug="one")} == {"suspended"}
    assert buttons(editor, proposal) == ["undo"]
    decide(editor, proposal, "undo")
    assert {row.status for row in Relationship.objects.filter(home__slug="one")} == {"active"}


def test_a_source_is_added_to_the_ties_that_lack_it(editor: Client) -> None:
    paper, rows = builders.source(), builders.ties(2, review_state="draft")
    builders.evidence(rows[0], paper)
    proposal = proposal_of(confirmed(editor, "add_source", rows, paper.pk))
    page = shown(editor, proposal)
    assert rows_of(page) == [
        "New · Evidence One – City 1 Source — Paper",
        "Claim — the tie itself",
        "Strength — explicit",
    ]
    assert left_out(page) == {"unchanged": "1 record says so already."}
    decide(editor, proposal, "apply")
    assert Evidence.objects.filter(source=paper, relationship=rows[1], claim="tie").count() == 1


def test_places_are_put_under_another_where_it_can_contain_them(editor: Client) -> None:
    province = builders.place("province", level="province")
    city = builders.place("city", review_state="draft")
    abroad = builders.place("abroad", country_id="JP", review_state="draft")
    proposal = proposal_of(confirmed(editor, "set_parent", [city, abroad], province.pk, CITIES))
    page = shown(editor, proposal)
    assert rows_of(page) == ["City (China · city level · draft) Part of — Province (China · provincial level)"]
    assert left_out(page)["refused"].startswith("1 row refused")
    assert left_out(page)["refused"].endswith(
        "Abroad (Japan · city level · draft) Part of: must lie in the same country."
    )
    decide(editor, proposal, "apply")
    assert Place.objects.get(pk=city.pk).parent == province


def test_all_rows_that_the_filter_finds_are_meant_when_the_person_says_so(editor: Client) -> None:
    builders.ties(60, review_state="draft")
    other = builders.tie(builders.place("elsewhere"), review_state="draft")
    address = f"{RELATIONSHIPS}?home__id__exact={builders.place('one').pk}"
    first = list(Relationship.objects.filter(home__slug="one")[:1])
    proposal = proposal_of(confirmed(editor, "set_type", first, "exchange", address, select_across="1"))
    assert len(proposal.changes) == 60
    decide(editor, proposal, "apply")
    assert types() == ["exchange"] * 60
    assert Relationship.objects.get(pk=other.pk).type == "sister"


@pytest.mark.parametrize("value", ["", "cousin", "\0"])
def test_what_is_no_value_is_asked_for_again(value: str, editor: Client) -> None:
    rows = builders.ties(1)
    response = confirmed(editor, "set_type", rows, value)
    assert (response.status_code, Proposal.objects.count()) == (200, 0)
    assert "errorlist" in response.content.decode()


@pytest.mark.parametrize("value", ["x", "99999999", "9" * 30])
def test_a_source_that_is_none_is_asked_for_again(value: str, editor: Client) -> None:
    response = confirmed(editor, "add_source", builders.ties(1), value)
    assert (response.status_code, Proposal.objects.count()) == (200, 0)


def test_where_nothing_would_change_nothing_is_kept(editor: Client) -> None:
    rows = builders.ties(2)
    response = confirmed(editor, "set_type", rows, "sister")
    assert "Nothing would change." in response.content.decode()
    assert left_out(response) == {"unchanged": "2 records say so already."}
    assert Proposal.objects.count() == 0


def test_actions_are_offered_to_who_may_change_such_rows_alone(editor: Client) -> None:
    builders.tie()
    assert set(offered(editor)) >= {"set_type", "set_status", "add_source", "edit_in_spreadsheet"}
    assert set(offered(editor, CITIES)) >= {"set_parent", "edit_in_spreadsheet"}
    assert set(offered(editor, f"{ADMIN}province/")) & {"set_parent", "edit_in_spreadsheet"} == {"edit_in_spreadsheet"}
    guest = with_permissions("view_relationship", "view_place", "view_city", "view_proposal")
    assert (offered(guest), offered(guest, CITIES)) == ([], [])
    assert "sheet/" not in guest.get(RELATIONSHIPS).content.decode()
    assert guest.get(f"{RELATIONSHIPS}sheet/").status_code == 403
    act(guest, "set_type", list(Relationship.objects.all()[:1]), post="yes", value="intent")
    assert Proposal.objects.count() == 0


def test_a_limited_editor_changes_no_row_beyond_their_remit(editor: Client) -> None:
    province = builders.place("province", level="province")
    own = builders.place("own", parent=province, review_state="draft")
    other = builders.place("other", review_state="draft")
    Remit.objects.create(user=User.objects.get(username="editor"), place=province)
    inside, outside = (builders.tie(home, builders.place("abroad"), review_state="draft") for home in (own, other))

    for action, value in (("set_type", "exchange"), ("add_source", builders.source().pk)):
        proposal = proposal_of(confirmed(editor, action, [inside, outside], value))
        ties = {change["pk"] or change["after"]["relationship_id"] for change in proposal.changes}
        assert ties == {inside.pk}
    elsewhere = builders.place("elsewhere", level="province")
    assert confirmed(editor, "set_parent", [own], elsewhere.pk, CITIES).status_code == 200
    response = confirmed(editor, "set_parent", [other], province.pk, CITIES)
    assert left_out(response)["refused"].endswith("You may not change this record.")

    book = table(act(at_the_desk("root"), "edit_in_spreadsheet", [inside, outside]))
    for row in (2, 3):
        book.worksheets[0].cell(row, at("note_en")).value = "new"
    proposal = proposal_of(sent(editor, book))
    assert [change["pk"] for change in proposal.changes] == [inside.pk]
    assert f"No record of this list has the number “{outside.pk}”." in left_out(shown(editor, proposal))["refused"]
    decide(editor, proposal, "apply")
    assert Relationship.objects.get(pk=inside.pk).note_en == "new"


def test_a_limited_editor_waits_no_longer_for_thirty_rows_than_for_two(editor: Client) -> None:
    Remit.objects.create(user=User.objects.get(username="editor"), place=builders.place("one"))

    def queries(number: int) -> int:
        Relationship.objects.filter(home__slug="one").delete()
        rows, paper = builders.ties(number, review_state="draft"), builders.source()
        with CaptureQueriesContext(connection) as captured:
            for action, value in (("set_type", "exchange"), ("add_source", paper.pk)):
                assert said(decide(editor, proposal_of(confirmed(editor, action, rows, value)), "apply"))
        assert (types(), Evidence.objects.filter(source=paper).count()) == (["exchange"] * number, number)
        return len(captured)

    queries(2)  # content types are read once
    assert queries(2) == queries(30)


@pytest.mark.parametrize("key", ["x", "9" * 30, ""])
def test_what_is_no_key_is_not_found(key: str, editor: Client) -> None:
    sent = {"action": "set_type", "_selected_action": [key], "index": "0"}
    assert editor.post(RELATIONSHIPS, sent).status_code == 404


def test_one_row_that_has_changed_since_the_page_was_opened_is_looked_at_again(editor: Client) -> None:
    rows = builders.ties(60, review_state="draft")
    proposal = proposal_of(confirmed(editor, "set_type", rows[:1], "exchange", select_across="1"))
    seen = shown(editor, proposal).context["seen"]
    Relationship.objects.filter(pk=rows[-1].pk).update(version=2)
    response = editor.post(f"{PROPOSALS}{proposal.pk}/decide/", {"decision": "apply", "seen": seen})
    assert said(response) == ["Something has changed since you opened this page. Look at it again, then decide."]
    assert set(types()) == {"sister"}


def test_a_clash_far_down_stands_first(editor: Client) -> None:
    rows = builders.ties(60, review_state="draft")
    proposal = proposal_of(confirmed(editor, "set_type", rows, "exchange"))
    Relationship.objects.filter(pk=rows[-1].pk).update(type="other")
    response = decide(editor, proposal, "apply")
    assert rows_of(response)[0] == "One – City 59 Type sister city By now: other friendly exchange"
    assert set(types()) == {"sister", "other"}


def test_a_page_of_a_long_proposal_reads_its_own_rows_alone(editor: Client) -> None:
    def queries(number: int) -> int:
        Relationship.objects.filter(home__slug="one").delete()
        proposal = proposal_of(confirmed(editor, "set_type", builders.ties(number), "exchange"))
        shown(editor, proposal)
        with CaptureQueriesContext(connection) as captured:
            page = shown(editor, proposal, "?p=2")
        assert len(rows_of(page)) == min(number - 50, 50)
        return len(captured)

    assert queries(75) == queries(150)


# --- in a spreadsheet -------------------------------------------------------------------------------------------------


def table(response: Any) -> Any:
    return load_workbook(io.BytesIO(b"".join(response.streaming_content)))


def sent(client: Client, book: Any, address: str = f"{RELATIONSHIPS}sheet/") -> Any:
    file = io.BytesIO()
    book.save(file)
    return client.post(address, {"file": SimpleUploadedFile("ties.xlsx", file.getvalue()), "proposal_note": "checked"})


def at(name: str) -> int:
    return TIES.cells.index(name) + 1


def test_a_selection_is_edited_in_a_spreadsheet_and_published(editor: Client, reviewer: Client) -> None:
    rows = builders.ties(3)
    response = act(editor, "edit_in_spreadsheet", rows[:2])
    assert re.fullmatch(r'attachment; filename="relationship-\d{4}-\d\d-\d\d.xlsx"', response["Content-Disposition"])
    book = table(response)
    sheet = book.worksheets[0]
    order = [sheet.cell(number, at("id")).value for number in (2, 3)]
    assert sorted(order) == [row.pk for row in rows[:2]]
    assert sheet.max_row == 3
    sheet.cell(2, at("founded")).value = "1982-10"
    sheet.cell(3, at("status")).value = "asleep"

    proposal = proposal_of(sent(editor, book))
    assert (proposal.kind, proposal.state, proposal.note) == ("sheet", "prepared", "checked")
    page = shown(editor, proposal)
    assert [row.rpartition("Date established ")[2] for row in rows_of(page)] == ["— October 1982"]
    assert left_out(page)["refused"].endswith("3 Status: “asleep” is none that the register knows.")
    decide(editor, proposal, "submit")
    decide(reviewer, proposal, "apply")
    held = Relationship.objects.get(pk=order[0])
    assert (held.founded_year, held.founded_month, str(held.history.first().history_user)) == (1982, 10, "editor")
    decide(reviewer, proposal, "undo")
    assert Relationship.objects.get(pk=order[0]).founded_year is None


def test_all_rows_of_a_filtered_list_go_into_the_table(editor: Client) -> None:
    builders.ties(60)
    address = f"{RELATIONSHIPS}?home__id__exact={builders.place('one').pk}"
    first = list(Relationship.objects.filter(home__slug="one")[:1])
    book = table(act(editor, "edit_in_spreadsheet", first, address, select_across="1"))
    assert book.worksheets[0].max_row == 61


@pytest.mark.parametrize("kind", ["city", "province"])
def test_places_are_edited_in_a_spreadsheet_as_well(kind: str, editor: Client) -> None:
    place = builders.place("somewhere", level=kind, review_state="draft", name_zh="某地")
    address = f"{ADMIN}{kind}/"
    book = table(act(editor, "edit_in_spreadsheet", [place], address))
    headings = [cell.value for cell in book.worksheets[0][1]]
    book.worksheets[0].cell(2, headings.index("English name") + 1).value = "Elsewhere"
    proposal = proposal_of(sent(editor, book, f"{address}sheet/"))
    decide(editor, proposal, "apply")
    assert Place.objects.get(pk=place.pk).name_en == "Elsewhere"


def test_a_file_that_cannot_be_read_is_named_beside_its_box(editor: Client) -> None:
    builders.tie()
    for content, why in ((b"%PDF-1.7", "This is a PDF document"), (b"a,b\n1,2\n", "This is no table made for editing")):
        file = SimpleUploadedFile("x.xlsx", content)
        response = editor.post(f"{RELATIONSHIPS}sheet/", {"file": file})
        assert response.status_code == 200
        [error] = response.context["form"].errors["file"]
        assert error.startswith(why)
    assert editor.post(f"{RELATIONSHIPS}sheet/").context["form"].errors["file"] == ["This field is required."]
    assert Proposal.objects.count() == 0


@pytest.mark.parametrize("action", ["set_type", "edit_in_spreadsheet"])
def test_more_than_can_be_changed_at_once_are_not_begun(
    action: str, editor: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("friendship.admin.bulk.MOST_ROWS", 2)
    rows = builders.ties(3)
    told = "At most 2 records can be changed at once; these are 3. Narrow the list."
    assert said(act(editor, action, rows, post="yes", value="intent")) == [told]
    assert Proposal.objects.count() == 0
    answer = act(editor, action, rows[:2])
    assert (answer.status_code, b"".join(answer)[:2] == b"PK") == (200, action == "edit_in_spreadsheet")


def test_an_unchanged_table_changes_nothing(editor: Client) -> None:
    book = table(act(editor, "edit_in_spreadsheet", builders.ties(2)))
    response = sent(editor, book)
    assert left_out(response) == {"unchanged": "2 records say so already."}
    assert Proposal.objects.count() == 0


def test_the_list_leads_to_the_upload_whom_it_concerns(editor: Client) -> None:
    builders.tie()
    for where in (RELATIONSHIPS, CITIES, f"{ADMIN}province/", f"{ADMIN}place/"):
        assert f'href="{where}sheet/"' in editor.get(where).content.decode()
        assert editor.get(f"{where}sheet/").status_code == 200
    guest = User.objects.create_user("guest", is_staff=True)
    guest.user_permissions.set(Permission.objects.filter(codename__startswith="view_"))
    client = Client()
    client.force_login(guest)
    assert "sheet/" not in client.get(RELATIONSHIPS).content.decode()


@pytest.mark.parametrize("language", ["", "/en"])
def test_the_pages_open_in_both_languages(language: str, editor: Client) -> None:
    rows = builders.ties(2)
    address = f"{language}/admin/friendship/relationship/"
    for action in ("set_type", "set_status", "add_source"):
        assert act(editor, action, rows, address).status_code == 200
    assert act(editor, "set_parent", [rows[0].home], f"{language}/admin/friendship/city/").status_code == 200
    proposal = proposal_of(confirmed(editor, "set_type", rows, "exchange", address))
    assert editor.get(f"{language}/admin/friendship/proposal/{proposal.pk}/change/").status_code == 200
