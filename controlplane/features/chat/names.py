"""The names in a station's chat: no two look alike, and none looks like one of the staff's."""

from collections import OrderedDict
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from hashlib import sha256
from itertools import count

from sqlalchemy.ext.asyncio import AsyncConnection

from controlplane.db import chat_names as table
from controlplane.db.chat_names import NameRow
from controlplane.kernel.lookalikes import lookalike_key

NAMES_KEPT = 20_000
NAME_CHARS, KEY_CHARS = 76, 400
"""Of a name that gets a number, and of what names are compared by, in which a letter may be eighteen."""
NUMBERED = 9
"""After so many of the same name, people are called listeners with a number that is theirs."""


@dataclass(frozen=True, slots=True)
class Named:
    """A person who needs a name in a chat; `own_name` is their name on the platform."""

    station_id: str
    user_id: str
    own_name: str
    staff: bool


@dataclass(slots=True)
class Names:
    """Gives names, and keeps those that were used lately."""

    _known: OrderedDict[tuple[str, str], tuple[str, str]] = field(default_factory=OrderedDict)

    def known(self, person: Named) -> str | None:
        """Return a name that was given before, if the person's own is still the same."""
        own_name, name = self._known.get((person.station_id, person.user_id), ("", ""))
        return name if name and own_name == person.own_name else None

    def forget(self) -> None:
        """Look again: somebody's role has changed, and names of the staff are theirs."""
        self._known.clear()

    async def give(self, connection: AsyncConnection, person: Named, now: int) -> str:
        """Return the person's name in the chat; the first time, and after a new own name, it is a free one."""
        staff = {*map(lookalike_key, await table.staff_names(connection, person.station_id))}
        before = await table.of_person(connection, person.station_id, person.user_id)
        is_free = before is not None and _may_keep(before, person, staff)
        if before is not None and is_free and before.own_name == person.own_name:
            await table.touch(connection, person.station_id, person.user_id, now)
            return self._keep(person, before.name)
        row = NameRow(person.station_id, person.user_id, person.own_name, person.own_name, "", now, now)
        if before is not None:
            row = replace(row, since=before.since)
        for name in [person.own_name] if person.staff else _candidates(person, staff):
            row = replace(row, name=name, name_key=lookalike_key(name)[:KEY_CHARS])
            if person.staff:
                await table.release(connection, person.station_id, row.name_key)
            if await table.take(connection, row):
                break
        return self._keep(person, row.name)

    def _keep(self, person: Named, name: str) -> str:
        self._known[person.station_id, person.user_id] = person.own_name, name
        self._known.move_to_end((person.station_id, person.user_id))
        if len(self._known) > NAMES_KEPT:
            self._known.popitem(last=False)
        return name


def _may_keep(row: NameRow, person: Named, staff: set[str]) -> bool:
    return row.name == person.own_name if person.staff else row.name_key not in staff


def _candidates(person: Named, staff: set[str]) -> Iterator[str]:
    """List names for somebody, the best first; a name like one of the staff's is not altered but replaced."""
    if lookalike_key(person.own_name) not in staff:
        yield person.own_name
        yield from (f"{person.own_name[:NAME_CHARS]} {number}" for number in range(2, NUMBERED + 1))
    digest = sha256(person.user_id.encode()).hexdigest()
    yield from (f"Listener {digest[start : start + 4]}" for start in range(0, 60, 4))
    yield from (f"Listener {digest[:4]} {number}" for number in count(2))
