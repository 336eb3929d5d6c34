"""Refused requests and internal errors: counted by reason, and logged at most once a second and cause.

Strangers therefore cannot fill the log. Their input is never quoted, since it may hold a token or a key.
"""

import asyncio
import logging
import time
from dataclasses import dataclass, field
from typing import Any

import structlog

from controlplane.insight import Insight

log = structlog.get_logger()

EVERY_S = 1.0
MOST_CAUSES = 20
"""Causes logged a second for one reason, however many addresses an attack comes from."""


@dataclass(slots=True)
class Refusals:
    """Counts and logs refusals, by reason; a cause is an address, or whatever else tells them apart."""

    insight: Insight
    _logged: dict[tuple[str, str], float] = field(default_factory=dict)
    _left_out: dict[str, int] = field(default_factory=dict)

    def note(self, reason: str, cause: str = "", **facts: object) -> None:
        """Take note of a refusal; `facts` are for the log."""
        self.insight.strangers.labels(reason).inc()
        self._log(logging.WARNING, reason, cause, facts)

    def fault(self, reason: str, cause: str = "", **facts: object) -> None:
        """Take note of a fault of ours, which a stranger may bring about as often as they like."""
        self.insight.faults.labels(reason).inc()
        self._log(logging.ERROR, reason, cause, facts)

    def _log(self, level: int, reason: str, cause: str, facts: dict[str, object]) -> None:
        now = time.monotonic()
        if now - self._logged.get((reason, cause), -EVERY_S) < EVERY_S or self._has_enough(reason, now):
            self._left_out[reason] = self._left_out.get(reason, 0) + 1
            return
        self._logged[reason, cause] = now
        left_out = self._left_out.pop(reason, 0)
        known = {"cause": cause, "more": left_out}
        log.log(level, reason, **{name: value for name, value in known.items() if value}, **facts)

    def loop_failed(self, loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
        """Take note of what the event loop has nobody to tell: the callback that asyncio has for it."""
        del loop
        error = context.get("exception")
        trace = None if error is None or isinstance(error, OSError) else error
        self.fault("event loop failed", context.get("message", ""), error=type(error).__name__, exc_info=trace)

    def _has_enough(self, reason: str, now: float) -> bool:
        for key in [key for key, at in self._logged.items() if now - at >= EVERY_S]:
            del self._logged[key]
        return sum(each == reason for each, _ in self._logged) >= MOST_CAUSES
