"""A source client that records when Icecast accepted it, which ffmpeg does not report."""

import asyncio
import subprocess
import time
from base64 import b64encode
from dataclasses import dataclass

BYTES_A_SECOND = 16_000
SECONDS = 20
PACE_S = 0.1


def tone() -> bytes:
    """Return twenty seconds of a 128 kbit/s mp3 tone."""
    command = ["ffmpeg", "-v", "error", "-f", "lavfi", "-i", f"sine=frequency=440:duration={SECONDS}"]
    command += ["-ac", "2", "-c:a", "libmp3lame", "-b:a", "128k", "-f", "mp3", "pipe:1"]
    return subprocess.run(command, check=True, capture_output=True).stdout


@dataclass
class Source:
    """A connected source; `accepted` is the time of Icecast's acceptance, in monotonic seconds."""

    accepted: float
    _writer: asyncio.StreamWriter
    _task: "asyncio.Task[None]"

    @classmethod
    async def connect(cls, port: int, mount: str, key: str, audio: bytes) -> "Source":
        """Connect and start sending."""
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        token = b64encode(f"source:{key}".encode()).decode()
        head = f"PUT {mount} HTTP/1.1\r\nHost: x\r\nAuthorization: Basic {token}\r\n"
        writer.write(f"{head}Content-Type: audio/mpeg\r\nExpect: 100-continue\r\n\r\n".encode())
        status = await reader.readuntil(b"\r\n\r\n")
        accepted = time.monotonic()
        if b" 100 " not in status and b" 200 " not in status:
            raise RuntimeError(f"Icecast refused the source: {status!r}")
        return cls(accepted, writer, asyncio.create_task(cls._send(writer, audio)))

    @staticmethod
    async def _send(writer: asyncio.StreamWriter, audio: bytes) -> None:
        piece = int(BYTES_A_SECOND * PACE_S)
        at = 0
        while True:
            writer.write(audio[at : at + piece])
            await writer.drain()
            at = (at + piece) % (len(audio) - piece)
            await asyncio.sleep(PACE_S)

    async def close(self) -> None:
        """Abort the connection."""
        self._task.cancel()
        self._writer.transport.abort()
