"""Has sound searched for a pipeline's frames, in a process of its own."""

import asyncio
import sys
from collections.abc import Sequence

import orjson

from controlplane.kernel.errors import Upstream
from controlplane.liquidsoap.parse import PipelineLevels

SEARCH = "controlplane.features.sync.search"
TIMEOUT_S = 15.0


async def find(
    levels: PipelineLevels, source: Sequence[str], audio: bytes, ahead_s: tuple[float, float] | None = None
) -> float | None:
    """Return where in `audio` the first of the frames begins, in seconds; None where they are not found.

    `source` are FFmpeg's options for audio of its kind; `ahead_s` is as `levels.place` takes it. Raises Upstream if the
    audio cannot be decoded, or not in time.
    """
    try:
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            SEARCH,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
        )
    except OSError as error:
        raise Upstream(f"the search does not start: {error.strerror}") from error
    asked = orjson.dumps({"levels": levels.levels, "frame_s": levels.frame_s, "source": source, "ahead_s": ahead_s})
    try:
        async with asyncio.timeout(TIMEOUT_S):
            output, errors = await process.communicate(asked + b"\n" + audio)
    except TimeoutError as error:
        raise Upstream("the search took too long") from error
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    if process.returncode:
        raise Upstream(f"the search failed: {errors.decode(errors='replace').strip()[-200:]}")
    found = orjson.loads(output)
    return float(found) if isinstance(found, int | float) else None
