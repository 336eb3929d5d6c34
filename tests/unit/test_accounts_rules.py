"""Rules for logins and passwords, roles, and permissions."""

import pytest

from controlplane.access.identity import ANONYMOUS_ACTOR, Actor
from controlplane.features.accounts.rules import check_login, check_password
from controlplane.kernel.errors import AwazError, Banned, BanTerms, Forbidden, InvalidInput, Unauthenticated
from controlplane.kernel.permissions import ALLOWED, EVERYBODY, PLATFORM_ROLES, STATION_ROLES, Permission


@pytest.mark.parametrize("login", ["", "a b", "x" * 65, "سارا", "a\n", "a/b"])
def test_malformed_logins_are_refused(login: str) -> None:
    with pytest.raises(InvalidInput, match="username"):
        check_login(login)


@pytest.mark.parametrize("password", ["", "short", "aaaaaaaaaaaa", "Sara@Example.org"])
def test_weak_passwords_are_refused(password: str) -> None:
    with pytest.raises(InvalidInput, match="password"):
        check_password(password, "sara@example.org")


def test_long_passwords_in_any_script_are_accepted() -> None:
    assert check_password("گھوڑا بیٹری سٹیپل", "sara")


def test_every_permission_has_a_table_row_of_known_roles() -> None:
    assert set(ALLOWED) == set(Permission)
    known = {*PLATFORM_ROLES, *STATION_ROLES, "anonymous"}
    assert all(roles <= known for roles in ALLOWED.values())


def test_admins_have_every_permission_but_those_of_guests_only() -> None:
    guest_only = {permission for permission, roles in ALLOWED.items() if roles == {"guest"}}
    assert [p for p, roles in ALLOWED.items() if "admin" not in roles and p not in guest_only] == []


def test_station_roles_apply_to_their_station_only() -> None:
    host = Actor("1", "Sara", "user", {"awaz": "host"})
    assert host.may(Permission.STATION_SET_METADATA, "awaz")
    assert not host.may(Permission.STATION_SET_METADATA, "jazz")
    assert not host.may(Permission.STATION_SET_METADATA)


@pytest.mark.parametrize(
    ("actor", "error"),
    [
        (ANONYMOUS_ACTOR, Unauthenticated),
        (Actor("1", "Sara", "user"), Forbidden),
        (Actor("1", "Sara", "user", {"awaz": "host"}, {"awaz": BanTerms()}), Banned),
    ],
)
def test_a_missing_permission_raises_the_matching_error(actor: Actor, error: type[AwazError]) -> None:
    with pytest.raises(error):
        actor.must(Permission.STATION_SET_METADATA, "awaz")


def test_a_station_ban_spares_public_data_and_other_stations() -> None:
    banned = Actor("1", "Sara", "user", {}, {"awaz": BanTerms("no shouting")})
    assert banned.may(Permission.PUBLIC, "awaz")
    assert not banned.may(Permission.STATION_LISTEN, "awaz")
    assert banned.may(Permission.STATION_LISTEN, "jazz")


def test_ranks_descend_from_admin_through_the_station_roles() -> None:
    actors = [Actor("", "", "admin"), *(Actor("", "", "user", {"awaz": role}) for role in STATION_ROLES)]
    ranks = [actor.rank("awaz") for actor in actors]
    assert ranks == sorted(set(ranks))
    assert Actor("", "", "guest").rank("awaz") == Actor("", "", "user").rank("awaz") > ranks[-1]
    assert frozenset(PLATFORM_ROLES) == EVERYBODY
