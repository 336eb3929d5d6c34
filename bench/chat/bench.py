"""Messages a second that a full room gets in time, each committed before it is shown; acks of one at a time; likes.

The peer commits in the same way, one message at a time, and sends to a room of the same size. The rate rises until the
99th percentile of the times from a message to its last reader is over the limit. BENCH_CHAT_QUICK=1 is a short run for
development, whose results are not kept.
"""

import json
import os
import statistics
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory

from bench.fanout.client import load, raise_limits
from bench.fanout.servers import OURS, SERVER_CORE, SERVERS, Peer, Server, started
from bench.results_file import Result, paired, percentile, rate, result
from tests.support.paths import PROJECT
from tests.support.running_stack import free_port

QUICK = os.environ.get("BENCH_CHAT_QUICK") == "1"
READERS, SENDERS = (2000 if QUICK else 5000), 100
MOST_PER_S = SENDERS * 0.9
"""Nine tenths of the rate limit, which is one message of a person a second."""
ROUNDS = 1 if QUICK else 3
LIMIT_MS = 200.0
FIRST_PER_S, STEP, RUN_S = 8.0, 1.3 if QUICK else 1.1, 2.0 if QUICK else 6.0
ACKS = 300
LIKERS, CHANGES = (200, 9) if QUICK else (2000, 9)
PER_S = 10_000
OTHER_CORES = sorted(os.sched_getaffinity(0) - {SERVER_CORE}) or [SERVER_CORE]
NODE = "node"
PEER_NAME = "Node socket.io 4.8, better-sqlite3"


@dataclass(frozen=True)
class Turn:
    """The measurements of one server in one round; times in milliseconds."""

    per_s: float
    last_p99_ms: float
    acks_ms: list[float]


async def run() -> list[Result]:
    """Run all measurements."""
    raise_limits(READERS + SENDERS)
    turns: dict[str, list[Turn]] = {OURS: [], NODE: []}
    for number in range(ROUNDS):
        for name in list(turns)[:: 1 if number % 2 == 0 else -1]:
            done = measure(name)
            turns[name].append(done)
            print(
                f"  round {number + 1}, {SERVERS[name]}: {done.per_s:.1f} messages a second to {READERS} readers, "
                f"the last after {done.last_p99_ms:.0f} ms (p99); ack {statistics.median(done.acks_ms):.2f} ms",
                flush=True,
            )
    return [*messages(turns[OURS], turns[NODE]), *likes()]


def measure(name: str) -> Turn:
    """Start a server, have it acknowledge messages one at a time, and then fill its room and raise the rate."""
    with TemporaryDirectory(prefix="awaz-chat-") as directory:
        peer = Peer("chat.js", str(Path(directory) / "chat.db"))
        with started(name, READERS + SENDERS, peer) as server, writing(server) as (control, senders):
            _ask(senders, f"alone {SENDERS}")  # with their first message people are given a name
            acks = _ask(senders, f"alone {ACKS}")["acks_ms"]
            room = replace(server, control=control, tokens=server.tokens[:READERS])
            per_s, last_ms = capacity(room)
    return Turn(per_s, last_ms, acks)


def capacity(server: Server) -> tuple[float, float]:
    """Return the highest rate with which messages reach their last reader in time, and the p99 of that."""
    reached = (0.0, 0.0)
    with load(server, READERS) as client:
        client.connect()
        per_s = FIRST_PER_S
        while per_s <= MOST_PER_S:
            phase = client.open(per_s, RUN_S)
            next(phase)
            report = next(phase)
            if report["closed"] or report["missing"] or report["last_p99_ms"] > LIMIT_MS:
                break
            reached = (per_s, report["last_p99_ms"])
            per_s *= STEP
    return reached


@contextmanager
def writing(server: Server) -> Iterator[tuple[int, "subprocess.Popen[bytes]"]]:
    """Connect those who write; give their control port and their process."""
    port = free_port()
    arguments = [str(server.port), str(port)]
    with _program("senders", arguments, server.tokens[READERS:]) as process:
        _read(process)
        yield port, process


@contextmanager
def _program(name: str, arguments: list[str], tokens: list[str]) -> Iterator["subprocess.Popen[bytes]"]:
    cores = ",".join(map(str, OTHER_CORES))
    command = ["taskset", "-c", cores, sys.executable, "-m", f"bench.chat.{name}", *arguments]
    process = subprocess.Popen(command, cwd=PROJECT, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    try:
        _write(process, "".join(token + "\n" for token in [*tokens, ""]))
        yield process
    finally:
        process.kill()
        process.wait(10)


def _ask(process: "subprocess.Popen[bytes]", command: str) -> dict[str, list[float]]:
    _write(process, command + "\n")
    answer: dict[str, list[float]] = json.loads(_read(process))
    return answer


def _write(process: "subprocess.Popen[bytes]", text: str) -> None:
    if process.stdin is None:
        raise RuntimeError("the program has no input")
    process.stdin.write(text.encode())
    process.stdin.flush()


def _read(process: "subprocess.Popen[bytes]") -> bytes:
    line = process.stdout.readline() if process.stdout is not None else b""
    if not line:
        raise RuntimeError(f"the program ended with {process.wait(10)}")
    return line


def messages(ours: list[Turn], peers: list[Turn]) -> list[Result]:
    """Return the rates and the acks."""

    def acks(share: float, turns: list[Turn]) -> float:
        return statistics.median(percentile(turn.acks_ms, share) for turn in turns)

    room = f"{SENDERS} people write to {READERS} readers"
    rates = [[turn.per_s for turn in turns] for turns in (ours, peers)]
    return [
        paired(
            f"{room}: messages a second, p99 to the last under {LIMIT_MS:g} ms",
            "1/s",
            *rates,
            least=1.5,
            peer_name=PEER_NAME,
        ),
        *(
            result(
                f"ack of one message at a time, p{share * 100:g}",
                "ms",
                acks(share, ours),
                10,
                peer=acks(share, peers),
                peer_name=PEER_NAME,
            )
            for share in (0.5, 0.99)
        ),
    ]


def likes() -> list[Result]:
    """Return how fast likes are committed and acknowledged, and whether their total is right."""
    with (
        started(OURS, LIKERS + 1) as server,
        _program("likes", [str(server.port), str(CHANGES)], server.tokens) as process,
    ):
        if process.stdin is not None:
            process.stdin.close()
        done = json.loads(_read(process))
    print(f"  {done['changes']} changes of likes in {done['seconds']:.2f} s", flush=True)
    return [
        rate(
            f"likes of {LIKERS} people: changes a second, each committed",
            "1/s",
            done["changes"] / done["seconds"],
            PER_S,
        ),
        result("likes: people missing from the total", "", LIKERS - done["count"], 0),
        rate("likes: shortest time between two events", "s", done["between_s"], 0.95),
    ]
