"""The four servers, each on one core with a control port, and the build of the C programs."""

import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from bench.fanout.event import body, frame_bytes
from bench.peers import node
from controlplane.access.tokens import TokenMint
from controlplane.runtime.config import Settings
from tests.support.paths import PROJECT
from tests.support.running_stack import free_port

HERE = Path(__file__).parent
BUILD = HERE / "build"
SOURCES = {"load": ("load.c", "clients.c"), "raw": ("raw.c",)}
FLAGS = ("-O2", "-Wall", "-Wextra", "-Werror", "-pthread")
SERVER_CORE = 0
UP_WITHIN_S = 30.0
TICKS = os.sysconf("SC_CLK_TCK")
POLL_S = 0.02
LAST_LINES = 20
UNLIMITED = "1000000/second per address"
SETTINGS = {
    "AWAZ__PIPELINE__MANAGER": "none",
    "AWAZ__HTTP__HOST": "127.0.0.1",
    "AWAZ__HTTP__TRUSTED_HOPS": "1",
    "AWAZ__GATEWAY__HANDSHAKES_PER_S": "1000000",
    "AWAZ__GATEWAY__CONNECTIONS": "20000",
    "AWAZ__GATEWAY__CONNECTIONS_PER_ADDRESS": "20000",
    **{f"AWAZ__LIMITS__{name}": UNLIMITED for name in ("GUEST", "HANDSHAKE", "READ", "CONTROL", "JOIN")},
}
OURS = "ours"
SERVERS = {
    OURS: "ours",
    "node": "Node socket.io 4.8",
    "stock": "stock python-socketio",
    "raw": "bare send() in C",
}


@dataclass(frozen=True)
class Server:
    """A running server and the tokens of its clients."""

    name: str
    process: "subprocess.Popen[bytes]"
    port: int
    control: int
    tokens: list[str]
    log: Path

    def log_tail(self) -> str:
        """Return the end of its log."""
        return "\n".join(self.log.read_text(errors="replace").splitlines()[-LAST_LINES:])

    def check(self) -> None:
        """Raise RuntimeError, with the end of its log, if it has ended."""
        code = self.process.poll()
        if code is not None:
            raise RuntimeError(f"the server {self.name!r} ended with {code}; the end of its log:\n{self.log_tail()}")

    def memory_kb(self) -> float:
        """Return its resident memory."""
        self.check()
        status = Path(f"/proc/{self.process.pid}/status").read_text()
        return float(status.partition("VmRSS:")[2].split()[0])

    def cpu_s(self) -> float:
        """Return the CPU seconds it has used."""
        self.check()
        fields = Path(f"/proc/{self.process.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / TICKS

    @staticmethod
    def core_s() -> float:
        """Return the seconds that its core was busy with anything, or stolen by the host."""
        line = Path("/proc/stat").read_text().partition(f"cpu{SERVER_CORE} ")[2].partition("\n")[0]
        user, nice, system, _idle, _waiting, hard, soft, stolen = (int(word) for word in line.split()[:8])
        return (user + nice + system + hard + soft + stolen) / TICKS


def built(program: str) -> str:
    """Compile a C program unless it is up to date; return its path."""
    target, sources = BUILD / program, [str(HERE / name) for name in SOURCES[program]]
    newest = max(path.stat().st_mtime for path in HERE.glob("*.[ch]"))
    if not target.exists() or target.stat().st_mtime < newest:
        compiler = shutil.which("cc")
        if compiler is None:
            raise RuntimeError("the fan-out benchmark needs a C compiler: install gcc and libc6-dev")
        BUILD.mkdir(exist_ok=True)
        compiled = subprocess.run(
            [compiler, *FLAGS, *sources, "-o", str(target)], capture_output=True, text=True, check=False
        )
        if compiled.returncode:
            raise RuntimeError(f"{program} does not compile:\n{compiled.stderr}")
    return str(target)


@dataclass(frozen=True)
class Peer:
    """A script of the Node server, and the last of its arguments."""

    script: str
    argument: str


@contextmanager
def started(name: str, clients: int, peer: Peer | None = None) -> Iterator[Server]:
    """Run a server, by its name in SERVERS, with tokens for its clients; `peer` is another one than the fan-out's."""
    with tempfile.TemporaryDirectory(prefix="awaz-fanout-") as directory:
        mint = TokenMint.of(Settings(data_dir=Path(directory)))
        tokens = [] if name == "raw" else [mint.make(f"guest:{number:032x}", "Bench") for number in range(clients)]
        port, control = free_port(), free_port()
        environment = {key: value for key, value in os.environ.items() if not key.startswith("AWAZ__")}
        if name == OURS:
            environment |= _settings(Path(directory), port)
        log = Path(directory) / "server.log"
        own = _command(name, port, control, clients, mint) if name != "node" else _node(port, control, mint, peer)
        command = ["taskset", "-c", str(SERVER_CORE), *own]
        with log.open("wb") as output:
            process = subprocess.Popen(
                command, cwd=PROJECT, env=environment, stdout=output, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL
            )
        try:
            server = Server(name, process, port, control, tokens, log)
            _wait_until_up(server)
            yield server
        finally:
            process.kill()
            process.wait(10)


def _settings(directory: Path, port: int) -> dict[str, str]:
    for directory_name in ("programs", "liquidsoap", "icecast"):
        (directory / directory_name).mkdir()
    ports = {f"AWAZ__{name}__PORT": str(free_port()) for name in ("ICECAST", "HOOKS")}
    return {**SETTINGS, **ports, "AWAZ__HTTP__PORT": str(port), "AWAZ__DATA_DIR": str(directory)}


def _command(name: str, port: int, control: int, clients: int, mint: TokenMint) -> list[str]:
    if name == OURS:
        return [sys.executable, "-m", "bench.fanout.ours", str(control)]
    if name == "raw":
        return [built("raw"), str(port), str(control), str(clients), str(frame_bytes())]
    return [sys.executable, "-m", "bench.fanout.stock", *_arguments(port, control, mint), json.dumps(body())]


def _node(port: int, control: int, mint: TokenMint, peer: Peer | None) -> list[str]:
    node.install()
    runs = peer or Peer("fanout.js", json.dumps(body()))
    return [str(node.NODE), str(node.DIRECTORY / runs.script), *_arguments(port, control, mint), runs.argument]


def _arguments(port: int, control: int, mint: TokenMint) -> list[str]:
    return [str(port), str(control), mint.secrets.accepted()[0], mint.settings.issuer, mint.settings.audience]


def _wait_until_up(server: Server) -> None:
    deadline = time.monotonic() + UP_WITHIN_S
    while b"ready" not in server.log.read_bytes().splitlines():
        server.check()
        if time.monotonic() > deadline:
            raise RuntimeError(f"the server {server.name!r} did not come up; the end of its log:\n{server.log_tail()}")
        time.sleep(POLL_S)  # another process: there is no event to wait for
