"""A stand-in for Icecast and the pipelines of a daemon by itself: says which mounts there are, and what is playing."""

import itertools
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import httpx

from tests.support.daemon_process import DaemonProcess

SOURCE = (
    '<source mount="/{}.mp3"><listeners>0</listeners>'
    "<stream_start_iso8601>2026-01-01T00:00:00Z</stream_start_iso8601></source>"
)


class _Answers(BaseHTTPRequestHandler):
    """Whatever is asked, the answer are the mounts. The STATS feed is not there: the daemon polls instead."""

    server: "_Server"

    def do_GET(self) -> None:  # the library's name
        body = "<icestats>" + "".join(SOURCE.format(slug) for slug in self.server.on_air) + "</icestats>"
        self.send_response(200)
        self.end_headers()
        self.wfile.write(body.encode())

    def log_message(self, *_words: object) -> None:  # the library's signature
        """Say nothing."""


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    on_air: set[str]


@dataclass
class FakeIcecast:
    """Answers as Icecast would, and calls as a pipeline would."""

    server: _Server
    _numbers: "itertools.count[int]" = field(default_factory=lambda: itertools.count(1))
    _http: httpx.Client = field(default_factory=lambda: httpx.Client(trust_env=False))

    @classmethod
    def start(cls) -> "FakeIcecast":
        """Start answering, on a port of its own."""
        server = _Server(("127.0.0.1", 0), _Answers)
        server.on_air = set()
        threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
        return cls(server)

    @property
    def port(self) -> int:
        """Where it answers."""
        return int(self.server.server_address[1])

    def put_on_air(self, slug: str) -> None:
        """Let a station's public mount be there from now on; the daemon sees it within a second or so."""
        self.server.on_air = {*self.server.on_air, slug}

    @contextmanager
    def taken_off_air(self, slug: str) -> Iterator[None]:
        """Let the mount be gone for a while."""
        self.server.on_air = self.server.on_air - {slug}
        try:
            yield
        finally:
            self.put_on_air(slug)

    def report_track(self, daemon: DaemonProcess, slug: str, title: str) -> None:
        """Tell the daemon what a station plays, as its pipeline does."""
        secret = (Path(daemon.directory.name) / "secrets" / "pipeline-hook").read_text().strip()
        state = {"instance": "pretended", "seq": next(self._numbers), "source": "auto", "title": title, "artist": "Us"}
        hook = f"http://127.0.0.1:{daemon.environment['AWAZ__HOOKS__PORT']}/liquidsoap/{slug}"
        self._http.post(hook, json=state, auth=("pipeline", secret)).raise_for_status()

    def stop(self) -> None:
        """Stop answering."""
        self._http.close()
        self.server.shutdown()
        self.server.server_close()
