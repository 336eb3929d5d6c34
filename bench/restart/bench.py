"""How soon everybody is back after a restart under a full house, how the daemon fares meanwhile, and what was lost.

Once the daemon is asked to end, and once it is killed. BENCH_RESTART_QUICK=1 is a short run for development, whose
results are not kept.
"""

import asyncio
import json
import os
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from bench.door.bench import cpu_s
from bench.fanout.servers import Server
from bench.restart import platform as platforms
from bench.restart.ours import ALL, PEOPLE
from bench.restart.platform import Platform
from bench.restart.processes import Crowd, Helper, crowd, probe
from bench.results_file import Result, percentile, rate, result

QUICK = os.environ.get("BENCH_RESTART_QUICK") == "1"
CLIENTS = 500 if QUICK else 5000
ENTER_PER_S = 350.0
JOIN_S = 2.0 if QUICK else 10.0
JOINS_BEFORE = 1000
STEADY_S = 3.0 if QUICK else 10.0
RETURN_WITHIN_S = 90.0
SETTLE_S = 2.0
"""Long enough for events under way to arrive: nothing tells that none are left."""
BACK_WITHIN_S = 20.0
LAG = 'awaz_loop_lag_seconds_bucket{le="'
TRACEBACK = "Traceback (most recent call last)"
ASKED = "one question a user"


@dataclass(frozen=True)
class Return:
    """What a restart was like. Seconds are counted from the signal."""

    ended_s: float
    up_s: float
    back_s: list[float]
    recovered: int
    begun_anew: int
    again: int
    refused: Counter[str]
    lost: int
    twice: int
    examples: list[str]
    waits_s: list[float]
    probe_inside_s: float
    probe_ms: list[float]
    lag_s: float
    statements: float
    about_people: float
    busy: float
    others: float
    """Of the daemon's core during the return, taken by anything but the daemon, in this machine or in its host."""


async def run() -> list[Result]:
    """Run all of it."""
    return await asyncio.to_thread(measure)


def measure() -> list[Result]:
    """Fill the house, and end the daemon twice."""
    with platforms.running() as platform:
        tokens = platform.tokens(CLIENTS + 1)
        with crowd(platform, tokens[:-1]) as listeners, probe(platform, tokens[-1]) as asking:
            with platform.music():
                _enter(listeners)
                steady = _steady(platform)
            joins = _joins(platform, listeners)
            ends = (("SIGTERM", platform.daemon.terminate), ("SIGKILL", platform.daemon.kill))
            rows = [joins]
            for name, end in ends:
                done = _restart(platform, listeners, asking, end, steady)
                _tell(name, done)
                rows += _results(name, done, all_recover=name == "SIGTERM")
        log = platform.daemon.log()
    faults = log.count(TRACEBACK)
    if faults:
        print(log[max(0, log.index(TRACEBACK) - 500) :][:6000], flush=True)
    return [*rows, result(f"{CLIENTS} listeners: tracebacks in the daemon's log", "", faults, 0)]


def _enter(listeners: Crowd) -> None:
    listeners.tell(f"enter {CLIENTS / ENTER_PER_S}")
    answers = listeners.answers()
    authenticated = sum(each["inside"] for each in answers)
    if authenticated != CLIENTS:
        raise RuntimeError(f"only {authenticated} of {CLIENTS} came in: {answers}")
    print(f"  {authenticated} inside", flush=True)


def _steady(platform: Platform) -> float:
    """Return how many statements a second are made while nobody comes."""
    time.sleep(SETTLE_S)
    began, before = time.monotonic(), platform.figures()
    time.sleep(STEADY_S)  # the time that is measured
    after = platform.figures()
    steady = (after[ALL] - before[ALL]) / (time.monotonic() - began)
    print(f"  {steady:.1f} statements a second while nobody comes", flush=True)
    return steady


def _joins(platform: Platform, listeners: Crowd) -> Result:
    """Have a few join again and again, as those do who come back all at once, on the daemon's one core."""
    time.sleep(SETTLE_S)
    used = cpu_s(platform.daemon.process.pid)
    listeners.tell(f"join {JOIN_S}")
    answers = listeners.answers()
    used = cpu_s(platform.daemon.process.pid) - used
    joins = _sum(answers, "joins")
    a_second = sum(each["joins"] / each["took_s"] for each in answers)
    print(f"  {a_second:.0f} joins a second, {used / max(1, joins) * 1e6:.0f} us each", flush=True)
    return rate("joins a second, of one core", "/s", a_second, JOINS_BEFORE, peer=None)


def _restart(platform: Platform, listeners: Crowd, asking: Helper, end: Callable[[], None], steady: float) -> Return:
    with platform.music():
        time.sleep(SETTLE_S)
        listeners.tell(f"return {RETURN_WITHIN_S}")
        listeners.expect("watching")
        began = time.monotonic()
        end()
        ended = time.monotonic()
        asking.say("go")
        platform.daemon.restart()
        up, core, used = time.monotonic(), Server.core_s(), cpu_s(platform.daemon.process.pid)
        answers = listeners.answers()
        figures, asked_for_s = platform.figures(), time.monotonic() - up
        others = Server.core_s() - core - cpu_s(platform.daemon.process.pid) + used
        asking.say("stop")
        probed = json.loads(asking.hear())
        time.sleep(SETTLE_S)
    time.sleep(SETTLE_S)
    listeners.tell("check")
    checks = listeners.answers()
    return Return(
        ended_s=ended - began,
        up_s=up - began,
        back_s=sorted(at - began for each in answers for at in each["back"]),
        recovered=_sum(answers, "recovered"),
        begun_anew=_sum(answers, "begun_anew"),
        again=_sum(answers, "again"),
        refused=sum((Counter(each["refused"]) for each in answers), Counter[str]()),
        lost=_sum(checks, "holes") + _sum(checks, "behind") + _sum(checks, "silent"),
        twice=_sum(checks, "twice"),
        examples=[example for each in answers for example in each["examples"]],
        waits_s=[wait for each in answers for wait in each["waits"]],
        probe_inside_s=probed["inside_at"] - began,
        probe_ms=probed["took_ms"],
        lag_s=_lag(figures, 0.99),
        statements=figures[ALL] - steady * asked_for_s,
        about_people=figures[PEOPLE],
        busy=max(share for each in answers for share in each["busy"]),
        others=max(0.0, others / asked_for_s),
    )


def _sum(answers: list[dict[str, Any]], name: str) -> int:
    return sum(each[name] for each in answers)


def _lag(figures: dict[str, float], share: float) -> float:
    """Return the upper bound of the bucket that a share of the loop's turns does not exceed."""
    counts = {float(name[len(LAG) : -2]): count for name, count in figures.items() if name.startswith(LAG)}
    return min(bound for bound, count in counts.items() if count >= share * max(counts.values()))


def _tell(name: str, done: Return) -> None:
    print(
        f"  {name}: ended after {done.ended_s:.1f} s, answers after {done.up_s:.1f} s, probe in after "
        f"{done.probe_inside_s:.1f} s; {len(done.back_s)} back: {_spread(done.back_s)} s; told to wait: "
        f"{_spread(done.waits_s)} s\n"
        f"  recovered {done.recovered}, anew {done.begun_anew}, again {done.again}, lost {done.lost}, twice "
        f"{done.twice}, refused {dict(done.refused)}\n"
        f"  probe p50 {percentile(done.probe_ms, 0.5):.1f} ms, p99 {percentile(done.probe_ms, 0.99):.1f} ms, worst "
        f"{max(done.probe_ms):.1f} ms of {len(done.probe_ms)}; lag p99 <= {done.lag_s * 1000:g} ms; statements "
        f"{done.statements:.0f}, about people {done.about_people:.0f}; busiest client second {done.busy:.0%}; "
        f"others on the core {done.others:.0%}" + "".join(f"\n  {example}" for example in done.examples),
        flush=True,
    )


def _spread(values: list[float]) -> str:
    shares = (0.01, 0.1, 0.25, 0.5, 0.75, 0.9, 0.99, 1.0)
    return ", ".join(f"{share:.0%} {percentile(values, share):.1f}" for share in shares) if values else "-"


def _results(signal: str, done: Return, *, all_recover: bool) -> list[Result]:
    name = f"{signal}, {CLIENTS} listeners"
    # Those who never came back are not in the list: a share of all is past its end.
    back = [*done.back_s, *[RETURN_WITHIN_S] * (CLIENTS - len(done.back_s))]
    told = done.recovered if all_recover else done.recovered + done.begun_anew
    what = "told recovered: true" if all_recover else "told what became of what they missed"
    return [
        result(f"{name}: the daemon answers again after", "s", done.up_s, 5),
        result(f"{name}: half are back after", "s", percentile(back, 0.5), BACK_WITHIN_S),
        result(f"{name}: 99 % are back after", "s", percentile(back, 0.99), BACK_WITHIN_S),
        result(f"{name}: all are back after", "s", max(back), BACK_WITHIN_S),
        rate(f"{name}: {what}", "", told, CLIENTS),
        result(f"{name}: silent losses", "", done.lost, 0),
        result(f"{name}: events told twice on a connection", "", done.twice, 0),
        result(f"{name}: refused at the door, a listener", "", _turned_away(done) / CLIENTS, 1, digits=2),
        result(f"{name}: ack p99 of somebody inside meanwhile", "ms", percentile(done.probe_ms, 0.99), 100),
        result(f"{name}: loop lag p99 at most, from /metrics", "ms", done.lag_s * 1000, 100),
        result(
            f"{name}: SQL statements of the return",
            "",
            done.statements,
            CLIENTS / 10,
            peer=CLIENTS / 2,
            peer_name=ASKED,
        ),
        result(f"{name}: busiest second of a client process", "%", done.busy * 100, 90),
    ]


def _turned_away(done: Return) -> int:
    return sum(count for why, count in done.refused.items() if why != "unreachable")
