"""Names that look alike, by the data of Unicode Technical Standard #39. Pure.

The data are pairs of a character and what it may be mistaken for. All that may be mistaken for one another stand for
the same, so that two names look alike where their keys are equal. A key is for comparing only.
"""

from collections import defaultdict
from functools import cache
from unicodedata import normalize

from confusable_homoglyphs.confusables import confusables_data

from controlplane.kernel.text import plain_name

_MARK = "\u200e"
"""Around right-to-left characters in the data."""


def lookalike_key(name: str) -> str:
    """Return what names are compared by: that of "Sara" is also the key of "SARA", "Sаrа" in Cyrillic, and "s a r á".

    A name without letters and digits is its own key.
    """
    # Before letters lose their case, since a capital I is mistaken for a small l; and again as small letters.
    plain = plain_name(_prototypes_of(normalize("NFKD", name)))
    return _prototypes_of(plain.replace("i", "l")).casefold() or name


def _prototypes_of(text: str) -> str:
    prototypes = _prototypes()
    # A dot looks like an Arabic zero, but is no part of a name.
    return "".join(prototypes.get(letter, letter) if letter.isalnum() or letter == "|" else letter for letter in text)


@cache
def _prototypes() -> dict[str, str]:
    """Return what stands for each character that may be mistaken for another one."""
    linked: dict[str, set[str]] = defaultdict(set)
    for character, found in confusables_data.items():
        one = character.strip(_MARK)
        for each in found:
            other = each["c"].strip(_MARK)
            linked[one].add(other)
            linked[other].add(one)
    prototypes: dict[str, str] = {}
    for start in linked:
        if start in prototypes:
            continue
        alike, waiting = {start}, [start]
        while waiting:
            new = linked[waiting.pop()] - alike
            alike |= new
            waiting += new
        # Of one character and several, as m and rn, the several: they are written without the one.
        prototype = min(alike, key=lambda text: (-len(text), not text.islower(), not text.isalpha(), text))
        prototypes |= dict.fromkeys(alike, prototype)
    return prototypes
