"""Adding and removing stations and stream keys on the running stack."""

import asyncio
from collections.abc import Callable, Iterator

import pytest
from playwright.async_api import expect

from tests.support.pages import Visit
from tests.support.players import UNHEARD_GAP_S, Recorder
from tests.support.running_stack import RunningStack
from tests.support.types import Encode, Watch
from tests.support.waiting import within


@pytest.fixture
def second(stack: RunningStack) -> Iterator[str]:
    """A second station, removed afterwards unless the test has done so."""
    stack.awaz("station", "add", "second", "--name", "Second", "--owner", "owner")
    yield "second"
    if "second" in stack.awaz("station", "list"):
        stack.awaz("station", "remove", "second", "--yes")


async def test_adding_and_removing_a_station_interrupts_no_other(
    stack: RunningStack, watch: Watch, listen: Callable[..., Recorder], icy_player: Callable[..., object]
) -> None:
    recorder, watcher = await asyncio.to_thread(listen), await watch()
    began = recorder.blocks[-1][0]
    await watcher.call("platform:watch", {})
    output = await asyncio.to_thread(stack.awaz, "station", "add", "third")
    await watcher.wait_for("stream:started", lambda event: event["station"] == "third")
    other = await asyncio.to_thread(listen, "third")
    await asyncio.to_thread(stack.awaz, "station", "remove", "third", "--yes")
    stopped = await watcher.wait_for("stream:stopped", lambda event: event["station"] == "third")
    assert "on air: " in output
    assert stopped["then"] == "offair"
    assert stack.get("/api/v1/stations/third").status_code == 404
    assert recorder.longest_gap(began) < UNHEARD_GAP_S
    assert not recorder.ended
    other.close()


async def test_a_new_bitrate_restarts_its_pipeline_and_interrupts_no_other_station(
    stack: RunningStack, second: str, listen: Callable[..., Recorder]
) -> None:
    recorder = await asyncio.to_thread(listen)
    before, others = stack.liquidsoap_pid(second), stack.liquidsoap_pid()
    link = {"name": "Site", "url": "https://radio.example/?a=b"}
    words = ("station", "set", second, "--bitrate", "64", "--link", f"{link['name']}={link['url']}")
    await asyncio.to_thread(stack.awaz, *words)
    await within(30, lambda: stack.liquidsoap_pid(second) not in {0, before})
    assert stack.liquidsoap_pid() == others
    assert not recorder.ended
    assert stack.get(f"/api/v1/stations/{second}").json()["links"] == [link]


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ("set awaz --timezone Mars/Olympus", "'Mars/Olympus' isn't a time zone"),
        ("set awaz --link radio.example", "'radio.example' is no link"),
        ("set awaz --link Site=ftp://radio.example", "must begin with https://"),
        ("set awaz", "there is nothing to change"),
        ("add fourth --language Urdu", "'Urdu' is no language code"),
    ],
)
def test_settings_that_make_no_sense_are_explained_on_the_command_line(
    stack: RunningStack, words: str, message: str
) -> None:
    with pytest.raises(RuntimeError, match=message):
        stack.awaz("station", *words.split())


async def test_removing_a_station_drops_its_encoder(
    stack: RunningStack, second: str, watch: Watch, encode: Encode
) -> None:
    key = stack.new_key("owner", second)
    watcher = await watch(station=second)
    encoder = encode(1010, key=key, slug=second)
    await watcher.wait_for("stream:started", lambda event: event["kind"] == "live")
    await asyncio.to_thread(stack.awaz, "station", "remove", second, "--yes")
    stopped = await watcher.wait_for("stream:stopped")
    await asyncio.to_thread(encoder.refusal)
    assert stopped["reason"] == "station_removed"
    assert "Traceback" not in stack.log("daemon")


async def test_revoking_a_stream_key_disconnects_its_encoder_for_good(
    stack: RunningStack, watch: Watch, encode: Encode
) -> None:
    key = stack.new_key("admin")
    watcher = await watch()
    encoder = encode(1010, key=key)
    started = await watcher.wait_for("stream:started", lambda event: event["kind"] == "live")
    key_id = stack.awaz("stream-key", "list", "awaz").splitlines()[-2].split("│")[1].strip()
    stack.awaz("stream-key", "revoke", key_id)
    await asyncio.to_thread(encoder.refusal)
    stopped = await watcher.wait_for("stream:stopped", lambda event: event["broadcast_id"] == started["broadcast_id"])
    assert stopped["reason"] == "host_removed"
    refusal = await asyncio.to_thread(encode(1010, key=key).refusal)
    assert "401" in refusal


async def test_a_stream_key_of_another_station_is_refused(stack: RunningStack, second: str, encode: Encode) -> None:
    # Of several refusals of one address within a second, the first is logged.
    def is_refused_and_logged() -> bool:
        refusal = encode(1010, slug=second).refusal()
        assert "401" in refusal
        return "the stream key is for /ingest/awaz, not for /ingest/second" in stack.log("daemon")

    await within(10, is_refused_and_logged)


@pytest.mark.parametrize("slug", ["Upper", "with space", "", "a" * 41, "offair", "../x"])
def test_the_add_command_refuses_invalid_slugs(stack: RunningStack, slug: str) -> None:
    with pytest.raises(RuntimeError, match="cannot be a station's slug"):
        stack.awaz("station", "add", slug)


def test_an_existing_station_is_not_added_twice(stack: RunningStack) -> None:
    with pytest.raises(RuntimeError, match="there is a station 'awaz' already"):
        stack.awaz("station", "add", "awaz")


async def test_the_home_page_plays_a_station_at_a_press_and_tells_of_another_that_goes_live(
    visit: Visit, stack: RunningStack, second: str, encode: Encode
) -> None:
    page = await visit("/")
    card = page.locator(f"li[data-station={second}]")
    await card.get_by_test_id("card-play").click()
    await page.wait_for_function("() => document.querySelector('audio').currentTime > 0.5", timeout=15_000)
    await expect(page.get_by_test_id("player-bar")).to_contain_text("Second")
    encode(1010)
    await expect(page.get_by_test_id("live-notice")).to_contain_text("Awaz is live now", timeout=10_000)
    await page.get_by_test_id("live-notice").click()
    await expect(page).to_have_url(f"{stack.url}/s/awaz")
    # The sound goes on from page to page.
    before = await page.evaluate("document.querySelector('audio').currentTime")
    await page.wait_for_function(f"() => document.querySelector('audio').currentTime > {before} + 0.5", timeout=15_000)


async def test_a_listener_moves_between_stations_and_the_home_page_and_is_told_of_a_removed_one(
    visit: Visit, stack: RunningStack, second: str
) -> None:
    page = await visit("/")
    for name, slug in (("Awaz", "awaz"), ("Second", second), ("Awaz", "awaz"), ("Second", second)):
        await page.get_by_role("link", name=name, exact=True).first.click()
        await expect(page).to_have_url(f"{stack.url}/s/{slug}")
        await expect(page.get_by_test_id("station")).to_have_text(name)
        await expect(page.get_by_test_id("title")).not_to_be_empty()
        await page.locator(".brand").click()
        await expect(page.get_by_role("heading", name="Stations")).to_be_visible()
    await page.get_by_role("link", name="Second", exact=True).first.click()
    await expect(page.get_by_test_id("title")).not_to_be_empty()
    await asyncio.to_thread(stack.awaz, "station", "remove", second, "--yes")
    await expect(page.get_by_role("heading", name="Second has been removed")).to_be_visible(timeout=10_000)
    await expect(page).to_have_title("Second has been removed · Awaz Pulse")


async def test_a_listener_on_another_page_is_told_why_the_sound_ended(
    visit: Visit, stack: RunningStack, second: str
) -> None:
    page = await visit("/")
    await page.locator(f"[data-station={second}]").get_by_test_id("card-play").click()
    await expect(page.get_by_test_id("player-bar")).to_contain_text("Playing", timeout=15_000)
    await asyncio.to_thread(stack.awaz, "station", "remove", second, "--yes")
    await expect(page.get_by_test_id("stopped")).to_have_text("Second has been removed.", timeout=10_000)
    await expect(page.get_by_test_id("player-bar")).to_have_count(0)
