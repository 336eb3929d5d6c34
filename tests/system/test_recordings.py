"""A track or a playlist as a broadcast of its own. These tests listen."""

import asyncio
from collections.abc import Callable, Iterator

import pytest

from tests.support.audio import Sounds
from tests.support.desk import Desk
from tests.support.players import Recorder
from tests.support.running_stack import RunningStack
from tests.support.studio import Studio
from tests.support.types import Encode, Watch
from tests.support.waiting import wait_until

PLAYLISTS = "/api/v1/stations/awaz/playlists"


async def test_a_track_is_heard_at_once_as_a_broadcast_that_ends_by_itself(
    desk: Desk, studio: Studio, sounds: Sounds, listen: Callable[..., Recorder], watch: Watch
) -> None:
    recorder, watcher = await asyncio.to_thread(listen), await watch()
    track = await asyncio.to_thread(studio.upload, sounds, 900, 8)
    art = await asyncio.to_thread(studio.draw, track)
    answer = await asyncio.to_thread(desk.press, "go-live", source="upload", track_id=track, show="Interviews")
    assert answer.status_code == 200, answer.text
    broadcast = answer.json()["broadcast"]
    await asyncio.to_thread(recorder.wait_for_tone, 900)
    started = await watcher.wait_for("stream:started")
    told = {name: started.get(name) for name in ("kind", "title", "show", "host", "art_url", "broadcast_id")}
    assert told == {
        "kind": "upload",
        "title": "Tone 900",
        "show": "Interviews",
        "host": "Demo Owner",
        "art_url": art,
        "broadcast_id": broadcast["id"],
    }
    heard = await watcher.wait_for("stream:metadata", lambda event: event["track"]["title"] == "Tone 900")
    assert (heard["kind"], heard["host"]) == ("upload", "Demo Owner")
    stopped = await watcher.wait_for("stream:stopped", within_s=20)
    assert (stopped["broadcast_id"], stopped["reason"], stopped["then"]) == (broadcast["id"], "finished", "autodj")
    assert [name for name in watcher.names() if "stream:st" in name] == [
        "stream:started upload",
        "stream:stopped finished",
    ]


@pytest.fixture
def playlist(studio: Studio, sounds: Sounds) -> Iterator[str]:
    """A playlist of three tones, by its id."""
    tracks = [studio.upload(sounds, hertz, 8) for hertz in (600, 1200, 1800)]
    made = studio.client.post(PLAYLISTS, json={"name": "Recorded", "order": "sequence"}).json()["playlist"]["id"]
    studio.client.post(f"{PLAYLISTS}/{made}/tracks", json={"ids": tracks})
    yield made
    studio.client.delete(f"{PLAYLISTS}/{made}")


async def test_a_playlist_is_played_in_its_order_and_stopped_by_a_button(
    desk: Desk, studio: Studio, playlist: str, listen: Callable[..., Recorder], watch: Watch
) -> None:
    recorder, watcher = await asyncio.to_thread(listen), await watch()
    answer = await asyncio.to_thread(desk.press, "go-live", source="upload", playlist_id=playlist)
    broadcast = answer.json()["broadcast"]
    assert broadcast["title"] == "Recorded"
    await asyncio.to_thread(recorder.wait_for_tone, 600)
    queue = await asyncio.to_thread(studio.queue)
    assert [item["why"] for item in queue["items"][:2]] == [{"kind": "broadcast", "by": "Demo Owner"}] * 2
    await asyncio.to_thread(recorder.wait_for_tone, 1200)
    assert (await asyncio.to_thread(desk.press, "stop", broadcast_id=broadcast["id"])).status_code == 200
    stopped = await watcher.wait_for("stream:stopped")
    assert stopped["reason"] == "taken_off_air"
    await asyncio.to_thread(recorder.wait_for_music, 1200)
    await asyncio.to_thread(
        wait_until, lambda: all(item["why"]["kind"] != "broadcast" for item in studio.queue()["items"])
    )


async def test_a_recording_goes_on_without_the_daemon_and_the_history_has_each_track_once(
    desk: Desk, playlist: str, listen: Callable[..., Recorder], stack: RunningStack
) -> None:
    recorder = await asyncio.to_thread(listen)
    answer = await asyncio.to_thread(desk.press, "go-live", source="upload", playlist_id=playlist)
    await asyncio.to_thread(recorder.wait_for_tone, 600)
    stack.control("stop", "daemon")
    await asyncio.to_thread(recorder.wait_for_tone, 1200)
    stack.control("start", "daemon")
    await asyncio.to_thread(stack.wait_until_ready)
    await asyncio.to_thread(recorder.wait_for_tone, 1800)
    began = answer.json()["broadcast"]["started_at"]

    def heard() -> list[tuple[str, str]]:
        items = stack.get("/api/v1/stations/awaz/history").json()["items"]
        return [(each["kind"], each["title"]) for each in items if each["started_at"] >= began]

    await asyncio.to_thread(wait_until, lambda: heard()[:1] == [("upload", "Tone 1800")])
    assert heard() == [("upload", "Tone 1800"), ("upload", "Tone 1200"), ("upload", "Tone 600")]


async def test_a_recording_takes_over_from_a_host_and_gives_way_to_one(
    desk: Desk, studio: Studio, sounds: Sounds, listen: Callable[..., Recorder], encode: Encode
) -> None:
    recorder = await asyncio.to_thread(listen)
    track = await asyncio.to_thread(studio.upload, sounds, 900, 60)
    encode(1010)
    await asyncio.to_thread(desk.wait_for, "preview")
    live, _ = await asyncio.to_thread(desk.go_live)
    await asyncio.to_thread(recorder.wait_for_tone, 1010)
    refused = await asyncio.to_thread(desk.press, "go-live", source="upload", track_id=track)
    assert (refused.status_code, refused.json()["error"]["code"]) == (409, "conflict")
    taken = await asyncio.to_thread(desk.press, "go-live", source="upload", track_id=track, replaces=live)
    await asyncio.to_thread(recorder.wait_for_tone, 900)
    await asyncio.to_thread(desk.wait_for, "preview")
    recording = taken.json()["broadcast"]["id"]
    back, _ = await asyncio.to_thread(desk.go_live, replaces=recording)
    await asyncio.to_thread(recorder.wait_for_tone, 1010)
    await asyncio.to_thread(desk.press, "stop", broadcast_id=back)
    # The rest of the recording is not heard afterwards.
    await asyncio.to_thread(recorder.wait_for_music, 1010)
    await asyncio.to_thread(wait_until, lambda: studio.queue()["items"][0]["why"]["kind"] != "broadcast")


async def test_a_past_broadcast_is_in_the_record_with_its_length_and_its_audience(
    desk: Desk, encode: Encode, listen: Callable[..., Recorder], stack: RunningStack
) -> None:
    recorder = await asyncio.to_thread(listen)
    encode(1010)
    await asyncio.to_thread(desk.wait_for, "preview")
    broadcast, _ = await asyncio.to_thread(desk.go_live, title="Ghazals")
    await asyncio.to_thread(recorder.wait_for_tone, 1010)
    await asyncio.to_thread(desk.press, "stop", broadcast_id=broadcast)
    path = "/api/v1/stations/awaz/broadcasts"
    [newest, *_] = (await asyncio.to_thread(stack.get, path, desk.token)).json()["items"]
    assert (newest["id"], newest["title"], newest["host"]) == (broadcast, "Ghazals", "Demo Owner")
    assert newest["reason"] == "taken_off_air"
    report = (await asyncio.to_thread(stack.get, f"{path}/{broadcast}", desk.token)).json()
    assert report["ended_at"] > report["started_at"]
    assert report["incidents"] == []
