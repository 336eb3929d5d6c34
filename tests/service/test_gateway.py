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

from controlplane.kernel.quotas import Quota
from controlplane.runtime.config import Settings
from tests.support.hostile import HOSTILE_FRAMES, HOSTILE_EVENTS
from tests.support.raw_socket import SOCKET, RawSocket
from tests.support.running import Running

Enter = Callable[..., Awaitable[RawSocket]]
TokenOf = Callable[[str], Awaitable[str]]


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings.model_validate(
        {
            "data_dir": tmp_path,
            "pipeline": {"manager": "none"},
            "gateway": {"connect_timeout_s": 0.5, "answer_timeout_s": 0.5, "connections_per_address": 5},
            "limits": {"handshake": "100000/second per address"},
            "http": {"trusted_hops": 1, "origins": ["https://friend.example"], "request_timeout_s": 0.5},
        }
    )


@pytest.fixture
async def neighbour(enter: Enter, token_of: TokenOf) -> RawSocket:
    """Somebody who is inside and well, and must not notice anything."""
    raw = await enter(await token_of("guest"))
    assert (await raw.call("stream:join", {"station": "awaz"}))["ok"]
    return raw


def kept(daemon: Running) -> dict[str, Any]:
    """Return what the daemon keeps of its clients."""
    server = daemon.kit.gateway.server
    rooms = server.manager.rooms.get("/", {})
    return {
        "sockets": len(daemon.sessions),
        "users": len(daemon.sessions._by_user),
        "members": {name: len(members) for name, members in rooms.items()},
        "rooms": daemon.kit.gateway.rooms.transport.rooms.rooms,
        "writers": len(daemon.kit.gateway.rooms.transport.writers),
        "pending": [vars(server.manager)[name] for name in ("pending_connect", "pending_disconnect")],
        "environ": len(server.environ),
        "connects": len(server._connects),
        "engine": len(server.eio.sockets),
        "open": daemon.kit.admission.open,
        "followers": daemon.hub.followers("awaz"),
        "seq": daemon.position("awaz"),
        "tasks": len(asyncio.all_tasks()),
    }


async def settled(daemon: Running, wanted: dict[str, Any]) -> None:
    """Wait until the daemon keeps no more than it did."""
    try:
        async with asyncio.timeout(5):
            while kept(daemon) != wanted:
                await asyncio.sleep(0.01)
    except TimeoutError:
        assert kept(daemon) == wanted


@pytest.mark.parametrize("name", HOSTILE_FRAMES)
async def test_hostile_frames_end_the_connection_and_leave_no_state(
    daemon: Running, neighbour: RawSocket, url: str, token_of: TokenOf, name: str
) -> None:
    token = daemon.accounts.guest("x").access_token
    before = kept(daemon)
    raw = await RawSocket.inside(url, token)
    await raw.call("stream:join", {"station": "awaz"})
    await raw.send(HOSTILE_FRAMES[name])
    await raw.until_closed()
    await raw.close()
    await settled(daemon, before)
    assert (await neighbour.call("stream:heartbeat", {"t": 1.5}))["t"] == 1.5


@pytest.mark.parametrize("name", HOSTILE_FRAMES)
async def test_hostile_frames_before_connect_leave_no_state(
    daemon: Running, neighbour: RawSocket, url: str, name: str
) -> None:
    before = kept(daemon)
    raw = await RawSocket.open(url)
    await raw.send(HOSTILE_FRAMES[name])
    await raw.until_closed()
    await raw.close()
    await settled(daemon, before)


@pytest.mark.parametrize("name", HOSTILE_EVENTS)
async def test_hostile_events_get_an_error_and_change_nothing(daemon: Running, neighbour: RawSocket, name: str) -> None:
    event, code = HOSTILE_EVENTS[name]
    before = kept(daemon)
    await neighbour.send("427" + event)
    answer = await neighbour.receive()
    assert answer.startswith('437[{"ok":false')
    assert f'"code":"{code}' in answer
    assert kept(daemon) == before
    assert (await neighbour.call("stream:heartbeat", {"t": 1.5}))["t"] == 1.5


async def test_an_event_before_connect_ends_the_connection(url: str, daemon: Running) -> None:
    raw = await RawSocket.open(url)
    await raw.send('421["stream:join",{"station":"awaz"}]')
    await raw.until_closed()
    await raw.close()
    assert daemon.hub.followers("awaz") == 0


async def test_connections_without_a_connect_time_out(url: str, daemon: Running, neighbour: RawSocket) -> None:
    before = kept(daemon)
    raw = await RawSocket.open(url)
    await raw.until_closed(within_s=3)
    await raw.close()
    await settled(daemon, before)


async def test_connect_attempts_per_connection_are_limited(url: str, daemon: Running) -> None:
    raw = await RawSocket.open(url)
    assert (await raw.connect("a.b.c")).startswith("44")
    assert (await raw.connect(daemon.accounts.guest("x").access_token)).startswith("40")
    await raw.close()
    stubborn = await RawSocket.open(url)
    for _ in range(3):
        assert (await stubborn.connect("a.b.c")).startswith("44")
    await stubborn.send('40{"token":"a.b.c"}')
    await stubborn.until_closed()
    await stubborn.close()


@pytest.mark.parametrize("said", [b"", b"GET /healthz HTTP/1.1\r\nHost: x\r\nX-Slow: "])
async def test_connections_without_a_request_are_closed(
    daemon: Running, url: str, neighbour: RawSocket, said: bytes
) -> None:
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


async def test_an_unfinished_body_is_answered_with_408(url: str) -> None:
    host, _, port = url.removeprefix("http://").partition(":")
    reader, writer = await asyncio.open_connection(host, int(port))
    writer.write(
        b"POST /api/v1/auth/guest HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 9\r\n\r\n{"
    )
    async with asyncio.timeout(3):
        assert b"408" in await reader.readline()
    writer.close()


async def test_a_client_that_leaves_during_connect_leaves_no_state(
    daemon: Running, url: str, neighbour: RawSocket, monkeypatch: pytest.MonkeyPatch
) -> None:
    before, reached, go_on = kept(daemon), asyncio.Event(), asyncio.Event()
    claims = daemon.authenticator.claims

    async def slow(token: object) -> Any:
        reached.set()
        await go_on.wait()
        return await claims(token)

    monkeypatch.setattr(type(daemon.authenticator), "claims", lambda _self, token: slow(token))
    raw = await RawSocket.open(url)
    await raw.send('40{"token":"' + daemon.accounts.guest("x").access_token + '"}')
    await reached.wait()
    connection = list(daemon.kit.gateway.server.eio.sockets.values())[-1]
    await connection.close(wait=False, abort=True, reason="ping timeout")
    await raw.close()
    go_on.set()
    await settled(daemon, before)


async def test_connect_times_out_while_the_database_hangs(
    daemon: Running, url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(type(daemon.authenticator), "claims", lambda _self, _token: asyncio.sleep(60))
    raw = await RawSocket.open(url)
    assert '"code":"timeout"' in await raw.connect(daemon.accounts.guest("x").access_token)
    await raw.close()


async def test_a_slow_event_times_out_and_later_ones_keep_their_order(
    daemon: Running, neighbour: RawSocket, monkeypatch: pytest.MonkeyPatch
) -> None:
    waits = iter([60.0])
    limiter = daemon.kit.guard.limiter
    spend = limiter.spend

    async def hang(quota: Quota, **who: str) -> None:
        await asyncio.sleep(next(waits, 0.0))
        await spend(quota, **who)

    monkeypatch.setattr(limiter, "spend", hang)
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
async def test_invalid_handshakes_leave_no_state(
    daemon: Running, neighbour: RawSocket, url: str, changed: dict[str, str]
) -> None:
    async with aiohttp.ClientSession() as http:
        before = kept(daemon)
        for _ in range(20):
            async with http.get(url + SOCKET, headers=HANDSHAKE | changed) as answer:
                assert answer.status in {400, 101}
        await http.close()
    await settled(daemon, before)


async def test_a_hanging_connect_ends_at_its_deadline(
    daemon: Running, url: str, neighbour: RawSocket, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("controlplane.live.sockets.library.RECHECK_INTERVAL_S", 0.1)
    monkeypatch.setattr(type(daemon.authenticator), "claims", lambda _self, _token: asyncio.sleep(60))
    before = kept(daemon)
    raw = await RawSocket.open(url)
    await asyncio.sleep(0.2)
    await raw.connect("x")
    await raw.until_closed(within_s=3)
    await raw.close()
    await settled(daemon, before)


@pytest.mark.parametrize("event", ['["no:such",{}]', '["stream:join",{"station":"' + "x" * 17_000 + '"}]', "[1]"])
async def test_unknown_events_count_against_the_control_quota(neighbour: RawSocket, event: str) -> None:
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
async def test_sockets_of_foreign_origins_are_refused(url: str, origin: str, status: int) -> None:
    async with aiohttp.ClientSession() as http:
        said = {"Origin": origin} if origin else {}
        async with http.get(url + SOCKET, headers=HANDSHAKE | said) as answer:
            assert answer.status == status


async def test_sockets_per_address_are_limited(url: str, enter: Enter, daemon: Running) -> None:
    for _ in range(5):
        await enter(**{"X-Forwarded-For": "203.0.113.7"})
    with pytest.raises(aiohttp.WSServerHandshakeError) as refused:
        await enter(**{"X-Forwarded-For": "6.6.6.6, 203.0.113.7"})
    assert (refused.value.status, int(refused.value.headers["Retry-After"]) > 0) == (429, True)  # type: ignore[index]
    await enter(**{"X-Forwarded-For": "203.0.113.8"})


async def test_an_ipv6_network_counts_as_one_address(enter: Enter) -> None:
    for number in range(5):
        await enter(**{"X-Forwarded-For": f"2001:db8:1:2::{number}"})
    with pytest.raises(aiohttp.WSServerHandshakeError):
        await enter(**{"X-Forwarded-For": "2001:db8:1:2:ffff::1"})
    await enter(**{"X-Forwarded-For": "2001:db8:1:3::1"})


async def test_sockets_per_user_are_limited(daemon: Running, url: str, enter: Enter) -> None:
    token = daemon.accounts.guest("x").access_token
    for _ in range(daemon.settings.gateway.connections_per_user):
        await enter(token)
    raw = await RawSocket.open(url)
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


async def test_memory_returns_to_its_level_after_attacks(
    daemon: Running, url: str, neighbour: RawSocket, traced: Callable[[], int]
) -> None:
    before = kept(daemon)

    async def attack(frame: str | bytes) -> None:
        raw = await RawSocket.inside(url, daemon.accounts.guest("x").access_token)
        await raw.send(frame)
        await raw.send("9")
        await raw.until_closed()
        await raw.close()

    async def attacks(rounds: int) -> int:
        frames = [*HOSTILE_FRAMES.values(), *(f"421{event}" for event, _ in HOSTILE_EVENTS.values())]
        for _ in range(rounds):
            await asyncio.gather(*(attack(frame) for frame in frames))
        await settled(daemon, before)
        return traced()

    start = await attacks(3)
    assert abs(await attacks(10) - start) < 1_000_000


async def test_an_expired_token_is_renewed_or_closes_the_socket(
    daemon: Running, enter: Enter, http: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("controlplane.live.sockets.sessions.EXPIRED_GRACE_S", 0.2)
    user = await daemon.accounts.add_user("sara", "Sara", "user", "correct horse")
    idle, busy = [await enter(daemon.accounts.mint.make(user.id, lifetime_s=1)) for _ in range(2)]
    async with asyncio.timeout(5):
        while all(socket.closes_at is None for socket in daemon.sessions.all()):
            await daemon.sessions.expire()
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
    await daemon.sessions.expire()
    await idle.until_closed()
    assert (await busy.call("stream:join", {"station": "awaz"}, 4))["ok"]
