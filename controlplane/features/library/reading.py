"""The findings of the programs that read a file, as values."""

import base64
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson

from controlplane.features.library import processes
from controlplane.features.library.measure import MAX_HOURS
from controlplane.kernel.errors import InvalidInput, Upstream
from controlplane.runtime.files import Account

PROBE_TIMEOUT_S = 15.0
MEASURE_TIMEOUT_S = 1800.0
MAX_DURATION_MS = MAX_HOURS * 3_600_000


@dataclass(frozen=True, slots=True)
class Art:
    """A picture: the SHA-256 of what it was made from, and JPEGs by the length of their longer side in pixels."""

    sha256: str
    jpegs: Mapping[int, bytes]


@dataclass(frozen=True, slots=True)
class Probed:
    """A file that can be played. `tags` are texts by name, as they came; `duration_ms` is the file's own claim."""

    format: str
    codec: str
    bitrate_kbps: int
    duration_ms: int
    tags: Mapping[str, str]
    art: Art | None


@dataclass(frozen=True, slots=True)
class Measurement:
    """A track that was decoded as a whole; silences in milliseconds, a peak for each 50 ms."""

    duration_ms: int
    loudness_lufs: float
    peak_dbtp: float
    silences: tuple[tuple[int, int], ...]
    fingerprint: bytes
    peaks: bytes


async def probe(path: Path, account: Account | None) -> Probed:
    """Read a file's format, tags and picture; raise InvalidInput if it cannot be played."""
    finished = await processes.run("probe", path, account, PROBE_TIMEOUT_S)
    found: dict[str, Any] = {}
    for line in finished.output.splitlines():
        # The last one may be cut off.
        with suppress(orjson.JSONDecodeError):
            found |= orjson.loads(line)
    if "audio" not in found:
        raise InvalidInput(f"this file cannot be played: {finished.reason or 'reading it failed'}")
    if found["audio"]["duration_ms"] > MAX_DURATION_MS:
        raise InvalidInput(f"it claims to last more than {MAX_HOURS} hours")
    audio, art = found["audio"], found.get("art")
    in_container = {name.casefold(): text for name, text in audio.pop("tags").items()}
    tags = {name: text or in_container.get(name, "") for name, text in found.get("tags", in_container).items()}
    return Probed(**audio, tags=tags, art=_art(art) if art else None)


async def picture(path: Path, account: Account | None) -> Art:
    """Read a picture; raise InvalidInput if it is none."""
    finished = await processes.run("picture", path, account, PROBE_TIMEOUT_S)
    if finished.failed:
        raise InvalidInput(f"this picture cannot be used: {finished.reason or 'reading it failed'}")
    return _art(orjson.loads(finished.output))


def _art(found: dict[str, str]) -> Art:
    return Art(found["sha256"], {int(side): base64.b64decode(jpeg) for side, jpeg in found.items() if side.isdigit()})


async def measure(path: Path, account: Account | None) -> Measurement:
    """Decode a file as a whole and measure it; raise InvalidInput if ffmpeg cannot, Upstream if we could not."""
    finished = await processes.run("measure", path, account, MEASURE_TIMEOUT_S)
    try:
        found = orjson.loads(finished.output)
    except orjson.JSONDecodeError:
        raise Upstream(f"measuring it failed: {finished.reason or 'the program was ended'}") from None
    if "refused" in found:
        raise InvalidInput(found["refused"])
    return Measurement(
        duration_ms=found["duration_ms"],
        loudness_lufs=found["loudness_lufs"],
        peak_dbtp=found["peak_dbtp"],
        silences=tuple((start, end) for start, end in found["silences"]),
        fingerprint=base64.b64decode(found["fingerprint"]),
        peaks=base64.b64decode(found["peaks"]),
    )
