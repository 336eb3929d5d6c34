"""Listens to a source for some seconds, in whatever format it sends.

It is a stranger's sound: the program that reads it has little memory, and what it makes of it is bounded.
"""

import asyncio
import time
from dataclasses import dataclass

from controlplane.features.sync.search import CHANNELS, RATE_HZ
from controlplane.kernel.errors import Upstream

PCM = ("-f", "s16le", "-ar", str(RATE_HZ), "-ac", str(CHANNELS))
BYTES_PER_S = 2 * CHANNELS * RATE_HZ
BLOCK_BYTES = 65536
MAX_MEMORY_BYTES = 1024**3
MAX_BURST_S = 60.0
"""More than that was not sent before it was asked for: the source is faster than its sound."""
FFMPEG = ("prlimit", f"--as={MAX_MEMORY_BYTES}", "ffmpeg", "-nostdin", "-v", "fatal", "-threads", "1")
QUICKLY = ("-probesize", "16384", "-analyzeduration", "200000")
# A playlist would have it read other addresses.
ALLOWED = ("-protocol_whitelist", "http,tcp", "-format_whitelist", "mp3,aac,ogg,flac,matroska,webm")


@dataclass(frozen=True, slots=True)
class SourceSound:
    """Sound as `PCM` says, whose first sample was sent at `began`, in unix seconds."""

    began: float
    audio: bytes


async def listen(url: str, seconds: float, now: float) -> SourceSound:
    """Listen to an address for some seconds from `now` on (unix seconds).

    Icecast sends what it has of the source first, which is old: the sample that came soonest says when it began. Raises
    Upstream if there is no sound, or more of it than the time has.
    """
    offset, audio, began = now - time.monotonic(), bytearray(), float("inf")
    most_bytes = (seconds + MAX_BURST_S) * BYTES_PER_S
    try:
        process = await asyncio.create_subprocess_exec(
            *(*FFMPEG, *QUICKLY, *ALLOWED, "-i", url, *PCM, "-flush_packets", "1", "pipe:1"),
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.DEVNULL,
        )
    except OSError as error:
        raise Upstream(f"FFmpeg does not start: {error.strerror}") from error
    try:
        async with asyncio.timeout(seconds):
            while process.stdout is not None and (block := await process.stdout.read(BLOCK_BYTES)):
                audio += block
                if len(audio) > most_bytes:
                    raise Upstream("the source sends faster than it sounds")
                began = min(began, time.monotonic() + offset - len(audio) / BYTES_PER_S)
    except TimeoutError:
        pass  # it goes on for as long as the source does
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()
    if not audio:
        raise Upstream("the source cannot be heard")
    return SourceSound(began, bytes(audio))
