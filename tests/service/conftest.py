"""A daemon put together around a real database, with nothing running yet, and served where a test asks for it."""

import shutil
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from pathlib import Path

import httpx
import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from controlplane.access.cache import AccessCache
from controlplane.db.engine import connect, migrate
from controlplane.features.stations.service import Stations
from controlplane.runtime.config import HooksSettings, HttpSettings, PipelineSettings, Settings
from tests.support.raw_socket import RawSocket
from tests.support.running import Running
from tests.support.running_stack import free_port


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(
        data_dir=tmp_path,
        pipeline=PipelineSettings(manager="none"),
        http=HttpSettings(host="127.0.0.1", port=free_port(), origins=["https://friend.example"]),
        hooks=HooksSettings(port=free_port()),
    )


@pytest.fixture(scope="session")
def blank(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database as it is on first start, to be copied: making one takes longer than most tests."""
    file = tmp_path_factory.mktemp("blank") / "awaz.db"
    migrate(f"sqlite+aiosqlite:///{file}")
    return file


@pytest.fixture
async def engine(settings: Settings, blank: Path) -> AsyncIterator[AsyncEngine]:
    shutil.copy(blank, settings.data_dir / "awaz.db")
    made = connect(settings.database_url)
    yield made
    await made.dispose()


@pytest.fixture
async def daemon(settings: Settings, engine: AsyncEngine) -> AsyncIterator[Running]:
    for place in (settings.data_dir / "programs", settings.data_dir / "liquidsoap"):
        place.mkdir()
    await Stations(engine, AccessCache(engine)).add("awaz", "Awaz", "", 128, None)
    async with httpx.AsyncClient(base_url="http://127.0.0.1:9") as http:
        made = Running.build(settings, engine, http)
        await made.load_stations()
        yield made


@pytest.fixture
async def url(daemon: Running) -> AsyncIterator[str]:
    """Serve the daemon as it serves itself, and return its address."""
    await daemon.daemon.listen(0)
    yield daemon.daemon.url
    await daemon.daemon.stop()


@pytest.fixture
async def http(url: str) -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(base_url=url + "/api/v1", trust_env=False) as client:
        yield client


@pytest.fixture
async def token_of(daemon: Running) -> Callable[[str], Awaitable[str]]:
    """Mint a token of somebody by role: an admin, a user, a guest, or a role at the demo station."""
    return daemon.token_of


@pytest.fixture
async def enter(url: str) -> AsyncIterator[Callable[..., Awaitable[RawSocket]]]:
    """Open raw WebSockets, inside with a token and before the door without, and put them away afterwards."""
    async with AsyncExitStack() as stack:

        async def start(token: str | None = None, **headers: str) -> RawSocket:
            raw = await (RawSocket.open(url, **headers) if token is None else RawSocket.inside(url, token, **headers))
            stack.push_async_callback(raw.close)
            return raw

        yield start
