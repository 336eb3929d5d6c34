"""Keeps what people may do in line with the database and the secrets, and forgets what is over."""

from dataclasses import dataclass, field

import structlog
from sqlalchemy.ext.asyncio import AsyncEngine

from controlplane.accounts.service import Accounts
from controlplane.config import Settings
from controlplane.db import audit, authority, sessions
from controlplane.db.engine import now_ms, writing
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
    _complaints: list[str] = field(default_factory=list)

    async def look(self) -> None:
        """Take over changed secrets and rights."""
        complaints = []
        try:
            if self.accounts.mint.secrets.look_again():
                log.info("the secret of tokens was replaced; those made with the one before are accepted too")
        except (ConfigError, OSError, UnicodeDecodeError) as error:
            complaints.append(str(error))
        try:
            await self.accounts.standing.refresh()
        except Upstream as error:
            complaints.append(str(error))
        if complaints and complaints != self._complaints:
            log.error("what people may do cannot be read now, and stays as it was", reason="; ".join(complaints))
        self._complaints = complaints

    async def tidy(self) -> None:
        """Forget what is over: bans, revocations, sessions, and what was done too long ago."""
        now = now_ms()
        try:
            async with writing(self.engine) as connection:
                await authority.tidy(connection, now)
                spent_before = now - self.settings.tokens.refresh_lifetime_s * 1000
                await sessions.tidy(connection, now - SESSION_DAYS * DAY_MS, spent_before)
                await audit.tidy(connection, now - self.settings.accounts.audit_days * DAY_MS)
        except Upstream as error:
            log.warning("what is over was not forgotten yet", reason=str(error))
