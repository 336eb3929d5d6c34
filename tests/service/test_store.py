"""The files of a library, when a request ends in the middle and when the disk fails."""

import asyncio
import os
from collections.abc import AsyncIterator
from contextlib import suppress
from pathlib import Path

import pytest

from controlplane.features.library.store import WRITE_BYTES, Store
from controlplane.kernel.errors import NoSpace


@pytest.fixture
def store(tmp_path: Path) -> Store:
    made = Store(tmp_path, 0)
    made.prepare()
    return made


async def test_space_is_watched_while_a_file_is_written(tmp_path: Path) -> None:
    async def chunks() -> AsyncIterator[bytes]:
        yield b"x" * 10

    with pytest.raises(NoSpace):
        await Store(tmp_path, 10**18).receive(chunks(), tmp_path / "file", 100)


async def test_what_is_being_written_when_a_request_ends_is_written_once(store: Store) -> None:
    path, begun = store.upload("one"), asyncio.Event()
    # A writer of a pipe waits until somebody reads it, as one of a slow disk does.
    os.mkfifo(path)

    async def chunks() -> AsyncIterator[bytes]:
        begun.set()
        yield b"x" * WRITE_BYTES
        await asyncio.Event().wait()

    receiving = asyncio.create_task(store.receive(chunks(), path, 10 * WRITE_BYTES))
    await begun.wait()
    receiving.cancel()
    arrived = await asyncio.to_thread(path.read_bytes)
    with suppress(asyncio.CancelledError):
        await receiving
    assert len(arrived) == WRITE_BYTES


async def test_a_file_that_cannot_be_kept_is_a_full_disk(store: Store) -> None:
    path = store.upload("one")
    path.write_bytes(b"music")
    (store.root / "tracks").write_bytes(b"in the way")
    with pytest.raises(NoSpace, match="could not be kept on the server's disk"):
        await store.keep_audio(path, "ab" * 32, "mp3")
