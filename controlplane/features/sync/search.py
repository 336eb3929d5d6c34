"""Searches sound for a pipeline's frames: `python -m controlplane.features.sync.search`.

A process of its own, since it decodes audio and computes for a good part of a second. Its input is a line of JSON, and
after it the audio. The line has `levels`, `frame_s` and `ahead_s`, as `place` takes them, and `source`, the options of
FFmpeg for the audio. Its output is a line of JSON: where in it the first of the levels begins, in seconds, or null.
"""

import json
import subprocess
import sys

from controlplane.features.sync.levels import Sound, place

RATE_HZ, CHANNELS = 8000, 2
DECODE_TIMEOUT_S = 10.0


def main() -> None:
    """Search as the input says; raise SystemExit with the reason if the audio cannot be decoded."""
    asked = json.loads(sys.stdin.buffer.readline())
    command = ["ffmpeg", "-nostdin", "-v", "fatal", "-threads", "1", *asked["source"], "-i", "pipe:0"]
    output = ["-ac", str(CHANNELS), "-ar", str(RATE_HZ), "-f", "s16le", "pipe:1"]
    decoded = subprocess.run(
        [*command, *output], input=sys.stdin.buffer.read(), capture_output=True, timeout=DECODE_TIMEOUT_S, check=False
    )
    if decoded.returncode or not decoded.stdout:
        sys.exit(decoded.stderr.decode(errors="replace").strip()[:200] or "there is no audio in it")
    sound = Sound.of(decoded.stdout, CHANNELS, RATE_HZ)
    found = place(asked["levels"], asked["frame_s"], sound, asked["ahead_s"])
    print(json.dumps(found))  # noqa: T201 - its output


if __name__ == "__main__":
    main()
