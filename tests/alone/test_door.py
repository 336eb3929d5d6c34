"""The daemon's doors, in a process of its own: attackers, memory, and the whole HTTP API under fire."""

import asyncio
import json
import time
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
import schemathesis
from hypothesis import HealthCheck, settings

from tests.instruments.attacker import attack
from tests.instruments.hostile import CUT, REFUSED
from tests.instruments.house import PROJECT
from tests.instruments.lone import Lone
from tests.instruments.raw import Raw

PLENTY = "1000000/second per address"
WINDOW_S = 2.0
OF_A_USER, OF_AN_ADDRESS = 5, 10


@pytest.fixture(scope="module")
def lone() -> Iterator[Lone]:
    """A daemon with small quotas for joining and none that matter for the rest."""
    running = Lone.start(
        None,
        AWAZ__LIMITS__JOIN=f"{OF_A_USER}/2 seconds per user, {OF_AN_ADDRESS}/2 seconds per address",
        **{f"AWAZ__LIMITS__{name}": PLENTY for name in ("GUEST", "HANDSHAKE", "READ", "WRITE", "ACCOUNT", "LOGIN")},
        AWAZ__LIMITS__REFRESH=PLENTY,
        AWAZ__LIMITS__CONTROL=PLENTY,
        AWAZ__GATEWAY__HANDSHAKES_PER_S="5000",
        AWAZ__GATEWAY__CONNECTIONS_PER_USER="1000",
    )
    running.awaz("user", "add", "root", "--admin")
    running.awaz("user", "add", "owner")
    running.awaz("station", "add", "awaz", "--owner", "owner", "--no-wait")
    yield running
    running.stop()


def guest_of(lone: Lone) -> str:
    """Get a guest token."""
    answer = httpx.post(lone.url + "/api/v1/auth/guest", json={}, trust_env=False)
    token: str = answer.json()["access_token"]
    return token


async def granted_within(lone: Lone, seconds: float, token: str | None) -> float:
    """Attack, and return how much was granted in how many windows."""
    began = time.monotonic()
    granted = await attack(lone.url, seconds, 20, token)
    return granted / (1 + (time.monotonic() - began) / WINDOW_S)


async def test_an_attacker_who_reconnects_for_every_message_gets_no_more_than_the_quota(lone: Lone) -> None:
    token = await asyncio.to_thread(lone.token, "owner")
    honest = await Raw.inside(lone.url, await asyncio.to_thread(guest_of, lone))
    attacker = asyncio.create_task(granted_within(lone, 4, token))
    await asyncio.sleep(1)
    assert (await honest.call("stream:heartbeat", {"t": 1}))["ok"]
    assert 0 < await attacker <= OF_A_USER * 1.1
    assert (await honest.call("stream:join", {"station": "awaz"}, 2))["ok"]
    await honest.close()


async def test_an_attacker_with_a_new_guest_and_a_made_up_address_each_time_gets_no_more_than_an_address(
    lone: Lone,
) -> None:
    await asyncio.sleep(WINDOW_S)
    assert 0 < await granted_within(lone, 4, None) <= OF_AN_ADDRESS * 1.1


async def bombard(lone: Lone, rounds: int) -> None:
    """Send everything hostile there is, some of it at once."""
    guest = await asyncio.to_thread(guest_of, lone)
    for _ in range(rounds):
        await asyncio.gather(*(_one(lone, guest, frame) for frame in CUT.values()))
        await asyncio.gather(*(_one(lone, guest, f"421{event}") for event, _ in REFUSED.values()))


async def _one(lone: Lone, token: str, frame: str | bytes) -> None:
    raw = await Raw.inside(lone.url, token)
    await raw.send(frame)
    await raw.send('429["stream:heartbeat",{"t":1}]')
    try:
        while not (await raw.receive()).startswith("439"):
            pass
    except OSError:
        pass
    await raw.close()


async def test_what_is_hostile_does_not_pile_up(lone: Lone) -> None:
    await bombard(lone, 6)
    before = lone.memory_mb()
    await bombard(lone, 12)
    assert lone.memory_mb() - before < 10.0  # the allocator's and the collector's; one hoarder alone had 270
    assert "Traceback" not in lone.log()


reference = schemathesis.openapi.from_dict(json.loads((PROJECT / "docs/reference/openapi.json").read_text()))
# Without what ends the tester's own session, what says that Icecast is missing, as it is here, and what has no end.
harmless = reference.exclude(path_regex="auth/logout|me/password|readyz|/events")


@pytest.fixture(scope="module")
def admin(lone: Lone) -> dict[str, str]:
    return {"Authorization": f"Bearer {lone.token('root')}"}


@harmless.parametrize()
@settings(
    max_examples=10,
    derandomize=True,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.filter_too_much, HealthCheck.too_slow],
)
def test_the_http_api_keeps_the_word_of_its_reference(
    case: schemathesis.Case[Any], lone: Lone, admin: dict[str, str]
) -> None:
    case.call_and_validate(base_url=lone.url, headers=admin)


def test_and_nothing_of_that_broke_anything_on_our_side(lone: Lone) -> None:
    assert "Traceback" not in lone.log()
    assert httpx.get(lone.url + "/healthz", trust_env=False).status_code == 200
