"""`awaz up`: the whole stack in the foreground, until Ctrl-C."""

import asyncio
import resource
import signal
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
from rich.console import Console

from controlplane.access.cache import AccessCache
from controlplane.db.engine import connect, migrate
from controlplane.features.library.inbox import Inbox
from controlplane.features.library.service import build_library
from controlplane.features.playout.feature import build_playout
from controlplane.features.stations.service import Stations
from controlplane.icecast.config import IcecastConfig
from controlplane.kernel.errors import ConfigError
from controlplane.kernel.stations import StationRow
from controlplane.liquidsoap.files import PipelineFiles, install_scripts
from controlplane.runtime.config import Settings
from controlplane.runtime.files import directory, write
from controlplane.runtime.paths import Paths
from controlplane.runtime.secrets import load_or_create
from controlplane.stack import checks, supervisor, tunes
from controlplane.stack.demo import SLUG, Demo

ON_AIR_TIMEOUT_S = 60.0
STOP_TIMEOUT_S = 20.0
CHECK_INTERVAL_S = 0.2


@dataclass(slots=True)
class Stack:
    """Starts and stops the whole stack."""

    settings: Settings
    config: Path | None
    console: Console
    first_start: bool = False

    def run(self) -> int:
        """Run until Ctrl-C or SIGTERM; return the exit code. Raises ConfigError if something is missing."""
        stopping = _Stop()
        paths = Paths.of(self.settings)
        problems = checks.programs(self.settings) + checks.template(self.settings) + checks.ports(self.settings)
        if problems:
            raise ConfigError(problems)
        with self.console.status("setting up the demo station…"):
            demo = self._prepare(paths)
        process = subprocess.Popen(
            [sys.executable, "-m", "supervisor.supervisord", "-c", str(paths.supervisord_conf)],
            start_new_session=True,  # Ctrl-C in the terminal is for us alone: we stop the rest in order
        )
        try:
            if not stopping.requested:
                self._wait_on_air(process, stopping)
            if not stopping.requested:
                self._print_addresses(demo)
            while process.poll() is None and not stopping.requested:
                time.sleep(CHECK_INTERVAL_S)  # no loop to hold up here, and a signal ends the wait
        finally:
            self.console.print("stopping…")
            _stop(process)
        if not stopping.requested:
            raise ConfigError([f"the stack ended by itself; see {paths.logs}/*.log"])
        self.console.print("stopped.")
        return 0

    def _prepare(self, paths: Paths) -> dict[str, Any]:
        for place in (paths.logs, paths.programs, paths.root / "run"):
            directory(place)
        migrate(self.settings.database_url)
        demo = Demo(self.settings, paths)
        self.first_start = demo.first_start
        contents = asyncio.run(demo.prepare())
        tunes.synthesise_all(paths, paths.tracks(SLUG))
        install_scripts(paths, Path("deploy/liquidsoap").absolute())
        rows = asyncio.run(self._stations(paths))
        IcecastConfig(self.settings, paths, self.settings.icecast.template).write(rows)
        secrets = paths.secrets
        PipelineFiles(
            self.settings, paths, load_or_create(secrets, "mounts"), load_or_create(secrets, "pipeline-hook")
        ).write(rows)
        hard_limit = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
        files = supervisor.OPEN_FILES if hard_limit < 0 else min(supervisor.OPEN_FILES, hard_limit)
        write(paths.supervisord_conf, supervisor.configuration(paths, self.config, files).encode())
        return contents

    async def _stations(self, paths: Paths) -> list[StationRow]:
        """Return the stations, whose music is imported and planned by then: their pipelines begin with it."""
        engine = connect(self.settings.database_url)
        try:
            stations = Stations(engine, AccessCache(engine))
            await stations.load()
            library = build_library(self.settings, engine)
            library.store.prepare()
            await Inbox(stations, library, paths, settled_ns=0).look()
            await build_playout(self.settings, engine, stations).settle()
            return stations.all()
        finally:
            await engine.dispose()

    def _wait_on_air(self, process: "subprocess.Popen[bytes]", stopping: "_Stop") -> None:
        deadline = time.monotonic() + ON_AIR_TIMEOUT_S
        url = f"http://127.0.0.1:{self.settings.http.port}/api/v1/stations/{SLUG}/now-playing"
        with self.console.status("starting Icecast, Liquidsoap and the daemon…"):
            while time.monotonic() < deadline and process.poll() is None and not stopping.requested:
                if _on_air(url):
                    return
                time.sleep(CHECK_INTERVAL_S)  # no loop to hold up here, and a signal ends the wait
        if process.poll() is None and not stopping.requested:
            self.console.print("[yellow]The demo station is not on air yet; see var/log for why.[/]")

    def _print_addresses(self, demo: dict[str, Any]) -> None:
        encoder = demo["encoder"]
        self.console.rule("on air", align="left")
        for name, value in (
            ("Listen", demo["listener_url"]),
            ("Mount", demo["mount_url"]),
            ("Studio", demo["studio_url"]),
            ("Owner", f"{demo['owner']['login']} / {demo['owner']['password'] or 'the password you chose'}"),
            # The other secrets of the demo are of use to the owner every day, this one is not.
            *([("Admin", f"{demo['admin']['login']} / {demo['admin']['password']}")] if self.first_start else []),
            ("butt", "Settings, Main, Server: ADD, type Icecast"),
            ("  address", encoder["host"]),
            ("  port", str(encoder["port"])),
            ("  mount", encoder["mount"]),
            ("  user", encoder["user"]),
            ("  password", encoder["key"]),
            ("OBS", "Settings, Output, Advanced, Recording: type Custom Output (FFmpeg), Output to URL,"),
            ("", "container mp3, audio encoder libmp3lame, 128 kbit/s, no video, and the URL"),
            ("  URL", encoder["url"]),
        ):
            self.console.print(f"  [bold]{name:11}[/]{value}", highlight=False)
        self.console.print(f"All of it is in {self.settings.data_dir}/demo.json. Ctrl-C stops everything.")


class _Stop:
    """Whether a signal asked us to stop. A plain flag: a signal may arrive while anything else holds a lock."""

    def __init__(self) -> None:
        self.requested = False
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self._request)

    def _request(self, _number: int, _frame: object) -> None:
        self.requested = True


def _on_air(url: str) -> bool:
    try:
        answer = httpx.get(url, timeout=1.0, trust_env=False)
    except httpx.HTTPError:
        return False
    return answer.status_code == httpx.codes.OK and answer.json()["on_air"] != "offair"


def _stop(process: "subprocess.Popen[bytes]") -> None:
    process.terminate()
    try:
        process.wait(STOP_TIMEOUT_S)
    except subprocess.TimeoutExpired:
        process.kill()
