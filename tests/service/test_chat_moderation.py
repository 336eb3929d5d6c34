"""Moderation of a chat: in force at once, and taken back exactly."""

from itertools import chain

import httpx
import pytest

from controlplane.kernel.audit import CONSOLE
from tests.support.chat import EnterChat, Talker
from tests.support.loopback import bearer
from tests.support.running import ROOT, Running
from tests.support.types import OpenSocket

pytestmark = [
    pytest.mark.both_databases,
    pytest.mark.settings(
        limits=dict.fromkeys(("chat", "join", "handshake", "moderate"), "100000/minute per user"),
        http={"trusted_hops": 1},
    ),
]
HOME, OFFICE = {"X-Forwarded-For": "203.0.113.7"}, {"X-Forwarded-For": "203.0.113.8"}


async def shown(talker: Talker) -> list[str]:
    """Return the texts that somebody who joins now is told."""
    return [each["text"] for each in (await talker.join())["snapshot"]["chat"]["messages"]]


async def test_a_deleted_message_is_gone_everywhere_until_that_is_taken_back(
    enter: EnterChat, http: httpx.AsyncClient, token: str
) -> None:
    moderator, bilal = await enter("moderator"), await enter(name="Bilal")
    ids = [(await bilal.say(text))["id"] for text in ("one", "two", "three")]
    undo = (await moderator.moderate("delete", message=ids[1]))["undo"]
    assert (await bilal.until("chat:deleted"))["ids"] == [ids[1]]
    assert await shown(bilal) == ["one", "three"]
    assert (await moderator.moderate("undo", undo=undo))["ok"]
    restored = await bilal.until("chat:restored")
    assert [(each["id"], each["text"]) for each in restored["messages"]] == [(ids[1], "two")]
    assert await shown(bilal) == ["one", "two", "three"]
    again = await moderator.moderate("undo", undo=undo)
    assert again["error"]["code"] == "not_found"


async def test_it_can_be_taken_back_for_seconds_and_by_nobody_else(running: Running, enter: EnterChat) -> None:
    moderator, owner, bilal = await enter("moderator"), await enter("owner"), await enter(name="Bilal")
    message = (await bilal.say("hello"))["id"]
    undo = (await moderator.moderate("delete", message=message))["undo"]
    assert (await owner.moderate("undo", undo=undo))["error"]["code"] == "not_found"
    running.clock.advance(8)
    assert (await moderator.moderate("undo", undo=undo))["error"]["code"] == "conflict"
    assert await shown(bilal) == []


async def test_all_of_somebody_s_messages_are_deleted_at_once(enter: EnterChat) -> None:
    moderator, spammer, bilal = await enter("moderator"), await enter(name="Spammer"), await enter(name="Bilal")
    for number in range(3):
        await spammer.say(f"buy {number}")
    await bilal.say("hello")
    own = (await spammer.say("sorry"))["id"]
    await spammer.ask("chat:delete", id=own)
    undo = (await moderator.moderate("delete_all", user=spammer.user_id))["undo"]
    assert await shown(bilal) == ["hello"]
    await moderator.moderate("undo", undo=undo)
    assert await shown(bilal) == ["buy 0", "buy 1", "buy 2", "hello"]


async def test_many_messages_are_deleted_and_restored_in_events_of_a_size_that_is_bounded(enter: EnterChat) -> None:
    owner, host, bilal = await enter("owner"), await enter("host"), await enter(name="Bilal")
    ids = [(await host.say(f"line {number}"))["id"] for number in range(60)]
    undo = (await owner.moderate("delete_all", user=host.user_id))["undo"]
    deleted = [(await bilal.until("chat:deleted"))["ids"] for _ in range(2)]
    assert (sorted(chain(*deleted)), [len(each) for each in deleted]) == (sorted(ids), [50, 10])
    await owner.moderate("undo", undo=undo)
    restored = [(await bilal.until("chat:restored"))["messages"] for _ in range(2)]
    assert sorted(each["id"] for each in chain(*restored)) == sorted(ids)


@pytest.mark.parametrize("undone", ["undo", "unban"])
async def test_somebody_who_is_timed_out_reads_and_cannot_write(
    running: Running, enter: EnterChat, undone: str
) -> None:
    moderator, bilal = await enter("moderator"), await enter(name="Bilal", **HOME)
    await bilal.say("hello")
    action = await moderator.moderate("timeout", user=bilal.user_id, seconds=60, reason="calm down")
    error = (await bilal.say("but"))["error"]
    assert (error["code"], error["ban"]["reason"], error["retry_after"] <= 60) == ("timed_out", "calm down", True)
    edited = await bilal.ask("chat:edit", id=(await shown_ids(bilal))[0], text="insult")
    assert edited["error"]["code"] == "timed_out"
    await moderator.say("everybody else goes on")
    assert [(await bilal.read())["text"] for _ in range(2)] == ["hello", "everybody else goes on"]
    await moderator.moderate(undone, undo=action["undo"], user=bilal.user_id)
    assert (await bilal.say("thank you"))["ok"]


async def shown_ids(talker: Talker) -> list[str]:
    return [each["id"] for each in (await talker.join())["snapshot"]["chat"]["messages"]]


async def test_a_timeout_ends_by_itself(running: Running, enter: EnterChat) -> None:
    moderator, bilal = await enter("moderator"), await enter(name="Bilal")
    await bilal.say("hello")
    await moderator.moderate("timeout", user=bilal.user_id, seconds=60)
    assert await bilal.refused("but") == "timed_out"
    running.clock.advance(61)
    assert (await bilal.say("hello again"))["ok"]


@pytest.mark.parametrize("action", ["timeout", "ban"])
async def test_neither_another_name_nor_a_new_guest_helps(
    running: Running, enter: EnterChat, open_socket: OpenSocket, action: str
) -> None:
    moderator, spammer = await enter("moderator"), await enter(name="Spammer", **HOME)
    await spammer.say("buy")
    await moderator.moderate(action, user=spammer.user_id)
    running.clock.advance(1)
    renamed = running.accounts.mint.make(spammer.user_id, "Nice Person")
    for token in (renamed, running.accounts.guest("Somebody").access_token):
        again = Talker(await open_socket(token, **HOME), "")
        assert (await again.say("buy"))["error"]["code"] in {"timed_out", "banned"}
    neighbour = await enter(name="Neighbour", **OFFICE)
    assert (await neighbour.say("hello"))["ok"]


async def test_a_ban_ends_the_connection_and_is_lifted_by_undo(enter: EnterChat, running: Running) -> None:
    moderator, spammer = await enter("moderator"), await enter(name="Spammer", **HOME)
    await spammer.say("buy")
    undo = (await moderator.moderate("ban", user=spammer.user_id, reason="spam"))["undo"]
    assert (await spammer.until("auth:ended"))["code"] == "banned"
    await moderator.moderate("undo", undo=undo)
    back = await enter(token=running.accounts.mint.make(spammer.user_id, "Spammer"), **HOME)
    assert (await back.say("hello"))["ok"]


async def test_an_unban_that_is_taken_back_puts_the_ban_in_force_again(running: Running, enter: EnterChat) -> None:
    moderator, bilal = await enter("moderator"), await enter(name="Bilal")
    await bilal.say("hello")
    await moderator.moderate("timeout", user=bilal.user_id, seconds=600)
    undo = (await moderator.moderate("unban", user=bilal.user_id))["undo"]
    assert (await bilal.say("free"))["ok"]
    await moderator.moderate("undo", undo=undo)
    assert await bilal.refused("not any more") == "timed_out"
    nobody = await moderator.moderate("unban", user="guest:nobody")
    assert nobody["error"]["code"] == "not_found"


async def test_held_messages_are_seen_by_the_staff_alone_until_one_approves(
    enter: EnterChat, http: httpx.AsyncClient
) -> None:
    moderator, bilal, ali = await enter("moderator"), await enter(name="Bilal"), await enter(name="Ali")
    assert (await moderator.ask("chat:mode", links="hold"))["mode"]["links"] == "hold"
    ack = await bilal.say("see example.com")
    assert (ack["held"], "seq" in ack) == (True, False)
    assert (await moderator.until("chat:held"))["message"]["id"] == ack["id"]
    await ali.say("nothing to see")
    assert (await ali.read())["text"] == "nothing to see"
    undo = (await moderator.moderate("approve", message=ack["id"]))["undo"]
    assert (await ali.read())["text"] == "see example.com"
    await moderator.moderate("undo", undo=undo)
    assert (await ali.until("chat:deleted"))["ids"] == [ack["id"]]
    assert await shown(ali) == ["nothing to see"]
    await moderator.moderate("approve", message=ack["id"])
    assert [each["id"] for each in (await ali.until("chat:restored"))["messages"]] == [ack["id"]]
    assert (await moderator.moderate("deny", message=ack["id"]))["error"]["code"] == "conflict"


async def test_a_denied_message_is_never_shown_and_leaves_the_queue(
    running: Running, enter: EnterChat, http: httpx.AsyncClient
) -> None:
    moderator, bilal = await enter("moderator"), await enter(name="Bilal")
    await moderator.ask("chat:mode", hold_new=True)
    ack = await bilal.say("hello")
    token = bearer(await running.accounts.token_for("moderator", 600))
    queue = (await http.get("/stations/awaz/chat/held", headers=token)).json()["messages"]
    assert [each["text"] for each in queue] == ["hello"]
    undo = (await moderator.moderate("deny", message=ack["id"]))["undo"]
    assert (await http.get("/stations/awaz/chat/held", headers=token)).json()["messages"] == []
    await moderator.moderate("undo", undo=undo)
    await moderator.moderate("approve", message=ack["id"])
    assert (await bilal.read())["text"] == "hello"
    assert "held" not in await bilal.say("no longer new")


async def test_a_pinned_message_is_told_to_everybody_and_who_comes_later(enter: EnterChat) -> None:
    moderator, bilal = await enter("moderator"), await enter(name="Bilal")
    one, two = [(await moderator.say(text))["id"] for text in ("first", "second")]
    await moderator.moderate("pin", message=one)
    assert (await bilal.until("chat:pinned"))["message"]["text"] == "first"
    undo = (await moderator.moderate("pin", message=two))["undo"]
    assert (await bilal.join())["snapshot"]["chat"]["pinned"]["id"] == two
    await moderator.moderate("undo", undo=undo)
    assert (await bilal.join())["snapshot"]["chat"]["pinned"]["id"] == one
    await moderator.moderate("unpin")
    assert "pinned" not in (await bilal.join())["snapshot"]["chat"]


async def test_nobody_acts_on_somebody_with_more_power_and_listeners_on_nobody(enter: EnterChat) -> None:
    moderator, owner, bilal = await enter("moderator"), await enter("owner"), await enter(name="Bilal")
    message = (await owner.say("I own this"))["id"]
    assert (await moderator.moderate("delete", message=message))["error"]["code"] == "forbidden"
    assert (await moderator.moderate("ban", user=owner.user_id))["error"]["code"] == "forbidden"
    assert (await bilal.moderate("delete", message=message))["error"]["code"] == "forbidden"
    assert (await bilal.ask("chat:mode", slow_s=60))["error"]["code"] == "forbidden"
    assert (await owner.moderate("delete"))["error"]["code"] == "invalid_input"


async def test_a_moderator_who_was_demoted_acts_no_more(running: Running, enter: EnterChat) -> None:
    moderator, bilal = await enter("moderator"), await enter(name="Bilal")
    message = (await bilal.say("hello"))["id"]
    undo = (await moderator.moderate("delete", message=message))["undo"]
    await running.members.set(ROOT, CONSOLE, "awaz", "moderator", "listener")
    assert (await moderator.moderate("undo", undo=undo))["error"]["code"] == "forbidden"
    assert (await moderator.ask("chat:delete", id=message))["error"]["code"] == "not_found"


async def test_what_moderators_do_is_in_the_audit_log(
    running: Running, enter: EnterChat, http: httpx.AsyncClient
) -> None:
    moderator, bilal = await enter("moderator"), await enter(name="Bilal")
    message = (await bilal.say("hello"))["id"]
    undo = (await moderator.moderate("delete", message=message))["undo"]
    await moderator.moderate("undo", undo=undo)
    await moderator.moderate("timeout", user=bilal.user_id, seconds=60)
    await moderator.ask("chat:mode", slow_s=5)
    owner = bearer(await running.token_of("owner"))
    entries = (await http.get("/stations/awaz/audit", headers=owner)).json()["items"]
    actions = [entry["action"] for entry in entries if entry["actor"] == "Moderator"]
    assert actions == ["chat.mode", "timeout.add", "chat.restore", "chat.delete"]


async def test_a_report_reaches_the_staff_once_and_waits_until_somebody_has_looked(
    running: Running, enter: EnterChat, http: httpx.AsyncClient
) -> None:
    moderator, spammer, ali = await enter("moderator"), await enter(name="Spammer"), await enter(name="Ali")
    message = (await spammer.say("buy"))["id"]
    for _ in range(2):
        assert (await ali.ask("chat:report", message=message, reason="spam"))["ok"]
    told = await moderator.until("chat:report")
    assert (told["message"]["id"], told["reason"], told["by"]) == (message, "spam", "Ali")
    token = bearer(await running.accounts.token_for("moderator", 600))

    async def waiting() -> list[tuple[str, int, list[str]]]:
        reports = (await http.get("/stations/awaz/chat/reports", headers=token)).json()["reports"]
        return [(each["message"]["id"], each["count"], each["reasons"]) for each in reports]

    assert await waiting() == [(message, 1, ["spam"])]
    undo = (await moderator.moderate("dismiss", message=message))["undo"]
    assert await waiting() == []
    await moderator.moderate("undo", undo=undo)
    assert await waiting() == [(message, 1, ["spam"])]
    await moderator.moderate("delete", message=message)
    assert await waiting() == []
    assert (await ali.ask("chat:report", message="none"))["error"]["code"] == "not_found"
    assert (
        await http.get("/stations/awaz/chat/reports", headers=bearer(await running.token_of("user")))
    ).status_code == 403


async def test_a_moderator_sees_who_somebody_is(running: Running, enter: EnterChat, http: httpx.AsyncClient) -> None:
    moderator, bilal = await enter("moderator"), await enter(name="Bilal")
    ids = [(await bilal.say(text))["id"] for text in ("one", "two")]
    await moderator.moderate("delete", message=ids[0])
    await moderator.moderate("timeout", user=bilal.user_id, seconds=60, reason="calm down")
    token = bearer(await running.accounts.token_for("moderator", 600))
    card = (await http.get(f"/stations/awaz/chat/people/{bilal.user_id}", headers=token)).json()
    assert (card["name"], card["messages"], card["deleted"]) == ("Bilal", 1, 1)
    assert [message["text"] for message in card["recent"]] == ["two"]
    assert [(each["kind"], each["reason"], each["made_by"]) for each in card["sanctions"]] == [
        ("timeout", "calm down", "Moderator")
    ]
    assert [each["action"] for each in card["actions"]] == ["timeout.add", "chat.delete"]
    unknown = await http.get("/stations/awaz/chat/people/guest:nobody", headers=token)
    assert unknown.status_code == 404


async def test_what_a_moderator_shows_is_what_was_looked_at(enter: EnterChat) -> None:
    moderator, bilal = await enter("moderator"), await enter(name="Bilal")
    await moderator.ask("chat:mode", hold_new=True)
    held = (await bilal.say("hello"))["id"]
    assert (await bilal.ask("chat:edit", id=held, text="buy"))["error"]["code"] == "forbidden"
    await moderator.moderate("approve", message=held)
    assert (await bilal.read())["text"] == "hello"


async def test_a_pinned_message_that_is_deleted_is_pinned_no_more_and_comes_back_by_no_undo(enter: EnterChat) -> None:
    moderator, bilal = await enter("moderator"), await enter(name="Bilal")
    one, two = [(await bilal.say(text))["id"] for text in ("one", "two")]
    await moderator.moderate("pin", message=one)
    undo = (await moderator.moderate("pin", message=two))["undo"]
    await moderator.moderate("delete", message=two)
    assert "pinned" not in (await bilal.join())["snapshot"]["chat"]
    await moderator.moderate("delete", message=one)
    await moderator.moderate("undo", undo=undo)
    assert "pinned" not in (await bilal.join())["snapshot"]["chat"]


async def test_an_approval_that_is_taken_back_after_the_author_deleted_shows_nothing(
    enter: EnterChat, http: httpx.AsyncClient, running: Running
) -> None:
    moderator, bilal = await enter("moderator"), await enter(name="Bilal")
    await moderator.ask("chat:mode", links="hold")
    held = (await bilal.say("see example.com"))["id"]
    undo = (await moderator.moderate("approve", message=held))["undo"]
    await bilal.ask("chat:delete", id=held)
    await moderator.moderate("undo", undo=undo)
    token = bearer(await running.accounts.token_for("moderator", 600))
    assert (await http.get("/stations/awaz/chat/held", headers=token)).json()["messages"] == []


async def test_signing_up_does_not_end_a_timeout(running: Running, enter: EnterChat, http: httpx.AsyncClient) -> None:
    guest, moderator = running.accounts.guest("Bilal"), await enter("moderator")
    bilal = await enter(token=guest.access_token)
    await bilal.say("hello")
    await moderator.moderate("timeout", user=bilal.user_id, seconds=60)
    asked = {"login": "bilal", "password": "correct horse battery"}
    refused = await http.post("/auth/upgrade", headers=bearer(guest.access_token), json=asked)
    assert refused.json()["error"]["code"] == "timed_out"
    running.clock.advance(61)
    assert (await http.post("/auth/upgrade", headers=bearer(guest.access_token), json=asked)).status_code == 200
