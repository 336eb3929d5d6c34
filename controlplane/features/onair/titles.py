"""Reads titles as encoders send them. Pure."""

import re
from dataclasses import dataclass

from controlplane.kernel.text import TITLE_BYTES, clean

ARTIST_BYTES = 92

_PLACEHOLDERS = frozenset({"", "(null)", "null", "none", "unknown", "untitled", "-", "n/a", "undefined"})
_AD = re.compile(r"adw_ad\s*=|adcontext\s*=|\bspot block\b|^\s*advert(isement|:|$)|^\s*ad\s*[|:]", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Title:
    """A cleaned title; `artist` is empty where none was named."""

    title: str
    artist: str = ""

    @property
    def icy(self) -> str:
        """The title in one line, as ICY players show it."""
        return f"{self.artist} - {self.title}" if self.artist else self.title


def parse(title: str, artist: str = "") -> Title | None:
    """Read an encoder's title; None if it names no track (empty, a placeholder or an ad marker)."""
    if _AD.search(title):
        return None
    artist = clean(artist, ARTIST_BYTES)
    whole = clean(title, TITLE_BYTES + ARTIST_BYTES)
    if artist.casefold() in _PLACEHOLDERS:
        artist, whole = _split(whole)
    elif whole.casefold().startswith(f"{artist} - ".casefold()):
        whole = whole[len(artist) + 3 :].lstrip()
    whole = clean(whole)
    if whole.casefold() in _PLACEHOLDERS:
        return None
    return Title(whole, clean(artist, ARTIST_BYTES))


def _split(whole: str) -> tuple[str, str]:
    whole = whole.removeprefix("- ").removesuffix(" -").strip()
    artist, dash, title = whole.partition(" - ")
    if not dash or artist.casefold() in _PLACEHOLDERS:
        return "", title if dash else whole
    return artist, title
