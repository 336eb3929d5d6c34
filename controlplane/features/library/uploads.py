"""Uploads that can be interrupted: what has arrived is in a file, whose size is how far one has come."""

import asyncio
import base64
import secrets
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from hashlib import new as new_hash
from pathlib import Path

import structlog
from sqlalchemy.ext.asyncio import AsyncEngine

from controlplane.db import uploads as table
from controlplane.db.engine import reading, writing
from controlplane.db.uploads import UploadRow
from controlplane.features.library.service import FILE_NAME_BYTES, Library
from controlplane.kernel.audit import AuditActor
from controlplane.kernel.errors import ChecksumMismatch, Conflict, InvalidInput, NotFound, TooLarge
from controlplane.kernel.stations import StationRow
from controlplane.kernel.text import clean, size_text
from controlplane.kernel.tracks import TrackRow

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Limits:
    """The largest file in bytes, and how long an upload that stands still is kept in milliseconds."""

    max_bytes: int
    keep_ms: int


@dataclass(slots=True)
class Uploads:
    """Reserves room for uploads, takes what comes of them, and makes tracks of whole ones."""

    engine: AsyncEngine
    library: Library
    limits: Limits
    _writing: "dict[str, asyncio.Task[int]]" = field(default_factory=dict)
    _finishing: dict[str, asyncio.Lock] = field(default_factory=dict)
    _creating: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def create(self, station: StationRow, user_id: str, size: int, file_name: str) -> UploadRow:
        """Reserve `size` bytes; raise TooLarge, InvalidInput without any, or NoSpace if there is no room."""
        if size > self.limits.max_bytes:
            most = size_text(self.limits.max_bytes)
            raise TooLarge(f"the file has {size_text(size)}: the largest that is taken has {most}")
        if not size:
            raise InvalidInput("the file is empty")
        upload = UploadRow(
            id=secrets.token_hex(16),
            station_id=station.id,
            user_id=user_id,
            file_name=clean(file_name, FILE_NAME_BYTES) or "untitled",
            size=size,
            expires_at=self._expiry(),
        )
        # One at a time, or two could both be let into room for one.
        async with self._creating:
            await self.library.require_room(station, size)
            # A file without its upload is swept; an upload without its file would hold the room that it has reserved.
            await self.library.store.keep({self.library.store.upload(upload.id): b""})
            async with writing(self.engine) as connection:
                await table.add(connection, upload)
        return upload

    async def get(self, upload_id: str, user_id: str) -> UploadRow:
        """Return somebody's upload; raise NotFound if there is none, or it has expired."""
        async with reading(self.engine) as connection:
            found = await table.by_id(connection, upload_id)
        if found is None or found.user_id != user_id or found.expires_at < self.library.clock.now_ms():
            raise NotFound("there is no such upload: it has expired, or was never begun")
        return found

    async def offset(self, upload: UploadRow) -> int:
        """Return how many bytes have arrived."""
        if upload.track_id is not None:
            return upload.size
        return await self.library.store.size(self.library.store.upload(upload.id))

    async def write(
        self, upload: UploadRow, offset: int, chunks: AsyncIterator[bytes], checksum: str | None = None
    ) -> int:
        """Take a part of an upload, and return how many bytes there are then; what came before an error stays.

        Raises Conflict if `offset` is not where this part begins or a later request has taken over, and
        ChecksumMismatch.
        """
        await self.interrupt(upload)
        task = asyncio.create_task(self._write(upload, offset, chunks, checksum))
        self._writing[upload.id] = task
        try:
            return await asyncio.shield(task)
        except asyncio.CancelledError:
            if self._writing.get(upload.id) is task:
                # The request itself has ended.
                task.cancel()
                await asyncio.wait([task])
                raise
            raise Conflict("another request goes on with this upload") from None
        finally:
            if self._writing.get(upload.id) is task:
                del self._writing[upload.id]
            await self._postpone(upload)

    async def interrupt(self, upload: UploadRow) -> None:
        """End a request that sends a part of an upload: its line may have broken without a word."""
        task = self._writing.pop(upload.id, None)
        if task is not None:
            task.cancel()
            await asyncio.wait([task])

    async def _write(self, upload: UploadRow, offset: int, chunks: AsyncIterator[bytes], checksum: str | None) -> int:
        path = self.library.store.upload(upload.id)
        arrived = await self.offset(upload)
        if offset != arrived:
            raise Conflict(f"{arrived} bytes have arrived, not {offset}")
        if checksum is None:
            return await self.library.store.receive(chunks, path, upload.size)
        return await self._write_checked(path, offset, upload.size, _Checked(chunks, checksum))

    async def _write_checked(self, path: Path, offset: int, limit: int, chunks: "_Checked") -> int:
        matches = False
        try:
            size = await self.library.store.receive(chunks.read(), path, limit)
            matches = chunks.matches
        finally:
            if not matches:
                await self.library.store.cut(path, offset)
        if not matches:
            raise ChecksumMismatch("what arrived is not what the checksum was made of: send this part again")
        return size

    async def finish(self, station: StationRow, upload: UploadRow, by: AuditActor) -> TrackRow:
        """Make a track of a whole upload, the same one each time. Raises InvalidInput if it cannot be played."""
        lock = self._finishing.setdefault(upload.id, asyncio.Lock())
        try:
            async with lock:
                # Another request may have finished it, or found that it is no music, while this one waited.
                upload = await self.get(upload.id, upload.user_id)
                return await self._finish(station, upload, by)
        finally:
            if not lock.locked():
                self._finishing.pop(upload.id, None)

    async def _finish(self, station: StationRow, upload: UploadRow, by: AuditActor) -> TrackRow:
        if upload.track_id is not None:
            return await self.library.get(station, upload.track_id)
        path = self.library.store.upload(upload.id)
        try:
            track = await self.library.add(station, path, upload.file_name, by, upload.id)
        except InvalidInput:
            await self.remove(upload)
            raise
        await self.library.store.drop(path)
        return track

    async def remove(self, upload: UploadRow) -> None:
        """Forget an upload and what has come of it."""
        async with writing(self.engine) as connection:
            await table.remove(connection, upload.id)
        await self.library.store.drop(self.library.store.upload(upload.id))

    async def sweep(self) -> None:
        """Remove expired uploads, and files that belong to none."""
        async with reading(self.engine) as connection:
            expired = await table.expired(connection, self.library.clock.now_ms())
        for upload in expired:
            if upload.id not in self._writing:
                await self.remove(upload)
                log.info("upload_expired", upload=upload.id, finished=upload.track_id is not None)
        async with reading(self.engine) as connection:
            known = await table.ids(connection)
        await self.library.store.drop_strays(known)

    async def _postpone(self, upload: UploadRow) -> None:
        async with writing(self.engine) as connection:
            await table.postpone(connection, upload.id, self._expiry())

    def _expiry(self) -> int:
        return self.library.clock.now_ms() + self.limits.keep_ms


class _Checked:
    """Chunks that are counted into a checksum on their way."""

    def __init__(self, chunks: AsyncIterator[bytes], checksum: str) -> None:
        algorithm, _, encoded = checksum.partition(" ")
        try:
            self._chunks, self._wanted = chunks, base64.b64decode(encoded)
        except ValueError:
            raise InvalidInput("Upload-Checksum: it must be a checksum in base64") from None
        self._hash = new_hash(algorithm)

    async def read(self) -> AsyncIterator[bytes]:
        async for chunk in self._chunks:
            self._hash.update(chunk)
            yield chunk

    @property
    def matches(self) -> bool:
        return self._hash.digest() == self._wanted
