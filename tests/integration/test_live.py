"""From an encoder to a listener, on the running stack."""

import asyncio
import socket
from collections.abc import Awaitable, Callable
from contextlib import ExitStack
from functools import partial

import pytest

from controlplane.refusals import EVERY_S
from tests.instruments.ear import Ear, IcyPlayer
from tests.instruments.encoder import Encoder
from tests.instruments.house import House
from tests.instruments.watcher import ORDERED, Event, Watcher

Watch = Callable[..., Awaitable[Watcher]]
Encode = Callable[..., Encoder]


async def test_an_encoder_is_heard_on_the_public_mount_and_autodj_when_it_stops(
    watch: Watch, encode: Encode, listen: Callable[..., Ear]
) -> None:
    watcher, ear = await watch(), await asyncio.to_thread(listen)
    encoder = encode(1010)
    started = await watcher.wait_for("stream:started", lambda event: event["kind"] == "live")
    await asyncio.to_thread(ear.wait_for_tone, 1010)
    encoder.stop()
    await asyncio.to_thread(ear.wait_for_music, 1010)
    stopped = await watcher.wait_for("stream:stopped")
    assert (stopped["broadcast_id"], stopped["then"]) == (started["broadcast_id"], "autodj")
    assert watcher.names().count("stream:started live") == 1
    assert not ear.ended


@pytest.mark.parametrize("codec", ["ogg", "aac"])
async def test_other_codecs_are_heard_as_the_same_mp3_stream(
    encode: Encode, listen: Callable[..., Ear], codec: str
) -> None:
    ear = await asyncio.to_thread(listen)
    encode(1470, codec=codec)
    await asyncio.to_thread(ear.wait_for_tone, 1470)
    assert not ear.ended


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


async def test_an_encoder_that_comes_back_within_the_grace_goes_on_with_its_broadcast(
    watch: Watch, encode: Encode, listen: Callable[..., Ear]
) -> None:
    watcher, ear = await watch(), await asyncio.to_thread(listen)
    encoder = encode(1010)
    await asyncio.to_thread(ear.wait_for_tone, 1010)
    mark = watcher.mark()  # the encoder before may have been waited for, too
    encoder.stop()
    await watcher.wait_for("stream:quality", lambda event: event["reasons"] == ["encoder_reconnecting"], since=mark)
    late = await watch()
    assert late.snapshot["broadcast"]["reconnecting"] is True
    mark = watcher.mark()
    encode(1250)
    await asyncio.to_thread(ear.wait_for_tone, 1250)
    await watcher.wait_for("stream:quality", lambda event: event["state"] == "good", since=mark)
    assert [name for name in watcher.names() if "metadata" not in name] == ["stream:started live"]


async def test_a_hand_over_to_another_host_is_a_stop_and_a_start(watch: Watch, encode: Encode, house: House) -> None:
    key = house.new_key("admin")
    watcher = await watch()
    first = encode(1010)
    began = await watcher.wait_for("stream:started")
    await watcher.wait_for("stream:metadata", lambda event: event.get("host") == "Demo Owner")
    first.stop()
    encode(1250, key=key)
    stopped = await watcher.wait_for("stream:stopped")
    next_one = await watcher.wait_for("stream:started", lambda event: event["broadcast_id"] != began["broadcast_id"])
    assert stopped["reason"] == "handover"
    assert next_one["host"] == "Admin"


async def test_a_second_encoder_is_refused_and_the_owner_is_told(watch: Watch, encode: Encode, house: House) -> None:
    owner = await watch(token=house.token())
    encode(1010)
    await owner.wait_for("stream:started")
    second = encode(1250)
    refusal = await asyncio.to_thread(second.refusal)
    incident = await owner.wait_for("stream:incident")
    assert "403" in refusal
    assert incident["kind"] == "second_encoder"
    house.until_said("daemon", "second encoder on a busy mount")


@pytest.mark.parametrize(
    ("key", "slug", "reason"),
    [("0" * 40, "awaz", "wrong or revoked stream key"), ("0" * 40, "nowhere", "there is no station")],
)
async def test_an_encoder_without_a_right_is_refused_with_the_reason_in_the_log(
    encode: Encode, house: House, key: str, slug: str, reason: str
) -> None:
    await asyncio.sleep(EVERY_S)  # more refusals of one address are counted, and not logged
    refusal = await asyncio.to_thread(encode(1010, key=key, slug=slug).refusal)
    assert "401" in refusal
    house.until_said("daemon", reason)


async def test_titles_of_the_encoder_reach_sockets_and_icy_players_alike(
    watch: Watch, encode: Encode, icy: Callable[..., IcyPlayer]
) -> None:
    watcher, player = await watch(), icy()
    encoder = encode(1010)
    await watcher.wait_for("stream:metadata", lambda event: event.get("host") == "Demo Owner")
    for text, artist, title in (
        ("نصرت فتح علی خان - آفرین آفرین", "نصرت فتح علی خان", "آفرین آفرین"),
        ('It\'s - "Quoted"', "It's", '"Quoted"'),
    ):
        encoder.title(text)
        await watcher.wait_for("stream:metadata", partial(_names, title))
        await asyncio.to_thread(player.wait_for, f"{artist} - {title}")


def _names(title: str, event: Event) -> bool:
    return bool(event["track"]["title"] == title)


async def test_of_two_titles_at_once_the_second_is_shown(
    watch: Watch, encode: Encode, listen: Callable[..., Ear]
) -> None:
    watcher, ear = await watch(), await asyncio.to_thread(listen)
    encoder = encode(1010)
    await asyncio.to_thread(ear.wait_for_tone, 1010)
    encoder.title("A - First")
    encoder.title("A - Second")
    await watcher.wait_for("stream:metadata", partial(_names, "Second"))


async def test_a_latin_1_title_harms_nobody(watch: Watch, encode: Encode, listen: Callable[..., Ear]) -> None:
    watcher, ear = await watch(), await asyncio.to_thread(listen)
    encoder = encode(1010)
    await asyncio.to_thread(ear.wait_for_tone, 1010)
    encoder.title(b"\xe9t\xe9 \xf3 \xff")
    encoder.title("after it")
    await watcher.wait_for("stream:metadata", lambda event: event["track"]["title"] == "after it")
    assert not ear.ended


async def test_the_title_of_an_encoder_that_left_does_not_stick(watch: Watch, encode: Encode) -> None:
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
    again = await watcher.wait_for("stream:metadata", lambda event: event.get("host") == "Demo Owner", since=mark)
    assert again["track"]["title"] == "Awaz"


async def test_a_posted_title_reaches_sockets_icy_players_and_the_api(
    watch: Watch, icy: Callable[..., IcyPlayer], house: House
) -> None:
    watcher, player = await watch(), icy()
    body = {"title": "صبح بخیر", "artist": "x';StreamUrl='y", "show": "Breakfast", "host": "Sara & Ali"}
    answer = house.post("/api/v1/stations/awaz/metadata", body, house.token())
    event = await watcher.wait_for("stream:metadata", lambda event: event.get("show") == "Breakfast")
    assert answer.status_code == 200
    assert (event["track"]["title"], event["host"]) == ("صبح بخیر", "Sara & Ali")
    await asyncio.to_thread(player.wait_for, "x\u2019;StreamUrl='y - صبح بخیر")
    shown = house.get("/api/v1/stations/awaz/now-playing").json()
    assert shown["metadata"]["track"] == event["track"]
    assert house.get("/api/v1/stations/awaz/history").json()["history"][0]["title"] == "صبح بخیر"
    assert house.get("/api/nowplaying/awaz").json()["now_playing"]["song"]["text"] == "x\u2019;StreamUrl='y - صبح بخیر"
    mark = watcher.mark()
    house.post("/api/v1/stations/awaz/metadata", {"show": "", "host": ""}, house.token())
    await watcher.wait_for("stream:metadata", lambda event: "show" not in event, since=mark)


async def test_listeners_are_counted_as_they_come_and_go(
    watch: Watch, listen: Callable[..., Ear], house: House
) -> None:
    await nobody_listens(house)
    watcher = await watch()
    ear = await asyncio.to_thread(listen)
    await watcher.wait_for("stream:listeners", lambda event: event["listeners"] == 1)
    mark = watcher.mark()
    ear.close()
    last = await watcher.wait_for("stream:listeners", lambda event: event["listeners"] == 0, since=mark)
    assert last["stale"] is False


async def test_relays_are_not_listeners(
    watch: Watch, house: House, put_away: ExitStack, listen: Callable[..., Ear]
) -> None:
    await nobody_listens(house)
    watcher = await watch()
    relay = socket.create_connection(("127.0.0.1", house.icecast_port))
    put_away.callback(relay.close)
    relay.sendall(b"GET /awaz.mp3 HTTP/1.0\r\nUser-Agent: Icecast 2.4.4\r\n\r\n")
    await asyncio.to_thread(listen)
    async with asyncio.timeout(5):
        while "<listeners>2</listeners>" not in house.stats():
            await asyncio.sleep(0.1)
    # Two reports of the quality are further apart than two polls.
    for _ in range(2):
        await watcher.wait_for("stream:quality", since=watcher.mark())
    assert house.get("/api/v1/stations/awaz/now-playing").json()["listeners"]["listeners"] == 1


async def nobody_listens(house: House) -> None:
    """Wait until the listeners of the test before are counted out."""
    async with asyncio.timeout(15):
        while house.get("/api/v1/stations/awaz/now-playing").json()["listeners"]["listeners"]:
            await asyncio.sleep(0.1)
