"""A person's own data: a copy of it, and its end."""

import json
from itertools import chain
from typing import Any

import httpx
import pytest

from controlplane.kernel.audit import CONSOLE
from tests.support.chat import EnterChat
from tests.support.loopback import bearer
from tests.support.running import ROOT, Running

pytestmark = [
    pytest.mark.both_databases,
    pytest.mark.settings(limits=dict.fromkeys(("account", "guest"), "100000/minute per address")),
]


async def exported(http: httpx.AsyncClient, token: str) -> dict[str, Any]:
    """Return a person's copy."""
    data: dict[str, Any] = (await http.get("/me/export", headers=bearer(token))).json()["data"]
    return data


async def test_a_guest_takes_everything_along_and_leaves_nothing(
    running: Running, enter: EnterChat, http: httpx.AsyncClient
) -> None:
    guest, reader = running.accounts.guest("Bilal"), await enter(name="Reader")
    bilal = await enter(token=guest.access_token)
    message = (await bilal.say("What a voice!"))["id"]
    other = (await reader.say("hello"))["id"]
    await bilal.ask("chat:report", message=other, reason="none")
    await bilal.ask("interaction:like", target={"kind": "station", "id": "awaz"})
    data = await exported(http, guest.access_token)
    assert [(each["station"], each["text"]) for each in data["chat"]] == [("awaz", "What a voice!")]
    assert [(each["station"], each["kind"]) for each in data["likes"]] == [("awaz", "station")]
    assert (await http.delete("/me", headers=bearer(guest.access_token))).status_code == 200
    assert (await reader.until("chat:deleted"))["ids"] == [message]
    await reader.until("interaction:likes")
    snapshot = (await reader.join())["snapshot"]
    assert ([each["id"] for each in snapshot["chat"]["messages"]], snapshot["station_likes"]) == ([other], 0)
    assert (await http.get("/me", headers=bearer(guest.access_token))).status_code == 401
    refreshed = await http.post("/auth/refresh", json={"refresh_token": guest.refresh_token})
    assert refreshed.status_code == 401


@pytest.mark.settings(limits=dict.fromkeys(("account", "guest", "chat"), "100000/minute per address"))
async def test_many_messages_are_erased_in_events_of_a_bounded_size_and_held_ones_leave_the_queue(
    running: Running, enter: EnterChat, http: httpx.AsyncClient
) -> None:
    host, reader = await enter("host"), await enter(name="Reader")
    ids = [(await host.say(f"line {number}"))["id"] for number in range(60)]
    guest, moderator = running.accounts.guest("Bilal"), await enter("moderator")
    await host.ask("chat:mode", links="hold")
    held = (await (await enter(token=guest.access_token)).say("see example.com"))["id"]
    await http.delete("/me", headers=bearer(await running.accounts.token_for("host", 600)))
    await http.delete("/me", headers=bearer(guest.access_token))
    deleted = [(await reader.until("chat:deleted"))["ids"] for _ in range(2)]
    assert (sorted(chain(*deleted)), [len(each) for each in deleted]) == (sorted(ids), [50, 10])
    assert (await moderator.until("chat:settled"))["ids"] == [held]


async def test_a_user_s_account_sessions_and_actions_are_in_the_copy_and_go(
    running: Running, http: httpx.AsyncClient
) -> None:
    token = await running.token_of("moderator")
    data = await exported(http, token)
    assert [each["login"] for each in data["account"]] == ["moderator"]
    assert data["roles"] == [{"station": "awaz", "role": "moderator"}]
    assert "hash" not in json.dumps(data)
    assert (await http.delete("/me", headers=bearer(token))).status_code == 200
    assert (await http.get("/me", headers=bearer(token))).status_code == 401
    again = await http.post("/auth/login", json={"login": "moderator", "password": "correct horse"})
    assert again.status_code == 401


async def test_the_only_owner_and_the_only_admin_cannot_leave(running: Running, http: httpx.AsyncClient) -> None:
    owner, admin = await running.token_of("owner"), await running.token_of("admin")
    for token, reason in ((owner, "only owner of awaz"), (admin, "only admin")):
        refused = await http.delete("/me", headers=bearer(token))
        assert (refused.status_code, reason in refused.json()["error"]["message"]) == (409, True)
    await running.token_of("user")
    await running.members.set(ROOT, CONSOLE, "awaz", "user", "owner")
    assert (await http.delete("/me", headers=bearer(owner))).status_code == 200


async def test_nobody_without_a_token_has_a_copy(http: httpx.AsyncClient) -> None:
    assert (await http.get("/me/export")).status_code == 401
    assert (await http.delete("/me")).status_code == 401


async def test_a_guest_who_signs_up_keeps_name_messages_and_likes(
    enter: EnterChat, running: Running, http: httpx.AsyncClient
) -> None:
    guest, target = running.accounts.guest("Bilal"), {"kind": "station", "id": "awaz"}
    bilal = await enter(token=guest.access_token)
    message = (await bilal.say("hello"))["id"]
    await bilal.ask("interaction:like", target=target)
    asked = {"login": "bilal", "password": "correct horse battery"}
    signed_up = (await http.post("/auth/upgrade", headers=bearer(guest.access_token), json=asked)).json()
    user = await enter(token=signed_up["access_token"])
    assert (await user.ask("interaction:like", target=target))["count"] == 1
    assert (await user.ask("chat:edit", id=message, text="hello again"))["ok"]
    await user.say("and goodbye")
    assert (await user.read())["user"]["name"] == "Bilal"
    assert [each["text"] for each in (await exported(http, signed_up["access_token"]))["chat"]] == [
        "hello again",
        "and goodbye",
    ]
