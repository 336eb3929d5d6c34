"""How many deliveries a second one core makes of one event to a room, and what clients that do not read change.

Every server is driven by the same client in the same way. All of them stand ready with their rooms full, all but one
held still, and take turns of a second in every round: a machine changes from one second to the next, so ratios are
taken within a round. BENCH_FANOUT_QUICK=1 is a short run for development, whose results are not kept.
"""

import asyncio
import os
import signal
import statistics
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass

from bench.fanout.client import Load, load, make_room
from bench.fanout.servers import OURS, SERVERS, started
from bench.results_file import Result, paired, rate, result

QUICK = os.environ.get("BENCH_FANOUT_QUICK") == "1"
SIZES = (1000,) if QUICK else (1000, 5000, 10000)
ROUNDS = 3 if QUICK else 9
CLOSED_S = 0.6
CROWD, STUCK = (1000, 10) if QUICK else (5000, 50)
STUCK_ROUNDS = 1 if QUICK else 2
OPEN_S, OPEN_SETTLED_S = (5.0, 2.0) if QUICK else (40.0, 5.0)
OPEN_PER_S = 10.0
TARGETS = {"node": 1.6, "raw": 0.6, "stock": 5.0}


@dataclass(frozen=True)
class Turn:
    """What one server did in one round."""

    deliveries_per_s: float
    cpu_s_per_million: float
    busy_percent: float
    last_p50_ms: float
    last_max_ms: float
    client_busy_percent: float
    others_percent: float
    """Of the server's core, taken by anything but the server, in this machine or in its host."""


@dataclass(frozen=True)
class Room:
    """All turns of one server with so many clients, and what a connection cost it in memory."""

    turns: list[Turn]
    kb_per_client: float


@dataclass(frozen=True)
class OpenRun:
    """What became of events sent at their due times."""

    p50_ms: float
    p99_ms: float
    max_ms: float
    grown_mb: float
    closed: int
    cut: int


Rooms = dict[tuple[str, int], Room]


async def run() -> list[Result]:
    """Run all of it."""
    make_room(max(*SIZES, CROWD))
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
    """Fill every server's room, by name and size, and let them take turns; each round begins with another one."""
    with ExitStack() as stack:
        loads, rooms = {}, Rooms()
        for name, size in places:
            server = stack.enter_context(started(name, size))
            loads[name, size] = client = stack.enter_context(load(server, size))
            before = server.memory_kb()
            entered = client.connect()
            rooms[name, size] = Room([], (server.memory_kb() - before) / size)
            print(f"  {size} in after {entered['seconds']:.1f} s with {entered['retries']} retries: {name}", flush=True)
            _tell(client, signal.SIGSTOP)
        for turn in range(ROUNDS):
            for name, size in places[turn % len(places) :] + places[: turn % len(places)]:
                with _awake(loads[name, size]):
                    done = _turn(loads[name, size])
                rooms[name, size].turns.append(done)
                print(
                    f"  round {turn + 1}, {size} clients, {name}: {done.deliveries_per_s:,.0f}/s, "
                    f"{done.cpu_s_per_million:.2f} CPU s per million, core {done.busy_percent:.0f} %, "
                    f"others on it {done.others_percent:.0f} %, last after {done.last_p50_ms:.1f} ms",
                    flush=True,
                )
    return rooms


def _turn(client: Load) -> Turn:
    server = client.server
    began, core, used = time.monotonic(), server.core_s(), server.cpu_s()
    told = client.closed(CLOSED_S)
    others = (server.core_s() - core - server.cpu_s() + used) / (time.monotonic() - began)
    if told["deliveries"] != told["rounds"] * client.clients:
        raise RuntimeError(f"{server.name}: {told['deliveries']} deliveries in {told['rounds']} rounds")
    return Turn(
        deliveries_per_s=told["deliveries"] / told["seconds"],
        cpu_s_per_million=told["server_cpu_s"] / told["deliveries"] * 1e6,
        busy_percent=told["server_cpu_s"] / told["seconds"] * 100,
        last_p50_ms=told["last_p50_ms"],
        last_max_ms=told["last_max_ms"],
        client_busy_percent=told["busiest_share"] * 100,
        others_percent=max(0.0, others * 100),
    )


@contextmanager
def _awake(client: Load) -> Iterator[None]:
    _tell(client, signal.SIGCONT)
    yield
    _tell(client, signal.SIGSTOP)


def _tell(client: Load, what: signal.Signals) -> None:
    for process in (client.server.process, client.process):
        process.send_signal(what)


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
    with started(OURS, CROWD) as server, load(server, CROWD, stuck) as client:
        client.connect()
        phase = client.open(OPEN_PER_S, OPEN_S)
        next(phase)
        time.sleep(OPEN_SETTLED_S)  # into the phase, which is timed: memory is read in the middle of it
        settled = server.memory_kb()
        told = next(phase)
        grown = server.memory_kb() - settled
        cut = client.stuck()["cut"] if stuck else 0
    if told["missing"] or told["closed"]:
        raise RuntimeError(f"{told['missing']} deliveries are missing, {told['closed']} clients that read were closed")
    return OpenRun(told["p50_ms"], told["p99_ms"], told["max_ms"], grown / 1024, told["closed"], cut)


def speed(rooms: Rooms, size: int) -> list[Result]:
    """How fast, at what price, with the proof that it was the server that was measured."""

    def median(name: str, of: Callable[[Turn], float]) -> float:
        return statistics.median(of(turn) for turn in rooms[name, size].turns)

    busiest = "busiest thread of the load client, driving"
    return [
        *_beside_peers(rooms, size),
        *(
            rate(f"{size} clients: how busy the core was, {SERVERS[name]}", "%", median(name, _busy), 80)
            for name in (OURS, "raw")
        ),
        *(
            result(f"{size} clients: {busiest} {SERVERS[name]}", "%", median(name, _client_busy), 95)
            for name in (OURS, "raw")
        ),
    ]


def _busy(turn: Turn) -> float:
    return turn.busy_percent


def _client_busy(turn: Turn) -> float:
    return turn.client_busy_percent


def _beside_peers(rooms: Rooms, size: int) -> list[Result]:
    def beside(what: str, unit: str, of: Callable[[Turn], float], peer: str, least: float, *, small: bool) -> Result:
        ours, theirs = ([of(turn) for turn in rooms[each, size].turns] for each in (OURS, peer))
        return paired(f"{size} clients: {what}", unit, ours, theirs, least=least, peer_name=SERVERS[peer], small=small)

    return [
        *(
            beside("deliveries a second", "1/s", lambda turn: turn.deliveries_per_s, peer, least, small=False)
            for peer, least in TARGETS.items()
        ),
        *(
            beside("CPU s per million", "s", lambda turn: turn.cpu_s_per_million, peer, TARGETS[peer], small=True)
            for peer in ("node", "raw")
        ),
        beside("event to its last client", "ms", lambda turn: turn.last_p50_ms, "node", 1.0, small=True),
    ]


def growth(rooms: Rooms, few: int, many: int) -> list[Result]:
    """What a larger room costs each, in turns with the smaller one, and beside what the kernel makes of it."""

    def dearer(name: str) -> float:
        pairs = zip(rooms[name, many].turns, rooms[name, few].turns, strict=True)
        return statistics.median(large.cpu_s_per_million / small.cpu_s_per_million for large, small in pairs)

    name = f"CPU s per delivery, {many} clients against {few}"
    return [result(name, "x", dearer(OURS), 1.2, peer=dearer("raw"), peer_name=SERVERS["raw"], digits=2)]


def memory(rooms: Rooms, many: int) -> Result:
    """What a connection takes of the server's memory."""
    ours, peers = (rooms[name, many].kb_per_client for name in (OURS, "node"))
    return result(f"memory a connection, {many} clients", "kB", ours, 32, peer=peers, peer_name=SERVERS["node"])


def slow_clients(with_stuck: list[OpenRun], without: list[OpenRun]) -> list[Result]:
    """What the others notice of clients that do not read, and what these cost."""
    name = f"{CROWD} clients, {OPEN_PER_S:g} events a second, {STUCK} clients stuck"
    pairs = list(zip(with_stuck, without, strict=True))
    p99 = statistics.median(a.p99_ms / b.p99_ms for a, b in pairs)
    return [
        result(f"{name}: p99 against none stuck", "x", p99, 1.2, digits=2),
        result(f"{name}: memory grown meanwhile, worst", "MB", max(each.grown_mb for each in with_stuck), 10),
        rate(f"{name}: stuck that were cut off", "", min(each.cut for each in with_stuck), STUCK),
    ]
