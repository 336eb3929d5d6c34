"""Socket.IO packets as text (protocol 5), read with suspicion: declared shapes, strict JSON, nothing binary."""

import re
from typing import Any

import orjson
from socketio import packet

from controlplane.protocol.sockets import EVENT_BYTES

NAMESPACE = "/"
FRAME_BYTES = 64 * 1024
_EVENT_START = re.compile(r"2(\d{0,9})\[", re.ASCII)
_PACKET_START = re.compile(r"\d(\d+-)?(/[^,]*,)?\d*", re.ASCII)


class Json:
    """Strict and fast: no NaN, no lone surrogates, no number beyond 64 bits, no bottomless nesting."""

    @staticmethod
    def loads(text: str) -> Any:  # noqa: ANN401 - whatever was sent
        """Read JSON; raise ValueError."""
        return orjson.loads(text)

    @staticmethod
    def dumps(value: object, **_options: object) -> str:
        """Write JSON."""
        return orjson.dumps(value).decode()


class Packet(packet.Packet):
    """The library's packet, with our JSON and nothing binary."""

    uses_binary_events = False
    json = Json


def is_too_large(text: str) -> bool:
    """Say whether a packet is over `EVENT_BYTES`."""
    return len(text) > EVENT_BYTES or len(text.encode(errors="replace")) > EVENT_BYTES


def event_ack(text: str) -> tuple[bool, int | None]:
    """Say whether a packet that is too large to read is an event, and which ack it asks for."""
    start = _EVENT_START.match(text)
    return start is not None, int(start[1]) if start is not None and start[1] else None


def read(text: str) -> Packet | None:
    """Read a packet; None for what is not one."""
    start = _PACKET_START.match(text)
    # The library takes the digits of other scripts for the number of an ack, too.
    if start is None or text[start.end() : start.end() + 1].isdigit():
        return None
    try:
        return Packet(encoded_packet=text)
    except (ValueError, IndexError, RecursionError):
        return None


def is_event(received: packet.Packet) -> bool:
    """Say whether a packet is an EVENT as the protocol has it: a list that is not empty, without attachments."""
    named = isinstance(received.data, list) and bool(received.data)
    return received.packet_type == packet.EVENT and named and not received.attachment_count


def event_text(name: str, body: bytes) -> bytes:
    """Return an EVENT in an Engine.IO message, with the body as it is."""
    return b"42[" + orjson.dumps(name) + b"," + body + b"]"


def ack_text(number: int, body: bytes) -> bytes:
    """Return an ACK in an Engine.IO message, with the body as it is."""
    return b"43%d[%b]" % (number, body)
