"""supervisorctl: the orders that we give to supervisord."""

import asyncio
import sys
from dataclasses import dataclass
from pathlib import Path

import structlog

log = structlog.get_logger()

TIMEOUT_S = 20.0


@dataclass(frozen=True, slots=True)
class Supervisor:
    """The supervisord that a configuration file belongs to; without one, orders are not given and count as done."""

    configuration: Path | None

    async def update(self) -> bool:
        """Start the programs that are new and stop those that are gone, and no others; say whether that was done."""
        return await self._order("update")

    async def reload_icecast(self) -> bool:
        """Have Icecast read its configuration again, with nobody dropped; say whether it was told."""
        return await self._order("signal", "HUP", "icecast")

    async def kill_pipeline(self, slug: str) -> bool:
        """Kill a station's pipeline, so that it is started again; say whether supervisord was told."""
        return self.configuration is not None and await self._order("signal", "KILL", f"pipeline-{slug}")

    async def _order(self, *words: str) -> bool:
        if self.configuration is None:
            return True
        command = [sys.executable, "-m", "supervisor.supervisorctl", "-c", str(self.configuration), *words]
        try:
            process = await asyncio.create_subprocess_exec(
                *command, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT
            )
        except OSError as error:
            log.error("supervisorctl_not_started", command=" ".join(words), reason=str(error))
            return False
        try:
            async with asyncio.timeout(TIMEOUT_S):
                output, _ = await process.communicate()
        except TimeoutError:
            process.kill()
            log.error("supervisord_unreachable", command=" ".join(words))
            return False
        if process.returncode != 0:
            log.error("supervisord_refused", command=" ".join(words), answer=output.decode(errors="replace").strip())
        return process.returncode == 0
