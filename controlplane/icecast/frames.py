"""Frames of MP3 and AAC: where they begin, and how long they are. Pure."""

from collections.abc import Callable

from controlplane.kernel.mounts import Format

MP3_SAMPLES = 1152
"""A frame of MPEG-1 Layer III (ISO/IEC 11172-3, 2.4.2)."""
BITRATES_KBPS = (0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320)
RATES_HZ = (44100, 48000, 32000)
SYNC = (b"\xff\xfa", b"\xff\xfb")
"""The first two bytes of such a frame, with a checksum and without."""
AAC_SAMPLES = 1024
"""A frame of AAC-LC (ISO/IEC 14496-3, 4.5.1.1)."""
AAC_RATES_HZ = (96000, 88200, 64000, 48000, 44100, 32000, 24000, 22050, 16000, 12000, 11025, 8000, 7350)
ADTS_SYNC = (0xFFF, 0)
"""The first twelve bits of an ADTS frame, and its layer."""
HEADER_BYTES = 7
"""Of an ADTS frame, the longer of the two kinds."""
IN_A_ROW = 3
"""Three headers at the distances that they name themselves cannot be a coincidence."""


def first_frame(audio: bytes, kind: Format) -> int:
    """Return where the first whole frame of a piece of a stream begins; 0 where none is found.

    Of MP3, only MPEG-1 is known.
    """
    _, header = KINDS[kind]
    return next((at for at in range(len(audio)) if _is_start(audio, at, header)), 0)


def _is_start(audio: bytes, at: int, header: Callable[[bytes], tuple[int, int]]) -> bool:
    for _ in range(IN_A_ROW):
        if at + HEADER_BYTES > len(audio):
            return False
        try:
            size, _ = header(audio[at : at + HEADER_BYTES])
        except ValueError:
            return False
        at += size
    return True


def _mp3(header: bytes) -> tuple[int, int]:
    bitrate, rate = header[2] >> 4, header[2] >> 2 & 0b11
    if header[:2] not in SYNC or not 0 < bitrate < len(BITRATES_KBPS) or rate >= len(RATES_HZ):
        raise ValueError(f"not the header of an MPEG-1 Layer III frame: {header[:4].hex()}")
    return 144_000 * BITRATES_KBPS[bitrate] // RATES_HZ[rate] + (header[2] >> 1 & 1), RATES_HZ[rate]


def _aac(header: bytes) -> tuple[int, int]:
    # The ADTS header: ISO/IEC 13818-7, 6.2.
    sync = header[0] << 4 | header[1] >> 4, header[1] >> 1 & 0b11
    rate, size = header[2] >> 2 & 0b1111, (header[3] & 0b11) << 11 | header[4] << 3 | header[5] >> 5
    if sync != ADTS_SYNC or rate >= len(AAC_RATES_HZ) or size < HEADER_BYTES:
        raise ValueError(f"not the header of an ADTS frame: {header.hex()}")
    return size, AAC_RATES_HZ[rate]


KINDS: dict[Format, tuple[int, Callable[[bytes], tuple[int, int]]]] = {
    "mp3": (MP3_SAMPLES, _mp3),
    "aac": (AAC_SAMPLES, _aac),
}
"""The samples of a frame, and what reads its size in bytes and its rate in hertz from its header."""
