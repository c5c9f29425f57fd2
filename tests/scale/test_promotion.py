"""A standby becomes the primary, and the register follows it by itself."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack

import pytest

from tests.scale.conftest import DATABASE, web
from tests.scale.test_standbys import FILE, READS
from tests.scale.visitor import Visitor, wait
from tests.servers import register, standbys
from tests.servers.register import PASSWORD, Register
from tests.servers.standbys import Server

There = tuple[Register, list[Server]]


@pytest.fixture
def there(installed: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[There]:
    """A web server, a primary and two standbys of which one will be promoted."""
    with ExitStack() as stack:
        servers = stack.enter_context(standbys.servers(2))
        servers[0].ask(f"CREATE DATABASE {DATABASE}")
        addresses = [server.url(DATABASE) for server in servers]
        running = stack.enter_context(web(tmp_path_factory.mktemp("web"), addresses))
        register.add_staff(running)
        for standby in servers[1:]:
            standby.catch_up(servers[0])
        yield running, servers


def test_a_promoted_standby_is_followed(there: There, visitor: Visitor) -> None:
    running, (primary, one, two) = there
    page = f"{running.url}/en/relationships/1/"
    visitor.log_in(running.url, "editor")
    primary.stop()
    assert visitor.get(page).status == 200
    one.promote()
    wait(lambda: visitor.get(f"{running.url}/en/admin/").status == 200)
    Visitor().log_in(running.url, "reviewer")  # writes a session
    one.ask("UPDATE friendship_relationship SET note_en = 'After the change.' WHERE id = 1", name=DATABASE)
    wait(lambda: "After the change." in visitor.get(page).text)
    two.follow(one)
    two.catch_up(one)
    before = two.asked(READS)
    wait(lambda: visitor.get(f"{running.url}{FILE}").status == 200 and two.asked(READS) > before)


def test_a_primary_that_has_become_a_standby_is_let_go(there: There, visitor: Visitor) -> None:
    """Its connections go on, and would refuse every write: the next one is made to who takes them."""
    running, (primary, one, _two) = there
    visitor.log_in(running.url, "editor")
    primary.ask("ALTER SYSTEM SET default_transaction_read_only = on")
    primary.ask("SELECT pg_reload_conf()")
    one.promote()
    fields = {"username": "reviewer", "password": PASSWORD}
    login = f"{running.url}/en/admin/login/?next=/en/admin/"
    assert Visitor().post(login, **fields).status == 500
    wait(lambda: Visitor().post(login, **fields).status == 200)
