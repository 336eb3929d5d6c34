"""Tokens by which a moderator takes an action back, for some seconds after it."""

import secrets
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from controlplane.kernel.clock import Clock
from controlplane.kernel.errors import AwazError, Conflict, NotFound

UNDO_S = 7.0
"""Five seconds on the page, and the way there and back."""
UNDO_KEPT = 10_000

Undo = Callable[[], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class _Undoable:
    actor_id: str
    slug: str
    until: float
    undo: Undo


@dataclass(slots=True)
class Undos:
    """The actions of this process that can be taken back, by token."""

    clock: Clock
    _undoable: OrderedDict[str, _Undoable] = field(default_factory=OrderedDict)

    def keep(self, actor_id: str, slug: str, undo: Undo) -> str:
        """Return the token of an action that somebody took at a station."""
        token = secrets.token_hex(8)
        self._undoable[token] = _Undoable(actor_id, slug, self.clock.monotonic_s() + UNDO_S, undo)
        if len(self._undoable) > UNDO_KEPT:
            self._undoable.popitem(last=False)
        return token

    async def take_back(self, actor_id: str, slug: str, token: str) -> None:
        """Undo an action; raise NotFound for a token of somebody else, Conflict if it is too late."""
        found = self._undoable.get(token)
        if found is None or (found.actor_id, found.slug) != (actor_id, slug):
            raise NotFound("there is nothing to take back")
        if found.until < self.clock.monotonic_s():
            raise Conflict("it is too late to take that back")
        del self._undoable[token]
        try:
            await found.undo()
        except AwazError:
            self._undoable[token] = found  # it can be tried again
            raise
