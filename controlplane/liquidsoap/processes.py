"""The pipelines' processes: their files, and supervisord, who runs them."""

import asyncio
import subprocess
import sys
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import orjson
import structlog

from controlplane.config import Settings
from controlplane.db.stations import StationRow
from controlplane.files import account, directory, write
from controlplane.icecast.render import SOURCE_USER
from controlplane.paths import Paths
from controlplane.stations.rules import ingest_mount, mount_password, offair_mount, public_mount

log = structlog.get_logger()

OFFAIR = "offair"
CONTROL_TIMEOUT_S = 20.0


@dataclass(slots=True)
class Pipelines:
    """Brings supervisord to run just the pipelines there should be."""

    settings: Settings
    paths: Paths
    mount_secret: str
    hook_password: str

    def write(self, rows: list[StationRow]) -> bool:
        """Write the files of all pipelines and drop those of others; say whether supervisord must look again."""
        user = account(self.settings.pipeline.user)
        directory(self.paths.sockets, user, 0o750)
        # The process that feeds the off-air mounts looks at its list by itself, and is never stopped for it.
        write(self.paths.offair_file, orjson.dumps(self._offair(rows)))
        changed = write(self.paths.programs / f"{OFFAIR}.conf", self._offair_program().encode())
        wanted = {row.slug: self._values(row) for row in rows}
        for slug, values in wanted.items():
            changed |= write(self.paths.pipeline_file(slug), orjson.dumps(values), user)
            changed |= write(self.paths.programs / f"{slug}.conf", self._program(slug).encode())
        for path in self.paths.programs.glob("*.conf"):
            if path.stem not in {*wanted, OFFAIR}:
                path.unlink()
                self.paths.pipeline_file(path.stem).unlink(missing_ok=True)
                changed = True
        return changed

    async def apply(self) -> bool:
        """Have supervisord start what is new and stop what is gone, and nothing else; say whether it did."""
        return await self._control("update")

    async def reload_icecast(self) -> bool:
        """Have Icecast read its configuration again, with nobody dropped; say whether it was told."""
        return await self._control("signal", "HUP", "icecast")

    async def kill(self, name: str) -> bool:
        """Have a pipeline killed, so that it is started again; say whether supervisord was told."""
        return self.settings.pipeline.manager != "none" and await self._control("signal", "KILL", f"pipeline-{name}")

    async def _control(self, *words: str) -> bool:
        if self.settings.pipeline.manager == "none":
            return True
        command = [sys.executable, "-m", "supervisor.supervisorctl", "-c", str(self.paths.supervisord_conf), *words]
        process = await asyncio.create_subprocess_exec(
            *command, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT
        )
        try:
            async with asyncio.timeout(CONTROL_TIMEOUT_S):
                output, _ = await process.communicate()
        except TimeoutError:
            process.kill()
            log.error("supervisord does not answer", command=" ".join(words))
            return False
        if process.returncode != 0:
            log.error("supervisord refused", command=" ".join(words), said=output.decode(errors="replace").strip())
        return process.returncode == 0

    def _values(self, row: StationRow) -> dict[str, str | int | bool]:
        icecast, mount = self.settings.icecast, public_mount(row.slug)
        tracks = self.paths.tracks(row.slug)
        directory(tracks)
        return {
            "station": row.slug,
            "name": row.name,
            "icecast_host": icecast.host,
            "icecast_port": icecast.port,
            "ingest_url": f"http://{icecast.host}:{icecast.port}{ingest_mount(row.slug)}",
            "mount": mount,
            "source_user": SOURCE_USER,
            "source_password": mount_password(self.mount_secret, mount),
            "bitrate": row.bitrate_kbps,
            "playlist": str(tracks),
            "safe": str(self.paths.safe_track),
            "hook_url": f"http://{self.settings.hooks.host}:{self.settings.hooks.port}/liquidsoap/{row.slug}",
            "hook_user": "pipeline",
            "hook_password": self.hook_password,
            "socket": str(self.paths.pipeline_socket(row.slug)),
            "live_enabled": row.auto_live,
        }

    def _offair(self, rows: list[StationRow]) -> dict[str, Any]:
        mounts = [offair_mount(row.slug) for row in rows]
        return {
            "host": self.settings.icecast.host,
            "port": self.settings.icecast.port,
            "user": SOURCE_USER,
            "audio": str(self.paths.offair_track),
            "mounts": {mount: mount_password(self.mount_secret, mount) for mount in mounts},
        }

    def _offair_program(self) -> str:
        # As ourselves: the pipelines' user may not be able to read our Python, and this reads nothing of strangers.
        return program(
            OFFAIR,
            kept_alive(f"{sys.executable} -m controlplane.offair.pacer {self.paths.offair_file}"),
            self.paths,
            options="priority=15",
        )

    def _program(self, slug: str) -> str:
        return program(
            f"pipeline-{slug}",
            kept_alive(command(self.settings.pipeline.program, self.paths.liquidsoap)),
            self.paths,
            user=self.settings.pipeline.user,
            environment={"AWAZ_PIPELINE_FILE": str(self.paths.pipeline_file(slug)), "HOME": str(self.paths.sockets)},
            # A source that has to be asked twice to stop is not waited for: its listeners are on the off-air mount.
            options="stopwaitsecs=4",
        )


def command(liquidsoap: str, scripts: Path) -> str:
    """Return the command that runs a station, on 2.1 with only the part of the library that it needs (lean.liq)."""
    if version(liquidsoap).startswith("Liquidsoap 2.1."):
        return f"{liquidsoap} --no-stdlib {scripts / 'lean.liq'} {scripts / 'station.liq'}"
    return f"{liquidsoap} {scripts / 'station.liq'}"


@cache
def version(liquidsoap: str) -> str:
    """Return how a Liquidsoap names its version, empty if it does not run."""
    try:
        answer = subprocess.run([liquidsoap, "--version"], capture_output=True, text=True, timeout=10, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return answer.stdout.partition("\n")[0]


def kept_alive(command: str) -> str:
    """Return a command that starts `command` again as soon as it ends, and that takes it along when it is killed.

    supervisord looks at its programs once a second and needs two looks; of five seconds that is too much.
    """
    return f"/bin/sh -c 'while :; do setpriv --pdeathsig KILL {command}; sleep 0.2; done'"


def program(
    name: str,
    command: str,
    paths: Paths,
    *,
    user: str = "",
    environment: dict[str, str] | None = None,
    options: str = "",
) -> str:
    """Write one `[program:…]` section for supervisord."""
    lines = [
        f"[program:{name}]",
        f"command={command}",
        f"stdout_logfile={paths.logs / name}.log",
        "redirect_stderr=true",
        "stdout_logfile_maxbytes=5MB",
        "stdout_logfile_backups=1",
        "autorestart=true",
        "startretries=1000000",
        "startsecs=1",
        "stopasgroup=true",
        "killasgroup=true",
        *([f"user={user}"] if account(user) else []),
        *([f"environment={_environment(environment)}"] if environment else []),
        *([options] if options else []),
    ]
    # supervisord expands %(…)s in every value.
    return "\n".join(line.replace("%", "%%") for line in lines) + "\n"


def _environment(values: dict[str, str]) -> str:
    return ",".join(f'{name}="{value}"' for name, value in values.items())


def install_scripts(paths: Paths, scripts: Path) -> None:
    """Copy the scripts to where the pipelines' user can read them."""
    directory(paths.liquidsoap)
    for script in ("station.liq", "lean.liq"):
        target = paths.liquidsoap / script
        write(target, (scripts / script).read_bytes())
        target.chmod(0o644)
