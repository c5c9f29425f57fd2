"""Public pages are read from standbys that hold what the primary holds, and from nowhere else."""

from __future__ import annotations

from tests.scale.conftest import Landscape
from tests.scale.visitor import Visitor
from tests.servers.standbys import FILE, READS


def asked(landscape: Landscape) -> tuple[int, int]:
    """How often a file was read from the primary and from the standbys."""
    return landscape.primary.asked(READS), sum(standby.asked(READS) for standby in landscape.standbys)


def read(landscape: Landscape, visitor: Visitor, times: int = 4) -> tuple[bool, bool]:
    """Whether so many files of each web server are read from the primary, and whether from a standby."""
    before = asked(landscape)
    for server in landscape.web * times:
        assert visitor.get(f"{server.url}{FILE}").status == 200
    after = asked(landscape)
    return after[0] > before[0], after[1] > before[1]


def test_public_pages_are_read_from_standbys_and_from_both(settled: Landscape, visitor: Visitor) -> None:
    before = [standby.asked(READS) for standby in settled.standbys]
    assert read(settled, visitor) == (False, True)
    after = [standby.asked(READS) for standby in settled.standbys]
    assert [new > old for old, new in zip(before, after, strict=True)] == [True, True]


def test_a_file_is_read_from_one_standby_at_one_moment(settled: Landscape, visitor: Visitor) -> None:
    read(settled, visitor)  # what processes keep in memory is read as well
    before = asked(settled)
    for server in settled.web:
        answer = visitor.get(f"{server.url}{FILE}")
        assert (answer.status, answer.text.count("\r\n") > 100) == (200, True)
    after = asked(settled)
    assert (after[0] - before[0], after[1] - before[1]) == (0, 2)


def test_staff_and_what_the_public_sends_are_the_primarys(settled: Landscape, visitor: Visitor) -> None:
    tables = ("auth_user", "django_session", "friendship_historicalrelationship", "friendship_suggestion")

    def read_there() -> list[int]:
        return [standby.asked(table) for standby in settled.standbys for table in tables]

    before, url = read_there(), f"{settled.web[0].url}/en"
    visitor.log_in(settled.web[0].url, "editor")
    assert visitor.get(f"{url}/admin/friendship/relationship/1/history/").status == 200
    assert visitor.get(f"{url}/relationships/1/suggest/").status == 200
    assert visitor.get(f"{url}/suggestions/nobody-has-this-number/").status == 404
    assert read_there() == before


def test_a_change_is_visible_to_the_next_request_on_every_server(settled: Landscape, visitor: Visitor) -> None:
    for number in range(10):
        settled.write(f"Change number {number}.")
        for server in settled.web:
            assert f"Change number {number}." in visitor.get(f"{server.url}/en/relationships/1/").text


def test_a_standby_that_lags_is_not_read_from(settled: Landscape, visitor: Visitor) -> None:
    one, two = settled.standbys
    one.pause()
    settled.write("One standby has not replayed this.")
    two.catch_up(settled.primary)
    before = one.asked(READS)
    assert read(settled, visitor) == (False, True)
    two.pause()
    settled.write("Neither has replayed this.")
    assert read(settled, visitor) == (True, False)
    assert one.asked(READS) == before
    for server in settled.web:
        assert "Neither has replayed this." in visitor.get(f"{server.url}/en/relationships/1/").text
    one.resume()
    two.resume()
    settled.settle()
    assert read(settled, visitor) == (False, True)


def test_who_has_written_reads_from_the_primary_until_a_standby_has_it(settled: Landscape, visitor: Visitor) -> None:
    for standby in settled.standbys:
        standby.pause()
    visitor.log_in(settled.nginx, "reviewer")  # writes a session and the access log, and nothing of the register
    [cookie] = [cookie for cookie in visitor.cookies if cookie.name == "written"]
    assert cookie.has_nonstandard_attr("HttpOnly")
    assert read(settled, visitor) == (True, False)
    assert read(settled, Visitor()) == (False, True)
    for standby in settled.standbys:
        standby.resume()
    settled.settle()
    assert read(settled, visitor) == (False, True)


def test_a_forged_position_is_no_position(settled: Landscape, visitor: Visitor) -> None:
    for value in ("FFFFFFFF/FFFFFFFF", "'; DROP TABLE friendship_place; --"):
        answer = visitor.get(f"{settled.web[0].url}{FILE}", Cookie=f"written={value}")
        assert answer.status == 200
    before = asked(settled)[0]
    visitor.get(f"{settled.web[0].url}{FILE}", Cookie="written=FFFFFFFF/FFFFFFFF")
    assert asked(settled)[0] == before
