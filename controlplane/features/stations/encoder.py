"""The settings of an encoder."""

from urllib.parse import urlsplit

from controlplane.kernel.mounts import ingest_mount
from controlplane.protocol.stations import ContentType, EncoderView

USER = "source"
"""Any user name will do, since only the key counts; encoders that cannot change it send this one."""
PLACEHOLDER = "YOUR-STREAM-KEY"
CONTENT_TYPES: list[ContentType] = ["audio/mpeg", "audio/aac", "audio/ogg"]


def encoder_view(slug: str, audio_url: str, key: str = PLACEHOLDER) -> EncoderView:
    """Return a station's encoder settings, with the key if it is given."""
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
