"""The mode and the held words of a chat: in force at once, and not for the staff."""

from typing import Any

import httpx
import pytest

from tests.support.chat import EnterChat
from tests.support.loopback import bearer
from tests.support.running import Running

pytestmark = [
    pytest.mark.both_databases,
    pytest.mark.settings(limits=dict.fromkeys(("chat", "join", "handshake", "moderate"), "100000/minute per user")),
]


@pytest.mark.parametrize(
    ("mode", "text", "refused"),
    [
        ({"who": "members"}, "hello", "forbidden"),
        ({"who": "moderators"}, "hello", "forbidden"),
        ({"links": "block"}, "see example.com", "forbidden"),
        ({"off_air": False}, "hello", "conflict"),
    ],
)
async def test_the_mode_says_who_may_write_and_not_to_the_staff(
    enter: EnterChat, mode: dict[str, Any], text: str, refused: str
) -> None:
    moderator, bilal = await enter("moderator"), await enter(name="Bilal")
    answer = (await moderator.ask("chat:mode", **mode))["mode"]
    assert answer.items() >= mode.items()
    assert (await bilal.until("chat:mode")).items() >= mode.items()
    assert await bilal.refused(text) == refused
    assert (await moderator.say(text))["ok"]
    assert (await bilal.join())["snapshot"]["chat"]["mode"] == answer


async def test_a_raid_is_stopped_by_one_press_for_ten_minutes(running: Running, enter: EnterChat) -> None:
    moderator, raider, user = await enter("moderator"), await enter(name="Raider"), await enter("user")
    await moderator.ask("chat:mode", slow_s=5, links="allow")
    raid = (await moderator.ask("chat:mode", raid=True))["mode"]
    assert raid.items() >= {"slow_s": 30, "who": "members", "links": "hold", "hold_new": True}.items()
    assert await raider.refused("raid!") == "forbidden"
    assert (await user.say("I have an account"))["ok"]
    running.clock.advance(300)
    again = (await moderator.ask("chat:mode", raid=True))["mode"]
    assert again["raid_until"] == raid["raid_until"] + 300_000
    running.clock.advance(600)
    await running.job("ends of raids")()
    mode = (await raider.join())["snapshot"]["chat"]["mode"]
    assert mode == {"slow_s": 5, "who": "everybody", "links": "allow", "off_air": True, "hold_new": False}
    assert (await raider.say("hello"))["ok"]


async def test_a_raid_that_was_none_is_over_at_once(enter: EnterChat) -> None:
    moderator, bilal = await enter("moderator"), await enter(name="Bilal")
    await moderator.ask("chat:mode", raid=True)
    assert (await moderator.ask("chat:mode", raid=False))["mode"]["who"] == "everybody"
    assert (await bilal.say("hello"))["ok"]


async def test_slow_mode_says_how_long_to_wait_and_a_retry_of_what_was_sent_does_not_wait(
    running: Running, enter: EnterChat
) -> None:
    moderator, bilal = await enter("moderator"), await enter(name="Bilal")
    await moderator.ask("chat:mode", slow_s=10)
    first = await bilal.say("one", client_id="2f1d7c1e-8a0b-4c55-9d0e-6a3f5b7c9d10")
    error = (await bilal.say("two"))["error"]
    assert (error["code"], error["retry_after"]) == ("too_fast", 10.0)
    assert await bilal.say("one", client_id="2f1d7c1e-8a0b-4c55-9d0e-6a3f5b7c9d10") == first
    running.clock.advance(10)
    assert (await bilal.say("two"))["ok"]
    assert [(await moderator.say(text))["ok"] for text in ("staff", "is exempt")] == [True, True]


async def test_who_is_not_of_the_staff_writes_five_at_once_and_one_a_second(running: Running, enter: EnterChat) -> None:
    bilal, moderator = await enter(name="Bilal"), await enter("moderator")
    answers = [(await bilal.say(str(number)))["ok"] for number in range(6)]
    assert answers == [True, True, True, True, True, False]
    running.clock.advance(1)
    assert [(await bilal.say("again"))["ok"] for _ in range(2)] == [True, False]
    assert all([(await moderator.say(str(number)))["ok"] for number in range(10)])


async def test_an_owner_lists_words_whose_messages_wait(
    running: Running, enter: EnterChat, http: httpx.AsyncClient
) -> None:
    owner, bilal = bearer(await running.token_of("owner")), await enter(name="Bilal")
    route = "/stations/awaz/chat/settings"
    answer = await http.patch(route, headers=owner, json={"words": ["spam*", " spam* ", "buy now"], "keep_days": 7})
    assert answer.json() == {"words": ["spam*", "buy now"], "keep_days": 7, "public": True}
    assert (await bilal.say("Ѕрam for you")).get("held") is True
    assert "held" not in await bilal.say("hello")
    message = (await bilal.say("hello again"))["id"]
    assert (await bilal.ask("chat:edit", id=message, text="buy now"))["error"]["code"] == "forbidden"
    assert (await http.patch(route, headers=bearer(await running.token_of("user")), json={})).status_code == 403
    assert (await http.patch(route, headers=owner, json={"keep_days": 0})).status_code == 400
    assert (await http.patch(route, headers=owner, json={})).json() == answer.json()
