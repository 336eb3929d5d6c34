"""How many come in a second on one core, beside Node; and how those inside fare while others only knock."""

import asyncio
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bench.peers import node
from bench.results_file import Result, percentile, rate, result
from controlplane.access.tokens import TokenMint
from controlplane.runtime.config import Settings
from tests.support.daemon_process import DaemonProcess
from tests.support.raw_socket import RawSocket
from tests.support.running_stack import PROJECT, free_port

CLIENTS = 3000
AT_ONCE = 60
ROUNDS = 5
SERVER_CORE = 0
NODE = "Node socket.io 4.8 + jsonwebtoken"
HALF_OPEN = 3000
HALF_OPEN_S = 60.0
ASK_EVERY_S = 0.05
OPEN = "1000000/second per address"
TICKS = os.sysconf("SC_CLK_TCK")


async def run() -> list[Result]:
    """Run all of it."""
    await asyncio.to_thread(node.install)
    return [*await connects(), *await half_open()]


def start_daemon(**settings: str) -> DaemonProcess:
    """Start our daemon on its core, without quotas that one machine's clients would run into."""
    names = ("GUEST", "HANDSHAKE", "READ", "CONTROL", "JOIN")
    limits = {f"AWAZ__LIMITS__{name}": OPEN for name in names}
    return DaemonProcess.start(core=SERVER_CORE, **limits, AWAZ__HTTP__TRUSTED_HOPS="1", **settings)


def cpu_s(pid: int) -> float:
    """Return the processor seconds a process has used."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


@contextmanager
def knockers(
    port: int, tokens: list[str], *more: str, at_once: int = AT_ONCE
) -> Iterator[list["subprocess.Popen[str]"]]:
    """Start the clients, on all other cores, ready to go."""
    cores = sorted(os.sched_getaffinity(0) - {SERVER_CORE}) or [SERVER_CORE]
    shares = [tokens[place :: len(cores)] for place in range(len(cores))]
    started = []
    for core, share in zip(cores, shares, strict=True):
        command = [sys.executable, "-m", "bench.door.clients", str(port), str(len(share)), str(at_once), *more]
        process = subprocess.Popen(command, cwd=PROJECT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        os.sched_setaffinity(process.pid, {core})
        _say(process, "\n".join(share))
        started.append(process)
    try:
        for process in started:
            _hear(process)
        yield started
    finally:
        for process in started:
            process.kill()
            process.wait()


def _say(process: "subprocess.Popen[str]", text: str) -> None:
    if process.stdin is None:
        raise RuntimeError("the client's input is not ours")
    process.stdin.write(text + "\n")
    process.stdin.flush()


def _hear(process: "subprocess.Popen[str]") -> str:
    if process.stdout is None:
        raise RuntimeError("the client's output is not ours")
    return process.stdout.readline()


def storm(port: int, pid: int, tokens: list[str]) -> tuple[float, float, float]:
    """Let everybody in; return how many a second, processor ms each, and how busy the server's core was."""
    with knockers(port, tokens) as clients:
        used, began = cpu_s(pid), time.monotonic()
        for client in clients:
            _say(client, "go")
        told = [json.loads(_hear(client)) for client in clients]
        seconds, used = time.monotonic() - began, cpu_s(pid) - used
    failed = sum(each["failed"] for each in told)
    if failed:
        raise RuntimeError(f"{failed} of {len(tokens)} did not come in")
    return len(tokens) / seconds, used / len(tokens) * 1000, used / seconds


def _ours() -> tuple[float, float, float]:
    daemon = start_daemon(AWAZ__GATEWAY__HANDSHAKES_PER_S="100000")
    try:
        mint = TokenMint.of(Settings(data_dir=Path(daemon.directory.name)))
        tokens = [mint.make(f"guest:{number:032x}", "Bench") for number in range(CLIENTS)]
        return storm(int(daemon.environment["AWAZ__HTTP__PORT"]), daemon.process.pid, tokens)
    finally:
        daemon.stop()


def _nodes() -> tuple[float, float, float]:
    port = free_port()
    with tempfile.TemporaryDirectory() as directory:
        mint = TokenMint.of(Settings(data_dir=Path(directory)))
        tokens = [mint.make(f"guest:{number:032x}", "Bench") for number in range(CLIENTS)]
        secret, settings = mint.secrets.accepted()[0], mint.settings
        process = node.start("door.js", str(port), secret, settings.issuer, settings.audience, core=SERVER_CORE)
        try:
            return storm(port, process.pid, tokens)
        finally:
            process.kill()
            process.wait()


async def connects() -> list[Result]:
    """Authenticated connects a second on one core, each in turn."""
    ours, theirs = list[tuple[float, float, float]](), list[tuple[float, float, float]]()
    for turn in range(ROUNDS):
        pair = [(ours, _ours), (theirs, _nodes)]
        for results, measure in pair if turn % 2 == 0 else pair[::-1]:
            results.append(await asyncio.to_thread(measure))
    mine, peers = [[statistics.median(column) for column in zip(*each, strict=True)] for each in (ours, theirs)]
    name = f"authenticated connects, {CLIENTS} clients, one core"
    return [
        rate(f"{name}: a second", "1/s", mine[0], 2.0, peer=peers[0], peer_name=NODE),
        result(f"{name}: processor time each", "ms", mine[1], peers[1], peer=peers[1], peer_name=NODE),
        rate(
            "how busy our core was meanwhile (1: the clients were not the limit)",
            "",
            mine[2],
            0.9,
            peer=peers[2],
            peer_name=NODE,
        ),
    ]


async def half_open() -> list[Result]:
    """Acks to somebody inside, alone and while thousands of WebSockets wait without a CONNECT."""
    daemon = await asyncio.to_thread(start_daemon)
    try:
        mint = TokenMint.of(Settings(data_dir=Path(daemon.directory.name)))
        port, raw = (
            int(daemon.environment["AWAZ__HTTP__PORT"]),
            await RawSocket.authenticated(daemon.url, mint.make("guest:1", "Bench")),
        )
        alone = await _asked(raw, HALF_OPEN_S / 4)
        with knockers(port, ["-"] * HALF_OPEN, "half", at_once=20) as clients:
            for client in clients:
                _say(client, "go")
            meanwhile = await _asked(raw, HALF_OPEN_S)
        await raw.close()
    finally:
        await asyncio.to_thread(daemon.stop)
    before, during = percentile(alone, 0.99), percentile(meanwhile, 0.99)
    name = f"ack p99 of a normal client, while {HALF_OPEN} half-open handshakes are held for a minute"
    return [result(name, "ms", during, 2 * before, peer=before, peer_name="ours, alone")]


async def _asked(raw: RawSocket, seconds: float) -> list[float]:
    took, until, number = [], time.monotonic() + seconds, 0
    while time.monotonic() < until:
        number += 1
        began = time.monotonic()
        await raw.call("stream:heartbeat", {"t": 1}, number)
        took.append((time.monotonic() - began) * 1000)
        await asyncio.sleep(ASK_EVERY_S)
    return took
