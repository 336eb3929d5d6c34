"""A whole stack as `awaz up` runs it, on free ports and in a temporary directory."""

import asyncio
import fcntl
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, ClassVar

import httpx

from controlplane.kernel.mounts import Format, public_mount
from controlplane.liquidsoap.client import PipelineClient
from controlplane.liquidsoap.parse import PipelineState
from controlplane.runtime.config import Settings
from controlplane.runtime.paths import Paths
from controlplane.stack import demo, tunes
from tests.support import loopback
from tests.support.loopback import bearer
from tests.support.paths import PROJECT
from tests.support.waiting import wait_until

UP_WITHIN_S = 90.0
LOG_WITHIN_S = 5.0
PORTS = range(20_000, 32_000)
PORT_COUNTER = Path(tempfile.gettempdir()) / f"awaz-test-port-{os.getuid()}"


def free_port() -> int:
    """Return a free port below the range of outgoing connections, and another one each time."""
    # Processes that run side by side count together: a port that is free now may be another's a moment later.
    with PORT_COUNTER.open("a+") as counter:
        fcntl.flock(counter, fcntl.LOCK_EX)
        counter.seek(0)
        last = int(counter.read() or PORTS[0])
        candidates: list[int] = [*range(last + 1, PORTS[-1]), *PORTS]
        for port in candidates:
            with socket.socket() as probe:
                try:
                    probe.bind(("127.0.0.1", port))
                except OSError:
                    continue
            counter.truncate(0)
            counter.write(str(port))
            return port
    raise RuntimeError("no free port")


def render_tracks(directory: Path) -> None:
    """Make what the demo station plays, unless another process has: that takes longer than all else of a start."""
    with directory.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        paths = Paths.of(Settings(data_dir=directory))
        tunes.synthesise_all(paths, paths.tracks(demo.SLUG))


@dataclass
class RunningStack:
    """A running stack and its data."""

    directory: Path
    environment: dict[str, str]
    process: "subprocess.Popen[bytes]"
    demo: dict[str, Any]
    responses: list[tuple[str, str]] = field(default_factory=list)
    """Responses to `get` and `post`, with their paths."""
    rendered: ClassVar[Path | None] = None
    """A data directory with the tracks that every stack begins with."""

    @classmethod
    def start(cls, **settings: str) -> "RunningStack":
        """Start a stack and wait until its demo station is on air."""
        directory = Path(tempfile.mkdtemp(prefix="awaz-", dir="/tmp"))
        # Readable by the user of the pipelines.
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
        if cls.rendered is not None:
            shutil.copytree(cls.rendered, directory / "var")
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
        return stack

    def _wait_until_up(self) -> None:
        deadline = time.monotonic() + UP_WITHIN_S
        while b"Ctrl-C stops everything" not in (self.directory / "up.log").read_bytes():
            if self.process.poll() is not None or time.monotonic() > deadline:
                output = (self.directory / "up.log").read_text()
                self.stop()
                raise RuntimeError(f"the stack did not come up: {output}")
            time.sleep(0.1)  # another process: there is no event to wait for
        self.demo = json.loads((self.data / "demo.json").read_text())

    def stop(self) -> float:
        """Stop the stack as Ctrl-C does; return how many seconds that took."""
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
        """The daemon's base URL."""
        return f"http://127.0.0.1:{self.environment['AWAZ__HTTP__PORT']}"

    @property
    def grace_s(self) -> float:
        """The grace period of broadcasts."""
        return float(self.environment["AWAZ__ONAIR__GRACE_S"])

    @property
    def icecast_port(self) -> int:
        """Icecast's port."""
        return int(self.environment["AWAZ__ICECAST__PORT"])

    @property
    def hooks_url(self) -> str:
        """The base URL of the hooks."""
        return f"http://127.0.0.1:{self.environment['AWAZ__HOOKS__PORT']}"

    def mount(self, slug: str = "awaz", audio: Format = "mp3") -> str:
        """The URL of a station's public mount."""
        return f"http://127.0.0.1:{self.icecast_port}{public_mount(slug, audio)}"

    def awaz(self, *words: str) -> str:
        """Run an `awaz` command and return its output."""
        command = [sys.executable, "-m", "controlplane", *words]
        result = subprocess.run(
            command, cwd=PROJECT, env=self.environment, capture_output=True, text=True, timeout=60, check=False
        )
        if result.returncode:
            raise RuntimeError(f"awaz {' '.join(words)}: {result.stdout}{result.stderr}")
        return result.stdout

    def new_key(self, login: str, slug: str = "awaz") -> str:
        """Create a stream key and wait until the daemon accepts it."""
        key = self.awaz("stream-key", "new", slug, login).split()[1]
        self.wait_until_accepted(key, slug)
        return key

    def wait_until_accepted(self, key: str, slug: str = "awaz") -> None:
        """Wait until a stream key opens a station's ingest mount."""
        form = {"action": "stream_auth", "mount": f"/ingest/{slug}", "pass": key, "admin": "1"}
        secret = (self.data / "secrets" / "icecast-hook").read_text().strip()

        def is_accepted() -> bool:
            response = loopback.post(f"{self.hooks_url}/icecast", data=form, auth=("icecast", secret))
            return "icecast-auth-user" in response.headers

        wait_until(is_accepted)

    def control(self, *words: str) -> str:
        """Run a supervisorctl command and return its output."""
        conf = str(self.data / "supervisord.conf")
        command = [sys.executable, "-m", "supervisor.supervisorctl", "-c", conf, *words]
        return subprocess.run(command, capture_output=True, text=True, timeout=30, check=False).stdout

    def pid(self, program: str) -> int:
        """Return the process id of a program of the stack; 0 while there is none, as when it is replaced."""
        answer = self.control("pid", program).strip()
        return int(answer) if answer.isdecimal() else 0

    def liquidsoap_pid(self, slug: str = "awaz") -> int:
        """Return the process id of a station's Liquidsoap, a child of its supervised program; 0 while there is none."""
        supervised = self.pid(f"pipeline-{slug}")
        # A process that is being restarted may be gone by the time that it is looked at.
        with suppress(FileNotFoundError, ProcessLookupError):
            for child in Path(f"/proc/{supervised}/task/{supervised}/children").read_text().split():
                if "liquidsoap" in Path(f"/proc/{child}/comm").read_text():
                    return int(child)
        return 0

    def pipeline_state(self, slug: str = "awaz") -> PipelineState:
        """Return what a station's pipeline says of itself."""
        return asyncio.run(PipelineClient(Paths(self.data).pipeline_socket(slug)).status())

    def kill(self, program: str, number: int = signal.SIGKILL) -> None:
        """Send a signal to a program of the stack."""
        os.kill(self.pid(program), number)

    def log(self, program: str) -> str:
        """Return the log of a program."""
        return (self.data / "log" / f"{program}.log").read_text(errors="replace")

    def wait_for_log(self, program: str, text: str, within_s: float = LOG_WITHIN_S) -> None:
        """Wait until a program's log contains a text; supervisord writes it with a delay."""
        wait_until(lambda: text in self.log(program), within_s, lambda: f"{program} did not log {text!r}")

    def token(self, login: str = "owner") -> str:
        """Mint an access token of a user."""
        return self.awaz("token", login).strip()

    def guest(self, name: str | None = None) -> str:
        """Get the access token of a new guest."""
        body = {"name": name} if name is not None else {}
        answer = loopback.post(self.url + "/api/v1/auth/guest", json=body, timeout=10)
        token: str = answer.json()["access_token"]
        return token

    def get(self, path: str, token: str | None = None) -> httpx.Response:
        """Send a GET request to the daemon."""
        headers = bearer(token) if token else {}
        return self._record(path, loopback.get(self.url + path, headers=headers, timeout=10))

    def post(self, path: str, body: object, token: str | None = None) -> httpx.Response:
        """Send a POST request to the daemon."""
        headers = bearer(token) if token else {}
        return self._record(path, loopback.post(self.url + path, json=body, headers=headers, timeout=10))

    def remove_member(self, login: str, slug: str = "awaz") -> None:
        """Take a user's role at a station from them."""
        owner = self.token()
        members = self.get(f"/api/v1/stations/{slug}/members", owner).json()["members"]
        user_id = next(member["user_id"] for member in members if member["login"] == login)
        url = f"{self.url}/api/v1/stations/{slug}/members/{user_id}"
        loopback.request("DELETE", url, headers=bearer(owner)).raise_for_status()

    def _record(self, path: str, response: httpx.Response) -> httpx.Response:
        self.responses.append((path, response.text))
        return response

    def wait_for_autodj(self, within_s: float = 20.0) -> None:
        """Wait until the demo station is back on AutoDJ, after the grace period."""
        wait_until(
            lambda: self.get("/api/v1/stations/awaz").json()["on_air"] == "autodj", within_s, lambda: self.log("daemon")
        )

    def wait_until_ready(self, within_s: float = 60.0) -> None:
        """Wait until the daemon is up and has what it needs."""
        wait_until(self._is_ready, within_s, lambda: self.log("daemon"))

    def _is_ready(self) -> bool:
        try:
            return self.get("/readyz").status_code == httpx.codes.OK
        except httpx.TransportError:
            return False

    def stats(self) -> str:
        """Return Icecast's /admin/stats."""
        admin = ("admin", (self.data / "secrets" / "icecast-admin").read_text().strip())
        url = f"http://127.0.0.1:{self.icecast_port}/admin/stats"
        return loopback.get(url, auth=admin, timeout=5).text
