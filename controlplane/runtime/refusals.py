"""Rejected requests and internal errors: counted by event, and logged at most once a second and cause.

Clients therefore cannot fill the log. Their input is never quoted, since it may hold a token or a key.
"""

import asyncio
import logging
from dataclasses import dataclass, field
from typing import Any

import structlog

from controlplane.kernel.clock import SYSTEM_CLOCK, Clock
from controlplane.runtime.metrics import Metrics

log = structlog.get_logger()

LOG_INTERVAL_S = 1.0
MAX_CAUSES = 20
"""Causes logged a second for one event, however many addresses an attack comes from."""


@dataclass(slots=True)
class Refusals:
    """Counts and logs by event; a cause is an address, or another fact that tells two of the same event apart."""

    metrics: Metrics
    clock: Clock = SYSTEM_CLOCK
    _logged: dict[tuple[str, str], float] = field(default_factory=dict)
    _left_out: dict[str, int] = field(default_factory=dict)

    def note(self, event: str, cause: str = "", **facts: object) -> None:
        """Count and log a rejected request; `facts` are for the log."""
        self.metrics.rejected.labels(event).inc()
        self._log(logging.WARNING, event, cause, facts)

    def fault(self, event: str, cause: str = "", **facts: object) -> None:
        """Count and log an internal error, which a client may cause again and again."""
        self.metrics.faults.labels(event).inc()
        self._log(logging.ERROR, event, cause, facts)

    def _log(self, level: int, event: str, cause: str, facts: dict[str, object]) -> None:
        now = self.clock.monotonic_s()
        if now - self._logged.get((event, cause), -LOG_INTERVAL_S) < LOG_INTERVAL_S or self._has_enough(event, now):
            self._left_out[event] = self._left_out.get(event, 0) + 1
            return
        self._logged[event, cause] = now
        left_out = self._left_out.pop(event, 0)
        known = {"cause": cause, "more": left_out}
        log.log(level, event, **{name: value for name, value in known.items() if value}, **facts)

    def loop_failed(self, loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
        """Count and log an error that asyncio can raise to nobody: its exception handler."""
        del loop
        error = context.get("exception")
        trace = None if error is None or isinstance(error, OSError) else error
        self.fault("event_loop_failed", context.get("message", ""), error=type(error).__name__, exc_info=trace)

    def _has_enough(self, event: str, now: float) -> bool:
        for key in [key for key, at in self._logged.items() if now - at >= LOG_INTERVAL_S]:
            del self._logged[key]
        return sum(each == event for each, _ in self._logged) >= MAX_CAUSES
