"""The pages in a real Chromium on the running stack."""

import asyncio
import re
from collections.abc import AsyncIterator
from urllib.parse import urlsplit

import pytest
from playwright.async_api import Browser, Page, expect

from tests.support import loopback
from tests.support.accessibility import violations
from tests.support.page_problems import watch_page
from tests.support.pages import LANGUAGE, PHONE, WIDTH, Visit, connected, play, sign_in
from tests.support.running_stack import RunningStack
from tests.support.types import Encode

NO_SCRIPTS = "**/assets/*.js"


@pytest.fixture
async def page(visit: Visit, stack: RunningStack) -> Page:
    return await visit(stack.demo["listener_url"])


async def test_the_station_page_follows_an_encoder(page: Page, encode: Encode, stack: RunningStack) -> None:
    await expect(page.get_by_test_id("badge")).to_have_attribute("data-state", "autodj")
    await expect(page.get_by_test_id("title")).not_to_be_empty()
    encoder = encode(1010)
    await expect(page.get_by_test_id("badge")).to_have_attribute("data-state", "live", timeout=10_000)
    await expect(page.get_by_test_id("host")).to_contain_text("Demo Owner")
    encoder.title("نصرت فتح علی خان - آفرین آفرین")
    title = page.get_by_test_id("title")
    await expect(title).to_have_text("آفرین آفرین", timeout=10_000)
    assert await title.evaluate("element => getComputedStyle(element).direction") == "rtl"
    encoder.title("<img src=x onerror=alert(1)> - <b>bold</b>")
    await expect(title).to_have_text("<b>bold</b>", timeout=10_000)
    encoder.stop()
    await expect(page.get_by_test_id("badge")).to_have_attribute("data-state", "autodj", timeout=15_000)
    await expect(page.get_by_test_id("history")).to_contain_text("آفرین آفرین")


async def test_the_play_button_plays_audio_and_counts_a_listener(page: Page) -> None:
    await play(page)
    await expect(page.get_by_test_id("listeners")).to_contain_text(re.compile("[1-9]"), timeout=10_000)
    played = "() => { const audio = document.querySelector('audio'); return audio && audio.currentTime > 1; }"
    await page.wait_for_function(played, timeout=15_000)
    await page.keyboard.press("Space")
    await expect(page.get_by_test_id("player")).to_have_attribute("data-state", "stopped")


async def test_one_tab_plays_at_a_time_and_the_other_says_so(page: Page, stack: RunningStack) -> None:
    await play(page)
    other = await page.context.new_page()
    await other.goto(f"{stack.url}/s/awaz")
    await play(other)
    await expect(page.get_by_test_id("player")).to_have_attribute("data-state", "stopped")
    await expect(page.get_by_test_id("player")).to_contain_text("another tab")


async def test_a_page_reconnects_after_a_daemon_restart(page: Page, stack: RunningStack) -> None:
    await connected(page)
    stack.kill("daemon")
    await expect(page.get_by_test_id("connection")).to_have_attribute("data-state", "reconnecting", timeout=10_000)
    await expect(page.get_by_test_id("artist")).not_to_be_empty()
    await asyncio.to_thread(stack.wait_until_ready)
    # As when a laptop is opened again: without it the page tries by itself, but not before half a minute at the worst.
    await page.evaluate("dispatchEvent(new Event('online'))")
    await expect(page.get_by_test_id("connection")).to_have_attribute("data-state", "connected", timeout=15_000)


async def test_the_reference_page_shows_events_and_http_under_a_strict_policy(page: Page, stack: RunningStack) -> None:
    answer = await page.goto(f"{stack.url}/docs")
    assert answer is not None
    assert "unsafe" not in answer.headers["content-security-policy"]
    await expect(page.locator("pre").first).to_contain_text("curl")
    await page.get_by_test_id("section-events").click()
    join = page.get_by_test_id("event-stream:join")
    await expect(join).to_contain_text("Follow a station")
    await join.get_by_role("link", name="Snapshot").click()
    await expect(page.locator("#type-Snapshot")).to_be_in_viewport()
    await page.get_by_test_id("section-http").click()
    await expect(page.get_by_text("/api/v1/stations/{slug}/now-playing")).to_be_visible(timeout=15_000)


@pytest.mark.parametrize("path", ["/", "/s/awaz", "/studio"])
async def test_pages_in_urdu_run_from_the_right_and_are_accessible(visit: Visit, path: str) -> None:
    page = await visit(path, viewport=PHONE, locale="ur-PK")
    await page.wait_for_load_state("networkidle")
    assert await page.evaluate(LANGUAGE) == ["ur", "rtl"]
    assert await page.evaluate(WIDTH) <= PHONE["width"]
    assert await violations(page) == []
    await page.get_by_test_id("language-en").click()
    await expect(page.locator("html")).to_have_attribute("dir", "ltr")


@pytest.mark.parametrize(
    ("path", "expected"), [("/s/awaz", ["ur", "rtl"]), ("/studio", ["ur", "rtl"]), ("/docs", ["en", ""])]
)
async def test_a_page_has_its_direction_before_it_is_painted(visit: Visit, path: str, expected: list[str]) -> None:
    page = await visit(path, blocked=NO_SCRIPTS, locale="ur-PK")
    assert await page.evaluate(LANGUAGE) == expected


async def test_a_station_is_shown_without_a_token_or_a_socket(visit: Visit) -> None:
    page = await visit("/s/awaz", blocked=re.compile("/api/|/socket.io/"))
    await expect(page.get_by_test_id("station")).to_have_text("Awaz")
    await expect(page.get_by_test_id("title")).not_to_be_empty()


async def test_an_english_page_asks_nobody_else_and_for_no_urdu_typeface(visit: Visit, stack: RunningStack) -> None:
    page = await visit("about:blank")
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    await page.goto(f"{stack.url}/studio", wait_until="networkidle")
    assert {urlsplit(url).hostname for url in asked} == {"127.0.0.1"}
    assert [url for url in asked if url.endswith(".woff2") and "latin" not in url] == []
    assert [url for url in asked if url.endswith(".woff2")] != []


async def test_scripts_come_compressed(visit: Visit, stack: RunningStack) -> None:
    page = await visit("about:blank")
    async with page.expect_response(re.compile(r"/assets/index-.*\.js$")) as answered:
        await page.goto(f"{stack.url}/s/awaz")
    assert (await (await answered.value).all_headers())["content-encoding"] in {"gzip", "br"}


async def test_a_playlist_from_the_page_leads_to_the_stream(page: Page, stack: RunningStack) -> None:
    async with page.expect_download() as download:
        await page.get_by_role("link", name="M3U").click()
    file = await (await download.value).path()
    assert file.read_text(encoding="utf-8").splitlines()[-1] == stack.mount()


async def test_a_chosen_theme_stays_from_page_to_page(page: Page, stack: RunningStack) -> None:
    await page.get_by_test_id("theme").select_option("dark")
    for path in ("/s/awaz", "/studio", "/docs"):
        await page.goto(stack.url + path)
        await expect(page.get_by_test_id("theme")).to_have_value("dark")
        await expect(page.locator("body")).to_have_css("background-color", "rgb(11, 13, 28)")


async def test_a_chosen_theme_is_there_before_the_page_is_painted(page: Page, stack: RunningStack) -> None:
    await page.get_by_test_id("theme").select_option("dark")
    await page.route(NO_SCRIPTS, lambda route: route.abort())
    await page.goto(stack.url)
    await expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    await expect(page.locator("body")).to_have_css("background-color", "rgb(11, 13, 28)")


@pytest.fixture
async def urdu_station(stack: RunningStack) -> AsyncIterator[None]:
    """The station's page is in Urdu until the test ends."""
    settings = f"{stack.url}/api/v1/stations/awaz"
    async with loopback.AsyncClient(headers=loopback.bearer(stack.token())) as http:
        await http.patch(settings, json={"language": "ur"})
        yield
        await http.patch(settings, json={"language": ""})


@pytest.mark.usefixtures("urdu_station")
async def test_the_page_of_a_station_has_the_station_s_language_until_another_is_chosen(
    page: Page, stack: RunningStack
) -> None:
    await expect(page.locator("html")).to_have_attribute("lang", "ur")
    await page.goto(f"{stack.url}/s/awaz")
    await expect(page.locator("html")).to_have_attribute("dir", "rtl")
    await page.get_by_test_id("language-en").click()
    await expect(page.locator("html")).to_have_attribute("lang", "en")
    await page.reload()
    await expect(page.get_by_test_id("title")).not_to_be_empty()
    await expect(page.locator("html")).to_have_attribute("lang", "en")


@pytest.mark.parametrize("path", ["/", "/s/awaz"])
async def test_a_browser_without_javascript_gets_the_stream(visit: Visit, stack: RunningStack, path: str) -> None:
    page = await visit(path, java_script_enabled=False)
    await expect(page.get_by_role("link", name=stack.mount())).to_be_in_viewport()


async def test_what_the_policy_forbids_is_a_problem_of_a_test(browser: Browser, stack: RunningStack) -> None:
    opened = await browser.new_page()
    problems: list[str] = []
    await watch_page(opened, problems)
    await opened.goto(stack.url)
    async with opened.expect_console_message(lambda message: "style-src" in message.text):
        await opened.evaluate("document.body.setAttribute('style', 'color: red')")
    await opened.close()
    assert [problem.partition(" ")[0] for problem in problems] == ["securitypolicyviolation:"]


async def test_the_accessibility_check_finds_a_picture_without_a_text(page: Page) -> None:
    await page.evaluate("document.querySelector('main').append(Object.assign(new Image(), {src: '/favicon.ico'}))")
    assert [each.partition(":")[0] for each in await violations(page)] == ["image-alt"]


@pytest.mark.parametrize(
    "path", ["/", "/s/awaz", "/studio", "/s/nowhere", "/nowhere", "/docs", "/docs/events", "/docs/http"]
)
async def test_pages_fit_a_phone_screen(visit: Visit, path: str) -> None:
    page = await visit(path, viewport=PHONE)
    await expect(page.locator("main")).to_be_visible()
    await page.wait_for_load_state("networkidle")
    assert await page.evaluate(WIDTH) <= PHONE["width"]


async def test_the_studio_shows_the_encoder_settings_and_sets_a_title(visit: Visit, stack: RunningStack) -> None:
    page = await visit(stack.demo["studio_url"])
    await sign_in(page, stack.demo["owner"])
    await expect(page.get_by_text("/ingest/awaz").first).to_be_visible(timeout=10_000)
    await page.locator("awaz-metadata-form input[name=title]").fill("Typed in the studio")
    await page.keyboard.press("Enter")
    await expect(page.get_by_test_id("title")).to_have_text("Typed in the studio", timeout=10_000)
    assert stack.get("/api/v1/stations/awaz/now-playing").json()["metadata"]["track"]["title"] == "Typed in the studio"
