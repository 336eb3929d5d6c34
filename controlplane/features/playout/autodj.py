"""Which tracks AutoDJ chooses, from the playlists in rotation or from all. Pure: time and chance are arguments."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from hashlib import sha256
from itertools import islice
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
MAX_TRIES = 300
"""In a large library of one artist, no track is far enough from the one before."""
PLAN_MS = 3 * 3_600_000
MAX_ITEMS = 100
RESERVE_ITEMS = 150
RESERVE_PREFIX = "r-"

Candidates = Sequence[tuple[PlanTrack, int | None]]
"""Tracks that can be played, with when each was played last in unix milliseconds."""


@dataclass(frozen=True, slots=True)
class Music:
    """The tracks that AutoDJ chooses from: those of the playlists in rotation, or all if these have nothing to play."""

    tracks: Candidates
    playlists: Sequence[InRotation] = ()

    @property
    def rotation(self) -> str:
        """SHA-256 of the playlists with their orders and weights; empty for all tracks."""
        found = [
            (source.playlist.id, source.playlist.order, source.playlist.weight)
            for source in self.sources()
            if source.playlist is not None
        ]
        return sha256(orjson.dumps(sorted(found))).hexdigest() if found else ""

    def sources(self) -> "list[_Source]":
        """Return what can be chosen from, as if nothing had been chosen yet."""
        known = {track.id: track for track, _ in self.tracks}
        found = []
        for each in self.playlists:
            tracks = {track_id: known[track_id] for track_id in each.tracks if track_id in known}
            if tracks:
                found.append(_Source.of(each.playlist, each.tracks, tracks))
        return found or [_Source.of(None, (), known)]


def filled(
    plan: Plan, music: Music, now_ms: int, chance: Random, *, lasts_ms: int = PLAN_MS, most: int = MAX_ITEMS
) -> Plan:
    """Return a plan with as many tracks of AutoDJ's choice at its end as it lacks."""
    at_ms = now_ms + heard_until(plan.items)
    if not music.tracks or len(plan.items) >= most or at_ms >= now_ms + lasts_ms:
        return plan
    choice = _Choice.after(plan.items, music, now_ms, chance)
    while len(choice.items) < most and choice.at_ms < now_ms + lasts_ms:
        choice.add()
    return replace(edited(plan, choice.items), chosen_from=plan.chosen_from if plan.items else len(music.tracks))


def up_to_date(plan: Plan, music: Music, free: int, now_ms: int, chance: Random) -> Plan:
    """Return a plan without what AutoDJ would not choose any more, from the first free place on.

    After a change of the rotation, AutoDJ chooses anew; and if it repeats tracks while there are more than there were:
    a library that has just got its first tracks would play them for hours. What people have placed keeps its place.
    """
    if not music.tracks:
        return plan
    rest = plan.items[free:]
    own = [item.track.id for item in rest if not item.placed_by]
    has_more = len(music.tracks) > plan.chosen_from and len(set(own)) < len(own)
    rotation = music.rotation
    anew = plan.rotation != rotation or has_more
    choice = _Choice.after(plan.items[:free], music, now_ms, chance)
    for item in rest:
        if item.placed_by or (not anew and choice.fits(item)):
            choice.keep(item)
        elif anew or choice.is_sequence(item):
            choice.add(None if anew else item.playlist)
    if choice.items == list(plan.items) and plan.rotation == rotation:
        return plan
    return replace(edited(plan, choice.items), rotation=rotation, chosen_from=len(music.tracks))


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
    order: Sequence[str]
    """The ids of a playlist's tracks, with those that cannot be played."""
    tracks: dict[str, PlanTrack]
    lasts_ms: int
    turns: float
    """How many turns it has had, each as much as its weight lets it count."""
    last: str
    """The id of the track that was played from it, or planned, last."""

    @classmethod
    def of(cls, playlist: Playlist | None, order: Sequence[str], tracks: dict[str, PlanTrack]) -> "_Source":
        lasts_ms = sum(max(0, track.heard_ms - CROSSING_MS) for track in tracks.values())
        turns, last = (playlist.turns, playlist.last_track) if playlist is not None else (0.0, "")
        return cls(playlist, order, tracks, lasts_ms, turns, last)

    @property
    def id(self) -> str:
        return self.playlist.id if self.playlist is not None else ""

    @property
    def turn(self) -> float:
        return 1 / self.playlist.weight if self.playlist is not None else 1.0

    @property
    def is_sequence(self) -> bool:
        return self.playlist is not None and self.playlist.order == "sequence"

    def heard(self, track_id: str) -> None:
        if not self.is_sequence and track_id in self.tracks:
            self.tracks[track_id] = self.tracks.pop(track_id)

    def following(self) -> PlanTrack:
        start = self.order.index(self.last) + 1 if self.last in self.order else 0
        round_trip = (*self.order[start:], *self.order[:start])
        return next(self.tracks[each] for each in round_trip if each in self.tracks)


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
    """A plan that is being made, and the sources as far as it has gone through them."""

    sources: dict[str, _Source]
    last: _Last
    chance: Random
    at_ms: int
    items: list[PlanItem]

    @classmethod
    def after(cls, items: Sequence[PlanItem], music: Music, now_ms: int, chance: Random) -> "_Choice":
        sources = {source.id: source for source in music.sources()}
        # One that is new, or was away, does not make up for all the turns that it has not had.
        furthest = max(source.turns for source in sources.values())
        for source in sources.values():
            source.turns = max(source.turns, furthest - source.turn)
        choice = cls(sources, _Last({}, {}, {}), chance, now_ms, [])
        played = sorted(((at, track) for track, at in music.tracks if at is not None), key=lambda pair: pair[0])
        for at, track in played:
            choice._heard(track, at)
        for item in items:
            choice.keep(item)
        return choice

    def keep(self, item: PlanItem) -> None:
        """Take an item as it is."""
        self._heard(item.track, self.at_ms)
        source = None if item.placed_by else self.sources.get(item.playlist)
        if source is not None:
            source.turns += source.turn
            # A track that was taken out of a sequence while it is on air has no place there to go on from.
            source.last = item.track.id if item.track.id in source.order else source.last
        self.items.append(item)
        self.at_ms += max(0, item.track.heard_ms - CROSSING_MS)

    def add(self, playlist: str | None = None) -> None:
        """Choose an item, of a playlist if one is named."""
        source = self._behind() if playlist is None else self.sources[playlist]
        track = source.following() if source.is_sequence else self._apart(source)
        last_played_at = self.last.of_track.get(track.id)
        began_ms = self.at_ms
        self.keep(PlanItem(new_id(self.chance), track, last_played_at=last_played_at, playlist=source.id))
        self.at_ms = max(self.at_ms, began_ms + 1000)

    def is_sequence(self, item: PlanItem) -> bool:
        """Say whether an item is from a sequence, whose tracks are other ones by now."""
        return item.playlist in self.sources and self.sources[item.playlist].is_sequence

    def fits(self, item: PlanItem) -> bool:
        """Say whether an item of AutoDJ's could be chosen now."""
        source = self.sources.get(item.playlist)
        if source is None or item.track.id not in source.tracks:
            return False
        return not source.is_sequence or source.following().id == item.track.id

    def _heard(self, track: PlanTrack, at_ms: int) -> None:
        self.last.note(track, at_ms)
        for source in self.sources.values():
            source.heard(track.id)

    def _behind(self) -> _Source:
        """Return the source that is furthest behind its share."""
        return min(self.sources.values(), key=lambda source: source.turns + source.turn)

    def _apart(self, source: _Source) -> PlanTrack:
        """Return one of the tracks that were not heard for the longest time, far from its artist and its title."""
        longest_ago = list(source.tracks.values())
        for share in (1.0, 0.5, 0.25):
            # In a library that lasts an hour, nothing can be three hours apart.
            longest = source.lasts_ms / 2
            artist_ms, title_ms = (min(apart, longest) * share for apart in (ARTIST_APART_MS, TITLE_APART_MS))
            for track in _tried(longest_ago, self.chance):
                if self.last.is_apart(track, self.at_ms, artist_ms, title_ms):
                    return track
        return longest_ago[0]


def _tried(longest_ago: Sequence[PlanTrack], chance: Random) -> Iterator[PlanTrack]:
    """Go through tracks in the order in which they are tried: some by chance, then one after the other."""
    choice = max(1, round(len(longest_ago) * CHOICE))
    for _ in range(min(choice, MAX_TRIES)):
        yield longest_ago[chance.randrange(choice)]
    yield from islice(longest_ago, MAX_TRIES)
