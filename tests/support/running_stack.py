"""A whole stack of its own, as `awaz up` runs it, on free ports and in a directory that goes with it."""

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx

PROJECT = Path(__file__).parents[2]
UP_WITHIN_S = 90.0
SAID_WITHIN_S = 5.0
STRETCH = 40


def free_port() -> int:
    """Return a port that was free just now, below the range the system hands out for outgoing connections."""
    # Processes that look at the same time must not find the same: each has a stretch of its own.
    first = 20000 + os.getpid() * STRETCH % 11000
    for port in range(first, 32000):
        if port in _given:
            continue
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            _given.add(port)
            return port
    raise RuntimeError("no free port")


_given: set[int] = set()
_scratch = tempfile.TemporaryDirectory()
_tunes = Path(_scratch.name) / "stations"
"""The demo tracks of the first stack, for the next ones: making them takes longer than all the rest."""


@dataclass
class RunningStack:
    """A running stack."""

    directory: Path
    environment: dict[str, str]
    process: "subprocess.Popen[bytes]"
    demo: dict[str, Any]
    answers: list[tuple[str, str]] = field(default_factory=list)
    """What the daemon answered to `get` and `post`, by path."""

    @classmethod
    def start(cls, **settings: str) -> "RunningStack":
        """Start a stack and wait until its demo station is on air."""
        directory = Path(tempfile.mkdtemp(prefix="awaz-", dir="/tmp"))
        # The pipelines' own user has to get in.
        directory.chmod(0o755)
        ports = {f"AWAZ__{name}__PORT": str(free_port()) for name in ("HTTP", "ICECAST", "HOOKS")}
        environment = {
            **{name: value for name, value in os.environ.items() if not name.startswith("AWAZ")},
            **ports,
            "AWAZ__DATA_DIR": str(directory / "var"),
            "AWAZ__ICECAST__BIND": "127.0.0.1",
            "AWAZ__HTTP__HOST": "127.0.0.1",
            **settings,
        }
        if _tunes.exists():
            shutil.copytree(_tunes, directory / "var" / "stations")
        log = (directory / "up.log").open("wb")
        process = subprocess.Popen(
            [sys.executable, "-m", "controlplane", "up"],
            cwd=PROJECT,
            env=environment,
            stdout=log,
            stderr=subprocess.STDOUT,
        )
        log.close()
        stack = cls(directory, environment, process, {})
        stack._wait_until_up()
        if not _tunes.exists():
            shutil.copytree(stack.data / "stations", _tunes)
        return stack

    def _wait_until_up(self) -> None:
        deadline = time.monotonic() + UP_WITHIN_S
        while b"Ctrl-C stops everything" not in (self.directory / "up.log").read_bytes():
            if self.process.poll() is not None or time.monotonic() > deadline:
                said = (self.directory / "up.log").read_text()
                self.stop()
                raise RuntimeError(f"the stack did not come up: {said}")
            time.sleep(0.1)  # another process: there is no event of its to wait for
        self.demo = json.loads((self.data / "demo.json").read_text())

    def stop(self) -> float:
        """Stop it as Ctrl-C does, and return how many seconds that took."""
        began = time.monotonic()
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGINT)
            self.process.wait(30)
        shutil.rmtree(self.directory, ignore_errors=True)
        return time.monotonic() - began

    @property
    def data(self) -> Path:
        """The data directory."""
        return self.directory / "var"

    @property
    def url(self) -> str:
        """The daemon's address."""
        return f"http://127.0.0.1:{self.environment['AWAZ__HTTP__PORT']}"

    @property
    def icecast_port(self) -> int:
        """Icecast's port."""
        return int(self.environment["AWAZ__ICECAST__PORT"])

    @property
    def hooks_url(self) -> str:
        """The hooks' address."""
        return f"http://127.0.0.1:{self.environment['AWAZ__HOOKS__PORT']}"

    def mount(self, slug: str = "awaz") -> str:
        """The address of a station's public mount."""
        return f"http://127.0.0.1:{self.icecast_port}/{slug}.mp3"

    def awaz(self, *words: str) -> str:
        """Run an `awaz` command and return what it printed."""
        command = [sys.executable, "-m", "controlplane", *words]
        result = subprocess.run(
            command, cwd=PROJECT, env=self.environment, capture_output=True, text=True, timeout=60, check=False
        )
        if result.returncode:
            raise RuntimeError(f"awaz {' '.join(words)}: {result.stdout}{result.stderr}")
        return result.stdout

    def new_key(self, login: str, slug: str = "awaz") -> str:
        """Make a stream key and wait until the daemon knows it."""
        key = self.awaz("stream-key", "new", slug, login).split()[1]
        form = {"action": "stream_auth", "mount": f"/ingest/{slug}", "pass": key, "admin": "1"}
        secret = (self.data / "secrets" / "icecast-hook").read_text().strip()
        deadline = time.monotonic() + 10
        while time.monotonic() < deadline:
            answer = httpx.post(f"{self.hooks_url}/icecast", data=form, auth=("icecast", secret), trust_env=False)
            if "icecast-auth-user" in answer.headers:
                return key
            time.sleep(0.1)  # another process: there is no event of its to wait for
        raise RuntimeError("the daemon did not take over the new key")

    def control(self, *words: str) -> str:
        """Ask supervisord."""
        conf = str(self.data / "supervisord.conf")
        command = [sys.executable, "-m", "supervisor.supervisorctl", "-c", conf, *words]
        return subprocess.run(command, capture_output=True, text=True, timeout=30, check=False).stdout

    def pid(self, program: str) -> int:
        """Return the process id of a program of the stack."""
        return int(self.control("pid", program).strip())

    def liquidsoap_pid(self, slug: str = "awaz") -> int:
        """Return the process id of a station's Liquidsoap itself, below what keeps it alive; 0 while there is none."""
        keeper = self.pid(f"pipeline-{slug}")
        for child in Path(f"/proc/{keeper}/task/{keeper}/children").read_text().split():
            if "liquidsoap" in Path(f"/proc/{child}/comm").read_text():
                return int(child)
        return 0

    def kill(self, program: str, number: int = signal.SIGKILL) -> None:
        """Send a signal to a program of the stack."""
        os.kill(self.pid(program), number)

    def log(self, program: str) -> str:
        """Return what a program has printed."""
        return (self.data / "log" / f"{program}.log").read_text(errors="replace")

    def wait_for_log(self, program: str, text: str) -> None:
        """Wait until a program has printed something: it comes by way of supervisord, a moment after it was said."""
        deadline = time.monotonic() + SAID_WITHIN_S
        while text not in self.log(program):
            assert time.monotonic() < deadline, f"{program} did not say {text!r}"
            time.sleep(0.05)  # another process: there is no event of its to wait for

    def token(self, login: str = "owner") -> str:
        """Mint a token."""
        return self.awaz("token", login).strip()

    def get(self, path: str, token: str | None = None) -> httpx.Response:
        """Ask the daemon."""
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        return self._keep(path, httpx.get(self.url + path, headers=headers, timeout=10, trust_env=False))

    def post(self, path: str, body: object, token: str | None = None) -> httpx.Response:
        """Tell the daemon."""
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        return self._keep(path, httpx.post(self.url + path, json=body, headers=headers, timeout=10, trust_env=False))

    def _keep(self, path: str, answer: httpx.Response) -> httpx.Response:
        self.answers.append((path, answer.text))
        return answer

    def wait_for_autodj(self, within_s: float = 20.0) -> None:
        """Wait until nobody is live on the demo station any more, its grace over."""
        deadline = time.monotonic() + within_s
        while self.get("/api/v1/stations/awaz").json()["on_air"] != "autodj":
            assert time.monotonic() < deadline, "the demo station did not go back to AutoDJ"
            time.sleep(0.1)  # another process: there is no event of its to wait for

    def stats(self) -> str:
        """Return Icecast's /admin/stats."""
        admin = ("admin", (self.data / "secrets" / "icecast-admin").read_text().strip())
        url = f"http://127.0.0.1:{self.icecast_port}/admin/stats"
        return httpx.get(url, auth=admin, timeout=5, trust_env=False).text
