"""Measures a track in one pass of ffmpeg: `python -m controlplane.features.library.measure FILE [UID GID]`.

A program of its own: it works beside the daemon at the lowest priority, and can be killed. It prints one JSON object:
`duration_ms`, `loudness_lufs`, `peak_dbtp`, `silences` (pairs in milliseconds), `fingerprint` (Chromaprint's numbers)
and `peaks` (a byte for each 50 ms), the last two in base64; or `refused`, with the reason.
"""

import base64
import json
import math
import os
import re
import subprocess
import sys
import tempfile
from array import array
from pathlib import Path
from typing import IO, Any

from controlplane.features.library.confinement import DEMUXERS, confine

PEAKS_RATE = 8000
SAMPLES_A_PEAK = 400
MAX_HOURS = 24
MAX_SAMPLES = MAX_HOURS * 3600 * PEAKS_RATE
FINGERPRINT_RATE = 11025
FINGERPRINT_S = 120
QUIET_DB, QUIET_S = -48, 0.4
MEMORY_BYTES = 1024 * 1024 * 1024
CPU_S = 900
"""A day of audio takes some five minutes."""
LOG_BYTES = 16 * 1024 * 1024
GRAPH = (
    "[0:a:0]asplit=3[a][b][c];"
    f"[a]ebur128=peak=true:framelog=verbose,silencedetect=noise={QUIET_DB}dB:duration={QUIET_S},anullsink;"
    f"[b]aresample={PEAKS_RATE},aformat=sample_fmts=s16:channel_layouts=mono[peaks];"
    f"[c]aresample={FINGERPRINT_RATE},aformat=sample_fmts=s16:channel_layouts=mono[print]"
)


def main(path: Path, account: tuple[int, int] | None) -> None:
    """Print what a file measures; raise SystemExit with the reason if ffmpeg was ended by a limit."""
    with tempfile.TemporaryFile() as log:
        confine(MEMORY_BYTES, CPU_S, LOG_BYTES, account)
        os.nice(19)
        read_end, write_end = os.pipe()
        command = [
            "ffmpeg",
            "-nostdin",
            "-hide_banner",
            "-nostats",
            "-threads",
            "1",
            "-protocol_whitelist",
            "file,pipe",
        ]
        command += ["-format_whitelist", DEMUXERS, "-i", f"file:{path}", "-filter_complex", GRAPH]
        command += ["-map", "[peaks]", "-f", "s16le", "pipe:1"]
        command += ["-map", "[print]", "-t", str(FINGERPRINT_S), "-f", "chromaprint", "-fp_format", "raw"]
        command += [f"pipe:{write_end}"]
        with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=log, pass_fds=[write_end]) as ffmpeg:
            os.close(write_end)
            peaks, samples = peaks_of(ffmpeg.stdout) if ffmpeg.stdout is not None else (b"", 0)
            if samples > MAX_SAMPLES:
                ffmpeg.kill()
            with os.fdopen(read_end, "rb") as printed:
                fingerprint = printed.read()
        log.seek(0)
        text = log.read().decode(errors="replace")
    if samples > MAX_SAMPLES:
        _say({"refused": f"it lasts more than {MAX_HOURS} hours"})
        return
    if ffmpeg.returncode > 0 or (ffmpeg.returncode == 0 and not samples):
        _say({"refused": f"ffmpeg cannot decode it: {_reason(text)}"})
        return
    if ffmpeg.returncode < 0:
        sys.exit(f"ffmpeg was ended by signal {-ffmpeg.returncode}")
    duration_ms = round(samples / PEAKS_RATE * 1000)
    measured = {"duration_ms": duration_ms, **measured_of(text, duration_ms)}
    encoded = {name: base64.b64encode(data).decode() for name, data in (("peaks", peaks), ("fingerprint", fingerprint))}
    _say(measured | encoded)


def _say(found: dict[str, Any]) -> None:
    sys.stdout.write(json.dumps(found))


def peaks_of(pcm: IO[bytes]) -> tuple[bytes, int]:
    """Return the peak of each 50 ms of 16-bit mono audio at 8 kHz, from 0 to 255, and the number of samples."""
    peaks, samples = bytearray(), 0
    while samples <= MAX_SAMPLES and (block := pcm.read(SAMPLES_A_PEAK * 2)):
        values = array("h", block[: len(block) // 2 * 2])
        samples += len(values)
        if values:
            peaks.append(min(255, max(*values, -min(values)) >> 7))
    return bytes(peaks), samples


def measured_of(log: str, duration_ms: int) -> dict[str, Any]:
    """Return what ffmpeg's filters have logged: the loudness, the true peak, and the silences in milliseconds."""
    summary = log.rpartition("Summary:")[2]
    starts = [_ms(each) for each in re.findall(r"silence_start: (-?[\d.]+)", log)]
    ends = [_ms(each) for each in re.findall(r"silence_end: (-?[\d.]+)", log)]
    # One that lasts until the end is not always said to end.
    ends += [duration_ms] * (len(starts) - len(ends))
    return {
        "loudness_lufs": _number(summary, r"I:\s+(-?[\d.]+|-inf|nan) LUFS"),
        "peak_dbtp": _number(summary, r"Peak:\s+(-?[\d.]+|-inf|nan) dBFS"),
        "silences": list(zip(starts, ends, strict=True)),
    }


def _ms(seconds: str) -> int:
    return max(0, round(float(seconds) * 1000))


SILENT_DB = -120.0


def _number(text: str, pattern: str) -> float:
    found = re.search(pattern, text)
    value = float(found[1]) if found is not None else SILENT_DB
    return value if math.isfinite(value) else SILENT_DB


def _reason(log: str) -> str:
    lines = [line for line in log.splitlines() if line.strip()]
    return re.sub(r"^\[[^]]*\] |file:\S*?: ", "", lines[-1])[:150] if lines else "it has no audio"


if __name__ == "__main__":
    main(Path(sys.argv[1]), (int(sys.argv[2]), int(sys.argv[3])) if len(sys.argv) > 2 else None)  # noqa: PLR2004
