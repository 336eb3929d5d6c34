"""A daemon with a real database; the `url` fixture serves it over HTTP."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, ExitStack, asynccontextmanager, suppress
from pathlib import Path
from typing import Any

import httpx
import pytest
from aiohttp.test_utils import TestClient, TestServer
from argon2 import PasswordHasher
from sqlalchemy.ext.asyncio import AsyncEngine

from controlplane.access.cache import AccessCache
from controlplane.app.features import build_features
from controlplane.db.engine import connect
from controlplane.features.accounts.passwords import Passwords
from controlplane.features.stations.service import Stations
from controlplane.kernel.stations import NewStation
from controlplane.runtime.config import Settings
from tests.support import loopback
from tests.support.chat import EnterChat, Talker
from tests.support.databases import Databases, PostgresDatabases, SqliteFiles
from tests.support.loopback import bearer
from tests.support.postgres import Postgres
from tests.support.raw_socket import RawSocket
from tests.support.running import BuildFeatures, Running
from tests.support.running_stack import free_port
from tests.support.scripted_icecast import ScriptedIcecast
from tests.support.types import Headers, OpenSocket, TokenOf


@pytest.fixture
def settings(request: pytest.FixtureRequest, tmp_path: Path) -> Settings:
    """The daemon's settings; `@pytest.mark.settings(http={"trusted_hops": 1})` changes some of them."""
    sections: dict[str, dict[str, Any]] = {
        "pipeline": {"manager": "none", "user": ""},
        "http": {"host": "127.0.0.1", "port": free_port(), "origins": ["https://friend.example"]},
        "hooks": {"port": free_port()},
    }
    for marker in reversed(list(request.node.iter_markers("settings"))):
        for section, values in marker.kwargs.items():
            sections[section] = sections.get(section, {}) | values
    return Settings.model_validate({"data_dir": tmp_path, **sections})


@pytest.fixture(scope="session")
def databases(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Databases]:
    """Databases in SQLite, or in Postgres with `--postgres`."""
    with ExitStack() as stack:
        if request.config.getoption("--postgres"):
            server = Postgres.start()
            stack.callback(server.stop)
            server.create_blank()
            yield PostgresDatabases(server)
        else:
            yield SqliteFiles(tmp_path_factory.mktemp("blank"))


@pytest.fixture
async def engine(settings: Settings, databases: Databases) -> AsyncIterator[AsyncEngine]:
    created = connect(await asyncio.to_thread(databases.fresh, settings))
    yield created
    await created.dispose()


@pytest.fixture
def features() -> BuildFeatures:
    """The features of the daemon; a module that needs another one overrides this fixture."""
    return build_features


@pytest.fixture
async def running(settings: Settings, engine: AsyncEngine, features: BuildFeatures) -> AsyncIterator[Running]:
    """A daemon with the station `awaz`, which no Icecast answers."""
    for name in (settings.data_dir / "programs", settings.data_dir / "liquidsoap"):
        name.mkdir()
    await Stations(engine, AccessCache(engine)).add(NewStation(slug="awaz", name="Awaz"))
    async with loopback.AsyncClient(base_url=loopback.NOBODY) as http:
        created = Running.build(settings, engine, http, features)
        created.accounts.passwords = Passwords(PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))
        await created.load_stations()
        yield created


@pytest.fixture
async def icecast(running: Running) -> AsyncIterator[ScriptedIcecast]:
    """An Icecast that answers the daemon as the test says."""
    scripted = ScriptedIcecast()
    async with scripted.serving() as base_url:
        running.kit.icecast.http.base_url = httpx.URL(base_url)
        yield scripted


@asynccontextmanager
async def delivery(running: Running) -> AsyncIterator[None]:
    """Deliver what the hub, the event streams and the chat are given, until the block ends."""
    tasks = [
        asyncio.create_task(work)
        for work in (
            running.hub.run(),
            running.hub.run_latest(),
            running.kit.event_streams.run(),
            *(
                task()
                for feature in running.daemon.features
                if feature.name in {"chat", "likes"}
                for task in feature.tasks
            ),
        )
    ]
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task


@pytest.fixture
async def delivering(running: Running) -> AsyncIterator[None]:
    async with delivery(running):
        yield


@pytest.fixture
async def url(request: pytest.FixtureRequest, running: Running) -> AsyncIterator[str]:
    """Serve the daemon on a free port and return its base URL."""
    await running.daemon.listen(0)
    yield running.daemon.url
    async with AsyncExitStack() as stack:
        if "delivering" not in request.fixturenames:
            # A daemon that stops waits until what it sent is delivered.
            await stack.enter_async_context(delivery(running))
        await running.daemon.stop()


@pytest.fixture
async def http(url: str) -> AsyncIterator[httpx.AsyncClient]:
    # A file is read by a program of its own, which a slow machine takes seconds to start.
    async with loopback.AsyncClient(base_url=url + "/api/v1", timeout=60) as client:
        yield client


@pytest.fixture
async def client(running: Running) -> AsyncIterator[TestClient[Any, Any]]:
    """A client of the daemon's application, without its guard against bad connections."""
    async with TestClient(TestServer(running.daemon.app)) as started:
        yield started


@pytest.fixture
def token(running: Running) -> str:
    """A guest's access token."""
    return running.accounts.guest("x").access_token


@pytest.fixture
async def token_of(running: Running) -> TokenOf:
    """Mint a token of a user with a role: admin, user, guest, or a role at the demo station."""
    return running.token_of


@pytest.fixture
async def host(running: Running, token_of: TokenOf) -> Headers:
    """The headers of a host of the demo station, whose library has its directories."""
    running.library.store.prepare()
    return bearer(await token_of("host"))


@pytest.fixture
async def owner(token_of: TokenOf) -> Headers:
    """The headers of an owner of the demo station."""
    return bearer(await token_of("owner"))


@pytest.fixture
async def admin(token_of: TokenOf) -> Headers:
    """The headers of an admin."""
    return bearer(await token_of("admin"))


@pytest.fixture
async def open_socket(url: str) -> AsyncIterator[OpenSocket]:
    """Open WebSockets, authenticated if a token is given, and close them afterwards."""
    async with AsyncExitStack() as stack:

        async def start(token: str | None = None, **headers: str) -> RawSocket:
            client = await (
                RawSocket.open(url, **headers) if token is None else RawSocket.authenticated(url, token, **headers)
            )
            stack.push_async_callback(client.close)
            return client

        yield start


@pytest.fixture
async def enter(running: Running, open_socket: OpenSocket, delivering: None) -> EnterChat:
    """Follow the demo station by a role, or as a guest by a name, whose token may be there already."""

    async def start(role: str = "", name: str = "", token: str = "", **headers: str) -> Talker:
        token = token or (await running.token_of(role) if role else running.accounts.guest(name).access_token)
        talker = Talker(await open_socket(token, **headers), running.accounts.mint.read(token).subject)
        await talker.join()
        return talker

    return start
