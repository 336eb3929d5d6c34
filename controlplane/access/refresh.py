"""Keeps the access cache in line with the database, and tokens with the secret they are signed with."""

from dataclasses import dataclass

import structlog

from controlplane.access.authenticator import Authenticator
from controlplane.kernel.errors import ConfigError, Upstream

log = structlog.get_logger()


@dataclass(slots=True)
class AccessRefresh:
    """Looks again each time it is run; what cannot be read now stays as it was."""

    authenticator: Authenticator
    _problem: str = ""

    async def run_once(self) -> None:
        """Take over a replaced secret, and changed roles, revocations and bans."""
        problems: list[str] = []
        try:
            if self.authenticator.tokens.secrets.reload():
                log.info("token_secret_replaced", previous_accepted=True)
        except (ConfigError, OSError, UnicodeDecodeError) as error:
            problems.append(str(error))
        try:
            await self.authenticator.cache.refresh()
        except Upstream as error:
            problems.append(str(error))
        problem = "; ".join(problems)
        if problem and problem != self._problem:
            log.error("access_refresh_failed", reason=problem, fallback="last_known")
        self._problem = problem
