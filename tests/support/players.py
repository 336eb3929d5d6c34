"""Players: a recorder that knows what a mount played when, and an ICY player that reads titles."""

import socket
import subprocess
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from io import BufferedReader
from itertools import groupby, pairwise
from urllib.parse import urlsplit

import numpy as np

Block = np.ndarray[tuple[int], np.dtype[np.float64]]

RATE = 8000
BLOCK_S = 0.1
BLOCK = int(RATE * BLOCK_S)
PACED_BLOCKS = 5
UNHEARD_GAP_S = 3.0
"""A burst of 65,535 bytes at 128 kbit/s lasts four seconds: a player goes on through a gap that is shorter."""
SOUND = 50.0
"""Mean level of a block from which on something is heard."""
PHASE_TOLERANCE = 0.5
"""Radians: a tenth of a turn, or 0.1 ms of a tone of 1010 Hz."""
ALONE_SHARE = 0.85
"""Minimum share of a block's energy at a frequency for its tone to be all that is heard."""
TONE_SHARE = 0.25
"""Minimum share of a block's energy at a frequency for its tone to count as heard; music has far less."""


@dataclass
class Recorder:
    """Decodes a mount with ffmpeg until closed. Times are of the monotonic clock."""

    process: "subprocess.Popen[bytes]"
    blocks: list[tuple[float, Block]] = field(default_factory=list)
    ended: bool = False
    _changed: threading.Condition = field(default_factory=threading.Condition)
    _reader: threading.Thread | None = None

    @classmethod
    def open(cls, url: str, *options: str) -> "Recorder":
        """Start decoding, with more options of ffmpeg's."""
        command = ["ffmpeg", "-v", "error", "-nostdin", "-fflags", "nobuffer", "-probesize", "8192"]
        command += [*options, "-i", url, "-ac", "1", "-ar", str(RATE), "-f", "s16le", "-flush_packets", "1", "pipe:1"]
        recorder = cls(subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL))
        recorder._reader = threading.Thread(target=recorder._read, daemon=True)
        recorder._reader.start()
        return recorder

    def _read(self) -> None:
        assert self.process.stdout is not None
        while len(raw := self.process.stdout.read(BLOCK * 2)) == BLOCK * 2:
            with self._changed:
                self.blocks.append((time.monotonic(), np.frombuffer(raw, dtype="<i2").astype(float)))
                self._changed.notify_all()
        with self._changed:
            self.ended = True
            self._changed.notify_all()

    def wait_for_sound(self, within_s: float = 15.0) -> float:
        """Wait until blocks arrive in real time, after the initial burst; return when."""
        arrivals = [time.monotonic()]

        def paced(block: Block) -> bool:
            arrivals.append(time.monotonic())
            newest = list(pairwise(arrivals[-PACED_BLOCKS:]))
            steady = len(newest) == PACED_BLOCKS - 1 and all(after - before > BLOCK_S / 3 for before, after in newest)
            return steady and float(np.abs(block).mean()) > SOUND

        return self._wait(paced, within_s, "any sound")

    def wait_for_tone(self, hertz: float, within_s: float = 15.0) -> float:
        """Wait until a tone is heard; return when."""
        return self._wait(lambda block: energy_share(block, hertz) > TONE_SHARE, within_s, f"{hertz} Hz")

    def wait_for_music(self, not_hertz: float, within_s: float = 15.0) -> float:
        """Wait until anything but the tone is heard; return when."""
        wanted = lambda block: float(np.abs(block).mean()) > SOUND and energy_share(block, not_hertz) < TONE_SHARE  # noqa: E731
        return self._wait(wanted, within_s, f"anything but {not_hertz} Hz")

    def wait_for_silence(self, within_s: float = 15.0) -> float:
        """Wait until nothing is heard; return when."""
        return self._wait(lambda block: float(np.abs(block).mean()) <= SOUND, within_s, "silence")

    def wait_for_more(self, seconds: float, within_s: float = 15.0) -> None:
        """Wait until so much more was heard; raise AssertionError if it was not."""
        with self._changed:
            wanted = len(self.blocks) + round(seconds / BLOCK_S)
            assert self._changed.wait_for(lambda: len(self.blocks) >= wanted, within_s), f"{seconds} s were not heard"

    def wait_for_end(self, within_s: float = 15.0) -> None:
        """Wait until the stream ends; raise AssertionError if it goes on."""
        with self._changed:
            assert self._changed.wait_for(lambda: self.ended, within_s), "the stream goes on"

    def phase_jumps(self, hertz: float) -> int:
        """Count the places at which a tone that was heard throughout has lost or repeated something.

        A tone that goes on turns by the same angle from one block to the next.
        """
        heard = np.concatenate([block for _, block in self.blocks])
        first = next(
            at for at in range(0, len(heard), BLOCK) if energy_share(heard[at : at + BLOCK], hertz) > TONE_SHARE
        )
        tone = heard[first + BLOCK : len(heard) - 3 * BLOCK]
        blocks = tone[: len(tone) // BLOCK * BLOCK].reshape(-1, BLOCK)
        turning = np.exp(-2j * np.pi * hertz * np.arange(blocks.size).reshape(blocks.shape) / RATE)
        phases = np.angle((blocks * turning).sum(axis=1))
        steps = np.angle(np.exp(1j * np.diff(phases)))
        return int((np.abs(steps - np.median(steps)) > PHASE_TOLERANCE).sum())

    def tones(self, wanted: Sequence[int], since: float) -> list[int]:
        """Return which of some tones, in hertz, were heard alone for a fifth of a second, in order, since a time."""
        blocks = [block for at, block in self.blocks if at >= since]
        found = (next((hertz for hertz in wanted if energy_share(block, hertz) > ALONE_SHARE), 0) for block in blocks)
        spells = [(hertz, len(list(spell))) for hertz, spell in groupby(found)]
        return [hertz for hertz, length in spells if hertz and length * BLOCK_S >= 0.2]

    def longest_gap(self, since: float) -> float:
        """Return the longest time between two blocks since a time, in seconds."""
        times = [since, *(at for at, _ in self.blocks if at >= since), time.monotonic()]
        return max((after - before for before, after in pairwise(times)), default=0.0)

    def longest_silence(self, since: float) -> float:
        """Return the longest time without sound since a time, in seconds."""
        quiet = longest = 0
        for at, block in self.blocks:
            quiet = quiet + 1 if at >= since and float(np.abs(block).mean()) <= SOUND else 0
            longest = max(longest, quiet)
        return longest * BLOCK_S

    def _wait(self, wanted: Callable[[Block], bool], within_s: float, what: str) -> float:
        deadline = time.monotonic() + within_s
        seen = len(self.blocks)
        with self._changed:
            while True:
                for at, block in self.blocks[seen:]:
                    if wanted(block):
                        return at
                seen = len(self.blocks)
                left = deadline - time.monotonic()
                if left <= 0 or self.ended:
                    raise AssertionError(f"{what} was not heard within {within_s} s (stream ended: {self.ended})")
                self._changed.wait(left)

    def close(self) -> None:
        """Stop decoding."""
        self.process.kill()
        self.process.wait()
        if self._reader is not None and self.process.stdout is not None:
            self._reader.join()
            self.process.stdout.close()


def energy_share(block: Block, hertz: float) -> float:
    """Return the share of a block's energy within 20 Hz of a frequency."""
    energy = np.abs(np.fft.rfft(block * np.hanning(len(block)))) ** 2
    middle = round(hertz / (RATE / len(block)))
    return float(energy[max(0, middle - 2) : middle + 3].sum() / (energy.sum() + 1e-9))


@dataclass
class IcyPlayer:
    """Reads a mount as an ICY player does, and records each title with its time of arrival."""

    connection: socket.socket
    titles: list[tuple[float, str]] = field(default_factory=list)
    received: int = 0
    longest_gap_s: float = 0.0
    ended: bool = False
    headers: dict[str, str] = field(default_factory=dict)
    _changed: threading.Condition = field(default_factory=threading.Condition)
    _reader: threading.Thread | None = None

    @classmethod
    def open(cls, url: str) -> "IcyPlayer":
        """Start reading."""
        address = urlsplit(url)
        connection = socket.create_connection((address.hostname, address.port), timeout=10)
        connection.sendall(f"GET {address.path} HTTP/1.0\r\nIcy-MetaData: 1\r\nUser-Agent: VLC/3\r\n\r\n".encode())
        player = cls(connection)
        player._reader = threading.Thread(target=player._read, daemon=True)
        player._reader.start()
        return player

    def _read(self) -> None:
        with self.connection.makefile("rb") as stream:
            self._read_stream(stream)
        with self._changed:
            self.ended = True
            self._changed.notify_all()

    def _read_stream(self, stream: BufferedReader) -> None:
        try:
            while (line := stream.readline().strip()) or not self.headers:
                name, _, value = line.decode("latin-1").partition(":")
                self.headers[name.lower()] = value.strip()
            interval = int(self.headers["icy-metaint"])
            while True:
                self._audio(stream, interval)
                text = stream.read(stream.read(1)[0] * 16).rstrip(b"\0").decode("utf-8", errors="replace")
                if text:
                    with self._changed:
                        self.titles.append((time.monotonic(), text))
                        self._changed.notify_all()
        except (OSError, IndexError, KeyError, ValueError):
            return

    def _audio(self, stream: BufferedReader, left: int) -> None:
        before = time.monotonic()
        while left:
            piece = stream.read1(left)
            if not piece:
                raise OSError("the stream ended")
            left -= len(piece)
            self.received += len(piece)
            now = time.monotonic()
            self.longest_gap_s = max(self.longest_gap_s, now - before)
            before = now

    def wait_for(self, text: str, within_s: float = 10.0) -> float:
        """Wait for a StreamTitle of exactly this text; return when it arrived."""
        wanted = f"StreamTitle='{text}';"
        deadline = time.monotonic() + within_s
        with self._changed:
            while True:
                for at, title in self.titles:
                    if title == wanted:
                        return at
                left = deadline - time.monotonic()
                if left <= 0 or self.ended:
                    raise AssertionError(f"{wanted} did not come within {within_s} s; there were {self.titles}")
                self._changed.wait(left)

    def close(self) -> None:
        """Stop reading."""
        with suppress(OSError):  # the stream may have ended already
            self.connection.shutdown(socket.SHUT_RDWR)
        if self._reader is not None:
            self._reader.join()
        self.connection.close()
