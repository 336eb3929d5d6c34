"""The library and the queue, as listeners hear them."""

import asyncio
import io
import time
from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest
from PIL import Image

from tests.support import loopback
from tests.support.audio import Sounds
from tests.support.loopback import bearer
from tests.support.players import IcyPlayer, Recorder
from tests.support.running_stack import RunningStack
from tests.support.types import Encode, Watch
from tests.support.waiting import wait_until

QUEUE, TRACKS = "/api/v1/stations/awaz/queue", "/api/v1/stations/awaz/tracks"

ENOUGH_MS = 12_000


@pytest.fixture(scope="session")
def sounds(tmp_path_factory: pytest.TempPathFactory) -> Sounds:
    return Sounds(tmp_path_factory.mktemp("sounds"))


class Studio:
    """The owner of the demo station, over HTTP."""

    def __init__(self, stack: RunningStack) -> None:
        self.client = loopback.Client(base_url=stack.url, headers=bearer(stack.token()), timeout=20)

    def upload(self, sounds: Sounds, hertz: int, seconds: float = 30, volume: str = "0dB") -> str:
        """Upload a tone, named by its pitch, and return its track's id."""
        path = sounds.tone(hertz, seconds, filters=f"volume={volume}", title=f"Tone {hertz}", artist="Tester")
        answer = self.client.post(TRACKS, files={"file": (path.name, path.read_bytes())})
        return str(answer.json()["track"]["id"])

    def draw(self, track_id: str) -> str:
        """Give a track a picture, and return its address."""
        picture = io.BytesIO()
        Image.new("RGB", (300, 300), "navy").save(picture, "PNG")
        answer = self.client.put(f"{TRACKS}/{track_id}/art", content=picture.getvalue())
        return str(answer.json()["track"]["art_url"])

    def queue(self) -> dict[str, Any]:
        found: dict[str, Any] = self.client.get(QUEUE).json()
        return found

    def place(self, track_id: str, place: str) -> dict[str, Any]:
        answer = self.client.post(QUEUE, json={"track_id": track_id, "place": place})
        assert answer.status_code == httpx.codes.OK, answer.text
        found: dict[str, Any] = answer.json()
        return found

    def wait_for_the_middle_of_a_track(self) -> None:
        """Wait until what is on air lasts long enough for a test to decide what follows it."""

        def left_ms() -> float:
            now = self.queue().get("now")
            return now["starts_at"] + now["track"]["duration_ms"] - time.time() * 1000 if now else 0

        wait_until(lambda: left_ms() > ENOUGH_MS, 30)

    def skip(self) -> None:
        """End what is on air."""
        wait_until(lambda: self.queue().get("now"), 20)
        answer = self.client.post(f"{QUEUE}/skip", json={"item": self.queue()["now"]["id"]})
        assert answer.status_code == httpx.codes.OK, answer.text

    def remove(self, *tracks: str) -> None:
        for track in tracks:
            self.client.delete(f"{TRACKS}/{track}")


@pytest.fixture
def studio(stack: RunningStack) -> Iterator[Studio]:
    opened = Studio(stack)
    opened.wait_for_the_middle_of_a_track()
    yield opened
    opened.client.close()


async def test_an_upload_that_is_placed_next_is_heard_next_with_its_title(
    studio: Studio, sounds: Sounds, listen: Callable[..., Recorder], icy_player: Callable[..., IcyPlayer], watch: Watch
) -> None:
    recorder, player, watcher = await asyncio.to_thread(listen), icy_player(), await watch()
    track = await asyncio.to_thread(studio.upload, sounds, 700)
    picture = await asyncio.to_thread(studio.draw, track)
    item = (await asyncio.to_thread(studio.place, track, "next"))["item"]
    await asyncio.to_thread(studio.skip)
    await asyncio.to_thread(recorder.wait_for_tone, 700)
    await asyncio.to_thread(player.wait_for, "Tester - Tone 700")
    event = await watcher.wait_for("stream:metadata", lambda event: event["track"]["title"] == "Tone 700")
    assert (event["play_id"], event["track"]["id"], event["track"]["art_url"]) == (item, track, picture)
    await asyncio.to_thread(studio.remove, track)


async def test_play_now_is_heard_within_seconds_and_a_late_skip_skips_nothing(
    studio: Studio, sounds: Sounds, listen: Callable[..., Recorder], watch: Watch
) -> None:
    recorder, watcher = await asyncio.to_thread(listen), await watch()
    track = await asyncio.to_thread(studio.upload, sounds, 800)
    before = (await asyncio.to_thread(studio.queue))["now"]["id"]
    await asyncio.to_thread(studio.place, track, "now")
    await asyncio.to_thread(recorder.wait_for_tone, 800)
    await watcher.wait_for("stream:metadata", lambda event: event["track"]["title"] == "Tone 800")
    late = await asyncio.to_thread(lambda: studio.client.post(f"{QUEUE}/skip", json={"item": before}))
    assert late.status_code == httpx.codes.CONFLICT
    await asyncio.to_thread(studio.remove, track)


async def test_the_plan_goes_on_without_the_daemon_and_the_history_has_it(
    stack: RunningStack, studio: Studio, sounds: Sounds, listen: Callable[..., Recorder]
) -> None:
    recorder = await asyncio.to_thread(listen)
    tracks = [await asyncio.to_thread(studio.upload, sounds, hertz, 8) for hertz in (900, 1200, 1500)]
    planned = [await asyncio.to_thread(studio.place, track, "next") for track in reversed(tracks)][-1]
    await asyncio.to_thread(wait_until, lambda: studio.queue()["applied"], 5)
    await asyncio.to_thread(studio.skip)
    await asyncio.to_thread(recorder.wait_for_tone, 900)
    stack.control("stop", "daemon")
    for hertz in (1200, 1500):
        await asyncio.to_thread(recorder.wait_for_tone, hertz, 20)
    played = (stack.data / "stations" / "awaz" / "playout" / "played.log").read_text()
    ids = [item["id"] for item in planned["items"][:3]]
    assert [line.split()[1] for line in played.splitlines()][-3:] == ids
    stack.control("start", "daemon")
    await asyncio.to_thread(stack.wait_until_ready)
    history = stack.get("/api/v1/stations/awaz/history").json()["items"]
    heard = [play["play_id"] for play in reversed(history)]
    assert [play for play in heard if play in ids] == ids
    await asyncio.to_thread(studio.remove, *tracks)


async def test_autodj_begins_another_track_after_a_live_broadcast(
    studio: Studio, sounds: Sounds, listen: Callable[..., Recorder], encode: Encode, watch: Watch, stack: RunningStack
) -> None:
    recorder, watcher = await asyncio.to_thread(listen), await watch()
    one, two = [await asyncio.to_thread(studio.upload, sounds, hertz, 60) for hertz in (600, 1800)]
    await asyncio.to_thread(studio.place, two, "next")
    await asyncio.to_thread(studio.place, one, "now")
    await asyncio.to_thread(recorder.wait_for_tone, 600)
    encoder = encode(1010)
    await asyncio.to_thread(recorder.wait_for_tone, 1010)
    encoder.stop()
    await asyncio.to_thread(recorder.wait_for_tone, 1800)
    await watcher.wait_for("stream:metadata", lambda event: event["track"]["title"] == "Tone 1800")
    await asyncio.to_thread(studio.remove, one, two)
