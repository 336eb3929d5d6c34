"""Bans from stations and the platform: immediate, and not evaded."""

import asyncio
import time
from typing import Any

import httpx
import pytest

from controlplane.kernel.quotas import Quota
from controlplane.protocol.disconnect import Disconnect
from tests.support.builders import PASSWORD
from tests.support.loopback import bearer
from tests.support.raw_socket import RawSocket
from tests.support.running import Running
from tests.support.types import OpenSocket, TokenOf

OFFICE = {"X-Forwarded-For": "203.0.113.7"}


pytestmark = [pytest.mark.both_databases, pytest.mark.settings(http={"trusted_hops": 1})]


async def ban(http: httpx.AsyncClient, token: str, scope: str, user_id: str, **options: Any) -> httpx.Response:
    return await http.post(f"{scope}/bans", headers=bearer(token), json={"user_id": user_id, **options})


async def test_a_station_ban_disconnects_and_blocks_joins_until_lifted(
    running: Running, http: httpx.AsyncClient, open_socket: OpenSocket, token_of: TokenOf
) -> None:
    moderator, user = await token_of("moderator"), await token_of("user")
    client, neighbour = await open_socket(user), await open_socket(await token_of("guest"))
    for each in (client, neighbour):
        await each.call("stream:join", {"station": "awaz"})
    user_id = running.accounts.mint.read(user).subject
    created = (await ban(http, moderator, "/stations/awaz", user_id, reason="shouting", seconds=3600)).json()
    assert await client.until_event("auth:ended") == {
        "code": "banned",
        "message": "you are banned from this station: shouting",
        "station": "awaz",
        "ban": {"reason": "shouting", "until": created["until"]},
    }
    assert await client.until_closed() == Disconnect.STATION_BANNED.code
    back = await open_socket(user)
    refused = await back.call("stream:join", {"station": "awaz"})
    assert refused["error"]["code"] == "banned"
    assert refused["error"]["ban"] == {"reason": "shouting", "until": created["until"]}
    assert (await neighbour.call("stream:heartbeat", {"t": 1}))["ok"]
    allow = bearer(moderator)
    assert (await http.delete(f"/stations/awaz/bans/{created['id']}", headers=allow)).status_code == 200
    assert (await back.call("stream:join", {"station": "awaz"}, 2))["ok"]


async def test_moderators_see_who_is_here_and_can_ban_them_by_that(
    running: Running, http: httpx.AsyncClient, open_socket: OpenSocket, token_of: TokenOf
) -> None:
    moderator, guest = await token_of("moderator"), await token_of("guest")
    here, twice, elsewhere = [await open_socket(token) for token in (guest, guest, await token_of("user"))]
    for client in (here, twice):
        await client.call("stream:join", {"station": "awaz"})
    await elsewhere.call("platform:watch", {})
    people = (await http.get("/stations/awaz/people", headers=bearer(moderator))).json()["people"]
    guest_id = running.accounts.mint.read(guest).subject
    assert [(person["user_id"], person["role"]) for person in people] == [(guest_id, "guest")]
    assert (await ban(http, moderator, "/stations/awaz", people[0]["user_id"])).status_code == 200
    assert await here.until_closed() == Disconnect.STATION_BANNED.code
    assert (await http.get("/stations/awaz/people", headers=bearer(moderator))).json()["people"] == []


@pytest.mark.parametrize("role", ["guest", "user"])
async def test_a_platform_ban_covers_new_guests_of_the_same_address(
    running: Running, http: httpx.AsyncClient, open_socket: OpenSocket, token_of: TokenOf, url: str, role: str
) -> None:
    admin, token = await token_of("admin"), await token_of(role)
    earlier = running.accounts.mint.make("guest:neighbour", "Neighbour", since=int(time.time()) - 60)
    client, neighbour = await open_socket(token, **OFFICE), await open_socket(earlier, **OFFICE)
    await ban(http, admin, "/admin", running.accounts.mint.read(token).subject)
    await client.until_closed()
    for retry_token in (token, running.accounts.guest("another").access_token):
        attempt = await RawSocket.open(url, **OFFICE)
        assert '"code":"banned"' in await attempt.connect(retry_token)
        await attempt.close()
    assert (await neighbour.call("stream:heartbeat", {"t": 1}))["ok"]
    await open_socket(admin, **OFFICE)
    await open_socket(running.accounts.guest("elsewhere").access_token)


async def test_upgrading_a_guest_does_not_evade_a_ban(
    running: Running, http: httpx.AsyncClient, open_socket: OpenSocket, token_of: TokenOf
) -> None:
    owner, guest = await token_of("owner"), await token_of("guest")
    client = await open_socket(guest)
    await client.close()  # a user who has just left can be banned, too
    assert (await ban(http, owner, "/stations/awaz", running.accounts.mint.read(guest).subject)).status_code == 200
    body = {"login": "ali", "password": PASSWORD}
    answer = await http.post("/auth/upgrade", headers=bearer(guest), json=body)
    assert (answer.status_code, answer.json()["error"]["code"]) == (403, "banned")


async def test_moderators_cannot_lift_bans_of_owners(
    running: Running, http: httpx.AsyncClient, token_of: TokenOf
) -> None:
    owner, moderator, user = [await token_of(role) for role in ("owner", "moderator", "user")]
    created = (await ban(http, owner, "/stations/awaz", running.accounts.mint.read(user).subject)).json()
    answers = [
        await http.delete(f"/stations/awaz/bans/{created['id']}", headers=bearer(token)) for token in (moderator, owner)
    ]
    assert [answer.status_code for answer in answers] == [403, 200]


async def test_an_expired_ban_is_lifted_on_open_sockets(
    running: Running,
    http: httpx.AsyncClient,
    open_socket: OpenSocket,
    token_of: TokenOf,
) -> None:
    owner, user = await token_of("owner"), await token_of("user")
    client = await open_socket(user)
    await ban(http, owner, "/stations/awaz", running.accounts.mint.read(user).subject, seconds=60)
    assert (await client.call("stream:join", {"station": "awaz"}))["error"]["code"] == "banned"
    running.clock.advance(61)
    await running.connected.expire()
    assert (await client.call("stream:join", {"station": "awaz"}, 2))["ok"]


async def test_of_several_bans_the_one_that_lasts_longest_is_told(
    running: Running, http: httpx.AsyncClient, open_socket: OpenSocket, token_of: TokenOf
) -> None:
    owner, user = await token_of("owner"), await token_of("user")
    client, user_id = await open_socket(user), running.accounts.mint.read(user).subject
    for options in ({"seconds": 60}, {"reason": "for good"}, {"seconds": 3600}):
        await ban(http, owner, "/stations/awaz", user_id, **options)
    refused = await client.call("stream:join", {"station": "awaz"})
    assert refused["error"]["ban"] == {"reason": "for good"}


async def test_queued_events_are_dropped_after_a_ban(
    running: Running,
    http: httpx.AsyncClient,
    open_socket: OpenSocket,
    token_of: TokenOf,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    admin, user = await token_of("admin"), await token_of("user")
    client = await open_socket(user)
    reached, resume = asyncio.Event(), asyncio.Event()
    limiter = running.kit.guard.limiter
    spend = limiter.spend

    async def hang(quota: Quota, **subject: str) -> None:
        reached.set()
        await resume.wait()
        await spend(quota, **subject)

    monkeypatch.setattr(limiter, "spend", hang)
    await client.send('421["stream:heartbeat",{"t":1}]')
    await client.send('422["stream:join",{"station":"awaz"}]')
    await reached.wait()
    monkeypatch.setattr(limiter, "spend", spend)
    await ban(http, admin, "/admin", running.accounts.mint.read(user).subject)
    resume.set()
    await client.until_closed()
    assert running.hub.followers("awaz") == 0


async def test_a_ban_expires_by_itself(running: Running, http: httpx.AsyncClient, token_of: TokenOf) -> None:
    admin, user = await token_of("admin"), await token_of("user")
    await ban(http, admin, "/admin", running.accounts.mint.read(user).subject, seconds=60)
    header = bearer(user)
    refused = await http.get("/me", headers=header)
    assert (refused.status_code, refused.json()["error"]["code"]) == (403, "banned")
    running.clock.advance(61)
    assert (await http.get("/me", headers=header)).status_code == 200


@pytest.mark.parametrize(("by", "target"), [("moderator", "host"), ("moderator", "owner"), ("host", "owner")])
async def test_superiors_oneself_and_unknown_users_cannot_be_banned(
    running: Running, http: httpx.AsyncClient, token_of: TokenOf, by: str, target: str
) -> None:
    token, other = await token_of(by), await token_of(target)
    answer = await ban(http, token, "/stations/awaz", running.accounts.mint.read(other).subject)
    assert answer.status_code == 403
    assert (await ban(http, token, "/stations/awaz", running.accounts.mint.read(token).subject)).status_code == 400
    assert (await ban(http, token, "/stations/awaz", "nobody")).status_code == 404
    assert (await ban(http, token, "/stations/awaz", "guest:" + "0" * 32)).status_code == 404
