"""Tracks to plan with."""

from controlplane.kernel.plan import PlanTrack

MINUTE_MS = 60_000


def track(number: int, artist: str = "", minutes: float = 4.0) -> PlanTrack:
    name = f"t{number}"
    return PlanTrack(
        name, f"Title {number}", artist or f"Artist {number}", "", "", name, "mp3", round(minutes * MINUTE_MS)
    )
