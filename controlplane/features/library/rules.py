"""How tracks are named, searched, levelled and trimmed. Pure."""

import re
import unicodedata
from array import array
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Iterable
from dataclasses import dataclass, replace

import orjson

from controlplane.kernel.errors import InvalidInput
from controlplane.kernel.text import NAME_BYTES, TITLE_BYTES, clean
from controlplane.kernel.tracks import Sort, TrackRow
from controlplane.protocol.library import SharedPatch

TARGET_LUFS = -16.0
"""AES TD1008: the loudness of music in a stream, by track."""
CEILING_DBTP = -1.0
QUIETEST_LUFS = -60.0
"""Of anything quieter no loudness can be said: EBU R128 gates at -70 LUFS."""
MAX_GAIN_DB, MIN_GAIN_DB = 12.0, -24.0
CUE_MARGIN_MS = 60
"""Silence that is left before the first sound and after the last, so that neither is cut into."""
SHORTEST_MS = 1000
"""Cue points leave at least that much of a track."""

LETTERS = str.maketrans(
    {
        # Letters that are no base letter with a mark in Unicode.
        "ł": "l", "ø": "o", "đ": "d", "ħ": "h", "ı": "i", "æ": "ae", "œ": "oe", "þ": "th", "ð": "d",
        # The same letter as Arabic, Persian and Urdu keyboards write it.
        "ي": "ی", "ى": "ی", "ې": "ی", "ك": "ک", "ة": "ه", "ہ": "ه", "ۃ": "ه", "ھ": "ه", "ە": "ه", "ٱ": "ا",
        # Kashida, which stretches a word; joiners; apostrophes, which are typed or not.
        "ـ": None, "\u200c": None, "\u200d": None, "'": None, "’": None, "ʼ": None,
    }
)  # fmt: skip
NOT_MARKS = (0, 9)
"""Combining classes of vowel signs and viramas, without which a word of an Indic script is another word."""


def fold(text: str) -> str:
    """Return text as it is searched: without case, accents, short vowels and punctuation, letter variants as one."""
    kept: list[str] = []
    for character in unicodedata.normalize("NFKD", text.casefold()).translate(LETTERS):
        digit = unicodedata.digit(character, None)
        if digit is not None:
            kept.append(str(digit))
        elif character.isalnum():
            kept.append(character)
        elif unicodedata.combining(character) in NOT_MARKS:
            kept.append(character if unicodedata.category(character).startswith("M") else " ")
    return " ".join("".join(kept).translate(LETTERS).split())


def words(search: str) -> list[str]:
    """Return the words of a search, folded: each must be found, in any field and order."""
    return fold(search).split()


KEY_CHARS = 255
MAX_INT = 2**63 - 1
LABEL_BYTES = 120


@dataclass(frozen=True, slots=True)
class Keys:
    """The folded texts of a track: two for sorting, and one of all for searching."""

    title: str
    artist: str
    search: str

    @classmethod
    def of(cls, title: str, artist: str, *more: str) -> "Keys":
        """Return the keys of a track's texts."""
        search = " ".join(fold(text) for text in (title, artist, *more))
        return cls(fold(title)[:KEY_CHARS], fold(artist)[:KEY_CHARS], search)


def cursor(row: TrackRow, sort: Sort) -> str:
    """Return where a list goes on after a track, whether it is still there then or not."""
    keys = {"added": (row.added_at,), "title": (row.title_key,), "artist": (row.artist_key, row.title_key)}[sort]
    return urlsafe_b64encode(orjson.dumps([*keys, row.id])).rstrip(b"=").decode()


def place(found: str | None, sort: Sort) -> tuple[str | int, ...] | None:
    """Return the keys and the id in a cursor, None for the beginning; raise InvalidInput if it is not of this sort."""
    if found is None:
        return None
    try:
        keys = orjson.loads(urlsafe_b64decode(f"{found}=="))
    except ValueError:
        keys = None
    kinds = {"added": [int, str], "title": [str, str], "artist": [str, str, str]}[sort]
    if not isinstance(keys, list) or [type(key) for key in keys] != kinds or not all(map(_is_key, keys)):
        raise InvalidInput("cursor: it is not the `next` of a page of this list")
    return tuple(keys)


def _is_key(key: str | int) -> bool:
    return 0 <= key <= MAX_INT if isinstance(key, int) else key.replace(" ", "a").isprintable()


CHANGEABLE = (
    "title", "artist", "album", "genre", "year", "isrc", "label", "gain_db", "cue_in_ms", "cue_out_ms",
    "title_key", "artist_key", "search",
)  # fmt: skip
CUE_POINTS = {"cue_in_ms", "cue_out_ms"}


def changed(row: TrackRow, asked: SharedPatch) -> TrackRow:
    """Return a track with what a request changes; raise InvalidInput."""
    given = asked.model_dump(exclude_none=True)
    if not given:
        raise InvalidInput(f"there is nothing to change: one of {', '.join(type(asked).model_fields)} is needed")
    limits = {"title": TITLE_BYTES, "artist": TITLE_BYTES, "album": TITLE_BYTES, "genre": NAME_BYTES}
    limits |= {"label": LABEL_BYTES}
    given |= {name: clean(given[name], limit) for name, limit in limits.items() if name in given}
    if given.get("title") == "":
        raise InvalidInput("title: it has no visible characters")
    for name in ("year", "cue_out_ms"):
        given |= {name: given[name] or None} if name in given else {}
    row = replace(row, **given)
    end = row.cue_out_ms if row.cue_out_ms is not None else row.duration_ms
    if CUE_POINTS & given.keys() and (end > row.duration_ms or end - row.cue_in_ms < SHORTEST_MS):
        raise InvalidInput("cue points: the track must start at least a second before it ends, and end within its file")
    keys = Keys.of(row.title, row.artist, row.album, row.genre, row.file_name)
    return replace(row, title_key=keys.title, artist_key=keys.artist, search=keys.search)


def title_of(tagged: str, file_name: str) -> str:
    """Return the title of a track: its tag, else the name of its file without the ending."""
    stem = re.sub(r"\.\w{1,5}$", "", file_name.replace("\\", "/").rpartition("/")[2])
    return clean(tagged) or clean(stem.replace("_", " ")) or "Untitled"


def year_of(tagged: str) -> int | None:
    """Return the year at the beginning of a date, such as 1974-05-01."""
    found = re.match(r"\s*(1[89]\d\d|20\d\d)(?!\d)", tagged)
    return int(found[1]) if found is not None else None


def isrc_of(tagged: str) -> str:
    """Return an ISRC (ISO 3901) without hyphens, empty if it is none."""
    plain = re.sub(r"[\s-]", "", tagged).upper()
    return plain if re.fullmatch(r"[A-Z]{2}[A-Z0-9]{3}\d{7}", plain) else ""


def gain_db(loudness_lufs: float, peak_dbtp: float) -> float:
    """Return the gain that brings a track to the target, without its true peak over the ceiling."""
    if loudness_lufs < QUIETEST_LUFS:
        return 0.0
    wanted = min(TARGET_LUFS - loudness_lufs, CEILING_DBTP - peak_dbtp)
    return round(max(MIN_GAIN_DB, min(MAX_GAIN_DB, wanted)), 1)


@dataclass(frozen=True, slots=True)
class CuePoints:
    """Where a track begins and ends when it is played, in milliseconds; without `out_ms`, at its end."""

    in_ms: int = 0
    out_ms: int | None = None


def cue_points(silences: Iterable[tuple[int, int]], duration_ms: int) -> CuePoints:
    """Return the cue points that leave out silence at the start and the end; silences in milliseconds."""
    start, end = 0, duration_ms
    for begins, ends in silences:
        if begins <= CUE_MARGIN_MS:
            start = max(0, ends - CUE_MARGIN_MS)
        if ends >= duration_ms - CUE_MARGIN_MS:
            end = min(end, begins + CUE_MARGIN_MS)
    if end - start < SHORTEST_MS:
        return CuePoints()
    return CuePoints(start, end if end < duration_ms else None)


SAME_RECORDING = 0.85
"""The share of equal bits from which two fingerprints are probably of one recording; chance alone gives a half."""
FINGERPRINT_BITS = 32
FINGERPRINT_STEP_S = 0.1238
"""Seconds between two of a fingerprint's numbers (https://acoustid.org/chromaprint: 4096 / 3 samples at 11025 Hz)."""
MAX_SHIFT_S = 4.0
SHORTEST_OVERLAP = 0.8
LEAST_IN_COMMON = 3
"""Numbers that two fingerprints of one recording have in common at least, of a thousand; chance alone gives none."""


def alike(one: bytes, other: bytes) -> bool:
    """Say whether two fingerprints, lists of 32-bit numbers, are probably of one recording, begun seconds apart."""
    step = FINGERPRINT_BITS // 8
    if not one or not other:
        return False
    # Of ten thousand tracks, a quarter lasts about as long: what has next to nothing in common is told apart quickly.
    if len(_numbers(one) & _numbers(other)) < LEAST_IN_COMMON:
        return False
    needed = SHORTEST_OVERLAP * min(len(one), len(other))
    shifts = round(MAX_SHIFT_S / FINGERPRINT_STEP_S)
    for shift in range(-shifts, shifts + 1):
        left, right = one[max(0, shift) * step :], other[max(0, -shift) * step :]
        length = min(len(left), len(right))
        if length < needed or not length:
            continue
        different = int.from_bytes(left[:length], "big") ^ int.from_bytes(right[:length], "big")
        if 1 - different.bit_count() / (length * 8) >= SAME_RECORDING:
            return True
    return False


def _numbers(fingerprint: bytes) -> set[int]:
    return set(array("I", fingerprint[: len(fingerprint) // 4 * 4]))
