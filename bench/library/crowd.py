"""A hundred files at once, a fifth of them hostile, and how late the daemon's event loop came to its work meanwhile."""

import os
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from bench.library import uploads
from tests.support.loopback import Client, bearer

FILES = 100
AT_ONCE = 20
HOSTILE_EACH = 5
LOOK_S = 0.1
LAG = 'awaz_loop_lag_seconds_bucket{le="'


@dataclass(frozen=True)
class Crowd:
    """The memory that the daemon had more at most, in MB, and how late its loop was, in milliseconds."""

    growth_mb: float
    lag_p99_ms: float
    lag_most_ms: float
    refused: int


def received(url: str, token: str, file: Path, daemon: int) -> Crowd:
    """Send copies of a file, which differ in their last bytes, by forms; their tracks stay."""
    whole = file.read_bytes()
    before, memory = _lags(url), uploads.memory_mb(daemon)
    growth = 0.0
    with ThreadPoolExecutor(AT_ONCE) as pool:
        sent = [pool.submit(_send, url, token, _content(whole, number)) for number in range(FILES)]
        while not all(each.done() for each in sent):
            growth = max(growth, uploads.memory_mb(daemon) - memory)
            time.sleep(LOOK_S)  # another process: there is no event to wait for
    spent = {bound: count - before[bound] for bound, count in _lags(url).items()}
    refused = sum(each.result() >= 400 for each in sent)
    return Crowd(growth, _bound_ms(spent, 0.99), _bound_ms(spent, 1.0), refused)


def _content(whole: bytes, number: int) -> bytes:
    if number % HOSTILE_EACH:
        return whole + os.urandom(16)
    huge_tag = b"ID3\x04\x00\x00\x7f\x7f\x7f\x7f" + whole[:1000]
    hostile = (os.urandom(200_000), whole[:2000], huge_tag, b"#EXTM3U\n/etc/passwd\n")
    return hostile[number // HOSTILE_EACH % len(hostile)] + os.urandom(16)


def _send(url: str, token: str, content: bytes) -> int:
    with Client(base_url=url, headers=bearer(token), timeout=300) as client:
        return client.post("/api/v1/stations/awaz/tracks", files={"file": ("song.mp3", content)}).status_code


def _lags(url: str) -> dict[float, float]:
    """Return how often the loop was late by at most so many seconds."""
    with Client(base_url=url, timeout=30) as client:
        lines = client.get("/metrics").text.splitlines()
    found = (line.removeprefix(LAG).split('"} ') for line in lines if line.startswith(LAG))
    return {float(bound): float(count) for bound, count in found}


def _bound_ms(spent: dict[float, float], share: float) -> float:
    """Return the bound below which a share of the lags is, in milliseconds."""
    total = spent[float("inf")]
    return next(bound * 1000 for bound, count in spent.items() if count >= total * share)
