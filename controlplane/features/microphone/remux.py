"""ffmpeg as an encoder: takes a browser's recording and sends it to an ingest mount as Ogg."""

import asyncio
from contextlib import suppress
from dataclasses import dataclass

import structlog

from controlplane.features.microphone.slices import Recording
from controlplane.kernel.errors import Upstream

log = structlog.get_logger()

MAX_MEMORY_BYTES = 1024**3
"""A recording is a stranger's file: the program that reads it gets no more memory."""
WRITE_TIMEOUT_S = 5.0
END_TIMEOUT_S = 2.0


@dataclass(slots=True)
class Remux:
    """A running ffmpeg."""

    process: asyncio.subprocess.Process

    @classmethod
    async def start(cls, program: str, recording: Recording, url: str) -> "Remux":
        """Begin to send; raise Upstream if the program does not start."""
        reading = ("-fflags", "nobuffer", "-probesize", "4096", "-analyzeduration", "0", "-f", recording.demuxer)
        # A page of a tenth of a second: what is said is not kept back.
        writing = ("-f", "ogg", "-page_duration", "100000", "-flush_packets", "1", "-content_type", "application/ogg")
        words = [program, "-v", "error", "-nostdin", *reading, "-i", "pipe:0", "-vn", *recording.codec, *writing, url]
        try:
            process = await asyncio.create_subprocess_exec(
                "prlimit",
                f"--as={MAX_MEMORY_BYTES}",
                *words,
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.DEVNULL,
                stderr=asyncio.subprocess.DEVNULL,
                start_new_session=True,
            )
        except OSError as error:
            raise Upstream(f"the microphone's encoder does not start: {error.strerror}") from error
        return cls(process)

    @property
    def has_ended(self) -> bool:
        """Whether it has ended: Icecast refused it or cut it off, or what came was no audio."""
        return self.process.returncode is not None

    async def write(self, piece: bytes) -> None:
        """Send a piece; raise Upstream if it is not taken in time."""
        if self.process.stdin is None or self.has_ended:
            raise Upstream("the microphone's encoder has ended")
        try:
            self.process.stdin.write(piece)
            async with asyncio.timeout(WRITE_TIMEOUT_S):
                await self.process.stdin.drain()
        except (TimeoutError, ConnectionError) as error:
            raise Upstream("the microphone's encoder takes nothing more") from error

    async def end(self) -> None:
        """Send the rest, and end; what does not end in time is killed."""
        if self.process.stdin is not None:
            self.process.stdin.close()
        try:
            async with asyncio.timeout(END_TIMEOUT_S):
                await self.process.wait()
        except TimeoutError:
            with suppress(ProcessLookupError):
                self.process.kill()
            await self.process.wait()
