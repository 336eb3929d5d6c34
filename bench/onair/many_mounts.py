"""Listener counts on a platform of a thousand mounts with a constantly busy feed, and the CPU cost of polling."""

import asyncio
import random
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import httpx
from sqlalchemy import insert

from bench.onair import peer
from bench.results_file import Result, percentile, result
from controlplane.db.engine import connect, migrate, writing
from controlplane.db.tables import stations
from controlplane.features.onair.sources.poller import MAX_CPU_SHARE
from controlplane.runtime.config import Settings
from tests.support.daemon_process import DaemonProcess
from tests.support.paths import PROJECT
from tests.support.raw_socket import RawSocket

STATIONS = 500
"""Two mounts each, as no encoder is connected."""
ROUNDS = 60
PEER_COUNT = 1000
"""A listener count that no other mount has."""
ON_AIR_WITHIN_S = 60.0
NAME = "1,000 mounts with a constantly busy feed"


@contextmanager
def running() -> Iterator[tuple[DaemonProcess, "subprocess.Popen[str]"]]:
    """Start a daemon with a busy fake Icecast."""
    with ExitStack() as stack:
        command = [sys.executable, "-m", "bench.onair.fake_icecast", str(STATIONS)]
        icecast = subprocess.Popen(command, cwd=PROJECT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        stack.callback(icecast.wait)
        stack.callback(icecast.kill)
        if icecast.stdout is None:
            raise RuntimeError("the output of the fake Icecast is not a pipe")
        daemon = DaemonProcess.start(AWAZ__ICECAST__PORT=icecast.stdout.readline().strip())
        stack.callback(daemon.stop)
        daemon.terminate()
        _add_stations(Path(daemon.directory.name))
        daemon.restart()
        yield daemon, icecast


def _add_stations(directory: Path) -> None:
    url = Settings(data_dir=directory).database_url
    migrate(url)
    rows = [
        {"id": f"{n:032x}", "slug": f"s{n}", "name": f"S{n}", "description": "", "bitrate_kbps": 128, "created_at": 0}
        for n in range(STATIONS)
    ]

    async def add() -> None:
        engine = connect(url)
        async with writing(engine) as connection:
            await connection.execute(insert(stations), rows)
        await engine.dispose()

    asyncio.run(add())


def _until_on_air(daemon: DaemonProcess) -> None:
    deadline = time.monotonic() + ON_AIR_WITHIN_S
    while any(each["on_air"] == "offair" for each in _stations(daemon)):
        if time.monotonic() > deadline:
            raise RuntimeError(f"the stations do not come on air: {daemon.log()[-2000:]}")
        time.sleep(0.1)  # another process: there is no event to wait for


def _stations(daemon: DaemonProcess) -> list[dict[str, str]]:
    answer = httpx.get(daemon.url + "/api/v1/stations", timeout=10, trust_env=False)
    found: list[dict[str, str]] = answer.raise_for_status().json()["stations"]
    return found


def _polling_cpu(daemon: DaemonProcess) -> tuple[float, float]:
    text = httpx.get(daemon.url + "/metrics", timeout=10, trust_env=False).text
    found = re.search(r"^awaz_icecast_poll_cpu_seconds_total (\S+)$", text, re.MULTILINE)
    return float(found[1]) if found else 0.0, time.monotonic()


async def _counts(daemon: DaemonProcess, icecast: "subprocess.Popen[str]") -> list[float]:
    client = await RawSocket.authenticated(daemon.url, daemon.guest())
    await client.call("stream:join", {"station": "s0"})
    times = []
    for listeners in range(1, ROUNDS + 1):
        # At a random phase of polling; values of a room are at least a second apart.
        await asyncio.sleep(1.2 + random.uniform(0.0, 1.0))
        since = _set_listeners(icecast, listeners)
        while (await client.until_event("stream:listeners"))["listeners"] != listeners:
            pass
        times.append((time.monotonic() - since) * 1000)
    await client.close()
    return times


def _set_listeners(icecast: "subprocess.Popen[str]", count: int) -> float:
    if icecast.stdin is None:
        raise RuntimeError("the input of the fake Icecast is not a pipe")
    icecast.stdin.write(f"s0 {count}\n")
    icecast.stdin.flush()
    return time.monotonic()


def measure() -> list[Result]:
    """Run the measurement."""
    with running() as (daemon, icecast):
        _until_on_air(daemon)
        cpu_before, began = _polling_cpu(daemon)
        times = asyncio.run(_counts(daemon, icecast))
        cpu_after, ended = _polling_cpu(daemon)
        stats = f"http://127.0.0.1:{daemon.environment['AWAZ__ICECAST__PORT']}/admin/stats"
        since = _set_listeners(icecast, PEER_COUNT)
        peers = asyncio.run(peer.notice(stats, ("", ""), lambda text: f"<listeners>{PEER_COUNT}<" in text, since))
    name, peer_p99 = f"{NAME}: listener joins -> count at a socket, p99", percentile(peers, 0.99)
    return [
        result(name, "ms", percentile(times, 0.99), 1000, peer=peer_p99, peer_name=peer.NAME),
        result(
            f"{NAME}: share of a core that polling takes",
            "",
            (cpu_after - cpu_before) / (ended - began),
            MAX_CPU_SHARE,
            digits=3,
        ),
    ]
