"""Keeps what people may do in line with the database and the secrets, and forgets what is over."""

import time
from dataclasses import dataclass

import structlog
from sqlalchemy.ext.asyncio import AsyncEngine

from controlplane.accounts.service import Accounts
from controlplane.config import Settings
from controlplane.db import audit, authority, sessions
from controlplane.db.engine import writing
from controlplane.errors import ConfigError, Upstream

log = structlog.get_logger()

DAY_MS = 86_400_000
SESSION_DAYS = 2
"""Ended sessions are kept for as long as one of their tokens could come back, and a day."""


@dataclass(slots=True)
class Rights:
    """Looks again, every second; what cannot be seen now stays as it was."""

    settings: Settings
    engine: AsyncEngine
    accounts: Accounts
    _complaint: str = ""

    async def look(self) -> None:
        """Take over changed secrets and rights."""
        complaint = ""
        try:
            if self.accounts.mint.secrets.look_again():
                log.info("the secret of tokens was replaced; those made with the one before are accepted too")
            await self.accounts.standing.refresh()
        except (Upstream, ConfigError, OSError) as error:
            complaint = str(error)
        if complaint and complaint != self._complaint:
            log.error("what people may do cannot be read now, and stays as it was", reason=complaint)
        self._complaint = complaint

    async def tidy(self) -> None:
        """Forget what is over: bans, revocations, sessions, and what was done too long ago."""
        now_ms = int(time.time() * 1000)
        try:
            async with writing(self.engine) as connection:
                await authority.tidy(connection, now_ms)
                await sessions.tidy(connection, now_ms - SESSION_DAYS * DAY_MS)
                await audit.tidy(connection, now_ms - self.settings.accounts.audit_days * DAY_MS)
        except Upstream as error:
            log.warning("what is over was not forgotten yet", reason=str(error))
