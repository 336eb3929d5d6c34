"""The people of a station: invitations, members, keys, and the record of what they did."""

import asyncio
import time
from collections.abc import Awaitable, Callable

import httpx
import pytest

from controlplane.accounts.actor import Actor
from controlplane.app import Daemon
from controlplane.db.audit import CONSOLE
from controlplane.errors import Conflict
from controlplane.onair.state import Mount, MountsSeen
from controlplane.stations.members import Members
from controlplane.stations.service import Stations

TokenOf = Callable[[str], Awaitable[str]]
PASSWORD = "correct horse"
ROOT = Actor("root", "Root", "admin")


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
    monkeypatch.setattr("controlplane.stations.members.now_ms", lambda: int((now + 8 * 86400) * 1000))
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
