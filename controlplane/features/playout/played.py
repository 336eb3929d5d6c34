"""The list that a pipeline keeps of what it has played: a line of unix seconds and an item's id for each."""

import re
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from controlplane.kernel.errors import Upstream

LINE = re.compile(r"(\d{1,12}(?:\.\d*)?) ([a-z0-9-]{1,64})")
MAX_BYTES = 256 * 1024
"""Some weeks. A longer list is put aside, in place of the one before it."""


@dataclass(frozen=True, slots=True)
class Played:
    """Times in unix milliseconds with the items that were heard from then on, oldest first."""

    entries: Sequence[tuple[int, str]] = ()
    at: Mapping[str, int] = field(init=False)
    """When each item was heard last."""

    def __post_init__(self) -> None:  # noqa: D105 - what belongs to every list
        object.__setattr__(self, "at", {item_id: at_ms for at_ms, item_id in self.entries})

    def since(self, item_id: str) -> Sequence[tuple[int, str]]:
        """Return what was heard after the last time that an item was; nothing if it never was."""
        places = (place for place, (_, each) in enumerate(self.entries) if each == item_id)
        last = max(places, default=len(self.entries))
        return self.entries[last + 1 :]


def read(path: Path) -> Played:
    """Return a list, with the one that was put aside before it; raise Upstream if it cannot be read."""
    aside = path.with_suffix(".old")
    try:
        text = _text(path)
        before = _text(aside)
        if len(text) > MAX_BYTES:
            # The pipeline opens it anew for each line.
            with suppress(FileNotFoundError):
                path.replace(aside)
    except OSError as error:
        raise Upstream(f"the list of what was played cannot be read: {error.strerror}") from error
    found = (LINE.fullmatch(line) for line in (*before.splitlines(), *text.splitlines()))
    return Played([(round(float(each[1]) * 1000), each[2]) for each in found if each is not None])


def _text(path: Path) -> str:
    with suppress(FileNotFoundError):
        return path.read_text(encoding="ascii", errors="replace")
    return ""
