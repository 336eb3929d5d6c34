"""What a host types into the encoder."""

from dataclasses import dataclass
from urllib.parse import urlsplit

from controlplane.api import EncoderView
from controlplane.permissions import Permission
from controlplane.stations.rules import ingest_mount
from controlplane.stations.service import Stations
from controlplane.web.routes import API, Call, Route

USER = "source"
"""Encoders that cannot change it send this; the key alone decides, so any user name will do."""
PLACEHOLDER = "YOUR-STREAM-KEY"
CONTENT_TYPES = ["audio/mpeg", "audio/aac", "audio/ogg"]


def encoder_view(slug: str, audio_url: str, key: str = PLACEHOLDER) -> EncoderView:
    """Return a station's encoder settings, with the key where it is known."""
    address = urlsplit(audio_url)
    host, port = address.hostname or "127.0.0.1", address.port or (443 if address.scheme == "https" else 80)
    mount = ingest_mount(slug)
    return EncoderView(
        host=host,
        port=port,
        mount=mount,
        user=USER,
        url=f"icecast://{USER}:{key}@{host}:{port}{mount}",
        content_types=CONTENT_TYPES,
    )


@dataclass(frozen=True, slots=True)
class StationHandlers:
    """HTTP for a station's set-up."""

    stations: Stations
    audio_url: str

    def routes(self) -> list[Route]:
        """List the routes."""
        return [
            Route(
                "GET",
                f"{API}/stations/{{slug}}/encoder",
                Permission.STATION_READ_ENCODER,
                self.encoder,
                None,
                EncoderView,
            )
        ]

    async def encoder(self, call: Call) -> EncoderView:
        """Show what to type into OBS, butt or ffmpeg."""
        return encoder_view(self.stations.get(call.slug).slug, self.audio_url)
