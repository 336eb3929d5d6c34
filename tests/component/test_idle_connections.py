"""Twenty thousand idle connections, beside which pages, sockets and hooks still work."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support import loopback
from tests.support.daemon_process import DaemonProcess, unlimited
from tests.support.paths import PROJECT
from tests.support.raw_socket import RawSocket

COUNT = 10_000
ADDRESSES = ("127.0.7.1", "127.0.7.2")


@pytest.fixture
def daemon() -> Iterator[DaemonProcess]:
    started = DaemonProcess.start(None, **unlimited("READ"))
    started.awaz("user", "add", "owner")
    started.awaz("station", "add", "awaz", "--owner", "owner", "--no-wait")
    yield started
    started.stop()


@pytest.fixture
def idle_connections(daemon: DaemonProcess) -> Iterator[None]:
    """Open all idle connections and hold them."""
    port = daemon.environment["AWAZ__HTTP__PORT"]
    processes = [
        subprocess.Popen(
            [sys.executable, "-m", "tests.support.idle_connections", port, address, str(COUNT)],
            cwd=PROJECT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )
        for address in ADDRESSES
    ]
    try:
        for process in processes:
            assert process.stdout is not None
            assert process.stdout.readline() == b"held\n"
        yield
    finally:
        for process in processes:
            process.kill()
            process.communicate()


async def test_idle_connections_leave_room_for_pages_sockets_and_hooks(
    daemon: DaemonProcess, idle_connections: None
) -> None:
    secret = (Path(daemon.directory.name) / "secrets" / "icecast-hook").read_text().strip()
    form = {"action": "stream_auth", "mount": "/ingest/awaz", "pass": "x"}
    async with loopback.AsyncClient(timeout=5) as http:
        page = await http.get(daemon.url + "/")
        hook = await http.post(
            f"http://127.0.0.1:{daemon.environment['AWAZ__HOOKS__PORT']}/icecast", data=form, auth=("icecast", secret)
        )
        guest = await http.post(daemon.url + "/api/v1/auth/guest", json={})
        metrics = (await http.get(daemon.url + "/metrics")).text
    socket = await RawSocket.authenticated(daemon.url, guest.json()["access_token"])
    ack = await socket.call("stream:heartbeat", {"t": 1})
    await socket.close()
    assert (page.status_code, hook.status_code, ack["ok"]) == (200, 200, True)
    assert "out of system resource" not in daemon.log()
    assert "Traceback" not in daemon.log()
    assert 'awaz_connections_dropped_total{reason="idle_address_limit"}' in metrics
    assert len(daemon.log()) < 50_000
