"""A room with listeners, and what is recorded there."""

import tempfile
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from playwright.async_api import async_playwright

from bench.sync.listeners import Listener, Seat, listener, settle
from tests.support.room import AUDIBLE, RATE, Room, Sound, listening_room, skews_ms
from tests.support.running_stack import RunningStack


@dataclass
class Session:
    """A room with listeners, one a channel, and what was recorded there. Times are seconds of the recording."""

    room: Room
    file: Path
    listeners: list[Listener]
    pressed_at: dict[int, float] = field(default_factory=dict)

    def now_s(self) -> float:
        """Return how much is recorded."""
        return self.file.stat().st_size / (2 * self.room.channels * RATE)

    async def press(self, channel: int) -> None:
        """Have a listener press play, and wait until the page says that it plays."""
        self.pressed_at[channel] = self.now_s()
        await self.listeners[channel].press()
        await self.listeners[channel].plays()

    def sound(self) -> Sound:
        """Return what was recorded so far."""
        return self.room.heard(self.file)

    def audible_ms(self) -> list[float]:
        """Return how long each listener heard nothing after the press."""
        sound = np.abs(self.sound())
        found = []
        for channel, pressed_s in self.pressed_at.items():
            after = sound[round(pressed_s * RATE) :, channel]
            found.append(float(np.argmax(after > AUDIBLE)) * 1000 / RATE)
        return found

    def skews(self, since_s: float, until_s: float) -> list[float]:
        """Return how far apart the listeners were, in milliseconds."""
        return skews_ms(self.sound()[: round(until_s * RATE)], since_s)


@asynccontextmanager
async def session(stack: RunningStack, seats: Sequence[Seat]) -> AsyncIterator[Session]:
    """Seat listeners in a room, and record."""
    async with AsyncExitStack() as exits:
        folder = Path(exits.enter_context(tempfile.TemporaryDirectory()))
        room = exits.enter_context(listening_room(len(seats), folder))
        playwright = await exits.enter_async_context(async_playwright())
        seated = [await exits.enter_async_context(listener(playwright, stack, room, seat)) for seat in seats]
        file = folder / "heard.raw"
        exits.enter_context(room.recording(file))
        await settle(1.0)
        yield Session(room, file, seated)
