"""The chat over HTTP: its history, and what waits for a moderator."""

from dataclasses import dataclass

from controlplane.features.chat.history import History
from controlplane.features.chat.modes import Modes
from controlplane.features.chat.people import ChatPeople
from controlplane.features.chat.views import message_view
from controlplane.kernel.permissions import Permission
from controlplane.kernel.quotas import Quota
from controlplane.protocol.chat import ChatMessages, ChatQuery
from controlplane.protocol.chat_moderation import (
    ChatPerson,
    ChatSettingsRequest,
    ChatSettingsView,
    HeldAnswer,
    ReportsAnswer,
)
from controlplane.web.routes import API, Call, Route, get, patch


@dataclass(frozen=True, slots=True)
class ChatRoutes:
    """Routes below `stations/{slug}/chat`."""

    history: History
    modes: Modes
    people: ChatPeople

    def routes(self) -> list[Route]:
        """List the routes."""
        chat = f"{API}/stations/{{slug}}/chat"
        listen, moderate = Permission.STATION_LISTEN, Permission.STATION_MODERATE
        return [
            get(chat, self.page, permission=listen, quota=Quota.READ, query=ChatQuery, answer=ChatMessages),
            get(f"{chat}/held", self.held, permission=moderate, quota=Quota.READ, answer=HeldAnswer),
            get(f"{chat}/settings", self.settings, permission=moderate, quota=Quota.READ, answer=ChatSettingsView),
            patch(
                f"{chat}/settings",
                self.configure,
                permission=Permission.STATION_CONFIGURE,
                quota=Quota.WRITE,
                body=ChatSettingsRequest,
                answer=ChatSettingsView,
            ),
            get(f"{chat}/reports", self.reports, permission=moderate, quota=Quota.READ, answer=ReportsAnswer),
            get(f"{chat}/people/{{id}}", self.person, permission=moderate, quota=Quota.READ, answer=ChatPerson),
        ]

    async def page(self, call: Call) -> ChatMessages:
        """List messages: the newest first, or after one of them the oldest first."""
        asked = call.query(ChatQuery)
        found, more = await self.history.page(call.slug, asked.limit, asked.before or asked.cursor, asked.after)
        return ChatMessages(items=[message_view(row) for row in found], next=more)

    async def settings(self, call: Call) -> ChatSettingsView:
        """Get the word list, for how long messages are kept, and whether event streams have them."""
        found = await self.modes.settings(call.slug)
        return ChatSettingsView(words=list(found.words), keep_days=found.keep_days, public=found.public)

    async def configure(self, call: Call) -> ChatSettingsView:
        """Change the word list, for how long messages are kept, and whether event streams have them."""
        changes = (await call.body(ChatSettingsRequest)).model_dump(exclude_none=True)
        await self.modes.configure(call.by, call.slug, changes)
        return await self.settings(call)

    async def reports(self, call: Call) -> ReportsAnswer:
        """List the messages that listeners have reported, and that no moderator has looked at."""
        return ReportsAnswer(reports=await self.people.reports(call.slug))

    async def person(self, call: Call) -> ChatPerson:
        """Get a person's card: their first day in the chat, their messages, and the actions about them."""
        return await self.people.card(call.slug, call.path["id"])

    async def held(self, call: Call) -> HeldAnswer:
        """List the messages that wait for a moderator."""
        return HeldAnswer(messages=[message_view(row) for row in await self.history.held(call.slug)])
