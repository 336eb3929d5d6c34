"""The event that all servers send: a typical title of a station."""

import time
from typing import Any

import orjson

from controlplane.protocol.onair import StreamMetadata, Track

STARTED_AT = 1_767_225_600_000


def metadata() -> StreamMetadata:
    """Return the event as the hub takes it."""
    track = Track(
        id="5f1d0c9a7b3e", title="Dil Dhadakne Ka Sabab", artist="Noor Jehan", album="Ghazals of a Lifetime, volume two"
    )
    return StreamMetadata(
        play_id="5f1d0c9a7b3e-19b77e2f800",
        kind="live",
        show="Subh-e-Nau, morning",
        host="Ayesha",
        track=track,
        started_at=STARTED_AT,
    )


def body() -> dict[str, Any]:
    """Return the event's body with its envelope, for servers without a hub."""
    at = int(time.time() * 1000)
    return {"station": "awaz", "epoch": "0123456789abcdef", "seq": 0, "at": at, **metadata().wire()}


def frame_bytes() -> int:
    """Return the size of its WebSocket frame after some hundred events."""
    return 4 + len(b'42["stream:metadata",]') + len(orjson.dumps({**body(), "seq": 100}))
