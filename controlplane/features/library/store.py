"""The files of tracks, named by the SHA-256 of their contents, and of uploads that are not whole yet."""

import asyncio
import os
import shutil
import time
from collections.abc import AsyncIterator, Collection, Mapping
from contextlib import suppress
from dataclasses import dataclass
from hashlib import file_digest
from pathlib import Path

from controlplane.kernel.errors import InvalidInput, NoSpace, TooLarge, TooSlow
from controlplane.kernel.text import size_text
from controlplane.kernel.tracks import ART_SIDES
from controlplane.runtime.files import directory
from controlplane.runtime.paths import audio_file

WRITE_BYTES = 1024 * 1024
STALL_S = 30.0
"""Within it at least one byte of an upload must come."""
SHA256_CHARS = 64
FOR_EVERYBODY = 0o644
"""The pipelines and the programs that read strangers' files run under another account."""


@dataclass(frozen=True, slots=True)
class Store:
    """Files below the library's directory. Writing and reading them is done in threads: a disk may stand still."""

    root: Path
    min_free_bytes: int
    stray_s: float = 3600.0
    """How old a file must be to belong to nothing: a younger one may be of an upload that begins at this moment."""

    @property
    def uploads(self) -> Path:
        """The directory of uploads."""
        return self.root / "uploads"

    def audio(self, sha256: str, suffix: str) -> Path:
        """The file of a track."""
        return audio_file(self.root, sha256, suffix)

    def peaks(self, sha256: str) -> Path:
        """The peaks of a track's waveform, a byte for each 50 ms."""
        return self.root / "peaks" / sha256[:2] / sha256

    def art(self, sha256: str, side: int) -> Path:
        """The picture of a track, a JPEG of at most that many pixels a side."""
        return self.root / "art" / sha256[:2] / f"{sha256}-{side}.jpg"

    def arts(self, sha256: str) -> list[Path]:
        """All pictures of a track."""
        return [self.art(sha256, side) for side in ART_SIDES]

    def upload(self, upload_id: str) -> Path:
        """The file of an upload: what has come of it."""
        return self.uploads / upload_id

    def prepare(self) -> None:
        """Create the directories."""
        for place in (self.root, self.uploads):
            directory(place)

    def require_space(self, size: int = 0) -> None:
        """Raise NoSpace if the disk has no room for so many bytes more."""
        if shutil.disk_usage(self.root).free - size < self.min_free_bytes:
            raise NoSpace("the server's disk is full: nothing can be uploaded now")

    async def size(self, path: Path) -> int:
        """Return the size of a file, 0 if there is none."""
        return await asyncio.to_thread(lambda: path.stat().st_size if path.exists() else 0)

    async def receive(self, chunks: AsyncIterator[bytes], path: Path, limit: int) -> int:
        """Append to a file, and return its size; what came before an error stays.

        Raises TooLarge above `limit` bytes in all, NoSpace, and TooSlow or ConnectionError when nothing more comes.
        """
        size = await self.size(path)
        pending = bytearray()
        try:
            while (chunk := await _next(chunks)) is not None:
                if size + len(pending) + len(chunk) > limit:
                    raise TooLarge(f"the file is larger than the {size_text(limit)} that were announced or allowed")
                pending += chunk
                if len(pending) >= WRITE_BYTES:
                    size += await self._write_out(path, pending)
        finally:
            if pending:
                size += await self._write_out(path, pending)
        return size

    async def _write_out(self, path: Path, pending: bytearray) -> int:
        """Append what is pending once, and wait for that even if the request is cancelled meanwhile."""
        data = bytes(pending)
        pending.clear()
        appending = asyncio.ensure_future(asyncio.to_thread(self._append, path, data))
        try:
            return await asyncio.shield(appending)
        except asyncio.CancelledError:
            await asyncio.gather(appending, return_exceptions=True)
            raise

    def _append(self, path: Path, data: bytes) -> int:
        self.require_space(len(data))
        try:
            with path.open("ab") as file:
                file.write(data)
        except OSError as error:
            raise NoSpace("the upload could not be written to the server's disk") from error
        return len(data)

    async def copy(self, path: Path, target: Path) -> None:
        """Copy a file of this machine; raise NoSpace, or FileNotFoundError if it is gone."""
        try:
            await asyncio.to_thread(_copy, path, target)
        except FileNotFoundError:
            raise
        except OSError as error:
            raise NoSpace(f"{path.name} could not be copied: {error.strerror}") from error

    async def cut(self, path: Path, size: int) -> None:
        """Take back what was appended to a file after it had `size` bytes."""
        await asyncio.to_thread(os.truncate, path, size)

    async def keep_audio(self, path: Path, sha256: str, suffix: str) -> None:
        """Link a file to where tracks are, on the disk for good when this returns; nothing if it is there.

        Raises NoSpace.
        """
        try:
            await asyncio.to_thread(_link, path, self.audio(sha256, suffix))
        except OSError as error:
            raise NoSpace(f"the file could not be kept on the server's disk: {error.strerror}") from error

    async def keep(self, files: Mapping[Path, bytes]) -> None:
        """Write small files that belong to a track; raise NoSpace."""
        try:
            await asyncio.to_thread(_write_all, files)
        except OSError as error:
            raise NoSpace("a file could not be written to the server's disk") from error

    async def read(self, path: Path) -> bytes | None:
        """Return what is in a small file, None if there is none."""
        return await asyncio.to_thread(lambda: path.read_bytes() if path.exists() else None)

    async def drop_strays(self, known: Collection[str]) -> None:
        """Delete files of uploads that are not known, unless they may be of one that begins at this moment."""
        await asyncio.to_thread(self._drop_strays, known)

    def _drop_strays(self, known: Collection[str]) -> None:
        for path in self.uploads.iterdir():
            with suppress(FileNotFoundError):
                if path.name not in known and time.time() - path.stat().st_mtime > self.stray_s:
                    path.unlink()

    async def drop_unused(self, known: Collection[str]) -> None:
        """Delete files of tracks whose SHA-256 is not known, unless they may be of one that is added at this moment."""
        await asyncio.to_thread(self._drop_unused, known)

    def _drop_unused(self, known: Collection[str]) -> None:
        for kind in ("tracks", "peaks", "art"):
            for path in (self.root / kind).glob("*/*"):
                # A link that was made lately counts as a change of the file, and not of its contents.
                with suppress(FileNotFoundError):
                    if path.name[:SHA256_CHARS] not in known and time.time() - path.stat().st_ctime > self.stray_s:
                        path.unlink()

    async def drop(self, *paths: Path) -> None:
        """Delete files, those that are there."""
        await asyncio.to_thread(_unlink_all, paths)


async def _next(chunks: AsyncIterator[bytes]) -> bytes | None:
    try:
        async with asyncio.timeout(STALL_S):
            return await anext(chunks, None)
    except TimeoutError as error:
        raise TooSlow(f"nothing came for {STALL_S:g} s") from error


def digest(path: Path) -> str:
    """Return the SHA-256 of a file; raise InvalidInput if it is empty."""
    with path.open("rb") as file:
        found = file_digest(file, "sha256").hexdigest()
    if not path.stat().st_size:
        raise InvalidInput("the file is empty")
    return found


def _copy(source: Path, target: Path) -> None:
    shutil.copyfile(source, target, follow_symlinks=False)
    target.chmod(FOR_EVERYBODY)


def _link(source: Path, target: Path) -> None:
    directory(target.parent)
    source.chmod(FOR_EVERYBODY)
    _flush(source)
    with suppress(FileExistsError):
        target.hardlink_to(source)
    _flush(target.parent)


def _flush(path: Path) -> None:
    opened = os.open(path, os.O_RDONLY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)


def _write_all(files: Mapping[Path, bytes]) -> None:
    for path, data in files.items():
        directory(path.parent)
        draft = path.with_name(f".{path.name}.new")
        draft.write_bytes(data)
        draft.chmod(FOR_EVERYBODY)
        draft.replace(path)


def _unlink_all(paths: tuple[Path, ...]) -> None:
    for path in paths:
        with suppress(FileNotFoundError):
            path.unlink()
