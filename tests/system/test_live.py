"""Broadcasts from encoder to listener on the running stack."""

import asyncio
import socket
from collections.abc import Callable
from contextlib import ExitStack
from functools import partial

import pytest

from tests.support.builders import has_title
from tests.support.players import IcyPlayer, Recorder
from tests.support.running_stack import RunningStack
from tests.support.types import Encode, Watch
from tests.support.waiting import within
from tests.support.watcher import ORDERED


async def test_an_encoder_replaces_autodj_until_it_stops(
    watch: Watch, encode: Encode, listen: Callable[..., Recorder]
) -> None:
    watcher, recorder = await watch(), await asyncio.to_thread(listen)
    encoder = encode(1010)
    started = await watcher.wait_for("stream:started", lambda event: event["kind"] == "live")
    await asyncio.to_thread(recorder.wait_for_tone, 1010)
    encoder.stop()
    await asyncio.to_thread(recorder.wait_for_music, 1010)
    stopped = await watcher.wait_for("stream:stopped")
    assert (stopped["broadcast_id"], stopped["then"]) == (started["broadcast_id"], "autodj")
    assert watcher.names().count("stream:started live") == 1
    assert not recorder.ended


@pytest.mark.parametrize("codec", ["ogg", "aac"])
async def test_other_codecs_play_on_the_same_mp3_mount(
    encode: Encode, listen: Callable[..., Recorder], codec: str
) -> None:
    recorder = await asyncio.to_thread(listen)
    encode(1470, codec=codec)
    await asyncio.to_thread(recorder.wait_for_tone, 1470)
    assert not recorder.ended


async def test_every_event_carries_the_envelope_and_seq_rises_by_one(watch: Watch, encode: Encode) -> None:
    watcher = await watch()
    encoder = encode()
    await watcher.wait_for("stream:started")
    encoder.stop()
    await watcher.wait_for("stream:stopped")
    ordered = [body for _, name, body in watcher.events if name in ORDERED]
    first = watcher.snapshot["seq"] + 1
    assert [event["seq"] for event in ordered] == list(range(first, first + len(ordered)))
    assert {(event["station"], event["epoch"]) for event in ordered} == {("awaz", watcher.snapshot["epoch"])}


async def test_an_encoder_that_reconnects_in_time_keeps_its_broadcast(
    watch: Watch, encode: Encode, listen: Callable[..., Recorder]
) -> None:
    watcher, recorder = await watch(), await asyncio.to_thread(listen)
    encoder = encode(1010)
    await asyncio.to_thread(recorder.wait_for_tone, 1010)
    mark = watcher.mark()  # events of the previous encoder may still arrive
    encoder.stop()
    await watcher.wait_for("stream:quality", lambda event: event["reasons"] == ["encoder_reconnecting"], since=mark)
    late_watcher = await watch()
    assert late_watcher.snapshot["broadcast"]["reconnecting"] is True
    mark = watcher.mark()
    encode(1250)
    await asyncio.to_thread(recorder.wait_for_tone, 1250)
    await watcher.wait_for("stream:quality", lambda event: event["state"] == "good", since=mark)
    assert [name for name in watcher.names() if "metadata" not in name] == ["stream:started live"]


async def test_a_handover_to_another_host_is_a_stop_and_a_start(
    watch: Watch, encode: Encode, stack: RunningStack
) -> None:
    key = stack.new_key("admin")
    watcher = await watch()
    first = encode(1010)
    began = await watcher.wait_for("stream:started")
    await watcher.wait_for("stream:metadata", lambda event: event.get("host") == "Demo Owner")
    first.stop()
    encode(1250, key=key)
    stopped = await watcher.wait_for("stream:stopped")
    next_broadcast = await watcher.wait_for(
        "stream:started", lambda event: event["broadcast_id"] != began["broadcast_id"]
    )
    assert stopped["reason"] == "handover"
    assert next_broadcast["host"] == "Admin"


async def test_a_second_encoder_is_refused_and_reported_to_the_owner(
    watch: Watch, encode: Encode, stack: RunningStack
) -> None:
    owner = await watch(token=stack.token())
    encode(1010)
    await owner.wait_for("stream:started")
    second = encode(1250)
    refusal = await asyncio.to_thread(second.refusal)
    await owner.wait_for("stream:incident", lambda event: event["kind"] == "second_encoder")
    assert "403" in refusal
    stack.wait_for_log("daemon", "second_encoder_refused")


@pytest.mark.parametrize(
    ("key", "slug", "reason"),
    [("0" * 40, "awaz", "wrong or revoked stream key"), ("0" * 40, "nowhere", "there is no station")],
)
async def test_unauthorised_encoders_are_refused_with_a_logged_reason(
    encode: Encode, stack: RunningStack, key: str, slug: str, reason: str
) -> None:
    # Of several refusals of one address within a second, the first is logged.
    def is_refused_and_logged() -> bool:
        refusal = encode(1010, key=key, slug=slug).refusal()
        assert "401" in refusal
        return reason in stack.log("daemon")

    await within(10, is_refused_and_logged)


async def test_encoder_titles_reach_sockets_and_icy_players(
    watch: Watch, encode: Encode, icy_player: Callable[..., IcyPlayer]
) -> None:
    watcher, player = await watch(), icy_player()
    encoder = encode(1010)
    await watcher.wait_for("stream:metadata", lambda event: event.get("host") == "Demo Owner")
    for text, artist, title in (
        ("نصرت فتح علی خان - آفرین آفرین", "نصرت فتح علی خان", "آفرین آفرین"),
        ('It\'s - "Quoted"', "It's", '"Quoted"'),
    ):
        encoder.title(text)
        await watcher.wait_for("stream:metadata", partial(has_title, title))
        await asyncio.to_thread(player.wait_for, f"{artist} - {title}")


async def test_the_second_of_two_rapid_titles_is_shown(
    watch: Watch, encode: Encode, listen: Callable[..., Recorder]
) -> None:
    watcher, recorder = await watch(), await asyncio.to_thread(listen)
    encoder = encode(1010)
    await asyncio.to_thread(recorder.wait_for_tone, 1010)
    encoder.title("A - First")
    encoder.title("A - Second")
    await watcher.wait_for("stream:metadata", partial(has_title, "Second"))


async def test_a_latin_1_title_is_harmless(watch: Watch, encode: Encode, listen: Callable[..., Recorder]) -> None:
    watcher, recorder = await watch(), await asyncio.to_thread(listen)
    encoder = encode(1010)
    await asyncio.to_thread(recorder.wait_for_tone, 1010)
    encoder.title(b"\xe9t\xe9 \xf3 \xff")
    encoder.title("after it")
    await watcher.wait_for("stream:metadata", lambda event: event["track"]["title"] == "after it")
    assert not recorder.ended


async def test_the_title_of_a_stopped_encoder_is_dropped(watch: Watch, encode: Encode) -> None:
    watcher = await watch()
    encoder = encode(1010)
    await watcher.wait_for("stream:metadata", lambda event: event.get("host") == "Demo Owner")
    encoder.title("Only - Once")
    await watcher.wait_for("stream:metadata", lambda event: event["track"]["title"] == "Once")
    encoder.stop()
    mark = watcher.mark()
    after = await watcher.wait_for("stream:metadata", since=mark)
    assert after["track"]["title"] != "Once"
    assert "host" not in after
    await watcher.wait_for("stream:stopped")
    encode(1250)
    restarted = await watcher.wait_for("stream:metadata", lambda event: event.get("host") == "Demo Owner", since=mark)
    assert restarted["track"]["title"] == "Awaz"


async def test_a_title_override_reaches_sockets_players_and_the_api(
    watch: Watch, icy_player: Callable[..., IcyPlayer], stack: RunningStack
) -> None:
    watcher, player = await watch(), icy_player()
    body = {"title": "صبح بخیر", "artist": "x';StreamUrl='y", "show": "Breakfast", "host": "Sara & Ali"}
    answer = stack.post("/api/v1/stations/awaz/metadata", body, stack.token())
    event = await watcher.wait_for("stream:metadata", lambda event: event.get("show") == "Breakfast")
    # From here on: should the next track begin meanwhile, that takes the show away.
    mark = watcher.mark()
    assert answer.status_code == 200
    assert (event["track"]["title"], event["host"]) == ("صبح بخیر", "Sara & Ali")
    now_playing = stack.get("/api/v1/stations/awaz/now-playing").json()
    assert now_playing["metadata"]["track"] == event["track"]
    assert stack.get("/api/v1/stations/awaz/history").json()["items"][0]["title"] == "صبح بخیر"
    assert stack.get("/api/nowplaying/awaz").json()["now_playing"]["song"]["text"] == "x\u2019;StreamUrl='y - صبح بخیر"
    await asyncio.to_thread(player.wait_for, "x\u2019;StreamUrl='y - صبح بخیر")
    stack.post("/api/v1/stations/awaz/metadata", {"show": "", "host": ""}, stack.token())
    await watcher.wait_for("stream:metadata", lambda event: "show" not in event, since=mark)


async def test_listeners_are_counted_as_they_come_and_go(
    watch: Watch, listen: Callable[..., Recorder], stack: RunningStack
) -> None:
    await wait_until_nobody_listens(stack)
    watcher = await watch()
    recorder = await asyncio.to_thread(listen)
    await watcher.wait_for("stream:listeners", lambda event: event["listeners"] == 1)
    mark = watcher.mark()
    recorder.close()
    last = await watcher.wait_for("stream:listeners", lambda event: event["listeners"] == 0, since=mark)
    assert last["stale"] is False


async def test_relays_are_not_listeners(
    watch: Watch, stack: RunningStack, cleanup: ExitStack, listen: Callable[..., Recorder]
) -> None:
    await wait_until_nobody_listens(stack)
    watcher = await watch()
    relay = socket.create_connection(("127.0.0.1", stack.icecast_port))
    cleanup.callback(relay.close)
    relay.sendall(b"GET /awaz.mp3 HTTP/1.0\r\nUser-Agent: Icecast 2.4.4\r\n\r\n")
    await asyncio.to_thread(listen)
    # The daemon itself is the third.
    await within(5, lambda: "<listeners>3</listeners>" in stack.stats())
    # Quality reports are further apart than polls.
    for _ in range(2):
        await watcher.wait_for("stream:quality", since=watcher.mark())
    assert stack.get("/api/v1/stations/awaz/now-playing").json()["listeners"]["listeners"] == 1


async def wait_until_nobody_listens(stack: RunningStack) -> None:
    """Wait until the listeners of the previous test are no longer counted."""
    now_playing = "/api/v1/stations/awaz/now-playing"
    await within(15, lambda: not stack.get(now_playing).json()["listeners"]["listeners"])
