"""HTTP clients for this machine: without a proxy, and without certificates, which take longer to read than most tests."""

import ssl
from typing import Any

import httpx

NO_TLS = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
NOBODY = "http://127.0.0.1:9"
"""Where nothing listens (RFC 863's port)."""


def bearer(token: str) -> dict[str, str]:
    """Return the header that carries an access token."""
    return {"Authorization": f"Bearer {token}"}


class Client(httpx.Client):
    """A client with httpx's options."""

    def __init__(self, **options: Any) -> None:
        super().__init__(trust_env=False, verify=NO_TLS, **options)


class AsyncClient(httpx.AsyncClient):
    """A client with httpx's options."""

    def __init__(self, **options: Any) -> None:
        super().__init__(trust_env=False, verify=NO_TLS, **options)


def request(method: str, url: str, *, timeout: float = 10.0, **options: Any) -> httpx.Response:
    """Send one request, with httpx's options."""
    with Client(timeout=timeout) as client:
        return client.request(method, url, **options)


def get(url: str, **options: Any) -> httpx.Response:
    """Send one GET request, with httpx's options."""
    return request("GET", url, **options)


def post(url: str, **options: Any) -> httpx.Response:
    """Send one POST request, with httpx's options."""
    return request("POST", url, **options)
