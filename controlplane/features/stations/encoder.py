"""The settings of an encoder."""

from controlplane.kernel.mounts import ingest_mount
from controlplane.protocol.stations import ContentType, EncoderView

USER = "source"
"""Any user name will do, since only the key counts; encoders that cannot change it send this one."""
PLACEHOLDER = "YOUR-STREAM-KEY"
CONTENT_TYPES: list[ContentType] = ["audio/mpeg", "audio/aac", "audio/ogg"]


def encoder_view(slug: str, address: tuple[str, int], key: str = PLACEHOLDER) -> EncoderView:
    """Return the settings of a station's encoders, which connect to a host and port, with the key if it is given."""
    host, port = address
    mount = ingest_mount(slug)
    return EncoderView(
        host=host,
        port=port,
        mount=mount,
        second_mount=ingest_mount(slug, "b"),
        user=USER,
        url=f"icecast://{USER}:{key}@{host}:{port}{mount}",
        content_types=CONTENT_TYPES,
    )
