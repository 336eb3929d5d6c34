"""The Socket.IO events, both ways, as an AsyncAPI 3 document."""

from collections.abc import Iterable, Mapping

from controlplane.kernel.quotas import Quota
from controlplane.protocol.base import Envelope, Event, Request, Wire
from controlplane.protocol.delivery import AUDIENCES, DELIVERIES, RETENTION, Audience, Delivery, Log
from controlplane.protocol.disconnect import ADVICE, Disconnect
from controlplane.protocol.errors import ErrorBody, Refusal
from controlplane.protocol.reference.examples import example_of
from controlplane.protocol.reference.schemas import TITLE, VERSION, Schema, ref, schemas, summary_of, text_of, use_of
from controlplane.protocol.sockets import EVENT_BYTES, MAX_STATIONS, Connect, ConnectError, SocketProtocol

CHANNEL = {"$ref": "#/channels/socket"}
MISSED = {Log.STREAM: "MissedEvent", Log.CHAT: "MissedChatEvent"}
"""The schemas of what a join's answer brings, by log."""
INTRODUCTION = (
    "Connect with Socket.IO over WebSocket, with an access token as `auth: {token}`. Every request is acknowledged "
    "with `{ok: true, …}`, or with `{ok: false, error}` if it failed. Every event of a station begins with the fields "
    "of an `Envelope`: an ordered one has the next `seq`, and another `epoch` means that events may have been missed. "
    "A field of a request that is null counts as left out. Ignore events and fields that you do not know: later "
    "versions may add some."
)


CONNECTION = (
    "Socket.IO 5 over Engine.IO 4, WebSocket only, in the namespace `/`. "
    f"An event is at most {EVENT_BYTES // 1024} KiB, and a socket follows at most {MAX_STATIONS} stations. "
    "A connection that the server ends is closed with a code that names the reason; in socket.io-client it is "
    "`details.context.code` of `disconnect`. Reconnect after 4000 to 4499, not after 4500 to 4999; 1007 and "
    "1009 are for a frame that is not UTF-8 or over 64 KiB, and any other code, such as 1006, for a failure of the "
    "network: connect again. socket.io-client does so by itself, whatever the code: "
    "call its `disconnect()` where the advice is to stop or to wait."
)


def asyncapi(protocol: SocketProtocol, rates: Mapping[Quota, str]) -> Schema:
    """Return the document, with the rates of the quotas."""
    answers = [request.answer for request in protocol.requests]
    sent: list[type[Wire]] = [*protocol.events, *answers, protocol.snapshot, Envelope, ErrorBody, Refusal, ConnectError]
    components = schemas(sent, [*protocol.requests, Connect])
    components |= _messages(protocol.events)
    for log, missed in MISSED.items():
        components |= _missed(protocol.events, log, missed)
    for request in protocol.requests:
        components |= _acks(request)
    messages = {
        **{event.name: _message(event.name, event, ref(payload_name(event)), components) for event in protocol.events},
        **{
            _key(request, protocol): _message(request.name, request, ref(request.__name__), components)
            for request in protocol.requests
        },
        **{
            f"{request.name}.ack": _message(request.name, request.answer, ref(ack_name(request)), components)
            for request in protocol.requests
        },
    }
    return {
        "asyncapi": "3.0.0",
        "info": {"title": TITLE, "version": VERSION, "description": INTRODUCTION},
        "servers": {"self": {"host": "{host}", "protocol": "ws", "variables": {"host": {"default": "localhost:8080"}}}},
        "channels": {
            "socket": {
                "address": "/socket.io/",
                "description": CONNECTION,
                "messages": messages,
                "x-connect": {"auth": ref(Connect.__name__), "refused": ref(ConnectError.__name__)},
                "x-logs": {
                    log.value: _retention(log) for log in Log if any(event.log is log for event in protocol.events)
                },
                "x-deliveries": {delivery.value: meaning for delivery, meaning in DELIVERIES.items()},
                "x-audiences": {_audience(each): meaning for each, meaning in AUDIENCES.items()},
                "x-disconnects": [_disconnect(reason) for reason in Disconnect],
                "x-advice": {advice.value: meaning for advice, meaning in ADVICE.items()},
            }
        },
        "operations": {
            **{_operation(event.name): _sent(event) for event in protocol.events},
            **{
                _operation(_key(request, protocol)): _received(request, _key(request, protocol), rates)
                for request in protocol.requests
            },
        },
        "components": {"schemas": dict(sorted(components.items()))},
    }


def payload_name(event: type[Event]) -> str:
    """Return the name of the schema of an event as it travels."""
    return event.__name__ if event.log is None else f"{event.__name__}Message"


def ack_name(request: type[Request]) -> str:
    """Return the name of the schema of a request's ack."""
    return f"{request.__name__}Ack"


def _messages(events: Iterable[type[Event]]) -> dict[str, Schema]:
    """Return the schemas of events in their envelope."""
    return {
        payload_name(event): {
            "description": f"`{event.name}` as it travels.",
            "allOf": [ref(Envelope.__name__), ref(event.__name__)],
        }
        for event in events
        if event.log is not None
    }


def _acks(request: type[Request]) -> dict[str, Schema]:
    """Return the schemas of a request's ack, and of the one that says yes."""
    ok = {"description": "Always true.", "const": True, "type": "boolean"}
    done = {"type": "object", "properties": {"ok": ok}, "required": ["ok"]}
    return {
        f"{request.__name__}Done": {
            "description": f"The ack of `{request.name}` that was carried out.",
            "allOf": [done, ref(request.answer.__name__)],
        },
        ack_name(request): {
            "description": f"The ack of `{request.name}`.",
            "oneOf": [ref(f"{request.__name__}Done"), ref(Refusal.__name__)],
        },
    }


def _missed(events: Iterable[type[Event]], log: Log, name: str) -> dict[str, Schema]:
    """Return the schemas of the events of a log that a join's answer brings."""
    ordered = [event for event in events if event.delivery is Delivery.ORDERED and event.log is log]
    single = {
        f"Missed{event.__name__}": {
            "description": f"`{event.name}`, which was missed.",
            "type": "object",
            "properties": {
                "event": {"description": "The name of the event.", "const": event.name, "type": "string"},
                "data": {"description": "Its body, as it was sent.", **ref(payload_name(event))},
            },
            "required": ["event", "data"],
        }
        for event in sorted(ordered, key=lambda event: event.name)
    }
    if not single:
        return {}
    return {**single, name: {"description": "An event that was missed.", "oneOf": [ref(each) for each in single]}}


def _message(name: str, model: type[Wire], payload: Schema, components: dict[str, Schema]) -> Schema:
    return {
        "name": name,
        "summary": summary_of(model),
        "description": text_of(model),
        "payload": payload,
        "examples": [{"payload": example_of(payload, components)}],
    }


def _sent(event: type[Event]) -> Schema:
    audience = [_audience(each) for each in Audience if each in event.audience]
    log = {"x-log": event.log.value} if event.log is not None else {}
    return {
        "action": "send",
        "channel": CHANNEL,
        "messages": [_reference(event.name)],
        "x-delivery": event.delivery.value,
        "x-audience": audience,
        **log,
    }


def _audience(audience: Audience) -> str:
    return str(audience.name).lower()


def _key(request: type[Request], protocol: SocketProtocol) -> str:
    """Return a request's name in the document, where an event may have the same."""
    taken = any(event.name == request.name for event in protocol.events)
    return f"{request.name}.request" if taken else request.name


def _received(request: type[Request], key: str, rates: Mapping[Quota, str]) -> Schema:
    return {
        "action": "receive",
        "channel": CHANNEL,
        "description": use_of(request.permission, request.quota, rates),
        "messages": [_reference(key)],
        "reply": {"channel": CHANNEL, "messages": [_reference(f"{request.name}.ack")]},
        "x-permission": request.permission.value,
        "x-quota": request.quota.value,
    }


def _reference(name: str) -> Schema:
    return {"$ref": f"#/channels/socket/messages/{name}"}


def _operation(key: str) -> str:
    return key.replace(":", "_").replace(".", "_")


def _retention(log: Log) -> Schema:
    kept = RETENTION[log]
    return {"events": kept.events, "seconds": kept.seconds}


def _disconnect(reason: Disconnect) -> Schema:
    return {"reason": reason.label, "code": reason.code, "advice": reason.advice.value, "description": reason.meaning}
