"""Database access on a real Postgres server."""

import asyncio
import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from controlplane.access.authenticator import Authenticator
from controlplane.access.cache import AccessCache
from controlplane.access.identity import Actor
from controlplane.db import access, audit
from controlplane.db import onair as table
from controlplane.db.engine import connect, migrate, reading
from controlplane.features.accounts.service import Accounts
from controlplane.features.moderation.service import Moderation
from controlplane.features.onair import record
from controlplane.features.onair.journal import Journal
from controlplane.features.onair.state import (
    Encoder,
    EncoderAuthorised,
    EncoderConnected,
    Mount,
    MountsSeen,
    Observation,
    PipelineSeen,
    Playing,
)
from controlplane.features.stations.members import Members
from controlplane.features.stations.service import Stations
from controlplane.kernel.audit import CONSOLE, AuditActor
from controlplane.kernel.errors import Conflict, Unauthenticated, Upstream
from controlplane.kernel.mounts import ingest_mount
from controlplane.runtime.config import Settings
from tests.service.test_migrations import EARLIER, ROWS
from tests.support.running_stack import free_port
from tests.unit.test_onair_rules import Timeline


def program_directory() -> Path:
    """Return the directory of the Postgres programs."""
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
            program_directory() / "initdb",
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
    control = [program_directory() / "pg_ctl", "-D", directory / "d", "-w", "-l", directory / "log"]
    subprocess.run([*control, "-o", options, "start"], check=True, capture_output=True, **account)  # type: ignore[call-overload]  # as above
    yield f"postgresql+asyncpg://awaz@127.0.0.1:{port}/postgres"
    subprocess.run([*control, "-m", "immediate", "stop"], check=True, capture_output=True, **account)  # type: ignore[call-overload]  # as above
    shutil.rmtree(directory)


@pytest.fixture
async def engine(postgres: str) -> AsyncIterator[AsyncEngine]:
    await asyncio.to_thread(migrate, postgres)
    await asyncio.to_thread(migrate, postgres)
    created = connect(postgres)
    yield created
    await created.dispose()


async def run_sql(url: str, statements: list[str]) -> None:
    created = create_async_engine(url, isolation_level="AUTOCOMMIT")
    async with created.connect() as connection:
        for statement in statements:
            await connection.exec_driver_sql(statement)
    await created.dispose()


async def test_migrating_from_the_previous_version_keeps_all_data(postgres: str) -> None:
    await run_sql(postgres, ["create database earlier"])
    url = postgres.removesuffix("postgres") + "earlier"
    await asyncio.to_thread(migrate, url, EARLIER)
    await run_sql(url, ROWS.strip().split(";\n"))
    await asyncio.to_thread(migrate, url)
    created = connect(url)
    authenticator = Authenticator.build(Settings(), created)
    await authenticator.cache.refresh()
    upgrade = authenticator.cache.upgrade("guest:old")
    async with reading(created) as connection:
        history = await table.history(connection, "s1", 10)
        version = await access.version(connection)
    await created.dispose()
    assert upgrade is not None
    assert (upgrade.user_id, [play.title for play in history], version) == ("u1", ["Song"], 41)


async def test_stations_keys_and_broadcasts_work_on_postgres(engine: AsyncEngine, tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path)
    authenticator = Authenticator.build(settings, engine)
    accounts = Accounts.build(settings, authenticator)
    await accounts.add_user("owner", "آواز", "user", "pw")
    stations = Stations(engine, AccessCache(engine))
    row = await stations.add("awaz", "Awaz", "", 128, "owner")
    with pytest.raises(Conflict):
        await stations.add("awaz", "Awaz", "", 128, None)
    _, key = await stations.new_key("awaz", "owner", "")
    await stations.load()
    verdict = stations.authorise_encoder(ingest_mount("awaz"), key)
    assert (verdict.allowed, verdict.host) == (True, "آواز")
    granted = await accounts.login("owner", "pw", CONSOLE)
    assert ((await authenticator.authenticate(granted.access_token, ""))[0]).at == {"awaz": "owner"}
    assert (await accounts.refresh(granted.refresh_token, CONSOLE)).id == granted.id
    with pytest.raises(Unauthenticated):
        await accounts.refresh(granted.refresh_token, CONSOLE)
    with pytest.raises(Unauthenticated):
        (await authenticator.authenticate(granted.access_token, ""))[0]

    timeline, journal = Timeline(), Journal(engine)
    history: list[Observation] = [
        MountsSeen(None, Mount("p")),
        EncoderAuthorised(verdict.key_id, verdict.host),
        EncoderConnected(),
        MountsSeen(Mount("i1"), Mount("p")),
        PipelineSeen(Playing("live", "نصرت - آفرین")),
    ]
    for at, observation in enumerate(history):
        before = timeline.station
        events = timeline.observe(1000.0 + at, observation)
        for write in record.writes(row.id, before, timeline.station, events, 1000.0 + at):
            journal.put(write)
    await journal.flush()
    async with reading(engine) as connection:
        restored = record.restore(
            row,
            await table.open_broadcasts(connection, row.id),
            (await table.history(connection, row.id, 1))[0],
            1010.0,
        )
    assert restored.foreground is not None
    assert restored.foreground.encoder == Encoder("i1", verdict.key_id, "آواز")
    assert restored.now == timeline.station.now

    await stations.remove("awaz")
    await stations.load()
    assert stations.all() == []


async def test_members_bans_and_the_audit_log_work_on_postgres(engine: AsyncEngine, tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path)
    authenticator = Authenticator.build(settings, engine)
    accounts = Accounts.build(settings, authenticator)
    root, sara = [await accounts.add_user(login, login, "admin", "pw") for login in ("root", "sara")]
    await accounts.set_role("sara", "user")
    await Stations(engine, AccessCache(engine)).add("people", "", "", 128, "root")
    admin, by = Actor(root.id, "root", "admin"), AuditActor(root.id, "root")
    members = Members(engine, accounts.cache)
    _, token = await members.invite(by, "people", "moderator", 600)
    requests = [members.accept(AuditActor(sara.id, "sara"), token) for _ in range(2)]
    results = await asyncio.gather(*requests, return_exceptions=True)
    assert [type(each) for each in results].count(Conflict) == 1
    assert [member.role for member in await members.all("people")] == ["owner", "moderator"]
    moderation = Moderation(engine, accounts.cache, lambda _user_id: None)
    ban = await moderation.ban(admin, by, sara.id, "people", seconds=None, reason="shouting")
    actor = (await authenticator.authenticate(accounts.mint.make(sara.id), ""))[0]
    assert (dict(actor.at), "people" in actor.banned) == ({"people": "moderator"}, True)
    await moderation.lift(admin, by, ban.id, "people")
    assert await moderation.bans("people") == []
    async with reading(engine) as connection:
        actions = [entry.action for entry in await audit.newest(connection, 10, None, "people")]
    assert actions == ["ban.lift", "ban.add", "invitation.accept", "invitation.add", "station.add"]
    guest = accounts.guest("Ali")
    claims = accounts.mint.read(guest.access_token)
    user = await accounts.upgrade(await accounts.cache.actor(claims, ""), "ali", "correct horse", None, by)
    assert accounts.cache.upgrade(guest.id) is not None
    refreshes = [accounts.refresh(user.refresh_token, by) for _ in range(2)]
    answers = await asyncio.gather(*refreshes, return_exceptions=True)
    assert [type(each) for each in answers].count(Unauthenticated) == 1
    with pytest.raises(Unauthenticated):
        await accounts.login("a\0b", "pw", by)


async def test_an_unreachable_postgres_is_an_upstream_error() -> None:
    engine = connect(f"postgresql+asyncpg://awaz@127.0.0.1:{free_port()}/postgres")
    with pytest.raises(Upstream):
        await Stations(engine, AccessCache(engine)).load()
    await engine.dispose()
