"""Parsers of the pipeline's state document and of its socket's answers (station.liq). Pure."""

import json
from dataclasses import dataclass
from typing import Any, Literal

from controlplane.kernel.mounts import SLOTS, Slot

END = b"END"
"""The line that closes every answer on Liquidsoap's socket."""

TEXT_LIMIT = 4096
MAX_NUMBER = 2.0**53
"""The largest whole number that every JSON parser reads alike (RFC 8259, section 6)."""
Part = Literal["live", "auto", "safe", "none"]
"""The part of a pipeline that is heard: an encoder, its plan, or the track for when there is no music."""
PARTS: dict[str, Part] = {"live": "live", "auto": "auto", "safe": "safe", "none": "none"}


NO_LUFS = -100.0
"""The pipeline's loudness of nothing."""


class Malformed(ValueError):
    """The input is not a pipeline's state document."""


@dataclass(frozen=True, slots=True)
class EncoderLevel:
    """The audio of an encoder: for how long it has been silent, its peaks of the last second, and its loudness.

    The peaks are from 0 to 1. The loudness is that of the last three seconds, in LUFS (EBU R128), None without any.
    """

    slot: Slot
    connected: bool
    silent_s: float
    peaks: tuple[float, float]
    lufs: float | None


@dataclass(frozen=True, slots=True)
class PipelineState:
    """The state document; `seq` rises with each one of the same `instance`.

    `slot` is the ingest mount that is heard, and `wanted_slot` the one that the daemon put on air last.

    `heard_frame` is the number of the pipeline's frame at which that which is heard began, and 0 where it is not known.
    `item` is the item of the plan that is heard, `decoding` the one that is decoded, up to a crossing ahead of it, and
    `waiting` the one that follows.
    """

    instance: str
    seq: int
    source: Part
    title: str
    artist: str
    album: str
    item: str
    plan_version: int
    decoding: str
    waiting: str
    duration_s: float
    slot: Slot | None
    wanted_slot: Slot | None
    encoders: tuple[EncoderLevel, ...]
    remaining_s: float
    rms: float
    heard_frame: int = 0


@dataclass(frozen=True, slots=True)
class PipelineLevels:
    """How loud the last frames of a run of a pipeline were, as root mean squares: from the frame `first` on."""

    instance: str
    first: int
    frame_s: float
    levels: tuple[float, ...]


def levels(document: bytes) -> PipelineLevels:
    """Read the answer to `st.levels`; raise Malformed if it is not one."""
    fields = _object(document)
    listed = fields.get("levels")
    newest_first = [float(each) for each in listed if isinstance(each, int)] if isinstance(listed, list) else []
    frame_s = _number(fields, "frame_s")
    if not newest_first or not 0 < frame_s < 1:
        raise Malformed("the pipeline's levels are none")
    first = int(_number(fields, "frame")) - len(newest_first) + 1
    return PipelineLevels(_text(fields, "instance")[:64], first, frame_s, tuple(reversed(newest_first)))


def state(document: bytes) -> PipelineState:
    """Read a state document; raise Malformed if it is not one."""
    fields = _object(document)
    source = PARTS.get(_text(fields, "source"))
    if source is None:
        raise Malformed("the pipeline's state names no source")
    return PipelineState(
        instance=_text(fields, "instance")[:64],
        seq=int(_number(fields, "seq")),
        source=source,
        title=_text(fields, "title"),
        artist=_text(fields, "artist"),
        album=_text(fields, "album"),
        item=_text(fields, "item")[:64],
        plan_version=int(_number(fields, "plan")),
        decoding=_text(fields, "decoding")[:64],
        waiting=_first_text(fields, "waiting")[:64],
        duration_s=round(_number(fields, "duration_s"), 1),
        slot=_slot(fields, "slot"),
        wanted_slot=_slot(fields, "wanted_slot"),
        encoders=_encoders(fields),
        remaining_s=_number(fields, "remaining_s"),
        rms=_number(fields, "rms"),
        heard_frame=int(_number(fields, "heard_frame")),
    )


def _object(document: bytes) -> dict[str, Any]:
    try:
        # A title may hold anything, and must not make the state unreadable: bytes that are not UTF-8 are replaced, and
        # control characters and lone surrogates pass, which is why this is the standard library's parser.
        fields = json.loads(document.decode(errors="replace"), strict=False)
    except (ValueError, RecursionError) as error:
        raise Malformed("the pipeline's state is not JSON") from error
    return fields if isinstance(fields, dict) else {}


def _slot(fields: dict[str, Any], name: str) -> Slot | None:
    return next((slot for slot in SLOTS if fields.get(name) == slot), None)


def _encoders(fields: dict[str, Any]) -> tuple[EncoderLevel, ...]:
    listed = fields.get("encoders")
    found = [each for each in listed if isinstance(each, dict)] if isinstance(listed, list) else []
    return tuple(_encoder(slot, each) for slot in SLOTS for each in found if _slot(each, "slot") == slot)


def _encoder(slot: Slot, fields: dict[str, Any]) -> EncoderLevel:
    lufs = fields.get("lufs")
    return EncoderLevel(
        slot=slot,
        connected=fields.get("connected") is True,
        silent_s=_number(fields, "silent_s"),
        peaks=(_number(fields, "peak_left"), _number(fields, "peak_right")),
        lufs=float(lufs) if isinstance(lufs, int | float) and NO_LUFS < lufs <= 0 else None,
    )


def _text(fields: dict[str, Any], name: str) -> str:
    value = fields.get(name)
    return value[:TEXT_LIMIT].encode(errors="replace").decode() if isinstance(value, str) else ""


def _first_text(fields: dict[str, Any], name: str) -> str:
    values = fields.get(name)
    return _text({name: values[0]}, name) if isinstance(values, list) and values else ""


def _number(fields: dict[str, Any], name: str) -> float:
    value = fields.get(name)
    if isinstance(value, bool) or not isinstance(value, int | float):
        return 0.0
    return float(value) if 0.0 <= value <= MAX_NUMBER else 0.0
