"""Cuts off encoders whose station, stream key or role is gone, or that were kicked."""

from dataclasses import dataclass
from typing import Literal

import structlog

from controlplane.features.onair.service import OnAir
from controlplane.features.onair.sources.poller import Poller
from controlplane.features.onair.state import EncoderEvicted
from controlplane.features.stations.service import Stations
from controlplane.icecast.client import IcecastClient
from controlplane.kernel.audit import AuditActor
from controlplane.kernel.errors import Conflict, Upstream
from controlplane.kernel.mounts import SLOTS, Slot, ingest_mount, of_ingest

log = structlog.get_logger()

INGEST = "/ingest/"


@dataclass(frozen=True, slots=True)
class Encoders:
    """The encoders on Icecast's ingest mounts."""

    stations: Stations
    onair: OnAir
    icecast: IcecastClient
    poller: Poller

    async def evict(self) -> None:
        """Disconnect encoders without a station or a valid key; a failed attempt is repeated the next time."""
        strays, revoked = self._strays(), self._revoked()
        for mount in strays:
            await self._kill(mount)
        for slug, slot, connected in revoked:
            # One that is gone already has a grace period to come back in, and is not waited for.
            if not connected or await self._kill(ingest_mount(slug, slot)):
                self.onair.observe(slug, EncoderEvicted(slot, self._reason(slug, slot)))
        if strays or revoked:
            self.poller.ask()

    async def _kill(self, mount: str) -> bool:
        try:
            await self.icecast.kill_source(mount)
        except Upstream as error:
            log.info("encoder_not_evicted", mount=mount, reason=str(error))
            return False
        log.warning("encoder_evicted", mount=mount)
        return True

    def _reason(self, slug: str, slot: Slot) -> Literal["host_removed", "kicked"]:
        found = self.onair.get(slug)
        return "kicked" if found is not None and self.stations.is_locked(found[1].key_id(slot)) else "host_removed"

    async def kick(self, slug: str, slot: Slot, seconds: int, by: AuditActor) -> int | None:
        """Disconnect a source and lock its stream key; return until when, in unix milliseconds, None without a key.

        Raises NotFound, Conflict where nothing is connected, and Upstream where Icecast does not answer.
        """
        station = self.onair.require(slug)[1]
        key_id = station.key_id(slot)
        encoder = station.source(slot).encoder
        if encoder is None:
            raise Conflict("no encoder is connected there")
        until = await self.stations.lock_key(slug, key_id, encoder.host, seconds, by) if key_id else None
        await self.icecast.kill_source(ingest_mount(slug, slot))
        self.onair.observe(slug, EncoderEvicted(slot, "kicked"))
        self.poller.ask()
        return until

    def _strays(self) -> list[str]:
        """List the ingest mounts of no station that have a source."""
        newest = self.poller.newest
        found = [mount for mount in (newest.mounts if newest is not None else {}) if mount.startswith(INGEST)]
        stations = {mount: of_ingest(mount) for mount in found}
        return [mount for mount, known in stations.items() if known is None or self.onair.get(known[0]) is None]

    def _revoked(self) -> list[tuple[str, Slot, bool]]:
        """Return the mounts whose encoder has a stream key that is not in force, and whether it is connected."""
        revoked = []
        for slug in self.onair.slugs():
            found = self.onair.get(slug)
            for slot in SLOTS if found is not None else ():
                key_id = found[1].key_id(slot) if found is not None else ""
                if found is not None and key_id and not self.stations.in_force(key_id):
                    revoked.append((slug, slot, found[1].source(slot).encoder is not None))
        return revoked
