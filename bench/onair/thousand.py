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
from controlplane.config import Settings
from controlplane.db.engine import connect, migrate, writing
from controlplane.db.tables import stations
from controlplane.icecast.poller import SHARE
from tests.instruments.house import PROJECT
from tests.instruments.lone import Lone
from tests.instruments.raw import Raw

STATIONS = 500
"""Two mounts each: their encoders are not on."""
ROUNDS = 60
SEEN = 1000
"""A count that no other mount has."""
ON_AIR_WITHIN_S = 60.0
NAME = "1,000 mounts whose feed rings all the time"


@contextmanager
def running() -> Iterator[tuple[Lone, "subprocess.Popen[str]"]]:
    """Start the daemon beside something that looks like a busy Icecast."""
    with ExitStack() as stack:
        command = [sys.executable, "-m", "bench.onair.mounts", str(STATIONS)]
        mounts = subprocess.Popen(command, cwd=PROJECT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        stack.callback(mounts.wait)
        stack.callback(mounts.kill)
        if mounts.stdout is None:
            raise RuntimeError("its output is not ours to read")
        lone = Lone.start(AWAZ__ICECAST__PORT=mounts.stdout.readline().strip())
        stack.callback(lone.stop)
        lone.terminate()
        _found(Path(lone.directory.name))
        lone.start_again()
        yield lone, mounts


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


def _until_on_air(lone: Lone) -> None:
    deadline = time.monotonic() + ON_AIR_WITHIN_S
    while any(each["on_air"] == "offair" for each in _stations(lone)):
        if time.monotonic() > deadline:
            raise RuntimeError(f"the stations do not come on air: {lone.log()[-2000:]}")
        time.sleep(0.1)  # another process: there is no event of its to wait for


def _stations(lone: Lone) -> list[dict[str, str]]:
    answer = httpx.get(lone.url + "/api/v1/stations", timeout=10, trust_env=False)
    found: list[dict[str, str]] = answer.raise_for_status().json()["stations"]
    return found


def _polling(lone: Lone) -> tuple[float, float]:
    text = httpx.get(lone.url + "/metrics", timeout=10, trust_env=False).text
    found = re.search(r"^awaz_icecast_poll_cpu_seconds_total (\S+)$", text, re.MULTILINE)
    return float(found[1]) if found else 0.0, time.monotonic()


async def _counts(lone: Lone, mounts: "subprocess.Popen[str]") -> list[float]:
    raw = await Raw.inside(lone.url, lone.guest())
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
    with running() as (lone, mounts):
        _until_on_air(lone)
        used, began = _polling(lone)
        took = asyncio.run(_counts(lone, mounts))
        after, ended = _polling(lone)
        stats = f"http://127.0.0.1:{lone.environment['AWAZ__ICECAST__PORT']}/admin/stats"
        since = _listen(mounts, SEEN)
        theirs = asyncio.run(peer.notice(stats, ("", ""), lambda text: f"<listeners>{SEEN}<" in text, since))
    name, others = f"{NAME}: listener joins -> count at a socket, p99", percentile(theirs, 0.99)
    return [
        result(name, "ms", percentile(took, 0.99), 1000, peer=others, peer_name=peer.NAME),
        result(f"{NAME}: share of a core that polling takes", "", (after - used) / (ended - began), SHARE, digits=3),
    ]
