"""The pipeline's own words: the state document of station.liq, and the answers of its socket. Pure."""

import json
import math
from dataclasses import dataclass
from typing import Any

from controlplane.onair.state import Heard, PipelineSeen, Source

END = b"END"
"""The line that closes every answer on Liquidsoap's socket."""

TEXT_LIMIT = 4096
SOURCES: dict[str, Source] = {"live": "live", "queue": "queue", "auto": "auto", "safe": "safe", "none": "none"}


class Garbage(ValueError):
    """What came is not the pipeline's state document."""


@dataclass(frozen=True, slots=True)
class PipelineState:
    """The state document; `seq` rises with each one of the same `instance`."""

    instance: str
    seq: int
    seen: PipelineSeen
    live_connected: bool
    remaining_s: float
    rms: float


def state(document: bytes) -> PipelineState:
    """Read a state document; raise Garbage if it is not one."""
    try:
        # A title may hold anything, and one station's must not make its pipeline unreadable: bytes that are not UTF-8
        # are replaced, and control characters and lone surrogates pass, which is why it is the standard library's.
        fields = json.loads(document.decode(errors="replace"), strict=False)
    except (ValueError, RecursionError) as error:
        raise Garbage("the pipeline's state is not JSON") from error
    source = SOURCES.get(_text(fields, "source")) if isinstance(fields, dict) else None
    if source is None:
        raise Garbage("the pipeline's state names no source")
    heard = Heard(
        source=source,
        title=_text(fields, "title"),
        artist=_text(fields, "artist"),
        album=_text(fields, "album"),
        track_id=_text(fields, "awaz_id")[:64],
        duration_s=round(_number(fields, "duration_s"), 1),
    )
    live_enabled, silent = fields.get("live_enabled") is not False, fields.get("silent") is True
    seen = PipelineSeen(heard, live_enabled, silent)
    return PipelineState(
        instance=_text(fields, "instance")[:64],
        seq=int(_number(fields, "seq")),
        seen=seen,
        live_connected=fields.get("live_connected") is True,
        remaining_s=_number(fields, "remaining_s"),
        rms=_number(fields, "rms"),
    )


def _text(fields: dict[str, Any], name: str) -> str:
    value = fields.get(name)
    return value[:TEXT_LIMIT].encode(errors="replace").decode() if isinstance(value, str) else ""


def _number(fields: dict[str, Any], name: str) -> float:
    value = fields.get(name)
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        return 0.0
    return max(0.0, float(value))
