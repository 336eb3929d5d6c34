"""How many deliveries a second one core makes of one event to a room, and what clients that do not read change.

Every server is driven by the same client in the same way and started afresh for every run; the four take turns in
every round, and ratios are taken within a round, where the machine is most alike. BENCH_FANOUT_QUICK=1 is a short run
for development, whose results are not kept.
"""

import asyncio
import os
import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass

from bench.fanout.client import load, make_room
from bench.fanout.servers import PEERS, started
from bench.results_file import Result, paired, rate, result

QUICK = os.environ.get("BENCH_FANOUT_QUICK") == "1"
SIZES = (1000,) if QUICK else (1000, 5000, 10000)
ROUNDS = 2 if QUICK else 5
CLOSED_S = 2.0
CROWD, STUCK = (1000, 10) if QUICK else (5000, 50)
STUCK_ROUNDS = 1 if QUICK else 3
OPEN_S, OPEN_SETTLED_S = (5.0, 2.0) if QUICK else (20.0, 5.0)
OPEN_PER_S = 10.0


@dataclass(frozen=True)
class Run:
    """What one server did with so many clients."""

    deliveries_per_s: float
    cpu_s_per_million: float
    busy_percent: float
    last_p50_ms: float
    last_max_ms: float
    kb_per_client: float
    client_busy_percent: float
    entered_s: float
    retries: int
    others_percent: float
    """Of the server's core, taken by anything but the server: what spoils a run."""


@dataclass(frozen=True)
class OpenRun:
    """What became of events sent at their due times."""

    p50_ms: float
    p99_ms: float
    max_ms: float
    grown_mb: float
    closed: int
    cut: int


Runs = dict[tuple[str, int], list[Run]]


async def run() -> list[Result]:
    """Run all of it."""
    make_room(max(*SIZES, CROWD))
    runs = await asyncio.to_thread(measure_all)
    with_stuck, without = await asyncio.to_thread(measure_stuck)
    return [
        *(row for size in SIZES for row in speed(runs, size)),
        *growth(runs, SIZES[0], SIZES[-1]),
        *slow_clients(with_stuck, without),
    ]


def measure_all() -> Runs:
    """Run every server with every number of clients, so many rounds; each round begins with another server."""
    names, runs = list(PEERS), Runs()
    for turn in range(ROUNDS):
        for size in SIZES:
            for name in names[turn % len(names) :] + names[: turn % len(names)]:
                done = measure(name, size)
                runs.setdefault((name, size), []).append(done)
                print(
                    f"  round {turn + 1}, {size} clients, {name}: {done.deliveries_per_s:,.0f}/s, "
                    f"{done.cpu_s_per_million:.2f} CPU s per million, core {done.busy_percent:.0f} %, "
                    f"last after {done.last_p50_ms:.1f} ms, worst {done.last_max_ms:.1f} ms, "
                    f"{done.kb_per_client:.1f} kB a client, busiest client thread {done.client_busy_percent:.0f} %, "
                    f"others on the core {done.others_percent:.0f} %, "
                    f"all in after {done.entered_s:.1f} s with {done.retries} retries",
                    flush=True,
                )
    return runs


def measure(name: str, clients: int) -> Run:
    """Start a server, bring so many in and send for two seconds."""
    with started(name, clients) as server, load(server, clients) as client:
        before = server.memory_kb()
        entered = client.connect()
        memory = server.memory_kb() - before
        began, core, used = time.monotonic(), server.core_s(), server.cpu_s()
        told = client.closed(CLOSED_S)
        others = (server.core_s() - core - server.cpu_s() + used) / (time.monotonic() - began)
    if told["deliveries"] != told["rounds"] * clients:
        raise RuntimeError(f"{name}: {told['deliveries']} deliveries in {told['rounds']} rounds to {clients}")
    return Run(
        deliveries_per_s=told["deliveries"] / told["seconds"],
        cpu_s_per_million=told["server_cpu_s"] / told["deliveries"] * 1e6,
        busy_percent=told["server_cpu_s"] / told["seconds"] * 100,
        last_p50_ms=told["last_p50_ms"],
        last_max_ms=told["last_max_ms"],
        kb_per_client=memory / clients,
        client_busy_percent=told["busiest_share"] * 100,
        entered_s=entered["seconds"],
        retries=entered["retries"],
        others_percent=max(0.0, others * 100),
    )


def measure_stuck() -> tuple[list[OpenRun], list[OpenRun]]:
    """Run ours with and without clients that do not read, in turns."""
    with_stuck, without = list[OpenRun](), list[OpenRun]()
    for turn in range(STUCK_ROUNDS):
        pair = [(with_stuck, STUCK), (without, 0)]
        for runs, stuck in pair if turn % 2 == 0 else pair[::-1]:
            done = measure_open(stuck)
            runs.append(done)
            print(
                f"  round {turn + 1}, {CROWD} clients, {stuck} of them stuck: p50 {done.p50_ms:.1f} ms, "
                f"p99 {done.p99_ms:.1f} ms, worst {done.max_ms:.1f} ms, grown by {done.grown_mb:.1f} MB, "
                f"{done.cut} of the stuck cut, {done.closed} others closed",
                flush=True,
            )
    return with_stuck, without


def measure_open(stuck: int) -> OpenRun:
    """Send events at their due times to a crowd, so many of whom do not read."""
    with started("ours", CROWD) as server, load(server, CROWD, stuck) as client:
        client.connect()
        phase = client.open(OPEN_PER_S, OPEN_S)
        next(phase)
        time.sleep(OPEN_SETTLED_S)
        settled = server.memory_kb()
        told = next(phase)
        grown = server.memory_kb() - settled
        cut = client.stuck()["cut"] if stuck else 0
    if told["missing"] or told["closed"]:
        raise RuntimeError(f"{told['missing']} deliveries are missing, {told['closed']} clients that read were closed")
    return OpenRun(told["p50_ms"], told["p99_ms"], told["max_ms"], grown / 1024, told["closed"], cut)


def speed(runs: Runs, size: int) -> list[Result]:
    """How fast, at what price, with the proof that it was the server that was measured."""

    def beside(
        what: str, unit: str, of: Callable[[Run], float], peer: str, least: float, *, small: bool = True
    ) -> Result:
        ours, theirs = ([of(each) for each in runs[name, size]] for name in ("ours", peer))
        return paired(f"{size} clients: {what}", unit, ours, theirs, least=least, peer_name=PEERS[peer], small=small)

    def median(name: str, of: Callable[[Run], float]) -> float:
        return statistics.median(of(each) for each in runs[name, size])

    others = max(each.others_percent for name in PEERS for each in runs[name, size])
    busiest = "busiest thread of the load client, driving"
    targets = {"node": 1.6, "raw": 0.6, "stock": 5.0}
    return [
        *(
            beside("deliveries a second, one core", "1/s", lambda each: each.deliveries_per_s, peer, least, small=False)
            for peer, least in targets.items()
        ),
        *(
            beside("CPU s per million deliveries", "s", lambda each: each.cpu_s_per_million, peer, targets[peer])
            for peer in ("node", "raw")
        ),
        beside("event to its last client, p50", "ms", lambda each: each.last_p50_ms, "node", 1.0),
        beside("event to its last client, worst", "ms", lambda each: each.last_max_ms, "node", 1.0),
        rate(f"{size} clients: how busy our core was", "%", median("ours", lambda each: each.busy_percent), 90),
        result(f"{size} clients: others on the server's core, worst run of all", "%", others, 10),
        *(
            result(
                f"{size} clients: {busiest} {PEERS[name]}", "%", median(name, lambda each: each.client_busy_percent), 95
            )
            for name in ("ours", "raw")
        ),
    ]


def growth(runs: Runs, few: int, many: int) -> list[Result]:
    """What a larger room costs each: time and memory."""
    small, large = runs["ours", few], runs["ours", many]
    pairs = zip(small, large, strict=True)
    dearer = statistics.median(b.cpu_s_per_million / a.cpu_s_per_million for a, b in pairs)
    ours, peers = (statistics.median(each.kb_per_client for each in runs[name, many]) for name in ("ours", "node"))
    return [
        result(f"CPU s per delivery, {many} clients against {few}", "x", dearer, 1.2, digits=2),
        result(f"memory a connection, {many} clients", "kB", ours, 32, peer=peers, peer_name=PEERS["node"]),
    ]


def slow_clients(with_stuck: list[OpenRun], without: list[OpenRun]) -> list[Result]:
    """What the others notice of clients that do not read, and what these cost."""
    name = f"{CROWD} clients, {OPEN_PER_S:g} events a second, {STUCK} clients stuck"
    pairs = list(zip(with_stuck, without, strict=True))
    p99 = statistics.median(a.p99_ms / b.p99_ms for a, b in pairs)
    return [
        result(f"{name}: p99 against none stuck", "x", p99, 1.2, digits=2),
        result(f"{name}: memory grown meanwhile, worst", "MB", max(each.grown_mb for each in with_stuck), 10),
        rate(f"{name}: stuck that were cut off", "", statistics.median(each.cut for each in with_stuck), 0),
    ]
