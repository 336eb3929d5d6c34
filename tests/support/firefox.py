"""A headless Firefox, driven by WebDriver BiDi (https://w3c.github.io/webdriver-bidi/), which Debian's has built in."""

import asyncio
import itertools
import json
import os
import re
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import aiohttp

from tests.support.running_stack import free_port

LISTENING = re.compile(r"WebDriver BiDi listening on (ws://\S+)")
START_TIMEOUT_S = 60.0
LOOK_EVERY_S = 0.1


@dataclass
class Firefox:
    """A tab of a browser."""

    socket: aiohttp.ClientWebSocketResponse
    tab: str = ""
    _numbers: "itertools.count[int]" = field(default_factory=itertools.count)

    async def command(self, method: str, **params: object) -> Any:
        """Carry out a command of the protocol; raise AssertionError with Firefox's error."""
        number = next(self._numbers)
        await self.socket.send_json({"id": number, "method": method, "params": params})
        async for message in self.socket:
            answer = json.loads(message.data)
            if answer.get("id") == number:
                assert answer["type"] == "success", answer
                return answer["result"]
        raise AssertionError("Firefox has closed its connection")

    async def goto(self, url: str) -> None:
        """Load a page."""
        await self.command("browsingContext.navigate", context=self.tab, url=url, wait="complete")

    async def evaluate(self, expression: str) -> Any:
        """Return the value of an expression in the page, None for undefined; raise AssertionError with what it throws."""
        return (await self._found(expression)).get("value")

    async def _found(self, expression: str) -> dict[str, Any]:
        target = {"context": self.tab}
        answer = await self.command("script.evaluate", expression=expression, target=target, awaitPromise=True)
        assert answer["type"] == "success", answer
        found: dict[str, Any] = answer["result"]
        return found

    async def click(self, element: str) -> None:
        """Click the element that an expression finds, as a person does with a mouse."""
        found = await self._found(element)
        assert "sharedId" in found, f"{element} found {found}"
        over = {"type": "element", "element": {"sharedId": found["sharedId"]}}
        move = {"type": "pointerMove", "x": 0, "y": 0, "origin": over}
        press = [{"type": kind, "button": 0} for kind in ("pointerDown", "pointerUp")]
        mouse = {"type": "pointer", "id": "mouse", "actions": [move, *press]}
        await self.command("input.performActions", context=self.tab, actions=[mouse])

    async def until(self, expression: str, within_s: float = 15.0) -> None:
        """Wait until an expression is true in the page."""
        async with asyncio.timeout(within_s):
            while not await self.evaluate(f"Boolean({expression})"):
                await asyncio.sleep(LOOK_EVERY_S)


@asynccontextmanager
async def firefox(profile: Path, loudspeaker: Mapping[str, Any] | None = None) -> AsyncIterator[Firefox]:
    """Run a Firefox with a new profile in an empty directory until the block ends.

    `loudspeaker` is the environment of a program that plays to one (`tests.support.room`); it is silent without.
    """
    environment = _no_sound_card(profile) if loudspeaker is None else loudspeaker
    (profile / "user.js").write_text(
        f'user_pref("media.cubeb.backend", "{"alsa" if loudspeaker is None else "pulse"}");\n'
        # Pictures that move cost more than the sound.
        'user_pref("ui.prefersReducedMotion", 1);\n'
    )
    command = ("firefox-esr", "--headless", "--no-remote", "--profile", str(profile))
    process = await asyncio.create_subprocess_exec(
        *command,
        f"--remote-debugging-port={free_port()}",
        stdout=PIPE,
        stderr=asyncio.subprocess.STDOUT,
        env={**os.environ, **environment},
    )
    try:
        async with asyncio.timeout(START_TIMEOUT_S):
            url = await _address(process)
        async with aiohttp.ClientSession() as http, http.ws_connect(f"{url}/session", max_msg_size=0) as socket:
            browser = Firefox(socket)
            await browser.command("session.new", capabilities={})
            tree = await browser.command("browsingContext.getTree")
            browser.tab = tree["contexts"][0]["context"]
            yield browser
    finally:
        process.terminate()
        await process.communicate()


def _no_sound_card(profile: Path) -> dict[str, str]:
    """Return an environment with a sound card that takes samples as fast as they come: nothing plays without any."""
    (profile / "asound.conf").write_text("pcm.!default { type null }\nctl.!default { type null }\n")
    return {"ALSA_CONFIG_PATH": str(profile / "asound.conf")}


async def _address(process: Process) -> str:
    assert process.stdout is not None
    said: list[str] = []
    async for line in process.stdout:
        said.append(line.decode(errors="replace"))
        found = LISTENING.search(said[-1])
        if found:
            return found[1]
    raise AssertionError(f"Firefox did not start: {''.join(said)}")
