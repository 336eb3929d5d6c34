"""Files sent to the daemon by tus, and to nginx by PUT, from one client."""

import http.client
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

BLOCK_BYTES = 1024 * 1024
TUS = {"Tus-Resumable": "1.0.0"}


@dataclass(frozen=True)
class Received:
    """An upload whose line broke once: its speed, the time to learn where it goes on, and that of its last byte."""

    mb_per_s: float
    resume_ms: float
    finish_s: float


def received(url: str, token: str, file: Path) -> Received:
    """Upload a file, all but its last byte in one request; its track is removed afterwards."""
    signed, size = {"Authorization": f"Bearer {token}", **TUS}, file.stat().st_size
    connection = _connect(url)
    created = _ask(connection, "POST", "/api/v1/stations/awaz/uploads", signed | {"Upload-Length": str(size)})
    place = str(created.headers["Location"])
    part = signed | {"Content-Type": "application/offset+octet-stream"}
    began = time.monotonic()
    with file.open("rb") as data:
        headers = part | {"Upload-Offset": "0", "Content-Length": str(size - 1)}
        _ask(connection, "PATCH", place, headers, _First(data.read, size - 1))
    seconds = time.monotonic() - began
    began = time.monotonic()
    offset = int(_ask(_connect(url), "HEAD", place, signed).headers["Upload-Offset"])
    resume_ms = (time.monotonic() - began) * 1000
    began = time.monotonic()
    with file.open("rb") as data:
        data.seek(offset)
        done = _ask(connection, "PATCH", place, part | {"Upload-Offset": str(offset)}, data.read())
    finish_s = time.monotonic() - began
    _ask(connection, "DELETE", f"/api/v1/stations/awaz/tracks/{done.headers['Awaz-Track']}", signed)
    connection.close()
    return Received(size / seconds / 1e6, resume_ms, finish_s)


def put(url: str, file: Path) -> float:
    """Upload a file by PUT; return MB a second."""
    size, connection, began = file.stat().st_size, _connect(url), time.monotonic()
    with file.open("rb") as data:
        _ask(connection, "PUT", "/file", {"Content-Length": str(size)}, _First(data.read, size))
    connection.close()
    return size / (time.monotonic() - began) / 1e6


def memory_mb(pid: int) -> float:
    """Return the memory of a process that is in use."""
    status = Path(f"/proc/{pid}/status").read_text()
    return next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmRSS")) / 1000


def _connect(url: str) -> http.client.HTTPConnection:
    return http.client.HTTPConnection(urlsplit(url).netloc, timeout=120, blocksize=BLOCK_BYTES)


def _ask(
    connection: http.client.HTTPConnection, method: str, path: str, headers: dict[str, str], body: object = None
) -> http.client.HTTPResponse:
    connection.request(method, path, body=body, headers=headers)  # type: ignore[arg-type]  # it reads what can be read
    response = connection.getresponse()
    response.read()
    if response.status >= http.client.BAD_REQUEST:
        raise RuntimeError(f"{method} {path}: {response.status}")
    return response


class _First:
    """The first bytes of a file, as `http.client` reads a body."""

    def __init__(self, read: Callable[[int], bytes], size: int) -> None:
        self._read, self._left = read, size

    def read(self, size: int = BLOCK_BYTES) -> bytes:
        data = self._read(min(size, self._left))
        self._left -= len(data)
        return data
