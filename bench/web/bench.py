"""From pressing play to sound, from the encoder to the ear, the time to a title, and Lighthouse's scores.

The peer is an ordinary player of MP3: the same page in a browser that gives a script no sound to play.
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
from tests.support.pages import ORDINARY_PLAYER
from tests.support.running_stack import RunningStack

CHROMIUM = "/usr/bin/chromium"
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--autoplay-policy=no-user-gesture-required"]
PRESSES = 25
BROADCASTS = 3
HEARD_AFTER_MS = 12_000
"""An ordinary player of MP3 is ten seconds behind."""
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
  // A player that aligns plays, and is muted.
  const isHeard = () => audio.currentTime > 0 && !audio.muted;
  const look = () => (isHeard() ? resolve(performance.now() - pressed) : setTimeout(look, 5));
  find(document).click();
  look();
});
"""
PLAYERS = {"in sync": "", "ordinary": f"{ORDINARY_PLAYER}; localStorage.setItem('awaz.format', 'mp3');"}
LIVE = """
window.isLive = () => Boolean(
  document.querySelector("awaz-live-badge")?.shadowRoot.querySelector("[data-state=live]")
);
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
            results = [*await _presses(browser, stack), await _behind(browser, stack), await _title(browser, stack)]
            await browser.close()
        return [*results, *await asyncio.to_thread(_lighthouse, stack)]
    finally:
        await asyncio.to_thread(stack.stop)


@asynccontextmanager
async def _listening(browser: Browser, stack: RunningStack, *scripts: str) -> AsyncIterator[Page]:
    context = await browser.new_context()
    for script in scripts:
        await context.add_init_script(script)
    page = await context.new_page()
    await page.goto(f"{stack.url}/s/awaz", wait_until="networkidle")
    yield page
    await context.close()


async def _presses(browser: Browser, stack: RunningStack) -> list[Result]:
    times: dict[str, list[float]] = {player: [] for player in PLAYERS}
    for _ in range(PRESSES):
        for player, script in PLAYERS.items():
            async with _listening(browser, stack, script, PRESS) as page:
                times[player].append(float(await page.evaluate("press()")) / 1000)
    synced, ordinary = times.values()
    name = f"from pressing play to sound, {PRESSES} presses"
    return [
        _beside(f"{name}: median", statistics.median(synced), statistics.median(ordinary), 2.0),
        _beside(f"{name}: p95", percentile(synced, 0.95), percentile(ordinary, 0.95), 2.0),
    ]


async def _behind(browser: Browser, stack: RunningStack) -> Result:
    times: dict[str, list[float]] = {player: [] for player in PLAYERS}
    for _ in range(BROADCASTS):
        for player, script in PLAYERS.items():
            async with _listening(browser, stack, script, PRESS, EAR, LIVE) as page:
                times[player].append(await _until_heard(page, stack))
            await asyncio.to_thread(stack.wait_for_autodj)
    synced, ordinary = [statistics.median(found) for found in times.values()]
    return _beside("from a new encoder to the listener's ear", synced, ordinary, ordinary)


async def _until_heard(page: Page, stack: RunningStack) -> float:
    await page.evaluate("press()")
    # The end of the broadcast before is heard, and shown, so long after it was sent.
    await page.wait_for_timeout(HEARD_AFTER_MS)
    await page.wait_for_function("() => !isLive()", timeout=30_000)
    await page.evaluate(f"listenFor({TONE_HZ})")
    began, encoder = time.monotonic(), Encoder.start(stack, TONE_HZ)
    await page.wait_for_function("() => window.heardAt !== undefined", timeout=30_000)
    took = time.monotonic() - began
    encoder.stop()
    return took


def _beside(metric: str, synced: float, ordinary: float, target: float) -> Result:
    return result(metric, "s", synced, target, peer=ordinary, peer_name="an ordinary player", digits=2)


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
