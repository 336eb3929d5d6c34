"""Who is sent away, how soon, and that there is no way around it."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import httpx
import pytest

from controlplane.kernel.quotas import Quota
from controlplane.runtime.config import Settings
from tests.support.raw_socket import RawSocket
from tests.support.running import Running

Enter = Callable[..., Awaitable[RawSocket]]
TokenOf = Callable[[str], Awaitable[str]]
PASSWORD = "correct horse"
OFFICE = {"X-Forwarded-For": "203.0.113.7"}


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings.model_validate({"data_dir": tmp_path, "pipeline": {"manager": "none"}, "http": {"trusted_hops": 1}})


async def ban(http: httpx.AsyncClient, token: str, where: str, user_id: str, **more: Any) -> httpx.Response:
    return await http.post(
        f"{where}/bans", headers={"Authorization": f"Bearer {token}"}, json={"user_id": user_id, **more}
    )


async def test_a_station_ban_disconnects_and_blocks_joins_until_lifted(
    daemon: Running, http: httpx.AsyncClient, enter: Enter, token_of: TokenOf
) -> None:
    moderator, user = await token_of("moderator"), await token_of("user")
    raw, neighbour = await enter(user), await enter(await token_of("guest"))
    for each in (raw, neighbour):
        await each.call("stream:join", {"station": "awaz"})
    user_id = daemon.accounts.mint.read(user).subject
    made = (await ban(http, moderator, "/stations/awaz", user_id, reason="shouting")).json()
    assert await raw.until_event("auth:ended") == {
        "code": "banned",
        "message": "you are banned from this station: shouting",
    }
    await raw.until_closed()
    back = await enter(user)
    refused = await back.call("stream:join", {"station": "awaz"})
    assert refused["error"]["code"] == "banned"
    assert (await neighbour.call("stream:heartbeat", {"t": 1}))["ok"]
    allow = {"Authorization": f"Bearer {moderator}"}
    assert (await http.delete(f"/stations/awaz/bans/{made['id']}", headers=allow)).status_code == 200
    assert (await back.call("stream:join", {"station": "awaz"}, 2))["ok"]


@pytest.mark.parametrize("role", ["guest", "user"])
async def test_a_platform_ban_covers_new_guests_of_the_same_address(
    daemon: Running, http: httpx.AsyncClient, enter: Enter, token_of: TokenOf, url: str, role: str
) -> None:
    admin, token = await token_of("admin"), await token_of(role)
    earlier = daemon.accounts.mint.make("guest:neighbour", "Neighbour", since=int(time.time()) - 60)
    raw, neighbour = await enter(token, **OFFICE), await enter(earlier, **OFFICE)
    await ban(http, admin, "/admin", daemon.accounts.mint.read(token).subject)
    await raw.until_closed()
    for again in (token, daemon.accounts.guest("another").access_token):
        knocking = await RawSocket.open(url, **OFFICE)
        assert '"code":"banned"' in await knocking.connect(again)
        await knocking.close()
    assert (await neighbour.call("stream:heartbeat", {"t": 1}))["ok"]
    await enter(admin, **OFFICE)
    await enter(daemon.accounts.guest("elsewhere").access_token)


async def test_upgrading_a_guest_does_not_evade_a_ban(
    daemon: Running, http: httpx.AsyncClient, enter: Enter, token_of: TokenOf
) -> None:
    owner, guest = await token_of("owner"), await token_of("guest")
    raw = await enter(guest)
    await raw.close()  # who has just left can be sent away, too
    assert (await ban(http, owner, "/stations/awaz", daemon.accounts.mint.read(guest).subject)).status_code == 200
    body = {"login": "ali", "password": PASSWORD}
    answer = await http.post("/auth/upgrade", headers={"Authorization": f"Bearer {guest}"}, json=body)
    assert (answer.status_code, answer.json()["error"]["code"]) == (403, "banned")


async def test_moderators_cannot_lift_bans_of_owners(
    daemon: Running, http: httpx.AsyncClient, token_of: TokenOf
) -> None:
    owner, moderator, user = [await token_of(role) for role in ("owner", "moderator", "user")]
    made = (await ban(http, owner, "/stations/awaz", daemon.accounts.mint.read(user).subject)).json()
    answers = [
        await http.delete(f"/stations/awaz/bans/{made['id']}", headers={"Authorization": f"Bearer {token}"})
        for token in (moderator, owner)
    ]
    assert [answer.status_code for answer in answers] == [403, 200]


async def test_an_expired_ban_is_lifted_on_open_sockets(
    daemon: Running, http: httpx.AsyncClient, enter: Enter, token_of: TokenOf, monkeypatch: pytest.MonkeyPatch
) -> None:
    owner, user = await token_of("owner"), await token_of("user")
    raw = await enter(user)
    await ban(http, owner, "/stations/awaz", daemon.accounts.mint.read(user).subject, seconds=60)
    assert (await raw.call("stream:join", {"station": "awaz"}))["error"]["code"] == "banned"
    now = time.time()
    monkeypatch.setattr("controlplane.access.cache.now_ms", lambda: int((now + 61) * 1000))
    await daemon.sessions.expire()
    assert (await raw.call("stream:join", {"station": "awaz"}, 2))["ok"]


async def test_queued_events_are_dropped_after_a_ban(
    daemon: Running, http: httpx.AsyncClient, enter: Enter, token_of: TokenOf, monkeypatch: pytest.MonkeyPatch
) -> None:
    admin, user = await token_of("admin"), await token_of("user")
    raw = await enter(user)
    reached, go_on = asyncio.Event(), asyncio.Event()
    limiter = daemon.kit.guard.limiter
    spend = limiter.spend

    async def hang(quota: Quota, **who: str) -> None:
        reached.set()
        await go_on.wait()
        await spend(quota, **who)

    monkeypatch.setattr(limiter, "spend", hang)
    await raw.send('421["stream:heartbeat",{"t":1}]')
    await raw.send('422["stream:join",{"station":"awaz"}]')
    await reached.wait()
    monkeypatch.setattr(limiter, "spend", spend)
    await ban(http, admin, "/admin", daemon.accounts.mint.read(user).subject)
    go_on.set()
    await raw.until_closed()
    assert daemon.hub.followers("awaz") == 0


async def test_a_ban_expires_by_itself(
    daemon: Running, http: httpx.AsyncClient, token_of: TokenOf, monkeypatch: pytest.MonkeyPatch
) -> None:
    admin, user = await token_of("admin"), await token_of("user")
    await ban(http, admin, "/admin", daemon.accounts.mint.read(user).subject, seconds=60)
    header = {"Authorization": f"Bearer {user}"}
    refused = await http.get("/me", headers=header)
    assert (refused.status_code, refused.json()["error"]["code"]) == (403, "banned")
    now = time.time()
    monkeypatch.setattr("controlplane.access.cache.now_ms", lambda: int((now + 61) * 1000))
    assert (await http.get("/me", headers=header)).status_code == 200


@pytest.mark.parametrize(("by", "whom"), [("moderator", "host"), ("moderator", "owner"), ("host", "owner")])
async def test_superiors_oneself_and_unknown_users_cannot_be_banned(
    daemon: Running, http: httpx.AsyncClient, token_of: TokenOf, by: str, whom: str
) -> None:
    token, other = await token_of(by), await token_of(whom)
    answer = await ban(http, token, "/stations/awaz", daemon.accounts.mint.read(other).subject)
    assert answer.status_code == 403
    assert (await ban(http, token, "/stations/awaz", daemon.accounts.mint.read(token).subject)).status_code == 400
    assert (await ban(http, token, "/stations/awaz", "nobody")).status_code == 404
    assert (await ban(http, token, "/stations/awaz", "guest:" + "0" * 32)).status_code == 404
