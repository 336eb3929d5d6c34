"""Connections that send one request and then stay idle: `python -m tests.support.idle_connections <port> <address> <count>`.

Opens them from a local address as fast as possible, prints `held` when all are open, and closes them when its input ends.
"""

import resource
import socket
import sys
from contextlib import suppress

REQUEST = b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n"
TIMEOUT_S = 5.0


def main() -> None:
    """Open the connections and hold them."""
    port, address, count = int(sys.argv[1]), sys.argv[2], int(sys.argv[3])
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    held = []
    for _ in range(count):
        connection = socket.socket()
        connection.settimeout(TIMEOUT_S)
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
