"""Looks into the audio of a source when it connects: which format it really is."""

import asyncio
import struct
from contextlib import suppress
from dataclasses import dataclass, field
from io import BytesIO
from typing import Any

import mutagen
import structlog
from mutagen.aac import AAC
from mutagen.mp3 import MP3
from mutagen.oggflac import OggFLAC
from mutagen.oggopus import OggOpus
from mutagen.oggvorbis import OggVorbis

from controlplane.features.onair.signal import AudioFormat
from controlplane.icecast.client import IcecastClient
from controlplane.kernel.errors import Upstream
from controlplane.kernel.mounts import Slot, preview_mount

log = structlog.get_logger()

ENOUGH_BYTES = 32_768
"""About two seconds at 128 kbit/s: players find their way in less."""
WITHIN_S = 8.0
AGAIN_AFTER_S = 20.0
KINDS: dict[type[mutagen.FileType], str] = {
    OggOpus: "Ogg Opus",
    OggVorbis: "Ogg Vorbis",
    OggFLAC: "Ogg FLAC",
    AAC: "AAC",
    MP3: "MP3",
}
LIKELY: dict[str, type[mutagen.FileType]] = {"audio/mpeg": MP3}
"""By media type."""


@dataclass(slots=True)
class Formats:
    """The formats of sources, each looked at once for each connection."""

    icecast: IcecastClient
    mount_secret: str
    _known: dict[tuple[str, Slot], tuple[str, AudioFormat | None]] = field(default_factory=dict)
    """By source: Icecast's stamp of the connection, and what was found; None where nothing was, or not yet."""
    _tasks: set["asyncio.Task[None]"] = field(default_factory=set)

    def of(self, slug: str, slot: Slot, instance: str) -> AudioFormat | None:
        """Return the format of a connection, and look at it if that was not done; None until it is known."""
        if not instance:
            return None
        stamp, found = self._known.get((slug, slot), ("", None))
        if stamp == instance:
            return found
        self._known[slug, slot] = instance, None
        task = asyncio.create_task(self._look(slug, slot, instance))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return None

    async def _look(self, slug: str, slot: Slot, instance: str) -> None:
        found = None
        try:
            media, audio = await self._beginning(preview_mount(self.mount_secret, slug, slot))
            found = await asyncio.to_thread(read, audio, media)
        except Upstream as error:
            log.info("source_not_looked_at", station=slug, slot=slot, reason=str(error))
        if found is None:
            # It may be slow, or have begun with something else: it is looked at again if it is still there then.
            await asyncio.sleep(AGAIN_AFTER_S)
        if self._known.get((slug, slot)) != (instance, None):
            return
        if found is None:
            del self._known[slug, slot]
        else:
            self._known[slug, slot] = instance, found

    async def _beginning(self, mount: str) -> tuple[str, bytes]:
        """Return a source's media type, and what it sends at first, or as much of it as comes in time."""
        media, audio = "", bytearray()
        with suppress(TimeoutError):
            async with asyncio.timeout(WITHIN_S), self.icecast.hear(mount) as (media, pieces):
                async for piece in pieces:
                    audio += piece
                    if len(audio) >= ENOUGH_BYTES:
                        break
        return media, bytes(audio)


def read(audio: bytes, media: str = "") -> AudioFormat | None:
    """Return the format of a piece of a stream; None if it is not one of those that Icecast is sent.

    Its media type says what it is likely to be: within MP3, some bytes look like a frame of AAC.
    """
    for kind, name in sorted(KINDS.items(), key=lambda item: item[0] is not LIKELY.get(media)):
        try:
            info: Any = kind(BytesIO(audio)).info
        except (mutagen.MutagenError, struct.error, IndexError, ValueError):
            # Mutagen's own reading of a beginning that is cut off raises any of these.
            continue
        return AudioFormat(name, int(info.sample_rate if kind is not OggOpus else 48_000), int(info.channels))
    return None
