"""A restart with thousands of listeners: recovery time, load of the daemon meanwhile, and lost events.

The daemon is terminated once and killed once. BENCH_RESTART_QUICK=1 is a short run for development, whose results are
not kept.
"""

import asyncio
import json
import os
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from bench.connect.bench import cpu_s
from bench.fanout.servers import Server
from bench.restart import platform as platforms
from bench.restart.ours import ALL, USERS
from bench.restart.platform import Platform
from bench.restart.processes import ClientProcess, ListenerProcesses, start_listeners, start_probe
from bench.results_file import Result, percentile, rate, result

QUICK = os.environ.get("BENCH_RESTART_QUICK") == "1"
CLIENTS = 500 if QUICK else 5000
CONNECTS_PER_S = 350.0
JOIN_S = 2.0 if QUICK else 10.0
JOINS_TARGET = 6600
"""Half as many again as one core of two answered with a snapshot encoded for every join."""
STEADY_S = 3.0 if QUICK else 10.0
RETURN_WITHIN_S = 90.0
SETTLE_S = 2.0
"""Pause between phases: deliveries and writes of the last one end before the next is measured."""
"""Enough for events in transit to arrive, since nothing marks the last one."""
BACK_WITHIN_S = 20.0
LAG = 'awaz_loop_lag_seconds_bucket{le="'
TRACEBACK = "Traceback (most recent call last)"
PEER_NAME = "one query a user"


@dataclass(frozen=True)
class Restart:
    """The measurements of a restart. Seconds are counted from the signal."""

    ended_s: float
    up_s: float
    back_s: list[float]
    recovered: int
    reset: int
    rejoined: int
    refused: Counter[str]
    lost: int
    duplicates: int
    examples: list[str]
    waits_s: list[float]
    probe_connected_s: float
    probe_ms: list[float]
    lag_s: float
    statements: float
    about_users: float
    busy: float
    others: float
    """Share of the daemon's core that other processes or the host took during the recovery."""


async def run() -> list[Result]:
    """Run the measurement."""
    return await asyncio.to_thread(measure)


def measure() -> list[Result]:
    """Connect all listeners, and restart the daemon twice."""
    with platforms.running() as platform:
        tokens = platform.tokens(CLIENTS + 1)
        with start_listeners(platform, tokens[:-1]) as listeners, start_probe(platform, tokens[-1]) as probe:
            with platform.changing_tracks():
                _connect_all(listeners)
                steady = _steady(platform)
            joins = _joins(platform, listeners)
            ends = (("SIGTERM", platform.daemon.terminate), ("SIGKILL", platform.daemon.kill))
            rows = [joins]
            for name, end in ends:
                restart = _measure_restart(platform, listeners, probe, end, steady)
                _print(name, restart)
                rows += _results(name, restart, all_recover=name == "SIGTERM")
        log = platform.daemon.log()
    faults = log.count(TRACEBACK)
    if faults:
        print(log[max(0, log.index(TRACEBACK) - 500) :][:6000], flush=True)
    return [*rows, result(f"{CLIENTS} listeners: tracebacks in the daemon's log", "", faults, 0)]


def _connect_all(listeners: ListenerProcesses) -> None:
    listeners.command(f"enter {CLIENTS / CONNECTS_PER_S}")
    answers = listeners.answers()
    connected = sum(each["connected"] for each in answers)
    if connected != CLIENTS:
        raise RuntimeError(f"only {connected} of {CLIENTS} connected: {answers}")
    print(f"  {connected} connected", flush=True)


def _settle() -> None:
    time.sleep(SETTLE_S)  # nothing marks the last delivery or write of a phase


def _steady(platform: Platform) -> float:
    """Return the SQL statements a second while nobody connects."""
    _settle()
    began, before = time.monotonic(), platform.metrics()
    time.sleep(STEADY_S)  # the measured time
    after = platform.metrics()
    steady = (after[ALL] - before[ALL]) / (time.monotonic() - began)
    print(f"  {steady:.1f} statements a second while nobody connects", flush=True)
    return steady


def _joins(platform: Platform, listeners: ListenerProcesses) -> Result:
    """Measure joins a second on the daemon's core, from listeners that join again and again."""
    _settle()
    used = cpu_s(platform.daemon.process.pid)
    listeners.command(f"join {JOIN_S}")
    answers = listeners.answers()
    used = cpu_s(platform.daemon.process.pid) - used
    joins = _sum(answers, "joins")
    a_second = sum(each["joins"] / each["took_s"] for each in answers)
    print(f"  {a_second:.0f} joins a second, {used / max(1, joins) * 1e6:.0f} us each", flush=True)
    return rate("joins a second, of one core", "/s", a_second, JOINS_TARGET, peer=None)


def _measure_restart(
    platform: Platform, listeners: ListenerProcesses, probe: ClientProcess, end: Callable[[], None], steady: float
) -> Restart:
    with platform.changing_tracks():
        _settle()
        listeners.command(f"return {RETURN_WITHIN_S}")
        listeners.expect("watching")
        began = time.monotonic()
        end()
        ended = time.monotonic()
        probe.send("go")
        platform.daemon.restart()
        up, core, used = time.monotonic(), Server.core_s(), cpu_s(platform.daemon.process.pid)
        answers = listeners.answers()
        metrics, duration_s = platform.metrics(), time.monotonic() - up
        others = Server.core_s() - core - cpu_s(platform.daemon.process.pid) + used
        probe.send("stop")
        probed = json.loads(probe.read())
        _settle()
    _settle()
    listeners.command("check")
    checks = listeners.answers()
    return Restart(
        ended_s=ended - began,
        up_s=up - began,
        back_s=sorted(at - began for each in answers for at in each["back"]),
        recovered=_sum(answers, "recovered"),
        reset=_sum(answers, "reset"),
        rejoined=_sum(answers, "rejoined"),
        refused=sum((Counter(each["refused"]) for each in answers), Counter[str]()),
        lost=_sum(checks, "losses") + _sum(checks, "behind") + _sum(checks, "silent"),
        duplicates=_sum(checks, "duplicates"),
        examples=[example for each in answers for example in each["examples"]],
        waits_s=[wait for each in answers for wait in each["waits"]],
        probe_connected_s=probed["connected_at"] - began,
        probe_ms=probed["times_ms"],
        lag_s=_lag(metrics, 0.99),
        statements=metrics[ALL] - steady * duration_s,
        about_users=metrics[USERS],
        busy=max(share for each in answers for share in each["busy"]),
        others=max(0.0, others / duration_s),
    )


def _sum(answers: list[dict[str, Any]], name: str) -> int:
    return sum(each[name] for each in answers)


def _lag(metrics: dict[str, float], share: float) -> float:
    """Return the upper bound of the histogram bucket at a percentile of the loop's lag."""
    counts = {float(name[len(LAG) : -2]): count for name, count in metrics.items() if name.startswith(LAG)}
    return min(bound for bound, count in counts.items() if count >= share * max(counts.values()))


def _print(name: str, run: Restart) -> None:
    print(
        f"  {name}: ended after {run.ended_s:.1f} s, answers after {run.up_s:.1f} s, probe connected after "
        f"{run.probe_connected_s:.1f} s; {len(run.back_s)} back: {_spread(run.back_s)} s; asked to wait: "
        f"{_spread(run.waits_s)} s\n"
        f"  recovered {run.recovered}, reset {run.reset}, rejoined {run.rejoined}, lost {run.lost}, "
        f"duplicates {run.duplicates}, refused {dict(run.refused)}\n"
        f"  probe p50 {percentile(run.probe_ms, 0.5):.1f} ms, p99 {percentile(run.probe_ms, 0.99):.1f} ms, worst "
        f"{max(run.probe_ms):.1f} ms of {len(run.probe_ms)}; lag p99 <= {run.lag_s * 1000:g} ms; statements "
        f"{run.statements:.0f}, about users {run.about_users:.0f}; busiest client second {run.busy:.0%}; "
        f"others on the core {run.others:.0%}" + "".join(f"\n  {example}" for example in run.examples),
        flush=True,
    )


def _spread(values: list[float]) -> str:
    shares = (0.01, 0.1, 0.25, 0.5, 0.75, 0.9, 0.99, 1.0)
    return ", ".join(f"{share:.0%} {percentile(values, share):.1f}" for share in shares) if values else "-"


def _results(signal: str, restart: Restart, *, all_recover: bool) -> list[Result]:
    name = f"{signal}, {CLIENTS} listeners"
    # Listeners that never returned count with the maximum time.
    back = [*restart.back_s, *[RETURN_WITHIN_S] * (CLIENTS - len(restart.back_s))]
    informed = restart.recovered if all_recover else restart.recovered + restart.reset
    description = "told recovered: true" if all_recover else "told what they missed or that it is lost"
    return [
        result(f"{name}: the daemon answers again after", "s", restart.up_s, 5),
        result(f"{name}: half are back after", "s", percentile(back, 0.5), BACK_WITHIN_S),
        result(f"{name}: 99 % are back after", "s", percentile(back, 0.99), BACK_WITHIN_S),
        result(f"{name}: all are back after", "s", max(back), BACK_WITHIN_S),
        rate(f"{name}: {description}", "", informed, CLIENTS),
        result(f"{name}: silent losses", "", restart.lost, 0),
        result(f"{name}: duplicate events on a connection", "", restart.duplicates, 0),
        result(f"{name}: refused connections, a listener", "", _refusals(restart) / CLIENTS, 1, digits=2),
        result(f"{name}: ack p99 of a connected client meanwhile", "ms", percentile(restart.probe_ms, 0.99), 100),
        result(f"{name}: loop lag p99 at most, from /metrics", "ms", restart.lag_s * 1000, 100),
        result(
            f"{name}: SQL statements of the recovery",
            "",
            restart.statements,
            CLIENTS / 10,
            peer=CLIENTS / 2,
            peer_name=PEER_NAME,
        ),
        result(f"{name}: busiest second of a client process", "%", restart.busy * 100, 90),
    ]


def _refusals(restart: Restart) -> int:
    return sum(count for why, count in restart.refused.items() if why != "unreachable")
