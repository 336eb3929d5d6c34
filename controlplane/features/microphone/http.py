"""The WebSocket of a browser's microphone."""

import asyncio
from dataclasses import dataclass

import orjson
from aiohttp import WSMsgType, web
from pydantic import ValidationError

from controlplane.access.guard import Guard
from controlplane.features.microphone import slices
from controlplane.features.microphone.service import Microphone, Microphones
from controlplane.kernel.errors import AwazError, InvalidInput, NotFound, TooSlow
from controlplane.kernel.permissions import Permission
from controlplane.kernel.quotas import Quota
from controlplane.protocol.base import Wire
from controlplane.protocol.errors import ErrorBody, explain
from controlplane.protocol.microphone import (
    MAX_SLICE_BYTES,
    NUMBER_BYTES,
    MicrophoneAck,
    MicrophoneError,
    MicrophoneHello,
    MicrophoneReady,
)
from controlplane.web.routes import API, Call, Route, get

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
        socket = web.WebSocketResponse(heartbeat=PING_S, max_msg_size=NUMBER_BYTES + MAX_SLICE_BYTES, compress=False)
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
            await _send(socket, MicrophoneReady(have=microphone.have, source=microphone.slot))
            await self._take_slices(microphone, socket)
        finally:
            self.microphones.disconnected(microphone, socket)

    async def _take_slices(self, microphone: Microphone, socket: web.WebSocketResponse) -> None:
        async for message in socket:
            if message.type is WSMsgType.TEXT and message.data == DONE:
                await self.microphones.end(microphone)
                return
            if message.type is not WSMsgType.BINARY:
                raise InvalidInput("slices are binary messages")
            if microphone.connection is not socket:
                # The same page has connected anew, and what is left on this line came too late.
                return
            if microphone.remux.has_ended:
                raise NotFound("the recording was cut off: begin a new one")
            await _send(socket, MicrophoneAck(have=await microphone.take(*slices.numbered(message.data))))


async def _hello(socket: web.WebSocketResponse) -> MicrophoneHello:
    try:
        async with asyncio.timeout(HELLO_TIMEOUT_S):
            message = await socket.receive()
    except TimeoutError as error:
        raise TooSlow(f"nothing came within {HELLO_TIMEOUT_S:g} s") from error
    if message.type is not WSMsgType.TEXT:
        raise InvalidInput("the first message must be JSON, with the token")
    try:
        return MicrophoneHello.model_validate(orjson.loads(message.data))
    except orjson.JSONDecodeError as error:
        raise InvalidInput("the first message is not JSON") from error
    except ValidationError as error:
        raise InvalidInput(explain(error)) from error


async def _send(socket: web.WebSocketResponse, message: Wire) -> None:
    if not socket.closed:
        await socket.send_str(message.encoded().decode())
