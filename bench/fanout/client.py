"""The load client (load.c) at the end of two pipes: what it is told, what it says, and never a wait without an end."""

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
LOOK_S = 0.2
PATIENCE_S = 60.0
SLOWEST_ENTRY_PER_S = 50
PORTS = Path("/proc/sys/net/ipv4/ip_local_port_range")


def make_room(clients: int) -> None:
    """Allow as many open files and local ports as so many clients take; raise RuntimeError naming what is too small."""
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
class Load:
    """The running client."""

    server: Server
    clients: int
    process: "subprocess.Popen[bytes]"
    _heard: bytes = field(default=b"")

    def connect(self) -> dict[str, Any]:
        """Bring everybody in; return `connected`, `seconds` and `retries`."""
        return self._ask("connect", PATIENCE_S + self.clients / SLOWEST_ENTRY_PER_S)

    def closed(self, seconds: float) -> dict[str, Any]:
        """Send the next event when all have the last one, and check that none is missing."""
        told = self._ask(f"closed {seconds}", PATIENCE_S + seconds)
        if not told["rounds"]:
            raise RuntimeError(f"the server {self.server.name!r} completed no round")
        return told

    def open(self, per_s: float, seconds: float) -> Iterator[dict[str, Any]]:
        """Send events at their due times; yield once as they begin, and then what became of them."""
        self._say(f"open {per_s} {seconds}")
        yield {}
        yield self._hear("open", PATIENCE_S + seconds)

    def stuck(self) -> dict[str, Any]:
        """Return how many of the stuck were `cut`; they read again for it."""
        return self._ask("stuck", PATIENCE_S)

    def _ask(self, command: str, within_s: float) -> dict[str, Any]:
        self._say(command)
        return self._hear(command, within_s)

    def _say(self, command: str) -> None:
        try:
            _pipe(self.process.stdin).write(command.encode() + b"\n")
        except BrokenPipeError:
            self._hear(command, LOOK_S)

    def _hear(self, command: str, within_s: float) -> dict[str, Any]:
        deadline, output = time.monotonic() + within_s, _pipe(self.process.stdout).fileno()
        while b"\n" not in self._heard:
            if time.monotonic() > deadline:
                raise RuntimeError(f"{self._during(command)}: no answer within {within_s:.0f} s{self._last_words()}")
            if not select.select([output], [], [], LOOK_S)[0]:
                continue
            more = os.read(output, 65536)
            if not more:
                raise RuntimeError(f"{self._during(command)}: the load client ended with {self.process.wait(5)}")
            self._heard += more
        line, _, self._heard = self._heard.partition(b"\n")
        told: dict[str, Any] = json.loads(line)
        if "error" in told:
            raise RuntimeError(f"{self._during(command)}: {told['error']}{self._last_words()}")
        return told

    def _during(self, command: str) -> str:
        return f"{self.server.name!r} with {self.clients} clients, {command!r}"

    def _last_words(self) -> str:
        code = self.server.process.poll()
        state = "is still running" if code is None else f"has ended with {code}"
        return f"; the server {state}, and the last it said was:\n{self.server.said()}"


def _pipe(pipe: IO[bytes] | None) -> IO[bytes]:
    if pipe is None:
        raise RuntimeError("the load client's pipes are not ours")
    return pipe


@contextmanager
def load(server: Server, clients: int, stuck: int = 0) -> Iterator[Load]:
    """Start the client on all cores but the server's, ready to be told."""
    cores = sorted(os.sched_getaffinity(0) - {SERVER_CORE}) or [SERVER_CORE]
    mode = "socketio" if server.tokens else "raw"
    what = (server.port, server.control, clients, len(cores), mode, stuck, server.process.pid)
    command = ["taskset", "-c", ",".join(map(str, cores)), built("load"), *map(str, what)]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, bufsize=0)
    running = Load(server, clients, process)
    try:
        tokens = "".join(token + "\n" for token in server.tokens).encode()
        pipe = _pipe(process.stdin)
        while tokens:
            tokens = tokens[pipe.write(tokens) :]
        yield running
    finally:
        # The server first: it would only spend its end on putting everybody away.
        server.process.kill()
        process.kill()
        process.wait(10)
