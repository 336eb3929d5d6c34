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
        unwanted = dict.fromkeys(self._strays()) | {ingest_mount(slug): slug for slug in self._revoked()}
        for mount, slug in unwanted.items():
            try:
                await self.icecast.kill_source(mount)
            except Upstream as error:
                log.info("encoder_not_evicted", mount=mount, reason=str(error))
                continue
            log.warning("encoder_evicted", mount=mount, reason="its station, stream key or host's role is gone")
            if slug is not None:
                self.onair.observe(slug, EncoderEvicted())
        if unwanted:
            self.poller.ask()

    def _strays(self) -> list[str]:
        """List the ingest mounts of no station that have a source."""
        newest = self.poller.newest
        found = [mount for mount in (newest.mounts if newest is not None else {}) if mount.startswith(INGEST)]
        return [mount for mount in found if self.onair.get(slug_of_ingest(mount) or "") is None]

    def _revoked(self) -> list[str]:
        """List the stations whose encoder came with a stream key that is not in force any more."""
        found = {slug: self.onair.get(slug) for slug in self.onair.slugs()}
        encoders = {slug: each[1].encoder for slug, each in found.items() if each is not None}
        return [
            slug
            for slug, encoder in encoders.items()
            if encoder is not None and encoder.key_id and not self.stations.in_force(encoder.key_id)
        ]
