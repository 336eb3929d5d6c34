"""A Redis server on a free port, without persistence."""

import signal
import socket
import subprocess
import time
from dataclasses import dataclass

from tests.support.running_stack import free_port


@dataclass
class Redis:
    """A running Redis server."""

    port: int
    process: "subprocess.Popen[bytes]"

    @classmethod
    def start(cls, port: int | None = None) -> "Redis":
        """Start the server and wait until it answers."""
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
                time.sleep(0.02)  # another process: there is no event to wait for
        process.kill()
        raise RuntimeError("redis-server did not come up")

    @property
    def url(self) -> str:
        """The URL of the database."""
        return f"redis://127.0.0.1:{self.port}/0"

    def freeze(self) -> None:
        """Stop the process with its connections open."""
        self.process.send_signal(signal.SIGSTOP)

    def thaw(self) -> None:
        """Continue the process."""
        self.process.send_signal(signal.SIGCONT)

    def stop(self) -> None:
        """End the process."""
        self.thaw()
        self.process.kill()
        self.process.wait(10)
