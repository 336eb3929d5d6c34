"""The `chat:*` requests of sockets."""

from dataclasses import dataclass

from controlplane.features.chat import commands
from controlplane.features.chat.moderator import Moderator
from controlplane.features.chat.modes import Modes
from controlplane.features.chat.people import ChatPeople
from controlplane.features.chat.runner import CommandRunner
from controlplane.features.chat.service import Chat
from controlplane.features.chat.views import mode_view, send_answer
from controlplane.kernel.audit import AuditActor
from controlplane.live.sockets.rooms import Socket
from controlplane.protocol.base import Acknowledged
from controlplane.protocol.chat import ChatDelete, ChatEdit, ChatSend, SendAnswer
from controlplane.protocol.chat_moderation import ChatModerate, ChatReport, ChatSetMode, ModeAnswer, ModerateAnswer


@dataclass(frozen=True, slots=True)
class ChatHandlers:
    """Handlers of those requests."""

    chat: Chat
    modes: Modes
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
        await self.moderator.delete(socket.actor, _by(socket), request.station, request.id)
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
        changes = request.model_dump(exclude={"station", "raid"}, exclude_none=True)
        mode = await self.modes.change(_by(socket), request.station, changes, raid=request.raid)
        return ModeAnswer(mode=mode_view(mode))


def _by(socket: Socket) -> AuditActor:
    return AuditActor(socket.actor.id, socket.actor.name, socket.address)
