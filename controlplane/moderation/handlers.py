"""HTTP for bans and for the record of what was done."""

from dataclasses import asdict, dataclass

from controlplane.api import AuditAnswer, AuditEntry, BanRequest, BansAnswer, BanView, Done
from controlplane.db import audit
from controlplane.db.authority import Ban
from controlplane.db.engine import reading
from controlplane.moderation.service import Moderation
from controlplane.permissions import Permission
from controlplane.quotas import Quota
from controlplane.web.routes import API, Call, Route

ENTRIES = 50
LARGEST_ID = 999_999_999
PAGE = {"limit": 200, "before": LARGEST_ID}


@dataclass(frozen=True, slots=True)
class ModerationHandlers:
    """Routes of a station's staff, and the same for admins on the whole platform."""

    moderation: Moderation

    def routes(self) -> list[Route]:
        """List the routes."""
        station, admin = f"{API}/stations/{{slug}}", f"{API}/admin"
        here, all_over = Permission.STATION_MODERATE, Permission.PLATFORM_MODERATE
        record, whole_record = Permission.STATION_READ_AUDIT, Permission.PLATFORM_READ_AUDIT
        return [
            Route("GET", f"{station}/bans", here, self.bans, None, BansAnswer),
            Route("POST", f"{station}/bans", here, self.ban, BanRequest, BanView, Quota.WRITE),
            Route("DELETE", f"{station}/bans/{{id}}", here, self.allow, None, Done, Quota.WRITE),
            Route("GET", f"{admin}/bans", all_over, self.bans_everywhere, None, BansAnswer),
            Route("POST", f"{admin}/bans", all_over, self.ban_everywhere, BanRequest, BanView, Quota.WRITE),
            Route("DELETE", f"{admin}/bans/{{id}}", all_over, self.allow_everywhere, None, Done, Quota.WRITE),
            Route("GET", f"{station}/audit", record, self.audit, None, AuditAnswer, numbers=PAGE),
            Route("GET", f"{admin}/audit", whole_record, self.audit_everywhere, None, AuditAnswer, numbers=PAGE),
        ]

    async def bans(self, call: Call) -> BansAnswer:
        """List who may not come back to a station."""
        return BansAnswer(bans=[_view(ban) for ban in await self.moderation.bans(call.slug)])

    async def ban(self, call: Call) -> BanView:
        """Send somebody away from a station: the connection is cut, and joining is refused until allowed."""
        return await self._ban(call, call.slug)

    async def allow(self, call: Call) -> Done:
        """Let somebody come back to a station."""
        await self.moderation.allow(call.actor, call.by, call.path["id"], call.slug)
        return Done()

    async def bans_everywhere(self, _call: Call) -> BansAnswer:
        """List who may not come back to the platform."""
        return BansAnswer(bans=[_view(ban) for ban in await self.moderation.bans(None)])

    async def ban_everywhere(self, call: Call) -> BanView:
        """Send somebody away from the platform: every connection is cut, and refused until allowed."""
        return await self._ban(call, None)

    async def allow_everywhere(self, call: Call) -> Done:
        """Let somebody come back to the platform."""
        await self.moderation.allow(call.actor, call.by, call.path["id"], None)
        return Done()

    async def audit(self, call: Call) -> AuditAnswer:
        """List what was done at a station, newest first."""
        return await self._audit(call, call.slug)

    async def audit_everywhere(self, call: Call) -> AuditAnswer:
        """List what was done anywhere, newest first."""
        return await self._audit(call, None)

    async def _ban(self, call: Call, slug: str | None) -> BanView:
        asked = await call.body(BanRequest)
        return _view(
            await self.moderation.ban(
                call.actor, call.by, asked.user_id, slug, seconds=asked.seconds, reason=asked.reason
            )
        )

    async def _audit(self, call: Call, slug: str | None) -> AuditAnswer:
        limit = call.number("limit", ENTRIES)
        before = call.number("before", LARGEST_ID) if "before" in call.query else None
        async with reading(self.moderation.engine) as connection:
            entries = await audit.newest(connection, limit, before, slug)
        return AuditAnswer(entries=[AuditEntry(**asdict(entry)) for entry in entries])


def _view(ban: Ban) -> BanView:
    return BanView(
        id=ban.id,
        user_id=ban.subject,
        name=ban.name,
        station=ban.slug,
        reason=ban.reason,
        made_by=ban.made_by,
        created_at=ban.created_at,
        until=ban.until,
    )
