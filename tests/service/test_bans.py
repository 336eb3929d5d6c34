"""Who is sent away, how soon, and that there is no way around it."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import httpx
import pytest

from controlplane.app import Daemon
from controlplane.config import Settings
from tests.instruments.raw import Raw

Enter = Callable[..., Awaitable[Raw]]
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


async def test_who_is_sent_away_from_a_station_is_cut_and_cannot_join_until_allowed(
    daemon: Daemon, http: httpx.AsyncClient, enter: Enter, token_of: TokenOf
) -> None:
    moderator, user = await token_of("moderator"), await token_of("user")
    raw, neighbour = await enter(user), await enter(await token_of("guest"))
    for each in (raw, neighbour):
        await each.call("stream:join", {"station": "awaz"})
    user_id = daemon.accounts.mint.read(user).subject
    made = (await ban(http, moderator, "/stations/awaz", user_id, reason="shouting")).json()
    assert await raw.until_event("auth:ended") == {
        "code": "banned",
        "message": "you were sent away from this station: shouting",
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
async def test_who_is_sent_away_from_the_platform_does_not_come_in_as_a_new_guest_from_there_and_others_stay(
    daemon: Daemon, http: httpx.AsyncClient, enter: Enter, token_of: TokenOf, url: str, role: str
) -> None:
    admin, token = await token_of("admin"), await token_of(role)
    earlier = daemon.accounts.mint.make("guest:neighbour", "Neighbour", since=int(time.time()) - 60)
    raw, neighbour = await enter(token, **OFFICE), await enter(earlier, **OFFICE)
    await ban(http, admin, "/admin", daemon.accounts.mint.read(token).subject)
    await raw.until_closed()
    for again in (token, daemon.accounts.guest("another").access_token):
        knocking = await Raw.open(url, **OFFICE)
        assert '"code":"banned"' in await knocking.connect(again)
        await knocking.close()
    assert (await neighbour.call("stream:heartbeat", {"t": 1}))["ok"]
    await enter(admin, **OFFICE)
    await enter(daemon.accounts.guest("elsewhere").access_token)


async def test_a_ban_from_a_station_is_not_left_behind_by_becoming_a_user(
    daemon: Daemon, http: httpx.AsyncClient, enter: Enter, token_of: TokenOf
) -> None:
    owner, guest = await token_of("owner"), await token_of("guest")
    raw = await enter(guest)
    await raw.close()  # who has just left can be sent away, too
    assert (await ban(http, owner, "/stations/awaz", daemon.accounts.mint.read(guest).subject)).status_code == 200
    body = {"login": "ali", "password": PASSWORD}
    answer = await http.post("/auth/upgrade", headers={"Authorization": f"Bearer {guest}"}, json=body)
    assert (answer.status_code, answer.json()["error"]["code"]) == (403, "banned")


async def test_what_an_owner_forbade_no_moderator_allows(
    daemon: Daemon, http: httpx.AsyncClient, token_of: TokenOf
) -> None:
    owner, moderator, user = [await token_of(role) for role in ("owner", "moderator", "user")]
    made = (await ban(http, owner, "/stations/awaz", daemon.accounts.mint.read(user).subject)).json()
    answers = [
        await http.delete(f"/stations/awaz/bans/{made['id']}", headers={"Authorization": f"Bearer {token}"})
        for token in (moderator, owner)
    ]
    assert [answer.status_code for answer in answers] == [403, 200]


async def test_a_ban_that_is_over_is_over_on_an_open_socket(
    daemon: Daemon, http: httpx.AsyncClient, enter: Enter, token_of: TokenOf, monkeypatch: pytest.MonkeyPatch
) -> None:
    owner, user = await token_of("owner"), await token_of("user")
    raw = await enter(user)
    await ban(http, owner, "/stations/awaz", daemon.accounts.mint.read(user).subject, seconds=60)
    assert (await raw.call("stream:join", {"station": "awaz"}))["error"]["code"] == "banned"
    now = time.time()
    monkeypatch.setattr("controlplane.accounts.standing.now_ms", lambda: int((now + 61) * 1000))
    await daemon.gateway.expire()
    assert (await raw.call("stream:join", {"station": "awaz"}, 2))["ok"]


async def test_what_was_read_before_somebody_was_sent_away_is_not_done_after_it(
    daemon: Daemon, http: httpx.AsyncClient, enter: Enter, token_of: TokenOf, monkeypatch: pytest.MonkeyPatch
) -> None:
    admin, user = await token_of("admin"), await token_of("user")
    raw = await enter(user)
    reached, go_on = asyncio.Event(), asyncio.Event()
    memory = daemon.site.limiter._memory
    get = memory.get

    async def hang(key: str) -> int:
        reached.set()
        await go_on.wait()
        return await get(key)

    monkeypatch.setattr(memory, "get", hang)
    await raw.send('421["stream:heartbeat",{"t":1}]')
    await raw.send('422["stream:join",{"station":"awaz"}]')
    await reached.wait()
    monkeypatch.setattr(memory, "get", get)
    await ban(http, admin, "/admin", daemon.accounts.mint.read(user).subject)
    go_on.set()
    await raw.until_closed()
    assert daemon.hub.sockets("awaz") == 0


async def test_a_ban_ends_by_itself(
    daemon: Daemon, http: httpx.AsyncClient, token_of: TokenOf, monkeypatch: pytest.MonkeyPatch
) -> None:
    admin, user = await token_of("admin"), await token_of("user")
    await ban(http, admin, "/admin", daemon.accounts.mint.read(user).subject, seconds=60)
    header = {"Authorization": f"Bearer {user}"}
    refused = await http.get("/me", headers=header)
    assert (refused.status_code, refused.json()["error"]["code"]) == (403, "banned")
    now = time.time()
    monkeypatch.setattr("controlplane.accounts.standing.now_ms", lambda: int((now + 61) * 1000))
    assert (await http.get("/me", headers=header)).status_code == 200


@pytest.mark.parametrize(("by", "whom"), [("moderator", "host"), ("moderator", "owner"), ("host", "owner")])
async def test_nobody_sends_away_those_above(
    daemon: Daemon, http: httpx.AsyncClient, token_of: TokenOf, by: str, whom: str
) -> None:
    token, other = await token_of(by), await token_of(whom)
    answer = await ban(http, token, "/stations/awaz", daemon.accounts.mint.read(other).subject)
    assert answer.status_code == 403
    assert (await ban(http, token, "/stations/awaz", daemon.accounts.mint.read(token).subject)).status_code == 400
    assert (await ban(http, token, "/stations/awaz", "nobody")).status_code == 404
    assert (await ban(http, token, "/stations/awaz", "guest:" + "0" * 32)).status_code == 404
