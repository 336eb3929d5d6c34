"""Bots over HTTP."""

from dataclasses import asdict, dataclass

from controlplane.features.bots.service import Bots
from controlplane.kernel.errors import Conflict
from controlplane.kernel.permissions import Permission
from controlplane.kernel.quotas import Quota
from controlplane.protocol.accounts import TokenAnswer, UserView
from controlplane.protocol.base import Done
from controlplane.protocol.bots import BotRequest, BotsAnswer, BotTokenRequest, BotView
from controlplane.web.routes import API, Call, Route, delete, get, post


@dataclass(frozen=True, slots=True)
class BotRoutes:
    """`stations/{slug}/bots`, and `auth/bot`."""

    bots: Bots

    def routes(self) -> list[Route]:
        """List the routes."""
        bots, manage = f"{API}/stations/{{slug}}/bots", Permission.STATION_MANAGE_MEMBERS
        return [
            get(bots, self.all, permission=manage, quota=Quota.READ, answer=BotsAnswer),
            post(
                bots,
                self.add,
                permission=manage,
                quota=Quota.WRITE,
                body=BotRequest,
                answer=BotView,
                errors=(Conflict,),
            ),
            delete(f"{bots}/{{id}}", self.remove, permission=manage, quota=Quota.WRITE, answer=Done),
            post(
                f"{API}/auth/bot",
                self.token,
                permission=Permission.PUBLIC,
                quota=Quota.REFRESH,
                body=BotTokenRequest,
                answer=TokenAnswer,
            ),
        ]

    async def all(self, call: Call) -> BotsAnswer:
        """List a station's bots."""
        return BotsAnswer(bots=[BotView.model_validate(asdict(bot)) for bot in await self.bots.all(call.slug)])

    async def add(self, call: Call) -> BotView:
        """Create a bot: a program that writes in the chat, or moderates it, under a name and with a role of its own."""
        asked = await call.body(BotRequest)
        bot, key = await self.bots.add(call.by, call.slug, asked.name, asked.role)
        return BotView.model_validate(asdict(bot) | {"key": key})

    async def remove(self, call: Call) -> Done:
        """Remove a bot; its connections end at once."""
        await self.bots.remove(call.by, call.slug, call.path["id"])
        return Done()

    async def token(self, call: Call) -> TokenAnswer:
        """Get an access token with a bot's key, as often as one is needed."""
        user, token = await self.bots.token((await call.body(BotTokenRequest)).key)
        return TokenAnswer(
            access_token=token,
            expires_in=self.bots.mint.settings.lifetime_s,
            user=UserView(id=user.id, name=user.name, role="user"),
        )
