"""A standby becomes the primary and the register follows it, and back.

The first web server does so by itself. The second asks PgBouncer, which goes on telling what a server said when it
first connected (``in_hot_standby``): so whoever promotes a standby has PgBouncer lead there.
"""

from __future__ import annotations

from tests.scale.conftest import DATABASE, Landscape
from tests.scale.test_standbys import read
from tests.scale.visitor import Visitor, wait
from tests.servers.standbys import READS


def everybody_can_log_in(landscape: Landscape) -> bool:
    """Whether each web server finds who takes writes: logging in writes a session."""
    return all(Visitor().can_log_in(server.url, "editor") for server in landscape.web)


def everybody_sees(landscape: Landscape, text: str) -> bool:
    visitor = Visitor()
    return all(text in visitor.get(f"{server.url}/en/relationships/1/").text for server in landscape.web)


def test_a_promoted_standby_is_followed_and_so_is_the_way_back(settled: Landscape, visitor: Visitor) -> None:
    primary, (one, two) = settled.primary, settled.standbys
    primary.stop()
    one.promote()
    two.follow(one)
    settled.pooler.lead_to(one.url(DATABASE))
    wait(lambda: everybody_can_log_in(settled))
    one.ask("UPDATE friendship_relationship SET note_en = 'After the change.' WHERE id = 1", name=DATABASE)
    wait(lambda: everybody_sees(settled, "After the change."))
    before = two.asked(READS)
    wait(lambda: read(settled, visitor, 1)[1] and two.asked(READS) > before)

    primary.rebuild(one)
    for standby in (primary, two):
        standby.catch_up(one)
    one.stop()
    primary.promote()
    two.follow(primary)
    one.rebuild(primary)
    settled.pooler.lead_to(primary.url(DATABASE))
    wait(lambda: everybody_can_log_in(settled))
    settled.write("After the way back.")
    wait(lambda: everybody_sees(settled, "After the way back."))
    settled.settle()
    wait(lambda: read(settled, visitor, 1) == (False, True))
