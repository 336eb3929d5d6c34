"""A pipeline's unix socket: one short connection a command, from a fixed set, never built from outside input."""

import asyncio
from dataclasses import dataclass
from pathlib import Path

from controlplane.kernel.errors import InvalidInput, Upstream
from controlplane.liquidsoap import parse
from controlplane.liquidsoap.parse import END, PipelineState

TIMEOUT_S = 2.0
PUSH_TIMEOUT_S = 12.0
"""A pushed file is decoded before it is queued, which may take ten seconds."""
ANSWER_LIMIT = 64 * 1024


class Late(Upstream):
    """The pipeline runs, but does not answer in time."""


@dataclass(frozen=True, slots=True)
class PipelineClient:
    """The commands of station.liq. Each raises Upstream when the pipeline does not answer as it should."""

    socket: Path

    async def status(self, timeout_s: float | None = None) -> PipelineState:
        """Return what the pipeline plays."""
        answer = await self._ask("st.status", timeout_s or TIMEOUT_S)
        try:
            return parse.state(answer)
        except parse.Malformed as error:
            raise Upstream(str(error)) from error

    async def push(self, path: Path, track_id: str) -> str:
        """Queue a file; return the request's id. Raises InvalidInput if it cannot be played."""
        quoted = track_id.replace("\\", "").replace('"', "")
        command = f'st.push annotate:awaz_id="{quoted}":{path}'
        answer = (await self._ask(command, PUSH_TIMEOUT_S)).decode(errors="replace")
        if not answer.startswith("OK "):
            raise InvalidInput(f"{path.name} cannot be played")
        return answer.removeprefix("OK ").strip()

    async def cancel(self, request_id: str) -> None:
        """Take a request out of the queue."""
        await self._must(f"st.cancel {request_id}")

    async def skip(self) -> None:
        """End what plays now, if it is a track."""
        await self._must("st.skip")

    async def _must(self, command: str) -> None:
        answer = (await self._ask(command)).decode(errors="replace").strip()
        if not answer.startswith("OK"):
            raise InvalidInput(f"the pipeline refused: {answer[:200]}")

    async def _ask(self, command: str, timeout_s: float = TIMEOUT_S) -> bytes:
        if not command.isprintable():
            raise InvalidInput("a control character cannot be part of a pipeline's command")
        try:
            async with asyncio.timeout(timeout_s):
                reader, writer = await asyncio.open_unix_connection(str(self.socket), limit=ANSWER_LIMIT)
                try:
                    writer.write(command.encode() + b"\n")
                    lines = []
                    while (line := (await reader.readuntil(b"\n")).rstrip(b"\r\n")) != END:
                        lines.append(line)
                finally:
                    writer.close()
        except (TimeoutError, BlockingIOError) as error:
            # A full queue of connections that are not accepted is as late as an answer that does not come.
            raise Late(f"the pipeline {self.socket.stem} does not answer in time") from error
        except (OSError, EOFError, asyncio.LimitOverrunError) as error:
            raise Upstream(f"the pipeline {self.socket.stem} does not answer: {type(error).__name__}") from error
        return b"\n".join(lines)
