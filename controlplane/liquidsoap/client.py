"""A pipeline's unix socket: one short connection a command, from a fixed set, never built from outside input."""

import asyncio
import re
from dataclasses import dataclass
from pathlib import Path

from controlplane.kernel.errors import Conflict, InvalidInput, Upstream
from controlplane.liquidsoap import parse
from controlplane.liquidsoap.parse import END, PipelineLevels, PipelineState

TIMEOUT_S = 2.0
PLAN_TIMEOUT_S = 6.0
"""The track that is to follow is opened before the pipeline answers."""
ITEM = re.compile("[a-z0-9-]{1,64}")
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

    async def levels(self) -> PipelineLevels:
        """Return how loud the last frames that the pipeline made were."""
        answer = await self._ask("st.levels", TIMEOUT_S)
        try:
            return parse.levels(answer)
        except parse.Malformed as error:
            raise Upstream(str(error)) from error

    async def follow_plan(self) -> int:
        """Have the pipeline read its plan again, and return the version that it follows from now on."""
        answer = (await self._ask("st.plan", PLAN_TIMEOUT_S)).decode(errors="replace").strip()
        word, _, version = answer.rpartition(" ")
        if word != "OK" or not version.isdigit():
            raise Upstream(f"the pipeline {self.socket.stem} did not take its plan: {answer[:200]}")
        return int(version)

    async def skip(self, item: str) -> None:
        """End an item of the plan, if it is on air; a second time does nothing. Raises Conflict if it is not."""
        if not ITEM.fullmatch(item):
            raise InvalidInput("that is no id of an item")
        answer = (await self._ask(f"st.skip {item}")).decode(errors="replace").strip()
        if not answer.startswith("OK"):
            raise Conflict("it is not on air")

    async def follow_air(self) -> None:
        """Have the pipeline read again which ingest mount is on air."""
        answer = (await self._ask("st.air")).decode(errors="replace").strip()
        if not answer.startswith("OK"):
            raise Upstream(f"the pipeline {self.socket.stem} did not switch: {answer[:200]}")

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
