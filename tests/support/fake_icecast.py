"""A fake of Icecast and the pipelines: serves the list of mounts, and reports tracks to a daemon's hooks."""

import itertools
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import httpx

from tests.support import loopback
from tests.support.daemon_process import DaemonProcess

SOURCE = (
    '<source mount="/{}.mp3"><listeners>0</listeners>'
    "<stream_start_iso8601>2026-01-01T00:00:00Z</stream_start_iso8601></source>"
)


class _Handler(BaseHTTPRequestHandler):
    """Answers every request with the mounts. There is no STATS feed, so the daemon polls."""

    server: "_Server"

    def do_GET(self) -> None:  # the library's name
        body = "<icestats>" + "".join(SOURCE.format(slug) for slug in self.server.on_air) + "</icestats>"
        self.send_response(200)
        self.end_headers()
        self.wfile.write(body.encode())

    def log_message(self, *_words: object) -> None:  # the library's signature
        """Log nothing."""


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    on_air: set[str]


@dataclass
class FakeIcecast:
    """A server that answers like Icecast, and a client that calls like a pipeline."""

    server: _Server
    _numbers: "itertools.count[int]" = field(default_factory=lambda: itertools.count(1))
    _http: httpx.Client = field(default_factory=loopback.Client)

    @classmethod
    def start(cls) -> "FakeIcecast":
        """Start the server on a free port."""
        server = _Server(("127.0.0.1", 0), _Handler)
        server.on_air = set()
        threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
        return cls(server)

    @property
    def port(self) -> int:
        """The port of the server."""
        return int(self.server.server_address[1])

    def put_on_air(self, slug: str) -> None:
        """List a station's public mount from now on; the daemon polls it within about a second."""
        self.server.on_air = {*self.server.on_air, slug}

    @contextmanager
    def taken_off_air(self, slug: str) -> Iterator[None]:
        """Remove a station's public mount for the time of the block."""
        self.server.on_air = self.server.on_air - {slug}
        try:
            yield
        finally:
            self.put_on_air(slug)

    def report_track(self, daemon: DaemonProcess, slug: str, title: str) -> None:
        """Report a track to the daemon's hook, as a pipeline does."""
        secret = (Path(daemon.directory.name) / "secrets" / "pipeline-hook").read_text().strip()
        state = {"instance": "fake", "seq": next(self._numbers), "source": "auto", "title": title, "artist": "Us"}
        hook = f"http://127.0.0.1:{daemon.environment['AWAZ__HOOKS__PORT']}/liquidsoap/{slug}"
        self._http.post(hook, json=state, auth=("pipeline", secret)).raise_for_status()

    def stop(self) -> None:
        """Stop the server."""
        self._http.close()
        self.server.shutdown()
        self.server.server_close()
