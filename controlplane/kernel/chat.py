"""Messages of a chat: their text, their length as people count it, and the settings of a station's chat. Pure."""

from dataclasses import dataclass
from functools import cache
from typing import Literal
from unicodedata import normalize

import regex
from linkify_it import LinkifyIt

MESSAGE_GRAPHEMES = 500
"""Longest message, in what people take for characters (Unicode Standard Annex #29); pages count the same."""
MESSAGE_BYTES = 6000
"""Longest message in UTF-8: 500 letters of any script, though not 500 families of emoji."""
MARKS_IN_A_ROW = 5
"""On one letter, of the marks that are written above and below: more than any language needs."""

# By the data of this library, which are newer than Python's: emoji of this year are characters too.
_STRIPPED = regex.compile(r"[[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Cn}]--[\u200c\u200d]]", regex.VERSION1)
_STACKED = regex.compile(rf"(\p{{M}}{{{MARKS_IN_A_ROW}}})\p{{M}}+")
_GRAPHEME = regex.compile(r"\X")

Writers = Literal["everybody", "members", "moderators"]
LinkRule = Literal["allow", "hold", "block"]
MessageState = Literal["shown", "held", "denied", "deleted"]


@dataclass(frozen=True, slots=True)
class ChatMode:
    """Who may write at a station, and how often.

    `slow_s` are the seconds between two messages of one person, 0 for none. `members` have an account. `off_air` is
    whether people may write while the station is off air, and `hold_new` whether the first message of a guest waits for
    a moderator. `raid_until` is when a mode against a raid ends, in unix milliseconds.
    """

    slow_s: int = 0
    who: Writers = "everybody"
    links: LinkRule = "allow"
    off_air: bool = True
    hold_new: bool = False
    raid_until: int | None = None


def clean_message(text: str) -> str:
    """Return a message as NFC on one line, without controls, bidirectional overrides and stacks of marks.

    The joiners that Urdu, Persian and emoji are spelt with are kept.
    """
    line = " ".join(normalize("NFC", text).split())
    return _STACKED.sub(r"\1", _STRIPPED.sub("", line)).strip()


def graphemes(text: str) -> int:
    """Return how many characters a text has, as people count them."""
    return sum(1 for _ in _GRAPHEME.finditer(text))


def has_link(text: str) -> bool:
    """Say whether a text names a web page, with or without `https://`."""
    return bool(_linkify().test(text))


@cache
def _linkify() -> LinkifyIt:
    return LinkifyIt(options={"fuzzy_email": False})
