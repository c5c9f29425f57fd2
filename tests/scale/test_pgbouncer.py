"""The second web server asks its databases through PgBouncer in transaction mode, two connections for eight threads."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

from tests.scale.conftest import DATABASE, Landscape
from tests.scale.visitor import Visitor


def test_list_page_and_file_are_served_to_many_at_once(settled: Landscape) -> None:
    url = settled.web[1].url
    addresses = [
        "/en/relationships/?q=Sichuan",
        "/en/relationships/1/history/",
        "/relationships.csv",
        "/api/v1/relationships/",
    ]

    def ask(number: int) -> tuple[int, str]:
        answer = Visitor().get(f"{url}{addresses[number % len(addresses)]}")
        return answer.status, answer.text[-20:]

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(ask, range(32)))
    assert {status for status, _text in answers} == {200}
    assert len({text for _status, text in answers[2::4]}) == 1


def test_a_file_is_read_row_by_row(settled: Landscape, visitor: Visitor) -> None:
    """By a cursor of the server, within one transaction: a million rows need no memory."""
    words = 'DECLARE "_django_curs'
    before = sum(server.asked(words) for server in (settled.primary, *settled.standbys))
    assert visitor.get(f"{settled.web[1].url}/relationships.csv").status == 200
    assert sum(server.asked(words) for server in (settled.primary, *settled.standbys)) > before


def test_the_pages_of_staff_need_no_cursor_between_transactions(settled: Landscape, visitor: Visitor) -> None:
    visitor.log_in(settled.web[1].url, "admin")
    for page in ("", "help/", "friendship/relationship/", "friendship/place/", "friendship/acceptedfinding/"):
        assert (page, visitor.get(f"{settled.web[1].url}/en/admin/{page}").status) == (page, 200)


def test_a_record_is_saved_in_the_admin(settled: Landscape, visitor: Visitor) -> None:
    visitor.log_in(settled.web[1].url, "admin")
    address = f"{settled.web[1].url}/en/admin/friendship/city/add/"
    fields = {"country": "PL", "level": "city", "name_en": "Pooled", "name_zh": "池", "review_state": "draft"}
    saved = visitor.post(address, **fields)
    assert (saved.status, "was added successfully" in saved.text) == (200, True)
    assert settled.primary.ask("SELECT count(*) FROM friendship_place WHERE slug = 'pooled'", name=DATABASE) == 1
