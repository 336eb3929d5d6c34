"""Listeners in a room, and the timeline that they go by."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

from playwright.async_api import Page, expect

from tests.support import loopback
from tests.support.room import Sound, skews_ms
from tests.support.running_stack import RunningStack

Sit = Callable[..., Awaitable[Page]]
"""Opens the station's page in a browser of its own at a loudspeaker; `script` runs before the page."""
NEWEST = 5 * 48_000
"""The last seconds of a recording, in samples."""
SECONDS = 2
"""In so many of them, all are compared with each other: a second before and after is what they may be apart."""
SYNCED_WITHIN_MS = 60_000
FIGURES = """() => {
  const { audio, lagMs, syncErrorMs, stalls, bufferedMs } = document.querySelector("awaz-player").playback;
  const { src, currentTime, playbackRate } = audio;
  return { src, currentTime, playbackRate, lagMs, syncErrorMs, stalls, bufferedMs };
}"""
TOGETHER_MS = 60
"""For busy machines, on which sound itself stalls; what is reached on an idle one, the benchmark measures."""


async def anchors(stack: RunningStack, mount: str = "/awaz.mp3") -> dict[str, Any]:
    """Return a mount's anchors, once the stack has them."""
    async with loopback.AsyncClient() as http, asyncio.timeout(30):
        while (
            answer := await http.get(f"{stack.url}/api/v1/stations/awaz/anchors", params={"mount": mount})
        ).status_code != 200:
            await asyncio.sleep(0.2)
    body: dict[str, Any] = answer.json()
    return body


async def in_sync(page: Page) -> None:
    """Wait until a page says that it is in sync; the error has the figures of its player if it does not."""
    try:
        await expect(page.get_by_test_id("sync")).to_have_attribute("data-sync", "synced", timeout=SYNCED_WITHIN_MS)
    except AssertionError as error:
        error.add_note(str(await page.evaluate(FIGURES)))
        raise


def are_together(sound: Sound) -> bool:
    """Say whether all are heard at the same time in the last seconds."""
    skews = skews_ms(sound[-NEWEST:])
    pairs = sound.shape[1] * (sound.shape[1] - 1) // 2
    return len(skews) >= SECONDS * pairs and max(skews) < TOGETHER_MS
