"""Logins: lockout limits, case-insensitivity, and names reserved for staff."""

import asyncio
import sqlite3
from pathlib import Path

import httpx
import pytest
from sqlalchemy import text

from controlplane.db.engine import connect, migrate, writing
from controlplane.features.stations.members import Members
from controlplane.kernel.audit import CONSOLE
from controlplane.kernel.errors import Conflict
from tests.support import loopback
from tests.support.builders import PASSWORD
from tests.support.loopback import bearer
from tests.support.running import ROOT, Running

pytestmark = pytest.mark.both_databases

HOME, AWAY, ATTACKERS = "127.0.4.1", "127.0.4.2", [f"127.0.5.{number}" for number in range(1, 9)]


async def sign_in(
    url: str, address: str, password: str = PASSWORD, login: str = "Owner", **fields: str
) -> httpx.Response:
    """Try to sign in from a local address."""
    transport = httpx.AsyncHTTPTransport(local_address=address)
    async with loopback.AsyncClient(transport=transport, base_url=url, timeout=20) as client:
        return await client.post("/api/v1/auth/login", json={"login": login, "password": password, **fields})


@pytest.fixture
async def owner(running: Running) -> None:
    await running.accounts.add_user("Owner", "Demo Owner", "user", PASSWORD)
    await Members(running.engine, running.accounts.cache, running.clock).set(ROOT, CONSOLE, "awaz", "Owner", "owner")


async def lock_out(url: str) -> None:
    """Try wrong passwords from many addresses until the login is locked out, in any spelling."""
    for address in ATTACKERS:
        for login in ("owner", "OWNER", "Owner", "oWner"):
            await sign_in(url, address, "wrong", login)
    assert (await sign_in(url, "127.0.5.99", PASSWORD)).status_code == 429


async def test_a_recently_used_address_is_not_locked_out(url: str, owner: None) -> None:
    assert (await sign_in(url, HOME)).status_code == 200
    await lock_out(url)
    assert (await sign_in(url, HOME)).status_code == 200
    assert (await sign_in(url, AWAY)).status_code == 429


async def test_a_recently_used_device_is_not_locked_out(url: str, owner: None) -> None:
    device = (await sign_in(url, HOME)).json()["device"]
    await lock_out(url)
    again = await sign_in(url, AWAY, device=device)
    assert again.status_code == 200
    assert again.json()["device"]
    assert (await sign_in(url, "127.0.4.3", device="made.up.token")).status_code == 429


async def test_a_known_device_has_its_own_attempt_limit(url: str, owner: None) -> None:
    device = (await sign_in(url, HOME)).json()["device"]
    statuses = [(await sign_in(url, AWAY, "wrong", device=device)).status_code for _ in range(6)]
    assert statuses == [401] * 5 + [429]


async def test_a_device_token_of_another_user_does_not_count(url: str, running: Running, owner: None) -> None:
    await running.accounts.add_user("eve", "Eve", "user", PASSWORD)
    device = (await sign_in(url, AWAY, login="eve")).json()["device"]
    await lock_out(url)
    assert (await sign_in(url, AWAY, device=device)).status_code == 429


async def test_logins_are_case_insensitive(url: str, running: Running, owner: None) -> None:
    assert (await sign_in(url, HOME, login="OWNER")).status_code == 200
    with pytest.raises(Conflict, match="is taken"):
        await running.accounts.add_user("oWNER", "Somebody", "user", PASSWORD)


@pytest.mark.parametrize(
    "name", ["Demo Owner", "demo  owner", "ＤＥＭＯ Owner", "OWNER", "o.w.n.e.r", "Admin", "moderator"]
)
async def test_names_that_resemble_staff_are_refused(http: httpx.AsyncClient, owner: None, name: str) -> None:
    guest = await http.post("/auth/guest", json={"name": name})
    token = (await http.post("/auth/guest", json={"name": "Zed"})).json()["access_token"]
    account = {"login": "zed", "password": PASSWORD, "name": name}
    user = await http.post("/auth/upgrade", json=account, headers=bearer(token))
    assert (guest.status_code, user.status_code) == (409, 409)
    assert guest.json()["error"]["message"].startswith("that name belongs to a staff member")


async def test_a_name_is_reserved_only_while_its_owner_has_a_role(
    http: httpx.AsyncClient, running: Running, owner: None
) -> None:
    zoya = await running.accounts.add_user("zoya", "Zoya", "user", PASSWORD)
    members = Members(running.engine, running.accounts.cache, running.clock)
    answers = [(await http.post("/auth/guest", json={"name": "ZOYA"})).status_code]
    await members.set(ROOT, CONSOLE, "awaz", "zoya", "host")
    answers.append((await http.post("/auth/guest", json={"name": "ZOYA"})).status_code)
    await members.remove(ROOT, CONSOLE, "awaz", zoya.id)
    answers.append((await http.post("/auth/guest", json={"name": "ZOYA"})).status_code)
    assert answers == [200, 409, 200]


@pytest.fixture
def old_database(tmp_path: Path) -> Path:
    """A database of an older version, with logins that differ in case only."""
    file = tmp_path / "old.db"
    migrate(f"sqlite+aiosqlite:///{file}", "0003")
    with sqlite3.connect(file) as database:
        for number, login in enumerate(("owner", "OWNER", "sara")):
            row = (f"{number:032x}", login, login, "user", 0)
            database.execute("insert into users (id, login, name, role, created_at) values (?, ?, ?, ?, ?)", row)
        database.execute(
            "insert into sessions (id, user_id, created_at, used_at, expires_at) values ('s', ?, 0, 0, 1)", ("0" * 32,)
        )
    database.close()
    return file


async def test_colliding_logins_stop_the_migration_unchanged(old_database: Path) -> None:
    url = f"sqlite+aiosqlite:///{old_database}"
    with pytest.raises(Conflict, match=r"OWNER, owner.*awaz user rename"):
        await asyncio.to_thread(migrate, url)
    engine = connect(url)
    async with writing(engine) as connection:
        assert (await connection.execute(text("select version_num from alembic_version"))).scalar_one() == "0003"
        await connection.execute(text("update users set login = 'owner2' where login = 'OWNER'"))
    await engine.dispose()
    await asyncio.to_thread(migrate, url)
    with sqlite3.connect(old_database) as database:
        assert [row[0] for row in database.execute("select login from users order by login")] == [
            "owner",
            "owner2",
            "sara",
        ]
        assert database.execute("select id, address from sessions").fetchall() == [("s", "")]
    database.close()
