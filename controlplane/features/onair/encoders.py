"""Cuts off encoders whose station, stream key or role is gone."""

from dataclasses import dataclass

import structlog

from controlplane.features.onair.service import OnAir
from controlplane.features.onair.sources.poller import Poller
from controlplane.features.onair.state import EncoderEvicted
from controlplane.features.stations.service import Stations
from controlplane.icecast.client import IcecastClient
from controlplane.kernel.errors import Upstream
from controlplane.kernel.mounts import ingest_mount, slug_of_ingest

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
        for slug, connected in revoked.items():
            # One that is gone already has a grace period to come back in, and is not waited for.
            if not connected or await self._kill(ingest_mount(slug)):
                self.onair.observe(slug, EncoderEvicted())
        if strays or revoked:
            self.poller.ask()

    async def _kill(self, mount: str) -> bool:
        try:
            await self.icecast.kill_source(mount)
        except Upstream as error:
            log.info("encoder_not_evicted", mount=mount, reason=str(error))
            return False
        log.warning("encoder_evicted", mount=mount, reason="its station, stream key or host's role is gone")
        return True

    def _strays(self) -> list[str]:
        """List the ingest mounts of no station that have a source."""
        newest = self.poller.newest
        found = [mount for mount in (newest.mounts if newest is not None else {}) if mount.startswith(INGEST)]
        return [mount for mount in found if self.onair.get(slug_of_ingest(mount) or "") is None]

    def _revoked(self) -> dict[str, bool]:
        """Return the stations whose encoder has a stream key that is not in force, and whether it is connected."""
        revoked = {}
        for slug in self.onair.slugs():
            found = self.onair.get(slug)
            station = found[1] if found is not None else None
            key_id = station.encoder_key_id if station is not None else ""
            if station is not None and key_id and not self.stations.in_force(key_id):
                revoked[slug] = station.encoder is not None
        return revoked
