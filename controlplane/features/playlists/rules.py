"""How the tracks of a playlist are ordered. Pure."""

from collections.abc import Collection, Sequence

from controlplane.kernel.errors import Conflict, NotFound
from controlplane.protocol.playlists import MAX_TRACKS


def added(content: Sequence[str], ids: Sequence[str]) -> list[str]:
    """Return the tracks of a playlist with others at its end, each once; raise Conflict if they are too many."""
    found = list(dict.fromkeys((*content, *ids)))
    if len(found) > MAX_TRACKS:
        raise Conflict(f"a playlist has {MAX_TRACKS} tracks at most, and this one has {len(content)}")
    return found


def moved(content: Sequence[str], ids: Collection[str], before: str | None) -> list[str]:
    """Return the tracks of a playlist with some of them before another one, or at its end; raise NotFound."""
    moving = [each for each in content if each in ids]
    if before is None:
        return [*without(content, ids), *moving]
    if before not in content:
        raise NotFound(f"there is no track {before[:40]!r} in the playlist")
    # What is moved before one of the tracks that move goes before the next one that stays.
    place = content.index(before)
    return [*without(content[:place], ids), *moving, *without(content[place:], ids)]


def without(content: Sequence[str], ids: Collection[str]) -> list[str]:
    """Return the tracks of a playlist without some of them."""
    return [each for each in content if each not in ids]


def resumed(content: Sequence[str], ids: Collection[str], last: str) -> str:
    """Return the track behind which a sequence goes on without some of its tracks, empty for its beginning."""
    if last not in ids or last not in content:
        return last
    before = without(content[: content.index(last)], ids)
    return before[-1] if before else ""
