"""Our daemon as it is, with one door more: each byte on the control port publishes one event to the station.

`python -m bench.fanout.ours <control port>`, with the daemon's settings in the environment.
"""

import asyncio
import sys
from contextlib import suppress
from typing import Any
from unittest import mock

from bench.fanout.event import metadata
from controlplane.access.cache import AccessCache
from controlplane.app import compose as app
from controlplane.app.daemon import Daemon
from controlplane.cli import context
from controlplane.db.engine import connect, migrate
from controlplane.features.stations.service import Stations
from controlplane.runtime import logs
from controlplane.runtime.config import Settings

SLUG = "awaz"
LOOK_S = 0.02


async def add_station(settings: Settings) -> None:
    """Make the station that everybody joins."""
    engine = connect(settings.database_url)
    try:
        await Stations(engine, AccessCache(engine)).add(SLUG, "Awaz", "", 128, None)
    finally:
        await engine.dispose()


async def control(settings: Settings, port: int, made: list[Daemon]) -> None:
    """Publish an event for every byte, once the daemon listens."""

    async def command(reader: asyncio.StreamReader, _writer: asyncio.StreamWriter) -> None:
        while asked := await reader.read(64):
            for _ in asked:
                made[0].kit.hub.send(SLUG, metadata())

    while not await _listens(settings.http.port):
        await asyncio.sleep(LOOK_S)
    # The crowd comes to a daemon that has been up for a second; how one fares that has just begun is the door's matter.
    await made[0].kit.guard.authenticator.cache.refresh()
    async with await asyncio.start_server(command, "127.0.0.1", port) as commands:
        print("ready", flush=True)
        await commands.serve_forever()


async def _listens(port: int) -> bool:
    with suppress(OSError):
        _, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.close()
        return True
    return False


async def serve(settings: Settings, port: int) -> None:
    """Run the daemon the way it runs itself, and keep what it is made of."""
    made: list[Daemon] = []
    compose = app.compose

    def watched(*parts: Any) -> Daemon:  # noqa: ANN401 - whatever it takes
        made.append(compose(*parts))
        return made[0]

    with mock.patch.object(app, "compose", watched):
        commands = asyncio.create_task(control(settings, port, made))
        await app.serve(settings)
        commands.cancel()


def main() -> None:
    """Run."""
    settings = context.settings()
    logs.configure(settings.log)
    migrate(settings.database_url)
    asyncio.run(add_station(settings))
    asyncio.run(serve(settings, int(sys.argv[1])))


if __name__ == "__main__":
    main()
