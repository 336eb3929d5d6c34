"""A program that was written from the references alone works: it joins, posts a title, and recovers what it missed."""

from collections.abc import AsyncIterator, Iterator

import pytest

from tests.support.daemon_process import DaemonProcess
from tests.support.fake_icecast import FakeIcecast
from tests.support.stranger import Refused, Stranger


@pytest.fixture(scope="module")
def icecast() -> Iterator[FakeIcecast]:
    started = FakeIcecast.start()
    started.put_on_air("awaz")
    yield started
    started.stop()


@pytest.fixture(scope="module")
def daemon(icecast: FakeIcecast) -> Iterator[DaemonProcess]:
    started = DaemonProcess.start(AWAZ__ICECAST__PORT=str(icecast.port))
    yield started
    started.stop()


@pytest.fixture(scope="module")
def password(daemon: DaemonProcess, icecast: FakeIcecast) -> str:
    """The password of the station's owner, once the station plays a track."""
    printed = daemon.awaz("user", "add", "owner")
    daemon.awaz("station", "add", "awaz", "--owner", "owner", "--no-wait")
    daemon.wait_until_on_air("awaz")
    icecast.report_track(daemon, "awaz", "Lamp")
    return printed.rpartition(" ")[2].strip()


@pytest.fixture
async def stranger(daemon: DaemonProcess, password: str) -> AsyncIterator[Stranger]:
    created = Stranger(daemon.url)
    await created.sign_in("owner", password)
    yield created
    await created.close()


async def test_the_stranger_joins_posts_a_title_and_recovers(stranger: Stranger) -> None:
    joined = await stranger.follow("awaz")
    assert (joined["recovered"], joined["snapshot"]["on_air"]) == (False, "autodj")
    await stranger.leave()

    shown = await stranger.post_title("awaz", "While you were away")
    again = await stranger.follow("awaz")

    assert shown["metadata"]["track"]["title"] == "While you were away"
    assert again["recovered"] is True
    assert stranger.tracks == ["While you were away"]
    assert (await stranger.history("awaz"))[0]["title"] == "While you were away"


async def test_the_stranger_is_told_what_is_wrong(stranger: Stranger) -> None:
    with pytest.raises(Refused) as refused:
        await stranger.follow("nowhere")
    assert refused.value.args[0]["code"] == "not_found"
