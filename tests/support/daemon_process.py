"""A daemon in its own process, with HTTP, sockets and hooks, but without Icecast and pipelines."""

import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx

from tests.support import loopback
from tests.support.paths import PROJECT
from tests.support.running_stack import free_port
from tests.support.waiting import wait_until

UP_WITHIN_S = 30.0
ON_AIR_WITHIN_S = 20.0


def unlimited(*quotas: str) -> dict[str, str]:
    """Return settings with practically no limit for the quotas of these names."""
    return {f"AWAZ__LIMITS__{quota}": "1000000/second per address" for quota in quotas}


@dataclass
class DaemonProcess:
    """A running daemon process and its temporary data directory."""

    directory: "tempfile.TemporaryDirectory[str]"
    environment: dict[str, str]
    process: "subprocess.Popen[bytes]"
    core: int | None = None

    @classmethod
    def start(cls, core: int | None = None, **settings: str) -> "DaemonProcess":
        """Start a daemon, on one core if one is named, and wait until it answers."""
        directory = tempfile.TemporaryDirectory(prefix="awaz-daemon-")
        environment = {
            **{name: value for name, value in os.environ.items() if not name.startswith("AWAZ")},
            "AWAZ__DATA_DIR": directory.name,
            "AWAZ__PIPELINE__MANAGER": "none",
            # Another account could not reach the directory.
            "AWAZ__PIPELINE__USER": "",
            "AWAZ__HTTP__HOST": "127.0.0.1",
            **{f"AWAZ__{name}__PORT": str(free_port()) for name in ("HTTP", "ICECAST", "HOOKS")},
            **settings,
        }
        for name in ("programs", "liquidsoap", "icecast"):
            (Path(directory.name) / name).mkdir()
        daemon = cls(directory, environment, _serve(Path(directory.name), environment, core), core)
        daemon._wait_until_up()
        return daemon

    def kill(self) -> None:
        """Kill the daemon, as a power cut would."""
        self.process.kill()
        self.process.wait(5)

    def restart(self) -> None:
        """Start the daemon again on the same ports and data, and wait until it answers."""
        self.terminate()
        self.process = _serve(Path(self.directory.name), self.environment, self.core)
        self._wait_until_up()

    @contextmanager
    def frozen(self) -> Iterator[None]:
        """Stop the process with its connections open, as on an overloaded machine."""
        self.process.send_signal(signal.SIGSTOP)
        try:
            yield
        finally:
            self.process.send_signal(signal.SIGCONT)

    def _wait_until_up(self) -> None:
        deadline = time.monotonic() + UP_WITHIN_S
        while time.monotonic() < deadline and self.process.poll() is None:
            try:
                loopback.get(self.url + "/healthz", timeout=1)
            except httpx.TransportError:
                time.sleep(0.05)  # another process: there is no event to wait for
            else:
                return
        output = self.log()
        self.stop()
        raise RuntimeError(f"the daemon did not come up: {output}")

    @property
    def url(self) -> str:
        """The base URL."""
        return f"http://127.0.0.1:{self.environment['AWAZ__HTTP__PORT']}"

    def awaz(self, *words: str) -> str:
        """Run an `awaz` command on the daemon's database and return its output."""
        command = [sys.executable, "-m", "controlplane", *words]
        done = subprocess.run(
            command, cwd=PROJECT, env=self.environment, capture_output=True, text=True, timeout=60, check=True
        )
        return done.stdout

    def wait_until_on_air(self, station: str) -> None:
        """Return once the station's AutoDJ is on air; fail with the daemon's log after 20 s."""
        path = f"{self.url}/api/v1/stations/{station}/now-playing"
        wait_until(lambda: loopback.get(path).json().get("on_air") == "autodj", ON_AIR_WITHIN_S, self.log)

    def token(self, login: str) -> str:
        """Mint an access token of a user."""
        return self.awaz("token", login).strip()

    def guest(self) -> str:
        """Sign in as a guest and return the access token."""
        answer = loopback.post(self.url + "/api/v1/auth/guest", json={})
        return str(answer.json()["access_token"])

    def log(self) -> str:
        """Return the daemon's log."""
        return (Path(self.directory.name) / "daemon.log").read_text(errors="replace")

    def memory_mb(self) -> float:
        """Return the resident memory in megabytes."""
        status = Path(f"/proc/{self.process.pid}/status").read_text()
        return int(status.partition("VmRSS:")[2].split()[0]) / 1024

    def terminate(self) -> None:
        """Stop the daemon as systemd would; its data stays."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            try:
                self.process.wait(15)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait(5)

    def stop(self) -> None:
        """Stop the daemon and delete its data."""
        self.terminate()
        self.directory.cleanup()


def _serve(directory: Path, environment: dict[str, str], core: int | None) -> "subprocess.Popen[bytes]":
    pinned = [] if core is None else ["taskset", "-c", str(core)]
    command = [*pinned, sys.executable, "-m", "controlplane", "serve"]
    with (directory / "daemon.log").open("ab") as log:
        return subprocess.Popen(command, cwd=PROJECT, env=environment, stdout=log, stderr=subprocess.STDOUT)
