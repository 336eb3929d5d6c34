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

from controlplane.config import Settings
from controlplane.db.engine import connect, migrate
from controlplane.errors import ConfigError
from controlplane.files import directory, write
from controlplane.icecast.config import IcecastConfig
from controlplane.liquidsoap.processes import Pipelines, install_scripts
from controlplane.paths import Paths
from controlplane.stack import checks, supervisor, tunes
from controlplane.stack.demo import SLUG, Demo
from controlplane.stations.service import Stations
from controlplane.vault import secret

ON_AIR_WITHIN_S = 60.0
STOPPED_WITHIN_S = 20.0
LOOK_S = 0.2


@dataclass(slots=True)
class Stack:
    """Brings everything up and down again."""

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
            told = self._prepare(paths)
        process = subprocess.Popen(
            [sys.executable, "-m", "supervisor.supervisord", "-c", str(paths.supervisord_conf)],
            start_new_session=True,  # Ctrl-C in the terminal is for us alone: we stop the rest in order
        )
        try:
            if not stopping.told:
                self._wait_on_air(process, stopping)
            if not stopping.told:
                self._tell(told)
            while process.poll() is None and not stopping.told:
                time.sleep(LOOK_S)  # no loop to hold up here, and a signal ends the wait
        finally:
            self.console.print("stopping…")
            _stop(process)
        if not stopping.told:
            raise ConfigError([f"the stack ended by itself; see {paths.logs}/*.log"])
        self.console.print("stopped.")
        return 0

    def _prepare(self, paths: Paths) -> dict[str, Any]:
        for place in (paths.logs, paths.programs, paths.root / "run"):
            directory(place)
        migrate(self.settings.database_url)
        demo = Demo(self.settings, paths)
        self.first_start = demo.first_start
        told = asyncio.run(demo.prepare())
        tunes.synthesise_all(paths.tracks(SLUG), paths.safe_track, paths.offair_track)
        install_scripts(paths, Path("deploy/liquidsoap").absolute())
        rows = asyncio.run(self._stations())
        IcecastConfig(self.settings, paths, self.settings.icecast.template).write(rows)
        vault = paths.secrets
        Pipelines(self.settings, paths, secret(vault, "mounts"), secret(vault, "pipeline-hook")).write(rows)
        hard_limit = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
        files = supervisor.OPEN_FILES if hard_limit < 0 else min(supervisor.OPEN_FILES, hard_limit)
        write(paths.supervisord_conf, supervisor.configuration(paths, self.config, files).encode())
        return told

    async def _stations(self) -> list[Any]:
        engine = connect(self.settings.database_url)
        try:
            stations = Stations(engine)
            await stations.refresh()
            return stations.all()
        finally:
            await engine.dispose()

    def _wait_on_air(self, process: "subprocess.Popen[bytes]", stopping: "_Stop") -> None:
        deadline = time.monotonic() + ON_AIR_WITHIN_S
        url = f"http://127.0.0.1:{self.settings.http.port}/api/v1/stations/{SLUG}/now-playing"
        with self.console.status("starting Icecast, Liquidsoap and the daemon…"):
            while time.monotonic() < deadline and process.poll() is None and not stopping.told:
                if _on_air(url):
                    return
                time.sleep(LOOK_S)  # no loop to hold up here, and a signal ends the wait
        if process.poll() is None and not stopping.told:
            self.console.print("[yellow]The demo station is not on air yet; see var/log for why.[/]")

    def _tell(self, told: dict[str, Any]) -> None:
        encoder = told["encoder"]
        self.console.rule("on air", align="left")
        for name, value in (
            ("Listen", told["listener_url"]),
            ("Mount", told["mount_url"]),
            ("Studio", told["studio_url"]),
            ("Owner", f"{told['owner']['login']} / {told['owner']['password'] or 'the password you chose'}"),
            # The other secrets of the demo are of use to the owner every day, this one is not.
            *([("Admin", f"{told['admin']['login']} / {told['admin']['password']}")] if self.first_start else []),
            ("butt", "Settings, Main, Server: ADD, type Icecast"),
            ("  address", encoder["host"]),
            ("  port", str(encoder["port"])),
            ("  mount", encoder["mount"]),
            ("  user", encoder["user"]),
            ("  password", encoder["key"]),
            ("OBS", "Settings, Output, Advanced, Recording: type Custom Output (FFmpeg), Output to URL,"),
            ("", "container mp3, muxer settings content_type=audio/mpeg, audio encoder libmp3lame, and the URL"),
            ("  URL", encoder["url"]),
        ):
            self.console.print(f"  [bold]{name:11}[/]{value}", highlight=False)
        self.console.print(f"All of it is in {self.settings.data_dir}/demo.json. Ctrl-C stops everything.")


class _Stop:
    """Whether somebody told us to stop. A plain flag: a signal may come while anything else holds a lock."""

    def __init__(self) -> None:
        self.told = False
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self._tell)

    def _tell(self, _number: int, _frame: object) -> None:
        self.told = True


def _on_air(url: str) -> bool:
    try:
        answer = httpx.get(url, timeout=1.0, trust_env=False)
    except httpx.HTTPError:
        return False
    return answer.status_code == httpx.codes.OK and answer.json()["on_air"] != "offair"


def _stop(process: "subprocess.Popen[bytes]") -> None:
    process.terminate()
    try:
        process.wait(STOPPED_WITHIN_S)
    except subprocess.TimeoutExpired:
        process.kill()
