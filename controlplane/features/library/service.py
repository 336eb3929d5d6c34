"""The tracks of all stations: added from files, changed, listed and removed."""

import asyncio
import base64
import secrets
from collections.abc import Awaitable, Callable, Sequence
from contextlib import aclosing
from dataclasses import dataclass, field, replace
from pathlib import Path

from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from controlplane.db import audit, playlists, uploads
from controlplane.db import tracks as table
from controlplane.db.engine import reading, writing
from controlplane.features.library import reading as files
from controlplane.features.library import rules
from controlplane.features.library.picture import MAX_PICTURE_BYTES
from controlplane.features.library.reading import Art, Measurement, Probed
from controlplane.features.library.store import Store, digest
from controlplane.kernel.audit import AuditActor
from controlplane.kernel.clock import SYSTEM_CLOCK, Clock
from controlplane.kernel.errors import Conflict, NoSpace, NotFound, TooLarge
from controlplane.kernel.stations import StationRow
from controlplane.kernel.text import NAME_BYTES, clean, size_text
from controlplane.kernel.tracks import Listing, TrackRow
from controlplane.protocol.library import SharedPatch
from controlplane.runtime.config import Settings
from controlplane.runtime.files import Account, account
from controlplane.runtime.paths import Paths

GB = 1000**3
MAX_PROBES = 2
SAME_LENGTH_MS = 7000
"""How much the lengths of two rips of one recording differ at most, with the silence around it."""
FILE_NAME_BYTES = 255
MISSING = "its file is missing: upload it again"
REFUSED = "the station's pipeline could not play it"


@dataclass(frozen=True, slots=True)
class Counts:
    """How many tracks a list has, and of the whole library those that are not measured, and its size in bytes."""

    listed: int
    waiting: int
    size: int


@dataclass(slots=True)
class Library:
    """The one door to tracks; the database is their home, and their files are named by their contents."""

    engine: AsyncEngine
    store: Store
    account: Account | None
    quota_bytes: int
    clock: Clock
    _files: asyncio.Lock = field(default_factory=asyncio.Lock)
    """Held to add a track with its files, and to delete files that no track has."""
    _gate: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(MAX_PROBES))
    _listeners: list[Callable[[str], None]] = field(default_factory=list)

    def on_change(self, callback: Callable[[str], None]) -> None:
        """Call back with a station's id when its tracks have changed."""
        self._listeners.append(callback)

    async def add(
        self, station: StationRow, path: Path, file_name: str, by: AuditActor, upload_id: str | None = None
    ) -> TrackRow:
        """Add a file of the store's to a station's library, and return its track; the file stays where it is.

        The same contents are the same track: it is returned as it is, unless its own file was missing. Raises
        InvalidInput if it cannot be played.
        """
        sha256 = await asyncio.to_thread(digest, path)
        async with reading(self.engine) as connection:
            known = await table.by_content(connection, station.id, sha256)
        if known is not None:
            await self._mend(path, known)
        else:
            async with self._gate:
                probed = await files.probe(path, self.account)
            known = await self._keep(station, path, probed, _row(station, sha256, file_name, by, probed), by)
        if upload_id is not None:
            async with writing(self.engine) as connection:
                await uploads.finish(connection, upload_id, known.id)
        return known

    async def add_copy(self, station: StationRow, path: Path, by: AuditActor) -> TrackRow:
        """Add a copy of a file of this machine, whose owner may change it later.

        Raises InvalidInput if it cannot be played, NoSpace, and FileNotFoundError if it is gone.
        """
        await self.require_room(station, await self.store.size(path))
        copy = self.store.upload(secrets.token_hex(16))
        try:
            await self.store.copy(path, copy)
            return await self.add(station, copy, path.name, by)
        finally:
            await self.store.drop(copy)

    async def _keep(self, station: StationRow, path: Path, probed: Probed, row: TrackRow, by: AuditActor) -> TrackRow:
        row = replace(row, size=await self.store.size(path), added_at=self.clock.now_ms())
        try:
            async with self._files:
                await self._keep_art(probed.art)
                await self.store.keep_audio(path, row.sha256, row.format)
                async with writing(self.engine) as connection:
                    await table.add(connection, row)
                    await self._note(connection, "track.add", station, row, by)
        except Conflict:
            # The same file came twice at the same time.
            async with reading(self.engine) as connection:
                first = await table.by_content(connection, station.id, row.sha256)
            if first is None:
                raise
            return first
        self._tell(station.id)
        return row

    async def _mend(self, path: Path, row: TrackRow) -> None:
        """Give a track whose file was missing, or could not be played, the same one again."""
        async with self._files:
            await self.store.keep_audio(path, row.sha256, row.format)
        if row.problem:
            await self._record(row, {"problem": "", "measured": "waiting"})

    async def get(self, station: StationRow, track_id: str) -> TrackRow:
        """Return a track; raise NotFound."""
        async with reading(self.engine) as connection:
            row = await table.by_id(connection, station.id, track_id)
        if row is None:
            raise NotFound(f"there is no track {track_id[:40]!r}")
        return row

    async def page(self, station: StationRow, listing: Listing) -> tuple[list[TrackRow], Counts]:
        """Return tracks, and what is counted of their list and of the library."""
        now = self.clock.now_ms()
        async with reading(self.engine) as connection:
            if listing.words and listing.after is None:
                rows, listed = await table.found(connection, station.id, listing, now)
            else:
                rows = await table.page(connection, station.id, listing, now)
                listed = await table.listed(connection, station.id, listing, now)
            return rows, Counts(listed, *await table.held(connection, station.id))

    async def require_room(self, station: StationRow, size: int) -> None:
        """Raise NoSpace if a station's library or the disk has no room for so many bytes more."""
        self.store.require_space(size)
        async with reading(self.engine) as connection:
            used = await table.size_of(connection, station.id)
        if used + size > self.quota_bytes:
            left = size_text(max(0, self.quota_bytes - used))
            raise NoSpace(f"the library has room for {left} more, and the file has {size_text(size)}")

    async def change(
        self, station: StationRow, ids: Sequence[str], asked: SharedPatch, by: AuditActor
    ) -> list[TrackRow]:
        """Change tracks, all or none; return those that there are. Raises InvalidInput."""
        async with writing(self.engine) as connection:
            # First of all: what is searched is made of all texts, and somebody else may be changing some of them.
            await table.touch(connection, station.id)
            found = await table.by_ids(connection, station.id, ids)
            after = [rules.changed(row, asked) for row in found]
            for row, new in zip(found, after, strict=True):
                # The others may be measured, or changed by somebody else, at this moment.
                names = [name for name in rules.CHANGEABLE if getattr(row, name) != getattr(new, name)]
                await table.change(connection, new, {name: getattr(new, name) for name in names})
                await self._note(connection, "track.change", station, new, by)
        if after:
            self._tell(station.id)
        return after

    async def set_art(self, station: StationRow, track_id: str, picture: Path | None, by: AuditActor) -> TrackRow:
        """Give a track another picture, or none; raise NotFound, or InvalidInput if the file is no picture."""
        await self.get(station, track_id)

        async def place(art: str) -> str:
            async with writing(self.engine) as connection:
                before = await table.by_id(connection, station.id, track_id)
                if before is None:
                    raise NotFound(f"there is no track {track_id[:40]!r}")
                await table.change(connection, before, {"art": art})
                await self._note(connection, "track.change", station, before, by)
            return before.art

        await self.replace_art(picture, place)
        self._tell(station.id)
        return await self.get(station, track_id)

    async def replace_art(self, picture: Path | None, place: Callable[[str], Awaitable[str]]) -> str:
        """Keep a picture, or none, and return its SHA-256; raise TooLarge, or InvalidInput if the file is no picture.

        `place` writes the SHA-256 to where the picture belongs, and returns the one that was there.
        """
        art: Art | None = None
        if picture is not None:
            if await self.store.size(picture) > MAX_PICTURE_BYTES:
                raise TooLarge(f"a picture has {size_text(MAX_PICTURE_BYTES)} at most")
            async with self._gate:
                art = await files.picture(picture, self.account)
        name = art.sha256 if art is not None else ""
        async with self._files:
            await self._keep_art(art)
            before = await place(name)
            async with reading(self.engine) as connection:
                in_use = not before or await table.art_in_use(connection, before)
            await self.store.drop(*([] if in_use else self.store.arts(before)))
        return name

    async def _keep_art(self, art: Art | None) -> None:
        if art is not None:
            await self.store.keep({self.store.art(art.sha256, side): jpeg for side, jpeg in art.jpegs.items()})

    async def remove(self, station: StationRow, ids: Sequence[str], by: AuditActor) -> list[TrackRow]:
        """Remove tracks, and their files if no other track has them; return those that there were."""
        async with self._files:
            unused: list[Path] = []
            async with writing(self.engine) as connection:
                # First of all: who orders a playlist waits for the same row.
                await table.touch(connection, station.id)
                found = await table.by_ids(connection, station.id, ids)
                await playlists.resume_without(connection, station.id, [row.id for row in found])
                await table.remove(connection, station.id, [row.id for row in found])
                for row in found:
                    if not await table.in_use(connection, row.sha256):
                        unused += [self.store.audio(row.sha256, row.format), self.store.peaks(row.sha256)]
                    if row.art and not await table.art_in_use(connection, row.art):
                        unused += self.store.arts(row.art)
                    await self._note(connection, "track.remove", station, row, by)
            await self.store.drop(*unused)
        if found:
            self._tell(station.id)
        return found

    async def _note(
        self, connection: AsyncConnection, action: str, station: StationRow, row: TrackRow, by: AuditActor
    ) -> None:
        detail, now_ms = {"id": row.id, "file": row.file_name}, self.clock.now_ms()
        await audit.note(connection, now_ms, by, action, row.title, station=station.slug, detail=detail)

    async def sweep(self) -> None:
        """Delete files that no track has any more, such as those of a station that was removed."""
        async with self._files:
            async with reading(self.engine) as connection:
                known = await table.contents(connection)
            await self.store.drop_unused(known)

    async def next_to_measure(self) -> TrackRow | None:
        """Return the newest track that has not been measured."""
        async with reading(self.engine) as connection:
            rows = await table.waiting(connection, 1)
        return rows[0] if rows else None

    async def measured(self, row: TrackRow, found: Measurement) -> None:
        """Record what was measured; gain and cue points that somebody has set stay."""
        await self.store.keep({self.store.peaks(row.sha256): found.peaks})
        cues = rules.cue_points(found.silences, found.duration_ms)
        values: dict[str, object] = {
            "measured": "done",
            "problem": "",
            "duration_ms": found.duration_ms,
            "loudness_lufs": found.loudness_lufs,
            "peak_dbtp": found.peak_dbtp,
        }
        alike = await self._same_recording(replace(row, duration_ms=found.duration_ms), found.fingerprint)
        async with writing(self.engine) as connection:
            # Somebody may have changed it while it was measured.
            now = await table.by_id(connection, row.station_id, row.id)
            if now is None:
                return
            if not now.gain_db:
                values["gain_db"] = rules.gain_db(found.loudness_lufs, found.peak_dbtp)
            if not now.cue_in_ms and now.cue_out_ms is None:
                values |= {"cue_in_ms": cues.in_ms, "cue_out_ms": cues.out_ms}
            await table.change(connection, row, values)
            await table.set_fingerprint(connection, row, base64.b64encode(found.fingerprint).decode())
            if alike is not None:
                await table.mark_duplicate(connection, row, alike)
        self._tell(row.station_id)

    async def unplayable(self, row: TrackRow, problem: str) -> None:
        """Record that a track cannot be played, and why."""
        await self._record(row, {"measured": "failed", "problem": problem})

    async def could_not_be_played(self, station: StationRow, track_id: str) -> None:
        """Record that a pipeline could not play a track, unless it is known to be unplayable."""
        try:
            row = await self.get(station, track_id)
        except NotFound:
            return
        if not row.problem:
            there = await self.store.size(self.store.audio(row.sha256, row.format))
            await self._record(row, {"problem": REFUSED if there else MISSING})

    async def _record(self, row: TrackRow, values: dict[str, object]) -> None:
        async with writing(self.engine) as connection:
            await table.change(connection, row, values)
        self._tell(row.station_id)

    async def _same_recording(self, row: TrackRow, fingerprint: bytes) -> str | None:
        async with reading(self.engine) as connection, aclosing(table.near(connection, row, SAME_LENGTH_MS)) as near:
            async for others in near:
                found = await asyncio.to_thread(_first_alike, fingerprint, others)
                if found is not None:
                    return found
        return None

    def _tell(self, station_id: str) -> None:
        for callback in self._listeners:
            callback(station_id)


def _row(station: StationRow, sha256: str, file_name: str, by: AuditActor, probed: Probed) -> TrackRow:
    tags = probed.tags
    title, artist = rules.title_of(tags.get("title", ""), file_name), clean(tags.get("artist", ""))
    album, genre = clean(tags.get("album", "")), clean(tags.get("genre", ""), NAME_BYTES)
    named = clean(file_name, FILE_NAME_BYTES)
    keys = rules.Keys.of(title, artist, album, genre, named)
    return TrackRow(
        id=secrets.token_hex(12),
        station_id=station.id,
        sha256=sha256,
        format=probed.format,
        size=0,
        file_name=named,
        title=title,
        artist=artist,
        album=album,
        genre=genre,
        year=rules.year_of(tags.get("date", "")),
        isrc=rules.isrc_of(tags.get("isrc", "")),
        label=clean(tags.get("label", ""), rules.LABEL_BYTES),
        duration_ms=probed.duration_ms,
        codec=probed.codec,
        bitrate_kbps=probed.bitrate_kbps,
        art=probed.art.sha256 if probed.art is not None else "",
        added_by=by.name,
        added_at=0,
        title_key=keys.title,
        artist_key=keys.artist,
        search=keys.search,
    )


def _first_alike(fingerprint: bytes, others: Sequence[tuple[str, str]]) -> str | None:
    return next((each for each, encoded in others if rules.alike(fingerprint, base64.b64decode(encoded))), None)


def build_library(settings: Settings, engine: AsyncEngine, clock: Clock = SYSTEM_CLOCK) -> Library:
    """Build the service, for the daemon and for commands."""
    own = settings.library
    store = Store(Paths.of(settings).library, round(own.min_free_gb * GB))
    return Library(engine, store, account(settings.pipeline.user), round(own.quota_gb * GB), clock)
