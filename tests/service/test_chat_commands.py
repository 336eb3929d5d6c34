"""Slash commands: what a moderator could press, from any client."""

import asyncio

import pytest

from tests.support.builders import go_live
from tests.support.chat import EnterChat, client_id
from tests.support.running import Running

pytestmark = pytest.mark.both_databases


async def test_anybody_asks_what_is_playing(running: Running, enter: EnterChat) -> None:
    bilal = await enter(name="Bilal")
    assert (await bilal.say("/np"))["reply"] == "Nothing is playing."
    go_live(running)
    answer = await bilal.say("/np")
    assert (answer["reply"] != "Nothing is playing.", "id" in answer) == (True, False)
    assert (await bilal.say("/help"))["reply"].startswith("/np")
    assert (await bilal.join())["snapshot"]["chat"]["messages"] == []


@pytest.mark.parametrize("command", ["/slow 10", "/ban Bilal", "/timeout Bilal", "/clear", "/raid", "/announce hello"])
async def test_other_commands_are_for_the_staff(enter: EnterChat, command: str) -> None:
    assert await (await enter(name="Bilal")).refused(command) == "forbidden"


async def test_a_command_that_there_is_not_is_refused_and_two_slashes_are_a_message(enter: EnterChat) -> None:
    bilal = await enter(name="Bilal")
    assert await bilal.refused("/nothing") == "invalid_input"
    await bilal.say("//np")
    assert (await bilal.read())["text"] == "/np"


async def test_a_command_that_is_sent_again_is_carried_out_once(enter: EnterChat) -> None:
    host, bilal, sent = await enter("host"), await enter(name="Bilal"), client_id()
    await bilal.say("hello")
    first = await host.say("/clear", client_id=sent)
    await bilal.say("and this stays")
    assert (await host.say("/clear", client_id=sent))["reply"] == first["reply"] == "1 message deleted."
    assert [each["text"] for each in (await bilal.join())["snapshot"]["chat"]["messages"]] == ["and this stays"]


async def test_a_command_from_two_sockets_at_once_is_carried_out_once(running: Running, enter: EnterChat) -> None:
    token, bilal, sent = await running.token_of("host"), await enter(name="Bilal"), client_id()
    one, two = await enter(token=token), await enter(token=token)
    await bilal.say("hello")
    first, second = await asyncio.gather(one.say("/clear", client_id=sent), two.say("/clear", client_id=sent))
    assert first["reply"] == second["reply"] == "1 message deleted."


async def test_a_command_that_failed_can_be_sent_again(enter: EnterChat) -> None:
    host, sent = await enter("host"), client_id()
    assert (await host.say("/ban Nadia", client_id=sent))["error"]["code"] == "not_found"
    await (await enter(name="Nadia")).say("hello")
    assert (await host.say("/ban Nadia", client_id=sent))["ok"]


async def test_a_host_runs_the_chat_by_commands(enter: EnterChat) -> None:
    host, bilal = await enter("host"), await enter(name="Bilal Khan")
    await bilal.say("hello")
    assert (await host.say("/slow 10"))["reply"] == "Slow mode: one message every 10 seconds."
    assert (await bilal.until("chat:mode"))["slow_s"] == 10
    await host.say("/slow off")
    await host.say("/timeout bilal khan 5m")
    assert await bilal.refused("but") == "timed_out"
    assert (await host.say("/ban Nobody"))["error"]["code"] == "not_found"
    announced = await host.say("/announce Requests till nine")
    message = await bilal.read()
    while message["id"] != announced["id"]:
        message = await bilal.read()
    assert (message["announcement"], message["text"]) == (True, "Requests till nine")
    pinned = await host.say("/pin Be kind")
    assert (await bilal.until("chat:pinned"))["id"] == pinned["id"]
    await host.say("/pin")
    assert "pinned" not in (await bilal.join())["snapshot"]["chat"]
    cleared = await host.say("/clear")
    assert cleared["reply"] == "3 messages deleted."
    assert (await bilal.join())["snapshot"]["chat"]["messages"] == []
    assert (await host.moderate("undo", undo=cleared["undo"]))["ok"]
    assert len((await bilal.join())["snapshot"]["chat"]["messages"]) == 3
    await host.say("/raid")
    assert (await bilal.join())["snapshot"]["chat"]["mode"]["who"] == "members"
    await host.say("/raid off")
    assert (await bilal.join())["snapshot"]["chat"]["mode"]["who"] == "everybody"
