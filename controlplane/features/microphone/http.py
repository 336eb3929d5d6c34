"""The WebSocket of a browser's microphone."""

import asyncio
from dataclasses import dataclass
from typing import TypeVar

import orjson
from aiohttp import WSMsgType, web
from pydantic import ValidationError

from controlplane.access.guard import Guard
from controlplane.features.microphone import slices
from controlplane.features.microphone.service import Microphone, Microphones
from controlplane.kernel.errors import AwazError, InvalidInput, NotFound, TooSlow
from controlplane.kernel.permissions import Permission
from controlplane.kernel.quotas import Quota
from controlplane.protocol.base import Body, Wire
from controlplane.protocol.errors import ErrorBody, explain
from controlplane.protocol.microphone import (
    MAX_SLICE_BYTES,
    NUMBER_BYTES,
    TIME_BYTES,
    MicrophoneAck,
    MicrophoneError,
    MicrophoneHello,
    MicrophoneNote,
    MicrophoneReady,
)
from controlplane.web.routes import API, Call, Route, get

BodyT = TypeVar("BodyT", bound=Body)
HELLO_TIMEOUT_S = 5.0
PING_S = 4.0
"""A line that is gone is noticed after one and a half of these, before the recording ends."""
DONE = "done"
"""The text that ends a recording."""


@dataclass(frozen=True, slots=True)
class MicrophoneRoutes:
    """`stations/{slug}/microphone`."""

    microphones: Microphones
    guard: Guard

    def routes(self) -> list[Route]:
        """List the routes."""
        return [
            get(
                f"{API}/stations/{{slug}}/microphone",
                self.microphone,
                # Browsers send no token with a WebSocket's handshake: it is in the first message.
                permission=Permission.PUBLIC,
                quota=Quota.HANDSHAKE,
                media="",
                status=101,
                held=True,
            )
        ]

    async def microphone(self, call: Call) -> web.StreamResponse:
        """Take a browser's recording as a source of the station, over a WebSocket."""
        self.microphones.stations.get(call.slug)
        socket = web.WebSocketResponse(
            heartbeat=PING_S, max_msg_size=NUMBER_BYTES + TIME_BYTES + MAX_SLICE_BYTES, compress=False
        )
        await socket.prepare(call.request)
        try:
            await self._serve(call, socket)
        except (AwazError, TimeoutError) as error:
            await _send(socket, MicrophoneError(error=ErrorBody.of(self.guard.refusal(error, "microphone"))))
        await socket.close()
        return socket

    async def _serve(self, call: Call, socket: web.WebSocketResponse) -> None:
        hello = await _hello(socket)
        microphone = await self.microphones.connect(call.slug, hello, call.address, socket)
        try:
            awaited = self.microphones.is_awaited(microphone)
            await _send(socket, MicrophoneReady(have=microphone.have, source=microphone.slot, awaited=awaited))
            await self._take_slices(microphone, socket)
        finally:
            self.microphones.disconnected(microphone, socket)

    async def _take_slices(self, microphone: Microphone, socket: web.WebSocketResponse) -> None:
        async for message in socket:
            if microphone.connection is not socket:
                # The same page has connected anew, and what is left on this line came too late.
                return
            if message.type is WSMsgType.TEXT and message.data == DONE:
                await self.microphones.end(microphone)
                return
            if microphone.has_ended:
                raise NotFound("the recording was cut off: begin a new one")
            if message.type is WSMsgType.TEXT:
                self.microphones.note(microphone, _body(MicrophoneNote, message.data))
                continue
            if message.type is not WSMsgType.BINARY:
                raise InvalidInput("slices are binary messages")
            piece = slices.parsed(message.data, timed=microphone.timed)
            have = await microphone.take(piece, self.microphones.clock.monotonic_s())
            await _send(socket, MicrophoneAck(have=have))


async def _hello(socket: web.WebSocketResponse) -> MicrophoneHello:
    try:
        async with asyncio.timeout(HELLO_TIMEOUT_S):
            message = await socket.receive()
    except TimeoutError as error:
        raise TooSlow(f"nothing came within {HELLO_TIMEOUT_S:g} s") from error
    if message.type is not WSMsgType.TEXT:
        raise InvalidInput("the first message must be JSON, with the token")
    return _body(MicrophoneHello, message.data)


def _body(kind: type[BodyT], text: str) -> BodyT:
    try:
        return kind.model_validate(orjson.loads(text))
    except orjson.JSONDecodeError as error:
        raise InvalidInput("a text message is JSON, or `done`") from error
    except ValidationError as error:
        raise InvalidInput(explain(error)) from error


async def _send(socket: web.WebSocketResponse, message: Wire) -> None:
    if not socket.closed:
        await socket.send_str(message.encoded().decode())
