"""Puts the chat feature together."""

from datetime import timedelta

import structlog

from controlplane.features.chat.history import History
from controlplane.features.chat.http import ChatRoutes
from controlplane.features.chat.moderator import Moderator
from controlplane.features.chat.modes import Modes
from controlplane.features.chat.names import Names
from controlplane.features.chat.people import ChatPeople
from controlplane.features.chat.rooms import ChatRooms
from controlplane.features.chat.runner import CommandRunner
from controlplane.features.chat.service import Chat
from controlplane.features.chat.sockets import ChatHandlers
from controlplane.features.chat.undo import Undos
from controlplane.features.chat.writer import MessageWriter
from controlplane.features.moderation.service import Moderation
from controlplane.features.onair.read_model import ReadModel
from controlplane.kernel.errors import Upstream
from controlplane.kit import CalendarJob, Feature, Kit, PersonalData, Timer
from controlplane.live.snapshots import SnapshotPart
from controlplane.protocol import chat as protocol
from controlplane.protocol import chat_moderation as moderation_protocol
from controlplane.protocol.sync import HeardBy

log = structlog.get_logger()

MARK_INTERVAL_S = 0.2
SWEEP_INTERVAL_S = 2.0
RAID_INTERVAL_S = 5.0
RETENTION_INTERVAL = timedelta(hours=1)


def build_chat(kit: Kit, read_model: ReadModel, heard_by: HeardBy) -> Chat:
    """Return the service, which takes on the stations as they come."""

    def is_on_air(slug: str) -> bool:
        known = read_model.get(slug)
        return known is not None and known.broadcast is not None

    rooms = ChatRooms(kit.broker)
    kit.broker.attach(rooms)
    writer = MessageWriter(kit.engine, kit.hub, Names(), rooms.slug_of, kit.clock)
    return Chat(kit.engine, kit.hub, rooms, writer, kit.event_streams, is_on_air, heard_by, kit.clock)


def build(kit: Kit, chat: Chat, moderation: Moderation, read_model: ReadModel) -> Feature:
    """Build the feature around its service."""
    modes = Modes(kit.engine, kit.hub, chat.rooms, kit.event_streams, kit.clock)
    history = History(kit.engine, chat.rooms, chat.writer, kit.clock)
    moderator = Moderator(kit.engine, kit.hub, chat, history, moderation, kit.clock, Undos(kit.clock))
    people = ChatPeople(kit.engine, kit.hub, chat.rooms, kit.clock)
    runner = CommandRunner(chat, modes, moderator, people, read_model)
    handlers = ChatHandlers(chat, modes, moderator, runner, people)

    async def access_changed() -> None:
        chat.writer.names.forget()

    async def delete_old() -> None:
        try:
            await history.delete_old()
        except Upstream as error:
            log.warning("retention_failed", reason=str(error))

    kit.guard.authenticator.cache.on_change(access_changed)
    return Feature(
        name="chat",
        service=chat,
        routes=ChatRoutes(history, modes, people).routes(),
        requests=[
            (protocol.ChatSend, handlers.send),
            (protocol.ChatEdit, handlers.edit),
            (protocol.ChatDelete, handlers.delete),
            (moderation_protocol.ChatReport, handlers.report),
            (moderation_protocol.ChatModerate, handlers.moderate),
            (moderation_protocol.ChatSetMode, handlers.set_mode),
        ],
        events=protocol.EVENTS,
        snapshot_parts=[SnapshotPart(protocol.ChatPart, chat.rooms.version, chat.rooms.part)],
        tasks=[chat.writer.run],
        timers=[
            Timer("chat positions", MARK_INTERVAL_S, chat.writer.mark),
            Timer("chat sweep", SWEEP_INTERVAL_S, chat.writer.sweep),
            Timer("ends of raids", RAID_INTERVAL_S, modes.end_raids),
        ],
        calendar=[CalendarJob("chat retention", RETENTION_INTERVAL, delete_old)],
        finish=[chat.writer.mark],
        personal=[PersonalData("chat", people.export, people.erase)],
    )
