"""When a page shows that a show begins, beside its first sample."""

import asyncio

from bench.sync.listeners import Seat, settle
from bench.sync.session import session
from tests.support.beep import SCRIPT, beeps_late_s
from tests.support.encoder import Encoder
from tests.support.room import RATE
from tests.support.running_stack import RunningStack

TONE_HZ = 1010
SETTLE_S, HEARD_S = 8.0, 20.0


async def title_late_ms(stack: RunningStack, script: str = "") -> float:
    """Go live with a tone, and return how long after its first sample a page shows that, in milliseconds."""
    async with session(stack, [Seat(0, script=script + SCRIPT)]) as room:
        await room.press(0)
        await settle(SETTLE_S)
        began = room.now_s()
        encoder = await asyncio.to_thread(Encoder.start, stack, TONE_HZ)
        try:
            await settle(HEARD_S)
            late_ms = beeps_late_s(room.sound()[round(began * RATE) :], TONE_HZ) * 1000
        finally:
            await asyncio.to_thread(encoder.stop)
    await asyncio.to_thread(stack.wait_for_autodj)
    return late_ms
