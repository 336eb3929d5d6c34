"""Demo tracks, synthesised with ffmpeg: plucked notes over a drone, so that a first start needs no downloads."""

import subprocess
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from mutagen.id3 import ID3, TALB, TIT2, TPE1

from controlplane.kernel.errors import ConfigError
from controlplane.kernel.mounts import FORMATS, Format
from controlplane.runtime.files import directory as make_directory
from controlplane.runtime.paths import Paths

ALBUM = "Awaz Pulse, first light"
SECONDS_A_NOTE = 0.42
RATE = 44100
OFFAIR_S, SWELL_S = 10.0, 0.8
INAUDIBLE = 0.0001
"""The amplitude of noise that nobody hears: -80 dBFS."""
OFFAIR_CODECS: dict[Format, list[str]] = {
    "mp3": ["-c:a", "libmp3lame", "-reservoir", "0", "-write_xing", "0", "-id3v2_version", "0", "-f", "mp3"],
    "aac": ["-c:a", "aac", "-f", "adts"],
}
"""Frames without tags and without a bit reservoir, so that they can be sent in a loop, one by one."""


@dataclass(frozen=True, slots=True)
class Tune:
    """A tune: `scale` in hertz of the drone, `notes` as semitones above it, played round and round."""

    file: str
    title: str
    artist: str
    drone_hz: float
    notes: tuple[int, ...]
    seconds: int


TUNES = (
    Tune("1-night-bus.mp3", "Night Bus, Slow Rain", "Awaz House Band", 110.0, (12, 19, 15, 22, 24, 19, 15, 17), 34),
    Tune("2-shaam.mp3", "شام کا پہلا ستارہ", "آواز گھر", 98.0, (12, 13, 16, 19, 20, 24, 20, 16), 41),
    Tune("3-later.mp3", 'Don\'t Say "Later"', "The Apostrophes", 123.5, (12, 16, 19, 24, 21, 19, 16, 14), 27),
    Tune("4-lamp.mp3", "Lamp on the Water", "Awaz House Band", 87.3, (24, 19, 17, 12, 14, 17, 19, 22), 38),
)
SAFE = Tune("safe.mp3", "Back in a moment", "Awaz", 110.0, (12, 19, 24, 19), 20)


def expression(tune: Tune) -> str:
    """Return the tune as an ffmpeg expression of time."""
    bar = SECONDS_A_NOTE * len(tune.notes)
    voices = []
    for place, note in enumerate(tune.notes):
        hertz = tune.drone_hz * 2 ** (note / 12)
        since = f"mod(t-{place * SECONDS_A_NOTE:.3f}+{bar:.3f},{bar:.3f})"
        voices.append(f"0.16*exp(-2.2*{since})*min(1,{since}*200)*sin(2*PI*{hertz:.3f}*t)")
    drone = f"0.06*sin(2*PI*{tune.drone_hz:.3f}*t)+0.03*sin(2*PI*{tune.drone_hz * 1.5:.3f}*t)"
    return "+".join([*voices, drone])


def synthesise(tune: Tune, directory: Path) -> Path:
    """Make a tune's tagged mp3 in an existing directory, unless it is there; raises ConfigError if ffmpeg fails."""
    path = directory / tune.file
    if path.exists():
        return path
    draft = directory / f".{tune.file}.new"
    fades = f"afade=t=in:d=1,afade=t=out:st={tune.seconds - 2}:d=2,aecho=0.8:0.6:180|320:0.25|0.15,volume=2"
    command = ["ffmpeg", "-v", "error", "-nostdin", "-y", "-f", "lavfi"]
    command += ["-i", f"aevalsrc='{expression(tune)}':s={RATE}:d={tune.seconds}", "-af", fades]
    command += ["-ac", "2", "-b:a", "128k", "-f", "mp3", str(draft)]
    _run(command, tune.file)
    tags = ID3()  # type: ignore[no-untyped-call]  # mutagen types some of itself
    for frame, text in ((TIT2, tune.title), (TPE1, tune.artist), (TALB, ALBUM)):
        tags.add(frame(encoding=3, text=text))  # type: ignore[no-untyped-call]  # as above
    tags.save(draft)
    draft.chmod(0o644)
    return draft.rename(path)


def _run(command: list[str], file: str) -> None:
    try:
        # In a session of its own, so that Ctrl-C is ours to answer.
        subprocess.run(command, check=True, capture_output=True, timeout=120, start_new_session=True)
    except (OSError, subprocess.SubprocessError) as error:
        output = (
            error.stderr.decode(errors="replace") if isinstance(error, subprocess.CalledProcessError) else str(error)
        )
        raise ConfigError([f"ffmpeg could not make {file}: {output.strip()[-300:]}"]) from error


def synthesise_offair(path: Path, codec: list[str]) -> Path:
    """Make what off-air mounts play, unless it is there: a soft swell now and then shows that the stream is alive."""
    if path.exists():
        return path
    draft = path.with_name(f".{path.name}.new")
    # Without noise, AAC of silence is a tenth of its bitrate, and a browser waits a minute for enough of it to begin.
    noise = f"{INAUDIBLE}*(2*random(0)-1)"
    swell = f"if(lt(t,{SWELL_S}),0.05*sin(PI*t/{SWELL_S})*sin(2*PI*660*t),0)+{noise}"
    command = ["ffmpeg", "-v", "error", "-nostdin", "-y", "-f", "lavfi"]
    command += ["-i", f"aevalsrc='{swell}':s={RATE}:d={OFFAIR_S}", "-ac", "2", *codec, "-b:a", "128k", str(draft)]
    _run(command, path.name)
    draft.chmod(0o644)
    return draft.rename(path)


def synthesise_all(paths: Paths, tracks: Path) -> None:
    """Make all demo tracks in `tracks`, the safe track and what off-air mounts play."""
    safe = paths.safe_track
    for place in (tracks, safe.parent):
        make_directory(place)
    with ThreadPoolExecutor() as pool:
        made = [pool.submit(synthesise, tune, tracks) for tune in TUNES]
        made.append(pool.submit(synthesise, SAFE, safe.parent))
        made += [pool.submit(synthesise_offair, paths.offair_track(audio), OFFAIR_CODECS[audio]) for audio in FORMATS]
        for one in made:
            one.result()
