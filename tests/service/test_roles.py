"""How soon a change of rights is in force on open sockets."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from typing import Any

import httpx
import pytest
from sqlalchemy.ext.asyncio import AsyncConnection

from controlplane.accounts.actor import Actor
from controlplane.accounts.service import Accounts
from controlplane.app import Daemon
from controlplane.db import authority
from controlplane.db.audit import CONSOLE
from controlplane.stations.members import Members
from controlplane.stations.service import Stations
from tests.instruments.raw import Raw

Enter = Callable[..., Awaitable[Raw]]
TokenOf = Callable[[str], Awaitable[str]]
PASSWORD = "correct horse"
ROOT = Actor("root", "Root", "admin")


@pytest.fixture
async def elsewhere(daemon: Daemon) -> Accounts:
    """Accounts of another process on the same database, such as a command's."""
    return Accounts.of(daemon.settings, daemon.rights.engine)


async def test_who_is_made_staff_hears_what_staff_hear_and_who_is_demoted_does_not(
    daemon: Daemon, enter: Enter, token_of: TokenOf, elsewhere: Accounts
) -> None:
    raw = await enter(await token_of("user"))
    await raw.call("stream:join", {"station": "awaz"})
    socket, members = daemon.gateway.sockets()[0], Members(daemon.rights.engine, elsewhere.standing)
    await members.set(ROOT, CONSOLE, "awaz", "user", "moderator")
    await daemon.rights.look()
    assert (await raw.until_event("auth:roles"))["stations"] == {"awaz": "moderator"}
    assert "staff:awaz" in socket.rooms
    await members.set(ROOT, CONSOLE, "awaz", "user", "listener")
    await daemon.rights.look()
    assert (await raw.until_event("auth:roles"))["stations"] == {"awaz": "listener"}
    assert set(socket.rooms) == {"station:awaz"}


async def test_a_platform_role_given_by_command_is_in_force_on_an_open_socket(
    daemon: Daemon, enter: Enter, token_of: TokenOf, elsewhere: Accounts
) -> None:
    raw = await enter(await token_of("user"))
    await elsewhere.set_role("user", "admin")
    await daemon.rights.look()
    assert (await raw.until_event("auth:roles"))["role"] == "admin"


async def test_a_removed_station_lets_everybody_go_and_its_roles_are_gone_for_a_new_one_of_that_name(
    daemon: Daemon, enter: Enter, token_of: TokenOf
) -> None:
    raw = await enter(await token_of("moderator"))
    await raw.call("stream:join", {"station": "awaz"})
    stations = Stations(daemon.rights.engine)
    await stations.remove("awaz")
    await stations.add("awaz", "Another", "", 128, None)
    sending = asyncio.create_task(daemon.hub.run())
    await daemon.reconciler.run_once()
    await daemon.rights.look()
    sending.cancel()
    assert (await raw.until_event("auth:roles"))["stations"] == {}
    assert daemon.gateway.sockets()[0].stations == set()


async def test_a_demotion_is_not_overtaken_by_an_older_answer_of_the_database(
    daemon: Daemon, token_of: TokenOf, elsewhere: Accounts, monkeypatch: pytest.MonkeyPatch
) -> None:
    claims = daemon.accounts.mint.read(await token_of("user"))
    await elsewhere.set_role("user", "admin")
    await daemon.rights.look()
    read, go_on = asyncio.Event(), asyncio.Event()
    people = authority.people
    held = iter([True])

    async def slow(connection: AsyncConnection, ids: Iterable[str]) -> dict[str, authority.Person]:
        found = await people(connection, ids)
        if next(held, False):
            read.set()
            await go_on.wait()
        return found

    monkeypatch.setattr(authority, "people", slow)
    asking = asyncio.create_task(daemon.accounts.standing.actor(claims, ""))
    await read.wait()
    await elsewhere.add_user("root2", "", "admin", PASSWORD)
    await elsewhere.set_role("user", "user")
    await daemon.rights.look()
    go_on.set()
    assert (await asking).role == "user"
    assert (await daemon.accounts.standing.actor(claims, "")).role == "user"


async def test_sockets_that_leave_while_rights_are_looked_at_are_counted_off_once(
    daemon: Daemon, enter: Enter, token_of: TokenOf, elsewhere: Accounts, monkeypatch: pytest.MonkeyPatch
) -> None:
    raw = await enter(await token_of("user"))
    socket = daemon.gateway.sockets()[0]
    actor = type(daemon.accounts.standing).actor

    async def leave_meanwhile(standing: Any, claims: Any, address: str) -> Actor:
        daemon.gateway.server.finish(socket.sid, "gone")
        async with asyncio.timeout(5):
            while daemon.gateway.connected:
                await asyncio.sleep(0.01)
        found: Actor = await actor(standing, claims, address)
        return found

    monkeypatch.setattr(type(daemon.accounts.standing), "actor", leave_meanwhile)
    await elsewhere.set_role("user", "admin")
    await daemon.rights.look()
    await raw.close()
    assert daemon.gateway._by_user == {}


async def test_a_token_for_somebody_else_does_not_lead_around_the_cap_on_sockets(
    daemon: Daemon, enter: Enter, token_of: TokenOf
) -> None:
    user = await token_of("user")
    for _ in range(daemon.settings.gateway.connections_per_user):
        await enter(user)
    raw = await enter(await token_of("guest"))
    assert (await raw.call("auth:refresh", {"token": user}))["error"]["code"] == "too_fast"


async def test_while_the_database_says_nothing_what_was_last_known_stands(
    daemon: Daemon, enter: Enter, token_of: TokenOf, monkeypatch: pytest.MonkeyPatch, http: httpx.AsyncClient
) -> None:
    user = await token_of("user")
    raw = await enter(user)

    async def broken(_connection: object) -> int:
        raise OSError("disk on fire")

    monkeypatch.setattr(authority, "stamp", broken)
    await daemon.rights.look()
    assert (await raw.call("stream:join", {"station": "awaz"}))["ok"]
    assert (await http.get("/me", headers={"Authorization": f"Bearer {user}"})).status_code == 200
