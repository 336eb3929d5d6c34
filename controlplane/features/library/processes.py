"""Runs the programs that read strangers' files, and ends those that take too long."""

import asyncio
import os
import signal
import sys
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from controlplane.runtime.files import Account

MAX_OUTPUT_BYTES = 8 * 1024 * 1024
MAX_REASON = 300
BLOCK_BYTES = 65536


@dataclass(frozen=True, slots=True)
class Finished:
    """A program that has ended, by itself or by us: its output so far, and its last line of errors if it failed."""

    output: bytes
    failed: bool
    reason: str


async def run(module: str, file: Path, account: Account | None, timeout_s: float) -> Finished:
    """Run a module of this folder on a file, under another account if there is one; it is dead when this returns."""
    user = [] if account is None else [str(account.uid), str(account.gid)]
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        f"controlplane.features.library.{module}",
        str(file),
        *user,
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        start_new_session=True,
        env={"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C.UTF-8", "PYTHONDONTWRITEBYTECODE": "1"},
    )
    late, output, errors = False, bytearray(), bytearray()
    try:
        async with asyncio.timeout(timeout_s):
            await asyncio.gather(_collect(process.stdout, output), _collect(process.stderr, errors), process.wait())
    except TimeoutError:
        late = True
    finally:
        # Its children are in its session, and end with it.
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        await process.wait()
    lines = errors.decode(errors="replace").strip().splitlines()
    reason = f"it took longer than {timeout_s:g} s" if late else lines[-1][:MAX_REASON] if lines else ""
    return Finished(bytes(output), late or process.returncode != 0, reason)


async def _collect(stream: asyncio.StreamReader | None, into: bytearray) -> None:
    while stream is not None and (chunk := await stream.read(BLOCK_BYTES)):
        into += chunk[: MAX_OUTPUT_BYTES - len(into)]
