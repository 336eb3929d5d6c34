"""Following a station: joining it, leaving it, and the heartbeat."""

from typing import Annotated

import orjson
from pydantic import ConfigDict, Field, JsonValue, StrictFloat, StrictInt, WithJsonSchema

from controlplane.kernel.permissions import Permission
from controlplane.kernel.quotas import Quota
from controlplane.protocol.base import Acknowledged, Answer, EncodedAnswer, Request, Wire
from controlplane.protocol.types import INTEGRAL, MAX_WHOLE, Epoch, Seq, Slug, UnixMs


class ChatPosition(Wire):
    """A position in the chat's log."""

    model_config = ConfigDict(strict=True)

    epoch: Annotated[Epoch, Field(max_length=64)]
    """The epoch that was seen last."""
    last_seq: Annotated[Seq, Field(le=MAX_WHOLE, examples=[41]), INTEGRAL]
    """The seq that was seen last."""


class ChatRecovery(Wire):
    """What was missed of the chat."""

    recovered: Annotated[bool, Field(examples=[True])]
    """Whether `missed` has every event since the position that was sent. If not, the snapshot's chat is the truth."""
    missed: list[Annotated[JsonValue, WithJsonSchema({"x-component": "MissedChatEvent"})]]
    """The events of the chat after the position that was sent, in order."""
    epoch: Epoch
    """The unbroken run of the chat's log."""
    seq: Seq
    """The seq of its newest event."""


class JoinAnswer(Answer):
    """The station as it is now, and what was missed."""

    recovered: Annotated[bool, Field(examples=[True])]
    """Whether `missed` has every event since the position that was sent. If not, the snapshot is the truth."""
    snapshot: Annotated[JsonValue, WithJsonSchema({"x-component": "Snapshot"})]
    """The station, true after the newest event of its log."""
    missed: list[Annotated[JsonValue, WithJsonSchema({"x-component": "MissedEvent"})]]
    """The events after the position that was sent, in order."""
    chat: ChatRecovery | None = None
    """What was missed of the chat; absent if no position of it was sent."""

    @staticmethod
    def of(snapshot: bytes, missed: list[bytes] | None, chat: dict[str, object] | None) -> EncodedAnswer:
        """Put an answer together from JSON objects; `missed` is None where the history does not reach back."""
        answer = {**recovery(missed), "snapshot": orjson.Fragment(snapshot)}
        return EncodedAnswer(orjson.dumps(answer | ({"chat": chat} if chat is not None else {})))


def recovery(missed: list[bytes] | None) -> dict[str, object]:
    """Return `recovered` and `missed` of an answer, from events as JSON objects; None where they are not known."""
    return {"recovered": missed is not None, "missed": [orjson.Fragment(each) for each in missed or ()]}


class HeartbeatAnswer(Answer):
    """The server's clock, and the positions that the client should have reached."""

    t: Annotated[StrictInt | StrictFloat, Field(examples=[1767225600000])]
    """The `t` of the request, unchanged."""
    server_time: UnixMs
    """The server's clock in unix milliseconds."""
    seqs: Annotated[dict[Slug, Seq], Field(examples=[{"awaz": 42}])]
    """The newest seq that was delivered, of each station that the socket follows."""
    chat_seqs: Annotated[dict[Slug, Seq], Field(examples=[{"awaz": 107}])]
    """The same of the chats' logs."""


class StreamJoin(Request):
    """Follow a station; with the `epoch` and `last_seq` that were seen last, the answer has the missed events."""

    name = "stream:join"
    permission = Permission.STATION_LISTEN
    quota = Quota.JOIN
    answer = JoinAnswer

    station: Slug
    """The station's slug."""
    epoch: Annotated[Epoch | None, Field(max_length=64, examples=["9f86d081884c7d65"])] = None
    """The epoch that was seen last."""
    last_seq: Annotated[Seq | None, Field(le=MAX_WHOLE, examples=[41]), INTEGRAL] = None
    """The seq that was seen last."""
    chat: ChatPosition | None = None
    """The same of the chat's log."""


class StreamLeave(Request):
    """Stop following a station."""

    name = "stream:leave"
    permission = Permission.STATION_LISTEN
    quota = Quota.CONTROL
    answer = Acknowledged

    station: Slug
    """The station's slug."""


class StreamHeartbeat(Request):
    """Keep-alive, clock exchange, gap detection and the listener's own quality report in one."""

    name = "stream:heartbeat"
    permission = Permission.STATION_LISTEN
    quota = Quota.CONTROL
    answer = HeartbeatAnswer

    t: Annotated[StrictInt | StrictFloat, Field(examples=[1767225600000])]
    """The client's clock; the ack repeats it."""
    station: Slug | None = None
    """The station that the report is about: `latency_ms`, `buffer_ms`, `stalls`, `sync_error_ms` and `mode`."""
    latency_ms: Annotated[float | None, Field(ge=0, examples=[8200])] = None
    """How long after it was on the mount the listener hears it, in milliseconds."""
    buffer_ms: Annotated[float | None, Field(ge=0, examples=[4000])] = None
    """The audio in the player's buffer, in milliseconds."""
    stalls: Annotated[int | None, Field(ge=0, le=MAX_WHOLE, examples=[1]), INTEGRAL] = None
    """The number of stalls since playing began."""
    sync_error_ms: Annotated[float | None, Field(examples=[-12.5])] = None
    """How far what is heard is from what is to be heard in sync, in milliseconds."""
    mode: Annotated[str | None, Field(max_length=32, examples=["synced"])] = None
    """How it is played: `synced`, `approximate`, or in the player's own words."""
