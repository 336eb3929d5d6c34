"""Bots: programs that act at one station, with the permissions and limits of a person."""

import httpx
import pytest

from controlplane.kernel.stations import NewStation
from tests.support.chat import EnterChat, client_id
from tests.support.loopback import bearer
from tests.support.running import Running
from tests.support.types import Headers

pytestmark = pytest.mark.both_databases
BOTS = "/stations/awaz/bots"


async def created(http: httpx.AsyncClient, owner: Headers, role: str) -> tuple[str, str]:
    """Create a bot; return its id and its key."""
    answer = (await http.post(BOTS, headers=owner, json={"name": "Request Bot", "role": role})).json()
    return answer["id"], answer["key"]


async def token_of(http: httpx.AsyncClient, key: str) -> str:
    """Exchange a key for an access token."""
    token: str = (await http.post("/auth/bot", json={"key": key})).json()["access_token"]
    return token


async def test_a_bot_writes_and_moderates_by_its_role(
    http: httpx.AsyncClient, owner: Headers, enter: EnterChat
) -> None:
    bot_id, key = await created(http, owner, "moderator")
    spammer = await enter(name="Spammer")
    message = (await spammer.say("buy"))["id"]
    bot = await enter(token=await token_of(http, key))
    assert (await bot.moderate("delete", message=message))["ok"]
    await bot.say("Be kind")
    assert (await spammer.read())["text"] == "buy"
    assert (await spammer.read())["user"] == {"id": bot_id, "name": "Request Bot", "role": "moderator"}


async def test_a_bot_may_do_nothing_but_at_its_station(
    running: Running, http: httpx.AsyncClient, owner: Headers, enter: EnterChat
) -> None:
    await running.stations.add(NewStation(slug="jazz", name="Jazz"))
    await running.load_stations()
    _, key = await created(http, owner, "moderator")
    bot = await enter(token=await token_of(http, key))
    for name, body in (
        ("chat:send", {"text": "hello", "client_id": client_id()}),
        ("interaction:like", {"target": {"kind": "station", "id": "jazz"}}),
        ("stream:join", {}),
    ):
        assert (await bot.ask_plain(name, station="jazz", **body))["error"]["code"] == "forbidden"
    assert (await bot.ask_plain("platform:watch"))["error"]["code"] == "forbidden"
    created_by_it = await http.post("/stations", headers=bearer(await token_of(http, key)), json={"slug": "own"})
    assert created_by_it.status_code == 403


async def test_a_bot_has_the_permissions_of_its_role(http: httpx.AsyncClient, owner: Headers, enter: EnterChat) -> None:
    _, key = await created(http, owner, "listener")
    token = await token_of(http, key)
    me = (await http.get("/me", headers=bearer(token))).json()
    assert (me["name"], me["role"], me["stations"]) == ("Request Bot", "user", {"awaz": "listener"})
    bot = await enter(token=token)
    assert (await bot.ask("chat:mode", slow_s=5))["error"]["code"] == "forbidden"
    assert (await http.get(BOTS, headers=bearer(token))).status_code == 403


async def test_a_bot_that_is_removed_is_out_at_once(http: httpx.AsyncClient, owner: Headers, enter: EnterChat) -> None:
    bot_id, key = await created(http, owner, "listener")
    token = await token_of(http, key)
    bot = await enter(token=token)
    [listed] = (await http.get(BOTS, headers=owner)).json()["bots"]
    assert (listed["id"], "used_at" in listed, "key" in listed) == (bot_id, True, False)
    assert (await http.delete(f"{BOTS}/{bot_id}", headers=owner)).status_code == 200
    assert (await bot.until("auth:ended"))["code"] == "unauthenticated"
    assert (await http.post("/auth/bot", json={"key": key})).status_code == 401
    assert (await http.get("/me", headers=bearer(token))).status_code == 401
    assert (await http.delete(f"{BOTS}/{bot_id}", headers=owner)).status_code == 404


async def test_a_bot_is_no_person(running: Running, http: httpx.AsyncClient, owner: Headers) -> None:
    bot_id, key = await created(http, owner, "listener")
    members = (await http.get("/stations/awaz/members", headers=owner)).json()["members"]
    assert [member["user_id"] for member in members if member["user_id"] == bot_id] == []
    promoted = {"login": f"bot-{bot_id}", "role": "owner"}
    assert (await http.put("/stations/awaz/members", headers=owner, json=promoted)).status_code == 409
    assert running.accounts.guest("Request Bot").name == "Request Bot"
    await running.stations.remove("awaz")
    assert (await http.post("/auth/bot", json={"key": key})).status_code == 401
    assert [user for user in await running.accounts.all_users() if user.id == bot_id] == []


async def test_a_bot_needs_a_name_and_a_person_is_no_bot(
    running: Running, http: httpx.AsyncClient, owner: Headers
) -> None:
    assert (await http.post(BOTS, headers=owner, json={"name": "\u202e \u0000"})).status_code == 400
    assert (await http.post(BOTS, headers=owner, json={"name": "Boss", "role": "owner"})).status_code == 400
    me = (await http.get("/me", headers=owner)).json()
    assert (await http.delete(f"{BOTS}/{me['id']}", headers=owner)).status_code == 404
