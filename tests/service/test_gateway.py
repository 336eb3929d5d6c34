"""What strangers send to the gateway: refused, with nothing changed, nothing kept, and nobody else the wiser."""

import asyncio
import gc
import tracemalloc
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import aiohttp
import httpx
import pytest

from controlplane.app import Daemon
from controlplane.config import Settings
from tests.instruments.hostile import CUT, REFUSED
from tests.instruments.raw import SOCKET, Raw

Enter = Callable[..., Awaitable[Raw]]
TokenOf = Callable[[str], Awaitable[str]]


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings.model_validate(
        {
            "data_dir": tmp_path,
            "pipeline": {"manager": "none"},
            "gateway": {"connect_within_s": 0.5, "answer_within_s": 0.5, "connections_per_address": 5},
            "limits": {"handshake": "100000/second per address"},
            "http": {"trusted_hops": 1, "origins": ["https://friend.example"], "request_within_s": 0.5},
        }
    )


@pytest.fixture
async def neighbour(enter: Enter, token_of: TokenOf) -> Raw:
    """Somebody who is inside and well, and must not notice anything."""
    raw = await enter(await token_of("guest"))
    assert (await raw.call("stream:join", {"station": "awaz"}))["ok"]
    return raw


def kept(daemon: Daemon) -> dict[str, Any]:
    """Return what the daemon keeps of its clients."""
    server = daemon.gateway.server
    rooms = server.manager.rooms.get("/", {})
    return {
        "sockets": daemon.gateway.connected,
        "users": len(daemon.gateway._by_user),
        "rooms": {name: len(members) for name, members in rooms.items()},
        "pending": [server.manager.pending_connect, server.manager.pending_disconnect],
        "environ": len(server.environ),
        "connects": len(server._connects),
        "engine": len(server.eio.sockets),
        "open": daemon.site.admission.open,
        "followers": daemon.hub.sockets("awaz"),
        "seq": daemon.hub.position("awaz"),
        "tasks": len(asyncio.all_tasks()),
    }


async def settled(daemon: Daemon, wanted: dict[str, Any]) -> None:
    """Wait until the daemon keeps no more than it did."""
    try:
        async with asyncio.timeout(5):
            while kept(daemon) != wanted:
                await asyncio.sleep(0.01)
    except TimeoutError:
        assert kept(daemon) == wanted


@pytest.mark.parametrize("name", CUT)
async def test_a_hostile_frame_ends_its_connection_and_leaves_nothing_behind(
    daemon: Daemon, neighbour: Raw, url: str, token_of: TokenOf, name: str
) -> None:
    token = daemon.accounts.guest("x").access_token
    before = kept(daemon)
    raw = await Raw.inside(url, token)
    await raw.call("stream:join", {"station": "awaz"})
    await raw.send(CUT[name])
    await raw.until_closed()
    await raw.close()
    await settled(daemon, before)
    assert (await neighbour.call("stream:heartbeat", {"t": 1.5}))["t"] == 1.5


@pytest.mark.parametrize("name", CUT)
async def test_a_hostile_frame_before_the_handshake_does_no_more(
    daemon: Daemon, neighbour: Raw, url: str, name: str
) -> None:
    before = kept(daemon)
    raw = await Raw.open(url)
    await raw.send(CUT[name])
    await raw.until_closed()
    await raw.close()
    await settled(daemon, before)


@pytest.mark.parametrize("name", REFUSED)
async def test_a_hostile_event_is_answered_with_an_error_and_changes_nothing(
    daemon: Daemon, neighbour: Raw, name: str
) -> None:
    event, code = REFUSED[name]
    before = kept(daemon)
    await neighbour.send("427" + event)
    answer = await neighbour.receive()
    assert answer.startswith('437[{"ok":false')
    assert f'"code":"{code}' in answer
    assert kept(daemon) == before
    assert (await neighbour.call("stream:heartbeat", {"t": 1.5}))["t"] == 1.5


async def test_an_event_before_the_handshake_is_not_heard(url: str, daemon: Daemon) -> None:
    raw = await Raw.open(url)
    await raw.send('421["stream:join",{"station":"awaz"}]')
    await raw.until_closed()
    await raw.close()
    assert daemon.hub.sockets("awaz") == 0


async def test_who_does_not_connect_in_time_is_cut(url: str, daemon: Daemon, neighbour: Raw) -> None:
    before = kept(daemon)
    raw = await Raw.open(url)
    await raw.until_closed(within_s=3)
    await raw.close()
    await settled(daemon, before)


async def test_a_refused_token_may_be_followed_by_a_good_one_but_not_for_ever(url: str, daemon: Daemon) -> None:
    raw = await Raw.open(url)
    assert (await raw.connect("a.b.c")).startswith("44")
    assert (await raw.connect(daemon.accounts.guest("x").access_token)).startswith("40")
    await raw.close()
    stubborn = await Raw.open(url)
    for _ in range(3):
        assert (await stubborn.connect("a.b.c")).startswith("44")
    await stubborn.send('40{"token":"a.b.c"}')
    await stubborn.until_closed()
    await stubborn.close()


@pytest.mark.parametrize("said", [b"", b"GET /healthz HTTP/1.1\r\nHost: x\r\nX-Slow: "])
async def test_a_connection_that_asks_for_nothing_is_cut(daemon: Daemon, url: str, neighbour: Raw, said: bytes) -> None:
    daemon.connections.bounds = replace(daemon.connections.bounds, keep_alive_s=0.3)
    host, _, port = url.removeprefix("http://").partition(":")
    reader, writer = await asyncio.open_connection(host, int(port))
    writer.write(said)
    async with asyncio.timeout(3):
        while not reader.at_eof() and reader.exception() is None:
            daemon.connections.sweep()
            await asyncio.sleep(0.01)
    writer.close()
    assert (await neighbour.call("stream:heartbeat", {"t": 1}))["ok"]


async def test_a_body_that_never_ends_is_answered_in_time(url: str) -> None:
    host, _, port = url.removeprefix("http://").partition(":")
    reader, writer = await asyncio.open_connection(host, int(port))
    writer.write(
        b"POST /api/v1/auth/guest HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 9\r\n\r\n{"
    )
    async with asyncio.timeout(3):
        assert b"408" in await reader.readline()
    writer.close()


async def test_a_client_that_leaves_while_it_is_let_in_leaves_nothing_behind(
    daemon: Daemon, url: str, neighbour: Raw, monkeypatch: pytest.MonkeyPatch
) -> None:
    before, reached, go_on = kept(daemon), asyncio.Event(), asyncio.Event()
    claims = daemon.accounts.claims

    async def slow(token: object) -> Any:
        reached.set()
        await go_on.wait()
        return await claims(token)

    monkeypatch.setattr(type(daemon.accounts), "claims", lambda _self, token: slow(token))
    raw = await Raw.open(url)
    await raw.send('40{"token":"' + daemon.accounts.guest("x").access_token + '"}')
    await reached.wait()
    connection = list(daemon.gateway.server.eio.sockets.values())[-1]
    await connection.close(wait=False, abort=True, reason="ping timeout")
    await raw.close()
    go_on.set()
    await settled(daemon, before)


async def test_a_handshake_that_the_database_holds_up_is_refused_in_time(
    daemon: Daemon, url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(type(daemon.accounts), "claims", lambda _self, _token: asyncio.sleep(60))
    raw = await Raw.open(url)
    assert '"code":"timeout"' in await raw.connect(daemon.accounts.guest("x").access_token)
    await raw.close()


async def test_an_event_that_takes_too_long_is_answered_and_the_next_ones_keep_their_order(
    daemon: Daemon, neighbour: Raw, monkeypatch: pytest.MonkeyPatch
) -> None:
    waits = iter([60.0])
    memory = daemon.site.limiter._memory
    get = memory.get

    async def hang(key: str) -> int:
        await asyncio.sleep(next(waits, 0.0))
        return await get(key)

    monkeypatch.setattr(memory, "get", hang)
    await neighbour.send('421["stream:heartbeat",{"t":1}]')
    await neighbour.send('422["stream:heartbeat",{"t":2}]')
    first, second = await neighbour.receive(), await neighbour.receive()
    assert first.startswith('431[{"ok":false')
    assert '"code":"timeout"' in first
    assert second.startswith('432[{"ok":true')


HANDSHAKE = {
    "Connection": "Upgrade",
    "Upgrade": "websocket",
    "Sec-WebSocket-Version": "13",
    "Sec-WebSocket-Key": "AAAAAAAAAAAAAAAAAAAAAA==",
}


@pytest.mark.parametrize(
    "changed",
    [
        {"Sec-WebSocket-Key": "short"},
        {"Sec-WebSocket-Version": "1"},
        {"Connection": "keep-alive"},
        {"Upgrade": "h2c"},
        {"Sec-WebSocket-Protocol": "x" * 4000},
    ],
)
async def test_a_handshake_that_is_none_leaves_nothing_behind(
    daemon: Daemon, neighbour: Raw, url: str, changed: dict[str, str]
) -> None:
    async with aiohttp.ClientSession() as http:
        before = kept(daemon)
        for _ in range(20):
            async with http.get(url + SOCKET, headers=HANDSHAKE | changed) as answer:
                assert answer.status in {400, 101}
        await http.close()
    await settled(daemon, before)


async def test_a_handshake_that_hangs_does_not_outlive_its_deadline(
    daemon: Daemon, url: str, neighbour: Raw, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("controlplane.live.server.LOOK_AGAIN_S", 0.1)
    monkeypatch.setattr(type(daemon.accounts), "claims", lambda _self, _token: asyncio.sleep(60))
    before = kept(daemon)
    raw = await Raw.open(url)
    await asyncio.sleep(0.2)
    await raw.connect("x")
    await raw.until_closed(within_s=3)
    await raw.close()
    await settled(daemon, before)


@pytest.mark.parametrize("event", ['["no:such",{}]', '["stream:join",{"station":"' + "x" * 17_000 + '"}]', "[1]"])
async def test_what_is_no_event_of_ours_is_counted_like_one(neighbour: Raw, event: str) -> None:
    codes = []
    for number in range(70):
        await neighbour.send(f"42{number}{event}")
        codes.append((await neighbour.receive()).partition('"code":"')[2].partition('"')[0])
    assert codes.count("too_fast") == 10


@pytest.mark.parametrize(
    ("origin", "status"),
    [
        ("https://friend.example", 101),
        ("https://friend.example.evil", 403),
        ("https://evil-friend.example", 403),
        ("http://friend.example", 403),
        ("https://evil.example", 403),
        ("null", 403),
        ("", 101),
    ],
)
async def test_a_page_of_another_origin_cannot_open_a_socket(url: str, origin: str, status: int) -> None:
    async with aiohttp.ClientSession() as http:
        said = {"Origin": origin} if origin else {}
        async with http.get(url + SOCKET, headers=HANDSHAKE | said) as answer:
            assert answer.status == status


async def test_an_address_has_only_so_many_connections_and_others_still_come_in(
    url: str, enter: Enter, daemon: Daemon
) -> None:
    for _ in range(5):
        await enter(**{"X-Forwarded-For": "203.0.113.7"})
    with pytest.raises(aiohttp.WSServerHandshakeError) as refused:
        await enter(**{"X-Forwarded-For": "6.6.6.6, 203.0.113.7"})
    assert (refused.value.status, int(refused.value.headers["Retry-After"]) > 0) == (429, True)  # type: ignore[index]
    await enter(**{"X-Forwarded-For": "203.0.113.8"})


async def test_ipv6_neighbours_of_one_network_count_as_one_address(enter: Enter) -> None:
    for number in range(5):
        await enter(**{"X-Forwarded-For": f"2001:db8:1:2::{number}"})
    with pytest.raises(aiohttp.WSServerHandshakeError):
        await enter(**{"X-Forwarded-For": "2001:db8:1:2:ffff::1"})
    await enter(**{"X-Forwarded-For": "2001:db8:1:3::1"})


async def test_a_user_has_only_so_many_sockets(daemon: Daemon, url: str, enter: Enter) -> None:
    token = daemon.accounts.guest("x").access_token
    for _ in range(daemon.settings.gateway.connections_per_user):
        await enter(token)
    raw = await Raw.open(url)
    assert '"code":"too_fast"' in await raw.connect(token)
    await raw.close()
    await enter(daemon.accounts.guest("y").access_token)


@pytest.fixture
def traced() -> Iterator[Callable[[], int]]:
    """Return what measures the bytes that Python has in use."""

    def in_use() -> int:
        gc.collect()
        return tracemalloc.get_traced_memory()[0]

    tracemalloc.start()
    yield in_use
    tracemalloc.stop()


async def test_memory_comes_back_to_where_it_was(
    daemon: Daemon, url: str, neighbour: Raw, traced: Callable[[], int]
) -> None:
    before = kept(daemon)

    async def attack(frame: str | bytes) -> None:
        raw = await Raw.inside(url, daemon.accounts.guest("x").access_token)
        await raw.send(frame)
        await raw.send("9")
        await raw.until_closed()
        await raw.close()

    async def attacks(rounds: int) -> int:
        frames = [*CUT.values(), *(f"421{event}" for event, _ in REFUSED.values())]
        for _ in range(rounds):
            await asyncio.gather(*(attack(frame) for frame in frames))
        await settled(daemon, before)
        return traced()

    start = await attacks(3)
    assert abs(await attacks(10) - start) < 1_000_000


async def test_a_token_that_runs_out_is_told_renewed_and_else_the_socket_is_closed(
    daemon: Daemon, enter: Enter, http: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("controlplane.live.gateway.EXPIRED_GRACE_S", 0.2)
    user = await daemon.accounts.add_user("sara", "Sara", "user", "correct horse")
    idle, busy = [await enter(daemon.accounts.mint.make(user.id, lifetime_s=1)) for _ in range(2)]
    async with asyncio.timeout(5):
        while all(socket.closes_at is None for socket in daemon.gateway.sockets()):
            await daemon.gateway.expire()
            await asyncio.sleep(0.05)
    assert (await busy.until_event("auth:expired"))["closes_in_ms"] == 200
    refused = await busy.call("stream:join", {"station": "awaz"})
    assert refused["error"]["code"] == "unauthenticated"
    other = await daemon.accounts.add_user("ali", "Ali", "user", "correct horse")
    wrong = await busy.call("auth:refresh", {"token": daemon.accounts.mint.make(other.id)}, 2)
    assert wrong["error"]["code"] == "forbidden"
    renewed = await busy.call("auth:refresh", {"token": daemon.accounts.mint.make(user.id)}, 3)
    assert renewed["ok"]
    await asyncio.sleep(0.25)
    await daemon.gateway.expire()
    await idle.until_closed()
    assert (await busy.call("stream:join", {"station": "awaz"}, 4))["ok"]
