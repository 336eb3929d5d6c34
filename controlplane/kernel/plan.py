"""The plan of a station, and the document that its pipeline reads. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Any


@dataclass(frozen=True, slots=True)
class PlanTrack:
    """A track as the plan knows it; the cue points in milliseconds, the gain in dB."""

    id: str
    title: str
    artist: str
    album: str
    art: str
    sha256: str
    format: str
    duration_ms: int
    gain_db: float = 0.0
    cue_in_ms: int = 0
    cue_out_ms: int | None = None

    @property
    def heard_ms(self) -> int:
        """How long it is heard, from its first cue point to its last."""
        return (self.cue_out_ms if self.cue_out_ms is not None else self.duration_ms) - self.cue_in_ms

    def goes_on_into(self, following: "PlanTrack") -> bool:
        """Say whether a track follows without a gap: of the same artist and album, with no silence between the two."""
        silent_between = self.cue_out_ms is not None or following.cue_in_ms > 0
        return self.record == following.record != "" and not silent_between

    @property
    def record(self) -> str:
        """The artist's album, as 16 hexadecimal digits; empty without an album."""
        return sha256(f"{self.artist}\n{self.album}".encode()).hexdigest()[:16] if self.album else ""


@dataclass(frozen=True, slots=True)
class PlanItem:
    """One playing of a track. `placed_by` is the name of the person who placed it, empty if AutoDJ did.

    `last_played_at` is when the track had been played last when AutoDJ chose it, in unix milliseconds. `playlist` is
    the id of the playlist that AutoDJ chose it from, empty for all tracks. `broadcast` is the id of the broadcast that
    it is a part of, empty for none.
    """

    id: str
    track: PlanTrack
    placed_by: str = ""
    last_played_at: int | None = None
    playlist: str = ""
    broadcast: str = ""


@dataclass(frozen=True, slots=True)
class Plan:
    """The items of a station in order, beginning with the one on air; the version rises with each edit."""

    version: int = 0
    items: tuple[PlanItem, ...] = ()
    reserve: tuple[PlanItem, ...] = ()
    """For when the items run out, because nobody adds to them: round and round."""
    rotation: str = ""
    """SHA-256 of the playlists that AutoDJ chose from."""
    chosen_from: int = 0
    """How many tracks there were to choose from."""


def document(plan: Plan, paths: Sequence[str]) -> dict[str, Any]:
    """Return the plan as station.liq reads it; `paths` are those of the items and the reserve, in order."""
    entries = [
        {"id": item.id, "tags": _annotations(item.track), "path": path}
        for item, path in zip((*plan.items, *plan.reserve), paths, strict=True)
    ]
    count = len(plan.items)
    return {"version": plan.version, "items": entries[:count], "reserve": entries[count:]}


def _annotations(track: PlanTrack) -> str:
    # Ids and numbers alone: a title would have to be escaped, and the daemon knows it.
    values = {"awaz_id": track.id, "liq_amplify": f"{track.gain_db:.1f} dB"}
    # The pipeline crosses neighbours unless one goes on into the other: `goes_on_into`, as it knows it.
    record = track.record
    if track.cue_in_ms:
        values["liq_cue_in"] = f"{track.cue_in_ms / 1000:.3f}"
    elif record:
        values["awaz_goes_on_from"] = record
    if track.cue_out_ms is not None:
        values["liq_cue_out"] = f"{track.cue_out_ms / 1000:.3f}"
    elif record:
        values["awaz_goes_on_into"] = record
    return ",".join(f'{name}="{value}"' for name, value in values.items())
