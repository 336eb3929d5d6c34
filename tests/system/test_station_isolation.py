"""Listeners stay on their own station while pipelines fail and stations are added."""

import asyncio
import os
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, suppress
from functools import partial

import pytest

from controlplane.kernel.mounts import FORMATS, offair_mount, public_mount
from tests.support import loopback
from tests.support.players import UNHEARD_GAP_S, IcyPlayer, Recorder
from tests.support.running_stack import RunningStack
from tests.support.types import Watch
from tests.support.waiting import wait_until, within

OTHER = "other"
LISTENERS = {"awaz": 2, OTHER: 1}
DAEMON = len(FORMATS)
"""The daemon listens to each mount itself."""
ROUNDS = 3
BACK_WITHIN_S = 40.0


@pytest.fixture(scope="module")
def other(stack: RunningStack) -> Iterator[str]:
    stack.awaz("station", "add", OTHER)
    yield OTHER
    stack.awaz("station", "remove", OTHER, "--yes")


@pytest.fixture
def players(stack: RunningStack, other: str, cleanup: ExitStack) -> list[IcyPlayer]:
    """A player on each of the demo station's mounts, and one on the other station."""
    mounts = [stack.mount(slug, FORMATS[number]) for slug, count in LISTENERS.items() for number in range(count)]
    opened = [IcyPlayer.open(mount) for mount in mounts]
    for player in opened:
        cleanup.callback(player.close)
    return opened


def listeners_by_mount(stack: RunningStack) -> dict[str, tuple[int, int]]:
    """Return the number of listeners on each station's public and off-air mounts."""
    stats = stack.stats()

    def listeners(mount: str) -> int:
        _, found, rest = stats.partition(f'<source mount="{mount}">')
        # One that has just come has no count yet.
        return int(rest.partition("<listeners>")[2].partition("<")[0] or 0) if found else 0

    return {
        slug: (
            sum(listeners(public_mount(slug, audio)) for audio in FORMATS),
            sum(listeners(offair_mount(slug, audio)) for audio in FORMATS),
        )
        for slug in LISTENERS
    }


def wait_until_home(stack: RunningStack) -> None:
    """Wait until every listener is back on the public mount of their station."""
    home = {slug: (count + DAEMON, 0) for slug, count in LISTENERS.items()}

    def are_home() -> bool:
        found = listeners_by_mount(stack)
        assert all(public + offair <= LISTENERS[slug] + DAEMON for slug, (public, offair) in found.items()), found
        return found == home

    wait_until(are_home, BACK_WITHIN_S, lambda: listeners_by_mount(stack))


def pipelines(stack: RunningStack) -> dict[str, int]:
    """Return the process ids of the pipelines, once both run."""
    return {slug: wait_until(partial(stack.liquidsoap_pid, slug), BACK_WITHIN_S) for slug in LISTENERS}


@pytest.mark.parametrize("frozen", LISTENERS)
@pytest.mark.parametrize("killed", [("awaz", OTHER), ("awaz",), (OTHER,)], ids=" and ".join)
def test_pipeline_failures_move_no_listener_to_another_station(
    stack: RunningStack, players: list[IcyPlayer], frozen: str, killed: tuple[str, ...]
) -> None:
    wait_until_home(stack)
    for _ in range(ROUNDS):
        ids = pipelines(stack)
        os.kill(ids[frozen], signal.SIGSTOP)
        for slug in killed:
            os.kill(ids[slug], signal.SIGKILL)
        time.sleep(0.5)  # the time that a pipeline is down
        with suppress(ProcessLookupError):  # it was killed
            os.kill(ids[frozen], signal.SIGCONT)
        wait_until_home(stack)
    assert not any(player.ended for player in players)


async def test_a_frozen_pipeline_is_restarted_behind_the_off_air_mount(
    stack: RunningStack, watch: Watch, listen: Callable[..., Recorder], other: str
) -> None:
    watcher, recorder, other_recorder = (
        await watch(token=stack.token()),
        await asyncio.to_thread(listen),
        await asyncio.to_thread(listen, other),
    )
    before = stack.liquidsoap_pid()
    frozen = time.monotonic()
    os.kill(before, signal.SIGSTOP)
    await watcher.wait_for("stream:incident", lambda event: event["kind"] == "pipeline_frozen", within_s=20)
    killed = time.monotonic()
    await asyncio.to_thread(recorder.wait_for_sound, 20.0)
    await within(20, lambda: stack.liquidsoap_pid() not in {0, before})
    assert 8.0 <= killed - frozen < 14.0
    assert not recorder.ended
    assert not other_recorder.ended
    assert other_recorder.longest_gap(frozen) < UNHEARD_GAP_S
    assert [name for name in watcher.names() if "metadata" not in name] == []
    other_recorder.close()
    await within(BACK_WITHIN_S, lambda: stack.get("/readyz").json().get("stations") == {})


async def test_adding_a_station_moves_no_off_air_listener(stack: RunningStack, other: str, cleanup: ExitStack) -> None:
    player = IcyPlayer.open(stack.mount(other))
    cleanup.callback(player.close)
    await asyncio.to_thread(stack.control, "stop", f"pipeline-{other}")
    await within(20, lambda: listeners_by_mount(stack)[other][1] == 1 + DAEMON)
    await asyncio.to_thread(stack.awaz, "station", "add", "newcomer")
    _, waiting = listeners_by_mount(stack)[other]
    await asyncio.to_thread(stack.awaz, "station", "remove", "newcomer", "--yes")
    await asyncio.to_thread(stack.control, "start", f"pipeline-{other}")
    await within(20, lambda: listeners_by_mount(stack)[other] == (1 + DAEMON, 0))
    assert waiting == 1 + DAEMON
    assert not player.ended


async def test_off_air_mounts_play_while_the_daemon_is_stopped(stack: RunningStack, watch: Watch, other: str) -> None:
    watcher = await watch(station=other)
    before = stack.pid("offair")
    await asyncio.to_thread(stack.control, "stop", "daemon")
    async with loopback.AsyncClient() as http:
        url = f"http://127.0.0.1:{stack.icecast_port}/offair/{other}.mp3"
        async with http.stream("GET", url) as answer:
            received, began = 0, time.monotonic()
            async for piece in answer.aiter_raw():
                received += len(piece)
                if received > 40_000:
                    break
    duration = time.monotonic() - began
    await asyncio.to_thread(stack.control, "start", "daemon")
    await watcher.close()
    await asyncio.to_thread(stack.wait_until_ready)
    assert stack.pid("offair") == before
    # At the speed of playing: 40 kB are 2.5 s of 128 kbit/s, of which some were waiting.
    assert duration > 1.5
