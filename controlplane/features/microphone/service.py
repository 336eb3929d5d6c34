"""Microphones: recordings of browsers on ingest mounts, each of which outlives its connection for a while."""

import asyncio
from collections import defaultdict
from contextlib import suppress
from dataclasses import dataclass, field

import structlog

from controlplane.access.authenticator import Authenticator
from controlplane.access.claims import Claims
from controlplane.access.identity import Actor
from controlplane.features.microphone.remux import Remux
from controlplane.features.microphone.slices import Pace, Slice, recording
from controlplane.features.onair.service import OnAir
from controlplane.features.onair.state import EncoderEvicted
from controlplane.features.stations.service import Stations
from controlplane.kernel.clock import Clock
from controlplane.kernel.errors import Conflict, Forbidden, NotFound, Unauthenticated
from controlplane.kernel.mounts import SLOTS, SOURCE_USER, Slot, browser_key, ingest_mount
from controlplane.kernel.permissions import Permission
from controlplane.protocol.microphone import MicrophoneHello, MicrophoneNote

log = structlog.get_logger()

LINE_GRACE_S = 8.0
"""How long a recording waits for its browser: Icecast drops a silent source after ten seconds."""
RELEASED_WITHIN_S = 3.0
RELEASE_INTERVAL_S = 0.05


@dataclass(slots=True)
class Microphone:
    """One recording: its user, where it goes, and the newest slice that has arrived."""

    slug: str
    session: str
    actor: Actor
    claims: Claims
    address: str
    slot: Slot
    remux: Remux
    pace: Pace
    timed: bool
    """Whether its slices have times."""
    have: int = 0
    connection: object = None
    """The WebSocket that brings its slices; an older one is closed."""
    alone_since: float = 0.0
    revoked: bool = False
    """Whether its user has lost the permission."""
    is_broken: bool = False
    """Whether a slice may have been taken in part."""
    _turn: asyncio.Lock = field(default_factory=asyncio.Lock)

    @property
    def has_ended(self) -> bool:
        """Whether nothing more of it can be passed on."""
        return self.remux.has_ended or self.is_broken

    async def take(self, piece: Slice, now: float) -> int:
        """Take a slice, unless it came before or another one is missing; return the newest that has arrived.

        `now` is the time in seconds. Raises Upstream where it cannot be passed on.
        """
        async with self._turn:
            if piece.number == self.have + 1:
                if piece.recorded_s is not None:
                    await asyncio.sleep(self.pace.wait_s(piece.recorded_s, now))
                try:
                    await self.remux.write(piece.audio)
                except BaseException:
                    # Some of it may have been taken: it cannot be sent again.
                    self.is_broken = True
                    raise
                self.have = piece.number
            return self.have


@dataclass(slots=True)
class Microphones:
    """All recordings. `origin` is where ffmpeg finds Icecast, as `host:port`."""

    stations: Stations
    onair: OnAir
    authenticator: Authenticator
    clock: Clock
    program: str
    origin: str
    _open: dict[tuple[str, str], Microphone] = field(default_factory=dict)
    _turns: defaultdict[str, asyncio.Lock] = field(default_factory=lambda: defaultdict(asyncio.Lock))
    """By station: two that begin at once would be given the same mount."""

    async def connect(self, slug: str, hello: MicrophoneHello, address: str, connection: object) -> Microphone:
        """Begin a recording, or go on with one, by the connection that is given.

        Raises Unauthenticated, Banned, Forbidden, NotFound for a recording that has ended, InvalidInput for what cannot
        be broadcast, Conflict where both ingest mounts are taken, and Upstream.
        """
        actor, claims = await self.authenticator.authenticate(hello.token, address)
        actor.must(Permission.STATION_GO_LIVE, slug)
        async with self._turns[slug]:
            known = self._open.get((slug, hello.session))
            if known is not None and known.has_ended:
                await self.end(known)
                known = None
            if known is None:
                known = await self._begin(slug, hello, actor, claims, address)
            elif known.actor.id != actor.id:
                raise Forbidden("that recording is somebody else's")
        known.connection, known.claims, known.address = connection, claims, address
        return known

    def is_awaited(self, microphone: Microphone) -> bool:
        """Say whether a broadcast that was cut off waits for a recording."""
        waits_for = self.onair.require(microphone.slug)[1].on_air_encoder(microphone.slot)
        return waits_for is not None and waits_for.key_id == browser_key(microphone.actor.id)

    def note(self, microphone: Microphone, note: MicrophoneNote) -> None:
        """Take note of a client's own measurements of its slices."""
        if note.lead_ms is not None:
            microphone.pace.lead_s = note.lead_ms / 1000
        if note.delay_ms is not None:
            self.onair.note_delay(microphone.slug, microphone.slot, note.delay_ms)

    def disconnected(self, microphone: Microphone, connection: object) -> None:
        """Take note that a connection has ended; the recording waits for another one."""
        if microphone.connection is connection:
            microphone.connection, microphone.alone_since = None, self.clock.monotonic_s()
            self.onair.note_delay(microphone.slug, microphone.slot, None)

    async def end(self, microphone: Microphone) -> None:
        """End a recording; a second time does nothing."""
        if self._open.pop((microphone.slug, microphone.session), None) is not None:
            self.onair.note_delay(microphone.slug, microphone.slot, None)
            await microphone.remux.end()
            log.info("microphone_closed", station=microphone.slug, slot=microphone.slot, slices=microphone.have)

    async def expire(self) -> None:
        """End recordings whose browser has stayed away, whose source has ended, or whose user has no right to it."""
        now = self.clock.monotonic_s()
        for each in tuple(self._open.values()):
            is_late = each.connection is None and now - each.alone_since >= LINE_GRACE_S
            if is_late or each.remux.has_ended or each.revoked:
                await self.end(each)

    async def check_access(self) -> None:
        """End broadcasts of users who have lost the permission, and have their recordings ended."""
        for each in tuple(self._open.values()):
            try:
                (await self.authenticator.cache.actor(each.claims, each.address)).must(
                    Permission.STATION_GO_LIVE, each.slug
                )
            except (Unauthenticated, Forbidden):
                each.revoked = True
                # At once: the page that is told of it ends the recording, as if its host had.
                found = self.onair.get(each.slug)
                if found is not None and found[1].key_id(each.slot) == browser_key(each.actor.id):
                    self.onair.observe(each.slug, EncoderEvicted(each.slot))

    async def close(self) -> None:
        """End all of them."""
        await asyncio.gather(*(self.end(each) for each in tuple(self._open.values())))

    async def _begin(self, slug: str, hello: MicrophoneHello, actor: Actor, claims: Claims, address: str) -> Microphone:
        if hello.have:
            raise NotFound("that recording has ended: begin a new one")
        how = recording(hello.mime)
        await self._end_left_behind(slug, actor, hello.replaces)
        slot = self._free(slug, actor)
        password = self.stations.admit_browser(slug, slot, actor.id, actor.name)
        url = f"icecast://{SOURCE_USER}:{password}@{self.origin}{ingest_mount(slug, slot)}"
        remux = await Remux.start(self.program, how, url)
        microphone = Microphone(slug, hello.session, actor, claims, address, slot, remux, Pace(), hello.timed)
        self._open[slug, hello.session] = microphone
        log.info("microphone_opened", station=slug, slot=slot, user=actor.id)
        return microphone

    async def _end_left_behind(self, slug: str, actor: Actor, replaced: str | None) -> None:
        """End a user's recordings that a new one takes the place of, or whose page was left or loaded again."""
        for each in tuple(self._open.values()):
            is_theirs = (each.slug, each.actor.id) == (slug, actor.id)
            if is_theirs and (each.connection is None or each.session == replaced):
                await self.end(each)
                await self._until_released(slug, each.slot)

    async def _until_released(self, slug: str, slot: Slot) -> None:
        """Wait until Icecast has said that a mount's source is gone, but not for long: it may be restarting."""
        with suppress(TimeoutError):
            async with asyncio.timeout(RELEASED_WITHIN_S):
                # ASYNC110: nobody is told of a source that goes, and it is gone in a moment.
                while self.onair.require(slug)[1].source(slot).encoder is not None:  # noqa: ASYNC110
                    await asyncio.sleep(RELEASE_INTERVAL_S)

    def _free(self, slug: str, actor: Actor) -> Slot:
        """Return the ingest mount for a recording: that of the user's own broadcast, which waits, or a free one."""
        station = self.onair.require(slug)[1]
        taken = {each.slot for each in self._open.values() if each.slug == slug}
        now, sources = self.clock.steady_s(), {slot: station.source(slot) for slot in SLOTS if slot not in taken}
        free = [slot for slot, each in sources.items() if each.encoder is None and each.expects(now) is None]
        if not free:
            raise Conflict("two encoders are connected already: one of them has to leave first")
        own = [slot for slot in free if station.key_id(slot) == browser_key(actor.id)]
        # A broadcast whose encoder may come back keeps its mount.
        waiting = [slot for slot in free if station.on_air_encoder(slot) is None]
        return (own or waiting or free)[0]
