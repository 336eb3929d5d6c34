"""The load client (load.c), controlled over two pipes with a timeout for every command."""

import json
import os
import resource
import select
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

from bench.fanout.servers import SERVER_CORE, Server, built

SPARE_FILES = 500
POLL_S = 0.2
TIMEOUT_S = 60.0
MIN_CONNECTS_PER_S = 50
PORTS = Path("/proc/sys/net/ipv4/ip_local_port_range")


def raise_limits(clients: int) -> None:
    """Raise the limit of open files as the clients need it; raise RuntimeError naming a limit that is too low."""
    needed = clients + SPARE_FILES
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if hard != resource.RLIM_INFINITY and hard < needed:
        raise RuntimeError(f"{clients} clients need {needed} open files, and RLIMIT_NOFILE ends at {hard} (ulimit -Hn)")
    if soft != resource.RLIM_INFINITY and soft < needed:
        resource.setrlimit(resource.RLIMIT_NOFILE, (needed if hard == resource.RLIM_INFINITY else hard, hard))
    low, high = (int(word) for word in PORTS.read_text().split())
    if high - low < needed:
        raise RuntimeError(
            f"{clients} clients need {needed} ports, and net.ipv4.ip_local_port_range is {low} to {high}"
        )


@dataclass
class LoadClient:
    """The running load client."""

    server: Server
    clients: int
    process: "subprocess.Popen[bytes]"
    _received: bytes = field(default=b"")

    def connect(self) -> dict[str, Any]:
        """Connect all clients; return `connected`, `seconds` and `retries`."""
        return self._ask("connect", TIMEOUT_S + self.clients / MIN_CONNECTS_PER_S)

    def closed(self, seconds: float) -> dict[str, Any]:
        """Send each event once all clients have the last one, and check that none is missing."""
        report = self._ask(f"closed {seconds}", TIMEOUT_S + seconds)
        if not report["rounds"]:
            raise RuntimeError(f"the server {self.server.name!r} completed no round")
        return report

    def open(self, per_s: float, seconds: float) -> Iterator[dict[str, Any]]:
        """Send events on schedule; yield at the start, and then the measurements."""
        self._send(f"open {per_s} {seconds}")
        yield {}
        yield self._read("open", TIMEOUT_S + seconds)

    def stuck(self) -> dict[str, Any]:
        """Return how many of the stuck clients were `cut`; they read again for this."""
        return self._ask("stuck", TIMEOUT_S)

    def _ask(self, command: str, within_s: float) -> dict[str, Any]:
        self._send(command)
        return self._read(command, within_s)

    def _send(self, command: str) -> None:
        try:
            _pipe(self.process.stdin).write(command.encode() + b"\n")
        except BrokenPipeError:
            self._read(command, POLL_S)

    def _read(self, command: str, within_s: float) -> dict[str, Any]:
        deadline, output = time.monotonic() + within_s, _pipe(self.process.stdout).fileno()
        while b"\n" not in self._received:
            if time.monotonic() > deadline:
                raise RuntimeError(f"{self._context(command)}: no answer within {within_s:.0f} s{self._server_state()}")
            if not select.select([output], [], [], POLL_S)[0]:
                continue
            more = os.read(output, 65536)
            if not more:
                raise RuntimeError(f"{self._context(command)}: the load client ended with {self.process.wait(5)}")
            self._received += more
        line, _, self._received = self._received.partition(b"\n")
        report: dict[str, Any] = json.loads(line)
        if "error" in report:
            raise RuntimeError(f"{self._context(command)}: {report['error']}{self._server_state()}")
        return report

    def _context(self, command: str) -> str:
        return f"{self.server.name!r} with {self.clients} clients, {command!r}"

    def _server_state(self) -> str:
        code = self.server.process.poll()
        state = "is still running" if code is None else f"has ended with {code}"
        return f"; the server {state}, with the last output:\n{self.server.log_tail()}"


def _pipe(pipe: IO[bytes] | None) -> IO[bytes]:
    if pipe is None:
        raise RuntimeError("the load client has no pipes")
    return pipe


@contextmanager
def load(server: Server, clients: int, stuck: int = 0) -> Iterator[LoadClient]:
    """Start the load client on all cores but the server's, ready for commands."""
    cores = sorted(os.sched_getaffinity(0) - {SERVER_CORE}) or [SERVER_CORE]
    mode = "socketio" if server.tokens else "raw"
    arguments = (server.port, server.control, clients, len(cores), mode, stuck, server.process.pid)
    command = ["taskset", "-c", ",".join(map(str, cores)), built("load"), *map(str, arguments)]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, bufsize=0)
    running = LoadClient(server, clients, process)
    try:
        tokens = "".join(token + "\n" for token in server.tokens).encode()
        pipe = _pipe(process.stdin)
        while tokens:
            tokens = tokens[pipe.write(tokens) :]
        yield running
    finally:
        # The server first, so that it does not clean up after each client.
        server.process.kill()
        process.kill()
        process.wait(10)
