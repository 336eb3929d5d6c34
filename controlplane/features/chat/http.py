"""The chat over HTTP: its history, and what waits for a moderator."""

from dataclasses import dataclass

from controlplane.features.chat.service import Chat
from controlplane.features.chat.views import message_view
from controlplane.kernel.permissions import Permission
from controlplane.kernel.quotas import Quota
from controlplane.protocol.chat import ChatMessages, ChatQuery, HeldAnswer
from controlplane.web.routes import API, Call, Route, get


@dataclass(frozen=True, slots=True)
class ChatRoutes:
    """Routes below `stations/{slug}/chat`."""

    chat: Chat

    def routes(self) -> list[Route]:
        """List the routes."""
        chat = f"{API}/stations/{{slug}}/chat"
        listen, moderate = Permission.STATION_LISTEN, Permission.STATION_MODERATE
        return [
            get(chat, self.page, permission=listen, quota=Quota.READ, query=ChatQuery, answer=ChatMessages),
            get(f"{chat}/held", self.held, permission=moderate, quota=Quota.READ, answer=HeldAnswer),
        ]

    async def page(self, call: Call) -> ChatMessages:
        """List messages: the newest first, or after one of them the oldest first."""
        asked = call.query(ChatQuery)
        found, more = await self.chat.page(call.slug, asked.limit, asked.before or asked.cursor, asked.after)
        return ChatMessages(items=[message_view(row) for row in found], next=more)

    async def held(self, call: Call) -> HeldAnswer:
        """List the messages that wait for a moderator."""
        return HeldAnswer(messages=[message_view(row) for row in await self.chat.held(call.slug)])
