"""The daemon with a control port, where each byte publishes one event to the station.

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
from controlplane.kernel.stations import NewStation
from controlplane.runtime import logs
from controlplane.runtime.config import Settings

SLUG = "awaz"
POLL_S = 0.02


async def add_station(settings: Settings) -> None:
    """Add the station that all clients join."""
    engine = connect(settings.database_url)
    try:
        await Stations(engine, AccessCache(engine)).add(NewStation(slug=SLUG, name="Awaz"))
    finally:
        await engine.dispose()


async def control(settings: Settings, port: int, composed: list[Daemon]) -> None:
    """Publish an event for every byte on the control port, once the daemon listens."""

    async def command(reader: asyncio.StreamReader, _writer: asyncio.StreamWriter) -> None:
        while received := await reader.read(64):
            for _ in received:
                composed[0].kit.hub.send(SLUG, metadata())

    while not await _listens(settings.http.port):
        await asyncio.sleep(POLL_S)
    # Clients connect to a warm daemon; a cold start is measured by the restart benchmark.
    await composed[0].kit.guard.authenticator.cache.refresh()
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
    """Run the daemon as `awaz serve` does, and keep a reference to it."""
    composed: list[Daemon] = []
    compose = app.compose

    def compose_and_keep(*parts: Any) -> Daemon:  # noqa: ANN401 - the arguments of compose
        composed.append(compose(*parts))
        return composed[0]

    with mock.patch.object(app, "compose", compose_and_keep):
        commands = asyncio.create_task(control(settings, port, composed))
        await app.serve(settings)
        commands.cancel()


def main() -> None:
    """Add the station and run the daemon."""
    settings = context.settings()
    logs.configure(settings.log)
    migrate(settings.database_url)
    asyncio.run(add_station(settings))
    asyncio.run(serve(settings, int(sys.argv[1])))


if __name__ == "__main__":
    main()
