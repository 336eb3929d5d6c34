"""A daemon put together around a real database, with nothing running yet, and served where a test asks for it."""

import shutil
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from pathlib import Path

import httpx
import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from controlplane.accounts.actor import Actor
from controlplane.app import Daemon, compose
from controlplane.config import Http, Pipeline, Settings
from controlplane.db.audit import CONSOLE
from controlplane.db.engine import connect, migrate
from controlplane.stations.members import Members
from controlplane.stations.service import Stations
from controlplane.web.listen import bind, serving
from tests.instruments.raw import Raw

ROOT = Actor("root", "Root", "admin")


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(data_dir=tmp_path, pipeline=Pipeline(manager="none"), http=Http(origins=["https://friend.example"]))


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
async def daemon(settings: Settings, engine: AsyncEngine) -> AsyncIterator[Daemon]:
    for place in (settings.data_dir / "programs", settings.data_dir / "liquidsoap"):
        place.mkdir()
    await Stations(engine).add("awaz", "Awaz", "", 128, None)
    async with httpx.AsyncClient(base_url="http://127.0.0.1:9") as http:
        made = compose(settings, engine, http)
        await made.reconciler.run_once()
        yield made


@pytest.fixture
async def url(daemon: Daemon) -> AsyncIterator[str]:
    """Serve the daemon as it serves itself, and return its address."""
    app = daemon.site.app(daemon.routes)
    daemon.gateway.server.attach(app)
    listener = bind("127.0.0.1", 0)
    async with serving(app, listener, daemon.connections, shutdown_s=1):
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        come_back_ms = daemon.site.admission.close()
        daemon.streams.close(come_back_ms)
        await daemon.gateway.close(come_back_ms)


@pytest.fixture
async def http(url: str) -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(base_url=url + "/api/v1", trust_env=False) as client:
        yield client


@pytest.fixture
async def token_of(daemon: Daemon) -> Callable[[str], Awaitable[str]]:
    """Mint a token of somebody by role: an admin, a user, a guest, or a role at the demo station."""

    async def make(role: str) -> str:
        accounts = daemon.accounts
        if role == "guest":
            return accounts.guest(role).access_token
        await accounts.add_user(role, role.title(), "admin" if role == "admin" else "user", "correct horse")
        if role not in {"admin", "user"}:
            await Members(daemon.rights.engine, accounts.standing).set(ROOT, CONSOLE, "awaz", role, role)
        return await accounts.token_for(role, 600)

    return make


@pytest.fixture
async def enter(url: str) -> AsyncIterator[Callable[..., Awaitable[Raw]]]:
    """Open raw WebSockets, inside with a token and before the door without, and put them away afterwards."""
    async with AsyncExitStack() as stack:

        async def start(token: str | None = None, **headers: str) -> Raw:
            raw = await (Raw.open(url, **headers) if token is None else Raw.inside(url, token, **headers))
            stack.push_async_callback(raw.close)
            return raw

        yield start
