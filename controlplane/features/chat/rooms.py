"""The read model of each station's chat: fed by the broker alone, read by snapshots and before a write."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from controlplane.features.chat.views import mode_view
from controlplane.features.chat.words import WordList
from controlplane.kernel.chat import ChatMode
from controlplane.kernel.errors import NotFound
from controlplane.kernel.stations import StationRow
from controlplane.live.broker import Broker, Entry, LogId, Position, ValueKey
from controlplane.protocol.chat import (
    RECENT_MESSAGES,
    ChatDeleted,
    ChatEdited,
    ChatMessage,
    ChatMessageView,
    ChatModeChanged,
    ChatPart,
    ChatPinned,
    ChatRestored,
    ChatState,
)
from controlplane.protocol.delivery import Log

KEPT = 2 * RECENT_MESSAGES
"""So that there are enough when some are deleted."""


@dataclass(slots=True)
class Room:
    """One station's chat: its newest messages by id, the oldest first."""

    station: StationRow
    mode: ChatMode = field(default_factory=ChatMode)
    pinned: ChatMessageView | None = None
    words: WordList = field(default_factory=WordList)
    messages: dict[str, ChatMessageView] = field(default_factory=dict)

    def put(self, message: ChatMessageView) -> None:
        """Add a message, or one that is shown again."""
        self.messages[message.id] = message
        while len(self.messages) > KEPT:
            del self.messages[next(iter(self.messages))]

    def remove(self, ids: Sequence[str]) -> None:
        """Take messages away that were deleted, also the one that is pinned."""
        for message_id in ids:
            self.messages.pop(message_id, None)
        if self.pinned is not None and self.pinned.id in ids:
            self.pinned = None

    def restore(self, messages: Sequence[ChatMessageView]) -> None:
        """Show messages again, in their old places."""
        restored = {**self.messages, **{message.id: message for message in messages}}
        newest = sorted(restored.values(), key=lambda message: (message.at, message.seq or 0))[-KEPT:]
        self.messages = {message.id: message for message in newest}

    def change_text(self, message_id: str, text: str) -> None:
        """Change the text of a message."""
        change = {"text": text, "edited": True}
        if message_id in self.messages:
            self.messages[message_id] = self.messages[message_id].model_copy(update=change)
        if self.pinned is not None and self.pinned.id == message_id:
            self.pinned = self.pinned.model_copy(update=change)


@dataclass(slots=True)
class ChatRooms:
    """The stations' chats, by slug."""

    broker: Broker
    _rooms: dict[str, Room] = field(default_factory=dict)
    _slugs: dict[str, str] = field(default_factory=dict)

    def put(self, room: Room) -> None:
        """Take a station's chat on, as it is in the database."""
        self._rooms[room.station.slug] = room
        self._slugs[room.station.id] = room.station.slug

    def remove(self, slug: str) -> None:
        """Drop the chat of a station that was removed."""
        room = self._rooms.pop(slug, None)
        if room is not None:
            del self._slugs[room.station.id]

    def stations(self) -> list[StationRow]:
        """List the stations."""
        return [room.station for room in self._rooms.values()]

    def slug_of(self, station_id: str) -> str | None:
        """Return the slug of a station by its id; None if it was removed."""
        return self._slugs.get(station_id)

    def require(self, slug: str) -> Room:
        """Return a station's chat; raise NotFound."""
        room = self._rooms.get(slug)
        if room is None:
            raise NotFound(f"there is no station {slug[:40]!r}")
        return room

    def version(self, slug: str) -> Position:
        """Return what is another one whenever the chat is."""
        return self.broker.position(LogId(slug, Log.CHAT))

    def part(self, slug: str) -> ChatPart:
        """Return the chat's part of a station's snapshot."""
        room, position = self.require(slug), self.version(slug)
        state = ChatState(
            epoch=position.epoch,
            seq=position.seq,
            messages=list(room.messages.values())[-RECENT_MESSAGES:],
            mode=mode_view(room.mode),
            pinned=room.pinned,
        )
        return ChatPart(chat=state)

    def heard(self, log: LogId, entry: Entry) -> None:
        """Take an event of a chat."""
        room = self._rooms.get(log.station)
        if log.kind is Log.CHAT and room is not None:
            _apply(room, entry)

    def began_anew(self, log: LogId, position: Position) -> None:
        """Pass over it: the chat is taken on afterwards."""

    def said(self, key: ValueKey, body: bytes) -> None:
        """Pass over it: nothing of a chat is a last value."""


def _apply(room: Room, entry: Entry) -> None:
    match entry.name:
        case ChatMessage.name:
            fields = ChatMessage.model_validate_json(entry.body).model_dump()
            room.put(ChatMessageView.model_validate(fields | {"at": entry.position.at, "seq": entry.position.seq}))
        case ChatEdited.name:
            edited = ChatEdited.model_validate_json(entry.body)
            room.change_text(edited.id, edited.text)
        case ChatDeleted.name:
            room.remove(ChatDeleted.model_validate_json(entry.body).ids)
        case ChatRestored.name:
            room.restore(ChatRestored.model_validate_json(entry.body).messages)
        case ChatModeChanged.name:
            room.mode = ChatMode(**ChatModeChanged.model_validate_json(entry.body).model_dump(exclude={"by"}))
        case ChatPinned.name:
            room.pinned = ChatPinned.model_validate_json(entry.body).message
