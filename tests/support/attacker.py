"""An attacker: far over the quota, and with a new connection for every message, so that nothing is counted with one."""

import asyncio
import time

import httpx

from tests.support.raw_socket import RawSocket


async def attack(url: str, seconds: float, at_once: int, token: str | None = None) -> int:
    """Join a station as often as can be, as one user or as a new guest each time; return how often it was granted."""
    granted = 0
    until = time.monotonic() + seconds

    async def one(http: httpx.AsyncClient) -> None:
        nonlocal granted
        while time.monotonic() < until:
            answer = await _join(url, http, token)
            granted += answer

    async with httpx.AsyncClient(base_url=url, trust_env=False) as http:
        await asyncio.gather(*(one(http) for _ in range(at_once)))
    return granted


async def _join(url: str, http: httpx.AsyncClient, token: str | None) -> bool:
    if token is None:
        # A made-up address in the header most proxies send, in the hope that it counts.
        made_up = {"X-Forwarded-For": f"198.51.100.{time.monotonic_ns() % 250}"}
        answer = await http.post("/api/v1/auth/guest", json={}, headers=made_up)
        token = answer.json().get("access_token", "")
    try:
        raw = await RawSocket.inside(url, token)
    except (AssertionError, OSError, TimeoutError):
        return False
    try:
        return bool((await raw.call("stream:join", {"station": "awaz"}))["ok"])
    except (OSError, TimeoutError):
        return False
    finally:
        await raw.close()
