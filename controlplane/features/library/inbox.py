"""Imports files that are put into a station's folder by hand, each once. They stay where they are."""

import asyncio
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

import structlog

from controlplane.db import imports as table
from controlplane.db.engine import reading, writing
from controlplane.db.imports import ImportedFile
from controlplane.features.library.service import Library
from controlplane.features.stations.service import Stations
from controlplane.kernel.audit import AuditActor
from controlplane.kernel.errors import Conflict, InvalidInput, NoSpace, Upstream
from controlplane.kernel.stations import StationRow
from controlplane.runtime.paths import Paths

log = structlog.get_logger()

FOLDER = AuditActor("", "tracks folder")
SETTLED_NS = 2_000_000_000
"""A file that was written to within this time is still being copied."""


@dataclass(frozen=True, slots=True)
class Inbox:
    """Looks through the folders of all stations."""

    stations: Stations
    library: Library
    paths: Paths
    settled_ns: int = SETTLED_NS

    async def look(self) -> None:
        """Import what is new, and try again what could not be stored."""
        for station in self.stations.all():
            try:
                await self._look(station)
            except Upstream as error:
                log.error("tracks_not_imported", station=station.slug, reason=str(error))
            except Conflict:
                # The station was removed at this moment.
                continue

    async def _look(self, station: StationRow) -> None:
        folder = self.paths.tracks(station.slug)
        now_ns = self.library.clock.now_ms() * 1_000_000
        files = await asyncio.to_thread(lambda: list(_files(folder, now_ns, self.settled_ns)))
        async with reading(self.library.engine) as connection:
            known = await table.of(connection, station.id)
        for path, file in files:
            if file not in known:
                await self._take(station, path, file)

    async def _take(self, station: StationRow, path: Path, file: ImportedFile) -> None:
        try:
            track = await self.library.add_copy(station, path, FOLDER)
            log.info("track_imported", station=station.slug, track=track.id)
        except InvalidInput as error:
            log.warning("file_not_imported", station=station.slug, file=path.name, reason=str(error))
        except FileNotFoundError:
            return
        except NoSpace as error:
            # There may be room for the others; this one is tried again.
            log.error("file_not_imported", station=station.slug, file=path.name, reason=str(error))
            return
        async with writing(self.library.engine) as connection:
            await table.put(connection, station.id, file)


def _files(folder: Path, now_ns: int, settled_ns: int) -> Iterator[tuple[Path, ImportedFile]]:
    # Links are not followed: one could bring any file of this machine on air.
    for path in sorted(folder.rglob("*")):
        try:
            found = path.lstat()
        except OSError:
            # It has gone since it was listed.
            continue
        settled = abs(now_ns - found.st_mtime_ns) >= settled_ns
        if stat.S_ISREG(found.st_mode) and not path.name.startswith(".") and settled:
            name = bytes(path.relative_to(folder))
            yield path, ImportedFile(sha256(name).hexdigest(), found.st_size, found.st_mtime_ns)
