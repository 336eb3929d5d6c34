"""A daemon put together around a real database, with nothing running yet."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from controlplane.app import Daemon, compose
from controlplane.config import Http, Pipeline, Settings
from controlplane.db.engine import connect, migrate
from controlplane.stations.service import Stations


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(data_dir=tmp_path, pipeline=Pipeline(manager="none"), http=Http(origins=["https://friend.example"]))


@pytest.fixture
async def engine(settings: Settings) -> AsyncIterator[AsyncEngine]:
    await asyncio.to_thread(migrate, settings.database_url)
    made = connect(settings.database_url)
    yield made
    await made.dispose()


@pytest.fixture
async def daemon(settings: Settings, engine: AsyncEngine) -> AsyncIterator[Daemon]:
    for place in (settings.data_dir / "programs", settings.data_dir / "liquidsoap"):
        place.mkdir()
    await Stations(engine).add("awaz", "Awaz", "", 128, None)
    async with httpx.AsyncClient(base_url="http://127.0.0.1:9") as http:
        made = compose(settings, engine, http)
        await made.reconciler.run_once()
        yield made
