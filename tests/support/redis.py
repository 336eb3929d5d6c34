"""A Redis of its own, on a free port, with nothing kept on disk."""

import signal
import socket
import subprocess
import time
from dataclasses import dataclass

from tests.support.running_stack import free_port


@dataclass
class Redis:
    """A running Redis."""

    port: int
    process: "subprocess.Popen[bytes]"

    @classmethod
    def start(cls, port: int | None = None) -> "Redis":
        """Start it and wait until it answers."""
        port = port or free_port()
        command = ["redis-server", "--port", str(port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"]
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
        deadline = time.monotonic() + 10
        while time.monotonic() < deadline:
            try:
                with socket.create_connection(("127.0.0.1", port), 0.2) as probe:
                    probe.sendall(b"PING\r\n")
                    if probe.recv(7) == b"+PONG\r\n":
                        return cls(port, process)
            except OSError:
                time.sleep(0.02)  # another process: there is no event of its to wait for
        process.kill()
        raise RuntimeError("redis-server did not come up")

    @property
    def url(self) -> str:
        """Its address."""
        return f"redis://127.0.0.1:{self.port}/0"

    def freeze(self) -> None:
        """Let connections stay open and nothing be answered any more."""
        self.process.send_signal(signal.SIGSTOP)

    def thaw(self) -> None:
        """Go on."""
        self.process.send_signal(signal.SIGCONT)

    def stop(self) -> None:
        """Stop it."""
        self.thaw()
        self.process.kill()
        self.process.wait(10)
