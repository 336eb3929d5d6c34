"""Dispatch: brings each declared event to its handler, past the guard, and turns what comes of it into an ack."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

from pydantic import ValidationError

from controlplane.access.guard import Guard
from controlplane.kernel.errors import AwazError, InvalidInput, Unauthenticated, UnknownEvent
from controlplane.kernel.quotas import Quota
from controlplane.live.sockets.connected import ConnectedSockets
from controlplane.live.sockets.rooms import Socket
from controlplane.protocol.accounts import AuthRefresh
from controlplane.protocol.base import Answer, DeclarationError, EncodedAnswer, Request, check_request
from controlplane.protocol.errors import ErrorBody, Refusal, explain

SocketHandler = Callable[[Socket, Any], Awaitable[Answer | EncodedAnswer]]
"""Answers a request of a socket."""


@dataclass(slots=True)
class Dispatcher:
    """The declared events, and who answers them."""

    guard: Guard
    connected: ConnectedSockets
    timeout_s: float
    _handlers: dict[str, tuple[type[Request], SocketHandler]] = field(default_factory=dict)

    def answer(self, request: type[Request], handler: SocketHandler) -> None:
        """Have a request answered; raise DeclarationError if it is not declared as it must be, or twice."""
        check_request(request)
        other, _ = self._handlers.setdefault(request.name, (request, handler))
        if other is not request:
            raise DeclarationError(f"{request.__name__} and {other.__name__} are both called {request.name}")

    async def dispatch(self, sid: str, name: object, arguments: list[object]) -> bytes:
        """Return the ack of an event."""
        found = self._handlers.get(name) if isinstance(name, str) else None
        if found is None:
            return await self.reject(sid, UnknownEvent("there is no such event"))
        request, handler = found
        try:
            async with asyncio.timeout(self.timeout_s):
                socket = self._socket(sid)
                asked = await self._admit(socket, request, arguments)
                return _acknowledged(await handler(socket, asked))
        except Exception as error:  # noqa: BLE001 - the guard turns our own faults into acks
            return _failed(self.guard.refusal(error, "event", request.name))

    async def reject(self, sid: str, error: AwazError) -> bytes:
        """Return the ack of what is no declared event, which counts like one."""
        try:
            socket = self._socket(sid)
            await self.guard.count(Quota.CONTROL, user=socket.actor.id, address=socket.address)
        except AwazError as refused:
            return _failed(refused)
        return _failed(error)

    def _socket(self, sid: str) -> Socket:
        socket = self.connected.get(sid)
        if socket is None:
            raise Unauthenticated("connect first")
        return socket

    async def _admit(self, socket: Socket, request: type[Request], arguments: list[object]) -> Request:
        # Counted before anything is looked at, so that a wrong body costs as much as a right one.
        await self.guard.count(request.quota, user=socket.actor.id, address=socket.address)
        if socket.access_ended:
            raise Unauthenticated("connect again")
        if socket.closes_at is not None and request is not AuthRefresh:
            raise Unauthenticated("the token has expired: send auth:refresh")
        asked = _read(request, arguments)
        await self.guard.permit(socket.actor, request.permission, request.quota, getattr(asked, "station", None))
        return asked


def _read(request: type[Request], arguments: list[object]) -> Request:
    if len(arguments) > 1:
        raise InvalidInput("an event has one body")
    try:
        return request.model_validate(arguments[0] if arguments and arguments[0] is not None else {})
    except ValidationError as error:
        raise InvalidInput(explain(error)) from error


def _acknowledged(answer: Answer | EncodedAnswer) -> bytes:
    body = answer.encoded()
    return b'{"ok":true}' if body == b"{}" else b'{"ok":true,' + body[1:]


def _failed(error: AwazError) -> bytes:
    return Refusal(error=ErrorBody.of(error)).encoded()
