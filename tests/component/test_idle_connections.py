"""Twenty thousand connections that say nothing: pages, sockets and hooks go on."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from tests.support.daemon_process import DaemonProcess
from tests.support.raw_socket import RawSocket
from tests.support.running_stack import PROJECT

COUNT = 10_000
ADDRESSES = ("127.0.7.1", "127.0.7.2")
PLENTY = "1000000/second per address"


@pytest.fixture
def daemon() -> Iterator[DaemonProcess]:
    running = DaemonProcess.start(AWAZ__LIMITS__READ=PLENTY)
    running.awaz("user", "add", "owner")
    running.awaz("station", "add", "awaz", "--owner", "owner", "--no-wait")
    yield running
    running.stop()


@pytest.fixture
def silent(daemon: DaemonProcess) -> Iterator[None]:
    """Open them all, and hold them."""
    port = daemon.environment["AWAZ__HTTP__PORT"]
    crowd = [
        subprocess.Popen(
            [sys.executable, "-m", "tests.support.idle_connections", port, address, str(COUNT)],
            cwd=PROJECT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )
        for address in ADDRESSES
    ]
    try:
        for process in crowd:
            assert process.stdout is not None
            assert process.stdout.readline() == b"held\n"
        yield
    finally:
        for process in crowd:
            process.kill()
            process.communicate()


async def test_idle_connections_leave_room_for_pages_sockets_and_hooks(daemon: DaemonProcess, silent: None) -> None:
    secret = (Path(daemon.directory.name) / "secrets" / "icecast-hook").read_text().strip()
    form = {"action": "stream_auth", "mount": "/ingest/awaz", "pass": "x"}
    async with httpx.AsyncClient(trust_env=False, timeout=5) as http:
        page = await http.get(daemon.url + "/")
        hook = await http.post(
            f"http://127.0.0.1:{daemon.environment['AWAZ__HOOKS__PORT']}/icecast", data=form, auth=("icecast", secret)
        )
        guest = await http.post(daemon.url + "/api/v1/auth/guest", json={})
        figures = (await http.get(daemon.url + "/metrics")).text
    socket = await RawSocket.inside(daemon.url, guest.json()["access_token"])
    ack = await socket.call("stream:heartbeat", {"t": 1})
    await socket.close()
    assert (page.status_code, hook.status_code, ack["ok"]) == (200, 200, True)
    assert "out of system resource" not in daemon.log()
    assert "Traceback" not in daemon.log()
    assert 'awaz_connections_dropped_total{reason="too many idle connections of one address"}' in figures
    assert len(daemon.log()) < 50_000
