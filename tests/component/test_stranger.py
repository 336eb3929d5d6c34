"""A program that was written from the references alone works: it joins, posts a title, and recovers what it missed."""

from collections.abc import AsyncIterator, Iterator

import pytest

from tests.support.daemon_on_air import DaemonOnAir, daemon_on_air
from tests.support.stranger import Refused, Stranger


@pytest.fixture(scope="module")
def platform() -> Iterator[DaemonOnAir]:
    with daemon_on_air("owner") as started:
        started.report_track("Lamp")
        yield started


@pytest.fixture
async def stranger(platform: DaemonOnAir) -> AsyncIterator[Stranger]:
    created = Stranger(platform.daemon.url)
    await created.sign_in("owner", platform.passwords["owner"])
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
