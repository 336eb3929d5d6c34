"""Connections before, between and instead of requests: bounded, answered in our shape, and never quoted."""

import asyncio
import errno
import gzip
import json
import re
import socket
import sqlite3
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass, replace

import httpx
import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from controlplane.runtime.config import Settings
from controlplane.runtime.refusals import MAX_CAUSES
from controlplane.web.listen import ANY_IPV4, bind, serving
from tests.support.raw_socket import RawSocket
from tests.support.running import Running

SECRET = "eyJhbGciOiJIUzI1NiJ9.c2VjcmV0.c2VjcmV0"
GOOD = b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n"
MALFORMED = {
    "no HTTP": b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n",
    "a header that ends in NUL": b"GET / HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer "
    + SECRET.encode()
    + b"\0\r\n\r\n",
    "a bare line feed": b"GET / HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer " + SECRET.encode() + b"\n\r\n\r\n",
    "two lengths": b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n",
    "a length of none": b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: x\r\n\r\n",
    "a header that is too long": b"GET / HTTP/1.1\r\nHost: x\r\nX: " + b"y" * 20_000 + b"\r\n\r\n",
    "HTTP/2.0": b"GET / HTTP/2.0\r\nHost: x\r\n\r\n",
    "HTTP/0.9": b"GET / HTTP/0.9\r\nHost: x\r\n\r\n",
}


@dataclass
class Wire:
    """A TCP connection to the daemon."""

    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter

    async def ask(self, said: bytes = GOOD) -> str:
        """Say something and return the answer's head and body; empty if there is none."""
        self.writer.write(said)
        async with asyncio.timeout(5):
            try:
                head = (await self.reader.readuntil(b"\r\n\r\n")).decode()
            except (asyncio.IncompleteReadError, ConnectionError):
                return ""
            size = re.search(r"Content-Length: (\d+)", head)
            return head + (await self.reader.readexactly(int(size[1]) if size else 0)).decode()

    async def until_closed(self) -> None:
        """Wait until the daemon has ended it."""
        async with asyncio.timeout(5):
            while not self.reader.at_eof() and self.reader.exception() is None:
                await asyncio.sleep(0.01)


@pytest.fixture
async def dial(url: str) -> AsyncIterator[Callable[..., Awaitable[Wire]]]:
    host, _, port = url.removeprefix("http://").partition(":")
    async with AsyncExitStack() as stack:

        async def start(address: str = "127.0.0.1") -> Wire:
            wire = Wire(*await asyncio.open_connection(host, int(port), local_addr=(address, 0)))
            stack.callback(wire.writer.close)
            return wire

        yield start


Dial = Callable[..., Awaitable[Wire]]


def figure(daemon: Running, name: str) -> float:
    found = re.search(re.escape(name) + r" (\S+)", daemon.metrics.exposition().decode())
    return float(found[1]) if found else 0.0


@pytest.mark.parametrize("name", MALFORMED)
async def test_malformed_requests_get_a_json_error_that_quotes_nothing(
    dial: Dial, name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    wire = await dial()
    head, _, body = (await wire.ask(MALFORMED[name])).partition("\r\n\r\n")
    assert head.split()[1] == "400"
    assert json.loads(body)["error"]["code"] == "invalid_input"
    assert "Server: awaz\r\n" in head + "\r\n"
    assert SECRET not in body
    said = capsys.readouterr()
    assert SECRET not in said.out + said.err
    assert "Traceback" not in said.out + said.err


async def test_a_malformed_request_closes_its_connection(dial: Dial) -> None:
    wire = await dial()
    await wire.ask(MALFORMED["no HTTP"])
    await wire.until_closed()


async def test_malformed_requests_are_counted_and_rarely_logged(
    daemon: Running, dial: Dial, capsys: pytest.CaptureFixture[str]
) -> None:
    began = time.monotonic()
    for number in range(300):
        wire = await dial(f"127.0.{number % 100}.2")
        await wire.ask(MALFORMED["two lengths"])
        wire.writer.close()
    said = capsys.readouterr().out
    assert figure(daemon, 'awaz_requests_rejected_total{reason="malformed_request"}') == 300
    assert 0 < said.count("malformed_request") <= MAX_CAUSES * (1 + round(time.monotonic() - began))


async def test_an_aborted_body_is_counted_and_is_not_a_fault(
    daemon: Running, dial: Dial, capsys: pytest.CaptureFixture[str]
) -> None:
    head = (
        b"POST /api/v1/auth/guest HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 9\r\n\r\n{"
    )
    wire = await dial()
    wire.writer.write(head)
    async with asyncio.timeout(5):
        while not daemon.connections._busy:
            await asyncio.sleep(0.01)
    wire.writer.transport.abort()
    async with asyncio.timeout(5):
        while not figure(daemon, 'awaz_requests_rejected_total{reason="request_not_finished"}'):
            daemon.metrics._text_at = 0.0
            await asyncio.sleep(0.01)
    assert "Traceback" not in capsys.readouterr().out


async def test_a_slow_second_request_is_cut_off(daemon: Running, dial: Dial) -> None:
    daemon.connections.bounds = replace(daemon.connections.bounds, keep_alive_s=0.5)
    wire = await dial()
    assert " 200 " in await wire.ask()

    async def drip() -> None:
        while True:
            wire.writer.write(b"G")
            daemon.connections.sweep()
            await asyncio.sleep(0.05)

    dripping = asyncio.create_task(drip())
    await wire.until_closed()
    dripping.cancel()


def unread(url: str) -> socket.socket:
    """Open a connection that takes next to nothing, and asks for a lot."""
    host, _, port = url.removeprefix("http://").partition(":")
    client = socket.socket()
    client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2048)
    client.connect((host, int(port)))
    client.setblocking(False)
    return client


def _is_closed(wire: asyncio.Transport) -> bool:
    return bool(wire.get_extra_info("socket").fileno() < 0)


async def until_gone(daemon: Running, wire: asyncio.Transport) -> None:
    """Wait until a connection is off the account and its file is closed."""
    async with asyncio.timeout(10):
        while len(daemon.connections) or not _is_closed(wire):
            daemon.connections.sweep()
            await asyncio.sleep(0.05)


async def accepted(daemon: Running) -> asyncio.Transport:
    """Return the transport of the only connection."""
    async with asyncio.timeout(5):
        while not len(daemon.connections):
            await asyncio.sleep(0.01)
    wire = next(iter(daemon.connections._open)).wire
    assert wire is not None
    return wire


async def test_unread_responses_time_out_while_being_written(
    daemon: Running, url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("controlplane.web.connections.REQUEST_TIMEOUT_S", 0.5)
    with unread(url) as client:
        client.send(b"GET /api/v1/openapi.json HTTP/1.1\r\nHost: x\r\n\r\n" * 100)
        await until_gone(daemon, await accepted(daemon))


async def test_unread_responses_time_out_after_being_written(daemon: Running, url: str) -> None:
    daemon.connections.bounds = replace(daemon.connections.bounds, keep_alive_s=0.5)
    with unread(url) as client:
        wire = await accepted(daemon)
        wire.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 20_000)
        client.send(b"GET /api/v1/openapi.json HTTP/1.1\r\nHost: x\r\n\r\n")
        await until_gone(daemon, wire)


async def test_a_trusted_proxy_is_exempt_from_the_address_limits(
    settings: Settings, engine: AsyncEngine, daemon: Running
) -> None:
    behind = settings.model_copy(update={"http": settings.http.model_copy(update={"trusted_hops": 1})})
    bounds = Running.build(behind, engine, daemon.parts.poller.client.http).connections.bounds
    assert bounds.of_address == bounds.idle_of_address == bounds.in_all
    assert daemon.connections.bounds.of_address < daemon.connections.bounds.in_all


async def test_excess_idle_connections_of_an_address_drop_the_oldest(
    daemon: Running, dial: Dial, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("controlplane.web.connections.IDLE_GRACE_S", 0.0)
    daemon.connections.bounds = replace(daemon.connections.bounds, idle_of_address=3)
    other = await dial("127.0.9.2")
    wires = [await dial("127.0.9.1") for _ in range(4)]
    await wires[0].until_closed()
    assert [" 200 " in await wire.ask() for wire in (*wires[1:], other)] == [True] * 4


async def test_connections_per_address_are_limited(
    daemon: Running, dial: Dial, enter: Callable[..., Awaitable[RawSocket]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("controlplane.web.connections.is_loopback", lambda _address: False)
    daemon.connections.bounds = replace(daemon.connections.bounds, of_address=2)
    first, second = [await enter(daemon.accounts.guest("x").access_token) for _ in range(2)]
    third, external_issuer = await dial(), await dial("127.0.9.1")
    await third.until_closed()
    assert " 200 " in await external_issuer.ask()
    assert (await first.call("stream:heartbeat", {"t": 1}))["ok"]
    assert (await second.call("stream:heartbeat", {"t": 1}))["ok"]


async def test_a_full_server_drops_the_longest_idle_connection(
    daemon: Running, dial: Dial, enter: Callable[..., Awaitable[RawSocket]]
) -> None:
    socket = await enter(daemon.accounts.guest("x").access_token)
    daemon.connections.bounds = replace(daemon.connections.bounds, in_all=3)
    first, second, third = [await dial(f"127.0.9.{number}") for number in (1, 2, 3)]
    await first.until_closed()
    assert " 200 " in await second.ask()
    assert " 200 " in await third.ask()
    assert (await socket.call("stream:heartbeat", {"t": 1}))["ok"]
    assert figure(daemon, 'awaz_connections_dropped_total{reason="too many connections"}') == 1


async def test_a_burst_of_new_connections_of_one_address_is_accepted(daemon: Running, dial: Dial) -> None:
    daemon.connections.bounds = replace(daemon.connections.bounds, idle_of_address=3)
    wires = [await dial() for _ in range(30)]
    answers = await asyncio.gather(*(wire.ask() for wire in wires))
    assert [answer.split()[1] for answer in answers] == ["200"] * 30


async def test_a_rate_limited_connection_is_closed(daemon: Running, dial: Dial) -> None:
    wire, answer = await dial("127.0.9.1"), ""
    for _ in range(121):
        answer = await wire.ask(
            b"POST /api/v1/auth/guest HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}"
        )
    assert " 429 " in answer
    assert "Connection: close" in answer
    await wire.until_closed()
    assert len(daemon.connections) == 0


async def test_api_responses_are_not_cacheable(http: httpx.AsyncClient) -> None:
    for answer in (await http.post("/auth/guest", json={}), await http.get("/me"), await http.get("/nothing")):
        assert answer.headers["Cache-Control"] == "no-store"
        assert answer.headers["Server"] == "awaz"


async def test_head_is_answered_like_get(url: str) -> None:
    async with httpx.AsyncClient(base_url=url, trust_env=False) as client:
        answers = [await client.head(path) for path in ("/healthz", "/api/v1/stations", "/api/v1/stations/nowhere")]
    assert [(answer.status_code, answer.content) for answer in answers] == [(200, b""), (200, b""), (404, b"")]


async def test_a_compressed_body_is_refused(http: httpx.AsyncClient) -> None:
    headers = {"Content-Encoding": "gzip", "Content-Type": "application/json"}
    answer = await http.post("/auth/guest", content=gzip.compress(b"{}"), headers=headers)
    assert answer.status_code == 400
    assert "compressed" in answer.json()["error"]["message"]


async def test_a_backslash_in_a_path_is_not_found(url: str) -> None:
    async with httpx.AsyncClient(base_url=url, trust_env=False) as client:
        answer = await client.get("/assets/..%5c..%5cx")
    assert (answer.status_code, answer.json()["error"]["code"]) == (404, "not_found")


@pytest.mark.parametrize("start", ["POST", "GET"])
async def test_websockets_of_another_method_or_version_are_refused(dial: Dial, start: str) -> None:
    wire = await dial()
    version = 13 if start == "POST" else 8
    answer = await wire.ask(
        f"{start} /socket.io/?EIO=4&transport=websocket HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\n"
        f"Connection: Upgrade\r\nSec-WebSocket-Version: {version}\r\n"
        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n".encode()
    )
    assert answer.split()[1] in {"400", "405"}


@pytest.mark.parametrize("t", [1, 1.5, -3, 2**53, 0])
async def test_a_heartbeat_returns_the_clients_time_unchanged(
    daemon: Running, enter: Callable[..., Awaitable[RawSocket]], t: float
) -> None:
    raw = await enter(daemon.accounts.guest("x").access_token)
    back = (await raw.call("stream:heartbeat", {"t": t}))["t"]
    assert (back, type(back)) == (t, type(t))


async def test_a_locked_database_makes_the_daemon_not_ready(
    daemon: Running, url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("controlplane.features.onair.readiness.PROBE_INTERVAL_S", 0.0)
    monkeypatch.setattr(daemon.parts.poller, "_answering", True)
    lock = sqlite3.connect(daemon.settings.data_dir / "awaz.db", isolation_level=None)
    lock.execute("BEGIN IMMEDIATE")
    async with httpx.AsyncClient(base_url=url, trust_env=False, timeout=10) as client:
        locked = await client.get("/readyz")
        lock.execute("ROLLBACK")
        free = await client.get("/readyz")
    lock.close()
    assert (locked.status_code, free.status_code) == (503, 200)
    assert locked.json()["error"]["message"] == "missing: database"
    assert int(locked.headers["Retry-After"]) > 0


async def test_the_daemon_listens_on_ipv4_and_ipv6(daemon: Running) -> None:
    listener = bind("::", 0)
    port = listener.getsockname()[1]
    async with (
        serving(daemon.daemon.app, listener, daemon.connections, shutdown_s=1),
        httpx.AsyncClient(trust_env=False) as client,
    ):
        answers = [await client.get(f"http://{host}:{port}/healthz") for host in ("127.0.0.1", "[::1]")]
    assert [answer.status_code for answer in answers] == [200, 200]


def test_the_daemon_listens_on_ipv4_where_ipv6_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    real = socket.socket

    def without(family: int = socket.AF_INET, *more: int) -> socket.socket:
        if family == socket.AF_INET6:
            raise OSError(errno.EAFNOSUPPORT, "Address family not supported by protocol")
        return real(family, *more)

    monkeypatch.setattr("controlplane.web.listen.socket.socket", without)
    listener = bind("::", 0)
    assert listener.getsockname()[0] == ANY_IPV4
    listener.close()
