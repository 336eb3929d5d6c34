"""The `chat:*` requests of sockets."""

from dataclasses import dataclass

from controlplane.features.chat import commands
from controlplane.features.chat.moderator import Moderator
from controlplane.features.chat.people import ChatPeople
from controlplane.features.chat.runner import CommandRunner
from controlplane.features.chat.service import Chat
from controlplane.features.chat.views import mode_view, send_answer
from controlplane.kernel.audit import AuditActor
from controlplane.kernel.errors import Forbidden
from controlplane.kernel.permissions import Permission
from controlplane.live.sockets.rooms import Socket
from controlplane.protocol.base import Acknowledged
from controlplane.protocol.chat import ChatDelete, ChatEdit, ChatSend, SendAnswer
from controlplane.protocol.chat_moderation import ChatModerate, ChatReport, ChatSetMode, ModeAnswer, ModerateAnswer


@dataclass(frozen=True, slots=True)
class ChatHandlers:
    """Handlers of those requests."""

    chat: Chat
    moderator: Moderator
    runner: CommandRunner
    people: ChatPeople

    async def send(self, socket: Socket, request: ChatSend) -> SendAnswer:
        """Write a message, and answer once it is committed; or carry out a command."""
        command = commands.parse(request.text)
        if command is not None:
            return await self.runner.run(socket.actor, _by(socket), request, command)
        return send_answer(await self.chat.send(socket.actor, request))

    async def edit(self, socket: Socket, request: ChatEdit) -> Acknowledged:
        """Change one's own message."""
        await self.chat.edit(socket.actor, request.station, request.id, request.text)
        return Acknowledged()

    async def delete(self, socket: Socket, request: ChatDelete) -> Acknowledged:
        """Delete one's own message, or another person's as a moderator."""
        found = await self.chat.find(request.station, request.id)
        if found.user_id == socket.actor.id:
            await self.chat.delete(socket.actor, request.station, request.id)
        elif socket.actor.may(Permission.STATION_MODERATE, request.station):
            asked = ChatModerate(station=request.station, action="delete", message=request.id)
            await self.moderator.act(socket.actor, _by(socket), asked)
        else:
            raise Forbidden("that message is somebody else's")
        return Acknowledged()

    async def report(self, socket: Socket, request: ChatReport) -> Acknowledged:
        """Report a message to the staff."""
        await self.people.report(socket.actor, request)
        return Acknowledged()

    async def moderate(self, socket: Socket, request: ChatModerate) -> ModerateAnswer:
        """Act on a message or a person."""
        return ModerateAnswer(undo=await self.moderator.act(socket.actor, _by(socket), request))

    async def set_mode(self, socket: Socket, request: ChatSetMode) -> ModeAnswer:
        """Change who may write, and how often."""
        by, slug = _by(socket), request.station
        changes = request.model_dump(exclude={"station", "raid"}, exclude_none=True)
        mode = await self.chat.set_mode(by, slug, changes) if changes or request.raid is None else None
        if request.raid is not None:
            mode = await self.chat.begin_raid(by, slug) if request.raid else await self.chat.end_raid(slug, by)
        return ModeAnswer(mode=mode_view(mode or self.chat.rooms.require(slug).mode))


def _by(socket: Socket) -> AuditActor:
    return AuditActor(socket.actor.id, socket.actor.name, socket.address)
