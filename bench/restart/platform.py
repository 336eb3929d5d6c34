"""A daemon of its own on one core, with a station on air whose tracks change all the time, and people who may enter."""

import asyncio
import os
import re
import secrets
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from subprocess import STDOUT, Popen
from unittest import mock

import httpx
from sqlalchemy import insert

from bench.restart.listener import STATION
from controlplane.access.tokens import TokenMint
from controlplane.db.engine import connect, writing
from controlplane.db.tables import users
from controlplane.runtime.config import Settings
from tests.support import daemon_process
from tests.support.daemon_process import DaemonProcess
from tests.support.fake_icecast import FakeIcecast
from tests.support.running_stack import PROJECT

SERVER_CORE = 0
OPEN = "1000000/second per address"
QUOTAS = ("GUEST", "HANDSHAKE", "READ", "CONTROL", "JOIN")
TRACK_EVERY_S = 0.2
ON_AIR_WITHIN_S = 20.0
TOKEN_S = 3600
FIGURE = re.compile(r"^(awaz_\w+(?:\{[^}]*\})?) (\S+)$", re.MULTILINE)


@dataclass
class Platform:
    """What runs."""

    daemon: DaemonProcess
    icecast: FakeIcecast
    played: int = 0
    _quiet: threading.Event = field(default_factory=threading.Event)

    @property
    def port(self) -> int:
        """Where the daemon listens."""
        return int(self.daemon.environment["AWAZ__HTTP__PORT"])

    @contextmanager
    def music(self) -> Iterator[None]:
        """Let one track follow the other, whether anybody is there to hear of it or not."""
        self._quiet.clear()
        player = threading.Thread(target=self._play, daemon=True)
        player.start()
        try:
            yield
        finally:
            self._quiet.set()
            player.join(5)

    def _play(self) -> None:
        due = time.monotonic()
        while not self._quiet.wait(max(0.0, due - time.monotonic())):
            due = max(due + TRACK_EVERY_S, time.monotonic())
            try:
                self.icecast.report_track(self.daemon, STATION, f"Dil Dhadakne Ka Sabab, number {self.played}")
                self.played += 1
            except httpx.HTTPError:
                pass  # it is down just now

    def figures(self) -> dict[str, float]:
        """Return what /metrics says."""
        text = httpx.get(self.daemon.url + "/metrics", timeout=10, trust_env=False).text
        return {name: float(value) for name, value in FIGURE.findall(text)}

    def tokens(self, count: int) -> list[str]:
        """Mint tokens, every other one for a user whom the daemon does not know yet."""
        mint = TokenMint.of(Settings(data_dir=Path(self.daemon.directory.name)))
        ids = [secrets.token_hex(16) for _ in range(count)]
        asyncio.run(self._add(ids[::2]))
        subjects = [each if place % 2 == 0 else f"guest:{each}" for place, each in enumerate(ids)]
        return [mint.make(subject, "Bench", TOKEN_S) for subject in subjects]

    async def _add(self, ids: list[str]) -> None:
        engine = connect(Settings(data_dir=Path(self.daemon.directory.name)).database_url)
        rows = [{"id": each, "login": f"u{each}", "name": "U", "role": "user", "created_at": 0} for each in ids]
        try:
            async with writing(engine) as connection:
                await connection.execute(insert(users), rows)
        finally:
            await engine.dispose()

    def until_on_air(self) -> None:
        """Wait until the daemon has seen the station's mount; raise RuntimeError if it does not."""
        deadline = time.monotonic() + ON_AIR_WITHIN_S
        path = f"{self.daemon.url}/api/v1/stations/{STATION}/now-playing"
        while httpx.get(path, trust_env=False).json().get("on_air") != "autodj":
            if time.monotonic() > deadline:
                raise RuntimeError(f"the station does not come on air: {self.daemon.log()}")
            time.sleep(0.05)  # another process: there is no event of its to wait for


@contextmanager
def running() -> Iterator[Platform]:
    """Start it, with everybody else kept off the daemon's core."""
    allowed = os.sched_getaffinity(0)
    with ExitStack() as stack:
        # Of this thread and those it starts: the pipelines' stand-in and the music have no business on that core.
        os.sched_setaffinity(0, cores())
        stack.callback(os.sched_setaffinity, 0, allowed)
        stack.enter_context(mock.patch.object(daemon_process, "_serve", _serve))
        icecast = FakeIcecast.start()
        stack.callback(icecast.stop)
        icecast.put_on_air(STATION)
        daemon = DaemonProcess.start(
            SERVER_CORE,
            AWAZ__ICECAST__PORT=str(icecast.port),
            AWAZ__HTTP__TRUSTED_HOPS="1",
            **{f"AWAZ__LIMITS__{name}": OPEN for name in QUOTAS},
        )
        stack.callback(daemon.stop)
        daemon.awaz("station", "add", STATION, "--no-wait")
        platform = Platform(daemon, icecast)
        platform.until_on_air()
        yield platform


def cores() -> set[int]:
    """Return the cores that the daemon does not have."""
    return os.sched_getaffinity(0) - {SERVER_CORE} or {SERVER_CORE}


def _serve(directory: Path, environment: dict[str, str], core: int | None) -> "Popen[bytes]":
    command = ["taskset", "-c", str(core), sys.executable, "-m", "bench.restart.ours"]
    with (directory / "daemon.log").open("ab") as log:
        return Popen(command, cwd=PROJECT, env=environment, stdout=log, stderr=STDOUT)
