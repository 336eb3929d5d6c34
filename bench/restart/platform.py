"""A daemon on one core, with a station on air, changing tracks, and users with tokens."""

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
from tests.support.paths import PROJECT

SERVER_CORE = 0
UNLIMITED = "1000000/second per address"
QUOTAS = ("GUEST", "HANDSHAKE", "READ", "CONTROL", "JOIN")
TRACK_INTERVAL_S = 0.2
ON_AIR_WITHIN_S = 20.0
TOKEN_S = 3600
METRIC = re.compile(r"^(awaz_\w+(?:\{[^}]*\})?) (\S+)$", re.MULTILINE)


@dataclass
class Platform:
    """The running daemon and the fake Icecast."""

    daemon: DaemonProcess
    icecast: FakeIcecast
    reported: int = 0
    _stop: threading.Event = field(default_factory=threading.Event)

    @property
    def port(self) -> int:
        """The daemon's HTTP port."""
        return int(self.daemon.environment["AWAZ__HTTP__PORT"])

    @contextmanager
    def changing_tracks(self) -> Iterator[None]:
        """Report one track after another for the time of the block, also while the daemon is down."""
        self._stop.clear()
        thread = threading.Thread(target=self._report_tracks, daemon=True)
        thread.start()
        try:
            yield
        finally:
            self._stop.set()
            thread.join(5)

    def _report_tracks(self) -> None:
        due = time.monotonic()
        while not self._stop.wait(max(0.0, due - time.monotonic())):
            due = max(due + TRACK_INTERVAL_S, time.monotonic())
            try:
                self.icecast.report_track(self.daemon, STATION, f"Dil Dhadakne Ka Sabab, number {self.reported}")
                self.reported += 1
            except httpx.HTTPError:
                pass  # the daemon is down

    def metrics(self) -> dict[str, float]:
        """Return the values of /metrics by name."""
        text = httpx.get(self.daemon.url + "/metrics", timeout=10, trust_env=False).text
        return {name: float(value) for name, value in METRIC.findall(text)}

    def tokens(self, count: int) -> list[str]:
        """Mint tokens, half of them for users that the daemon has not cached."""
        mint = TokenMint.of(Settings(data_dir=Path(self.daemon.directory.name)))
        ids = [secrets.token_hex(16) for _ in range(count)]
        asyncio.run(self._add(ids[::2]))
        subjects = [each if index % 2 == 0 else f"guest:{each}" for index, each in enumerate(ids)]
        return [mint.make(subject, "Bench", TOKEN_S) for subject in subjects]

    async def _add(self, ids: list[str]) -> None:
        engine = connect(Settings(data_dir=Path(self.daemon.directory.name)).database_url)
        rows = [{"id": each, "login": f"u{each}", "name": "U", "role": "user", "created_at": 0} for each in ids]
        try:
            async with writing(engine) as connection:
                await connection.execute(insert(users), rows)
        finally:
            await engine.dispose()

    def wait_until_on_air(self) -> None:
        """Wait until the station is on air; raise RuntimeError after a timeout."""
        deadline = time.monotonic() + ON_AIR_WITHIN_S
        path = f"{self.daemon.url}/api/v1/stations/{STATION}/now-playing"
        while httpx.get(path, trust_env=False).json().get("on_air") != "autodj":
            if time.monotonic() > deadline:
                raise RuntimeError(f"the station does not come on air: {self.daemon.log()}")
            time.sleep(0.05)  # another process: there is no event to wait for


@contextmanager
def running() -> Iterator[Platform]:
    """Start the daemon on its core, and keep this process off it."""
    allowed = os.sched_getaffinity(0)
    with ExitStack() as stack:
        # For this thread and those it starts: the fake Icecast and the track reports.
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
            **{f"AWAZ__LIMITS__{name}": UNLIMITED for name in QUOTAS},
        )
        stack.callback(daemon.stop)
        daemon.awaz("station", "add", STATION, "--no-wait")
        platform = Platform(daemon, icecast)
        platform.wait_until_on_air()
        yield platform


def cores() -> set[int]:
    """Return all cores but the daemon's."""
    return os.sched_getaffinity(0) - {SERVER_CORE} or {SERVER_CORE}


def _serve(directory: Path, environment: dict[str, str], core: int | None) -> "Popen[bytes]":
    command = ["taskset", "-c", str(core), sys.executable, "-m", "bench.restart.ours"]
    with (directory / "daemon.log").open("ab") as log:
        return Popen(command, cwd=PROJECT, env=environment, stdout=log, stderr=STDOUT)
