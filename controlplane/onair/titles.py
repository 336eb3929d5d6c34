"""Titles as encoders send them, made fit for sockets and ICY players alike. Pure."""

import html
import re
import unicodedata
from dataclasses import dataclass

TITLE_BYTES = 160
ARTIST_BYTES = 92
"""With ` - ` between them 255 bytes, what the shortest ICY readers in use take."""

_NOTHING = frozenset({"", "(null)", "null", "none", "unknown", "untitled", "-", "n/a", "undefined"})
_AD = re.compile(r"adw_ad\s*=|adcontext\s*=|\bspot block\b|^\s*advert(isement|:|$)|^\s*ad\s*[|:]", re.IGNORECASE)
_ENTITY = re.compile(r"&(#\d{2,7}|#x[0-9a-fA-F]{2,6}|amp|quot|apos|lt|gt);")
_CP1252 = {
    code: character
    for code in range(0x80, 0xA0)
    if (character := bytes((code,)).decode("cp1252", errors="replace")) != "\ufffd"
}
"""Encoders on Windows call it Latin-1: what that has as controls are their quotes and dashes."""
_INVISIBLE_KEPT = frozenset("\u200c\u200d")
"""Zero-width joiner and non-joiner: Urdu, Persian and emoji are spelt with them."""


@dataclass(frozen=True, slots=True)
class Title:
    """A cleaned title; `artist` is empty where none was named."""

    title: str
    artist: str = ""

    @property
    def icy(self) -> str:
        """The one line that ICY players show."""
        return f"{self.artist} - {self.title}" if self.artist else self.title


def clean(text: str, limit: int = TITLE_BYTES) -> str:
    """Return text as NFC on one line, without controls or an ICY terminator, at most `limit` bytes of UTF-8."""
    text = _ENTITY.sub(lambda match: html.unescape(match.group()), _undo_mojibake(text).translate(_CP1252))
    text = unicodedata.normalize("NFC", text)
    kept = (
        " " if c.isspace() else c
        for c in text
        if c.isspace() or c in _INVISIBLE_KEPT or unicodedata.category(c) not in {"Cc", "Cf", "Cs", "Co", "Cn"}
    )
    # `';` ends a StreamTitle: what follows it would be read as another field.
    line = re.sub(r"'(?=\s*;)", "\u2019", " ".join("".join(kept).split()))
    return line.encode()[:limit].decode(errors="ignore").rstrip()


def parse(title: str, artist: str = "") -> Title | None:
    """Read what an encoder calls its title; None where it names no track (empty, a placeholder or an ad marker)."""
    if _AD.search(title):
        return None
    artist = clean(artist, ARTIST_BYTES)
    whole = clean(title, TITLE_BYTES + ARTIST_BYTES)
    if artist.casefold() in _NOTHING:
        artist, whole = _split(whole)
    elif whole.casefold().startswith(f"{artist} - ".casefold()):
        whole = whole[len(artist) + 3 :].lstrip()
    whole = clean(whole)
    if whole.casefold() in _NOTHING:
        return None
    return Title(whole, clean(artist, ARTIST_BYTES))


def _split(whole: str) -> tuple[str, str]:
    whole = whole.removeprefix("- ").removesuffix(" -").strip()
    artist, dash, title = whole.partition(" - ")
    if not dash or artist.casefold() in _NOTHING:
        return "", title if dash else whole
    return artist, title


def _undo_mojibake(text: str) -> str:
    # UTF-8 read as Latin-1 on its way; text that was never that does not survive both steps.
    if text.isascii():
        return text
    for charset in ("latin-1", "cp1252"):
        try:
            return text.encode(charset).decode("utf-8")
        except UnicodeError:
            continue
    return text
