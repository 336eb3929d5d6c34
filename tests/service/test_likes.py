"""Likes and reactions: once a person and target, exact, and told at most once a second."""

import asyncio

import httpx
import pytest
from sqlalchemy import update

from controlplane.db.engine import writing
from controlplane.db.onair_tables import plays
from controlplane.features.likes.service import Likes
from controlplane.kernel.audit import CONSOLE
from controlplane.protocol.likes import InteractionLike
from tests.support.audio import Sounds
from tests.support.builders import go_live, stopped
from tests.support.chat import EnterChat
from tests.support.loopback import bearer
from tests.support.running import Running
from tests.support.types import Headers

pytestmark = [
    pytest.mark.both_databases,
    pytest.mark.settings(limits=dict.fromkeys(("like", "join", "handshake", "guest"), "100000/minute per address")),
]


@pytest.fixture
async def play(running: Running) -> str:
    """The id of the play that is on air."""
    go_live(running)
    await running.parts.journal.flush()
    now = running.parts.read_model.require("awaz").now
    assert now is not None
    return now.play_id


async def test_a_like_counts_once_a_person_and_can_be_taken_back(enter: EnterChat, play: str) -> None:
    one, two = await enter(name="One"), await enter(name="Two")
    target = {"kind": "play", "id": play}
    first = [await one.ask("interaction:like", target=target) for _ in range(2)]
    assert first == [{"ok": True, "liked": True, "count": 1}] * 2
    assert (await two.ask("interaction:like", target=target))["count"] == 2
    # The first may have been told by itself: at most once a second.
    while (told := await one.until("interaction:likes"))["count"] != 2:
        pass
    assert told["target"] == target
    undone = [await one.ask("interaction:like", target=target, undo=True) for _ in range(2)]
    assert undone == [{"ok": True, "liked": False, "count": 1}] * 2
    assert (await two.join())["snapshot"]["likes"] == {play: 1}


async def test_a_crowd_is_counted_exactly_and_told_in_few_events(running: Running, enter: EnterChat, play: str) -> None:
    reader, likes = await enter(name="Reader"), running.service(Likes)
    asked = InteractionLike.model_validate({"station": "awaz", "target": {"kind": "play", "id": play}})
    undone = asked.model_copy(update={"undo": True})
    people = [f"guest:{number % 700}" for number in range(2_000)]
    await asyncio.gather(*(likes.like(person, asked) for person in people))
    await asyncio.gather(*(likes.like(person, undone) for person in people[:100]))
    counts = [(await reader.until("interaction:likes"))["count"]]
    while counts[-1] != 600:
        counts.append((await reader.until("interaction:likes"))["count"])
    assert len(counts) <= 3
    likes._counts.clear()  # noqa: SLF001 - as after a restart
    assert await likes.like("guest:more", asked) == 601


@pytest.mark.parametrize(
    "target", [{"kind": "play", "id": "none"}, {"kind": "show", "id": "none"}, {"kind": "station", "id": "other"}]
)
async def test_what_the_station_does_not_have_cannot_be_liked(enter: EnterChat, target: dict[str, str]) -> None:
    answer = await (await enter(name="One")).ask("interaction:like", target=target)
    assert answer["error"]["code"] == "not_found"


async def test_a_station_and_a_show_are_liked_too(running: Running, enter: EnterChat, play: str) -> None:
    one, known = await enter(name="One"), running.parts.read_model.require("awaz")
    assert known.broadcast is not None
    for target in ({"kind": "station", "id": "awaz"}, {"kind": "show", "id": known.broadcast.id}):
        assert (await one.ask("interaction:like", target=target))["count"] == 1
    assert (await one.join())["snapshot"]["station_likes"] == 1


async def test_counts_are_there_again_when_a_station_is_taken_on_again(
    running: Running, enter: EnterChat, play: str
) -> None:
    one, likes = await enter(name="One"), running.service(Likes)
    await one.ask("interaction:like", target={"kind": "play", "id": play})
    likes._counts.clear()  # noqa: SLF001 - as after a restart
    running.clock.advance(3 * 86_400)
    await likes.take_on(running.parts.read_model.require("awaz").row)
    running.hub.send("awaz", stopped(1))
    assert (await one.join())["snapshot"]["likes"] == {play: 1}


async def test_hosts_see_which_song_was_loved_and_listeners_do_not(
    running: Running, enter: EnterChat, http: httpx.AsyncClient, play: str
) -> None:
    for name in ("One", "Two"):
        await (await enter(name=name)).ask("interaction:like", target={"kind": "play", "id": play})
    host = bearer(await running.token_of("host"))
    [loved] = (await http.get("/stations/awaz/loved", headers=host)).json()["plays"]
    assert (loved["play_id"], loved["likes"]) == (play, 2)
    assert (await http.get("/stations/awaz/loved", headers=bearer(await running.token_of("user")))).status_code == 403


async def test_tracks_that_listeners_liked_are_a_view_of_the_library(
    running: Running, enter: EnterChat, http: httpx.AsyncClient, play: str, host: Headers, sounds: Sounds
) -> None:
    station = running.stations.get("awaz")
    liked, _ = [await running.library.add_copy(station, sounds.tone(title=each), CONSOLE) for each in ("One", "Two")]
    async with writing(running.engine) as connection:
        await connection.execute(update(plays).where(plays.c.play_id == play).values(track_id=liked.id))
    route = "/stations/awaz/tracks"
    assert (await http.get(route, headers=host, params={"view": "loved"})).json()["items"] == []
    await (await enter(name="One")).ask("interaction:like", target={"kind": "play", "id": play})
    found = (await http.get(route, headers=host, params={"view": "loved"})).json()["items"]
    assert [track["title"] for track in found] == ["One"]


async def test_reactions_are_counted_and_sent_together(running: Running, enter: EnterChat) -> None:
    one, two = await enter(name="One"), await enter(name="Two")
    for talker, kind in ((one, "heart"), (two, "heart"), (two, "fire")):
        assert (await talker.ask("interaction:react", kind=kind))["ok"]
    await running.service(Likes).send_reactions()
    assert (await one.until("interaction:reactions"))["counts"] == {"heart": 2, "fire": 1}
