"""Stations and stream keys that come and go while everything runs."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator

import pytest

from controlplane.refusals import EVERY_S
from tests.instruments.ear import Ear
from tests.instruments.encoder import Encoder
from tests.instruments.house import House
from tests.instruments.watcher import Watcher

Watch = Callable[..., Awaitable[Watcher]]


@pytest.fixture
def second(house: House) -> Iterator[str]:
    """A second station, removed afterwards if the test did not."""
    house.awaz("station", "add", "second", "--name", "Second", "--owner", "owner")
    yield "second"
    if "second" in house.awaz("station", "list"):
        house.awaz("station", "remove", "second", "--yes")


async def test_a_station_is_added_and_removed_with_nobody_else_interrupted(
    house: House, watch: Watch, listen: Callable[..., Ear], icy: Callable[..., object]
) -> None:
    ear, watcher = await asyncio.to_thread(listen), await watch()
    began = ear.blocks[-1][0]
    await watcher.call("platform:watch", {})
    said = await asyncio.to_thread(house.awaz, "station", "add", "third")
    await watcher.wait_for("stream:started", lambda event: event["station"] == "third")
    other = await asyncio.to_thread(listen, "third")
    await asyncio.to_thread(house.awaz, "station", "remove", "third", "--yes")
    stopped = await watcher.wait_for("stream:stopped", lambda event: event["station"] == "third")
    assert "on air: " in said
    assert stopped["then"] == "offair"
    assert house.get("/api/v1/stations/third").status_code == 404
    assert ear.longest_wait(began) < 1.0
    assert not ear.ended
    other.close()


async def test_removing_a_station_drops_its_encoder(
    house: House, second: str, watch: Watch, encode: Callable[..., Encoder]
) -> None:
    key = house.new_key("owner", second)
    watcher = await watch(station=second)
    encoder = encode(1010, key=key, slug=second)
    await watcher.wait_for("stream:started", lambda event: event["kind"] == "live")
    await asyncio.to_thread(house.awaz, "station", "remove", second, "--yes")
    stopped = await watcher.wait_for("stream:stopped")
    await asyncio.to_thread(encoder.refusal)
    assert stopped["reason"] == "station_removed"
    assert "Traceback" not in house.log("daemon")


async def test_a_revoked_key_drops_its_running_source_and_opens_nothing_any_more(
    house: House, watch: Watch, encode: Callable[..., Encoder]
) -> None:
    key = house.new_key("admin")
    watcher = await watch()
    encoder = encode(1010, key=key)
    await watcher.wait_for("stream:started")
    key_id = house.awaz("stream-key", "list", "awaz").splitlines()[-2].split("│")[1].strip()
    house.awaz("stream-key", "revoke", key_id)
    await asyncio.to_thread(encoder.refusal)
    refusal = await asyncio.to_thread(encode(1010, key=key).refusal)
    assert "401" in refusal


async def test_a_key_of_another_station_opens_nothing(
    house: House, second: str, encode: Callable[..., Encoder]
) -> None:
    await asyncio.sleep(EVERY_S)  # more refusals of one address are counted, and not logged
    refusal = await asyncio.to_thread(encode(1010, slug=second).refusal)
    assert "401" in refusal
    house.until_said("daemon", "the stream key is for /ingest/awaz, not for /ingest/second")


@pytest.mark.parametrize("slug", ["Upper", "with space", "", "a" * 41, "offair", "../x"])
def test_a_slug_that_cannot_be_one_is_refused_with_a_sentence(house: House, slug: str) -> None:
    with pytest.raises(RuntimeError, match="cannot be a station's slug"):
        house.awaz("station", "add", slug)


def test_a_station_that_exists_is_not_added_twice(house: House) -> None:
    with pytest.raises(RuntimeError, match="there is a station 'awaz' already"):
        house.awaz("station", "add", "awaz")
