"""What every message is made of: frozen, strict, and declared once. A class's docstring is its documentation.

Outbound station events travel in an envelope `{station, epoch, seq, at}` that the hub adds: `epoch` changes when
history is lost, `seq` rises by one with each ordered event of that station's log, `at` is server time in unix
milliseconds.
"""

from dataclasses import dataclass
from typing import Any, ClassVar, Literal

from pydantic import BaseModel, ConfigDict, model_validator

from controlplane.kernel.permissions import Permission
from controlplane.kernel.quotas import Quota
from controlplane.protocol.delivery import Audience, Delivery, Log
from controlplane.protocol.types import Epoch, Seq, Slug, UnixMs


class Wire(BaseModel):
    """A frozen message part that refuses unknown fields; absent optional fields are left out on the wire."""

    model_config = ConfigDict(
        frozen=True,
        extra="forbid",
        allow_inf_nan=False,
        use_attribute_docstrings=True,
        json_schema_serialization_defaults_required=True,
    )

    def wire(self) -> dict[str, Any]:
        """Return the JSON object that travels."""
        return self.model_dump(mode="json", exclude_none=True)

    def encoded(self) -> bytes:
        """Return the JSON object as bytes."""
        return self.__pydantic_serializer__.to_json(self, exclude_none=True)


class Done(Wire):
    """The request was carried out."""

    ok: Literal[True] = True
    """Always true: a request that failed is answered with an error."""


class Envelope(Wire):
    """The fields in front of every event of a station."""

    station: Slug
    """The station's slug."""
    epoch: Epoch
    """The unbroken run of the log: another one means that events may have been missed."""
    seq: Seq
    """The position in the log: the event's own if it is ordered, else the newest one."""
    at: UnixMs
    """When it was sent, in unix milliseconds by the server's clock."""


def shown_as(example: dict[str, Any]) -> ConfigDict:
    """Return the configuration of a model with its own example, where all its optional fields never travel together."""
    return ConfigDict(json_schema_extra={"examples": [example]})


KEEPS_NULLS = "x-keeps-nulls"
"""Marks a schema of a foreign shape, whose nulls travel."""
ENVELOPE = frozenset(Envelope.model_fields)


class Event(Wire):
    """A message to clients, which declares its delivery, its audience and its log."""

    name: ClassVar[str]
    delivery: ClassVar[Delivery]
    audience: ClassVar[Audience]
    log: ClassVar[Log | None] = None

    @property
    def subject(self) -> str:
        """What a `LATEST` event is the newest value of, where its room has several of them."""
        return ""


class SocketEvent(Event):
    """A message to one socket about itself."""

    delivery = Delivery.TRANSIENT
    audience = Audience.SOCKET


class Answer(Wire):
    """What a request of a socket is answered with: the fields of its ack beside `ok: true`."""


class Acknowledged(Answer):
    """The request was carried out; there is nothing more to say."""


@dataclass(frozen=True, slots=True)
class EncodedAnswer:
    """An answer whose JSON object is there already, since parts of it are kept as bytes."""

    body: bytes

    def encoded(self) -> bytes:
        """Return the JSON object as bytes."""
        return self.body


class Body(Wire):
    """The body of a client's request, of exactly the types that the reference names: `true` is no number."""

    model_config = ConfigDict(strict=True)

    @model_validator(mode="before")
    @classmethod
    def _leave_out_nulls(cls, body: object) -> object:
        """Take a field that is null as left out, as many languages write it."""
        return {name: value for name, value in body.items() if value is not None} if isinstance(body, dict) else body


class Request(Body):
    """A message from a client, answered with an ack `{ok: true, …}` or `{ok: false, error: {…}}`."""

    name: ClassVar[str]
    permission: ClassVar[Permission]
    quota: ClassVar[Quota]
    answer: ClassVar[type[Answer]]


class DeclarationError(TypeError):
    """A route, request, event or part of a snapshot does not declare what it must."""


def check_event(event: type[Event]) -> None:
    """Raise DeclarationError naming what is missing or contradictory in an event's declaration.

    An ordered event is for a whole room, whose clients would miss its seq otherwise. A last value is for one
    audience: a client in two rooms would be sent it twice.
    """
    _require(event, [name for name in ("name", "delivery", "audience") if not hasattr(event, name)])
    ordered, latest = event.delivery is Delivery.ORDERED, event.delivery is Delivery.LATEST
    if event.log is None and (ordered or event.audience & (Audience.ROOM | Audience.CHAT | Audience.STAFF)):
        _require(event, ["log"])
    problems = {
        "is an ordered event that is not for the whole room": ordered
        and not event.audience & (Audience.ROOM | Audience.CHAT),
        "is a last value for more than one audience": latest and len(event.audience) > 1,
        "is for one socket, and not transient and for it alone": Audience.SOCKET in event.audience
        and (event.audience is not Audience.SOCKET or event.delivery is not Delivery.TRANSIENT),
        "has a field of the envelope": event.log is not None and not event.model_fields.keys().isdisjoint(ENVELOPE),
    }
    for problem, found in problems.items():
        if found:
            raise DeclarationError(f"{event.__name__} {problem}")


def check_request(request: type[Request]) -> None:
    """Raise DeclarationError naming what a request does not declare: its name, permission, quota or answer.

    One that needs a permission at a station must have the station in `station`, where bans and quotas look for it.
    """
    kinds = {"name": str, "permission": Permission, "quota": Quota, "answer": type}
    _require(request, [name for name, kind in kinds.items() if not isinstance(getattr(request, name, None), kind)])
    if request.permission.at_station and "station" not in request.model_fields:
        raise DeclarationError(f"{request.__name__} needs {request.permission} and has no field called station")


def _require(message: type[Wire], missing: list[str]) -> None:
    if missing:
        raise DeclarationError(f"{message.__name__} declares no {' and no '.join(missing)}")
