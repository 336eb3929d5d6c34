"""Splits the bytes of a stream into its frames, however they come. Pure."""

from controlplane.icecast.frames import HEADER_BYTES, IN_A_ROW, KINDS
from controlplane.kernel.mounts import Format

ID3_BYTES = 10
"""The header of an ID3v2 tag (id3.org, ID3v2.4.0, 3.1)."""
MAX_TAG_BYTES = 1024 * 1024
"""A longer tag is not believed, and searched for frames."""


class FrameReader:
    """Reads MP3 or ADTS frames. A frame counts once the header that follows it is there: a truncated one does not.

    What is between two frames is passed over. Which frames are found depends on the bytes alone, and not on how they
    were cut into pieces: everybody who reads the same stream finds the same ones.
    """

    def __init__(self, audio: Format) -> None:
        _, self._header = KINDS[audio]
        self._buffer = b""
        self._in_sync = False
        self._skip = 0
        self.rate_hz = 0
        """The sample rate of the newest frame, 0 before the first."""

    def feed(self, piece: bytes) -> list[bytes]:
        """Return the frames that are whole with this piece, in order."""
        buffer = self._buffer + piece
        frames: list[bytes] = []
        at = min(self._skip, len(buffer))
        self._skip -= at
        while not self._skip:
            if not self._in_sync:
                at, self._in_sync = self._search(buffer, at)
                if not self._in_sync:
                    break
            end = self._end(buffer, at)
            if end is None:
                break
            if end:
                frames.append(buffer[at:end])
                self.rate_hz = self._header(buffer[at : at + HEADER_BYTES])[1]
                at = self._past_tag(buffer, end)
            else:
                at, self._in_sync = at + 1, False
        self._buffer = buffer[at:]
        return frames

    def _end(self, buffer: bytes, at: int) -> int | None:
        """Return where the frame at `at` ends; 0 if it is none, None if that is not known yet."""
        size = self._size(buffer, at)
        if size is None or size == 0:
            return size
        end = at + size
        following = self._size(buffer, end)
        if following is None:
            return None
        return end if following or buffer.startswith(b"ID3", end) else 0

    def _size(self, buffer: bytes, at: int) -> int | None:
        """Return the size of the frame whose header is at `at`; 0 if it is none, None if it is not there yet."""
        if at + ID3_BYTES > len(buffer):
            return None
        try:
            return self._header(buffer[at : at + HEADER_BYTES])[0]
        except ValueError:
            return 0

    def _search(self, buffer: bytes, at: int) -> tuple[int, bool]:
        """Return where frames begin again, and True; or from where on to search when there is more."""
        while True:
            at = buffer.find(b"\xff", at)
            if at < 0:
                return len(buffer), False
            is_frame = self._is_chain(buffer, at)
            if is_frame is None:
                return at, False
            if is_frame:
                return at, True
            at += 1

    def _is_chain(self, buffer: bytes, at: int) -> bool | None:
        for _ in range(IN_A_ROW):
            size = self._size(buffer, at)
            if not size:
                return None if size is None else False
            at += size
        return True

    def _past_tag(self, buffer: bytes, at: int) -> int:
        if not buffer.startswith(b"ID3", at):
            return at
        # Seven bits of each byte, so that no frame is found in it (3.1, 6.2).
        sizes = buffer[at + 6 : at + ID3_BYTES]
        size = sum((byte & 0x7F) << shift for byte, shift in zip(sizes, (21, 14, 7, 0), strict=True)) + ID3_BYTES
        if size > MAX_TAG_BYTES:
            self._in_sync = False
            return at + 1
        end = min(at + size, len(buffer))
        self._skip = at + size - end
        return end
