"""Rules for every test: nothing leaves the machine, nothing is left running, and examples do not change."""

import asyncio
import threading
from collections.abc import AsyncIterator, Iterator

import hypothesis
import pytest
import pytest_socket
import structlog

from tests.support.audio import Sounds

LOOPBACK = ["127.0.0.1", "::1", "localhost"]
LIBRARY_THREADS = ("asyncio_", "ThreadPoolExecutor", "pytest_timeout", "execnet")
"""Threads that libraries keep for as long as the process."""
ENDS_WITHIN_S = 5.0
"""What was told to end, such as the thread of a database connection, takes a moment."""

# As the daemon does: the default prints the variables of every frame, for seconds.
structlog.configure(
    processors=[
        structlog.processors.add_log_level,
        structlog.processors.format_exc_info,
        structlog.dev.ConsoleRenderer(colors=False),
    ]
)
hypothesis.settings.register_profile("same every time", derandomize=True, deadline=None, database=None)
hypothesis.settings.load_profile("same every time")


@pytest.fixture(autouse=True)
def loopback_only() -> None:
    """Refuse connections to other machines."""
    pytest_socket.socket_allow_hosts(LOOPBACK, allow_unix_socket=True)


@pytest.fixture(scope="session")
def sounds(tmp_path_factory: pytest.TempPathFactory) -> Sounds:
    """Files of audio."""
    return Sounds(tmp_path_factory.mktemp("sounds"))


@pytest.fixture(autouse=True)
def no_leftover_threads() -> Iterator[None]:
    before = set(threading.enumerate())
    yield
    after = [each for each in threading.enumerate() if each not in before]
    own = [each for each in after if each.is_alive() and not each.name.startswith(LIBRARY_THREADS)]
    for thread in own:
        thread.join(ENDS_WITHIN_S)
    assert [thread.name for thread in own if thread.is_alive()] == []


@pytest.fixture(autouse=True)
async def no_leftover_tasks() -> AsyncIterator[None]:
    before = asyncio.all_tasks()
    yield
    own = asyncio.all_tasks() - before - {asyncio.current_task()}
    left = (await asyncio.wait(own, timeout=ENDS_WITHIN_S))[1] if own else set()
    assert [str(task.get_coro()) for task in left] == []


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--postgres", action="store_true", help="run service tests on Postgres, not SQLite")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Name every test by its parameters, too: of tests with one name, pytest-xdist runs only one."""
    for item in items:
        if not item.nodeid.endswith(item.name) and item.parent is not None:
            item._id = item.parent.id.child(item.name)  # noqa: SLF001 - pytest has no public way to it
    names = [item.nodeid for item in items]
    assert len(names) == len(set(names))
