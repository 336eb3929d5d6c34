"""One small process that sends the same encoded frames to every station's off-air mount, independent of the daemon.

Twice a second it reads its list of mounts from a file that the daemon writes, and connects to new mounts and leaves
removed ones without touching the others.
"""

import asyncio
import json
import sys
import time
from base64 import b64encode
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from controlplane.icecast.offair.loop import Loop, read
from controlplane.kernel.mounts import MEDIA_TYPES, Format

TICK_S = 0.2
FILE_CHECK_INTERVAL_S = 0.5
RETRY_S = 1.0
CONNECT_TIMEOUT_S = 5.0
STUCK_BYTES = 64 * 1024
"""Four seconds of audio: an Icecast that leaves that much unread has stopped reading."""


@dataclass(frozen=True, slots=True)
class Plan:
    """The contents of the file: the file to play for each format, and each mount's password."""

    host: str
    port: int
    user: str
    audio: dict[Format, str]
    mounts: dict[str, str] = field(repr=False)

    @classmethod
    def of(cls, file: Path) -> "Plan":
        """Read the file; raise OSError, or ValueError if it is not a list of mounts."""
        values = json.loads(file.read_bytes())
        try:
            return cls(values["host"], values["port"], values["user"], values["audio"], values["mounts"])
        except (KeyError, TypeError) as error:
            raise ValueError(f"{file} is not a list of mounts: {error!r}") from error

    def loops(self) -> dict[Format, Loop]:
        """Read the frames to send; raise OSError or ValueError."""
        return {audio: read(Path(file).read_bytes(), audio) for audio, file in self.audio.items()}

    def format_of(self, mount: str) -> Format:
        """Return what a mount carries; raise ValueError if it is none of our formats."""
        for audio in self.audio:
            if mount.endswith(f".{audio}"):
                return audio
        raise ValueError(f"{mount} is not the mount of a format")


def _stamp(file: Path) -> int:
    return file.stat().st_mtime_ns


class Sources:
    """The connections to Icecast, one a mount."""

    def __init__(self) -> None:
        self._writers: dict[str, tuple[Format, asyncio.StreamWriter]] = {}

    def send(self, pieces: dict[Format, bytes]) -> None:
        """Send each mount the piece of its format; cut off those that do not take it."""
        for audio, writer in self._writers.values():
            if writer.transport.get_write_buffer_size() > STUCK_BYTES:
                writer.transport.abort()
            else:
                writer.write(pieces[audio])

    async def hold(self, plan: Plan, mount: str) -> None:
        """Keep a mount connected until cancelled."""
        while True:
            # Icecast may be starting, or not know the mount yet; its own log says what it refused.
            with suppress(OSError, EOFError, ValueError, TimeoutError, asyncio.LimitOverrunError):
                await self._hold(plan, mount)
            await asyncio.sleep(RETRY_S)

    async def _hold(self, plan: Plan, mount: str) -> None:
        async with asyncio.timeout(CONNECT_TIMEOUT_S):
            reader, writer = await asyncio.open_connection(plan.host, plan.port)
        try:
            writer.write(_greeting(plan, mount))
            async with asyncio.timeout(CONNECT_TIMEOUT_S):
                answer = await reader.readuntil(b"\r\n\r\n")
            if b" 100 " not in answer and b" 200 " not in answer:
                raise ValueError(f"{mount} was refused: {answer[:80]!r}")
            self._writers[mount] = plan.format_of(mount), writer
            while await reader.read(4096):
                pass
        finally:
            self._writers.pop(mount, None)
            writer.transport.abort()


def _greeting(plan: Plan, mount: str) -> bytes:
    login = b64encode(f"{plan.user}:{plan.mounts[mount]}".encode()).decode()
    lines = (
        f"PUT {mount} HTTP/1.1",
        f"Host: {plan.host}:{plan.port}",
        f"Authorization: Basic {login}",
        "User-Agent: AwazOffAir/1",
        f"Content-Type: {MEDIA_TYPES[plan.format_of(mount)]}",
        "Ice-Public: 0",
        "Ice-Name: Off air",
        "Expect: 100-continue",
    )
    return "".join(f"{line}\r\n" for line in (*lines, "")).encode()


async def pace(sources: Sources, loops: dict[Format, Loop]) -> None:
    """Send frames in time until cancelled."""
    began = time.monotonic()
    while True:
        now_s = time.monotonic() - began
        sources.send({audio: loop.due(now_s) for audio, loop in loops.items()})
        await asyncio.sleep(TICK_S)


async def run(file: Path) -> None:
    """Run until terminated."""
    plan = Plan.of(file)
    sources, held = Sources(), dict[tuple[str, str], asyncio.Task[None]]()
    pacing = asyncio.create_task(pace(sources, plan.loops()))
    seen = _stamp(file)
    while not pacing.done():
        # By name and password: a mount whose password changed is another one.
        for gone in held.keys() - plan.mounts.items():
            held.pop(gone).cancel()
        for new in plan.mounts.items() - held.keys():
            held[new] = asyncio.create_task(sources.hold(plan, new[0]))
        await asyncio.sleep(FILE_CHECK_INTERVAL_S)
        for task in held.values():
            if task.done():
                task.result()
        changed = _stamp(file)
        if changed != seen:
            seen, before, plan = changed, plan, Plan.of(file)
            if (before.host, before.port, before.user, before.audio) != (plan.host, plan.port, plan.user, plan.audio):
                return  # the process manager restarts us, with the new values
    pacing.result()


def main() -> None:
    """Run with the file that the command line names."""
    with suppress(KeyboardInterrupt):
        asyncio.run(run(Path(sys.argv[1])))


if __name__ == "__main__":
    main()
