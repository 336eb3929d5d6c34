"""The guard: one way in for HTTP requests and socket events, which counts, authenticates, permits and names errors."""

from dataclasses import dataclass

from controlplane.access.authenticator import Authenticator
from controlplane.access.identity import Actor
from controlplane.access.ratelimit import RateLimiter
from controlplane.kernel.errors import AwazError, Internal, TooSlow
from controlplane.kernel.permissions import Permission
from controlplane.kernel.quotas import Quota
from controlplane.runtime.refusals import Refusals


@dataclass(frozen=True, slots=True)
class Guard:
    """In this order: `count` by address, authenticate, `count` by user, `permit`, and then the work itself."""

    limiter: RateLimiter
    authenticator: Authenticator
    refusals: Refusals

    async def count(self, quota: Quota, *, address: str | None = None, user: str | None = None) -> None:
        """Count a request by address and user, before anything is done for it; raise TooFast."""
        who = {"address": address, "user": user}
        await self.limiter.spend(quota, **{dimension: each for dimension, each in who.items() if each})

    async def permit(self, actor: Actor, permission: Permission, quota: Quota, slug: str | None) -> None:
        """Check a permission, at a station if one is named, and count by station.

        A crowd that writes keeps no moderator from it. Raises Unauthenticated, Banned, Forbidden or TooFast.
        """
        actor.must(permission, slug)
        is_exempt = quota is Quota.CHAT and actor.may(Permission.STATION_MODERATE, slug)
        if slug and not is_exempt:
            await self.limiter.spend(quota, station=slug)

    def refusal(self, error: Exception, what: str, cause: str = "") -> AwazError:
        """Return the error to answer with; an internal one is logged as `<what>_failed`, with its traceback."""
        if isinstance(error, AwazError):
            return error
        if isinstance(error, TimeoutError):
            return TooSlow("the server took too long")
        self.refusals.fault(f"{what}_failed", cause or type(error).__name__, exc_info=error)
        return Internal()
