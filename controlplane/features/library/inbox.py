"""Imports files that are put into a station's folder by hand, each once. They stay where they are."""

import asyncio
import os
import stat
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
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
LOOK_AT_FILES_S = 300.0
"""Files that are written over do not change their folder."""


@dataclass(frozen=True, slots=True)
class _Looked:
    """Folders, with the times at which they had changed last, all of whose files are imported."""

    folders: dict[Path, int]
    at_s: float


@dataclass(frozen=True, slots=True)
class Inbox:
    """Looks through the folders of all stations."""

    stations: Stations
    library: Library
    paths: Paths
    settled_ns: int = SETTLED_NS
    _looked: dict[str, _Looked] = field(default_factory=dict)

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
        folder, now_s = self.paths.tracks(station.slug), self.library.clock.monotonic_s()
        folders = await asyncio.to_thread(_folders, folder)
        before = self._looked.get(station.id)
        if before is not None and before.folders == folders and now_s - before.at_s < LOOK_AT_FILES_S:
            return
        now_ns = self.library.clock.now_ms() * 1_000_000
        found = await asyncio.to_thread(lambda: list(_files(folder)))
        async with reading(self.library.engine) as connection:
            known = await table.of(connection, station.id)
        complete = True
        for path, file in found:
            if file not in known:
                is_settled = abs(now_ns - file.modified_ns) >= self.settled_ns
                complete &= is_settled and await self._take(station, path, file)
        if complete:
            self._looked[station.id] = _Looked(folders, now_s)

    async def _take(self, station: StationRow, path: Path, file: ImportedFile) -> bool:
        """Import a file; say whether it need not be looked at again."""
        try:
            track = await self.library.add_copy(station, path, FOLDER)
            log.info("track_imported", station=station.slug, track=track.id)
        except InvalidInput as error:
            log.warning("file_not_imported", station=station.slug, file=path.name, reason=str(error))
        except FileNotFoundError:
            return True
        except NoSpace as error:
            # There may be room for the others; this one is tried again.
            log.error("file_not_imported", station=station.slug, file=path.name, reason=str(error))
            return False
        async with writing(self.library.engine) as connection:
            await table.put(connection, station.id, file)
        return True


def _folders(folder: Path) -> dict[Path, int]:
    found = {}
    for place, _, _ in os.walk(folder):
        with suppress(OSError):
            found[Path(place)] = Path(place).stat().st_mtime_ns
    return found


def _files(folder: Path) -> Iterator[tuple[Path, ImportedFile]]:
    # Links are not followed: one could bring any file of this machine on air.
    for path in sorted(folder.rglob("*")):
        try:
            found = path.lstat()
        except OSError:
            # It has gone since it was listed.
            continue
        if stat.S_ISREG(found.st_mode) and not path.name.startswith("."):
            name = bytes(path.relative_to(folder))
            yield path, ImportedFile(sha256(name).hexdigest(), found.st_size, found.st_mtime_ns)
