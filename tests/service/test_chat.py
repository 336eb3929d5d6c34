"""The chat over sockets: what is acknowledged is committed, shown once and in one order, and can be recovered."""

import asyncio
from dataclasses import replace
from typing import Any

import httpx
import pytest

from controlplane.db import chat as table
from controlplane.db.chat import MessageRow
from controlplane.db.engine import writing
from controlplane.features.chat.names import Named
from controlplane.features.chat.service import Chat
from controlplane.kernel.audit import CONSOLE
from controlplane.kernel.errors import NotFound
from tests.support.chat import EnterChat, Talker, client_id
from tests.support.loopback import bearer
from tests.support.running import ROOT, Running
from tests.support.types import OpenSocket, TokenOf

pytestmark = [
    pytest.mark.both_databases,
    pytest.mark.settings(limits=dict.fromkeys(("chat", "join", "handshake"), "100000/minute per user")),
]


async def texts(http: httpx.AsyncClient, token: str, **query: Any) -> list[str]:
    """Return the texts of a page of the history."""
    answer = await http.get("/stations/awaz/chat", headers=bearer(token), params=query)
    return [message["text"] for message in answer.json()["items"]]


async def test_a_message_reaches_everybody_its_author_too_after_it_is_committed(
    enter: EnterChat, http: httpx.AsyncClient, token: str
) -> None:
    sara, bilal = await enter("host"), await enter(name="Bilal")
    sent = client_id()
    ack = await bilal.say("  What a\u202e voice! \n 👨‍👩‍👧", client_id=sent)
    assert await texts(http, token) == ["What a voice! 👨‍👩‍👧"]
    for reader in (sara, bilal):
        message = await reader.read()
        assert (message["id"], message["seq"], message["at"]) == (ack["id"], ack["seq"], ack["at"])
        assert message["user"] == {"id": bilal.user_id, "name": "Bilal", "role": "guest"}
        assert (message["text"], message["client_id"]) == ("What a voice! 👨‍👩‍👧", sent)
    reply = await sara.say("Thank you", reply_to=ack["id"])
    answered = await bilal.read()
    assert (answered["id"], answered["reply_to"], answered["user"]["role"]) == (reply["id"], ack["id"], "host")
    assert answered["seq"] == ack["seq"] + 1


async def test_the_same_client_id_is_the_same_message_from_any_socket(
    running: Running, enter: EnterChat, open_socket: OpenSocket, http: httpx.AsyncClient, token: str
) -> None:
    one = await enter(name="Bilal")
    token_of_one = running.accounts.mint.make(one.user_id, "Bilal")
    other = Talker(await open_socket(token_of_one), one.user_id)
    sent = client_id()
    acks = list(await asyncio.gather(one.say("hello", client_id=sent), other.say("hello", client_id=sent)))
    acks.append(await one.say("something else", client_id=sent.upper()))
    assert acks[0] == acks[1] == acks[2]
    assert await texts(http, token) == ["hello"]
    # The memory of it may be gone: the database knows.
    running.service(Chat).writer._answered.clear()  # noqa: SLF001 - as after a restart
    assert await one.say("hello", client_id=sent) == acks[0]
    assert await texts(http, token) == ["hello"]


async def test_who_joins_gets_the_newest_messages_and_who_comes_back_what_was_missed(enter: EnterChat) -> None:
    sara = await enter("host")
    seen = sara.snapshot["chat"]
    assert (seen["messages"], seen["mode"]["who"], seen["seq"]) == ([], "everybody", 0)
    for number in range(60):
        await sara.say(str(number))
    newcomer = await enter(name="Bilal")
    assert [each["text"] for each in newcomer.snapshot["chat"]["messages"]] == [str(n) for n in range(10, 60)]
    position = newcomer.snapshot["chat"]
    await sara.say("60")
    edited = await sara.say("61")
    await sara.ask("chat:edit", id=edited["id"], text="61!")
    answer = await newcomer.join(chat={"epoch": position["epoch"], "last_seq": position["seq"]})
    missed = [(each["event"], each["data"]["seq"], each["data"]["text"]) for each in answer["chat"]["missed"]]
    assert missed == [("chat:message", 61, "60"), ("chat:message", 62, "61"), ("chat:edited", 63, "61!")]
    assert (answer["chat"]["recovered"], answer["chat"]["seq"]) == (True, 63)
    for seen_epoch, seq in (("another", 1), (position["epoch"], 99)):
        lost = (await newcomer.join(chat={"epoch": seen_epoch, "last_seq": seq}))["chat"]
        assert (lost["recovered"], lost["missed"], lost["seq"]) == (False, [], 63)
    heartbeat = await newcomer.ask("stream:heartbeat", t=1)
    assert heartbeat["chat_seqs"] == {"awaz": 63}


async def test_the_history_is_read_backwards_and_forwards(
    enter: EnterChat, http: httpx.AsyncClient, token: str
) -> None:
    sara = await enter("host")
    acks = [await sara.say(str(number)) for number in range(5)]
    assert await texts(http, token, limit=2) == ["4", "3"]
    assert await texts(http, token, limit=2, before=acks[3]["id"]) == ["2", "1"]
    assert await texts(http, token, limit=2, after=acks[1]["id"]) == ["2", "3"]
    first = (await http.get("/stations/awaz/chat?limit=3", headers=bearer(token))).json()
    rest = await http.get(f"/stations/awaz/chat?before={first['next']}", headers=bearer(token))
    assert [each["text"] for each in rest.json()["items"]] == ["1", "0"]
    assert "next" not in rest.json()
    assert (await http.get("/stations/awaz/chat?before=nothing", headers=bearer(token))).status_code == 404
    assert (await http.get("/stations/awaz/chat")).status_code == 401


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", "write something"),
        (" \u202e\u0000\u200b ", "write something"),
        ("👩‍🚀" * 501, "at most 500 characters, and this one has 501"),
        ("ख़" * 501, "at most 500 characters, and this one has 501"),
        ("👋" * 2_600, "at most 6000 bytes"),
    ],
    ids=["empty", "invisible", "501 astronauts", "501 letters", "10 kB of emoji"],
)
async def test_a_text_that_is_no_message_is_refused_by_name(enter: EnterChat, text: str, problem: str) -> None:
    error = (await (await enter(name="Bilal")).say(text))["error"]
    assert (error["code"], error["retryable"]) == ("invalid_input", False)
    assert problem in error["message"]


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("<img src=x onerror=alert(1)>", "<img src=x onerror=alert(1)>"),
        ("**bold** [x](javascript:alert(1)) &amp;", "**bold** [x](javascript:alert(1)) &amp;"),
        ("a\u0000b\u202ec\u2066d", "abcd"),
        ("z" + "\u0301" * 100, "ź" + "\u0301" * 5),
        ("می‌خواهم 🫨", "می‌خواهم 🫨"),
        ("e\u0301", "é"),
    ],
    ids=["HTML", "Markdown", "controls", "zalgo", "joiners and new emoji", "decomposed"],
)
async def test_hostile_text_is_shown_as_plain_text(enter: EnterChat, text: str, shown: str) -> None:
    bilal = await enter(name="Bilal")
    await bilal.say(text)
    assert (await bilal.read())["text"] == shown


async def test_people_change_and_delete_their_own_messages_for_five_minutes(
    running: Running, enter: EnterChat, http: httpx.AsyncClient, token: str
) -> None:
    bilal, ali = await enter(name="Bilal"), await enter(name="Ali")
    first, second = [(await bilal.say(text))["id"] for text in ("frist", "second")]
    assert (await ali.ask("chat:edit", id=first, text="mine"))["error"]["code"] == "forbidden"
    assert (await ali.ask("chat:delete", id=first))["error"]["code"] == "forbidden"
    assert (await bilal.ask("chat:edit", id=first, text="first"))["ok"]
    assert (await ali.until("chat:edited"))["text"] == "first"
    assert (await bilal.ask("chat:delete", id=second))["ok"]
    deleted = await ali.until("chat:deleted")
    assert (deleted["ids"], deleted.get("by")) == ([second], None)
    assert await texts(http, token) == ["first"]
    assert (await bilal.ask("chat:edit", id=second, text="back"))["error"]["code"] == "not_found"
    running.clock.advance(301)
    for request in ("chat:edit", "chat:delete"):
        fields = {"text": "late"} if request == "chat:edit" else {}
        assert (await bilal.ask(request, id=first, **fields))["error"]["code"] == "forbidden"


async def test_nobody_is_mistaken_for_the_host_or_for_another_person(running: Running, enter: EnterChat) -> None:
    host = await enter("host")
    named: dict[str, str] = {}
    for name in ("Bilal", "BiIal", "Bi1al", "Ηοst"):
        talker = await enter(token=running.accounts.mint.make(f"guest:{len(named)}", name))
        await talker.say("hello")
        named[name] = (await talker.read())["user"]["name"]
    assert named["Bilal"] == "Bilal"
    assert (named["BiIal"], named["Bi1al"]) == ("BiIal 2", "Bi1al 3")
    assert named["Ηοst"].startswith("Listener ")
    ack = await host.say("it is me")
    newest = (await host.join())["snapshot"]["chat"]["messages"][-1]
    assert newest["id"] == ack["id"]
    assert newest["user"] == {"id": host.user_id, "name": "Host", "role": "host"}


async def test_who_becomes_staff_gets_their_name_from_a_listener(
    running: Running, enter: EnterChat, token_of: TokenOf
) -> None:
    early, user = await enter(name="User"), await enter("user")
    await early.say("first")
    await user.say("second")
    assert [(await early.read())["user"]["name"] for _ in range(2)] == ["User", "User 2"]
    await running.members.set(ROOT, CONSOLE, "awaz", "user", "host")
    await early.say("third")
    await user.say("fourth")
    names = [(await early.read())["user"]["name"] for _ in range(2)]
    assert names[0].startswith("Listener ")
    assert names[1] == "User"


async def test_what_was_committed_and_not_published_is_shown_once(
    running: Running, enter: EnterChat, http: httpx.AsyncClient, token: str
) -> None:
    bilal, writer = await enter(name="Bilal"), running.service(Chat).writer
    await bilal.say("before")
    async with writing(running.engine) as connection:
        await table.add(connection, left_behind(running, bilal.user_id))
    running.clock.advance(3)
    for _ in range(2):
        await writer.sweep()
        await writer.mark()
    await bilal.say("after")
    assert [(await bilal.read())["text"] for _ in range(3)] == ["before", "left", "after"]
    assert await texts(http, token) == ["after", "left", "before", "too old"]


def left_behind(running: Running, user_id: str) -> list[MessageRow]:
    """Return messages of a daemon that died before it published them: one just now, and one an hour ago."""
    now = running.clock.now_ms()
    station_id = running.service(Chat).rooms.require("awaz").station.id
    ids = "left", station_id, user_id, client_id()
    row = MessageRow(*ids, "Bilal", "guest", "left", None, False, "shown", False, now, now)
    hour_ms = 3_600_000
    return [row, replace(row, id="old", client_id=client_id(), text="too old", at=now - hour_ms)]


async def test_a_station_that_is_taken_on_again_has_its_chat(
    running: Running, enter: EnterChat, http: httpx.AsyncClient, token: str
) -> None:
    bilal, chat = await enter(name="Bilal"), running.service(Chat)
    await bilal.say("before")
    async with writing(running.engine) as connection:
        await table.add(connection, left_behind(running, bilal.user_id))
    await chat.take_on(chat.rooms.require("awaz").station)
    assert [each["text"] for each in (await bilal.join())["snapshot"]["chat"]["messages"]] == [
        "too old",
        "before",
        "left",
    ]
    assert [(await bilal.read())["text"] for _ in range(2)] == ["before", "left"]


async def test_old_messages_are_deleted(
    running: Running, enter: EnterChat, http: httpx.AsyncClient, token: str
) -> None:
    bilal = await enter(name="Bilal")
    await bilal.say("three months ago")
    running.clock.advance(91 * 86_400)
    later = await enter(name="Ali")
    await later.say("today")
    await running.job("chat retention")()
    assert await texts(http, running.accounts.guest("x").access_token) == ["today"]


async def test_a_name_is_free_again_when_the_last_message_under_it_is_deleted(
    running: Running, enter: EnterChat
) -> None:
    await (await enter(name="Bilal")).say("three months ago")
    other = await enter(name="Bilal")
    await other.say("taken")
    running.clock.advance(91 * 86_400)
    await running.job("chat retention")()
    later = await enter(name="Bilal")
    await later.say("free")
    assert (await other.read())["user"]["name"] == "Bilal 2"
    assert (await later.read())["user"]["name"] == "Bilal"


async def test_a_guest_who_takes_another_name_is_the_same_person(
    running: Running, enter: EnterChat, http: httpx.AsyncClient
) -> None:
    guest = running.accounts.guest("Bilal")
    bilal = await enter(token=guest.access_token)
    await bilal.say("hello")
    renamed = (await http.post("/auth/guest", headers=bearer(guest.access_token), json={"name": "Nadia"})).json()
    assert renamed["user"] == {"id": bilal.user_id, "name": "Nadia", "role": "guest"}
    await bilal.ask_plain("auth:refresh", token=renamed["access_token"])
    await bilal.say("hello again")
    assert [(await bilal.read())["user"]["name"] for _ in range(2)] == ["Bilal", "Nadia"]
    refreshed = await http.post("/auth/refresh", json={"refresh_token": renamed["refresh_token"]})
    assert refreshed.json()["user"] == renamed["user"]
    taken = await http.post("/auth/guest", headers=bearer(guest.access_token), json={"name": "0wner"})
    assert taken.status_code == 409


async def test_names_of_any_length_and_answers_to_anything_fit_into_the_database(
    running: Running, enter: EnterChat
) -> None:
    names = ["N" * 80, "n" * 80, "\ufdfa" * 26]
    shown = []
    for number, name in enumerate(names):
        talker = await enter(token=running.accounts.mint.make(f"guest:{number}", name))
        assert (await talker.say("hello", reply_to="f" * 32))["ok"]
        assert (await talker.say("hello", reply_to="f" * 33))["error"]["code"] == "invalid_input"
        shown.append((await talker.read())["user"]["name"])
    assert shown == ["N" * 80, f"{'n' * 76} 2", "\ufdfa" * 26]


async def test_the_same_message_from_two_sockets_while_new_people_are_held_is_one(
    running: Running, enter: EnterChat, open_socket: OpenSocket
) -> None:
    moderator, one = await enter("moderator"), await enter(name="Bilal")
    await moderator.ask("chat:mode", hold_new=True)
    other = Talker(await open_socket(running.accounts.mint.make(one.user_id, "Bilal")), one.user_id)
    sent = client_id()
    acks = await asyncio.gather(*(each.say("hello", client_id=sent) for each in (one, other)))
    assert acks[0] == acks[1]
    assert (await one.say("goes on"))["ok"]


async def test_a_message_of_a_removed_station_holds_up_no_other(running: Running, enter: EnterChat) -> None:
    bilal, chat = await enter(name="Bilal"), running.service(Chat)
    gone = replace(left_behind(running, "guest:x")[0], station_id="gone", id="gone", client_id=client_id())
    adding = chat.writer.add(gone, Named("gone", "guest:x", "X", staff=False))
    refused, said = await asyncio.gather(adding, bilal.say("hello"), return_exceptions=True)
    assert isinstance(refused, NotFound)
    assert isinstance(said, dict)
    assert said["ok"]
    assert (await bilal.read())["text"] == "hello"
