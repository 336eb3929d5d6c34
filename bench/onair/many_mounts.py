"""Counts in a house of a thousand mounts whose feed rings all the time, and what it costs to poll them."""

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
from tests.support.raw_socket import RawSocket
from tests.support.running_stack import PROJECT

STATIONS = 500
"""Two mounts each: their encoders are not on."""
ROUNDS = 60
SEEN = 1000
"""A count that no other mount has."""
ON_AIR_WITHIN_S = 60.0
NAME = "1,000 mounts whose feed rings all the time"


@contextmanager
def running() -> Iterator[tuple[DaemonProcess, "subprocess.Popen[str]"]]:
    """Start the daemon beside something that looks like a busy Icecast."""
    with ExitStack() as stack:
        command = [sys.executable, "-m", "bench.onair.fake_icecast", str(STATIONS)]
        mounts = subprocess.Popen(command, cwd=PROJECT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        stack.callback(mounts.wait)
        stack.callback(mounts.kill)
        if mounts.stdout is None:
            raise RuntimeError("its output is not ours to read")
        daemon = DaemonProcess.start(AWAZ__ICECAST__PORT=mounts.stdout.readline().strip())
        stack.callback(daemon.stop)
        daemon.terminate()
        _found(Path(daemon.directory.name))
        daemon.restart()
        yield daemon, mounts


def _found(directory: Path) -> None:
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
        time.sleep(0.1)  # another process: there is no event of its to wait for


def _stations(daemon: DaemonProcess) -> list[dict[str, str]]:
    answer = httpx.get(daemon.url + "/api/v1/stations", timeout=10, trust_env=False)
    found: list[dict[str, str]] = answer.raise_for_status().json()["stations"]
    return found


def _polling(daemon: DaemonProcess) -> tuple[float, float]:
    text = httpx.get(daemon.url + "/metrics", timeout=10, trust_env=False).text
    found = re.search(r"^awaz_icecast_poll_cpu_seconds_total (\S+)$", text, re.MULTILINE)
    return float(found[1]) if found else 0.0, time.monotonic()


async def _counts(daemon: DaemonProcess, mounts: "subprocess.Popen[str]") -> list[float]:
    raw = await RawSocket.authenticated(daemon.url, daemon.guest())
    await raw.call("stream:join", {"station": "s0"})
    took = []
    for turn in range(1, ROUNDS + 1):
        # Anywhere between two looks, and two values of one room are a second apart.
        await asyncio.sleep(1.2 + random.uniform(0.0, 1.0))
        since = _listen(mounts, turn)
        while (await raw.until_event("stream:listeners"))["listeners"] != turn:
            pass
        took.append((time.monotonic() - since) * 1000)
    await raw.close()
    return took


def _listen(mounts: "subprocess.Popen[str]", count: int) -> float:
    if mounts.stdin is None:
        raise RuntimeError("its input is not ours to write")
    mounts.stdin.write(f"s0 {count}\n")
    mounts.stdin.flush()
    return time.monotonic()


def measure() -> list[Result]:
    """Run all of it."""
    with running() as (daemon, mounts):
        _until_on_air(daemon)
        used, began = _polling(daemon)
        took = asyncio.run(_counts(daemon, mounts))
        after, ended = _polling(daemon)
        stats = f"http://127.0.0.1:{daemon.environment['AWAZ__ICECAST__PORT']}/admin/stats"
        since = _listen(mounts, SEEN)
        theirs = asyncio.run(peer.notice(stats, ("", ""), lambda text: f"<listeners>{SEEN}<" in text, since))
    name, others = f"{NAME}: listener joins -> count at a socket, p99", percentile(theirs, 0.99)
    return [
        result(name, "ms", percentile(took, 0.99), 1000, peer=others, peer_name=peer.NAME),
        result(
            f"{NAME}: share of a core that polling takes", "", (after - used) / (ended - began), MAX_CPU_SHARE, digits=3
        ),
    ]
