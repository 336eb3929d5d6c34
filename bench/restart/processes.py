"""The listeners' processes and the probe's, as the benchmark sees them."""

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from select import select
from typing import Any

from bench.restart.platform import Platform, cores
from tests.support.running_stack import PROJECT

ANSWER_WITHIN_S = 120.0


@dataclass
class Helper:
    """A process that is told something in lines, and answers in lines."""

    process: "subprocess.Popen[bytes]"

    def say(self, line: str) -> None:
        """Tell it."""
        rest = line.encode() + b"\n"
        while rest and self.process.stdin is not None:
            rest = rest[self.process.stdin.write(rest) or 0 :]

    def hear(self) -> str:
        """Return its next line; raise RuntimeError if there is none in time."""
        pipe, line = self.process.stdout, b""
        while pipe is not None and not line.endswith(b"\n"):
            ready, _, _ = select([pipe], [], [], ANSWER_WITHIN_S)
            part = pipe.readline() if ready else b""
            if not part:
                raise RuntimeError(f"a client process is silent: {self.process.args!r}, ended {self.process.poll()}")
            line += part
        return line.decode().strip()


@contextmanager
def helper(core: int | None, *words: str) -> Iterator[Helper]:
    """Start one, on a core if one is named."""
    pinned = [] if core is None else ["taskset", "-c", str(core)]
    process = subprocess.Popen(
        [*pinned, sys.executable, "-m", *words],
        cwd=PROJECT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        bufsize=0,
    )
    try:
        yield Helper(process)
    finally:
        process.kill()
        process.wait(10)


@dataclass
class Crowd:
    """All listeners."""

    helpers: list[Helper]

    def tell(self, order: str) -> None:
        """Tell all processes."""
        for each in self.helpers:
            each.say(order)

    def answers(self) -> list[dict[str, Any]]:
        """Return what each answers."""
        return [json.loads(each.hear()) for each in self.helpers]

    def expect(self, word: str) -> None:
        """Wait until each has said a word."""
        for each in self.helpers:
            if (said := each.hear()) != word:
                raise RuntimeError(f"a client process said {said!r} instead of {word!r}")


@contextmanager
def crowd(platform: Platform, tokens: list[str]) -> Iterator[Crowd]:
    """Start the listeners' processes, one a core that is not the daemon's; nobody comes yet."""
    places = sorted(cores())
    with ExitStack() as stack:
        helpers, first = [], 0
        for place, core in enumerate(places):
            share = tokens[place :: len(places)]
            words = ("bench.restart.clients", str(platform.port), str(len(share)), str(first))
            helpers.append(stack.enter_context(helper(core, *words)))
            helpers[-1].say("\n".join(share))
            first += len(share)
        made = Crowd(helpers)
        made.expect("ready")
        yield made


@contextmanager
def probe(platform: Platform, token: str) -> Iterator[Helper]:
    """Start the probe; it does nothing yet."""
    with helper(None, "bench.restart.probe", str(platform.port), token) as made:
        if made.hear() != "ready":
            raise RuntimeError("the probe does not start")
        yield made
