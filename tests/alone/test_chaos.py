"""Clients that come, stall, vanish and return while a daemon is killed and started under them: nothing silent is lost."""

import asyncio
import random
import time
from collections.abc import Iterator
from contextlib import ExitStack

import httpx
import pytest

from tests.instruments.ledger import gaps, told, told_differently, told_twice_or_out_of_order
from tests.instruments.lone import Lone
from tests.instruments.pretender import Pretender
from tests.instruments.wanderer import Wanderer

CLIENTS = 40
PLENTY = "1000000/second per address"
SPELL_S = 4.0
LONG_TITLE = "a title that goes on and on " * 6
SEED = 20_261


@pytest.fixture
def house() -> Iterator[tuple[Lone, Pretender]]:
    """A daemon whose station is on air, and what puts it there."""
    with ExitStack() as stack:
        pretender = Pretender.start()
        stack.callback(pretender.stop)
        pretender.put_on_air("awaz")
        lone = Lone.start(
            None,
            AWAZ__ICECAST__PORT=str(pretender.port),
            # Few enough that a client which stalls is cut off, and comes back to what is still remembered.
            AWAZ__GATEWAY__BACKLOG_EVENTS="20",
            **{f"AWAZ__LIMITS__{name}": PLENTY for name in ("GUEST", "HANDSHAKE", "READ", "JOIN", "CONTROL")},
        )
        stack.callback(lone.stop)
        lone.awaz("station", "add", "awaz", "--no-wait")
        until_on_air(lone)
        yield lone, pretender


def until_on_air(lone: Lone) -> None:
    deadline = time.monotonic() + 20
    path = f"{lone.url}/api/v1/stations/awaz/now-playing"
    while httpx.get(path, trust_env=False).json().get("on_air") != "autodj":
        assert time.monotonic() < deadline, lone.log()
        time.sleep(0.05)  # another process: there is no event of its to wait for


def cut_for_slowness(lone: Lone) -> float:
    """Return how many clients the daemon has cut because they did not keep up."""
    figures = httpx.get(lone.url + "/metrics", trust_env=False).text
    start = 'awaz_closed_total{reason="slow client"} '
    return sum(float(line.removeprefix(start)) for line in figures.splitlines() if line.startswith(start))


async def play(lone: Lone, pretender: Pretender, over: asyncio.Event) -> int:
    """Let one track follow another as fast as they are taken; return how many were."""
    played = 0
    while not over.is_set():
        try:
            await asyncio.to_thread(pretender.plays, lone, "awaz", f"{played} {LONG_TITLE}")
            played += 1
        except httpx.TransportError:
            await asyncio.sleep(0.05)
    return played


async def test_every_client_is_told_each_event_once_in_order_or_plainly_that_some_are_missing(
    house: tuple[Lone, Pretender],
) -> None:
    lone, pretender = house
    tokens = [await asyncio.to_thread(lone.guest) for _ in range(CLIENTS)]
    chances = [random.Random(SEED + place) for place in range(CLIENTS)]  # noqa: S311 - to be had again
    clients = [Wanderer(lone.url, token, chance) for token, chance in zip(tokens, chances, strict=True)]
    over, quiet = asyncio.Event(), asyncio.Event()
    wandering = [asyncio.create_task(client.wander(over)) for client in clients]
    playing = asyncio.create_task(play(lone, pretender, quiet))
    slow = 0.0
    for end in (lone.kill, lone.terminate, lone.kill):
        await asyncio.sleep(SPELL_S)
        slow += await asyncio.to_thread(cut_for_slowness, lone)
        await asyncio.to_thread(end)
        await asyncio.to_thread(lone.start_again)
    await asyncio.sleep(SPELL_S)
    slow += await asyncio.to_thread(cut_for_slowness, lone)
    quiet.set()
    played = await playing
    over.set()
    await asyncio.gather(*wandering)
    await asyncio.gather(*(client.catch_up() for client in clients))

    assert [hole for client in clients for hole in client.holes] == []
    assert [wrong for client in clients for wrong in told_twice_or_out_of_order(client)] == []
    assert told_differently(clients) == []
    assert len({(client.epoch, client.seq) for client in clients}) == 1
    # What it was all about did happen.
    assert slow > 0
    assert played > 100
    assert len(told(clients)) > 100
    assert min(client.lives for client in clients) > 3
    assert gaps(clients) >= 2 * CLIENTS - 2
    assert "Traceback" not in lone.log()
