"""How soon a change of rights is in force on open sockets."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from typing import Any

import httpx
import pytest
from sqlalchemy.ext.asyncio import AsyncConnection

from controlplane.access.authenticator import Authenticator
from controlplane.access.cache import AccessCache
from controlplane.access.identity import Actor
from controlplane.db import access
from controlplane.db.audit import CONSOLE
from controlplane.features.accounts.service import Accounts
from controlplane.features.stations.members import Members
from controlplane.features.stations.service import Stations
from controlplane.live.disconnect import Disconnect
from tests.support.raw_socket import RawSocket
from tests.support.running import Running

Enter = Callable[..., Awaitable[RawSocket]]
TokenOf = Callable[[str], Awaitable[str]]
PASSWORD = "correct horse"
ROOT = Actor("root", "Root", "admin")


@pytest.fixture
async def other_process(daemon: Running) -> Accounts:
    """Accounts of another process on the same database, such as a command's."""
    return Accounts.build(daemon.settings, Authenticator.build(daemon.settings, daemon.engine))


async def test_staff_rooms_follow_role_changes(
    daemon: Running, enter: Enter, token_of: TokenOf, other_process: Accounts
) -> None:
    raw = await enter(await token_of("user"))
    await raw.call("stream:join", {"station": "awaz"})
    socket, members = daemon.sessions.all()[0], Members(daemon.engine, other_process.cache)
    await members.set(ROOT, CONSOLE, "awaz", "user", "moderator")
    await daemon.refresh.run_once()
    assert (await raw.until_event("auth:roles"))["stations"] == {"awaz": "moderator"}
    assert "staff:awaz" in socket.rooms
    await members.set(ROOT, CONSOLE, "awaz", "user", "listener")
    await daemon.refresh.run_once()
    assert (await raw.until_event("auth:roles"))["stations"] == {"awaz": "listener"}
    assert set(socket.rooms) == {"station:awaz"}


async def test_platform_role_changes_reach_open_sockets(
    daemon: Running, enter: Enter, token_of: TokenOf, other_process: Accounts
) -> None:
    raw = await enter(await token_of("user"))
    await other_process.set_role("user", "admin")
    await daemon.refresh.run_once()
    assert (await raw.until_event("auth:roles"))["role"] == "admin"


async def test_a_recreated_station_inherits_no_roles_or_followers(
    daemon: Running, enter: Enter, token_of: TokenOf
) -> None:
    raw = await enter(await token_of("moderator"))
    await raw.call("stream:join", {"station": "awaz"})
    stations = Stations(daemon.engine, AccessCache(daemon.engine))
    await stations.remove("awaz")
    await stations.add("awaz", "Another", "", 128, None)
    sending = asyncio.create_task(daemon.hub.run())
    await daemon.load_stations()
    await daemon.refresh.run_once()
    sending.cancel()
    assert (await raw.until_event("auth:roles"))["stations"] == {}
    assert daemon.sessions.all()[0].stations == set()


async def test_a_stale_query_does_not_undo_a_demotion(
    daemon: Running, token_of: TokenOf, other_process: Accounts, monkeypatch: pytest.MonkeyPatch
) -> None:
    claims = daemon.accounts.mint.read(await token_of("user"))
    await other_process.set_role("user", "admin")
    await daemon.refresh.run_once()
    read, go_on = asyncio.Event(), asyncio.Event()
    users_access = access.users_access
    held = iter([True])

    async def slow(connection: AsyncConnection, ids: Iterable[str]) -> dict[str, access.UserAccess]:
        found = await users_access(connection, ids)
        if next(held, False):
            read.set()
            await go_on.wait()
        return found

    monkeypatch.setattr(access, "users_access", slow)
    asking = asyncio.create_task(daemon.accounts.cache.actor(claims, ""))
    await read.wait()
    await other_process.add_user("root2", "", "admin", PASSWORD)
    await other_process.set_role("user", "user")
    await daemon.refresh.run_once()
    go_on.set()
    assert (await asking).role == "user"
    assert (await daemon.accounts.cache.actor(claims, "")).role == "user"


async def test_sockets_closed_during_a_refresh_are_removed_once(
    daemon: Running, enter: Enter, token_of: TokenOf, other_process: Accounts, monkeypatch: pytest.MonkeyPatch
) -> None:
    raw = await enter(await token_of("user"))
    socket = daemon.sessions.all()[0]
    actor = type(daemon.accounts.cache).actor

    async def leave_meanwhile(cache: Any, claims: Any, address: str) -> Actor:
        daemon.kit.gateway.server.finish(socket.sid, Disconnect.GOING_AWAY)
        async with asyncio.timeout(5):
            while len(daemon.sessions):
                await asyncio.sleep(0.01)
        found: Actor = await actor(cache, claims, address)
        return found

    monkeypatch.setattr(type(daemon.accounts.cache), "actor", leave_meanwhile)
    await other_process.set_role("user", "admin")
    await daemon.refresh.run_once()
    await raw.close()
    assert daemon.sessions._by_user == {}


async def test_changing_users_does_not_evade_the_socket_limit(daemon: Running, enter: Enter, token_of: TokenOf) -> None:
    user = await token_of("user")
    for _ in range(daemon.settings.gateway.connections_per_user):
        await enter(user)
    raw = await enter(await token_of("guest"))
    assert (await raw.call("auth:refresh", {"token": user}))["error"]["code"] == "too_fast"


async def test_the_access_cache_serves_while_the_database_fails(
    daemon: Running, enter: Enter, token_of: TokenOf, monkeypatch: pytest.MonkeyPatch, http: httpx.AsyncClient
) -> None:
    user = await token_of("user")
    raw = await enter(user)

    async def broken(_connection: object) -> int:
        raise OSError("disk on fire")

    monkeypatch.setattr(access, "version", broken)
    await daemon.refresh.run_once()
    assert (await raw.call("stream:join", {"station": "awaz"}))["ok"]
    assert (await http.get("/me", headers={"Authorization": f"Bearer {user}"})).status_code == 200
