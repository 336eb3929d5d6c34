"""Keeps Icecast's configuration and the pipelines in line with the stations."""

from dataclasses import dataclass

import structlog

from controlplane.icecast.config import IcecastConfig
from controlplane.kernel.stations import StationRow
from controlplane.liquidsoap.files import PipelineFiles
from controlplane.supervisor.control import Supervisor

log = structlog.get_logger()


@dataclass(slots=True)
class Configuration:
    """Writes files when the stations or the template change, and has the programs that read them reload."""

    icecast: IcecastConfig
    pipelines: PipelineFiles
    supervisor: Supervisor
    _applied: object = None

    async def apply(self, rows: list[StationRow]) -> None:
        """Bring the files in line, and the programs that read them; raises ConfigError or OSError."""
        wanted = (tuple(rows), self.icecast.template_mtime())
        if wanted == self._applied:
            return
        # A start, or a try after a failure, does both whatever the files say: they may be written and not read.
        first = self._applied is None
        reload = self.icecast.write(rows) or first
        # Icecast first: a source that comes to a mount that it does not know yet is refused.
        done = not reload or await self.supervisor.reload_icecast()
        update = self.pipelines.write(rows) or first
        done = done and (not update or await self.supervisor.update())
        if done:
            log.info("configuration_applied", stations=len(rows), icecast_reloaded=reload, pipelines_updated=update)
        self._applied = wanted if done else None
