"""The pipelines' files: what each one reads, and the programs that supervisord runs."""

import hashlib
import subprocess
import sys
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import orjson

from controlplane.kernel.mounts import (
    SOURCE_USER,
    mount_kbps,
    mount_password,
    offair_mount,
    preview_mount,
    public_mount,
)
from controlplane.kernel.stations import StationRow
from controlplane.runtime.config import Settings
from controlplane.runtime.files import account, directory, write
from controlplane.runtime.paths import Paths
from controlplane.supervisor.programs import kept_alive, program

OFFAIR = "offair"


@dataclass(slots=True)
class PipelineFiles:
    """Writes the files of all pipelines, and of the process that feeds the off-air mounts."""

    settings: Settings
    paths: Paths
    mount_secret: str
    hook_password: str

    def write(self, rows: list[StationRow]) -> bool:
        """Write the files of all pipelines and delete those of others; say whether supervisord has to update."""
        user = account(self.settings.pipeline.user)
        directory(self.paths.sockets, user, 0o750)
        # The process that feeds the off-air mounts reads its list again by itself, and is not restarted for it.
        write(self.paths.offair_file, orjson.dumps(self._offair(rows)))
        changed = write(self.paths.programs / f"{OFFAIR}.conf", self._offair_program().encode())
        wanted = {row.slug: self._values(row) for row in rows}
        for slug, values in wanted.items():
            changed |= write(self.paths.pipeline_file(slug), orjson.dumps(values), user)
            changed |= write(self.paths.programs / f"{slug}.conf", self._program(slug, values).encode())
        for path in self.paths.programs.glob("*.conf"):
            if path.stem not in {*wanted, OFFAIR}:
                path.unlink()
                self.paths.pipeline_file(path.stem).unlink(missing_ok=True)
                changed = True
        return changed

    def _values(self, row: StationRow) -> dict[str, str | int | bool]:
        icecast, mount, aac = self.settings.icecast, public_mount(row.slug), public_mount(row.slug, "aac")
        origin = f"http://{icecast.host}:{icecast.port}"
        directory(self.paths.tracks(row.slug))
        playout = directory(self.paths.playout(row.slug), account(self.settings.pipeline.user), 0o750)
        return {
            "station": row.slug,
            "name": row.name,
            "icecast_host": icecast.host,
            "icecast_port": icecast.port,
            "ingest_a": origin + preview_mount(self.mount_secret, row.slug, "a"),
            "ingest_b": origin + preview_mount(self.mount_secret, row.slug, "b"),
            "mount": mount,
            "source_user": SOURCE_USER,
            "source_password": mount_password(self.mount_secret, mount),
            "bitrate": row.bitrate_kbps,
            "aac_mount": aac if icecast.aac else "",
            "aac_password": mount_password(self.mount_secret, aac),
            "aac_bitrate": mount_kbps("aac", row.bitrate_kbps),
            "plan": str(self.paths.plan(row.slug)),
            "air": str(self.paths.air(row.slug)),
            "playout": str(playout),
            "safe": str(self.paths.safe_track),
            "hook_url": f"http://{self.settings.hooks.host}:{self.settings.hooks.port}/liquidsoap/{row.slug}",
            "hook_user": "pipeline",
            "hook_password": self.hook_password,
            "socket": str(self.paths.pipeline_socket(row.slug)),
        }

    def _offair(self, rows: list[StationRow]) -> dict[str, Any]:
        mounts = [offair_mount(row.slug, audio) for row in rows for audio in self.settings.formats]
        return {
            "host": self.settings.icecast.host,
            "port": self.settings.icecast.port,
            "user": SOURCE_USER,
            "audio": {audio: str(self.paths.offair_track(audio)) for audio in self.settings.formats},
            "mounts": {mount: mount_password(self.mount_secret, mount) for mount in mounts},
        }

    def _offair_program(self) -> str:
        # Under our own account: the pipelines' user may not be able to read our Python, and nothing comes from outside.
        return program(
            OFFAIR,
            kept_alive(f"{sys.executable} -m controlplane.icecast.offair.pacer {self.paths.offair_file}"),
            self.paths,
            options="priority=15",
        )

    def _program(self, slug: str, values: dict[str, str | int | bool]) -> str:
        return program(
            f"pipeline-{slug}",
            kept_alive(command(self.settings.pipeline.program, self.paths.liquidsoap)),
            self.paths,
            user=self.settings.pipeline.user,
            environment={
                "AWAZ_PIPELINE_FILE": str(self.paths.pipeline_file(slug)),
                # The file is read at the start, and supervisord restarts a program whose environment has changed.
                "AWAZ_PIPELINE_VERSION": _version(values),
                "HOME": str(self.paths.sockets),
                # Liquidsoap 2.3 and later keep compiled scripts, by default where the pipelines' user may not write.
                "LIQ_CACHE_SYSTEM_DIR": str(self.paths.pipeline_cache),
                "LIQ_CACHE_USER_DIR": str(self.paths.pipeline_cache),
            },
            # A source that does not stop at once is not waited for: its listeners are on the off-air mount.
            options="stopwaitsecs=4",
        )


def _version(values: dict[str, str | int | bool]) -> str:
    """Return a digest of what a pipeline has to be restarted for: all but what players are told of its name."""
    audible = {name: value for name, value in values.items() if name != "name"}
    return hashlib.sha256(orjson.dumps(audible, option=orjson.OPT_SORT_KEYS)).hexdigest()[:12]


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


def install_scripts(paths: Paths, scripts: Path) -> None:
    """Copy the scripts to where the pipelines' user can read them."""
    directory(paths.liquidsoap)
    for script in ("station.liq", "lean.liq"):
        target = paths.liquidsoap / script
        write(target, (scripts / script).read_bytes())
        target.chmod(0o644)
