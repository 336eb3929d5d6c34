"""Authenticated connects a second on one core, beside Node, and acks while thousands of handshakes stay half open."""

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
from tests.support.paths import PROJECT
from tests.support.raw_socket import RawSocket
from tests.support.running_stack import free_port

CLIENTS = 3000
CONCURRENCY = 60
ROUNDS = 5
SERVER_CORE = 0
NODE = "Node socket.io 4.8 + jsonwebtoken"
HALF_OPEN = 3000
HALF_OPEN_S = 60.0
HEARTBEAT_INTERVAL_S = 0.05
UNLIMITED = "1000000/second per address"
TICKS = os.sysconf("SC_CLK_TCK")


async def run() -> list[Result]:
    """Run both measurements."""
    await asyncio.to_thread(node.install)
    return [*await connects(), *await half_open()]


def start_daemon(**settings: str) -> DaemonProcess:
    """Start the daemon on its core, without quotas that the clients of one machine would exceed."""
    names = ("GUEST", "HANDSHAKE", "READ", "CONTROL", "JOIN")
    limits = {f"AWAZ__LIMITS__{name}": UNLIMITED for name in names}
    return DaemonProcess.start(core=SERVER_CORE, **limits, AWAZ__HTTP__TRUSTED_HOPS="1", **settings)


def cpu_s(pid: int) -> float:
    """Return the CPU seconds that a process has used."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


@contextmanager
def client_processes(
    port: int, tokens: list[str], *options: str, concurrency: int = CONCURRENCY
) -> Iterator[list["subprocess.Popen[str]"]]:
    """Start the client processes on all other cores, ready to connect."""
    cores = sorted(os.sched_getaffinity(0) - {SERVER_CORE}) or [SERVER_CORE]
    shares = [tokens[index :: len(cores)] for index in range(len(cores))]
    started = []
    for core, share in zip(cores, shares, strict=True):
        command = [
            sys.executable,
            "-m",
            "bench.connect.clients",
            str(port),
            str(len(share)),
            str(concurrency),
            *options,
        ]
        process = subprocess.Popen(command, cwd=PROJECT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        os.sched_setaffinity(process.pid, {core})
        _send_line(process, "\n".join(share))
        started.append(process)
    try:
        for process in started:
            _read_line(process)
        yield started
    finally:
        for process in started:
            process.kill()
            process.wait()


def _send_line(process: "subprocess.Popen[str]", text: str) -> None:
    if process.stdin is None:
        raise RuntimeError("the client's input is not a pipe")
    process.stdin.write(text + "\n")
    process.stdin.flush()


def _read_line(process: "subprocess.Popen[str]") -> str:
    if process.stdout is None:
        raise RuntimeError("the client's output is not a pipe")
    return process.stdout.readline()


def connect_all(port: int, pid: int, tokens: list[str]) -> tuple[float, float, float]:
    """Connect all clients; return connects a second, CPU ms per connect, and the load of the server's core."""
    with client_processes(port, tokens) as processes:
        used, began = cpu_s(pid), time.monotonic()
        for process in processes:
            _send_line(process, "go")
        reports = [json.loads(_read_line(process)) for process in processes]
        seconds, used = time.monotonic() - began, cpu_s(pid) - used
    failed = sum(each["failed"] for each in reports)
    if failed:
        raise RuntimeError(f"{failed} of {len(tokens)} did not connect")
    return len(tokens) / seconds, used / len(tokens) * 1000, used / seconds


def _ours() -> tuple[float, float, float]:
    daemon = start_daemon(AWAZ__GATEWAY__HANDSHAKES_PER_S="100000")
    try:
        mint = TokenMint.of(Settings(data_dir=Path(daemon.directory.name)))
        tokens = [mint.make(f"guest:{number:032x}", "Bench") for number in range(CLIENTS)]
        return connect_all(int(daemon.environment["AWAZ__HTTP__PORT"]), daemon.process.pid, tokens)
    finally:
        daemon.stop()


def _peer() -> tuple[float, float, float]:
    port = free_port()
    with tempfile.TemporaryDirectory() as directory:
        mint = TokenMint.of(Settings(data_dir=Path(directory)))
        tokens = [mint.make(f"guest:{number:032x}", "Bench") for number in range(CLIENTS)]
        secret, settings = mint.secrets.accepted()[0], mint.settings
        process = node.start("connect.js", str(port), secret, settings.issuer, settings.audience, core=SERVER_CORE)
        try:
            return connect_all(port, process.pid, tokens)
        finally:
            process.kill()
            process.wait()


async def connects() -> list[Result]:
    """Measure authenticated connects a second on one core, servers in turn."""
    own, peers = list[tuple[float, float, float]](), list[tuple[float, float, float]]()
    for round_number in range(ROUNDS):
        pair = [(own, _ours), (peers, _peer)]
        for results, measure in pair if round_number % 2 == 0 else pair[::-1]:
            results.append(await asyncio.to_thread(measure))
    own_medians, peer_medians = [
        [statistics.median(column) for column in zip(*each, strict=True)] for each in (own, peers)
    ]
    name = f"authenticated connects, {CLIENTS} clients, one core"
    return [
        rate(f"{name}: a second", "1/s", own_medians[0], 2.0, peer=peer_medians[0], peer_name=NODE),
        result(
            f"{name}: processor time each", "ms", own_medians[1], peer_medians[1], peer=peer_medians[1], peer_name=NODE
        ),
        rate(
            "load of the server's core meanwhile (1: the clients were not the limit)",
            "",
            own_medians[2],
            0.9,
            peer=peer_medians[2],
            peer_name=NODE,
        ),
    ]


async def half_open() -> list[Result]:
    """Measure acks to a connected client, alone and while thousands of WebSockets stay without a CONNECT."""
    daemon = await asyncio.to_thread(start_daemon)
    try:
        mint = TokenMint.of(Settings(data_dir=Path(daemon.directory.name)))
        port, client = (
            int(daemon.environment["AWAZ__HTTP__PORT"]),
            await RawSocket.authenticated(daemon.url, mint.make("guest:1", "Bench")),
        )
        alone = await _ack_times(client, HALF_OPEN_S / 4)
        with client_processes(port, ["-"] * HALF_OPEN, "half", concurrency=20) as processes:
            for process in processes:
                _send_line(process, "go")
            meanwhile = await _ack_times(client, HALF_OPEN_S)
        await client.close()
    finally:
        await asyncio.to_thread(daemon.stop)
    before, during = percentile(alone, 0.99), percentile(meanwhile, 0.99)
    name = f"ack p99 of a normal client, while {HALF_OPEN} half-open handshakes are held for a minute"
    return [result(name, "ms", during, 2 * before, peer=before, peer_name="ours, alone")]


async def _ack_times(client: RawSocket, seconds: float) -> list[float]:
    times, deadline, number = [], time.monotonic() + seconds, 0
    while time.monotonic() < deadline:
        number += 1
        began = time.monotonic()
        await client.call("stream:heartbeat", {"t": 1}, number)
        times.append((time.monotonic() - began) * 1000)
        await asyncio.sleep(HEARTBEAT_INTERVAL_S)
    return times
