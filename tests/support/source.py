"""A source client with arbitrary headers and almost no audio."""

import socket
from base64 import b64encode
from collections.abc import Iterator
from contextlib import contextmanager

from tests.support.running_stack import RunningStack

SILENCE = b"\xff\xfb\x90\x64" + bytes(413)
"""One silent MP3 frame: 128 kbit/s, 44.1 kHz."""


@contextmanager
def source(stack: RunningStack, headers: bytes) -> Iterator[socket.socket]:
    """Keep a source on the demo station's ingest mount; raise AssertionError if Icecast refuses it.

    Afterwards the station is back on AutoDJ for the next test.
    """
    token = b64encode(f"source:{stack.demo['encoder']['key']}".encode())
    with socket.create_connection(("127.0.0.1", stack.icecast_port), timeout=5) as connection:
        connection.sendall(
            b"PUT /ingest/awaz HTTP/1.1\r\nHost: x\r\nAuthorization: Basic %b\r\nContent-Type: audio/mpeg\r\n"
            b"Expect: 100-continue\r\n%b\r\n\r\n" % (token, headers)
        )
        answer = connection.recv(1000)
        assert b" 100 " in answer or b" 200 " in answer, answer
        connection.sendall(SILENCE * 4)
        yield connection
    stack.wait_for_autodj()
