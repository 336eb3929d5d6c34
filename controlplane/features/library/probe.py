"""Reads a stranger's audio file: `python -m controlplane.features.library.probe FILE [UID GID]`.

A program of its own, which limits itself, so that a hostile file can cost no more than its end. It writes one line of
JSON for each step: `audio` (required), then `tags`, then `art`. If a step is killed, the lines of those before it are
there.
"""

import base64
import io
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import mutagen
from mutagen.flac import Picture
from mutagen.id3 import ID3, PictureType
from mutagen.mp4 import MP4Tags
from PIL import Image

from controlplane.features.library.confinement import DEMUXERS, confine
from controlplane.features.library.picture import MAX_PICTURE_BYTES, art_of

MEMORY_BYTES = 512 * 1024 * 1024
CPU_S = 5
FORMATS = {"mp3": "mp3", "aac": "aac", "mov": "m4a", "ogg": "ogg", "flac": "flac", "wav": "wav"}
CODECS = frozenset({"mp3", "aac", "alac", "vorbis", "opus", "flac"})
TAGS = {
    "title": ("title", "TIT2", "\xa9nam"),
    "artist": ("artist", "TPE1", "\xa9ART"),
    "album": ("album", "TALB", "\xa9alb"),
    "genre": ("genre", "TCON", "\xa9gen"),
    "date": ("date", "TDRC", "\xa9day"),
    "isrc": ("isrc", "TSRC", "----:com.apple.iTunes:ISRC"),
    "label": ("label", "organization", "publisher", "TPUB", "----:com.apple.iTunes:LABEL"),
}
"""Our names, and those of Vorbis comments, ID3 and MP4."""
MAX_TEXT = 1000


def main(path: Path, account: tuple[int, int] | None) -> None:
    """Print what a file is; raise SystemExit with the reason if it is not one that can be played."""
    mutagen.File(io.BytesIO())  # it imports its parts at the first use, which another account may not be able to read
    Image.init()
    confine(MEMORY_BYTES, CPU_S, 0, account)
    audio = audio_of(path)
    _say({"audio": audio})
    opened: Any = _opened(path)
    _say({"tags": tags_of(opened.tags if opened is not None else None)})
    pictures = pictures_of(opened)
    if pictures:
        _say({"art": art_of(pictures[0])})


def audio_of(path: Path) -> dict[str, Any]:
    """Return a file's format, codec, bitrate and duration as ffmpeg has them; raise SystemExit."""
    command = ["ffprobe", "-v", "error", "-protocol_whitelist", "file", "-format_whitelist", DEMUXERS]
    command += ["-of", "json", "-show_format", "-show_streams", "-select_streams", "a", f"file:{path}"]
    answer = subprocess.run(command, capture_output=True, check=False)
    found = json.loads(answer.stdout or b"{}")
    streams, container = found.get("streams", []), found.get("format", {})
    if answer.returncode != 0 or not streams:
        sys.exit("there is no audio in it that ffmpeg can read")
    stream, name = streams[0], container["format_name"].partition(",")[0]
    codec = stream["codec_name"]
    if codec not in CODECS and not codec.startswith("pcm_"):
        sys.exit(f"its audio is {codec}: use MP3, AAC, Vorbis, Opus, FLAC or WAV")
    _decode(path)
    seconds = float(stream.get("duration") or container.get("duration") or 0.0)
    tags = container.get("tags", {}) | stream.get("tags", {})
    return {
        "format": "opus" if codec == "opus" and name == "ogg" else FORMATS[name],
        "codec": codec,
        "bitrate_kbps": round(int(stream.get("bit_rate") or container.get("bit_rate") or 0) / 1000),
        "duration_ms": round(seconds * 1000),
        "tags": {name: str(text)[:MAX_TEXT] for name, text in tags.items() if name.casefold() in TAGS},
    }


def _decode(path: Path) -> None:
    command = ["ffmpeg", "-nostdin", "-v", "fatal", "-threads", "1", "-protocol_whitelist", "file"]
    command += ["-format_whitelist", DEMUXERS, "-t", "2", "-i", f"file:{path}", "-map", "0:a:0"]
    command += ["-f", "s16le", "-ac", "1", "-ar", "8000", "pipe:1"]
    if not subprocess.run(command, capture_output=True, check=False).stdout:
        sys.exit("its audio cannot be decoded")


def _opened(path: Path) -> Any:  # noqa: ANN401 - each format's own class
    try:
        return mutagen.File(path)
    except Exception as error:  # noqa: BLE001 - mutagen raises its own and Python's; the music has been found playable
        sys.stderr.write(f"tags: {type(error).__name__}\n")
        return None


def tags_of(tags: Any) -> dict[str, str]:  # noqa: ANN401 - each format's own class
    """Return the texts of tags, by our names."""
    found = {}
    for name, keys in TAGS.items():
        # Vorbis comments refuse keys that are not ASCII.
        values = (_text(tags.get(key)) for key in keys if tags and (key.isascii() or isinstance(tags, MP4Tags)))
        found[name] = next((value for value in values if value), "")
    return found


def _text(value: Any) -> str:  # noqa: ANN401 - each format's own class
    values = getattr(value, "text", value)
    first = values[0] if isinstance(values, list) and values else values
    text = first.decode(errors="replace") if isinstance(first, bytes) else str(first or "")
    return text[:MAX_TEXT]


def pictures_of(opened: Any) -> list[bytes]:  # noqa: ANN401 - each format's own class
    """Return the pictures of a file, the front cover first."""
    tags = getattr(opened, "tags", None)
    # mutagen types some of itself.
    if isinstance(tags, ID3):
        pictures = tags.getall("APIC")  # type: ignore[no-untyped-call]
    elif isinstance(tags, MP4Tags):
        covers = tags.get("covr", [])  # type: ignore[no-untyped-call]
        return [bytes(each) for each in covers if len(each) <= MAX_PICTURE_BYTES]
    else:
        encoded = tags.get("metadata_block_picture", []) if tags else []
        blocks = [Picture(base64.b64decode(each)) for each in encoded]  # type: ignore[no-untyped-call]
        pictures = [*getattr(opened, "pictures", []), *blocks]
    front_first = sorted(pictures, key=lambda picture: picture.type != PictureType.COVER_FRONT)
    return [picture.data for picture in front_first if len(picture.data) <= MAX_PICTURE_BYTES]


def _say(found: dict[str, Any]) -> None:
    sys.stdout.write(json.dumps(found) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main(Path(sys.argv[1]), (int(sys.argv[2]), int(sys.argv[3])) if len(sys.argv) > 2 else None)  # noqa: PLR2004
