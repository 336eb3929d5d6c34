"""An attacker far over the quota, who opens a new connection for every message to evade counts per connection."""

import asyncio
import time

import httpx

from tests.support import loopback
from tests.support.raw_socket import RawSocket


async def attack(url: str, seconds: float, concurrency: int, token: str | None = None) -> int:
    """Join a station as often as possible, as one user or as a new guest each time; return how many joins succeeded."""
    granted = 0
    deadline = time.monotonic() + seconds

    async def join_repeatedly(http: httpx.AsyncClient) -> None:
        nonlocal granted
        while time.monotonic() < deadline:
            joined = await _join(url, http, token)
            granted += joined

    async with loopback.AsyncClient(base_url=url) as http:
        await asyncio.gather(*(join_repeatedly(http) for _ in range(concurrency)))
    return granted


async def _join(url: str, http: httpx.AsyncClient, token: str | None) -> bool:
    if token is None:
        # A forged address in the header that most proxies send.
        forged = {"X-Forwarded-For": f"198.51.100.{time.monotonic_ns() % 250}"}
        response = await http.post("/api/v1/auth/guest", json={}, headers=forged)
        token = response.json().get("access_token", "")
    try:
        client = await RawSocket.authenticated(url, token)
    except (AssertionError, OSError, TimeoutError):
        return False
    try:
        return bool((await client.call("stream:join", {"station": "awaz"}))["ok"])
    except (OSError, TimeoutError):
        return False
    finally:
        await client.close()
