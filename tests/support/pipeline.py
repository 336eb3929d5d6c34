"""A station's pipeline without a station: it follows a plan, and nobody hears it."""

import json
import os
import signal
import socket
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from controlplane.liquidsoap.files import command
from tests.support.paths import PROJECT
from tests.support.waiting import wait_until

LIQUIDSOAP = "liquidsoap"
AS_ROOT = "settings.init.allow_root.set(true)"
"""The tests may run as root, and everything here is of their own making."""


@dataclass
class Pipeline:
    """Liquidsoap with our scripts, in a directory."""

    directory: Path
    tracks: dict[str, Path]
    process: "subprocess.Popen[bytes] | None" = None

    @property
    def socket(self) -> Path:
        return self.directory / "pipeline.sock"

    @property
    def log(self) -> Path:
        return self.directory / "log"

    def plan(self, version: int, items: str, reserve: str = "") -> None:
        """Write a plan; each item's name is an upper- or lower-case letter, and its track's a lower-case one."""
        entries = [
            [{"id": name, "tags": f'awaz_id="{name}"', "path": str(self.tracks[name.lower()])} for name in names]
            for names in (items, reserve)
        ]
        draft = self.directory / "plan.json.new"
        draft.write_text(json.dumps({"version": version, "items": entries[0], "reserve": entries[1]}))
        draft.replace(self.directory / "plan.json")

    def start(self) -> None:
        """Start it, and wait until it plays."""
        *words, script = command(LIQUIDSOAP, PROJECT / "deploy/liquidsoap").split()
        values = {"AWAZ_PIPELINE_FILE": str(self._configured())}
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [*words, AS_ROOT, script],
                env={**os.environ, **values, "HOME": str(self.directory)},
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        wait_until(self._plays, 20)

    def kill(self) -> None:
        """End it at once."""
        if self.process is not None:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()
            self.process = None
            self.socket.unlink(missing_ok=True)

    def ask(self, words: str) -> str:
        """Send a command, and return the answer."""
        with socket.socket(socket.AF_UNIX) as connection:
            connection.settimeout(10)
            connection.connect(str(self.socket))
            connection.sendall(words.encode() + b"\n")
            answer = b""
            while not answer.endswith(b"END\r\n") and (part := connection.recv(65536)):
                answer += part
        return answer.decode().removesuffix("END\r\n").strip()

    def status(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self.ask("st.status"))
        return found

    def skip(self) -> str:
        """End what is heard, once something waits, and return what is decoded then."""
        before = wait_until(self._settled, 10)
        self.ask(f"st.skip {before}")
        wait_until(lambda: self.status()["decoding"] not in {before, ""}, 10)
        return str(self.status()["decoding"])

    def heard(self) -> str:
        """Return the names in the list of what was heard."""
        found = self.directory / "played.log"
        return "".join(line.split()[1] for line in found.read_text().splitlines()) if found.exists() else ""

    def _settled(self) -> str:
        """Return what is heard, unless a crossing is under way or nothing waits."""
        now = self.status()
        return str(now["item"]) if now["item"] == now["decoding"] and now["waiting"] else ""

    def _plays(self) -> bool:
        try:
            return bool(self.status()["decoding"])
        except (OSError, ValueError):
            return False

    def _configured(self) -> Path:
        values = {
            "station": "test", "name": "Test", "icecast_host": "127.0.0.1", "icecast_port": 9,
            "ingest_a": "http://127.0.0.1:9/a", "ingest_b": "http://127.0.0.1:9/b", "mount": "/test.mp3", "source_user": "s", "source_password": "s",
            "bitrate": 64, "aac_mount": "", "aac_password": "", "aac_bitrate": 64,
            "plan": str(self.directory / "plan.json"), "playout": str(self.directory),
            "safe": str(next(iter(self.tracks.values()))), "hook_url": "http://127.0.0.1:9/hook",
            "hook_user": "h", "hook_password": "h", "socket": str(self.socket), "air": str(self.directory / "air.json"),
        }  # fmt: skip
        path = self.directory / "pipeline.json"
        path.write_text(json.dumps(values))
        return path
