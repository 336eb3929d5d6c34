"""The quality of a station's signal. Pure."""

from controlplane.features.onair.state import Station
from controlplane.protocol.onair import QualityReason, QualityState


def quality(station: Station) -> tuple[QualityState, tuple[QualityReason, ...]]:
    """Return the quality of a station's signal, with the reasons."""
    if station.autodj is None:
        return "offline", ("no_audio",)
    reasons: list[QualityReason] = []
    if station.autodj.lost_at is not None:
        reasons.append("pipeline_reconnecting")
    if station.foreground is not None and station.foreground.lost_at is not None and station.foreground.kind == "live":
        reasons.append("encoder_reconnecting")
    if station.silent and station.live is not None and station.live.lost_at is None:
        reasons.append("silence")
    if station.icecast_down:
        reasons.append("icecast_unreachable")
    if "pipeline_reconnecting" in reasons:
        return "bad", tuple(reasons)
    return ("degraded" if reasons else "good"), tuple(reasons)
