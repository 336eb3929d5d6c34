"""The client processes of the benchmark: listeners and the probe."""

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from select import select
from typing import Any

from bench.restart.platform import Platform, cores
from tests.support.paths import PROJECT

ANSWER_WITHIN_S = 120.0


@dataclass
class ClientProcess:
    """A process controlled by lines on its input, with lines as answers."""

    process: "subprocess.Popen[bytes]"

    def send(self, line: str) -> None:
        """Send a line."""
        rest = line.encode() + b"\n"
        while rest and self.process.stdin is not None:
            rest = rest[self.process.stdin.write(rest) or 0 :]

    def read(self) -> str:
        """Return the next line; raise RuntimeError if there is none in time."""
        pipe, line = self.process.stdout, b""
        while pipe is not None and not line.endswith(b"\n"):
            ready, _, _ = select([pipe], [], [], ANSWER_WITHIN_S)
            part = pipe.readline() if ready else b""
            if not part:
                raise RuntimeError(f"a client process is silent: {self.process.args!r}, ended {self.process.poll()}")
            line += part
        return line.decode().strip()


@contextmanager
def start_process(core: int | None, *arguments: str) -> Iterator[ClientProcess]:
    """Start a process, on one core if one is named."""
    pinned = [] if core is None else ["taskset", "-c", str(core)]
    process = subprocess.Popen(
        [*pinned, sys.executable, "-m", *arguments],
        cwd=PROJECT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        bufsize=0,
    )
    try:
        yield ClientProcess(process)
    finally:
        process.kill()
        process.wait(10)


@dataclass
class ListenerProcesses:
    """The processes of all listeners."""

    processes: list[ClientProcess]

    def command(self, text: str) -> None:
        """Send a command to all processes."""
        for each in self.processes:
            each.send(text)

    def answers(self) -> list[dict[str, Any]]:
        """Return the answers of all processes."""
        return [json.loads(each.read()) for each in self.processes]

    def expect(self, word: str) -> None:
        """Wait until each process has printed a word."""
        for each in self.processes:
            if (line := each.read()) != word:
                raise RuntimeError(f"a client process printed {line!r} instead of {word!r}")


@contextmanager
def start_listeners(platform: Platform, tokens: list[str]) -> Iterator[ListenerProcesses]:
    """Start one process of listeners on each core but the daemon's; nothing connects yet."""
    free_cores = sorted(cores())
    with ExitStack() as stack:
        processes, first = [], 0
        for index, core in enumerate(free_cores):
            share = tokens[index :: len(free_cores)]
            arguments = ("bench.restart.clients", str(platform.port), str(len(share)), str(first))
            processes.append(stack.enter_context(start_process(core, *arguments)))
            processes[-1].send("\n".join(share))
            first += len(share)
        started = ListenerProcesses(processes)
        started.expect("ready")
        yield started


@contextmanager
def start_probe(platform: Platform, token: str) -> Iterator[ClientProcess]:
    """Start the probe; it does not connect yet."""
    with start_process(None, "bench.restart.probe", str(platform.port), token) as started:
        if started.read() != "ready":
            raise RuntimeError("the probe does not start")
        yield started
