"""A source: the state machine of one ingest mount, from an encoder's authorisation to its end. Pure.

A source is absent, connecting, in preview, on air, ending or lost. Which of its two sources is on air is said by the
station, so that there is never more than one; everything else is known here. Hooks are hints, and statistics the truth:
their order and number do not matter once the truth has been seen.
"""

import math
from dataclasses import dataclass, replace

from controlplane.kernel.mounts import BROWSER_KEY
from controlplane.protocol.going_live import SourceState

EXPECTED_FOR_S = 30.0
"""How long an authorised encoder may take to appear on its mount; Icecast waits no longer for its headers."""

REFUSED_AFTER_S = 1.5
"""An authorised encoder that has not replaced the one on the mount by then was refused: hook and poll take less."""

HINT_HOLDS_S = 1.5
"""How long a hook outweighs statistics, which may be older: without an encoder that has come, or with one that left."""

ENDING_S = 1.0
"""How long the pipeline fades out what goes off air (`fade_s` in station.liq)."""


@dataclass(frozen=True, slots=True)
class Encoder:
    """An encoder on an ingest mount.

    `instance` is Icecast's start stamp of the connection, empty until Icecast told it. `key_id` is the stream key it
    came in with, empty where that is not known. `host` is the key's holder.
    """

    instance: str = ""
    key_id: str = ""
    host: str = ""

    @property
    def is_browser(self) -> bool:
        """Whether it is a host's browser."""
        return self.key_id.startswith(BROWSER_KEY)

    def is_other_than(self, encoder: "Encoder") -> bool:
        """Say whether two encoders are known to have come in with different keys."""
        return bool(self.key_id and encoder.key_id) and self.key_id != encoder.key_id

    def may_be(self, instance: str | None) -> bool:
        """Say whether it may be the connection of a start stamp: its own is not known before statistics have it."""
        return instance is not None and self.instance in {"", instance}

    def merged(self, newer: "Encoder") -> "Encoder":
        """Return what is known of an encoder that is seen again: statistics alone do not tell its key."""
        return newer if newer.key_id else replace(self, instance=newer.instance or self.instance)


@dataclass(frozen=True, slots=True)
class Source:
    """The state of one ingest mount. Times are unix seconds.

    `expected` is an encoder that was authorised and has not been seen yet. `evicted` is the instance of one that we cut
    off, which older statistics may still have. `heard` says whether the pipeline decodes it. `held` keeps it in preview
    although the station is set to start by itself, because somebody took it off air. Until `ending_until`, it is faded
    out. `last` is the encoder that was there before, and `left_at` when a hook said that it had gone.
    """

    encoder: Encoder | None = None
    encoder_at: float = 0.0
    expected: Encoder | None = None
    expected_at: float = 0.0
    evicted: str = ""
    heard: bool = False
    held: bool = False
    ending_until: float = 0.0
    last: Encoder | None = None
    left_at: float = -math.inf

    def expects(self, now: float) -> Encoder | None:
        """Return the encoder that may appear at any moment."""
        return self.expected if now - self.expected_at <= EXPECTED_FOR_S else None

    def state(self, now: float, *, on_air: bool, lost: bool) -> SourceState:
        """Return its state; whether it is on air and has lost its encoder there is known to the station."""
        if on_air:
            return "lost" if lost else "on_air"
        if self.encoder is None:
            return "connecting" if self.expects(now) is not None else "absent"
        if now < self.ending_until:
            return "ending"
        return "preview" if self.heard else "connecting"


def authorised(source: Source, encoder: Encoder, now: float) -> Source:
    """Note that an encoder was let in."""
    return replace(source, expected=encoder, expected_at=now)


def connected(source: Source, now: float, known: Encoder | None) -> Source:
    """Note that Icecast reports a source; one that we did not authorise has to be seen by a poll."""
    return _arrived(source, "", now, known) if source.expects(now) is not None else source


def left(source: Source, now: float) -> Source:
    """Note that a hook says that the encoder has disconnected."""
    return replace(gone(source), left_at=now)


def gone(source: Source) -> Source:
    """Note that the encoder has disconnected."""
    return replace(source, encoder=None, last=source.encoder or source.last)


def evicted(source: Source, known: Encoder | None) -> Source:
    """Note that we cut the encoder off; `known` is the one of the broadcast, if the hook about its end came first."""
    encoder = source.encoder or known
    instance = encoder.instance if encoder is not None and encoder.instance else source.evicted
    return replace(gone(source), expected=None, evicted=instance)


def seen(source: Source, instance: str | None, now: float, known: Encoder | None) -> Source:
    """Note what the statistics say: the instance on the mount, or None; `known` is the encoder of the broadcast."""
    encoder = source.encoder
    is_older = source.last is not None and source.last.may_be(instance) and now - source.left_at < HINT_HOLDS_S
    if instance is None or instance == source.evicted or is_older:
        hinted = encoder is not None and not encoder.instance and now - source.encoder_at < HINT_HOLDS_S
        return source if hinted or encoder is None else gone(source)
    if encoder is None or encoder.instance not in {"", instance}:
        return _arrived(source, instance, now, known)
    return source if encoder.instance else replace(source, encoder=replace(encoder, instance=instance))


def refused(source: Source, now: float) -> tuple[Source, Encoder | None]:
    """Return the source, and an encoder that was let in and found the mount taken."""
    expected = source.expected
    if expected is None or source.encoder is None or now - source.expected_at < REFUSED_AFTER_S:
        return source, None
    return replace(source, expected=None), source.expects(now)


def stopped(source: Source, now: float) -> Source:
    """Note that somebody took it off air: it is faded out, and waits in preview."""
    return replace(source, held=source.encoder is not None, ending_until=now + ENDING_S)


def _arrived(source: Source, instance: str, now: float, known: Encoder | None) -> Source:
    if known is not None and instance and known.instance == instance:
        return replace(source, encoder=known, encoder_at=now)
    last, expected = source.last, source.expects(now)
    if last is not None and instance and (last.instance == instance or (last.may_be(instance) and expected is None)):
        # Statistics may have missed it for a moment.
        return replace(source, encoder=replace(last, instance=instance), encoder_at=now)
    encoder = replace(expected or Encoder(), instance=instance)
    return replace(source, encoder=encoder, encoder_at=now, expected=None, held=False)
