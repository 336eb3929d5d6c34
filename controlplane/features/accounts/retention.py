"""Retention: deletes what has expired."""

from dataclasses import dataclass

import structlog
from sqlalchemy.ext.asyncio import AsyncEngine

from controlplane.db import access, audit, sessions
from controlplane.db.engine import writing
from controlplane.kernel.clock import Clock
from controlplane.kernel.errors import Upstream
from controlplane.runtime.config import Settings

log = structlog.get_logger()

DAY_MS = 86_400_000
SESSION_DAYS = 2
"""Ended sessions are kept for as long as one of their tokens could come back, and a day."""


@dataclass(frozen=True, slots=True)
class Retention:
    """Deletes expired bans, revocations and sessions, and audit entries older than their setting."""

    settings: Settings
    engine: AsyncEngine
    clock: Clock

    async def run_once(self) -> None:
        """Delete what has expired; a failed attempt is repeated at the next run."""
        now = self.clock.now_ms()
        try:
            async with writing(self.engine) as connection:
                await access.delete_expired(connection, now)
                spent_before = now - self.settings.tokens.refresh_lifetime_s * 1000
                await sessions.delete_expired(connection, now - SESSION_DAYS * DAY_MS, spent_before)
                await audit.delete_before(connection, now - self.settings.accounts.audit_days * DAY_MS)
        except Upstream as error:
            log.warning("retention_failed", reason=str(error))
