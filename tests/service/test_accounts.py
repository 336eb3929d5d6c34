"""Accounts of users and guests: signing in and out, refreshing, upgrading, and changing passwords."""

import asyncio
from typing import Any

import httpx
import pytest
from sqlalchemy import func, select

from controlplane.db.engine import reading
from controlplane.db.tables import audit, refresh_tokens, revocations, sessions
from tests.support import loopback
from tests.support.builders import PASSWORD
from tests.support.running import Running
from tests.support.types import OpenSocket

pytestmark = pytest.mark.both_databases

Answer = dict[str, Any]


def bearer(answer: Answer) -> dict[str, str]:
    return loopback.bearer(answer["access_token"])


async def sign_in(http: httpx.AsyncClient, login: str = "sara", password: str = PASSWORD) -> Answer:
    answer = await http.post("/auth/login", json={"login": login, "password": password})
    assert answer.status_code == 200, answer.text
    found: Answer = answer.json()
    return found


async def guest(http: httpx.AsyncClient, name: str = "Ali") -> Answer:
    found: Answer = (await http.post("/auth/guest", json={"name": name})).json()
    return found


async def status_of(http: httpx.AsyncClient, answer: Answer) -> int:
    return (await http.get("/me", headers=bearer(answer))).status_code


@pytest.fixture
async def sara(running: Running) -> str:
    return (await running.accounts.add_user("sara", "سارا", "user", PASSWORD)).id


async def test_a_login_returns_a_bearer_token_and_the_user(http: httpx.AsyncClient, sara: str) -> None:
    answer = await sign_in(http)
    assert answer["token_type"] == "Bearer"
    assert answer["expires_in"] == 900
    assert answer["user"] == {"id": sara, "name": "سارا", "role": "user"}
    assert (await http.get("/me", headers=bearer(answer))).json()["stations"] == {}


async def test_reusing_a_refresh_token_ends_the_session(
    http: httpx.AsyncClient, sara: str, open_socket: OpenSocket
) -> None:
    first = await sign_in(http)
    other_session = await sign_in(http)
    second = (await http.post("/auth/refresh", json={"refresh_token": first["refresh_token"]})).json()
    third = (await http.post("/auth/refresh", json={"refresh_token": second["refresh_token"]})).json()
    socket = await open_socket(third["access_token"])
    assert len({answer["refresh_token"] for answer in (first, second, third)}) == 3
    stolen = await http.post("/auth/refresh", json={"refresh_token": first["refresh_token"]})
    assert (stolen.status_code, stolen.json()["error"]["code"]) == (401, "unauthenticated")
    assert (await http.post("/auth/refresh", json={"refresh_token": third["refresh_token"]})).status_code == 401
    assert [await status_of(http, answer) for answer in (first, second, third, other_session)] == [401, 401, 401, 200]
    assert (await socket.until_event("auth:ended"))["code"] == "unauthenticated"
    await socket.until_closed()


async def test_concurrent_use_of_a_refresh_token_ends_the_session(http: httpx.AsyncClient, sara: str) -> None:
    first = await sign_in(http)
    requests = [http.post("/auth/refresh", json={"refresh_token": first["refresh_token"]}) for _ in range(2)]
    assert sorted(answer.status_code for answer in await asyncio.gather(*requests)) == [200, 401]
    assert await status_of(http, first) == 401


@pytest.mark.parametrize("token", ["", "x", "a.b.c", "x" * 5000])
async def test_unknown_refresh_tokens_are_refused(http: httpx.AsyncClient, token: str) -> None:
    assert (await http.post("/auth/refresh", json={"refresh_token": token})).status_code in {400, 401}


async def test_access_and_refresh_tokens_are_not_interchangeable(http: httpx.AsyncClient, sara: str) -> None:
    for answer in (await guest(http), await sign_in(http)):
        crossed = await http.post("/auth/refresh", json={"refresh_token": answer["access_token"]})
        assert crossed.status_code == 401
        assert await status_of(http, {"access_token": answer["refresh_token"]}) == 401


async def test_signing_out_ends_one_session_or_all_of_them(
    http: httpx.AsyncClient, sara: str, open_socket: OpenSocket
) -> None:
    first, second, third = [await sign_in(http) for _ in range(3)]
    sockets = [await open_socket(answer["access_token"]) for answer in (first, second)]
    assert (await http.post("/auth/logout", headers=bearer(first))).status_code == 200
    assert [await status_of(http, answer) for answer in (first, second, third)] == [401, 200, 200]
    await sockets[0].until_closed()
    await http.post("/auth/logout", headers=bearer(second), json={"everywhere": True})
    assert [await status_of(http, answer) for answer in (first, second, third)] == [401, 401, 401]
    await sockets[1].until_closed()
    assert (await http.post("/auth/refresh", json={"refresh_token": third["refresh_token"]})).status_code == 401


async def test_a_password_change_ends_all_other_sessions_and_tokens(
    http: httpx.AsyncClient, running: Running, sara: str, open_socket: OpenSocket
) -> None:
    current, other = await sign_in(http), await sign_in(http)
    minted = {"access_token": await running.accounts.token_for("sara", 600)}
    own_socket, socket = await open_socket(current["access_token"]), await open_socket(other["access_token"])
    body = {"current": PASSWORD, "password": "another good one"}
    changed = (await http.post("/me/password", headers=bearer(current), json=body)).json()
    assert [await status_of(http, answer) for answer in (current, other, minted, changed)] == [200, 401, 401, 200]
    assert (await own_socket.call("stream:heartbeat", {"t": 1}))["ok"]
    assert (await socket.until_event("auth:ended"))["code"] == "unauthenticated"
    assert (await http.post("/auth/login", json={"login": "sara", "password": PASSWORD})).status_code == 401
    await sign_in(http, password="another good one")
    assert await status_of(http, {"access_token": await running.accounts.token_for("sara", 600)}) == 200


async def test_a_password_change_needs_the_old_and_a_strong_new_one(http: httpx.AsyncClient, sara: str) -> None:
    current = await sign_in(http)
    tries = [{"current": "wrong", "password": "another good one"}, {"current": PASSWORD, "password": "short"}]
    answers = [await http.post("/me/password", headers=bearer(current), json=body) for body in tries]
    assert [answer.status_code for answer in answers] == [403, 400]
    assert await status_of(http, current) == 200


async def test_a_guest_keeps_its_identity_over_refreshes(http: httpx.AsyncClient) -> None:
    first = await guest(http, "Ali\u202e\u0000")
    again = (await http.post("/auth/refresh", json={"refresh_token": first["refresh_token"]})).json()
    assert first["user"] == again["user"]
    assert first["user"]["name"] == "Ali"


async def test_a_guest_is_upgraded_to_a_user_in_place(
    http: httpx.AsyncClient, running: Running, open_socket: OpenSocket
) -> None:
    before = await guest(http)
    socket = await open_socket(before["access_token"])
    await socket.call("stream:join", {"station": "awaz"})
    body = {"login": "ali", "password": PASSWORD}
    after = (await http.post("/auth/upgrade", headers=bearer(before), json=body)).json()
    assert after["user"] == {"id": before["user"]["id"].removeprefix("guest:"), "name": "Ali", "role": "user"}
    assert (await socket.until_event("auth:roles"))["role"] == "user"
    assert [actor.actor.id for actor in running.connected.all()] == [after["user"]["id"]]
    assert running.hub.followers("awaz") == 1
    assert (await socket.call("auth:refresh", {"token": after["access_token"]}, 2))["ok"]
    assert [await status_of(http, answer) for answer in (before, after)] == [401, 200]
    assert (await http.post("/auth/refresh", json={"refresh_token": before["refresh_token"]})).status_code == 401
    await sign_in(http, "ali")


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"login": "sara", "password": PASSWORD}, 409),
        ({"login": "a b", "password": PASSWORD}, 400),
        ({"login": "ali", "password": "short"}, 400),
        ({"login": "ali", "password": PASSWORD, "role": "admin"}, 400),
    ],
)
async def test_a_refused_upgrade_leaves_the_guest_unchanged(
    http: httpx.AsyncClient, sara: str, body: Answer, status: int
) -> None:
    before = await guest(http)
    assert (await http.post("/auth/upgrade", headers=bearer(before), json=body)).status_code == status
    assert await status_of(http, before) == 200


async def test_a_guests_socket_continues_as_the_user_who_signs_in(
    http: httpx.AsyncClient, sara: str, open_socket: OpenSocket
) -> None:
    socket = await open_socket((await guest(http))["access_token"])
    signed_in = await sign_in(http)
    assert (await socket.call("auth:refresh", {"token": signed_in["access_token"]}))["ok"]
    back = await socket.call("auth:refresh", {"token": (await guest(http))["access_token"]}, 2)
    assert back["error"]["code"] == "forbidden"


async def test_a_guests_socket_does_not_continue_as_another_guest(
    http: httpx.AsyncClient, open_socket: OpenSocket
) -> None:
    socket = await open_socket((await guest(http))["access_token"])
    refused = await socket.call("auth:refresh", {"token": (await guest(http))["access_token"]})
    assert refused["error"]["code"] == "forbidden"


async def test_wrong_passwords_are_limited_and_a_right_one_resets_the_count(http: httpx.AsyncClient, sara: str) -> None:
    wrong = {"login": "sara", "password": "wrong"}
    for _ in range(4):
        assert (await http.post("/auth/login", json=wrong)).status_code == 401
    await sign_in(http)
    answers = [await http.post("/auth/login", json=wrong) for _ in range(6)]
    assert [answer.status_code for answer in answers] == [401] * 5 + [429]
    refused = answers[-1]
    assert refused.json()["error"]["code"] == "too_fast"
    assert 0 < refused.json()["error"]["retry_after"] <= int(refused.headers["Retry-After"]) <= 60
    assert (await http.post("/auth/login", json={"login": "sara", "password": PASSWORD})).status_code == 429


async def test_the_last_admin_cannot_be_demoted(running: Running, http: httpx.AsyncClient) -> None:
    root = await running.accounts.add_user("root", "Root", "admin", PASSWORD)
    signed_in = await sign_in(http, "root")
    answer = await http.patch(f"/admin/users/{root.id}", headers=bearer(signed_in), json={"role": "user"})
    assert answer.status_code == 409


async def row_counts(running: Running) -> list[int]:
    """Count the rows of sessions, refresh tokens, revocations and the audit log."""
    async with reading(running.engine) as connection:
        return [
            int((await connection.execute(select(func.count()).select_from(table))).scalar_one())
            for table in (sessions, refresh_tokens, revocations, audit)
        ]


async def test_retention_deletes_expired_records(running: Running, http: httpx.AsyncClient, sara: str) -> None:
    first = await sign_in(http)
    await http.post("/auth/refresh", json={"refresh_token": first["refresh_token"]})
    await http.post("/auth/logout", headers=bearer(first))
    assert (await row_counts(running))[:3] == [1, 2, 1]
    running.clock.advance(400 * 86400)
    await running.retention.run_once()
    assert await row_counts(running) == [0, 0, 0, 0]


async def test_signing_out_without_a_session_revokes_all_minted_tokens(
    running: Running, http: httpx.AsyncClient, sara: str
) -> None:
    minted = {"access_token": await running.accounts.token_for("sara", 600)}
    signed_in = await sign_in(http)
    await http.post("/auth/logout", headers=bearer(minted))
    assert [await status_of(http, answer) for answer in (minted, signed_in)] == [401, 200]


async def test_an_upgraded_socket_ends_with_its_new_session(http: httpx.AsyncClient, open_socket: OpenSocket) -> None:
    before = await guest(http)
    socket = await open_socket(before["access_token"])
    body = {"login": "ali", "password": PASSWORD}
    after = (await http.post("/auth/upgrade", headers=bearer(before), json=body)).json()
    await http.post("/auth/logout", headers=bearer(after))
    assert (await socket.until_event("auth:ended"))["code"] == "unauthenticated"


@pytest.mark.parametrize("login", ["a\u0000b", "a\nb"])
async def test_a_login_with_control_characters_is_refused(http: httpx.AsyncClient, login: str) -> None:
    answer = await http.post("/auth/login", json={"login": login, "password": "x"})
    assert (answer.status_code, "login" in answer.json()["error"]["message"]) == (400, True)
