"""The same database work on a real Postgres, started for it."""

import asyncio
import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from controlplane.accounts.actor import Actor
from controlplane.accounts.service import Accounts
from controlplane.config import Settings
from controlplane.db import audit
from controlplane.db import onair as table
from controlplane.db.audit import CONSOLE, By
from controlplane.db.engine import connect, migrate, reading
from controlplane.errors import Conflict, Unauthenticated, Upstream
from controlplane.moderation.service import Moderation
from controlplane.onair import record
from controlplane.onair.journal import Journal
from controlplane.onair.state import (
    Encoder,
    EncoderAuthorised,
    EncoderConnected,
    Heard,
    Mount,
    MountsSeen,
    Observation,
    PipelineSeen,
)
from controlplane.stations.members import Members
from controlplane.stations.rules import ingest_mount
from controlplane.stations.service import Stations
from tests.instruments.house import free_port
from tests.unit.test_onair_rules import Log


def programs() -> Path:
    """Return where Debian keeps Postgres' programs."""
    found = shutil.which("initdb")
    return Path(found).parent if found else max(Path("/usr/lib/postgresql").glob("*/bin"))


@pytest.fixture(scope="module")
def postgres() -> Iterator[str]:
    directory = Path(tempfile.mkdtemp(prefix="awaz-pg-", dir="/tmp"))
    user = pwd.getpwnam("postgres") if os.geteuid() == 0 else None
    port = free_port()
    if user is not None:
        os.chown(directory, user.pw_uid, user.pw_gid)
    account = {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []} if user else {}
    subprocess.run(
        [
            programs() / "initdb",
            "-D",
            directory / "d",
            "-U",
            "awaz",
            "-A",
            "trust",
            "-E",
            "UTF8",
            "--locale",
            "C.UTF-8",
        ],
        check=True,
        capture_output=True,
        **account,
    )  # type: ignore[call-overload]  # a dict of keywords
    options = f"-p {port} -k {directory} -c listen_addresses=127.0.0.1 -c fsync=off"
    control = [programs() / "pg_ctl", "-D", directory / "d", "-w", "-l", directory / "log"]
    subprocess.run([*control, "-o", options, "start"], check=True, capture_output=True, **account)  # type: ignore[call-overload]  # as above
    yield f"postgresql+asyncpg://awaz@127.0.0.1:{port}/postgres"
    subprocess.run([*control, "-m", "immediate", "stop"], check=True, capture_output=True, **account)  # type: ignore[call-overload]  # as above
    shutil.rmtree(directory)


@pytest.fixture
async def engine(postgres: str) -> AsyncIterator[AsyncEngine]:
    await asyncio.to_thread(migrate, postgres)
    await asyncio.to_thread(migrate, postgres)
    made = connect(postgres)
    yield made
    await made.dispose()


async def test_stations_keys_and_the_record_work_on_postgres(engine: AsyncEngine, tmp_path: Path) -> None:
    accounts = Accounts.of(Settings(data_dir=tmp_path), engine)
    await accounts.add_user("owner", "آواز", "user", "pw")
    stations = Stations(engine)
    row = await stations.add("awaz", "Awaz", "", 128, "owner")
    with pytest.raises(Conflict):
        await stations.add("awaz", "Awaz", "", 128, None)
    _, key = await stations.new_key("awaz", "owner", "")
    await stations.refresh()
    verdict = stations.judge(ingest_mount("awaz"), key)
    assert (verdict.allowed, verdict.host) == (True, "آواز")
    granted = await accounts.login("owner", "pw", CONSOLE)
    assert (await accounts.actor(granted.access_token, "")).at == {"awaz": "owner"}
    assert (await accounts.refresh(granted.refresh_token, CONSOLE)).id == granted.id
    with pytest.raises(Unauthenticated):
        await accounts.refresh(granted.refresh_token, CONSOLE)
    with pytest.raises(Unauthenticated):
        await accounts.actor(granted.access_token, "")

    log, journal = Log(), Journal(engine)
    history: list[Observation] = [
        MountsSeen(None, Mount("p")),
        EncoderAuthorised(verdict.key_id, verdict.host),
        EncoderConnected(),
        MountsSeen(Mount("i1"), Mount("p")),
        PipelineSeen(Heard("live", "نصرت - آفرین")),
    ]
    for at, seen in enumerate(history):
        before = log.station
        events = log.see(1000.0 + at, seen)
        for write in record.writes(row.id, before, log.station, events, 1000.0 + at):
            journal.put(write)
    await journal.flush()
    async with reading(engine) as connection:
        restored = record.restore(
            row,
            await table.open_broadcasts(connection, row.id),
            (await table.history(connection, row.id, 1))[0],
            1010.0,
        )
    assert restored.over is not None
    assert restored.over.encoder == Encoder("i1", verdict.key_id, "آواز")
    assert restored.now == log.station.now

    await stations.remove("awaz")
    await stations.refresh()
    assert stations.all() == []


async def test_people_and_what_they_may_do_work_on_postgres(engine: AsyncEngine, tmp_path: Path) -> None:
    accounts = Accounts.of(Settings(data_dir=tmp_path), engine)
    root, sara = [await accounts.add_user(login, login, "admin", "pw") for login in ("root", "sara")]
    await accounts.set_role("sara", "user")
    await Stations(engine).add("people", "", "", 128, "root")
    admin, by = Actor(root.id, "root", "admin"), By(root.id, "root")
    members = Members(engine, accounts.standing)
    _, token = await members.invite(by, "people", "moderator", 600)
    asked = [members.accept(By(sara.id, "sara"), token) for _ in range(2)]
    done = await asyncio.gather(*asked, return_exceptions=True)
    assert [type(each) for each in done].count(Conflict) == 1
    assert [member.role for member in await members.all("people")] == ["owner", "moderator"]
    moderation = Moderation(engine, accounts.standing, lambda _user_id: None)
    ban = await moderation.ban(admin, by, sara.id, "people", seconds=None, reason="shouting")
    actor = await accounts.actor(accounts.mint.make(sara.id), "")
    assert (dict(actor.at), "people" in actor.banned) == ({"people": "moderator"}, True)
    await moderation.allow(admin, by, ban.id, "people")
    assert await moderation.bans("people") == []
    async with reading(engine) as connection:
        noted = [entry.action for entry in await audit.newest(connection, 10, None, "people")]
    assert noted == ["ban.lift", "ban.add", "invitation.accept", "invitation.add", "station.add"]
    guest = accounts.guest("Ali")
    claims = accounts.mint.read(guest.access_token)
    user = await accounts.upgrade(await accounts.standing.actor(claims, ""), "ali", "correct horse", None, by)
    assert accounts.standing.heir(guest.id) is not None
    asked_again = [accounts.refresh(user.refresh_token, by) for _ in range(2)]
    answers = await asyncio.gather(*asked_again, return_exceptions=True)
    assert [type(each) for each in answers].count(Unauthenticated) == 1
    with pytest.raises(Unauthenticated):
        await accounts.login("a\0b", "pw", by)


async def test_a_postgres_that_is_not_there_is_an_upstream_error() -> None:
    engine = connect(f"postgresql+asyncpg://awaz@127.0.0.1:{free_port()}/postgres")
    with pytest.raises(Upstream):
        await Stations(engine).refresh()
    await engine.dispose()
