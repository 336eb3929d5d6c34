"""Word lists: messages with a listed word wait for a moderator. Pure.

Words are compared as they look, so that other letters do not help, and whole, so that none is found inside another:
`Scunthorpe` is a town. Languages that are written without spaces have no such ends, and are looked through.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import regex

from controlplane.kernel.lookalikes import lookalike_key

MAX_WORDS = 500
WORD_CHARS = 60
_WORD = regex.compile(r"[\p{L}\p{N}\p{M}\u200c\u200d]+")
_UNSPACED = regex.compile(
    r"[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}"
    r"\p{Script=Myanmar}]"
)
"""Scripts whose words are written together."""


@dataclass(frozen=True, slots=True)
class _Entry:
    """A listed word or phrase: the keys of its words, and whether the last one may go on."""

    keys: tuple[str, ...]
    open: bool
    unspaced: bool


@dataclass(frozen=True, slots=True)
class WordList:
    """The words and phrases of a station, each as it was written; a `*` at the end stands for any ending."""

    words: tuple[str, ...] = ()
    _entries: tuple[_Entry, ...] = ()

    @classmethod
    def of(cls, words: Iterable[str]) -> "WordList":
        """Return the list of some words; those without a letter are left out."""
        kept = tuple(dict.fromkeys(word.strip() for word in words if _keys(word)))
        return cls(kept, tuple(_Entry(_keys(word), word.endswith("*"), bool(_UNSPACED.search(word))) for word in kept))

    def is_in(self, text: str) -> bool:
        """Say whether a text has a listed word."""
        if not self._entries:
            return False
        keys = _keys(text)
        spelt = tuple(map(lookalike_key, _joined(_WORD.findall(text))))
        return any(_has(each, entry) for entry in self._entries for each in (keys, spelt))


def _keys(text: str) -> tuple[str, ...]:
    return tuple(lookalike_key(word) for word in _WORD.findall(text))


def _joined(words: Sequence[str]) -> Iterator[str]:
    """Put letters together that stand alone, as in `s p a m`."""
    run = ""
    for word in words:
        if len(word) == 1:
            run += word
            continue
        if run:
            yield run
            run = ""
        yield word
    if run:
        yield run


def _has(keys: Sequence[str], entry: _Entry) -> bool:
    if entry.unspaced:
        return "".join(entry.keys) in "".join(keys)
    *first, last = entry.keys
    for start in range(len(keys) - len(entry.keys) + 1):
        *before, end = keys[start : start + len(entry.keys)]
        if before == first and (end == last or (entry.open and end.startswith(last))):
            return True
    return False
