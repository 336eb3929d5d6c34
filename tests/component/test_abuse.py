"""Abuse of a daemon process: quota evasion, and hostile traffic."""

import asyncio
import time
from collections.abc import Iterator

import pytest

from tests.support import loopback
from tests.support.attacker import attack
from tests.support.daemon_process import DaemonProcess, unlimited
from tests.support.hostile import HOSTILE_EVENTS, HOSTILE_FRAMES
from tests.support.raw_socket import RawSocket

WINDOW_S = 2.0
PER_USER, PER_ADDRESS = 5, 10


@pytest.fixture
def daemon() -> Iterator[DaemonProcess]:
    """A daemon with small join quotas and practically unlimited others."""
    started = DaemonProcess.start(
        None,
        AWAZ__LIMITS__JOIN=f"{PER_USER}/2 seconds per user, {PER_ADDRESS}/2 seconds per address",
        **unlimited("GUEST", "HANDSHAKE", "READ", "WRITE", "ACCOUNT", "LOGIN", "REFRESH", "CONTROL"),
        AWAZ__GATEWAY__HANDSHAKES_PER_S="5000",
        AWAZ__GATEWAY__CONNECTIONS_PER_USER="1000",
    )
    started.awaz("user", "add", "owner")
    started.awaz("station", "add", "awaz", "--owner", "owner", "--no-wait")
    yield started
    started.stop()


def guest_of(daemon: DaemonProcess) -> str:
    """Sign in as a guest and return the access token."""
    answer = loopback.post(daemon.url + "/api/v1/auth/guest", json={})
    token: str = answer.json()["access_token"]
    return token


async def granted_per_window(daemon: DaemonProcess, seconds: float, token: str | None) -> float:
    """Attack, and return the joins granted per quota window."""
    began = time.monotonic()
    granted = await attack(daemon.url, seconds, 20, token)
    return granted / (1 + (time.monotonic() - began) / WINDOW_S)


async def test_reconnecting_for_every_message_does_not_evade_the_quota(daemon: DaemonProcess) -> None:
    token = await asyncio.to_thread(daemon.token, "owner")
    honest = await RawSocket.authenticated(daemon.url, await asyncio.to_thread(guest_of, daemon))
    attacker = asyncio.create_task(granted_per_window(daemon, 4, token))
    await asyncio.sleep(1)
    assert (await honest.call("stream:heartbeat", {"t": 1}))["ok"]
    assert 0 < await attacker <= PER_USER * 1.1
    assert (await honest.call("stream:join", {"station": "awaz"}, 2))["ok"]
    await honest.close()


async def test_new_guests_and_forged_addresses_do_not_evade_the_quota(
    daemon: DaemonProcess,
) -> None:
    assert 0 < await granted_per_window(daemon, 4, None) <= PER_ADDRESS * 1.1


async def bombard(daemon: DaemonProcess, rounds: int) -> None:
    """Send all hostile frames and events, concurrently per kind."""
    guest = await asyncio.to_thread(guest_of, daemon)
    for _ in range(rounds):
        await asyncio.gather(*(_send_one(daemon, guest, frame) for frame in HOSTILE_FRAMES.values()))
        await asyncio.gather(*(_send_one(daemon, guest, f"421{event}") for event, _ in HOSTILE_EVENTS.values()))


async def _send_one(daemon: DaemonProcess, token: str, frame: str | bytes) -> None:
    client = await RawSocket.authenticated(daemon.url, token)
    await client.send(frame)
    await client.send('429["stream:heartbeat",{"t":1}]')
    try:
        while not (await client.receive()).startswith("439"):
            pass
    except OSError:
        pass
    await client.close()


async def test_hostile_traffic_does_not_accumulate_memory(daemon: DaemonProcess) -> None:
    await bombard(daemon, 6)
    before = daemon.memory_mb()
    await bombard(daemon, 12)
    assert daemon.memory_mb() - before < 10.0  # noise of the allocator and the collector; a single leak took 270
    assert "Traceback" not in daemon.log()
