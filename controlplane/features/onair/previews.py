"""Previews: hosts hear a source before it is on air, by an address that needs no token, since players send none."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace

from controlplane.access.authenticator import Authenticator
from controlplane.access.claims import Claims
from controlplane.icecast.client import IcecastClient
from controlplane.icecast.frames import first_frame
from controlplane.kernel.errors import Conflict, Forbidden, Unauthenticated
from controlplane.kernel.mounts import SLOTS, Format, Slot, preview_mount
from controlplane.kernel.permissions import Permission

OPENS_FOR_S = 300
KIND_OF: dict[str, Format] = {"audio/mpeg": "mp3", "audio/aac": "aac", "audio/aacp": "aac"}
ENOUGH_BYTES = 8192
"""Seven frames at 320 kbit/s, and half a second at 128 kbit/s."""
MAX_OF_SOURCE, MAX_IN_ALL = 5, 40
"""Each is a connection to Icecast, of which the daemon keeps a hundred for all that it asks."""


@dataclass(slots=True)
class Hearing:
    """One player that hears a source. The subject of `claims` is the user who was given its address."""

    slug: str
    slot: Slot
    claims: Claims
    revoked: bool = False
    """Whether its user has lost the permission."""


@dataclass(slots=True, repr=False)
class Previews:
    """All players that hear sources. `mount_secret` is what the names of preview mounts are made from."""

    icecast: IcecastClient
    authenticator: Authenticator
    mount_secret: str
    _open: list[Hearing] = field(default_factory=list)

    def key(self, slug: str, slot: Slot, user_id: str) -> str:
        """Make a key by which a user hears a source."""
        return self.authenticator.tokens.make_preview(f"source {slug} {slot} {user_id}", OPENS_FOR_S)

    @asynccontextmanager
    async def hear(self, slug: str, key: str, address: str) -> AsyncIterator[tuple[str, AsyncIterator[bytes]]]:
        """Give the media type and the sound of a source, until it or its user's permission ends.

        Raises Unauthenticated, Banned, Forbidden, Conflict where as many hear it as may, and Upstream.
        """
        hearing = self._hearing(slug, key)
        await self._check(hearing, address)
        of_source = [each for each in self._open if (each.slug, each.slot) == (slug, hearing.slot)]
        if len(of_source) >= MAX_OF_SOURCE or len(self._open) >= MAX_IN_ALL:
            raise Conflict("too many people are already listening to it")
        self._open.append(hearing)
        try:
            async with self.icecast.hear(preview_mount(self.mount_secret, slug, hearing.slot)) as (media, audio):
                yield media, _while_allowed(hearing, _from_a_frame(media, audio))
        finally:
            self._open.remove(hearing)

    async def check_access(self) -> None:
        """Have players ended whose users have lost the permission."""
        for each in tuple(self._open):
            try:
                await self._check(each, "")
            except (Unauthenticated, Forbidden):
                each.revoked = True

    def _hearing(self, slug: str, key: str) -> Hearing:
        claims = self.authenticator.tokens.read_preview(key)
        what, _, user_id = claims.subject.rpartition(" ")
        slot = next((slot for slot in SLOTS if what == f"source {slug} {slot}"), None)
        if slot is None:
            raise Unauthenticated("the key is for something else")
        return Hearing(slug, slot, replace(claims, subject=user_id))

    async def _check(self, hearing: Hearing, address: str) -> None:
        actor = await self.authenticator.cache.actor(hearing.claims, address)
        actor.must(Permission.STATION_GO_LIVE, hearing.slug)


async def _from_a_frame(media: str, audio: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    """Leave out the rest of the frame in which a player joins: Chromium begins an MP3 after two seconds then and not
    after eight, and an ADTS stream at all (measured with Chromium 156, at 128 kbit/s).
    """
    kind, beginning = KIND_OF.get(media), b""
    async for piece in audio:
        if kind is None:
            yield piece
            continue
        beginning += piece
        if len(beginning) >= ENOUGH_BYTES:
            yield beginning[first_frame(beginning, kind) :]
            kind = None


async def _while_allowed(hearing: Hearing, audio: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    async for piece in audio:
        if hearing.revoked:
            return
        yield piece
