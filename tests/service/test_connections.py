"""HTTP connections: limits, timeouts, malformed requests, and listening addresses."""

import asyncio
import errno
import gzip
import json
import re
import socket
import sqlite3
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass, replace

import httpx
import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from controlplane.features.onair.readiness import PROBE_INTERVAL_S
from controlplane.runtime.config import Settings
from controlplane.runtime.refusals import MAX_CAUSES
from controlplane.web.connections import IDLE_GRACE_S, REQUEST_TIMEOUT_S
from controlplane.web.listen import ANY_IPV4, bind, serving
from tests.support import loopback
from tests.support.running import Running
from tests.support.scripted_icecast import ScriptedIcecast
from tests.support.types import OpenSocket
from tests.support.waiting import until

SECRET = "eyJhbGciOiJIUzI1NiJ9.c2VjcmV0.c2VjcmV0"
GOOD = b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n"
MALFORMED = {
    "not HTTP": b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n",
    "a header that ends with NUL": b"GET / HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer "
    + SECRET.encode()
    + b"\0\r\n\r\n",
    "a bare line feed": b"GET / HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer " + SECRET.encode() + b"\n\r\n\r\n",
    "two lengths": b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n",
    "a length that is not a number": b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: x\r\n\r\n",
    "a header that is too long": b"GET / HTTP/1.1\r\nHost: x\r\nX: " + b"y" * 20_000 + b"\r\n\r\n",
    "HTTP/2.0": b"GET / HTTP/2.0\r\nHost: x\r\n\r\n",
    "HTTP/0.9": b"GET / HTTP/0.9\r\nHost: x\r\n\r\n",
}


@dataclass
class TcpConnection:
    """A TCP connection to the daemon."""

    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter

    async def request(self, data: bytes = GOOD) -> str:
        """Send bytes and return the response's head and body, or an empty string if there is none."""
        self.writer.write(data)
        async with asyncio.timeout(5):
            try:
                head = (await self.reader.readuntil(b"\r\n\r\n")).decode()
            except (asyncio.IncompleteReadError, ConnectionError):
                return ""
            size = re.search(r"Content-Length: (\d+)", head)
            return head + (await self.reader.readexactly(int(size[1]) if size else 0)).decode()

    async def until_closed(self) -> None:
        """Wait until the daemon has closed the connection."""
        await until(lambda: self.reader.at_eof() or self.reader.exception() is not None)


@pytest.fixture
async def open_connection(url: str) -> AsyncIterator[Callable[..., Awaitable[TcpConnection]]]:
    host, _, port = url.removeprefix("http://").partition(":")
    async with AsyncExitStack() as stack:

        async def start(address: str = "127.0.0.1") -> TcpConnection:
            connection = TcpConnection(*await asyncio.open_connection(host, int(port), local_addr=(address, 0)))
            stack.callback(connection.writer.close)
            return connection

        yield start


OpenConnection = Callable[..., Awaitable[TcpConnection]]


@pytest.mark.parametrize("name", MALFORMED)
async def test_malformed_requests_get_a_json_error_that_quotes_nothing(
    open_connection: OpenConnection, name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    connection = await open_connection()
    head, _, body = (await connection.request(MALFORMED[name])).partition("\r\n\r\n")
    assert head.split()[1] == "400"
    assert json.loads(body)["error"]["code"] == "invalid_input"
    assert "Server: awaz\r\n" in head + "\r\n"
    assert SECRET not in body
    output = capsys.readouterr()
    assert SECRET not in output.out + output.err
    assert "Traceback" not in output.out + output.err


async def test_a_malformed_request_closes_its_connection(open_connection: OpenConnection) -> None:
    connection = await open_connection()
    await connection.request(MALFORMED["not HTTP"])
    await connection.until_closed()


async def test_malformed_requests_are_counted_and_rarely_logged(
    running: Running, open_connection: OpenConnection, capsys: pytest.CaptureFixture[str]
) -> None:
    for number in range(300):
        connection = await open_connection(f"127.0.{number % 100}.2")
        await connection.request(MALFORMED["two lengths"])
        connection.writer.close()
    output = capsys.readouterr().out
    assert running.metric('awaz_requests_rejected_total{reason="malformed_request"}') == 300
    assert 0 < output.count("malformed_request") <= MAX_CAUSES


async def test_an_aborted_body_is_counted_and_is_not_a_fault(
    running: Running, open_connection: OpenConnection, capsys: pytest.CaptureFixture[str]
) -> None:
    head = b"POST /api/v1/auth/guest HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 9\r\n"
    connection = await open_connection()
    connection.writer.write(head + b"Expect: 100-continue\r\n\r\n")
    assert b"100 Continue" in await connection.reader.readline()
    connection.writer.transport.abort()
    await until(lambda: running.metric('awaz_requests_rejected_total{reason="request_not_finished"}'))
    assert "Traceback" not in capsys.readouterr().out


async def test_a_slow_second_request_is_cut_off(running: Running, open_connection: OpenConnection) -> None:
    connection = await open_connection()
    assert " 200 " in await connection.request()

    async def drip() -> None:
        while True:
            connection.writer.write(b"G")
            running.clock.advance(running.connections.bounds.keep_alive_s / 10)
            running.connections.sweep()
            await asyncio.sleep(0.01)

    dripping = asyncio.create_task(drip())
    await connection.until_closed()
    dripping.cancel()


def unreading_client(url: str) -> socket.socket:
    """Open a connection with a tiny receive buffer that reads nothing."""
    host, _, port = url.removeprefix("http://").partition(":")
    client = socket.socket()
    client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2048)
    client.connect((host, int(port)))
    client.setblocking(False)
    return client


def _is_closed(transport: asyncio.Transport) -> bool:
    return bool(transport.get_extra_info("socket").fileno() < 0)


async def wait_until_gone(running: Running, transport: asyncio.Transport) -> None:
    """Wait until the connection is no longer counted and its socket is closed."""

    def gone() -> bool:
        running.clock.advance(1)
        running.connections.sweep()
        return not len(running.connections) and _is_closed(transport)

    await until(gone)


async def accepted(running: Running) -> asyncio.Transport:
    """Return the transport of the only connection."""
    await until(lambda: len(running.connections))
    (connection,) = running.connections
    transport = connection.tcp_transport
    assert transport is not None
    return transport


async def test_unread_responses_time_out_while_being_written(running: Running, url: str) -> None:
    with unreading_client(url) as client:
        client.send(b"GET /api/v1/openapi.json HTTP/1.1\r\nHost: x\r\n\r\n" * 100)
        transport = await accepted(running)
        _, high_water = transport.get_write_buffer_limits()
        await until(lambda: transport.get_write_buffer_size() > high_water, 20)
        running.clock.advance(REQUEST_TIMEOUT_S)
        await wait_until_gone(running, transport)
    assert running.metric('awaz_connections_dropped_total{reason="answer_not_taken"}') == 1


async def test_unread_responses_time_out_after_being_written(running: Running, url: str) -> None:
    with unreading_client(url) as client:
        transport = await accepted(running)
        transport.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 20_000)
        client.send(b"GET /api/v1/openapi.json HTTP/1.1\r\nHost: x\r\n\r\n")
        await wait_until_gone(running, transport)


async def test_a_trusted_proxy_is_exempt_from_the_address_limits(
    settings: Settings, engine: AsyncEngine, running: Running
) -> None:
    behind_proxy = settings.model_copy(update={"http": settings.http.model_copy(update={"trusted_hops": 1})})
    bounds = Running.build(behind_proxy, engine, running.parts.poller.client.http).connections.bounds
    assert bounds.of_address == bounds.idle_of_address == bounds.in_all
    assert running.connections.bounds.of_address < running.connections.bounds.in_all


async def test_excess_idle_connections_of_an_address_drop_the_oldest(
    running: Running, open_connection: OpenConnection
) -> None:
    running.connections.bounds = replace(running.connections.bounds, idle_of_address=3)
    other = await open_connection("127.0.9.2")
    connections = [await open_connection("127.0.9.1") for _ in range(3)]
    running.clock.advance(IDLE_GRACE_S)
    connections.append(await open_connection("127.0.9.1"))
    await connections[0].until_closed()
    assert [" 200 " in await connection.request() for connection in (*connections[1:], other)] == [True] * 4


async def test_connections_per_address_are_limited(
    running: Running,
    open_connection: OpenConnection,
    open_socket: OpenSocket,
) -> None:
    running.connections.bounds = replace(running.connections.bounds, of_address=2, shared=lambda _address: False)
    first, second = [await open_socket(running.accounts.guest("x").access_token) for _ in range(2)]
    third, other = await open_connection(), await open_connection("127.0.9.1")
    await third.until_closed()
    assert " 200 " in await other.request()
    assert (await first.call("stream:heartbeat", {"t": 1}))["ok"]
    assert (await second.call("stream:heartbeat", {"t": 1}))["ok"]


async def test_a_full_server_drops_the_longest_idle_connection(
    running: Running, open_connection: OpenConnection, open_socket: OpenSocket
) -> None:
    socket = await open_socket(running.accounts.guest("x").access_token)
    running.connections.bounds = replace(running.connections.bounds, in_all=3)
    first, second, third = [await open_connection(f"127.0.9.{number}") for number in (1, 2, 3)]
    await first.until_closed()
    assert " 200 " in await second.request()
    assert " 200 " in await third.request()
    assert (await socket.call("stream:heartbeat", {"t": 1}))["ok"]
    assert running.metric('awaz_connections_dropped_total{reason="limit"}') == 1


async def test_a_burst_of_new_connections_of_one_address_is_accepted(
    running: Running, open_connection: OpenConnection
) -> None:
    running.connections.bounds = replace(running.connections.bounds, idle_of_address=3)
    connections = [await open_connection() for _ in range(30)]
    answers = await asyncio.gather(*(connection.request() for connection in connections))
    assert [answer.split()[1] for answer in answers] == ["200"] * 30


async def test_a_rate_limited_connection_is_closed(running: Running, open_connection: OpenConnection) -> None:
    connection, answer = await open_connection("127.0.9.1"), ""
    for _ in range(121):
        answer = await connection.request(
            b"POST /api/v1/auth/guest HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}"
        )
    assert " 429 " in answer
    assert "Connection: close" in answer
    await connection.until_closed()
    assert len(running.connections) == 0


async def test_api_responses_are_not_cacheable(http: httpx.AsyncClient) -> None:
    for answer in (await http.post("/auth/guest", json={}), await http.get("/me"), await http.get("/nothing")):
        assert answer.headers["Cache-Control"] == "no-store"
        assert answer.headers["Server"] == "awaz"


async def test_head_is_answered_like_get(url: str) -> None:
    async with loopback.AsyncClient(base_url=url) as client:
        answers = [await client.head(path) for path in ("/healthz", "/api/v1/stations", "/api/v1/stations/nowhere")]
    assert [(answer.status_code, answer.content) for answer in answers] == [(200, b""), (200, b""), (404, b"")]


async def test_a_compressed_body_is_refused(http: httpx.AsyncClient) -> None:
    headers = {"Content-Encoding": "gzip", "Content-Type": "application/json"}
    answer = await http.post("/auth/guest", content=gzip.compress(b"{}"), headers=headers)
    assert answer.status_code == 400
    assert "compressed" in answer.json()["error"]["message"]


async def test_a_backslash_in_a_path_is_not_found(url: str) -> None:
    async with loopback.AsyncClient(base_url=url) as client:
        answer = await client.get("/assets/..%5c..%5cx")
    assert (answer.status_code, answer.json()["error"]["code"]) == (404, "not_found")


@pytest.mark.parametrize("start", ["POST", "GET"])
async def test_websockets_of_another_method_or_version_are_refused(open_connection: OpenConnection, start: str) -> None:
    connection = await open_connection()
    version = 13 if start == "POST" else 8
    answer = await connection.request(
        f"{start} /socket.io/?EIO=4&transport=websocket HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\n"
        f"Connection: Upgrade\r\nSec-WebSocket-Version: {version}\r\n"
        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n".encode()
    )
    assert answer.split()[1] in {"400", "405"}


@pytest.mark.parametrize("t", [1, 1.5, -3, 2**53, 0])
async def test_a_heartbeat_returns_the_clients_time_unchanged(
    running: Running, open_socket: OpenSocket, t: float
) -> None:
    client = await open_socket(running.accounts.guest("x").access_token)
    echoed = (await client.call("stream:heartbeat", {"t": t}))["t"]
    assert (echoed, type(echoed)) == (t, type(t))


async def test_a_locked_database_makes_the_daemon_not_ready(
    running: Running, url: str, icecast: ScriptedIcecast
) -> None:
    await running.parts.poller.poll()
    lock = sqlite3.connect(running.settings.data_dir / "awaz.db", isolation_level=None)
    lock.execute("BEGIN IMMEDIATE")
    async with loopback.AsyncClient(base_url=url, timeout=10) as client:
        locked = await client.get("/readyz")
        lock.execute("ROLLBACK")
        running.clock.advance(PROBE_INTERVAL_S)
        free = await client.get("/readyz")
    lock.close()
    assert (locked.status_code, free.status_code) == (503, 200)
    assert locked.json()["error"]["message"] == "not ready: database"
    assert int(locked.headers["Retry-After"]) > 0


async def test_the_daemon_listens_on_ipv4_and_ipv6(running: Running) -> None:
    listener = bind("::", 0)
    port = listener.getsockname()[1]
    async with (
        serving(running.daemon.app, listener, running.connections, shutdown_s=1),
        loopback.AsyncClient() as client,
    ):
        answers = [await client.get(f"http://{host}:{port}/healthz") for host in ("127.0.0.1", "[::1]")]
    assert [answer.status_code for answer in answers] == [200, 200]


def test_the_daemon_listens_on_ipv4_where_ipv6_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    real = socket.socket

    def without(family: int = socket.AF_INET, *arguments: int) -> socket.socket:
        if family == socket.AF_INET6:
            raise OSError(errno.EAFNOSUPPORT, "Address family not supported by protocol")
        return real(family, *arguments)

    monkeypatch.setattr(socket, "socket", without)
    listener = bind("::", 0)
    assert listener.getsockname()[0] == ANY_IPV4
    listener.close()
