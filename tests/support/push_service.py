"""A push service on loopback, and a browser's keys: what is sent to it is decrypted as the browser would."""

import json
import threading
from base64 import urlsafe_b64encode
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import http_ece
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from tests.support.waiting import wait_until

SECRET = b"0123456789abcdef"


@dataclass
class PushService:
    """Takes messages at `/known`, and knows nothing of any other address."""

    server: ThreadingHTTPServer
    received: list[tuple[dict[str, str], bytes]] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)
    key: ec.EllipticCurvePrivateKey = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))

    @classmethod
    def start(cls) -> "PushService":
        """Start one on a free port."""

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                known = self.path == "/known"
                if known:
                    service.received.append((dict(self.headers), body))
                else:
                    service.refused.append(self.path)
                self.send_response(201 if known else 410)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_: object) -> None:
                return

        service = cls(ThreadingHTTPServer(("127.0.0.1", 0), Handler))
        threading.Thread(target=service.server.serve_forever, daemon=True).start()
        return service

    def stop(self) -> None:
        self.server.shutdown()
        self.server.server_close()

    def endpoint(self, path: str = "/known") -> str:
        return f"http://127.0.0.1:{self.server.server_address[1]}{path}"

    def keys(self) -> dict[str, str]:
        """Return the keys of a subscription."""
        point = self.key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
        return {"p256dh": _text(point), "auth": _text(SECRET)}

    def wait_for_message(self, within_s: float = 10.0) -> tuple[dict[str, str], dict[str, Any]]:
        """Wait for a message; return its headers, and its content."""
        wait_until(lambda: self.received, within_s)
        headers, body = self.received[-1]
        content = http_ece.decrypt(body, private_key=self.key, auth_secret=SECRET, version="aes128gcm")
        found: dict[str, Any] = json.loads(content)
        return headers, found


def _text(raw: bytes) -> str:
    return urlsafe_b64encode(raw).rstrip(b"=").decode()
