"""How the tracks of a playlist are ordered, and how its name is compared. Pure."""

import unicodedata
from collections.abc import Sequence

from controlplane.kernel.errors import Conflict, InvalidInput, NotFound
from controlplane.kernel.text import clean
from controlplane.protocol.playlists import MAX_NAME, MAX_TRACKS

KEY_CHARS = 255


def named(asked: str) -> tuple[str, str]:
    """Return a name without what cannot be seen, and the form in which names are compared; raise InvalidInput."""
    name = clean(asked, MAX_NAME * 4)
    if not name:
        raise InvalidInput("name: it has no visible characters")
    return name, unicodedata.normalize("NFKC", name).casefold()[:KEY_CHARS]


def added(content: Sequence[str], ids: Sequence[str]) -> list[str]:
    """Return the tracks of a playlist with others at its end, each once; raise Conflict if they are too many."""
    found = list(dict.fromkeys((*content, *ids)))
    if len(found) > MAX_TRACKS:
        raise Conflict(f"a playlist has {MAX_TRACKS} tracks at most, and this one has {len(content)}")
    return found


def moved(content: Sequence[str], ids: Sequence[str], before: str | None) -> list[str]:
    """Return the tracks of a playlist with some of them before another one, or at its end; raise NotFound."""
    moving = set(ids)
    moved = [each for each in content if each in moving]
    if not moved:
        raise NotFound("none of these tracks is in the playlist")
    if before is None:
        return [*without(content, ids), *moved]
    if before not in content:
        raise NotFound(f"there is no track {before[:40]!r} in the playlist")
    # `before` may be one of the tracks that move: they go before the next track that stays.
    place = content.index(before)
    return [*without(content[:place], ids), *moved, *without(content[place:], ids)]


def without(content: Sequence[str], ids: Sequence[str]) -> list[str]:
    """Return the tracks of a playlist without some of them."""
    gone = set(ids)
    return [each for each in content if each not in gone]
