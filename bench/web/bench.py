"""From pressing play to sound, from the encoder to the ear, the time to a title, and Lighthouse's scores.

MP3 is the peer of AAC: both are played by the same page, from the same station.
"""

import asyncio
import json
import os
import statistics
import subprocess
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from playwright.async_api import Browser, Page, async_playwright

from bench.peers.node import NODE
from bench.results_file import Result, percentile, rate, result
from tests.support.ear import EAR
from tests.support.encoder import Encoder
from tests.support.running_stack import RunningStack

CHROMIUM = "/usr/bin/chromium"
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--autoplay-policy=no-user-gesture-required"]
PRESSES = 25
BROADCASTS = 3
LOADS = 10
TONE_HZ = 1010
PAGES = ("/", "/s/awaz", "/studio", "/admin")
CATEGORIES = ("performance", "accessibility", "best-practices", "seo")
DIRECTORY = Path(__file__).parent
PRESS = """
window.press = () => new Promise((resolve) => {
  const audio = document.querySelector("audio");
  const find = (root) => root.querySelector("[data-testid=play]") ??
    [...root.querySelectorAll("*")].map((each) => each.shadowRoot && find(each.shadowRoot)).find(Boolean);
  const pressed = performance.now();
  const look = () => (audio.currentTime > 0 ? resolve(performance.now() - pressed) : setTimeout(look, 5));
  find(document).click();
  look();
});
"""
LIVE = """
window.lookForLive = () => {
  const badge = document.querySelector("awaz-live-badge")?.shadowRoot;
  if (badge?.querySelector("[data-state=live]")) window.shownAt = performance.now();
  else setTimeout(window.lookForLive, 5);
};
"""
TITLE = """
window.titled = new Promise((resolve) => {
  const look = () => {
    const host = document.querySelector("awaz-now-playing");
    const title = host?.shadowRoot?.querySelector("[data-testid=title]")?.textContent;
    if (title) resolve(performance.now());
    else requestAnimationFrame(look);
  };
  look();
});
"""


async def run() -> list[Result]:
    """Run all measurements on one stack."""
    stack = await asyncio.to_thread(RunningStack.start)
    try:
        async with async_playwright() as playwright:
            browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
            results = [*await _presses(browser, stack), *await _behind(browser, stack), await _title(browser, stack)]
            await browser.close()
        return [*results, *await asyncio.to_thread(_lighthouse, stack)]
    finally:
        await asyncio.to_thread(stack.stop)


@asynccontextmanager
async def _listening(browser: Browser, stack: RunningStack, audio: str, *scripts: str) -> AsyncIterator[Page]:
    context = await browser.new_context()
    for script in (f"localStorage.setItem('awaz.format', '{audio}');", *scripts):
        await context.add_init_script(script)
    page = await context.new_page()
    await page.goto(f"{stack.url}/s/awaz", wait_until="networkidle")
    yield page
    await context.close()


async def _presses(browser: Browser, stack: RunningStack) -> list[Result]:
    times: dict[str, list[float]] = {"aac": [], "mp3": []}
    for _ in range(PRESSES):
        for audio, found in times.items():
            async with _listening(browser, stack, audio, PRESS) as page:
                found.append(float(await page.evaluate("press()")) / 1000)
    name = f"from pressing play to sound, {PRESSES} presses"
    aac, mp3 = times["aac"], times["mp3"]
    return [
        result(
            f"{name}: median", "s", statistics.median(aac), 0.5, peer=statistics.median(mp3), peer_name="MP3", digits=2
        ),
        result(f"{name}: p95", "s", percentile(aac, 0.95), 0.5, peer=percentile(mp3, 0.95), peer_name="MP3", digits=2),
    ]


async def _behind(browser: Browser, stack: RunningStack) -> list[Result]:
    times: dict[str, list[float]] = {"aac": [], "mp3": []}
    apart: dict[str, list[float]] = {"aac": [], "mp3": []}
    for _ in range(BROADCASTS):
        for audio, found in times.items():
            async with _listening(browser, stack, audio, PRESS, EAR, LIVE) as page:
                await page.evaluate("press()")
                await page.evaluate(f"listenFor({TONE_HZ}); lookForLive()")
                began, encoder = time.monotonic(), Encoder.start(stack, TONE_HZ)
                await page.wait_for_function("() => window.heardAt !== undefined", timeout=30_000)
                found.append(time.monotonic() - began)
                await page.wait_for_function("() => window.shownAt !== undefined", timeout=30_000)
                apart[audio].append(abs(float(await page.evaluate("shownAt - heardAt"))) / 1000)
                encoder.stop()
            await asyncio.to_thread(stack.wait_for_autodj)
    aac, mp3 = [statistics.median(times[audio]) for audio in ("aac", "mp3")]
    aac_apart, mp3_apart = [max(apart[audio]) for audio in ("aac", "mp3")]
    return [
        result("from a new encoder to the listener's ear", "s", aac, mp3, peer=mp3, peer_name="MP3", digits=1),
        result(
            f"between the badge and the ear, the longest of {BROADCASTS}",
            "s",
            aac_apart,
            0.5,
            peer=mp3_apart,
            peer_name="MP3",
            digits=2,
        ),
    ]


async def _title(browser: Browser, stack: RunningStack) -> Result:
    times = []
    for _ in range(LOADS):
        context = await browser.new_context()
        await context.add_init_script(TITLE)
        page = await context.new_page()
        await page.goto(f"{stack.url}/s/awaz")
        times.append(float(await page.evaluate("titled")) / 1000)
        await context.close()
    return result("from navigation to the title, empty cache", "s", statistics.median(times), 0.5, digits=2)


def _lighthouse(stack: RunningStack) -> list[Result]:
    npm = str(Path(sys.executable).with_name("npm"))
    environment = {**os.environ, "PATH": f"{NODE.parent}:{os.environ['PATH']}", "CHROME_PATH": CHROMIUM}
    subprocess.run(
        [npm, "--prefix", str(DIRECTORY), "ci", "--silent", "--no-audit", "--no-fund"], check=True, env=environment
    )
    return [row for path in PAGES for row in _scores(stack.url + path, path, environment)]


def _scores(url: str, path: str, environment: dict[str, str]) -> list[Result]:
    command = [str(NODE), str(DIRECTORY / "node_modules" / "lighthouse" / "cli" / "index.js"), url, "--quiet"]
    command += [
        "--output=json",
        f"--only-categories={','.join(CATEGORIES)}",
        f"--chrome-flags=--headless {ARGUMENTS[0]}",
    ]
    answer = subprocess.run(command, check=True, capture_output=True, text=True, env=environment, timeout=180)
    found = json.loads(answer.stdout)["categories"]
    # Pages for who is signed in ask search engines to stay away, which costs points for SEO.
    wanted = CATEGORIES if path in PAGES[:2] else CATEGORIES[:3]
    return [rate(f"Lighthouse, phone, {path}: {each}", "", found[each]["score"] * 100, 98) for each in wanted]
