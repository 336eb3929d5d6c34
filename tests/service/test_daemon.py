"""Start, failure and shutdown of the daemon."""

import asyncio
import base64
from collections.abc import Callable, Coroutine
from dataclasses import replace
from datetime import timedelta
from typing import Any

import orjson
import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from controlplane.app.compose import compose
from controlplane.app.periodic import JobFailed
from controlplane.db import onair as table
from controlplane.db.engine import reading
from controlplane.features.onair.state import Mount, MountsSeen, PipelineSeen, Playing
from controlplane.kernel.errors import ConfigError
from controlplane.kit import CalendarJob, Feature
from controlplane.runtime.config import Settings
from tests.support import loopback
from tests.support.running import Running


async def start(running: Running, *tasks: Callable[[], Coroutine[Any, Any, None]]) -> asyncio.Task[None]:
    """Run the daemon with more tasks, and return when it listens."""
    began = asyncio.Event()

    async def begin() -> None:
        began.set()

    running.daemon.features = [*running.daemon.features, Feature(name="toy", tasks=[*tasks, begin])]
    serving = asyncio.create_task(running.daemon.run())
    async with asyncio.timeout(10):
        await began.wait()
    return serving


async def titles_played(running: Running) -> list[str]:
    async with reading(running.engine) as connection:
        plays = await table.history(connection, running.onair.row("awaz").id, 10_000)
    return [play.title for play in plays]


@pytest.fixture
async def on_air(running: Running) -> Running:
    running.onair.observe("awaz", MountsSeen(None, Mount("p1")))
    running.onair.observe("awaz", PipelineSeen(Playing("auto", "Before")))
    return running


async def test_a_play_reported_during_shutdown_is_recorded(on_air: Running, monkeypatch: pytest.MonkeyPatch) -> None:
    secret = (on_air.settings.data_dir / "secrets" / "pipeline-hook").read_text().strip()
    credentials = base64.b64encode(f"pipeline:{secret}".encode()).decode()
    close = on_air.kit.gateway.close

    async def report_and_close() -> None:
        await close()
        state = {"instance": "i", "seq": 9, "source": "auto", "title": "In the last moment"}
        async with loopback.AsyncClient() as client:
            answer = await client.post(
                f"http://127.0.0.1:{on_air.daemon.private_ports['hooks']}/liquidsoap/awaz",
                content=orjson.dumps(state),
                headers={"Authorization": f"Basic {credentials}"},
            )
        assert answer.status_code == 200

    serving = await start(on_air)
    monkeypatch.setattr(type(on_air.kit.gateway), "close", lambda _self: report_and_close())
    on_air.daemon.request_stop()
    await serving
    assert await titles_played(on_air) == ["In the last moment", "Before"]


async def test_nothing_is_published_after_the_handover(on_air: Running) -> None:
    published = 0

    async def observe() -> None:
        nonlocal published
        while True:
            published += 1
            on_air.onair.observe("awaz", PipelineSeen(Playing("auto", f"Song {published}")))
            await asyncio.sleep(0.005)

    serving = await start(on_air, observe)
    on_air.daemon.request_stop()
    await serving
    assert await titles_played(on_air) == [f"Song {published - each}" for each in range(published)] + ["Before"]
    epoch, seq = on_air.position("awaz")
    successor = Running.build(on_air.settings, on_air.engine, on_air.kit.icecast.http)
    await successor.load_stations()
    assert successor.position("awaz") == (epoch, seq)


async def test_plays_are_recorded_when_a_task_ends_the_daemon(on_air: Running) -> None:
    async def fail() -> None:
        on_air.onair.observe("awaz", PipelineSeen(Playing("auto", "The last")))
        raise RuntimeError("out of tea")

    serving = await start(on_air, fail)
    with pytest.raises(ExceptionGroup):
        await serving
    assert await titles_played(on_air) == ["The last", "Before"]


async def test_a_failing_calendar_job_stops_the_daemon(settings: Settings, engine: AsyncEngine) -> None:
    async def broken() -> None:
        raise RuntimeError("out of tea")

    async with loopback.AsyncClient() as http:
        toy = replace(Feature(name="toy"), calendar=[CalendarJob("tea", timedelta(milliseconds=50), broken)])
        daemon = compose(settings, engine, http, features=lambda _kit: [toy])
        async with asyncio.timeout(10):
            with pytest.raises(ExceptionGroup) as ended:
                await daemon.run()
    assert ended.group_contains(JobFailed, match="tea")


async def test_an_occupied_port_is_named_in_the_error(settings: Settings, engine: AsyncEngine) -> None:
    taken = await asyncio.start_server(lambda _reader, _writer: None, "127.0.0.1", settings.http.port)
    async with taken, loopback.AsyncClient() as http:
        daemon = compose(settings, engine, http, features=lambda _kit: [])
        with pytest.raises(ConfigError, match=r"http\.port: cannot listen on 127\.0\.0\.1"):
            await daemon.listen()


async def test_a_daemon_that_never_served_stops_at_once(running: Running) -> None:
    async with asyncio.timeout(5):
        await running.daemon.stop()
