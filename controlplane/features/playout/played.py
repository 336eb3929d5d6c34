"""The list that a pipeline keeps of what it has played: a line of unix seconds and an item's id for each."""

import re
from contextlib import suppress
from pathlib import Path

LINE = re.compile(r"(\d{1,12}(?:\.\d*)?) ([a-z0-9-]{1,64})")
MAX_BYTES = 256 * 1024
"""Some weeks. A longer list is put aside, in place of the one before it."""


def entries(path: Path) -> list[tuple[int, str]]:
    """Return the times in unix milliseconds and the items of a list, oldest first; nothing without a list."""
    text = ""
    with suppress(FileNotFoundError):
        text = path.read_text(encoding="ascii", errors="replace")
    if len(text) > MAX_BYTES:
        # The pipeline opens it anew for each line.
        path.replace(path.with_suffix(".old"))
    found = (LINE.fullmatch(line) for line in text.splitlines())
    return [(round(float(each[1]) * 1000), each[2]) for each in found if each is not None]
