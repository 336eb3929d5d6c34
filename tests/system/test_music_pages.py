"""The library and the queue in the studio: music comes in on a bad line, and is put in order by mouse and by keys."""

import asyncio
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from playwright.async_api import Locator, Page, expect

from tests.support import loopback
from tests.support.accessibility import violations
from tests.support.audio import Sounds
from tests.support.loopback import bearer
from tests.support.pages import PHONE, WIDTH, Visit, sign_in_by_fields
from tests.support.running_stack import RunningStack

FILES = 10
SLOW = {"offline": False, "latency": 20, "downloadThroughput": -1, "uploadThroughput": 1_500_000}
"""Bytes a second: the files take some seconds."""
OFFLINE = {**SLOW, "offline": True}
FAST = {**SLOW, "uploadThroughput": -1}
URDU: dict[str, Any] = {"locale": "ur-PK", "viewport": PHONE, "has_touch": True}


@pytest.fixture(scope="session")
def files(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    sounds = Sounds(tmp_path_factory.mktemp("files"))
    names = ("شامِ غزل", *(f"Song {number}" for number in range(1, FILES)))
    return [sounds.tone(200 + 50 * n, 60, title=name, artist=f"Artist {n}") for n, name in enumerate(names)]


@pytest.fixture
def new_station(stack: RunningStack) -> Iterator[str]:
    yield "evening-radio"
    stack.awaz("station", "remove", "evening-radio", "--yes")


async def create_station(page: Page, name: str) -> None:
    await page.get_by_test_id("station-add").click()
    await page.locator("awaz-new-station input[name=name]").fill(name)
    await page.get_by_test_id("station-create").click()
    await expect(page).to_have_url(re.compile("/studio/evening-radio"))


async def order(queue: Locator) -> list[str]:
    """The ids of the queue's items, as they are shown."""
    shown: list[str] = await queue.get_by_test_id("queue-item").evaluate_all(
        "rows => rows.map(row => row.dataset.item)"
    )
    return shown


async def drag(row: Locator, onto: Locator) -> None:
    """Drag a row by its handle to where another one is."""
    mouse = row.page.mouse
    await row.locator(".handle").hover()
    await mouse.down()
    for y in (12, 8):
        await onto.hover(position={"x": 60, "y": y})
    await expect(onto).to_have_class(re.compile("dragged"))
    await mouse.up()


def swapped(items: list[str], one: int, other: int) -> list[str]:
    """A list with an item moved to another place."""
    rest = [*items[:one], *items[one + 1 :]]
    return [*rest[:other], items[one], *rest[other:]]


@pytest.mark.parametrize(("options", "language"), [({}, "en"), (URDU, "ur")])
async def test_an_owner_fills_a_new_station_on_a_line_that_breaks_and_orders_its_queue(
    visit: Visit,
    stack: RunningStack,
    new_station: str,
    files: list[Path],
    options: dict[str, Any],
    language: str,
) -> None:
    page = await visit("/studio", **options)
    await sign_in_by_fields(page, stack.demo["admin"])
    await expect(page.locator("html")).to_have_attribute("lang", language)
    await create_station(page, "Evening Radio")
    await page.get_by_test_id("section-library").click()
    await expect(page.get_by_test_id("no-tracks")).to_be_visible()
    line = await page.context.new_cdp_session(page)
    await line.send("Network.emulateNetworkConditions", SLOW)
    await page.get_by_test_id("files").set_input_files([*files])
    sending = page.locator("[data-testid=upload][data-status=sending] progress")
    await expect(sending.first).not_to_have_js_property("value", 0)
    await page.get_by_test_id("section-playlists").click()
    await expect(page.get_by_test_id("upload-count")).to_be_visible()
    await page.get_by_test_id("section-library").click()
    await line.send("Network.emulateNetworkConditions", OFFLINE)
    await expect(page.locator("[data-testid=upload][data-status=interrupted]").first).to_be_visible(timeout=10_000)
    await line.send("Network.emulateNetworkConditions", FAST)
    await expect(page.get_by_test_id("uploads")).to_have_attribute("data-open", "0", timeout=30_000)
    await expect(page.get_by_test_id("track")).to_have_count(FILES)
    await expect(page.get_by_test_id("upload-count")).to_have_count(0)
    assert await violations(page) == []
    assert await page.evaluate(f"{WIDTH} <= innerWidth")

    await page.get_by_test_id("section-queue").click()
    queue = page.get_by_test_id("queue")
    await expect(page.get_by_test_id("queue-now")).to_be_visible(timeout=30_000)
    before = await order(queue)
    rows = queue.get_by_test_id("queue-item")
    await rows.nth(4).get_by_test_id("queue-up").press("Alt+ArrowUp")
    await expect(page.get_by_test_id("undo")).to_be_visible()
    assert await order(queue) == swapped(before, 4, 3)
    await page.get_by_test_id("undo").click()
    await expect(rows.nth(4)).to_have_attribute("data-item", before[4])
    await drag(rows.nth(4), rows.nth(2))
    await expect(rows.nth(2)).to_have_attribute("data-item", before[4])
    assert await order(queue) == swapped(before, 4, 2)
    assert await violations(page) == []
    assert await page.evaluate(f"{WIDTH} <= innerWidth")


async def test_two_owners_see_one_order_at_once(visit: Visit, stack: RunningStack) -> None:
    one, two = [await visit("/studio/awaz/queue") for _ in range(2)]
    for page in (one, two):
        await sign_in_by_fields(page, stack.demo["owner"])
        await expect(page.get_by_test_id("queue-now")).to_be_visible(timeout=20_000)
    rows = two.get_by_test_id("queue-item")
    moved = await one.get_by_test_id("queue-item").nth(5).get_attribute("data-item") or ""
    await one.locator(f"[data-item='{moved}']").get_by_test_id("queue-up").click()
    await expect(rows.nth(4)).to_have_attribute("data-item", moved, timeout=3_000)
    await one.locator(f"[data-item='{moved}']").get_by_test_id("queue-remove").click()
    await expect(two.locator(f"[data-item='{moved}']")).to_have_count(0, timeout=3_000)


async def test_a_track_is_heard_changed_and_placed_from_its_details(
    visit: Visit, stack: RunningStack, tmp_path: Path
) -> None:
    page = await visit("/studio/awaz/library")
    await sign_in_by_fields(page, stack.demo["owner"])
    await page.get_by_test_id("track-search").fill("lamp")
    await expect(page.get_by_test_id("track")).to_have_count(1)
    await page.get_by_test_id("track-open").click()
    dialog = page.get_by_test_id("track-dialog")
    await dialog.get_by_test_id("prelisten").click()
    await page.wait_for_function(
        """() => document.querySelector("awaz-library").shadowRoot.querySelector("awaz-track-list").shadowRoot
            .querySelector("awaz-track").shadowRoot.querySelector("awaz-waveform").shadowRoot
            .querySelector("audio").currentTime > 0.3"""
    )
    assert await violations(page) == []
    await dialog.get_by_label("Genre").fill("Lullaby")
    await dialog.get_by_test_id("track-save").click()
    await expect(dialog.get_by_test_id("track-result")).to_have_text("Saved.")
    Image.new("RGB", (640, 480), "maroon").save(tmp_path / "cover.png")
    await dialog.get_by_test_id("art-file").set_input_files(tmp_path / "cover.png")
    await expect(dialog.locator("img")).to_have_js_property("naturalWidth", 300)
    await dialog.get_by_test_id("art-remove").click()
    await expect(dialog.locator("img")).to_have_count(0)
    await dialog.get_by_test_id("dialog-next").click()
    await expect(page.locator("awaz-track-list").get_by_test_id("done")).to_contain_text(
        "Lamp on the Water plays at about"
    )
    await page.get_by_test_id("undo").click()
    await expect(page.get_by_test_id("undo")).to_have_count(0)
    await page.get_by_test_id("track-search").fill("lullaby")
    await expect(page.get_by_test_id("track")).to_have_count(1)


async def test_tracks_are_edited_and_deleted_in_numbers(visit: Visit, stack: RunningStack, files: list[Path]) -> None:
    page = await visit("/studio/awaz/library")
    await sign_in_by_fields(page, stack.demo["owner"])
    await page.get_by_test_id("files").set_input_files([*files[:3]])
    await expect(page.get_by_test_id("uploads")).to_have_attribute("data-open", "0", timeout=30_000)
    await page.get_by_test_id("track-search").fill("song")
    await expect(page.get_by_test_id("track")).to_have_count(2)
    await page.get_by_test_id("select-all").click()
    await page.get_by_test_id("selected-edit").click()
    await page.get_by_label("Album").fill("An Evening")
    await page.get_by_test_id("edit-save").click()
    await expect(page.get_by_test_id("track").first).to_contain_text("An Evening")
    await page.get_by_test_id("selected-clear").click()
    await page.get_by_test_id("track-search").fill("artist")
    await expect(page.get_by_test_id("track")).to_have_count(3)
    await page.get_by_test_id("track-open").first.focus()
    await page.keyboard.press("ArrowDown")
    await page.keyboard.press("ArrowLeft")
    await page.keyboard.press("Space")
    await expect(page.get_by_test_id("selection")).to_be_visible()
    await page.keyboard.press("ArrowUp")
    await page.keyboard.press("Space")
    await page.get_by_role("row").nth(2).get_by_role("checkbox").click()
    await page.get_by_test_id("track-delete").click()
    await page.get_by_test_id("track-delete-confirm").click()
    await expect(page.get_by_test_id("no-tracks")).to_be_visible()


@pytest.fixture
def no_playlists(stack: RunningStack) -> Iterator[None]:
    """Afterwards, AutoDJ plays all tracks again."""
    yield
    playlists = "/api/v1/stations/awaz/playlists"
    with loopback.Client(base_url=stack.url, headers=bearer(stack.token()), timeout=20) as client:
        for playlist in client.get(playlists).json()["items"]:
            client.delete(f"{playlists}/{playlist['id']}")


@pytest.mark.timeout(300)  # it waits for tracks to end, and may be the one that starts the stack
@pytest.mark.parametrize("options", [{}, URDU])
async def test_a_playlist_is_put_in_order_and_the_queue_follows_it_and_says_so(
    visit: Visit, stack: RunningStack, no_playlists: None, options: dict[str, Any]
) -> None:
    page = await visit("/studio/awaz/playlists", **options)
    await sign_in_by_fields(page, stack.demo["owner"])
    form = page.locator("awaz-playlists")
    await form.locator("input[name=name]").fill("Evenings")
    await form.get_by_test_id("playlist-order").select_option("sequence")
    await page.get_by_test_id("playlist-create").click()
    await expect(page.get_by_test_id("playlist-empty")).to_be_visible()
    for number in range(2):
        await page.get_by_test_id("track-add").nth(number).click()
    rows = page.get_by_test_id("playlist-item")
    await expect(rows).to_have_count(2)
    await page.go_back()
    await expect(page.get_by_test_id("playlists")).to_be_visible()
    await page.go_forward()
    await page.reload()
    await expect(rows).to_have_count(2)
    last = await rows.nth(1).get_attribute("data-item") or ""
    await rows.nth(1).get_by_test_id("playlist-up").focus()
    await page.keyboard.press("Alt+ArrowUp")
    await expect(rows.nth(0)).to_have_attribute("data-item", last)
    assert await violations(page) == []
    assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    titles = [await row.locator(".title").inner_text() for row in await rows.all()]
    await page.goto(f"{stack.url}/studio/awaz/queue")
    free = page.locator("[data-testid=queue-item]:not([data-fixed])")
    await expect(free.nth(0)).to_contain_text("Evenings", timeout=10_000)
    planned = await free.locator(".title").all_inner_texts()
    assert set(planned) == set(titles)
    assert await violations(page) == []
    await page.get_by_test_id("queue-ahead").click()
    await expect(page.get_by_test_id("forecast-item").nth(110)).to_contain_text("Evenings", timeout=20_000)


async def test_a_file_that_is_no_music_is_refused_with_the_reason(
    visit: Visit, stack: RunningStack, tmp_path: Path
) -> None:
    page = await visit("/studio/awaz/library")
    await sign_in_by_fields(page, stack.demo["owner"])
    letter = tmp_path / "letter.mp3"
    letter.write_text("dear radio, " * 1000)
    await page.get_by_test_id("files").set_input_files(letter)
    await expect(page.get_by_test_id("uploads")).to_have_attribute("data-failed", "1", timeout=20_000)
    refused = page.get_by_test_id("upload")
    await expect(refused).to_contain_text("letter.mp3")
    await expect(refused.get_by_role("alert")).not_to_be_empty()
    await asyncio.to_thread(stack.wait_until_ready)
