"""Changes of roles and permissions on open sockets."""

import asyncio
from collections.abc import Iterable
from typing import Any

import httpx
import pytest
from sqlalchemy.ext.asyncio import AsyncConnection

from controlplane.access.authenticator import Authenticator
from controlplane.access.cache import AccessCache
from controlplane.access.identity import Actor
from controlplane.db import access
from controlplane.features.accounts.service import Accounts
from controlplane.features.stations.members import Members
from controlplane.features.stations.service import Stations
from controlplane.kernel.audit import CONSOLE
from controlplane.kernel.stations import NewStation
from controlplane.protocol.disconnect import Disconnect
from tests.support.builders import PASSWORD
from tests.support.loopback import bearer
from tests.support.running import Running
from tests.support.types import OpenSocket, TokenOf
from tests.support.waiting import until

pytestmark = pytest.mark.both_databases

ROOT = Actor("root", "Root", "admin")


@pytest.fixture
async def other_process(running: Running) -> Accounts:
    """The accounts service of another process on the same database, such as a command."""
    return Accounts.build(running.settings, Authenticator.build(running.settings, running.engine))


async def test_staff_rooms_follow_role_changes(
    running: Running, open_socket: OpenSocket, token_of: TokenOf, other_process: Accounts
) -> None:
    client = await open_socket(await token_of("user"))
    await client.call("stream:join", {"station": "awaz"})
    socket, members = running.connected.all()[0], Members(running.engine, other_process.cache, running.clock)
    await members.set(ROOT, CONSOLE, "awaz", "user", "moderator")
    await running.refresh.run_once()
    assert (await client.until_event("auth:roles"))["stations"] == {"awaz": "moderator"}
    assert "staff:awaz" in socket.rooms
    await members.set(ROOT, CONSOLE, "awaz", "user", "listener")
    await running.refresh.run_once()
    assert (await client.until_event("auth:roles"))["stations"] == {"awaz": "listener"}
    assert set(socket.rooms) == {"station:awaz", "chat:awaz"}


async def test_platform_role_changes_reach_open_sockets(
    running: Running, open_socket: OpenSocket, token_of: TokenOf, other_process: Accounts
) -> None:
    client = await open_socket(await token_of("user"))
    await other_process.set_role("user", "admin")
    await running.refresh.run_once()
    assert (await client.until_event("auth:roles"))["role"] == "admin"


async def test_a_recreated_station_inherits_no_roles_or_followers(
    running: Running, open_socket: OpenSocket, token_of: TokenOf
) -> None:
    client = await open_socket(await token_of("moderator"))
    await client.call("stream:join", {"station": "awaz"})
    stations = Stations(running.engine, AccessCache(running.engine))
    await stations.remove("awaz")
    await stations.add(NewStation(slug="awaz", name="Another"))
    sending = asyncio.create_task(running.hub.run())
    await running.load_stations()
    await running.refresh.run_once()
    sending.cancel()
    assert (await client.until_event("auth:roles"))["stations"] == {}
    assert running.connected.all()[0].stations == set()


async def test_a_stale_query_does_not_undo_a_demotion(
    running: Running, token_of: TokenOf, other_process: Accounts, monkeypatch: pytest.MonkeyPatch
) -> None:
    claims = running.accounts.mint.read(await token_of("user"))
    await other_process.set_role("user", "admin")
    await running.refresh.run_once()
    read, resume = asyncio.Event(), asyncio.Event()
    users_access = access.users_access
    held = iter([True])

    async def slow(connection: AsyncConnection, ids: Iterable[str]) -> dict[str, access.UserAccess]:
        found = await users_access(connection, ids)
        if next(held, False):
            read.set()
            await resume.wait()
        return found

    monkeypatch.setattr(access, "users_access", slow)
    loading = asyncio.create_task(running.accounts.cache.actor(claims, ""))
    await read.wait()
    await other_process.add_user("root2", "", "admin", PASSWORD)
    await other_process.set_role("user", "user")
    await running.refresh.run_once()
    resume.set()
    assert (await loading).role == "user"
    assert (await running.accounts.cache.actor(claims, "")).role == "user"


async def test_sockets_closed_during_a_refresh_are_removed_once(
    running: Running,
    open_socket: OpenSocket,
    token_of: TokenOf,
    other_process: Accounts,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    client = await open_socket(await token_of("user"))
    socket = running.connected.all()[0]
    actor = type(running.accounts.cache).actor

    async def leave_meanwhile(cache: Any, claims: Any, address: str) -> Actor:
        running.kit.gateway.server.finish(socket.sid, Disconnect.GOING_AWAY)
        await until(lambda: not len(running.connected))
        found: Actor = await actor(cache, claims, address)
        return found

    monkeypatch.setattr(type(running.accounts.cache), "actor", leave_meanwhile)
    await other_process.set_role("user", "admin")
    await running.refresh.run_once()
    await client.close()
    assert running.connected.users == 0


async def test_changing_users_does_not_evade_the_socket_limit(
    running: Running, open_socket: OpenSocket, token_of: TokenOf
) -> None:
    user = await token_of("user")
    for _ in range(running.settings.gateway.connections_per_user):
        await open_socket(user)
    client = await open_socket(await token_of("guest"))
    assert (await client.call("auth:refresh", {"token": user}))["error"]["code"] == "too_fast"


async def test_the_access_cache_serves_while_the_database_fails(
    running: Running,
    open_socket: OpenSocket,
    token_of: TokenOf,
    monkeypatch: pytest.MonkeyPatch,
    http: httpx.AsyncClient,
) -> None:
    user = await token_of("user")
    client = await open_socket(user)

    async def broken(_connection: object) -> int:
        raise OSError("disk on fire")

    monkeypatch.setattr(access, "version", broken)
    await running.refresh.run_once()
    assert (await client.call("stream:join", {"station": "awaz"}))["ok"]
    assert (await http.get("/me", headers=bearer(user))).status_code == 200
