"""Station members, invitations, stream keys, and the audit log."""

import asyncio

import httpx
import pytest

from controlplane.access.cache import AccessCache
from controlplane.access.identity import Actor
from controlplane.features.onair.state import Mount, MountsSeen
from controlplane.features.stations.members import Members
from controlplane.features.stations.service import Stations
from controlplane.kernel.audit import CONSOLE
from controlplane.kernel.errors import Conflict
from controlplane.kernel.stations import NewStation
from tests.support.builders import PASSWORD
from tests.support.loopback import bearer
from tests.support.running import Running
from tests.support.types import TokenOf

pytestmark = pytest.mark.both_databases

ROOT = Actor("root", "Root", "admin")


async def test_a_removed_owner_cannot_use_their_own_invitation(
    running: Running, http: httpx.AsyncClient, token_of: TokenOf
) -> None:
    owner, admin = [bearer(await token_of(role)) for role in ("owner", "admin")]
    created = (await http.post("/stations/awaz/invitations", headers=owner, json={"role": "owner"})).json()
    await running.accounts.add_user("other", "", "user", PASSWORD)
    await http.put("/stations/awaz/members", headers=admin, json={"login": "other", "role": "owner"})
    user_id = (await http.get("/me", headers=owner)).json()["id"]
    assert (await http.delete(f"/stations/awaz/members/{user_id}", headers=admin)).status_code == 200
    token = created["url"].partition("#invitation=")[2]
    assert (await http.post("/invitations/accept", headers=owner, json={"token": token})).status_code == 409


async def test_an_invitation_says_what_it_offers_before_anybody_signs_in(
    http: httpx.AsyncClient, token_of: TokenOf
) -> None:
    owner = bearer(await token_of("owner"))
    asked = {"role": "host", "message": "Fridays at nine?\n\u202ePlease!"}
    created = (await http.post("/stations/awaz/invitations", headers=owner, json=asked)).json()
    body = {"token": created["url"].partition("#invitation=")[2]}
    offer = (await http.post("/invitations/preview", json=body)).json()
    assert offer == {
        "station": "awaz",
        "station_name": "Awaz",
        "role": "host",
        "made_by": "Owner",
        "message": "Fridays at nine?\nPlease!",
        "state": "open",
    }
    await http.delete(f"/stations/awaz/invitations/{created['id']}", headers=owner)
    assert (await http.post("/invitations/preview", json=body)).json()["state"] == "withdrawn"
    assert (await http.post("/invitations/preview", json={"token": "x" * 43})).status_code == 404


async def test_two_owners_cannot_both_leave_at_once(
    running: Running, http: httpx.AsyncClient, token_of: TokenOf
) -> None:
    await token_of("owner")
    await running.accounts.add_user("other", "", "user", PASSWORD)
    members = Members(running.engine, running.accounts.cache, running.clock)
    await members.set(ROOT, CONSOLE, "awaz", "other", "owner")
    owners = [Actor(member.user_id, member.name, "user", {"awaz": "owner"}) for member in await members.all("awaz")]
    leaving = [members.remove(owner, CONSOLE, "awaz", owner.id) for owner in owners]
    results = await asyncio.gather(*leaving, return_exceptions=True)
    assert [type(each) for each in results].count(Conflict) == 1
    assert len(await members.all("awaz")) == 1


async def test_a_stream_key_without_a_login_is_for_its_creator(
    http: httpx.AsyncClient, running: Running, token_of: TokenOf
) -> None:
    await token_of("owner")
    admin = bearer(await token_of("admin"))
    created = (await http.post("/stations/awaz/stream-keys", headers=admin, json={})).json()
    assert created["login"] == "admin"


async def test_a_recreated_station_has_a_new_audit_log(
    running: Running, http: httpx.AsyncClient, token_of: TokenOf
) -> None:
    owner = bearer(await token_of("owner"))
    stations = Stations(running.engine, AccessCache(running.engine))
    await stations.remove("awaz")
    await stations.add(NewStation(slug="awaz", name="Another"), "owner")
    await running.refresh.run_once()
    entries = (await http.get("/stations/awaz/audit", headers=owner)).json()["items"]
    assert [entry["action"] for entry in entries] == ["station.add"]


async def test_title_overrides_are_audited(running: Running, http: httpx.AsyncClient, token_of: TokenOf) -> None:
    owner = bearer(await token_of("owner"))
    running.onair.observe("awaz", MountsSeen(None, Mount("p")))
    await http.post("/stations/awaz/metadata", headers=owner, json={"title": "Song", "artist": "Sara"})
    newest = (await http.get("/stations/awaz/audit?limit=1", headers=owner)).json()["items"][0]
    assert (newest["action"], newest["actor"], newest["target"]) == ("metadata.set", "Owner", "Sara - Song")
    assert newest["detail"] == {"title": "Song", "artist": "Sara"}


async def test_an_invitation_works_once(running: Running, http: httpx.AsyncClient, token_of: TokenOf) -> None:
    owner, user, other = [bearer(await token_of(role)) for role in ("owner", "user", "moderator")]
    created = (await http.post("/stations/awaz/invitations", headers=owner, json={"role": "host"})).json()
    address, _, token = created["url"].partition("#invitation=")
    assert address == f"{running.settings.site_url}/studio"
    accepted = await http.post("/invitations/accept", headers=user, json={"token": token})
    assert accepted.json() == {"station": "awaz", "role": "host"}
    assert (await http.get("/me", headers=user)).json()["stations"] == {"awaz": "host"}
    assert (await http.post("/invitations/accept", headers=other, json={"token": token})).status_code == 409
    listed = (await http.get("/stations/awaz/invitations", headers=owner)).json()["invitations"]
    assert [(entry["state"], entry["accepted_by"], "url" in entry) for entry in listed] == [("accepted", "User", False)]


async def test_withdrawn_expired_and_unknown_invitations_are_refused(
    running: Running, http: httpx.AsyncClient, token_of: TokenOf
) -> None:
    owner, user = [bearer(await token_of(role)) for role in ("owner", "user")]
    created = [
        (await http.post("/stations/awaz/invitations", headers=owner, json={"role": "host"})).json() for _ in range(2)
    ]
    tokens = [each["url"].partition("#invitation=")[2] for each in created]
    assert (await http.delete(f"/stations/awaz/invitations/{created[0]['id']}", headers=owner)).status_code == 200
    assert (await http.delete(f"/stations/awaz/invitations/{created[0]['id']}", headers=owner)).status_code == 404
    running.clock.advance(8 * 86400)
    user = bearer(await running.accounts.token_for("user", 600))
    answers = [
        await http.post("/invitations/accept", headers=user, json={"token": token}) for token in (*tokens, "unknown")
    ]
    assert [answer.status_code for answer in answers] == [409, 409, 404]
    assert (await http.get("/me", headers=user)).json()["stations"] == {}


async def test_an_invitation_never_lowers_a_role(running: Running, http: httpx.AsyncClient, token_of: TokenOf) -> None:
    owner = bearer(await token_of("owner"))
    created = (await http.post("/stations/awaz/invitations", headers=owner, json={"role": "listener"})).json()
    token = created["url"].partition("#invitation=")[2]
    accepted = await http.post("/invitations/accept", headers=owner, json={"token": token})
    assert accepted.json()["role"] == "owner"


async def test_the_only_owner_cannot_leave_or_be_changed(
    running: Running, http: httpx.AsyncClient, token_of: TokenOf
) -> None:
    owner, admin = [bearer(await token_of(role)) for role in ("owner", "admin")]
    user_id = (await http.get("/me", headers=owner)).json()["id"]
    for headers in (owner, admin):
        assert (await http.delete(f"/stations/awaz/members/{user_id}", headers=headers)).status_code == 409
        change = {"login": "owner", "role": "host"}
        assert (await http.put("/stations/awaz/members", headers=headers, json=change)).status_code == 409


async def test_the_stream_key_of_a_demoted_host_is_refused(
    running: Running, http: httpx.AsyncClient, token_of: TokenOf
) -> None:
    owner = bearer(await token_of("owner"))
    await token_of("host")
    created = (await http.post("/stations/awaz/stream-keys", headers=owner, json={"login": "host"})).json()
    stations = running.stations
    assert stations.authorise_encoder("/ingest/awaz", created["key"]).allowed
    await http.put("/stations/awaz/members", headers=owner, json={"login": "host", "role": "listener"})
    await stations.load()
    assert not stations.authorise_encoder("/ingest/awaz", created["key"]).allowed
    assert not stations.in_force(created["id"])
    refused = await http.post("/stations/awaz/stream-keys", headers=owner, json={"login": "host"})
    assert refused.status_code == 409


async def test_hosts_make_see_and_revoke_keys_of_their_own_alone(http: httpx.AsyncClient, token_of: TokenOf) -> None:
    keys = "/stations/awaz/stream-keys"
    owner, host, moderator = [bearer(await token_of(role)) for role in ("owner", "host", "moderator")]
    of_owner = (await http.post(keys, headers=owner, json={"label": "desk"})).json()
    own = (await http.post(keys, headers=host, json={"label": "laptop"})).json()
    assert (own["login"], bool(own["key"])) == ("host", True)
    assert [key["id"] for key in (await http.get(keys, headers=host)).json()["keys"]] == [own["id"]]
    assert {key["id"] for key in (await http.get(keys, headers=owner)).json()["keys"]} == {of_owner["id"], own["id"]}
    assert (await http.post(keys, headers=host, json={"login": "owner"})).status_code == 403
    assert (await http.delete(f"{keys}/{of_owner['id']}", headers=host)).status_code == 403
    assert (await http.delete(f"{keys}/{own['id']}", headers=host)).status_code == 200
    assert (await http.post(keys, headers=moderator, json={})).status_code == 403


@pytest.mark.parametrize(
    ("mount", "reason"),
    [
        ("/ingest/nope", "there is no station for /ingest/nope"),
        ("/nope.mp3", "there is no station for /nope.mp3"),
        ("/ingest/awaz", "wrong or revoked stream key for /ingest/awaz"),
        ("/offair/awaz.mp3", "Icecast has not read its new configuration with /offair/awaz.mp3 yet"),
    ],
)
async def test_a_refused_encoder_is_explained(running: Running, mount: str, reason: str) -> None:
    verdict = running.stations.authorise_encoder(mount, "no key")
    assert (verdict.allowed, verdict.reason) == (False, reason)


async def test_owners_see_their_stations_audit_log_and_admins_all(http: httpx.AsyncClient, token_of: TokenOf) -> None:
    owner, admin = [bearer(await token_of(role)) for role in ("owner", "admin")]
    key = (await http.post("/stations/awaz/stream-keys", headers=owner, json={"label": "laptop"})).json()
    await http.delete(f"/stations/awaz/stream-keys/{key['id']}", headers=owner)
    station_log = (await http.get("/stations/awaz/audit", headers=owner)).json()["items"]
    platform_log = (await http.get("/admin/audit", headers=admin)).json()["items"]
    assert [(entry["action"], entry["actor"], entry["station"]) for entry in station_log[:2]] == [
        ("stream_key.revoke", "Owner", "awaz"),
        ("stream_key.add", "Owner", "awaz"),
    ]
    assert station_log[0]["address"] == "127.0.0.1"
    assert key["key"] not in str(platform_log)
    assert {"station.add", "user.add", "member.set"} <= {entry["action"] for entry in platform_log}


async def test_an_invitation_has_a_note_for_its_author_and_leaves_the_list_a_month_after_its_end(
    running: Running, http: httpx.AsyncClient, token_of: TokenOf
) -> None:
    owner = bearer(await token_of("owner"))
    body = {"role": "host", "note": " for Sara\n", "expires_in": 86_400}
    created = (await http.post("/stations/awaz/invitations", headers=owner, json=body)).json()
    offer = await http.post("/invitations/preview", json={"token": created["url"].partition("#invitation=")[2]})
    assert (created["note"], "note" in offer.json()) == ("for Sara", False)
    found = []
    for days in (2, 28, 2):
        running.clock.advance(days * 86_400)
        later = bearer(await running.accounts.token_for("owner", 600))
        answer = await http.get("/stations/awaz/invitations", headers=later)
        found.append([invitation["note"] for invitation in answer.json()["invitations"]])
    assert found == [["for Sara"], ["for Sara"], []]
