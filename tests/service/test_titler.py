"""The author of the titles on public mounts."""

import asyncio
from collections.abc import AsyncIterator, Callable

import httpx
import pytest

from controlplane.icecast.client import IcecastClient
from controlplane.icecast.titler import SPACING_S, Titler
from controlplane.kernel.clock import SYSTEM_CLOCK
from tests.support.waiting import until


class Titles:
    """Icecast's admin interface, as far as titles go: when each was set, by mount."""

    def __init__(self) -> None:
        self.set: list[tuple[str, str]] = []
        self.at: list[float] = []
        self.while_set: Callable[[], None] = lambda: None

    def answer(self, request: httpx.Request) -> httpx.Response:
        self.while_set()
        self.at.append(SYSTEM_CLOCK.monotonic_s())
        self.set.append((request.url.params["mount"], request.url.params["song"]))
        return httpx.Response(
            200, stream=httpx.ByteStream(b"<iceresponse><message>Metadata update successful</message></iceresponse>")
        )


@pytest.fixture
def titles() -> Titles:
    return Titles()


@pytest.fixture
async def titler(titles: Titles) -> AsyncIterator[Titler]:
    async with httpx.AsyncClient(transport=httpx.MockTransport(titles.answer), base_url="http://icecast") as http:
        titler = Titler(IcecastClient(http), SYSTEM_CLOCK)
        running = asyncio.create_task(titler.run())
        yield titler
        running.cancel()


async def test_titles_of_a_mount_are_a_second_apart_and_the_newest_is_sent(titler: Titler, titles: Titles) -> None:
    titler.want("/awaz.mp3", "One")
    await until(lambda: len(titles.set) == 1)
    titler.want("/awaz.mp3", "Two")
    titler.want("/awaz.mp3", "Three")
    await until(lambda: len(titles.set) == 2)
    assert titles.set == [("/awaz.mp3", "One"), ("/awaz.mp3", "Three")]
    assert titles.at[1] - titles.at[0] >= SPACING_S


async def test_a_poll_that_finds_the_old_title_while_the_new_one_is_sent_changes_nothing(
    titler: Titler, titles: Titles
) -> None:
    titles.while_set = lambda: titler.found("/awaz.mp3", "Old", SYSTEM_CLOCK.monotonic_s())
    titler.want("/awaz.mp3", "New")
    await until(lambda: titles.set)
    # That it is not sent again, no event tells.
    await asyncio.sleep(1.5 * SPACING_S)
    assert titles.set == [("/awaz.mp3", "New")]


async def test_a_mount_does_not_wait_for_another(titler: Titler, titles: Titles) -> None:
    for title in ("One", "Two"):
        titler.want("/awaz.mp3", title)
        await until(lambda: bool(titles.set))
    titler.want("/jazz.mp3", "Blue")
    await until(lambda: len(titles.set) == 3)
    assert [mount for mount, _ in titles.set] == ["/awaz.mp3", "/jazz.mp3", "/awaz.mp3"]
