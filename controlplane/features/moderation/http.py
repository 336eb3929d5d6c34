"""Bans and the audit log, over HTTP."""

from dataclasses import asdict, dataclass

from controlplane.db.access import Ban
from controlplane.features.moderation.service import Moderation
from controlplane.kernel.errors import NotFound
from controlplane.kernel.permissions import Permission
from controlplane.kernel.quotas import Quota
from controlplane.protocol.base import Done
from controlplane.protocol.moderation import (
    AuditEntry,
    AuditPage,
    AuditQuery,
    BanRequest,
    BansAnswer,
    BanView,
    PeopleAnswer,
)
from controlplane.web.routes import API, Call, Route, delete, get, post

MAX_PEOPLE = 500


@dataclass(frozen=True, slots=True)
class ModerationRoutes:
    """Routes of a station's staff, and the same for admins on the whole platform."""

    moderation: Moderation

    def routes(self) -> list[Route]:
        """List the routes."""
        station, admin = f"{API}/stations/{{slug}}", f"{API}/admin"
        at_station, everywhere = Permission.STATION_MODERATE, Permission.PLATFORM_MODERATE
        read_station, read_all = Permission.STATION_READ_AUDIT, Permission.PLATFORM_READ_AUDIT
        return [
            get(f"{station}/people", self.people, permission=at_station, quota=Quota.READ, answer=PeopleAnswer),
            get(f"{station}/bans", self.bans, permission=at_station, quota=Quota.READ, answer=BansAnswer),
            post(
                f"{station}/bans", self.ban, permission=at_station, quota=Quota.WRITE, body=BanRequest, answer=BanView
            ),
            delete(f"{station}/bans/{{id}}", self.lift, permission=at_station, quota=Quota.WRITE, answer=Done),
            get(f"{admin}/bans", self.bans_everywhere, permission=everywhere, quota=Quota.READ, answer=BansAnswer),
            post(
                f"{admin}/bans",
                self.ban_everywhere,
                permission=everywhere,
                quota=Quota.WRITE,
                body=BanRequest,
                answer=BanView,
                errors=(NotFound,),
            ),
            delete(f"{admin}/bans/{{id}}", self.lift_everywhere, permission=everywhere, quota=Quota.WRITE, answer=Done),
            get(
                f"{station}/audit",
                self.audit,
                permission=read_station,
                quota=Quota.READ,
                query=AuditQuery,
                answer=AuditPage,
            ),
            get(
                f"{admin}/audit",
                self.audit_everywhere,
                permission=read_all,
                quota=Quota.READ,
                query=AuditQuery,
                answer=AuditPage,
            ),
        ]

    async def people(self, call: Call) -> PeopleAnswer:
        """List who follows a station now, through this server."""
        found = sorted(await self.moderation.people(call.slug), key=lambda actor: (actor.name.casefold(), actor.id))
        shown = found[:MAX_PEOPLE]
        return PeopleAnswer.model_validate(
            {"people": [{"user_id": each.id, "name": each.name, "role": each.role} for each in shown]}
        )

    async def bans(self, call: Call) -> BansAnswer:
        """List a station's bans."""
        return BansAnswer(bans=[_view(ban) for ban in await self.moderation.bans(call.slug)])

    async def ban(self, call: Call) -> BanView:
        """Ban somebody from a station: the connection is cut, and joining refused until the ban ends or is lifted."""
        return await self._ban(call, call.slug)

    async def lift(self, call: Call) -> Done:
        """Lift a ban from a station."""
        await self.moderation.lift(call.actor, call.by, call.path["id"], call.slug)
        return Done()

    async def bans_everywhere(self, _call: Call) -> BansAnswer:
        """List the bans from the whole platform."""
        return BansAnswer(bans=[_view(ban) for ban in await self.moderation.bans(None)])

    async def ban_everywhere(self, call: Call) -> BanView:
        """Ban somebody from the platform: every connection is cut, and refused until the ban ends or is lifted."""
        return await self._ban(call, None)

    async def lift_everywhere(self, call: Call) -> Done:
        """Lift a ban from the platform."""
        await self.moderation.lift(call.actor, call.by, call.path["id"], None)
        return Done()

    async def audit(self, call: Call) -> AuditPage:
        """List what was done at a station, newest first."""
        return await self._audit(call, call.slug)

    async def audit_everywhere(self, call: Call) -> AuditPage:
        """List what was done anywhere, newest first."""
        return await self._audit(call, None)

    async def _ban(self, call: Call, slug: str | None) -> BanView:
        asked = await call.body(BanRequest)
        return _view(
            await self.moderation.ban(
                call.actor, call.by, asked.user_id, slug, seconds=asked.seconds, reason=asked.reason
            )
        )

    async def _audit(self, call: Call, slug: str | None) -> AuditPage:
        page = call.query(AuditQuery)
        found, more = await self.moderation.audit_page(page.limit, page.cursor, slug)
        return AuditPage(items=[AuditEntry(**asdict(entry)) for entry in found], next=more)


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
