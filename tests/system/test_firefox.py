"""The listeners' page in a real Firefox: other browsers' engines decode, and decide what may sound, in their own way."""

from pathlib import Path

from tests.support.firefox import firefox
from tests.support.running_stack import RunningStack

PLAYER = "document.querySelector('awaz-player').shadowRoot"
TITLE = "document.querySelector('awaz-now-playing')?.shadowRoot.querySelector('[data-testid=title]')"


async def test_a_station_is_heard_and_read_in_firefox(stack: RunningStack, tmp_path: Path) -> None:
    async with firefox(tmp_path) as browser:
        await browser.goto(f"{stack.url}/s/awaz")
        await browser.until(f"{TITLE}?.textContent.trim()")
        await browser.click(f"{PLAYER}.querySelector('.toggle')")
        await browser.until(f"{PLAYER}.querySelector('.player').dataset.state === 'playing'")
        await browser.until("document.querySelector('audio').currentTime > 1")
        await browser.click(f"{PLAYER}.querySelector('.toggle')")
        await browser.until(f"{PLAYER}.querySelector('.player').dataset.state === 'stopped'")
