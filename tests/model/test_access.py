from __future__ import annotations

import pytest

from monserv.model.access import EVERYBODY, Access, Role


@pytest.mark.parametrize(
    ("own", "opens"),
    [
        (Role.VIEWER, [Role.VIEWER]),
        (Role.OPERATOR, [Role.VIEWER, Role.OPERATOR]),
        (Role.ADMIN, [Role.VIEWER, Role.OPERATOR, Role.ADMIN]),
    ],
)
def test_a_role_may_do_what_the_lesser_ones_may(own: Role, opens: list[Role]) -> None:
    assert opens == [role for role in Role if Access("ada", own).may(role)]


def test_without_tags_every_server_is_seen() -> None:
    assert EVERYBODY.sees(())
    assert EVERYBODY.sees(("plant",))


def test_with_tags_only_servers_that_have_one_of_them_are_seen() -> None:
    access = Access("ada", Role.VIEWER, frozenset({"plant", "nas"}))
    assert access.sees(("home", "nas"))
    assert not access.sees(("home",))
    assert not access.sees(())
