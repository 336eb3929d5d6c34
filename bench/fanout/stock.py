"""The peer: python-socketio on aiohttp with default settings.

`python -m bench.fanout.stock <port> <control port> <secret> <issuer> <audience> <body>`: each byte on the control port
sends one event to the room.
"""

import asyncio
import json
import sys
import time
from typing import Any

import jwt
import socketio
from aiohttp import web

ROOM = "station:awaz"


def make(secret: str, issuer: str, audience: str) -> Any:  # noqa: ANN401 - the library has no types
    """Return the server."""
    sio = socketio.AsyncServer(async_mode="aiohttp", transports=["websocket"])

    @sio.event
    async def connect(_sid: str, _environ: dict[str, Any], auth: dict[str, Any]) -> None:
        try:
            jwt.decode(auth["token"], secret, algorithms=["HS256"], issuer=issuer, audience=audience)
        except jwt.PyJWTError as error:
            raise ConnectionRefusedError("unauthenticated") from error

    @sio.on("stream:join")  # type: ignore[untyped-decorator]  # untyped in the library
    async def join(sid: str, request: dict[str, Any]) -> dict[str, Any]:
        await sio.enter_room(sid, f"station:{request['station']}")
        return {"ok": True}

    return sio


async def serve(port: int, control: int, sio: Any, body: dict[str, Any]) -> None:  # noqa: ANN401 - the library has no types
    """Serve until killed."""

    async def command(reader: asyncio.StreamReader, _writer: asyncio.StreamWriter) -> None:
        while await reader.read(1):
            body.update(seq=body["seq"] + 1, at=int(time.time() * 1000))
            await sio.emit("stream:metadata", body, room=ROOM)

    app = web.Application()
    sio.attach(app)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", port).start()
    async with await asyncio.start_server(command, "127.0.0.1", control) as commands:
        print("ready", flush=True)
        await commands.serve_forever()


def main() -> None:
    """Run the server."""
    port, control, secret, issuer, audience, body = sys.argv[1:]
    asyncio.run(serve(int(port), int(control), make(secret, issuer, audience), json.loads(body)))


if __name__ == "__main__":
    main()
