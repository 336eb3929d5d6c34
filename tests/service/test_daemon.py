"""Start, failure and shutdown of the daemon."""

import asyncio
import base64
from dataclasses import replace

import httpx
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
from tests.support.running import Running


async def test_a_play_reported_during_shutdown_is_recorded(running: Running, monkeypatch: pytest.MonkeyPatch) -> None:
    running.onair.observe("awaz", MountsSeen(None, Mount("p1")))
    running.onair.observe("awaz", PipelineSeen(Playing("auto", "Before")))
    await running.daemon.listen(0)
    port = running.daemon.private_ports["hooks"]
    secret = (running.settings.data_dir / "secrets" / "pipeline-hook").read_text().strip()
    credentials = base64.b64encode(f"pipeline:{secret}".encode()).decode()
    close = running.kit.gateway.close

    async def report_and_close() -> None:
        await close()
        state = {"instance": "i", "seq": 9, "source": "auto", "title": "In the last moment"}
        async with httpx.AsyncClient(trust_env=False) as client:
            answer = await client.post(
                f"http://127.0.0.1:{port}/liquidsoap/awaz",
                content=orjson.dumps(state),
                headers={"Authorization": f"Basic {credentials}"},
            )
        assert answer.status_code == 200

    monkeypatch.setattr(type(running.kit.gateway), "close", lambda _self: report_and_close())
    await running.daemon.stop()
    async with reading(running.engine) as connection:
        plays = await table.history(connection, running.onair.row("awaz").id, 10)
    assert [play.title for play in plays] == ["In the last moment", "Before"]


async def test_a_failing_calendar_job_stops_the_daemon(
    settings: Settings, engine: AsyncEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def broken() -> None:
        raise RuntimeError("out of tea")

    monkeypatch.setattr("controlplane.app.periodic.SECONDS_PER_HOUR", 0.05)
    async with httpx.AsyncClient() as http:
        toy = replace(Feature(name="toy"), calendar=[CalendarJob("tea", 1, broken)])
        daemon = compose(settings, engine, http, features=lambda _kit: [toy])
        async with asyncio.timeout(10):
            with pytest.raises(ExceptionGroup) as ended:
                await daemon.run()
    assert ended.group_contains(JobFailed, match="tea")


async def test_an_occupied_port_is_named_in_the_error(settings: Settings, engine: AsyncEngine) -> None:
    taken = await asyncio.start_server(lambda _reader, _writer: None, "127.0.0.1", settings.http.port)
    async with taken, httpx.AsyncClient() as http:
        daemon = compose(settings, engine, http, features=lambda _kit: [])
        with pytest.raises(ConfigError, match=r"http\.port: cannot listen on 127\.0\.0\.1"):
            await daemon.listen()


async def test_a_daemon_that_never_served_stops_at_once(running: Running) -> None:
    async with asyncio.timeout(5):
        await running.daemon.stop()
