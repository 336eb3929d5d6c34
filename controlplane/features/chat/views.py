"""Messages as they travel. Pure."""

from collections.abc import Iterator, Sequence
from dataclasses import asdict
from typing import TypeVar

import orjson

from controlplane.db.chat import MessageRow
from controlplane.kernel.chat import ChatMode
from controlplane.protocol.chat import ChatMessage, ChatMessageView, ChatModeView, SendAnswer

PER_EVENT = 50
"""Messages, or ids of messages, of one event: a message may have some kilobytes."""
_Item = TypeVar("_Item")


def message_event(row: MessageRow) -> ChatMessage:
    """Return the event that a message was accepted."""
    return ChatMessage.model_validate(_written(row))


def message_view(row: MessageRow) -> ChatMessageView:
    """Return a message of a list."""
    marks = {"edited": row.edited or None, "held": row.state == "held" or None}
    return ChatMessageView.model_validate(_written(row) | {"at": row.at, "seq": row.seq or None} | marks)


def send_answer(row: MessageRow) -> SendAnswer:
    """Return what the author of a message is answered."""
    held = row.state == "held" or None
    return SendAnswer(id=row.id, at=row.at, seq=row.seq if row.epoch else None, held=held)


def parts(items: Sequence[_Item]) -> Iterator[list[_Item]]:
    """Give messages, or their ids, in parts for one event each."""
    for start in range(0, len(items), PER_EVENT):
        yield [*items[start : start + PER_EVENT]]


def mode_view(mode: ChatMode) -> ChatModeView:
    """Return a chat's mode."""
    return ChatModeView.model_validate(asdict(mode))


def _written(row: MessageRow) -> dict[str, object]:
    return {
        "id": row.id,
        "user": {"id": row.user_id, "name": row.name, "role": row.role},
        "text": row.text,
        "client_id": row.client_id,
        "reply_to": row.reply_to,
        "announcement": row.announcement or None,
        "position": orjson.loads(row.position) if row.position else None,
    }
