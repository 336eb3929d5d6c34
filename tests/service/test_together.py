"""Listening together: who is in a room, what they see of each other, and a moment that somebody marks."""

import httpx
import pytest

from controlplane.features.together.service import Together
from controlplane.protocol.together import MAX_MEMBERS
from tests.support.chat import EnterChat, Talker
from tests.support.loopback import bearer
from tests.support.running import Running

ROOM, OTHER = "a-room-of-friends", "another-room-here"

pytestmark = pytest.mark.settings(
    limits=dict.fromkeys(("join", "handshake", "guest", "control"), "100000/minute per address")
)


async def go_in(listener: Talker, room: str = ROOM) -> list[str]:
    """Enter a room; return the names of those who are there."""
    answer = await listener.ask("together:join", room=room)
    return [member["name"] for member in answer["members"]]


async def seen_by(listener: Talker) -> list[tuple[str, str, float | None]]:
    """Return what a listener is told of the members next."""
    members = (await listener.until("together:members"))["members"]
    return [(each["name"], each["mode"], each.get("error_ms")) for each in members]


async def told(running: Running, listener: Talker) -> list[tuple[str, str, float | None]]:
    """Return what a listener is told once the rooms are looked at."""
    await running.service(Together).send()
    return await seen_by(listener)


async def test_whoever_has_the_key_is_in_and_seen(running: Running, enter: EnterChat) -> None:
    sara, ali, stranger = await enter(name="Sara"), await enter(name="Ali"), await enter(name="Zoe")
    assert await go_in(sara) == ["Sara"]
    assert await go_in(stranger, OTHER) == ["Zoe"]
    assert await go_in(ali) == ["Sara", "Ali"]
    assert await told(running, sara) == [("Sara", "starting", None), ("Ali", "starting", None)]
    assert [name for name, *_ in await seen_by(stranger)] == ["Zoe"]


async def test_how_exactly_each_one_plays_is_seen(running: Running, enter: EnterChat) -> None:
    sara, ali = await enter(name="Sara"), await enter(name="Ali")
    await go_in(sara)
    await go_in(ali)
    await told(running, sara)
    await ali.ask("stream:heartbeat", t=0, mode="synced", sync_error_ms=-4)
    assert await told(running, sara) == [("Sara", "starting", None), ("Ali", "synced", 4.0)]
    await ali.ask("stream:heartbeat", t=0, mode="my own words")
    assert await told(running, sara) == [("Sara", "starting", None), ("Ali", "other", None)]
    await ali.ask_plain("stream:heartbeat", t=0)
    assert await told(running, sara) == [("Sara", "starting", None), ("Ali", "starting", None)]


async def test_somebody_with_another_name_has_it_in_the_room_too(running: Running, enter: EnterChat, url: str) -> None:
    guest = running.accounts.guest("Sara")
    sara = await enter(token=guest.access_token)
    await go_in(sara)
    async with httpx.AsyncClient(base_url=f"{url}/api/v1", headers=bearer(guest.access_token)) as http:
        renamed = (await http.post("/auth/guest", json={"name": "Nadia"})).json()
    await sara.ask_plain("auth:refresh", token=renamed["access_token"])
    assert await go_in(sara) == ["Nadia"]


async def test_a_marked_moment_is_told_to_everybody_in_the_room(running: Running, enter: EnterChat) -> None:
    sara, ali = await enter(name="Sara"), await enter(name="Ali")
    await go_in(sara)
    await go_in(ali)
    assert (await ali.ask("together:mark", room=ROOM))["ok"]
    for each in (sara, ali):
        marked = await each.until("together:marked")
        assert marked == {"station": "awaz", "by": "Ali", "at": running.clock.steady_ms()}


async def test_who_leaves_or_is_gone_is_not_in_any_more(running: Running, enter: EnterChat) -> None:
    sara, ali, zoe = await enter(name="Sara"), await enter(name="Ali"), await enter(name="Zoe")
    for each in (sara, ali, zoe):
        await go_in(each)
    await told(running, sara)
    await ali.ask("together:leave")
    await go_in(zoe, OTHER)
    assert await told(running, sara) == [("Sara", "starting", None)]


async def test_a_room_has_a_limit(running: Running, enter: EnterChat) -> None:
    together = running.service(Together)
    sara = await enter(name="Sara")
    await go_in(sara)
    member = next(iter(together._rooms["awaz", ROOM].values()))  # noqa: SLF001 - as many others
    together._rooms["awaz", ROOM].update({str(number): member for number in range(MAX_MEMBERS - 1)})  # noqa: SLF001
    late = await enter(name="Late")
    assert (await late.ask("together:join", room=ROOM))["error"]["code"] == "conflict"
    assert await go_in(sara) == ["Sara"] * MAX_MEMBERS


@pytest.mark.parametrize("room", ["short", "with a space in it", "x" * 41, ""])
async def test_a_key_that_could_be_guessed_or_is_none_is_refused(enter: EnterChat, room: str) -> None:
    listener = await enter(name="Listener")
    assert (await listener.ask("together:join", room=room))["error"]["code"] == "invalid_input"


async def test_a_station_that_is_not_there_has_no_rooms(enter: EnterChat) -> None:
    listener = await enter(name="Listener")
    for request in ("together:join", "together:mark"):
        answer = await listener.ask_plain(request, station="none", room=ROOM)
        assert answer["error"]["code"] == "not_found"
