"""Connections that ask once and then say nothing: `python -m tests.support.idle_connections <port> <address> <count>`.

Opens them from an address of this machine, as fast as they are taken, says `held` when all were opened, and lets go of
them when its input ends.
"""

import resource
import socket
import sys
from contextlib import suppress

REQUEST = b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n"
PATIENCE_S = 5.0


def main() -> None:
    """Run."""
    port, address, count = int(sys.argv[1]), sys.argv[2], int(sys.argv[3])
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    held = []
    for _ in range(count):
        connection = socket.socket()
        connection.settimeout(PATIENCE_S)
        held.append(connection)
        with suppress(OSError):
            connection.bind((address, 0))
            connection.connect(("127.0.0.1", port))
            connection.send(REQUEST)
    sys.stdout.write("held\n")
    sys.stdout.flush()
    sys.stdin.read()


if __name__ == "__main__":
    main()
