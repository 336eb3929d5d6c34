"""A browser that broadcasts: slices of a recording in real time, over the WebSocket of the studio's page."""

import asyncio
import secrets
import time
from contextlib import suppress

import aiohttp

from tests.support.running_stack import RunningStack

PAGE, GRANULE = b"OggS", slice(6, 14)
"""A page's capture pattern, and where it has the number of its last sample (RFC 3533, 6)."""
RATE = 48_000
SLICE_S = 0.25
OTHER_S, BEFORE_HZ = 5.0, 600


async def send(stack: RunningStack, token: str, hertz: int, until: asyncio.Event) -> float:
    """Send one tone and then another, until told to end; return when the slice was sent in which the other begins."""
    tone = f"aevalsrc='0.5*sin(2*PI*if(gte(t,{OTHER_S}),{hertz},{BEFORE_HZ})*t)':s={RATE}"
    command = ["ffmpeg", "-v", "error", "-re", "-f", "lavfi", "-i", tone, "-c:a", "libopus", "-b:a", "96k"]
    command += ["-f", "ogg", "-page_duration", str(round(SLICE_S * 1e6)), "-flush_packets", "1", "pipe:1"]
    recorder = await asyncio.create_subprocess_exec(*command, stdout=asyncio.subprocess.PIPE)
    if recorder.stdout is None:
        raise RuntimeError("the output of ffmpeg is not a pipe")
    sent_at = asyncio.get_running_loop().create_future()
    try:
        async with (
            aiohttp.ClientSession() as session,
            session.ws_connect(f"{stack.url}/api/v1/stations/awaz/microphone") as line,
        ):
            hello = {"token": token, "mime": "audio/ogg;codecs=opus", "session": secrets.token_hex(8)}
            await line.send_json(hello)
            if (await line.receive_json())["type"] != "ready":
                raise RuntimeError("the microphone was not taken")
            number = 0
            while not until.is_set():
                piece = await recorder.stdout.read(65_536)
                number += 1
                await line.send_bytes(number.to_bytes(4, "big") + piece)
                if _last_sample(piece) > OTHER_S * RATE and not sent_at.done():
                    sent_at.set_result(time.monotonic())
            await line.send_str("done")
    finally:
        with suppress(ProcessLookupError):
            recorder.kill()
        await recorder.wait()
    return float(sent_at.result())


def _last_sample(piece: bytes) -> int:
    at = piece.rfind(PAGE)
    return int.from_bytes(piece[at:][GRANULE], "little") if at >= 0 else 0
