"""Which tracks AutoDJ chooses, from the playlists in rotation or from all. Pure: time and chance are arguments."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from hashlib import sha256
from random import Random

import orjson

from controlplane.features.playout.rules import CROSSING_MS, edited, heard_until, new_id
from controlplane.kernel.plan import Plan, PlanItem, PlanTrack
from controlplane.kernel.playlists import InRotation, Playlist

ARTIST_APART_MS = 45 * 60_000
TITLE_APART_MS = 3 * 3_600_000
"""Times between two tracks of one artist, and of one title. A small library has shorter ones."""
CHOICE = 0.25
"""AutoDJ chooses among this share of the tracks: those that were not played for the longest time."""
PLAN_MS = 3 * 3_600_000
MAX_ITEMS = 100
RESERVE_ITEMS = 150
RESERVE_PREFIX = "r-"

Candidates = Sequence[tuple[PlanTrack, int | None]]
"""Tracks that can be played, with when each was played last in unix milliseconds."""


@dataclass(frozen=True, slots=True)
class Music:
    """What AutoDJ chooses from."""

    tracks: Candidates
    playlists: Sequence[InRotation] = ()

    @property
    def rotation(self) -> str:
        """SHA-256 of what decides which playlist comes next; empty for all tracks.

        A track more or less in a shuffled playlist changes nothing of what was chosen from it.
        """
        if not self.playlists:
            return ""
        found = [
            (each.playlist.id, each.playlist.order, each.playlist.weight, _in_sequence(each)) for each in self.playlists
        ]
        return sha256(orjson.dumps(found)).hexdigest()

    def sources(self) -> "list[_Source]":
        """Return the playlists that have something to play, or else all tracks."""
        known = {track.id: track for track, _ in self.tracks}
        found = []
        for each in self.playlists:
            tracks = {track_id: known[track_id] for track_id in each.tracks if track_id in known}
            if tracks:
                found.append(_Source.of(each.playlist, tracks))
        return found or [_Source.of(None, known)]


def _in_sequence(each: InRotation) -> Sequence[str]:
    return each.tracks if each.playlist.order == "sequence" else ()


def filled(
    plan: Plan, music: Music, now_ms: int, chance: Random, *, lasts_ms: int = PLAN_MS, most: int = MAX_ITEMS
) -> Plan:
    """Return a plan with as many tracks of AutoDJ's choice at its end as it lacks."""
    if not music.tracks:
        return plan
    items = list(plan.items)
    at_ms = now_ms + heard_until(items)
    choice = _Choice.after(items, music, now_ms)
    while len(items) < most and at_ms < now_ms + lasts_ms:
        source = choice.source()
        track = choice.track(source, at_ms, chance)
        last_played_at = choice.last.of_track.get(track.id)
        items.append(PlanItem(new_id(chance), track, last_played_at=last_played_at, playlist=source.id))
        choice.note(items[-1], at_ms)
        at_ms += max(1000, track.heard_ms - CROSSING_MS)
    return edited(plan, items) if len(items) > len(plan.items) else plan


def up_to_date(plan: Plan, music: Music, free: int) -> Plan:
    """Return a plan without what AutoDJ would not choose any more, from the first free place on.

    After a change of the rotation, AutoDJ chooses anew; and if it repeats tracks while there are others: a library that
    has just got its first tracks would play them for hours. What people have placed stays.
    """
    sources = music.sources()
    rest = plan.items[free:]
    if plan.rotation != music.rotation or any(source.has_more_than(plan.items, rest) for source in sources):
        kept = tuple(item for item in rest if item.placed_by)
    else:
        there = {(source.id, track_id) for source in sources for track_id in source.tracks}
        kept = tuple(item for item in rest if not item.playlist or (item.playlist, item.track.id) in there)
    if kept == rest and plan.rotation == music.rotation:
        return plan
    return replace(edited(plan, (*plan.items[:free], *kept)), rotation=music.rotation)


def reserve_of(music: Music, chance: Random) -> tuple[PlanItem, ...]:
    """Return tracks for when the plan has run out; their ids are the same each time."""
    tracks = {track.id: track for source in music.sources() for track in source.tracks.values()}
    shuffled = list(tracks.values())
    chance.shuffle(shuffled)
    return tuple(PlanItem(f"{RESERVE_PREFIX}{track.id}", track) for track in shuffled[:RESERVE_ITEMS])


@dataclass(slots=True)
class _Source:
    """A playlist in rotation, or all tracks: in sequence, or those first that were not played for the longest time."""

    playlist: Playlist | None
    tracks: dict[str, PlanTrack]
    lasts_ms: int
    planned: int = 0
    """How many items of the plan are from it."""
    last: str = ""
    """The id of the track that was played from it, or planned, last."""

    @classmethod
    def of(cls, playlist: Playlist | None, tracks: dict[str, PlanTrack]) -> "_Source":
        lasts_ms = sum(max(0, track.heard_ms - CROSSING_MS) for track in tracks.values())
        return cls(playlist, tracks, lasts_ms, last=playlist.last_track if playlist is not None else "")

    @property
    def id(self) -> str:
        return self.playlist.id if self.playlist is not None else ""

    @property
    def weight(self) -> int:
        return self.playlist.weight if self.playlist is not None else 1

    @property
    def is_sequence(self) -> bool:
        return self.playlist is not None and self.playlist.order == "sequence"

    def has_more_than(self, planned: Sequence[PlanItem], chosen: Sequence[PlanItem]) -> bool:
        """Say whether items chosen from it repeat while it has tracks that are not planned."""
        own = [item.track.id for item in chosen if not item.placed_by and item.playlist == self.id]
        if self.is_sequence or len(set(own)) == len(own):
            return False
        return not self.tracks.keys() <= {item.track.id for item in planned}

    def heard(self, track_id: str) -> None:
        if not self.is_sequence and track_id in self.tracks:
            self.tracks[track_id] = self.tracks.pop(track_id)

    def following(self) -> PlanTrack:
        ids = list(self.tracks)
        return self.tracks[ids[(ids.index(self.last) + 1) % len(ids) if self.last in self.tracks else 0]]


@dataclass(frozen=True, slots=True)
class _Last:
    """When each track, artist and title was, or will be, heard last, in unix milliseconds."""

    of_track: dict[str, int]
    of_artist: dict[str, int]
    of_title: dict[str, int]

    def note(self, track: PlanTrack, at_ms: int) -> None:
        self.of_track[track.id] = max(at_ms, self.of_track.get(track.id, 0))
        for times, name in ((self.of_artist, track.artist), (self.of_title, track.title)):
            key = name.casefold()
            times[key] = max(at_ms, times.get(key, 0))

    def is_apart(self, track: PlanTrack, at_ms: int, artist_ms: float, title_ms: float) -> bool:
        by_artist = at_ms - self.of_artist.get(track.artist.casefold(), 0) >= artist_ms * bool(track.artist)
        return by_artist and at_ms - self.of_title.get(track.title.casefold(), 0) >= title_ms


@dataclass(slots=True)
class _Choice:
    """Sources, as far as a plan has gone through them."""

    sources: list[_Source]
    last: _Last

    @classmethod
    def after(cls, items: Sequence[PlanItem], music: Music, now_ms: int) -> "_Choice":
        sources, last = music.sources(), _Last({}, {}, {})
        played = sorted(((at, track) for track, at in music.tracks if at is not None), key=lambda pair: pair[0])
        choice = cls(sources, last)
        for at, track in played:
            choice.heard(track, at)
        at_ms = now_ms
        for item in items:
            choice.note(item, at_ms)
            at_ms += max(0, item.track.heard_ms - CROSSING_MS)
        return choice

    def heard(self, track: PlanTrack, at_ms: int) -> None:
        self.last.note(track, at_ms)
        for source in self.sources:
            source.heard(track.id)

    def note(self, item: PlanItem, at_ms: int) -> None:
        self.heard(item.track, at_ms)
        for source in self.sources:
            if not item.placed_by and item.playlist == source.id:
                source.planned += 1
                source.last = item.track.id

    def source(self) -> _Source:
        """Return the source that is furthest behind its share of the plan."""
        return min(self.sources, key=lambda source: (source.planned + 1) / source.weight)

    def track(self, source: _Source, at_ms: int, chance: Random) -> PlanTrack:
        """Return the track of a source that comes next."""
        if source.is_sequence:
            return source.following()
        longest_ago = list(source.tracks.values())
        for share in (1.0, 0.5, 0.25):
            # In a library that lasts an hour, nothing can be three hours apart.
            longest = source.lasts_ms / 2
            artist_ms, title_ms = (min(apart, longest) * share for apart in (ARTIST_APART_MS, TITLE_APART_MS))
            for track in _tried(longest_ago, chance):
                if self.last.is_apart(track, at_ms, artist_ms, title_ms):
                    return track
        return longest_ago[0]


def _tried(longest_ago: Sequence[PlanTrack], chance: Random) -> Iterator[PlanTrack]:
    """Go through tracks in the order in which they are tried: some by chance, then each."""
    choice = max(1, round(len(longest_ago) * CHOICE))
    for _ in range(choice):
        yield longest_ago[chance.randrange(choice)]
    yield from longest_ago
