"""The chat: messages, its mode, and what moderators do."""

from typing import Annotated, Literal

from pydantic import Field
from typing_extensions import TypeAliasType

from controlplane.kernel.chat import LinkRule, Writers
from controlplane.kernel.permissions import Permission
from controlplane.kernel.quotas import Quota
from controlplane.protocol.base import Acknowledged, Answer, Event, Request, Wire, shown_as
from controlplane.protocol.delivery import Audience, Delivery, Log
from controlplane.protocol.paging import Page, PageQuery
from controlplane.protocol.sync import AudioPositionView, LagMs
from controlplane.protocol.types import Epoch, Id, PersonName, Seq, Slug, UnixMs, Word

RECENT_MESSAGES = 50
"""Messages in a snapshot."""
MAX_SLOW_S = 600
UUID = "^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$"

ClientId = Annotated[str, Field(pattern=UUID, examples=["2f1d7c1e-8a0b-4c55-9d0e-6a3f5b7c9d10"])]
MessageId = Annotated[str, Field(examples=["7d9b3c52e1a07f4b869d3c52e1a07f4b"])]
GivenId = Annotated[
    str, Field(pattern=r"^[^\x00-\x1f\x7f]*$", max_length=32, examples=["7d9b3c52e1a07f4b869d3c52e1a07f4b"])
]
Text = Annotated[str, Field(examples=["What a voice! @Sara"])]

ChatRole = TypeAliasType(
    "ChatRole",
    Annotated[
        Literal["admin", "owner", "host", "moderator", "listener", "user", "guest"],
        Field(
            description="A person's role where they write: that at the station if they have one, else that on the "
            "platform. It is given by the server, and does not follow from a name."
        ),
    ],
)


class ChatUser(Wire):
    """The author of a message."""

    id: Annotated[Id, Field(examples=["guest:4f1b0c9d2e7a5f38"])]
    """The user's or guest's id."""
    name: PersonName
    """The name in this chat, which nobody else has there, nor one that looks like it."""
    role: ChatRole
    """The role here."""


class _Written(Wire):
    id: MessageId
    """The id of the message."""
    user: ChatUser
    """The author."""
    text: Text
    """Plain text on one line."""
    client_id: ClientId
    """The id that the author's client gave it."""
    reply_to: MessageId | None = None
    """The message that it answers."""
    announcement: Literal[True] | None = None
    """True for an announcement of the station's staff."""
    position: AudioPositionView | None = None
    """The frame that its author heard when it was written; absent if they did not listen, or it is not known."""


class ChatMessageView(_Written):
    """A message, in a list."""

    model_config = shown_as(
        {
            "id": "7d9b3c52e1a07f4b869d3c52e1a07f4b",
            "user": {"id": "guest:4f1b0c9d2e7a5f38", "name": "Bilal", "role": "guest"},
            "text": "What a voice! @Sara",
            "client_id": "2f1d7c1e-8a0b-4c55-9d0e-6a3f5b7c9d10",
            "at": 1767225600000,
            "seq": 42,
        }
    )

    at: UnixMs
    """When it was shown, in unix milliseconds; when it was written, while it is held."""
    seq: Seq | None = None
    """Its seq in the chat's log, which orders messages of the same `at`; absent while it is held."""
    edited: Literal[True] | None = None
    """True if its text was changed."""
    held: Literal[True] | None = None
    """True while it waits for a moderator."""


class ChatModeView(Wire):
    """Who may write, and how often."""

    slow_s: Annotated[int, Field(ge=0, le=MAX_SLOW_S, examples=[10])] = 0
    """Seconds between two messages of one person; 0 for none."""
    who: Annotated[Writers, Field(examples=["everybody"])] = "everybody"
    """Who may write: everybody, `members` with an account, or the station's moderators, hosts and owners."""
    links: Annotated[LinkRule, Field(examples=["hold"])] = "allow"
    """Messages with a link are shown, wait for a moderator, or are refused."""
    off_air: bool = True
    """Whether people may write while the station is off air."""
    hold_new: bool = False
    """Whether a guest's first message waits for a moderator."""
    raid_until: UnixMs | None = None
    """When a mode against a raid ends, in unix milliseconds; absent if there is none."""


class ChatState(Wire):
    """The chat of a station, true after `seq` of `epoch`."""

    epoch: Epoch
    """The unbroken run of the chat's log."""
    seq: Seq
    """The seq of its newest event."""
    messages: list[ChatMessageView]
    """The newest messages, the oldest of them first."""
    mode: ChatModeView
    """Who may write, and how often."""
    pinned: ChatMessageView | None = None
    """The message that is pinned."""


class ChatPart(Wire):
    """A snapshot's fields about the chat."""

    chat: ChatState | None = None
    """The chat; absent in the data of a page, in event streams of banned readers, and in all while it is not public."""


class _ChatEvent(Event):
    """An event of the chat's own log."""

    delivery = Delivery.ORDERED
    audience = Audience.CHAT
    log = Log.CHAT


class ChatMessage(_Written, _ChatEvent):
    """A message was accepted. It reaches its author in the same way."""

    name = "chat:message"


class ChatEdited(_ChatEvent):
    """The text of a message was changed."""

    name = "chat:edited"

    id: MessageId
    """The message."""
    text: Text
    """Its text now."""


class ChatDeleted(_ChatEvent):
    """Messages were deleted."""

    name = "chat:deleted"

    ids: list[MessageId]
    """The messages."""
    by: PersonName | None = None
    """The moderator who deleted them; absent if their author did."""


class ChatRestored(_ChatEvent):
    """Messages are shown again, in their old places: a moderator took their deletion back."""

    name = "chat:restored"

    messages: list[ChatMessageView]
    """The messages."""


class ChatModeChanged(ChatModeView, _ChatEvent):
    """The mode of the chat was changed."""

    name = "chat:mode"

    by: PersonName | None = None
    """The name of the person who changed it; absent where its time was over."""


class ChatPinned(_ChatEvent):
    """A message was pinned, or unpinned."""

    name = "chat:pinned"

    id: MessageId | None = None
    """The message that is pinned now; absent if none is."""
    message: ChatMessageView | None = None
    """That message."""


class ChatHeld(Event):
    """A message waits for a moderator."""

    name = "chat:held"
    delivery = Delivery.TRANSIENT
    audience = Audience.STAFF
    log = Log.CHAT

    message: ChatMessageView
    """The message."""


class ChatSettled(Event):
    """A held message was approved or denied, or its author deleted it."""

    name = "chat:settled"
    delivery = Delivery.TRANSIENT
    audience = Audience.STAFF
    log = Log.CHAT

    ids: list[MessageId]
    """The messages that wait no longer."""


class ChatReported(Event):
    """A listener has reported a message."""

    name = "chat:report"
    delivery = Delivery.TRANSIENT
    audience = Audience.STAFF
    log = Log.CHAT

    message: ChatMessageView
    """The message."""
    reason: Annotated[str, Field(examples=["insult"])]
    """The reason; may be empty."""
    by: PersonName
    """The name of the person who reported it."""


class SendAnswer(Answer):
    """The message is committed, or the command carried out."""

    model_config = shown_as({"id": "7d9b3c52e1a07f4b869d3c52e1a07f4b", "at": 1767225600000, "seq": 42})

    id: MessageId | None = None
    """The id of the message; absent for a command that writes none."""
    at: UnixMs
    """When it was shown, in unix milliseconds; when it was written, if it is held."""
    seq: Seq | None = None
    """Its seq in the chat's log; absent if it is held, or is published later."""
    held: Literal[True] | None = None
    """True if it waits for a moderator, and nobody else sees it yet."""
    reply: Annotated[str | None, Field(examples=["Chirag – The Lamps"])] = None
    """What a command says, for its author alone, in English; in several lines."""
    undo: Annotated[str | None, Field(examples=["b2c4d6e8f0a1b3c5"])] = None
    """Takes a moderator's command back for five seconds, as that of `chat:moderate` does."""


class ChatSend(Request):
    """Write a message. The same `client_id` again is the same message and the same answer.

    A text that begins with a slash is a command, such as `/np`; `/help` lists those that one may use. A message that is
    to begin with a slash has it twice.
    """

    name = "chat:send"
    permission = Permission.STATION_LISTEN
    quota = Quota.CHAT
    answer = SendAnswer

    station: Slug
    """The station's slug."""
    text: Text
    """The text: at most 500 characters as people count them, on one line."""
    client_id: ClientId
    """A UUID that the client makes for the message."""
    reply_to: GivenId | None = None
    """The message that it answers."""
    lag_ms: LagMs = None
    """How long after it was on the mount the author hears it, in milliseconds; left out by those who do not listen."""


class ChatEdit(Request):
    """Change the text of one's own message: within five minutes, and at any time as one of the staff."""

    name = "chat:edit"
    permission = Permission.STATION_LISTEN
    quota = Quota.CHAT
    answer = Acknowledged

    station: Slug
    """The station's slug."""
    id: GivenId
    """The message."""
    text: Text
    """The new text."""


class ChatDelete(Request):
    """Delete one's own message, or as a moderator anybody's."""

    name = "chat:delete"
    permission = Permission.STATION_LISTEN
    quota = Quota.CHAT
    answer = Acknowledged

    station: Slug
    """The station's slug."""
    id: GivenId
    """The message."""


class ChatQuery(PageQuery):
    """A page of messages, before or after one of them."""

    before: Annotated[Word | None, Field(examples=["7d9b3c52e1a07f4b869d3c52e1a07f4b"])] = None
    """Messages before this one, the newest first; without it and `after`, the newest of all."""
    after: Annotated[Word | None, Field(examples=["7d9b3c52e1a07f4b869d3c52e1a07f4b"])] = None
    """Messages after this one, the oldest first."""


class ChatMessages(Page[ChatMessageView]):
    """Messages of a station."""

    next: Annotated[str | None, Field(examples=["7d9b3c52e1a07f4b869d3c52e1a07f4b"])] = None
    """The `before` of the next page, or its `after` where that was given; absent on the last one."""


EVENTS: tuple[type[Event], ...] = (
    ChatMessage,
    ChatEdited,
    ChatDeleted,
    ChatRestored,
    ChatModeChanged,
    ChatPinned,
    ChatHeld,
    ChatSettled,
    ChatReported,
)
