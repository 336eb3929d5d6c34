"""Hostile and malformed input to the gateway: refused, without state left behind or effects on other clients."""

import asyncio
import gc
import tracemalloc
from collections.abc import AsyncIterator, Callable
from contextlib import suppress
from typing import Any

import aiohttp
import httpx
import pytest

from controlplane.kernel.quotas import Quota
from controlplane.live.sockets.connected import EXPIRED_GRACE_S
from tests.support.hostile import HOSTILE_EVENTS, HOSTILE_FRAMES
from tests.support.raw_socket import SOCKET, RawSocket
from tests.support.running import Running
from tests.support.types import OpenSocket, TokenOf
from tests.support.waiting import until

pytestmark = pytest.mark.settings(
    gateway={"connect_timeout_s": 5.0, "answer_timeout_s": 1.0, "connections_per_address": 5},
    limits={"handshake": "100000/second per address"},
    http={"trusted_hops": 1, "request_timeout_s": 1.0},
)


@pytest.fixture
async def bystander(open_socket: OpenSocket, token_of: TokenOf) -> RawSocket:
    """A connected socket that must not be affected."""
    client = await open_socket(await token_of("guest"))
    assert (await client.call("stream:join", {"station": "awaz"}))["ok"]
    return client


def client_state(running: Running) -> dict[str, Any]:
    """Return all state that the daemon holds for clients."""
    server = running.kit.gateway.server
    rooms = server.manager.rooms.get("/", {})
    return {
        "sockets": len(running.connected),
        "users": running.connected.users,
        "members": {name: len(members) for name, members in rooms.items()},
        "rooms": running.kit.gateway.rooms.transport.rooms.rooms,
        "writers": len(running.kit.gateway.rooms.transport.writers),
        "pending": [vars(server.manager)[name] for name in ("pending_connect", "pending_disconnect")],
        "environ": len(server.environ),
        "engine": len(server.eio.sockets),
        "open": running.kit.admission.open,
        "followers": running.hub.followers("awaz"),
        "seq": running.position("awaz"),
        "tasks": len(asyncio.all_tasks()),
    }


async def wait_until_restored(running: Running, expected: dict[str, Any]) -> None:
    """Wait until the daemon's state is back at a former value."""
    try:
        await until(lambda: client_state(running) == expected)
    except TimeoutError:
        assert client_state(running) == expected


@pytest.mark.parametrize("name", HOSTILE_FRAMES)
async def test_hostile_frames_end_the_connection_and_leave_no_state(
    running: Running, bystander: RawSocket, url: str, token_of: TokenOf, name: str
) -> None:
    token = running.accounts.guest("x").access_token
    before = client_state(running)
    client = await RawSocket.authenticated(url, token)
    await client.call("stream:join", {"station": "awaz"})
    await client.send(HOSTILE_FRAMES[name])
    await client.until_closed()
    await client.close()
    await wait_until_restored(running, before)
    assert (await bystander.call("stream:heartbeat", {"t": 1.5}))["t"] == 1.5


@pytest.mark.parametrize("name", HOSTILE_FRAMES)
async def test_hostile_frames_before_connect_leave_no_state(
    running: Running, bystander: RawSocket, url: str, name: str
) -> None:
    before = client_state(running)
    client = await RawSocket.open(url)
    await client.send(HOSTILE_FRAMES[name])
    await client.until_closed(within_s=15)
    await client.close()
    await wait_until_restored(running, before)


@pytest.mark.parametrize("name", HOSTILE_EVENTS)
async def test_hostile_events_get_an_error_and_change_nothing(
    running: Running, bystander: RawSocket, name: str
) -> None:
    event, code = HOSTILE_EVENTS[name]
    before = client_state(running)
    await bystander.send("427" + event)
    answer = await bystander.receive()
    assert answer.startswith('437[{"ok":false')
    assert f'"code":"{code}' in answer
    assert client_state(running) == before
    assert (await bystander.call("stream:heartbeat", {"t": 1.5}))["t"] == 1.5


async def test_an_event_before_connect_ends_the_connection(url: str, running: Running) -> None:
    client = await RawSocket.open(url)
    await client.send('421["stream:join",{"station":"awaz"}]')
    await client.until_closed()
    await client.close()
    assert running.hub.followers("awaz") == 0


@pytest.mark.settings(gateway={"connect_timeout_s": 0.3})
async def test_connections_without_a_connect_time_out(url: str, running: Running) -> None:
    before = client_state(running)
    client = await RawSocket.open(url)
    await client.until_closed()
    await client.close()
    await wait_until_restored(running, before)


async def test_connect_attempts_per_connection_are_limited(url: str, running: Running) -> None:
    client = await RawSocket.open(url)
    assert (await client.connect("a.b.c")).startswith("44")
    assert (await client.connect(running.accounts.guest("x").access_token)).startswith("40")
    await client.close()
    persistent = await RawSocket.open(url)
    for _ in range(3):
        assert (await persistent.connect("a.b.c")).startswith("44")
    await persistent.send('40{"token":"a.b.c"}')
    await persistent.until_closed()
    await persistent.close()


@pytest.mark.parametrize("sent", [b"", b"GET /healthz HTTP/1.1\r\nHost: x\r\nX-Slow: "])
async def test_connections_without_a_request_are_closed(
    running: Running, url: str, bystander: RawSocket, sent: bytes
) -> None:
    host, _, port = url.removeprefix("http://").partition(":")
    reader, writer = await asyncio.open_connection(host, int(port))
    writer.write(sent)
    await until(lambda: len(running.connections) == 2)
    running.clock.advance(running.connections.bounds.keep_alive_s)
    running.connections.sweep()
    await until(lambda: reader.at_eof() or reader.exception() is not None)
    writer.close()
    assert (await bystander.call("stream:heartbeat", {"t": 1}))["ok"]


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
    running: Running, url: str, bystander: RawSocket, monkeypatch: pytest.MonkeyPatch
) -> None:
    before, reached, resume = client_state(running), asyncio.Event(), asyncio.Event()
    claims = running.authenticator.claims

    async def slow(token: object) -> Any:
        reached.set()
        await resume.wait()
        return await claims(token)

    monkeypatch.setattr(type(running.authenticator), "claims", lambda _self, token: slow(token))
    client = await RawSocket.open(url)
    await client.send('40{"token":"' + running.accounts.guest("x").access_token + '"}')
    await reached.wait()
    connection = list(running.kit.gateway.server.eio.sockets.values())[-1]
    await connection.close(wait=False, abort=True, reason="ping timeout")
    await client.close()
    resume.set()
    await wait_until_restored(running, before)


async def test_connect_times_out_while_the_database_hangs(
    running: Running, url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(type(running.authenticator), "claims", lambda _self, _token: asyncio.sleep(60))
    client = await RawSocket.open(url)
    assert '"code":"timeout"' in await client.connect(running.accounts.guest("x").access_token)
    await client.close()


async def test_a_slow_event_times_out_and_later_ones_keep_their_order(
    running: Running, bystander: RawSocket, monkeypatch: pytest.MonkeyPatch
) -> None:
    waits = iter([60.0])
    limiter = running.kit.guard.limiter
    spend = limiter.spend

    async def hang(quota: Quota, **subject: str) -> None:
        await asyncio.sleep(next(waits, 0.0))
        await spend(quota, **subject)

    monkeypatch.setattr(limiter, "spend", hang)
    await bystander.send('421["stream:heartbeat",{"t":1}]')
    await bystander.send('422["stream:heartbeat",{"t":2}]')
    first, second = await bystander.receive(), await bystander.receive()
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
    ("changed", "status"),
    [
        ({"Sec-WebSocket-Key": "short"}, 400),
        ({"Sec-WebSocket-Version": "1"}, 400),
        ({"Connection": "keep-alive"}, 400),
        ({"Upgrade": "h2c"}, 400),
        ({"Sec-WebSocket-Protocol": "x" * 4000}, 101),
    ],
)
async def test_odd_handshakes_leave_no_state(
    running: Running, bystander: RawSocket, url: str, changed: dict[str, str], status: int
) -> None:
    async with aiohttp.ClientSession() as http:
        before = client_state(running)
        for _ in range(20):
            async with http.get(url + SOCKET, headers=HANDSHAKE | changed) as answer:
                assert answer.status == status
        await http.close()
    await wait_until_restored(running, before)


@pytest.mark.settings(gateway={"connect_timeout_s": 0.3, "answer_timeout_s": 0.6})
async def test_a_hanging_connect_ends_at_its_deadline(
    running: Running, url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(type(running.authenticator), "claims", lambda _self, _token: asyncio.sleep(60))
    before = client_state(running)
    client = await RawSocket.open(url)
    await client.connect("x")
    await client.until_closed()
    await client.close()
    await wait_until_restored(running, before)


@pytest.mark.parametrize("event", ['["no:such",{}]', '["stream:join",{"station":"' + "x" * 17_000 + '"}]', "[1]"])
async def test_unknown_events_count_against_the_control_quota(bystander: RawSocket, event: str) -> None:
    codes = []
    for number in range(70):
        await bystander.send(f"42{number}{event}")
        codes.append((await bystander.receive()).partition('"code":"')[2].partition('"')[0])
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
        headers = {"Origin": origin} if origin else {}
        async with http.get(url + SOCKET, headers=HANDSHAKE | headers) as answer:
            assert answer.status == status


@pytest.mark.settings(gateway={"connect_timeout_s": 30.0})
async def test_sockets_per_address_are_limited(url: str, open_socket: OpenSocket, running: Running) -> None:
    for _ in range(5):
        await open_socket(**{"X-Forwarded-For": "203.0.113.7"})
    with pytest.raises(aiohttp.WSServerHandshakeError) as refused:
        await open_socket(**{"X-Forwarded-For": "6.6.6.6, 203.0.113.7"})
    assert (refused.value.status, int(refused.value.headers["Retry-After"]) > 0) == (429, True)  # type: ignore[index]
    await open_socket(**{"X-Forwarded-For": "203.0.113.8"})


@pytest.mark.settings(gateway={"connect_timeout_s": 30.0})
async def test_an_ipv6_network_counts_as_one_address(open_socket: OpenSocket) -> None:
    for number in range(5):
        await open_socket(**{"X-Forwarded-For": f"2001:db8:1:2::{number}"})
    with pytest.raises(aiohttp.WSServerHandshakeError):
        await open_socket(**{"X-Forwarded-For": "2001:db8:1:2:ffff::1"})
    await open_socket(**{"X-Forwarded-For": "2001:db8:1:3::1"})


@pytest.mark.settings(gateway={"connect_timeout_s": 30.0})
async def test_sockets_per_user_are_limited(running: Running, url: str, open_socket: OpenSocket) -> None:
    token = running.accounts.guest("x").access_token
    for _ in range(running.settings.gateway.connections_per_user):
        await open_socket(token)
    client = await RawSocket.open(url)
    assert '"code":"too_fast"' in await client.connect(token)
    await client.close()
    await open_socket(running.accounts.guest("y").access_token)


@pytest.fixture
async def allocated_bytes() -> AsyncIterator[Callable[[], int]]:
    """A function that measures the bytes that Python has allocated."""
    # Its traces take seven times as long under tracemalloc.
    asyncio.get_running_loop().set_debug(False)

    def in_use() -> int:
        gc.collect()
        return tracemalloc.get_traced_memory()[0]

    tracemalloc.start()
    yield in_use
    tracemalloc.stop()


@pytest.mark.settings(gateway={"connect_timeout_s": 60.0, "answer_timeout_s": 60.0})
async def test_memory_returns_to_its_level_after_attacks(
    running: Running, url: str, bystander: RawSocket, allocated_bytes: Callable[[], int]
) -> None:
    before = client_state(running)
    # So few that they are all there before the first measurement: each attacker has counts of their own.
    running.kit.guard.limiter.memory.max_keys = 100

    async def attack(frame: str | bytes) -> None:
        running.clock.advance(1)  # so that none is refused for the number of the others
        client = await RawSocket.authenticated(url, running.accounts.guest("x").access_token)
        await client.send(frame)
        with suppress(ConnectionError):  # most frames end the connection
            await client.send("9")
        await client.until_closed(within_s=60)
        await client.close()

    async def attacks(rounds: int) -> int:
        frames = [*HOSTILE_FRAMES.values(), *(f"421{event}" for event, _ in HOSTILE_EVENTS.values())]
        for _ in range(rounds):
            await asyncio.gather(*(attack(frame) for frame in frames))
        await wait_until_restored(running, before)
        return allocated_bytes()

    baseline = await attacks(3)
    assert abs(await attacks(10) - baseline) < 1_000_000


async def test_an_expired_token_is_renewed_or_closes_the_socket(
    running: Running, open_socket: OpenSocket, http: httpx.AsyncClient
) -> None:
    user = await running.accounts.add_user("sara", "Sara", "user", "correct horse")
    idle, busy = [await open_socket(running.accounts.mint.make(user.id, lifetime_s=60)) for _ in range(2)]
    running.clock.advance(60)
    await running.connected.expire()
    assert (await busy.until_event("auth:expired"))["closes_in_ms"] == EXPIRED_GRACE_S * 1000
    refused = await busy.call("stream:join", {"station": "awaz"})
    assert refused["error"]["code"] == "unauthenticated"
    other = await running.accounts.add_user("ali", "Ali", "user", "correct horse")
    wrong = await busy.call("auth:refresh", {"token": running.accounts.mint.make(other.id)}, 2)
    assert wrong["error"]["code"] == "forbidden"
    renewed = await busy.call("auth:refresh", {"token": running.accounts.mint.make(user.id)}, 3)
    assert renewed["ok"]
    running.clock.advance(EXPIRED_GRACE_S)
    await running.connected.expire()
    await idle.until_closed()
    assert (await busy.call("stream:join", {"station": "awaz"}, 4))["ok"]
