"""The faults: what is replaced where, and which tests should notice."""

from dataclasses import dataclass

RULES = "controlplane/features/onair/rules.py"
HUB = "controlplane/live/hub.py"
INGEST = "controlplane/features/onair/ingest.py"
HEARD = "controlplane/features/onair/heard.py"
BROKER = "controlplane/live/broker.py"
GUARD = "controlplane/access/guard.py"
BUCKET = "controlplane/kernel/token_bucket.py"

ON_AIR = ("tests/unit/test_onair_rules.py", "tests/unit/test_onair_eviction.py", "tests/unit/test_sources.py")
LIVE = ("tests/service/test_hub.py", "tests/service/test_broker.py", "tests/service/test_snapshots.py")
ACCESS = (
    "tests/service/test_guard.py",
    "tests/service/test_permissions.py",
    "tests/service/test_bans.py",
    "tests/service/test_gateway.py",
)
LIMITS = ("tests/unit/test_token_bucket.py", "tests/unit/test_ratelimit.py")


@dataclass(frozen=True)
class Fault:
    """A text of a file, and what stands there instead."""

    name: str
    file: str
    before: str
    after: str
    tests: tuple[str, ...]


FAULTS = (
    Fault("a removed host keeps the grace period", RULES, "_stop_foreground(out, seen.reason)", "pass", ON_AIR),
    Fault("an evicted encoder comes back", INGEST, "instance == source.evicted", "False", ON_AIR),
    Fault("a grace period never ends", RULES, "if now - lost_at >= grace.encoder_s and", "if False and", ON_AIR),
    Fault("a dead pipeline stays on air", RULES, "now - autodj.lost_at >= grace.pipeline_s", "False", ON_AIR),
    Fault("a second host takes over unseen", INGEST, "self.key_id != encoder.key_id", "False", ON_AIR),
    Fault("a hint is forgotten at once", INGEST, "now - source.encoder_at < HINT_HOLDS_S", "False", ON_AIR),
    Fault("older statistics bring an encoder back", INGEST, "now - source.left_at < HINT_HOLDS_S", "False", ON_AIR),
    Fault(
        "an armed station starts by itself",
        RULES,
        "return first if station.auto_live else None",
        "return first",
        ON_AIR,
    ),
    Fault("what was taken off air starts again", INGEST, "held=source.encoder is not None", "held=False", ON_AIR),
    Fault("a late click ends another broadcast", RULES, "and out.station.foreground.id == broadcast_id", "", ON_AIR),
    Fault(
        "a stranger is heard at a lost mount", RULES, "return None if others and", "return None if False and", ON_AIR
    ),
    Fault("a broadcast never waits", RULES, "grace.encoder_s and out.station.auto_stop", "grace.encoder_s", ON_AIR),
    Fault("listeners who are moved are not counted", RULES, "max(listeners, station.listeners)", "listeners", ON_AIR),
    Fault(
        "a posted title is shown for ever",
        HEARD,
        "if station.playing is None else None\n    return replace(station, playing",
        "\n    return replace(station, playing",
        ON_AIR,
    ),
    Fault(
        "each report begins the track anew",
        HEARD,
        "started_at=station.now.started_at, position=station.now.position)\n    out.station",
        "started_at=now, position=station.now.position)\n    out.station",
        ON_AIR,
    ),
    Fault("a silent Icecast ends broadcasts", RULES, "if not out.station.icecast_down:", "if True:", ON_AIR),
    Fault("an undeclared event is sent", HUB, "if self._events.get(event.name) is not type(event):", "if False:", LIVE),
    Fault(
        "last values of two subjects overwrite each other",
        HUB,
        "event.name, event.subject), event.encoded()",
        "event.name), event.encoded()",
        LIVE,
    ),
    Fault(
        "last values are not coalesced",
        HUB,
        "max(time.monotonic() + SETTLE_S, since + COALESCE_S)",
        "time.monotonic()",
        LIVE,
    ),
    Fault(
        "a lagging client is never sent the newest value",
        HUB,
        "if any(each.rooms.has_lagging(room, value) for each in self.transports):",
        "if False:",
        LIVE,
    ),
    Fault("a retry is published twice", BROKER, "if known is not None:", "if False:", LIVE),
    Fault(
        "time runs backwards in a log",
        BROKER,
        "max(self._clock.now_ms(), own.position.at)",
        "self._clock.now_ms()",
        LIVE,
    ),
    Fault(
        "a gap counts as recovered", BROKER, "missed if len(missed) == own.position.seq - seq else None", "missed", LIVE
    ),
    Fault("another epoch counts as recovered", BROKER, "if epoch != own.position.epoch or seq", "if seq", LIVE),
    Fault("old events are kept for ever", BROKER, "self.entries[0][0] <= now or", "", LIVE),
    Fault("nobody needs a permission", GUARD, "actor.must(permission, slug)", "pass", ACCESS),
    Fault("a station has no quota", GUARD, "await self.limiter.spend(quota, station=slug)", "pass", ACCESS),
    Fault("an internal error is shown", GUARD, "return Internal()", "return AwazError(str(error))", ACCESS),
    Fault("a bucket never empties", BUCKET, "if wait > TOLERANCE_S:", "if False:", LIMITS),
)
