"""Audio files that ffmpeg makes, and odd ones that it does not."""

import os
import shutil
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path

from controlplane.stack import tunes

CODECS = {
    "mp3": ["-c:a", "libmp3lame", "-b:a", "96k"],
    "m4a": ["-c:a", "aac"],
    "aac": ["-c:a", "aac"],
    "ogg": ["-c:a", "libvorbis"],
    "opus": ["-c:a", "libopus"],
    "flac": ["-c:a", "flac"],
    "wav": ["-c:a", "pcm_s16le"],
}


@dataclass(frozen=True)
class Sounds:
    """Makes files in a directory, each once."""

    directory: Path

    def tone(
        self, hertz: int = 440, seconds: float = 3.0, suffix: str = "mp3", filters: str = "anull", **tags: str
    ) -> Path:
        """Make a tone, with tags."""
        name = f"{hertz}-{seconds}-{filters}-{'-'.join(tags.values())}".encode().hex()[-120:]
        path = self.directory / f"{name}.{suffix}"
        if not path.exists():
            source = f"sine={hertz}:d={seconds}"
            named = [part for key, text in tags.items() for part in ("-metadata", f"{key}={text}")]
            self._make(["-f", "lavfi", "-i", source, "-af", filters, *named, *CODECS[suffix]], path)
        return path

    def music(self, number: int, suffix: str) -> Path:
        """Make half a minute of one of the demo station's tunes."""
        path = self.directory / f"tune-{number}.{suffix}"
        if not path.exists():
            source = f"aevalsrc='{tunes.expression(tunes.TUNES[number])}':s=22050:d=30"
            self._make(["-f", "lavfi", "-i", source, *CODECS[suffix]], path)
        return path

    def encoded(self, name: str, *arguments: str, seconds: float = 8.0) -> Path:
        """Make music that goes on from quiet to loud, by an encoder's own arguments; the name's end is the format."""
        path = self.directory / name
        if not path.exists():
            source = f"aevalsrc='{tunes.expression(tunes.TUNES[0])}':s=44100:d={seconds}"
            self._make(["-f", "lavfi", "-i", source, *arguments], path)
        return path

    def with_picture(self, side: int = 1200) -> Path:
        """Make a tone with a picture of so many pixels a side."""
        path = self.directory / f"picture-{side}.mp3"
        if not path.exists():
            picture = self.directory / f"{side}.png"
            self._make(["-f", "lavfi", "-i", f"color=red:s={side}x{side}", "-frames:v", "1"], picture)
            mapped = ["-i", str(picture), "-map", "0:a", "-map", "1:v", "-c", "copy", "-disposition:v", "attached_pic"]
            self._make(["-i", str(self.tone()), *mapped], path)
        return path

    @staticmethod
    def copy(path: Path, target: Path) -> None:
        """Copy a file as one that was written a minute ago."""
        shutil.copyfile(path, target)
        os.utime(target, (time.time() - 60,) * 2)

    def file(self, name: str, content: bytes) -> Path:
        """Write a file."""
        path = self.directory / name
        path.write_bytes(content)
        return path

    def _make(self, arguments: list[str], path: Path) -> None:
        subprocess.run(["ffmpeg", "-v", "error", "-nostdin", "-y", *arguments, str(path)], check=True)


PLAYLIST = b"#EXTM3U\n#EXT-X-TARGETDURATION:5\n#EXTINF:5,\nfile:///etc/passwd\n#EXT-X-ENDLIST\n"
CONCAT = b"ffconcat version 1.0\nfile /etc/passwd\n"
UNPLAYABLE = {
    "empty.mp3": b"",
    "text.mp3": b"this is no music\n" * 100,
    "page.mp3": b"<html><script>alert(1)</script></html>",
    "playlist.mp3": PLAYLIST,
    "concat.mp3": CONCAT,
    "picture.mp3": b"\x89PNG\r\n\x1a\n" + bytes(200),
    "zip.mp3": b"PK\x03\x04" + bytes(500),
    "id3.mp3": b"ID3\x04\x00\x00\x7f\x7f\x7f\x7f" + b"TIT2" + bytes(100),
    "elf.wav": b"\x7fELF" + bytes(500),
    "riff.wav": b"RIFF\xff\xff\xff\xffWAVEfmt \x10\x00\x00\x00" + bytes(16),
    "zeros.flac": bytes(100_000),
}
"""Files that are no audio, by name."""
