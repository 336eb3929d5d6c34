"""Deliveries a second of one event to a room on one core, and the effect of clients that do not read.

The same load client drives every server. All servers start with full rooms; in every round each runs for a second while
the others are suspended. Ratios are taken within a round, since a machine's speed changes from second to second.
BENCH_FANOUT_QUICK=1 is a short run for development, whose results are not kept.
"""

import asyncio
import os
import signal
import statistics
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass

from bench.fanout.client import LoadClient, load, raise_limits
from bench.fanout.servers import OURS, SERVERS, started
from bench.results_file import Result, paired, rate, result

QUICK = os.environ.get("BENCH_FANOUT_QUICK") == "1"
SIZES = (1000,) if QUICK else (1000, 5000, 10000)
ROUNDS = 3 if QUICK else 9
CLOSED_S = 0.6
CLIENTS, STUCK = (1000, 10) if QUICK else (5000, 50)
STUCK_ROUNDS = 1 if QUICK else 2
OPEN_S, OPEN_SETTLED_S = (5.0, 2.0) if QUICK else (40.0, 5.0)
OPEN_PER_S = 10.0
TARGETS = {"node": 1.6, "raw": 0.6, "stock": 5.0}


@dataclass(frozen=True)
class Turn:
    """The measurements of one server in one round."""

    deliveries_per_s: float
    cpu_s_per_million: float
    busy_percent: float
    last_p50_ms: float
    last_max_ms: float
    client_busy_percent: float
    others_percent: float
    """Share of the server's core that other processes or the host took."""


@dataclass(frozen=True)
class Room:
    """All turns of one server with one number of clients, and its memory per connection."""

    turns: list[Turn]
    kb_per_client: float


@dataclass(frozen=True)
class OpenRun:
    """The measurements of events sent on schedule."""

    p50_ms: float
    p99_ms: float
    max_ms: float
    grown_mb: float
    closed: int
    cut: int


Rooms = dict[tuple[str, int], Room]


async def run() -> list[Result]:
    """Run all measurements."""
    raise_limits(max(*SIZES, CLIENTS))
    rooms = Rooms()
    for size in SIZES:
        rooms |= await asyncio.to_thread(measure, [(name, size) for name in SERVERS])
    few_and_many = [(name, size) for size in (SIZES[0], SIZES[-1]) for name in (OURS, "raw")]
    both = await asyncio.to_thread(measure, few_and_many)
    with_stuck, without = await asyncio.to_thread(measure_stuck)
    return [
        *(row for size in SIZES for row in speed(rooms, size)),
        *growth(both, SIZES[0], SIZES[-1]),
        memory(rooms, SIZES[-1]),
        *slow_clients(with_stuck, without),
    ]


def measure(places: list[tuple[str, int]]) -> Rooms:
    """Fill each server's room, by name and size, and measure them in turns; each round starts with another one."""
    with ExitStack() as stack:
        loads, rooms = {}, Rooms()
        for name, size in places:
            server = stack.enter_context(started(name, size))
            loads[name, size] = client = stack.enter_context(load(server, size))
            before = server.memory_kb()
            connected = client.connect()
            rooms[name, size] = Room([], (server.memory_kb() - before) / size)
            print(
                f"  {name}: {size} clients connected after {connected['seconds']:.1f} s, "
                f"{connected['retries']} retries",
                flush=True,
            )
            _signal(client, signal.SIGSTOP)
        for turn in range(ROUNDS):
            for name, size in places[turn % len(places) :] + places[: turn % len(places)]:
                with _resumed(loads[name, size]):
                    done = _measure_turn(loads[name, size])
                rooms[name, size].turns.append(done)
                print(
                    f"  round {turn + 1}, {size} clients, {name}: {done.deliveries_per_s:,.0f}/s, "
                    f"{done.cpu_s_per_million:.2f} CPU s per million, core {done.busy_percent:.0f} %, "
                    f"others on it {done.others_percent:.0f} %, last after {done.last_p50_ms:.1f} ms",
                    flush=True,
                )
    return rooms


def _measure_turn(client: LoadClient) -> Turn:
    server = client.server
    began, core, used = time.monotonic(), server.core_s(), server.cpu_s()
    report = client.closed(CLOSED_S)
    others = (server.core_s() - core - server.cpu_s() + used) / (time.monotonic() - began)
    if report["deliveries"] != report["rounds"] * client.clients:
        raise RuntimeError(f"{server.name}: {report['deliveries']} deliveries in {report['rounds']} rounds")
    return Turn(
        deliveries_per_s=report["deliveries"] / report["seconds"],
        cpu_s_per_million=report["server_cpu_s"] / report["deliveries"] * 1e6,
        busy_percent=report["server_cpu_s"] / report["seconds"] * 100,
        last_p50_ms=report["last_p50_ms"],
        last_max_ms=report["last_max_ms"],
        client_busy_percent=report["busiest_share"] * 100,
        others_percent=max(0.0, others * 100),
    )


@contextmanager
def _resumed(client: LoadClient) -> Iterator[None]:
    _signal(client, signal.SIGCONT)
    yield
    _signal(client, signal.SIGSTOP)


def _signal(client: LoadClient, number: signal.Signals) -> None:
    for process in (client.server.process, client.process):
        process.send_signal(number)


def measure_stuck() -> tuple[list[OpenRun], list[OpenRun]]:
    """Run the daemon with and without clients that do not read, in turns."""
    with_stuck, without = list[OpenRun](), list[OpenRun]()
    for turn in range(STUCK_ROUNDS):
        pair = [(with_stuck, STUCK), (without, 0)]
        for runs, stuck in pair if turn % 2 == 0 else pair[::-1]:
            done = measure_open(stuck)
            runs.append(done)
            print(
                f"  round {turn + 1}, {CLIENTS} clients, {stuck} of them stuck: p50 {done.p50_ms:.1f} ms, "
                f"p99 {done.p99_ms:.1f} ms, worst {done.max_ms:.1f} ms, grown by {done.grown_mb:.1f} MB, "
                f"{done.cut} of them disconnected, {done.closed} others closed",
                flush=True,
            )
    return with_stuck, without


def measure_open(stuck: int) -> OpenRun:
    """Send events on schedule to many clients, some of which do not read."""
    with started(OURS, CLIENTS) as server, load(server, CLIENTS, stuck) as client:
        client.connect()
        phase = client.open(OPEN_PER_S, OPEN_S)
        next(phase)
        time.sleep(OPEN_SETTLED_S)  # memory is measured from the middle of the timed phase on
        settled = server.memory_kb()
        report = next(phase)
        grown = server.memory_kb() - settled
        cut = client.stuck()["cut"] if stuck else 0
    if report["missing"] or report["closed"]:
        raise RuntimeError(
            f"{report['missing']} deliveries are missing, {report['closed']} clients that read were closed"
        )
    return OpenRun(report["p50_ms"], report["p99_ms"], report["max_ms"], grown / 1024, report["closed"], cut)


def speed(rooms: Rooms, size: int) -> list[Result]:
    """Return throughput, cost, and evidence that the server and not the client was the limit."""

    def median(name: str, of: Callable[[Turn], float]) -> float:
        return statistics.median(of(turn) for turn in rooms[name, size].turns)

    busiest = "busiest thread of the load client, driving"
    return [
        *_compare_with_peers(rooms, size),
        *(
            rate(f"{size} clients: load of the core, {SERVERS[name]}", "%", median(name, _server_load), 80)
            for name in (OURS, "raw")
        ),
        *(
            result(f"{size} clients: {busiest} {SERVERS[name]}", "%", median(name, _client_load), 95)
            for name in (OURS, "raw")
        ),
    ]


def _server_load(turn: Turn) -> float:
    return turn.busy_percent


def _client_load(turn: Turn) -> float:
    return turn.client_busy_percent


def _compare_with_peers(rooms: Rooms, size: int) -> list[Result]:
    def compare(metric: str, unit: str, of: Callable[[Turn], float], peer: str, least: float, *, small: bool) -> Result:
        own, peers = ([of(turn) for turn in rooms[server_name, size].turns] for server_name in (OURS, peer))
        return paired(f"{size} clients: {metric}", unit, own, peers, least=least, peer_name=SERVERS[peer], small=small)

    return [
        *(
            compare("deliveries a second", "1/s", lambda turn: turn.deliveries_per_s, peer, least, small=False)
            for peer, least in TARGETS.items()
        ),
        *(
            compare("CPU s per million", "s", lambda turn: turn.cpu_s_per_million, peer, TARGETS[peer], small=True)
            for peer in ("node", "raw")
        ),
        compare("event to its last client", "ms", lambda turn: turn.last_p50_ms, "node", 1.0, small=True),
    ]


def growth(rooms: Rooms, few: int, many: int) -> list[Result]:
    """Return the cost per delivery of a larger room against a smaller one, beside that of the kernel."""

    def cost_ratio(name: str) -> float:
        pairs = zip(rooms[name, many].turns, rooms[name, few].turns, strict=True)
        return statistics.median(large.cpu_s_per_million / small.cpu_s_per_million for large, small in pairs)

    name = f"CPU s per delivery, {many} clients against {few}"
    return [result(name, "x", cost_ratio(OURS), 1.2, peer=cost_ratio("raw"), peer_name=SERVERS["raw"], digits=2)]


def memory(rooms: Rooms, many: int) -> Result:
    """Return the server's memory per connection."""
    own, peers = (rooms[name, many].kb_per_client for name in (OURS, "node"))
    return result(f"memory a connection, {many} clients", "kB", own, 32, peer=peers, peer_name=SERVERS["node"])


def slow_clients(with_stuck: list[OpenRun], without: list[OpenRun]) -> list[Result]:
    """Return the effect of clients that do not read on the others, and their memory."""
    name = f"{CLIENTS} clients, {OPEN_PER_S:g} events a second, {STUCK} clients stuck"
    pairs = list(zip(with_stuck, without, strict=True))
    p99 = statistics.median(a.p99_ms / b.p99_ms for a, b in pairs)
    return [
        result(f"{name}: p99 against none stuck", "x", p99, 1.2, digits=2),
        result(f"{name}: memory grown meanwhile, worst", "MB", max(run.grown_mb for run in with_stuck), 10),
        rate(f"{name}: stuck clients disconnected", "", min(run.cut for run in with_stuck), STUCK),
    ]
