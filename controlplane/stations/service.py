"""The stations and stream keys in force, in memory for those who must answer at once; the database is their home."""

import secrets
from dataclasses import dataclass, field

from sqlalchemy.ext.asyncio import AsyncEngine

from controlplane.db import audit, authority, users
from controlplane.db import stations as table
from controlplane.db.audit import CONSOLE, By
from controlplane.db.engine import now_ms, reading, writing
from controlplane.db.stations import StationRow, StreamKey
from controlplane.errors import Conflict, NotFound
from controlplane.onair import titles
from controlplane.permissions import ON_AIR
from controlplane.stations.rules import (
    Verdict,
    check_bitrate,
    check_slug,
    ingest_mount,
    key_hash,
    new_key,
    slug_of_ingest,
)

NAME_BYTES = 80
DESCRIPTION = 2000


@dataclass(slots=True)
class Stations:
    """The only holder of what stations there are. Written to through the database, read from memory."""

    engine: AsyncEngine
    _rows: dict[str, StationRow] = field(default_factory=dict)
    _keys: dict[str, StreamKey] = field(default_factory=dict)
    _key_ids: frozenset[str] = frozenset()

    def all(self) -> list[StationRow]:
        """List the stations by slug."""
        return list(self._rows.values())

    def get(self, slug: str) -> StationRow:
        """Return a station; raise NotFound."""
        try:
            return self._rows[slug]
        except KeyError:
            raise NotFound(f"there is no station {slug!r}") from None

    async def refresh(self) -> None:
        """Take over what the database says; raise Upstream, with the old state kept, if it says nothing."""
        async with reading(self.engine) as connection:
            rows = {row.slug: row for row in await table.everything(connection)}
            bans = {(ban.subject, ban.slug) for ban in await authority.bans_in_force(connection, now_ms())}
            keys = {key.sha256: key for key in await table.keys(connection) if _opens(key, bans)}
        self._rows, self._keys = rows, keys
        self._key_ids = frozenset(key.id for key in keys.values())

    def in_force(self, key_id: str) -> bool:
        """Say whether a stream key opens its mount: not revoked, and its holder still goes on air there."""
        return key_id in self._key_ids

    def judge(self, mount: str, key: str) -> Verdict:
        """Say whether a stream key opens an ingest mount."""
        slug = slug_of_ingest(mount)
        if slug is None or slug not in self._rows:
            return Verdict(False, f"there is no station for {mount}")
        found = self._keys.get(key_hash(key))
        if found is None:
            return Verdict(False, f"wrong or revoked stream key for {mount}")
        if found.slug != slug:
            return Verdict(False, f"the stream key is for {ingest_mount(found.slug)}, not for {mount}")
        return Verdict(True, key_id=found.id, host=found.host)

    async def add(  # noqa: PLR0917 - a station's row, and who makes it
        self, slug: str, name: str, description: str, bitrate_kbps: int, owner: str | None, by: By = CONSOLE
    ) -> StationRow:
        """Create a station, owned by the user with the login `owner`; raise InvalidInput, Conflict or NotFound."""
        name = titles.clean(name, NAME_BYTES) or slug
        row = StationRow(
            secrets.token_hex(16), check_slug(slug), name, description[:DESCRIPTION], check_bitrate(bitrate_kbps), True
        )
        async with authority.changing(self.engine) as connection:
            if await table.by_slug(connection, slug) is not None:
                raise Conflict(f"there is a station {slug!r} already")
            await table.add(connection, row, now_ms())
            if owner is not None:
                user = await users.by_login(connection, owner)
                if user is None:
                    raise NotFound(f"there is no user {owner!r}")
                await table.set_member(connection, row.id, user.id, "owner")
            await audit.note(connection, now_ms(), by, "station.add", row.name, station=slug, detail={"owner": owner})
        return row

    async def remove(self, slug: str, by: By = CONSOLE) -> None:
        """Remove a station with its keys and history; raise NotFound."""
        async with authority.changing(self.engine) as connection:
            await audit.note(connection, now_ms(), by, "station.remove", slug, station=slug)
            if not await table.remove(connection, slug):
                raise NotFound(f"there is no station {slug!r}")

    async def new_key(self, slug: str, login: str | None, label: str, by: By = CONSOLE) -> tuple[StreamKey, str]:
        """Make a stream key for a host, who becomes one if the user had no role there; return it and, once, the key.

        Without a login it is for who asks, or from the console for the owner. Raises NotFound, or Conflict for a member
        who does not go on air.
        """
        key = new_key()
        async with authority.changing(self.engine) as connection:
            station = await table.by_slug(connection, slug)
            if station is None:
                raise NotFound(f"there is no station {slug!r}")
            if login is None and by.id:
                user = await users.by_id(connection, by.id)
            else:
                login = login or await table.owner(connection, station.id)
                user = await users.by_login(connection, login) if login else None
            if user is None:
                raise NotFound(f"there is no user {login!r}" if login else f"{slug} has no owner: name a user's login")
            role = await table.role_at(connection, station.id, user.id)
            if role not in {None, *ON_AIR}:
                raise Conflict(f"{user.login} is a {role} here, who does not go on air: make them a host first")
            if role is None:
                await table.set_member(connection, station.id, user.id, "host")
            label = titles.clean(label, NAME_BYTES)
            record = StreamKey(
                id=secrets.token_hex(6),
                slug=slug,
                user_id=user.id,
                host=user.name,
                login=user.login,
                label=label,
                sha256=key_hash(key),
                created_at=now_ms(),
                revoked_at=None,
                role=role or "host",
            )
            await table.add_key(connection, station.id, record)
            detail = {"id": record.id, "label": label}
            await audit.note(connection, now_ms(), by, "stream_key.add", user.login, station=slug, detail=detail)
        return record, key

    async def keys(self, slug: str) -> list[StreamKey]:
        """List a station's keys, revoked ones too."""
        async with reading(self.engine) as connection:
            if await table.by_slug(connection, slug) is None:
                raise NotFound(f"there is no station {slug!r}")
            return await table.keys(connection, slug)

    async def revoke_key(self, key_id: str, slug: str | None = None, by: By = CONSOLE) -> None:
        """Revoke a key, of a station if one is named; its running source is dropped by the daemon. Raises NotFound."""
        async with writing(self.engine) as connection:
            key = await table.key(connection, key_id)
            known = key is not None and slug in {None, key.slug}
            if key is None or not known or not await table.revoke_key(connection, key_id, now_ms()):
                raise NotFound(f"there is no stream key {key_id[:40]!r} in force")
            detail = {"id": key.id, "label": key.label}
            await audit.note(connection, now_ms(), by, "stream_key.revoke", key.login, station=key.slug, detail=detail)


def _opens(key: StreamKey, bans: set[tuple[str, str | None]]) -> bool:
    sent_away = (key.user_id, None) in bans or (key.user_id, key.slug) in bans
    return key.revoked_at is None and key.role in ON_AIR and not sent_away
