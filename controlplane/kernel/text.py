"""Text from outside, made fit for one line of a page, a socket and an ICY player. Pure."""

import html
import math
import re
import unicodedata

NAME_BYTES = 80
"""Of people, stations and labels."""
TITLE_BYTES = 160
"""With an artist of 92 bytes and ` - ` between them 255, what the shortest ICY readers in use take."""
ELLIPSIS = "…"
UNITS = (("second", 1, 120), ("minute", 60, 7200), ("hour", 3600, 172_800), ("day", 86_400, math.inf))
"""A unit, its seconds, and up to how many seconds a time is given in it."""
_ENTITY = re.compile(r"&(#\d{2,7}|#x[0-9a-fA-F]{2,6}|amp|quot|apos|lt|gt);")

_CP1252 = {
    code: character
    for code in range(0x80, 0xA0)
    if (character := bytes((code,)).decode("cp1252", errors="replace")) != "\ufffd"
}
"""Windows encoders send this and call it Latin-1, where these code points are controls."""

_INVISIBLE_KEPT = frozenset("\u200c\u200d")
"""Zero-width joiner and non-joiner, which Urdu, Persian and emoji are spelt with."""


def clean(text: str, limit: int = TITLE_BYTES) -> str:
    """Return text as NFC on one line, without controls or an ICY terminator, at most `limit` bytes of UTF-8.

    Longer text is cut, and ends with an ellipsis.
    """
    text = _ENTITY.sub(lambda match: html.unescape(match.group()), _undo_mojibake(text).translate(_CP1252))
    text = unicodedata.normalize("NFC", text)
    kept = (
        " " if c.isspace() else c
        for c in text
        if c.isspace() or c in _INVISIBLE_KEPT or unicodedata.category(c) not in {"Cc", "Cf", "Cs", "Co", "Cn"}
    )
    # `';` ends a StreamTitle: what follows it would be read as another field.
    line = re.sub(r"'(?=\s*;)", "\u2019", " ".join("".join(kept).split()))
    encoded = line.encode()
    if len(encoded) <= limit:
        return line
    return encoded[: limit - len(ELLIPSIS.encode())].decode(errors="ignore").rstrip() + ELLIPSIS


def clean_lines(text: str, limit: int) -> str:
    """Return text of several lines, each cleaned, without empty lines at its ends; at most `limit` bytes in a line."""
    return "\n".join(clean(line, limit) for line in text.splitlines()).strip()


def plain_name(name: str) -> str:
    """Return a name in the form in which names are compared, without case, width, spaces and accents.

    Marks are kept where they are part of a word, as in Hindi; on Latin, Greek and Cyrillic letters they only decorate.
    """
    kept: list[str] = []
    decorated = False
    for letter in unicodedata.normalize("NFKD", name.casefold()):
        if letter.isalnum():
            decorated = unicodedata.name(letter, "").startswith(("LATIN", "GREEK", "CYRILLIC", "DIGIT"))
            kept.append(letter)
        elif unicodedata.category(letter).startswith("M") and kept and not decorated:
            kept.append(letter)
    return "".join(kept)


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


def size_text(size: int) -> str:
    """Return a number of bytes for people, in kB, MB or GB of powers of ten."""
    for factor, unit in ((1000**3, "GB"), (1000**2, "MB")):
        if size >= factor:
            return f"{size / factor:.1f} {unit}"
    return f"{size / 1000:.1f} kB"


def duration_text(seconds: float) -> str:
    """Return a length of time for people, rounded up: in seconds up to two minutes, in minutes up to two hours, …"""
    whole = math.ceil(seconds)
    unit, size = next((unit, size) for unit, size, most in UNITS if whole <= most)
    count = math.ceil(whole / size)
    return f"{count} {unit}" if count == 1 else f"{count} {unit}s"
