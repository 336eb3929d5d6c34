"""Who may do what, at every route and event, and how soon a change is in force on open sockets."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Iterable
from pathlib import Path
from typing import Any

import httpx
import pytest
from sqlalchemy.ext.asyncio import AsyncConnection

from controlplane.accounts.actor import Actor
from controlplane.accounts.service import Accounts
from controlplane.app import Daemon
from controlplane.config import Settings
from controlplane.db import authority
from controlplane.db.audit import CONSOLE
from controlplane.docs import PEOPLE
from controlplane.errors import Conflict
from controlplane.events import REQUESTS, Request
from controlplane.live.gateway import Room
from controlplane.onair.rooms import rooms_of
from controlplane.onair.state import Mount, MountsSeen
from controlplane.permissions import ALLOWED, Permission
from controlplane.quotas import Quota
from controlplane.stations.members import Members
from controlplane.stations.service import Stations
from controlplane.web.routes import Route
from tests.instruments.raw import Raw

Enter = Callable[..., Awaitable[Raw]]
TokenOf = Callable[[str], Awaitable[str]]
PASSWORD = "correct horse"
ROOT = Actor("root", "Root", "admin")
OFFICE = {"X-Forwarded-For": "203.0.113.7"}
ROLES = [*PEOPLE, "host elsewhere"]


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings.model_validate({"data_dir": tmp_path, "pipeline": {"manager": "none"}, "http": {"trusted_hops": 1}})


@pytest.fixture
async def bearer_of(daemon: Daemon, token_of: TokenOf) -> Callable[[str], Awaitable[dict[str, str]]]:
    async def make(role: str) -> dict[str, str]:
        if role == "anonymous":
            return {}
        if role != "host elsewhere":
            return {"Authorization": f"Bearer {await token_of(role)}"}
        await daemon.accounts.add_user("stranger", "", "user", PASSWORD)
        await Stations(daemon.rights.engine).add("jazz", "", "", 128, "stranger")
        return {"Authorization": f"Bearer {await daemon.accounts.token_for('stranger', 600)}"}

    return make


def allowed(role: str, permission: Permission) -> bool:
    """Say what the table says; a station's people are users as well, and elsewhere no more than that."""
    roles = {role, "user"} if role not in {"admin", "guest", "anonymous"} else {role}
    return not roles.isdisjoint(ALLOWED[permission])


@pytest.mark.parametrize("role", ROLES)
async def test_every_route_is_open_to_whom_the_table_names_and_to_nobody_else(
    daemon: Daemon, http: httpx.AsyncClient, bearer_of: Callable[[str], Awaitable[dict[str, str]]], role: str
) -> None:
    headers = await bearer_of(role)
    refused = 401 if role == "anonymous" else 403
    found, wanted = {}, {}
    for route in daemon.routes:
        path = route.path.replace("{slug}", "awaz").replace("{id}", "1")
        body = {"json": {"nonsense": 1}} if route.takes is not None else {}
        answer = await http.request(route.method, str(http.base_url.copy_with(path=path)), headers=headers, **body)  # type: ignore[arg-type]
        found[route.method, route.path] = answer.status_code == refused
        wanted[route.method, route.path] = not allowed(role, route.permission) or _asks_more(route, role)
    assert found == wanted


def _asks_more(route: Route, role: str) -> bool:
    """Say where the handler asks for more than the route: taking away another's role, with the station's permission."""
    others = route.handler.__name__ == "remove_member"
    return others and not allowed(role, Permission.STATION_MANAGE_MEMBERS)


BODIES: dict[str, dict[str, Any]] = {
    "stream:join": {"station": "awaz"},
    "stream:leave": {"station": "awaz"},
    "stream:heartbeat": {"t": 1},
    "platform:watch": {},
    "platform:unwatch": {},
    "auth:refresh": {"token": "a.b.c"},
}


@pytest.mark.parametrize("role", [role for role in ROLES if role != "anonymous"])
async def test_every_event_and_room_is_open_to_whom_the_table_names_and_to_nobody_else(
    daemon: Daemon, enter: Enter, bearer_of: Callable[[str], Awaitable[dict[str, str]]], role: str
) -> None:
    raw = await enter((await bearer_of(role))["Authorization"].removeprefix("Bearer "))
    found, wanted = {}, {}
    for number, request in enumerate(REQUESTS):
        answer = await raw.call(request.name, BODIES[request.name], number + 1)
        found[request.name] = answer.get("error", {}).get("code") == "forbidden"
        wanted[request.name] = not allowed(role, request.permission)
    assert found == wanted
    await raw.call("stream:join", {"station": "awaz"}, 20)
    socket = daemon.gateway.sockets()[0]
    here: list[Room] = rooms_of("awaz")
    assert set(socket.rooms) == {room.name for room in here if allowed(role, room.permission)}


async def test_a_route_without_a_permission_does_not_start(daemon: Daemon) -> None:
    async def handler(_call: object) -> dict[str, Any]:
        return {}

    with pytest.raises(TypeError, match="GET /open names no permission"):
        daemon.site.app([Route("GET", "/open", None, handler)])  # type: ignore[arg-type]


async def test_an_event_without_a_permission_does_not_start(daemon: Daemon) -> None:
    async def answerer(_socket: object, _asked: object) -> dict[str, Any]:
        return {}

    class Open(Request):
        name = "open:door"
        quota = Quota.CONTROL

    with pytest.raises(TypeError, match="open:door names no permission"):
        daemon.gateway.answer(Open, answerer)
    assert "open:door" not in daemon.gateway.server.allowed


@pytest.fixture
async def elsewhere(daemon: Daemon) -> Accounts:
    """Accounts of another process on the same database, such as a command's."""
    return Accounts.of(daemon.settings, daemon.rights.engine)


async def test_who_is_made_staff_hears_what_staff_hear_and_who_is_demoted_does_not(
    daemon: Daemon, enter: Enter, token_of: TokenOf, elsewhere: Accounts
) -> None:
    raw = await enter(await token_of("user"))
    await raw.call("stream:join", {"station": "awaz"})
    socket, members = daemon.gateway.sockets()[0], Members(daemon.rights.engine, elsewhere.standing)
    await members.set(ROOT, CONSOLE, "awaz", "user", "moderator")
    await daemon.rights.look()
    assert (await raw.until_event("auth:roles"))["stations"] == {"awaz": "moderator"}
    assert "staff:awaz" in socket.rooms
    await members.set(ROOT, CONSOLE, "awaz", "user", "listener")
    await daemon.rights.look()
    assert (await raw.until_event("auth:roles"))["stations"] == {"awaz": "listener"}
    assert set(socket.rooms) == {"station:awaz"}


async def test_a_platform_role_given_by_command_is_in_force_on_an_open_socket(
    daemon: Daemon, enter: Enter, token_of: TokenOf, elsewhere: Accounts
) -> None:
    raw = await enter(await token_of("user"))
    await elsewhere.set_role("user", "admin")
    await daemon.rights.look()
    assert (await raw.until_event("auth:roles"))["role"] == "admin"


async def test_a_removed_station_lets_everybody_go_and_its_roles_are_gone_for_a_new_one_of_that_name(
    daemon: Daemon, enter: Enter, token_of: TokenOf
) -> None:
    raw = await enter(await token_of("moderator"))
    await raw.call("stream:join", {"station": "awaz"})
    stations = Stations(daemon.rights.engine)
    await stations.remove("awaz")
    await stations.add("awaz", "Another", "", 128, None)
    sending = asyncio.create_task(daemon.hub.run())
    await daemon.reconciler.run_once()
    await daemon.rights.look()
    sending.cancel()
    assert (await raw.until_event("auth:roles"))["stations"] == {}
    assert daemon.gateway.sockets()[0].stations == set()


async def ban(http: httpx.AsyncClient, token: str, where: str, user_id: str, **more: Any) -> httpx.Response:
    return await http.post(
        f"{where}/bans", headers={"Authorization": f"Bearer {token}"}, json={"user_id": user_id, **more}
    )


async def test_who_is_sent_away_from_a_station_is_cut_and_cannot_join_until_allowed(
    daemon: Daemon, http: httpx.AsyncClient, enter: Enter, token_of: TokenOf
) -> None:
    moderator, user = await token_of("moderator"), await token_of("user")
    raw, neighbour = await enter(user), await enter(await token_of("guest"))
    for each in (raw, neighbour):
        await each.call("stream:join", {"station": "awaz"})
    user_id = daemon.accounts.mint.read(user).subject
    made = (await ban(http, moderator, "/stations/awaz", user_id, reason="shouting")).json()
    assert await raw.until_event("auth:ended") == {
        "code": "banned",
        "message": "you were sent away from this station: shouting",
    }
    await raw.until_closed()
    back = await enter(user)
    refused = await back.call("stream:join", {"station": "awaz"})
    assert refused["error"]["code"] == "banned"
    assert (await neighbour.call("stream:heartbeat", {"t": 1}))["ok"]
    allow = {"Authorization": f"Bearer {moderator}"}
    assert (await http.delete(f"/stations/awaz/bans/{made['id']}", headers=allow)).status_code == 200
    assert (await back.call("stream:join", {"station": "awaz"}, 2))["ok"]


@pytest.mark.parametrize("role", ["guest", "user"])
async def test_who_is_sent_away_from_the_platform_does_not_come_in_as_a_new_guest_from_there_and_others_stay(
    daemon: Daemon, http: httpx.AsyncClient, enter: Enter, token_of: TokenOf, url: str, role: str
) -> None:
    admin, token = await token_of("admin"), await token_of(role)
    earlier = daemon.accounts.mint.make("guest:neighbour", "Neighbour", since=int(time.time()) - 60)
    raw, neighbour = await enter(token, **OFFICE), await enter(earlier, **OFFICE)
    await ban(http, admin, "/admin", daemon.accounts.mint.read(token).subject)
    await raw.until_closed()
    for again in (token, daemon.accounts.guest("another").access_token):
        knocking = await Raw.open(url, **OFFICE)
        assert '"code":"banned"' in await knocking.connect(again)
        await knocking.close()
    assert (await neighbour.call("stream:heartbeat", {"t": 1}))["ok"]
    await enter(admin, **OFFICE)
    await enter(daemon.accounts.guest("elsewhere").access_token)


async def test_a_ban_from_a_station_is_not_left_behind_by_becoming_a_user(
    daemon: Daemon, http: httpx.AsyncClient, enter: Enter, token_of: TokenOf
) -> None:
    owner, guest = await token_of("owner"), await token_of("guest")
    raw = await enter(guest)
    await raw.close()  # who has just left can be sent away, too
    assert (await ban(http, owner, "/stations/awaz", daemon.accounts.mint.read(guest).subject)).status_code == 200
    body = {"login": "ali", "password": PASSWORD}
    answer = await http.post("/auth/upgrade", headers={"Authorization": f"Bearer {guest}"}, json=body)
    assert (answer.status_code, answer.json()["error"]["code"]) == (403, "banned")


async def test_what_an_owner_forbade_no_moderator_allows(
    daemon: Daemon, http: httpx.AsyncClient, token_of: TokenOf
) -> None:
    owner, moderator, user = [await token_of(role) for role in ("owner", "moderator", "user")]
    made = (await ban(http, owner, "/stations/awaz", daemon.accounts.mint.read(user).subject)).json()
    answers = [
        await http.delete(f"/stations/awaz/bans/{made['id']}", headers={"Authorization": f"Bearer {token}"})
        for token in (moderator, owner)
    ]
    assert [answer.status_code for answer in answers] == [403, 200]


async def test_a_ban_that_is_over_is_over_on_an_open_socket(
    daemon: Daemon, http: httpx.AsyncClient, enter: Enter, token_of: TokenOf, monkeypatch: pytest.MonkeyPatch
) -> None:
    owner, user = await token_of("owner"), await token_of("user")
    raw = await enter(user)
    await ban(http, owner, "/stations/awaz", daemon.accounts.mint.read(user).subject, seconds=60)
    assert (await raw.call("stream:join", {"station": "awaz"}))["error"]["code"] == "banned"
    now = time.time()
    monkeypatch.setattr("controlplane.accounts.standing.time.time", lambda: now + 61)
    await daemon.gateway.expire()
    assert (await raw.call("stream:join", {"station": "awaz"}, 2))["ok"]


async def test_what_was_read_before_somebody_was_sent_away_is_not_done_after_it(
    daemon: Daemon, http: httpx.AsyncClient, enter: Enter, token_of: TokenOf, monkeypatch: pytest.MonkeyPatch
) -> None:
    admin, user = await token_of("admin"), await token_of("user")
    raw = await enter(user)
    reached, go_on = asyncio.Event(), asyncio.Event()
    memory = daemon.site.limiter._memory
    get = memory.get

    async def hang(key: str) -> int:
        reached.set()
        await go_on.wait()
        return await get(key)

    monkeypatch.setattr(memory, "get", hang)
    await raw.send('421["stream:heartbeat",{"t":1}]')
    await raw.send('422["stream:join",{"station":"awaz"}]')
    await reached.wait()
    monkeypatch.setattr(memory, "get", get)
    await ban(http, admin, "/admin", daemon.accounts.mint.read(user).subject)
    go_on.set()
    await raw.until_closed()
    assert daemon.hub.sockets("awaz") == 0


async def test_a_demotion_is_not_overtaken_by_an_older_answer_of_the_database(
    daemon: Daemon, token_of: TokenOf, elsewhere: Accounts, monkeypatch: pytest.MonkeyPatch
) -> None:
    claims = daemon.accounts.mint.read(await token_of("user"))
    await elsewhere.set_role("user", "admin")
    await daemon.rights.look()
    read, go_on = asyncio.Event(), asyncio.Event()
    people = authority.people
    held = iter([True])

    async def slow(connection: AsyncConnection, ids: Iterable[str]) -> dict[str, authority.Person]:
        found = await people(connection, ids)
        if next(held, False):
            read.set()
            await go_on.wait()
        return found

    monkeypatch.setattr(authority, "people", slow)
    asking = asyncio.create_task(daemon.accounts.standing.actor(claims, ""))
    await read.wait()
    await elsewhere.add_user("root2", "", "admin", PASSWORD)
    await elsewhere.set_role("user", "user")
    await daemon.rights.look()
    go_on.set()
    assert (await asking).role == "user"
    assert (await daemon.accounts.standing.actor(claims, "")).role == "user"


async def test_sockets_that_leave_while_rights_are_looked_at_are_counted_off_once(
    daemon: Daemon, enter: Enter, token_of: TokenOf, elsewhere: Accounts, monkeypatch: pytest.MonkeyPatch
) -> None:
    raw = await enter(await token_of("user"))
    socket = daemon.gateway.sockets()[0]
    actor = type(daemon.accounts.standing).actor

    async def leave_meanwhile(standing: Any, claims: Any, address: str) -> Actor:
        daemon.gateway.server.cut_sid(socket.sid, "gone")
        async with asyncio.timeout(5):
            while daemon.gateway.connected:
                await asyncio.sleep(0.01)
        found: Actor = await actor(standing, claims, address)
        return found

    monkeypatch.setattr(type(daemon.accounts.standing), "actor", leave_meanwhile)
    await elsewhere.set_role("user", "admin")
    await daemon.rights.look()
    await raw.close()
    assert daemon.gateway._by_user == {}


async def test_a_token_for_somebody_else_does_not_lead_around_the_cap_on_sockets(
    daemon: Daemon, enter: Enter, token_of: TokenOf
) -> None:
    user = await token_of("user")
    for _ in range(daemon.settings.gateway.connections_per_user):
        await enter(user)
    raw = await enter(await token_of("guest"))
    assert (await raw.call("auth:refresh", {"token": user}))["error"]["code"] == "too_fast"


async def test_an_owner_who_was_removed_does_not_return_by_an_invitation_of_their_own(
    daemon: Daemon, http: httpx.AsyncClient, token_of: TokenOf
) -> None:
    owner, admin = [{"Authorization": f"Bearer {await token_of(who)}"} for who in ("owner", "admin")]
    made = (await http.post("/stations/awaz/invitations", headers=owner, json={"role": "owner"})).json()
    await daemon.accounts.add_user("other", "", "user", PASSWORD)
    await http.put("/stations/awaz/members", headers=admin, json={"login": "other", "role": "owner"})
    me = (await http.get("/me", headers=owner)).json()["id"]
    assert (await http.delete(f"/stations/awaz/members/{me}", headers=admin)).status_code == 200
    token = made["url"].partition("#invitation=")[2]
    assert (await http.post("/invitations/accept", headers=owner, json={"token": token})).status_code == 409


async def test_of_two_owners_who_leave_at_once_one_stays(
    daemon: Daemon, http: httpx.AsyncClient, token_of: TokenOf
) -> None:
    await token_of("owner")
    await daemon.accounts.add_user("other", "", "user", PASSWORD)
    members = Members(daemon.rights.engine, daemon.accounts.standing)
    await members.set(ROOT, CONSOLE, "awaz", "other", "owner")
    owners = [Actor(member.user_id, member.name, "user", {"awaz": "owner"}) for member in await members.all("awaz")]
    leaving = [members.remove(owner, CONSOLE, "awaz", owner.id) for owner in owners]
    done = await asyncio.gather(*leaving, return_exceptions=True)
    assert [type(each) for each in done].count(Conflict) == 1
    assert len(await members.all("awaz")) == 1


async def test_a_key_for_oneself_is_ones_own(http: httpx.AsyncClient, daemon: Daemon, token_of: TokenOf) -> None:
    await token_of("owner")
    admin = {"Authorization": f"Bearer {await token_of('admin')}"}
    made = (await http.post("/stations/awaz/stream-keys", headers=admin, json={})).json()
    assert made["login"] == "admin"


async def test_a_station_of_the_same_name_does_not_have_the_record_of_the_one_before(
    daemon: Daemon, http: httpx.AsyncClient, token_of: TokenOf
) -> None:
    owner = {"Authorization": f"Bearer {await token_of('owner')}"}
    stations = Stations(daemon.rights.engine)
    await stations.remove("awaz")
    await stations.add("awaz", "Another", "", 128, "owner")
    await daemon.rights.look()
    entries = (await http.get("/stations/awaz/audit", headers=owner)).json()["entries"]
    assert [entry["action"] for entry in entries] == ["station.add"]


async def test_a_title_that_a_host_set_is_in_the_record(
    daemon: Daemon, http: httpx.AsyncClient, token_of: TokenOf
) -> None:
    owner = {"Authorization": f"Bearer {await token_of('owner')}"}
    daemon.onair.observe("awaz", MountsSeen(None, Mount("p")))
    await http.post("/stations/awaz/metadata", headers=owner, json={"title": "Song", "artist": "Sara"})
    newest = (await http.get("/stations/awaz/audit?limit=1", headers=owner)).json()["entries"][0]
    assert (newest["action"], newest["actor"], newest["target"]) == ("metadata.set", "Owner", "Sara - Song")


async def test_a_ban_ends_by_itself(
    daemon: Daemon, http: httpx.AsyncClient, token_of: TokenOf, monkeypatch: pytest.MonkeyPatch
) -> None:
    admin, user = await token_of("admin"), await token_of("user")
    await ban(http, admin, "/admin", daemon.accounts.mint.read(user).subject, seconds=60)
    header = {"Authorization": f"Bearer {user}"}
    refused = await http.get("/me", headers=header)
    assert (refused.status_code, refused.json()["error"]["code"]) == (403, "banned")
    now = time.time()
    monkeypatch.setattr("controlplane.accounts.standing.time.time", lambda: now + 61)
    assert (await http.get("/me", headers=header)).status_code == 200


@pytest.mark.parametrize(("by", "whom"), [("moderator", "host"), ("moderator", "owner"), ("host", "owner")])
async def test_nobody_sends_away_those_above(
    daemon: Daemon, http: httpx.AsyncClient, token_of: TokenOf, by: str, whom: str
) -> None:
    token, other = await token_of(by), await token_of(whom)
    answer = await ban(http, token, "/stations/awaz", daemon.accounts.mint.read(other).subject)
    assert answer.status_code == 403
    assert (await ban(http, token, "/stations/awaz", daemon.accounts.mint.read(token).subject)).status_code == 400
    assert (await ban(http, token, "/stations/awaz", "nobody")).status_code == 404
    assert (await ban(http, token, "/stations/awaz", "guest:" + "0" * 32)).status_code == 404


async def test_an_invitation_gives_its_role_once(daemon: Daemon, http: httpx.AsyncClient, token_of: TokenOf) -> None:
    owner, user, other = [{"Authorization": f"Bearer {await token_of(who)}"} for who in ("owner", "user", "moderator")]
    made = (await http.post("/stations/awaz/invitations", headers=owner, json={"role": "host"})).json()
    address, _, token = made["url"].partition("#invitation=")
    assert address == f"{daemon.settings.site_url}/studio"
    accepted = await http.post("/invitations/accept", headers=user, json={"token": token})
    assert accepted.json() == {"station": "awaz", "role": "host"}
    assert (await http.get("/me", headers=user)).json()["stations"] == {"awaz": "host"}
    assert (await http.post("/invitations/accept", headers=other, json={"token": token})).status_code == 409
    listed = (await http.get("/stations/awaz/invitations", headers=owner)).json()["invitations"]
    assert [(entry["state"], entry["accepted_by"], "url" in entry) for entry in listed] == [("accepted", "User", False)]


async def test_an_invitation_that_is_withdrawn_expired_or_unknown_gives_nothing(
    http: httpx.AsyncClient, token_of: TokenOf, monkeypatch: pytest.MonkeyPatch
) -> None:
    owner, user = [{"Authorization": f"Bearer {await token_of(who)}"} for who in ("owner", "user")]
    made = [
        (await http.post("/stations/awaz/invitations", headers=owner, json={"role": "host"})).json() for _ in range(2)
    ]
    tokens = [each["url"].partition("#invitation=")[2] for each in made]
    assert (await http.delete(f"/stations/awaz/invitations/{made[0]['id']}", headers=owner)).status_code == 200
    assert (await http.delete(f"/stations/awaz/invitations/{made[0]['id']}", headers=owner)).status_code == 404
    now = time.time()
    monkeypatch.setattr("controlplane.stations.members._now_ms", lambda: int((now + 8 * 86400) * 1000))
    answers = [
        await http.post("/invitations/accept", headers=user, json={"token": token}) for token in (*tokens, "unknown")
    ]
    assert [answer.status_code for answer in answers] == [409, 409, 404]
    assert (await http.get("/me", headers=user)).json()["stations"] == {}


async def test_an_invitation_takes_no_role_away(daemon: Daemon, http: httpx.AsyncClient, token_of: TokenOf) -> None:
    owner = {"Authorization": f"Bearer {await token_of('owner')}"}
    made = (await http.post("/stations/awaz/invitations", headers=owner, json={"role": "listener"})).json()
    token = made["url"].partition("#invitation=")[2]
    accepted = await http.post("/invitations/accept", headers=owner, json={"token": token})
    assert accepted.json()["role"] == "owner"


async def test_the_only_owner_can_neither_go_nor_be_changed(
    daemon: Daemon, http: httpx.AsyncClient, token_of: TokenOf
) -> None:
    owner, admin = [{"Authorization": f"Bearer {await token_of(who)}"} for who in ("owner", "admin")]
    me = (await http.get("/me", headers=owner)).json()["id"]
    for headers in (owner, admin):
        assert (await http.delete(f"/stations/awaz/members/{me}", headers=headers)).status_code == 409
        change = {"login": "owner", "role": "host"}
        assert (await http.put("/stations/awaz/members", headers=headers, json=change)).status_code == 409


async def test_a_host_who_is_no_host_any_more_does_not_come_on_air_with_an_old_key(
    daemon: Daemon, http: httpx.AsyncClient, token_of: TokenOf
) -> None:
    owner = {"Authorization": f"Bearer {await token_of('owner')}"}
    await token_of("host")
    made = (await http.post("/stations/awaz/stream-keys", headers=owner, json={"login": "host"})).json()
    stations = daemon.reconciler.stations
    assert stations.judge("/ingest/awaz", made["key"]).allowed
    await http.put("/stations/awaz/members", headers=owner, json={"login": "host", "role": "listener"})
    await stations.refresh()
    assert not stations.judge("/ingest/awaz", made["key"]).allowed
    assert not stations.in_force(made["id"])
    refused = await http.post("/stations/awaz/stream-keys", headers=owner, json={"login": "host"})
    assert refused.status_code == 409


async def test_what_was_done_is_told_to_the_owner_and_all_of_it_to_admins(
    http: httpx.AsyncClient, token_of: TokenOf
) -> None:
    owner, admin = [{"Authorization": f"Bearer {await token_of(who)}"} for who in ("owner", "admin")]
    key = (await http.post("/stations/awaz/stream-keys", headers=owner, json={"label": "laptop"})).json()
    await http.delete(f"/stations/awaz/stream-keys/{key['id']}", headers=owner)
    here = (await http.get("/stations/awaz/audit", headers=owner)).json()["entries"]
    everywhere = (await http.get("/admin/audit", headers=admin)).json()["entries"]
    assert [(entry["action"], entry["actor"], entry["station"]) for entry in here[:2]] == [
        ("stream_key.revoke", "Owner", "awaz"),
        ("stream_key.add", "Owner", "awaz"),
    ]
    assert here[0]["address"] == "127.0.0.1"
    assert key["key"] not in str(everywhere)
    assert {"station.add", "user.add", "member.set"} <= {entry["action"] for entry in everywhere}
    older = (await http.get(f"/stations/awaz/audit?before={here[1]['id']}", headers=owner)).json()["entries"]
    assert older == here[2:]


async def test_while_the_database_says_nothing_what_was_last_known_stands(
    daemon: Daemon, enter: Enter, token_of: TokenOf, monkeypatch: pytest.MonkeyPatch, http: httpx.AsyncClient
) -> None:
    user = await token_of("user")
    raw = await enter(user)

    async def broken(_connection: object) -> int:
        raise OSError("disk on fire")

    monkeypatch.setattr(authority, "stamp", broken)
    await daemon.rights.look()
    assert (await raw.call("stream:join", {"station": "awaz"}))["ok"]
    assert (await http.get("/me", headers={"Authorization": f"Bearer {user}"})).status_code == 200
