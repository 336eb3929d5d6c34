"""Commands of a chat's moderators, and the events and answers for them."""

from typing import Annotated, Literal

from pydantic import Field
from typing_extensions import TypeAliasType

from controlplane.kernel.chat import LinkRule, Writers
from controlplane.kernel.permissions import Permission
from controlplane.kernel.quotas import Quota
from controlplane.protocol.base import Acknowledged, Answer, Body, Request, Wire, shown_as
from controlplane.protocol.chat import MAX_SLOW_S, ChatMessageView, ChatModeView, GivenId
from controlplane.protocol.moderation import MAX_BAN_S
from controlplane.protocol.types import INTEGRAL, Id, PersonName, Slug, UnixMs, Word

MAX_KEEP_DAYS = 3650


class ChatReport(Request):
    """Report a message to the station's staff; a second report by the same person changes nothing."""

    name = "chat:report"
    permission = Permission.STATION_LISTEN
    quota = Quota.CHAT
    answer = Acknowledged

    station: Slug
    """The station's slug."""
    message: GivenId
    """The message."""
    reason: Annotated[str, Field(max_length=200, examples=["insult"])] = ""
    """The reason."""


ModerateAction = TypeAliasType(
    "ModerateAction",
    Annotated[
        Literal[
            "delete", "delete_all", "timeout", "ban", "unban", "approve", "deny", "pin", "unpin", "dismiss", "undo"
        ],
        Field(
            description="Delete a `message`, or all of a `user`; keep a user from writing (`timeout`) or from the "
            "station (`ban`) for some `seconds`, or end both (`unban`); show or deny a held message; pin a message, or "
            "unpin the pinned one; leave a reported message as it is (`dismiss`); or take back what was done (`undo`)."
        ),
    ],
)


class ModerateAnswer(Answer):
    """The action was carried out."""

    model_config = shown_as({"undo": "b2c4d6e8f0a1b3c5"})

    undo: Annotated[str | None, Field(examples=["b2c4d6e8f0a1b3c5"])] = None
    """Takes it back for five seconds: `{action: "undo", undo: <this>}`. Absent where there is nothing to undo."""


class ChatModerate(Request):
    """Act on a message or a person."""

    name = "chat:moderate"
    permission = Permission.STATION_MODERATE
    quota = Quota.MODERATE
    answer = ModerateAnswer

    station: Slug
    """The station's slug."""
    action: ModerateAction
    """The action."""
    user: Annotated[Word | None, Field(examples=["guest:4f1b0c9d2e7a5f38"])] = None
    """The person it is about."""
    message: GivenId | None = None
    """The message it is about."""
    undo: Annotated[str | None, Field(max_length=64, examples=["b2c4d6e8f0a1b3c5"])] = None
    """The token of what is undone; `message` may carry it as well."""
    seconds: Annotated[int | None, Field(ge=1, le=MAX_BAN_S, examples=[600]), INTEGRAL] = None
    """How long a timeout or ban lasts: a timeout ten minutes without it, a ban until it is lifted."""
    reason: Annotated[str | None, Field(max_length=200, examples=["spam"])] = None
    """The reason, which the person is shown."""


class ModeAnswer(Answer):
    """The mode now."""

    mode: ChatModeView
    """The mode now."""


class ChatSetMode(Request):
    """Change who may write, and how often; what is left out stays as it is."""

    name = "chat:mode"
    permission = Permission.STATION_MODERATE
    quota = Quota.MODERATE
    answer = ModeAnswer

    station: Slug
    """The station's slug."""
    slow_s: Annotated[int | None, Field(ge=0, le=MAX_SLOW_S, examples=[10]), INTEGRAL] = None
    """Seconds between two messages of one person; 0 for none."""
    who: Annotated[Writers | None, Field(examples=["members"])] = None
    """The people who may write."""
    links: Annotated[LinkRule | None, Field(examples=["hold"])] = None
    """Whether messages with a link are shown, wait for a moderator, or are refused."""
    off_air: Annotated[bool | None, Field(examples=[True])] = None
    """Whether people may write while the station is off air."""
    hold_new: Annotated[bool | None, Field(examples=[False])] = None
    """Whether a guest's first message waits for a moderator."""
    raid: Annotated[bool | None, Field(examples=[False])] = None
    """True against a raid: ten minutes of slow mode, members only, and links and new people held; false ends that."""


ListedWord = Annotated[str, Field(min_length=1, max_length=60, examples=["spam*"])]


class ChatSettingsView(Wire):
    """A chat's settings that are not in its mode."""

    words: Annotated[list[str], Field(examples=[["spam*", "buy now"]])]
    """Words and phrases; messages with one of them wait for a moderator. A `*` at the end stands for any ending."""
    keep_days: Annotated[int, Field(ge=1, le=MAX_KEEP_DAYS, examples=[90])]
    """For how many days messages are kept."""
    public: Annotated[bool, Field(examples=[True])]
    """Whether event streams, which need no token, have the chat."""


class ChatSettingsRequest(Body):
    """Change a chat's settings; what is left out stays as it is."""

    words: Annotated[list[ListedWord] | None, Field(max_length=500, examples=[["spam*", "buy now"]])] = None
    """Words and phrases; messages with one of them wait for a moderator. A `*` at the end stands for any ending."""
    keep_days: Annotated[int | None, Field(ge=1, le=MAX_KEEP_DAYS, examples=[90]), INTEGRAL] = None
    """For how many days messages are kept."""
    public: Annotated[bool | None, Field(examples=[True])] = None
    """Whether event streams, which need no token, have the chat."""


class ReportView(Wire):
    """A message that listeners have reported."""

    message: ChatMessageView
    """The message."""
    reasons: Annotated[list[str], Field(examples=[["insult"]])]
    """The reasons that were given."""
    count: Annotated[int, Field(ge=1, examples=[2])]
    """How many people have reported it."""


class ReportsAnswer(Wire):
    """The reported messages that no moderator has looked at."""

    reports: list[ReportView]
    """The messages, the most reported first."""


class SanctionView(Wire):
    """A ban or timeout in force."""

    kind: Annotated[Literal["ban", "timeout"], Field(examples=["timeout"])]
    """Which of them."""
    reason: Annotated[str, Field(examples=["spam"])]
    """The reason; may be empty."""
    made_by: PersonName
    """The name of the person who made it."""
    until: Annotated[int | None, Field(examples=[1767229200000])] = None
    """When it ends, in unix milliseconds; absent if only lifting ends it."""


class PastAction(Wire):
    """An action about a person, from the audit log."""

    at: UnixMs
    """When it was done, in unix milliseconds."""
    action: Annotated[str, Field(examples=["timeout.add"])]
    """The action, as `noun.verb`."""
    by: PersonName
    """The name of the person who did it."""
    reason: Annotated[str, Field(examples=["spam"])] = ""
    """The reason; may be empty."""


class ChatPerson(Wire):
    """Somebody who writes in a station's chat, for those who moderate it."""

    id: Annotated[Id, Field(examples=["guest:4f1b0c9d2e7a5f38"])]
    """The user's or guest's id."""
    name: PersonName
    """The name in this chat."""
    since: UnixMs
    """Since when they write here, in unix milliseconds."""
    messages: Annotated[int, Field(ge=0, examples=[12])]
    """How many messages of theirs are shown."""
    deleted: Annotated[int, Field(ge=0, examples=[1])]
    """How many were deleted or denied."""
    recent: list[ChatMessageView]
    """Their newest messages that are shown, the newest first."""
    sanctions: list[SanctionView]
    """Bans and timeouts in force."""
    actions: list[PastAction]
    """Actions of moderators about them lately, the newest first."""


class HeldAnswer(Wire):
    """The messages that wait for a moderator."""

    messages: list[ChatMessageView]
    """The messages, the oldest first."""
