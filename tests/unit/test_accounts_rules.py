"""Logins, passwords and roles."""

import pytest

from controlplane.accounts.actor import NOBODY, Actor
from controlplane.accounts.rules import check_login, check_password
from controlplane.errors import AwazError, Banned, Forbidden, InvalidInput, Unauthenticated
from controlplane.permissions import ALLOWED, EVERYBODY, PLATFORM_ROLES, STATION_ROLES, Permission


@pytest.mark.parametrize("login", ["", "a b", "x" * 65, "سارا", "a\n", "a/b"])
def test_a_login_that_could_be_misread_is_refused(login: str) -> None:
    with pytest.raises(InvalidInput, match="login"):
        check_login(login)


@pytest.mark.parametrize("password", ["", "short", "aaaaaaaaaaaa", "Sara@Example.org"])
def test_a_password_that_is_easy_to_guess_is_refused(password: str) -> None:
    with pytest.raises(InvalidInput, match="password"):
        check_password(password, "sara@example.org")


def test_a_long_password_of_any_letters_is_taken() -> None:
    assert check_password("گھوڑا بیٹری سٹیپل", "sara")


def test_every_permission_is_a_row_of_the_table_and_names_known_roles() -> None:
    assert set(ALLOWED) == set(Permission)
    known = {*PLATFORM_ROLES, *STATION_ROLES, "anonymous"}
    assert all(roles <= known for roles in ALLOWED.values())


def test_an_admin_may_whatever_anybody_with_a_login_may() -> None:
    for_guests = {permission for permission, roles in ALLOWED.items() if roles == {"guest"}}
    assert [p for p, roles in ALLOWED.items() if "admin" not in roles and p not in for_guests] == []


def test_a_role_at_one_station_is_none_at_another() -> None:
    host = Actor("1", "Sara", "user", {"awaz": "host"})
    assert host.may(Permission.STATION_SET_METADATA, "awaz")
    assert not host.may(Permission.STATION_SET_METADATA, "jazz")
    assert not host.may(Permission.STATION_SET_METADATA)


@pytest.mark.parametrize(
    ("actor", "error"),
    [
        (NOBODY, Unauthenticated),
        (Actor("1", "Sara", "user"), Forbidden),
        (Actor("1", "Sara", "user", {"awaz": "host"}, {"awaz": "no shouting"}), Banned),
    ],
)
def test_who_may_not_is_told_why(actor: Actor, error: type[AwazError]) -> None:
    with pytest.raises(error):
        actor.must(Permission.STATION_SET_METADATA, "awaz")


def test_who_was_sent_away_from_a_station_may_still_read_what_is_public_and_listen_elsewhere() -> None:
    banned = Actor("1", "Sara", "user", {}, {"awaz": "no shouting"})
    assert banned.may(Permission.PUBLIC, "awaz")
    assert not banned.may(Permission.STATION_LISTEN, "awaz")
    assert banned.may(Permission.STATION_LISTEN, "jazz")


def test_power_goes_from_admin_over_owner_and_host_to_everybody() -> None:
    people = [Actor("", "", "admin"), *(Actor("", "", "user", {"awaz": role}) for role in STATION_ROLES)]
    ranks = [person.rank("awaz") for person in people]
    assert ranks == sorted(set(ranks))
    assert Actor("", "", "guest").rank("awaz") == Actor("", "", "user").rank("awaz") > ranks[-1]
    assert frozenset(PLATFORM_ROLES) == EVERYBODY
