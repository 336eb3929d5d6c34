"""The stations and their stream keys, in memory so that hooks are answered at once; the database is their home."""

import secrets
from dataclasses import dataclass, field, replace
from functools import cache
from zoneinfo import available_timezones

from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from controlplane.access.cache import AccessCache
from controlplane.db import access, audit, bots, users
from controlplane.db import stations as table
from controlplane.db.access import Ban
from controlplane.db.engine import reading
from controlplane.db.stations import StreamKey
from controlplane.features.stations.rules import (
    RESERVED,
    AdmittedBrowser,
    Verdict,
    changed,
    check_bitrate,
    check_description,
    check_language,
    check_name,
    check_slug,
    check_timezone,
    new_key,
    slug_of,
)
from controlplane.kernel.audit import CONSOLE, AuditActor
from controlplane.kernel.clock import SYSTEM_CLOCK, Clock
from controlplane.kernel.errors import Conflict, Forbidden, NotFound
from controlplane.kernel.mounts import (
    BROWSER_KEY,
    Slot,
    browser_key,
    ingest_mount,
    of_ingest,
    offair_mounts,
    public_mounts,
)
from controlplane.kernel.permissions import ON_AIR
from controlplane.kernel.stations import NewStation, StationRow
from controlplane.kernel.text import NAME_BYTES, clean, duration_text
from controlplane.kernel.tokens import token_hash
from controlplane.protocol.stations import StationPatch

MAX_SAME_NAMES = 100
ADMITTED_FOR_MS = 10_000


@cache
def _timezones() -> frozenset[str]:
    return frozenset(available_timezones())


@dataclass(slots=True)
class Stations:
    """Written to through the database, and read from memory, which is loaded again when the access version rises."""

    engine: AsyncEngine
    cache: AccessCache
    clock: Clock = SYSTEM_CLOCK
    _rows: dict[str, StationRow] = field(default_factory=dict)
    _keys: dict[str, StreamKey] = field(default_factory=dict)
    _bans: dict[tuple[str, str | None], list[Ban]] = field(default_factory=dict)
    _admitted: dict[str, AdmittedBrowser] = field(default_factory=dict)
    """Browsers that are about to send their microphone, by the hash of a password for one connection."""
    _locked: dict[tuple[str, str], int] = field(default_factory=dict)
    """Until when a user's browser is kept out of a station, in unix milliseconds, by slug and key."""

    def all(self) -> list[StationRow]:
        """List the stations by slug."""
        return list(self._rows.values())

    def get(self, slug: str) -> StationRow:
        """Return a station; raise NotFound."""
        try:
            return self._rows[slug]
        except KeyError:
            raise NotFound(f"there is no station {slug!r}") from None

    def by_id(self, station_id: str) -> StationRow:
        """Return a station by its id; raise NotFound."""
        for row in self._rows.values():
            if row.id == station_id:
                return row
        raise NotFound("the station has been removed")

    async def load(self) -> None:
        """Read the stations, keys and bans; raise Upstream, with the old state kept, if the database is away."""
        async with reading(self.engine) as connection:
            rows = {row.slug: row for row in await table.everything(connection)}
            bans: dict[tuple[str, str | None], list[Ban]] = {}
            for ban in await access.bans_in_force(connection, self.clock.now_ms()):
                bans.setdefault((ban.subject, ban.slug), []).append(ban)
            keys = {key.sha256: key for key in await table.keys(connection)}
        self._rows, self._keys, self._bans = rows, keys, bans

    def in_force(self, key_id: str) -> bool:
        """Say whether a stream key is valid: not revoked, and its holder may still go on air there."""
        if key_id.startswith(BROWSER_KEY):
            # It has no key to revoke: the microphone feature ends it.
            return True
        return any(
            key.id == key_id and self._is_in_force(key) and not self._is_locked(key) for key in self._keys.values()
        )

    def is_locked(self, key_id: str) -> bool:
        """Say whether a stream key opens nothing for some time, because its encoder was kicked."""
        return any(key.id == key_id and self._is_locked(key) for key in self._keys.values())

    def admit_browser(self, slug: str, slot: Slot, user_id: str, host: str) -> str:
        """Let a user's browser send to an ingest mount once; return a password. Raises Forbidden while it is locked."""
        key_id, password, now = browser_key(user_id), new_key(), self.clock.now_ms()
        until = self._locked.get((slug, key_id), 0)
        if until > now:
            raise Forbidden(
                f"your microphone was disconnected: it can be used again in {duration_text((until - now) / 1000)}"
            )
        self._admitted = {each: guest for each, guest in self._admitted.items() if guest.until_ms > now}
        self._admitted[token_hash(password)] = AdmittedBrowser(slug, slot, key_id, host, now + ADMITTED_FOR_MS)
        return password

    def authorise_encoder(self, mount: str, key: str) -> Verdict:
        """Decide whether an encoder with a stream key may use an ingest mount."""
        known = of_ingest(mount)
        if known is None or known[0] not in self._rows:
            return Verdict(False, self._no_ingest_mount(mount))
        slug, slot = known
        guest = self._admitted.get(token_hash(key))
        if guest is not None:
            # It is for one connection.
            del self._admitted[token_hash(key)]
            is_for_it = (guest.slug, guest.slot) == known and guest.until_ms > self.clock.now_ms()
            return Verdict(is_for_it, slot=slot, key_id=guest.key_id, host=guest.host)
        found = self._keys.get(token_hash(key))
        if found is None or not self._is_in_force(found):
            return Verdict(False, f"wrong or revoked stream key for {mount}")
        if found.slug != slug:
            return Verdict(False, f"the stream key is for {ingest_mount(found.slug)}, not for {mount}")
        if self._is_locked(found):
            reason = f"the stream key is locked: its encoder was disconnected from {mount}"
            return Verdict(False, reason, host=found.host, locked_until=found.locked_until)
        return Verdict(True, slot=slot, key_id=found.id, host=found.host)

    def _no_ingest_mount(self, mount: str) -> str:
        if any(mount in {*public_mounts(slug), *offair_mounts(slug)} for slug in self._rows):
            # Icecast asks about these only while they are not in the configuration that it has read.
            return f"Icecast has not read its new configuration with {mount} yet"
        return f"there is no station for {mount}"

    async def add(
        self, new: NewStation, owner: str | None = None, by: AuditActor = CONSOLE, *, max_owned: int | None = None
    ) -> StationRow:
        """Create a station, owned by the user with the login `owner`; raise InvalidInput, Conflict or NotFound.

        It is a Conflict if the owner has `max_owned` stations already.
        """
        name = clean(new.name, NAME_BYTES) if new.slug is not None else check_name(new.name)
        async with self.cache.changing() as connection:
            slug = check_slug(new.slug if new.slug is not None else await self._free_slug(connection, name))
            if await table.by_slug(connection, slug) is not None:
                raise Conflict(f"there is a station {slug!r} already")
            row = StationRow(
                id=secrets.token_hex(16),
                slug=slug,
                name=name or slug,
                description=check_description(new.description),
                bitrate_kbps=check_bitrate(new.bitrate_kbps),
                auto_live=True,
                language=check_language(new.language),
                timezone=check_timezone(new.timezone, _timezones()),
            )
            await table.add(connection, row, self.clock.now_ms())
            if owner is not None:
                await self._make_owner(connection, row, owner, max_owned)
            await audit.note(
                connection, self.clock.now_ms(), by, "station.add", row.name, station=slug, detail={"owner": owner}
            )
        return row

    async def _make_owner(
        self, connection: AsyncConnection, row: StationRow, login: str, max_owned: int | None
    ) -> None:
        user = await users.by_login(connection, login)
        if user is None:
            raise NotFound(f"no user is called {login!r}")
        owned = await table.count_owned(connection, user.id)
        if max_owned is not None and owned >= max_owned:
            raise Conflict(f"you own {owned} stations already: remove one, or ask an admin")
        await table.set_member(connection, row.id, user.id, "owner")

    async def change(self, slug: str, request: StationPatch, by: AuditActor) -> StationRow:
        """Change a station's settings; raise NotFound or InvalidInput.

        Another bitrate restarts its pipeline: listeners are on the off-air mount for some seconds.
        """
        async with self.cache.changing() as connection:
            row = changed(await table.require(connection, slug), request)
            check_timezone(row.timezone, _timezones())
            await table.change(connection, row)
            await audit.note(connection, self.clock.now_ms(), by, "station.change", row.name, station=slug)
        return row

    async def set_art(self, slug: str, art: str, by: AuditActor) -> str:
        """Give a station the picture with a SHA-256, or none; return the one that it had. Raises NotFound."""
        async with self.cache.changing() as connection:
            row = await table.require(connection, slug)
            await table.change(connection, replace(row, art=art))
            await audit.note(connection, self.clock.now_ms(), by, "station.change", row.name, station=slug)
        return row.art

    async def owners(self) -> dict[str, list[str]]:
        """Return the names of the owners of each station that has any."""
        found: dict[str, list[str]] = {}
        async with reading(self.engine) as connection:
            for slug, name in await table.owners(connection):
                found.setdefault(slug, []).append(name)
        return found

    async def login_of(self, user_id: str) -> str | None:
        """Return the login of a user."""
        async with reading(self.engine) as connection:
            user = await users.by_id(connection, user_id)
        return user.login if user is not None else None

    async def _free_slug(self, connection: AsyncConnection, name: str) -> str:
        wanted = slug_of(name) or "station"
        for number in range(1, MAX_SAME_NAMES):
            slug = wanted if number == 1 else f"{wanted}-{number}"
            if slug not in RESERVED and await table.by_slug(connection, slug) is None:
                return slug
        raise Conflict(f"there are {MAX_SAME_NAMES} stations of that name: choose a slug")

    async def remove(self, slug: str, by: AuditActor = CONSOLE) -> None:
        """Remove a station with its keys and history; raise NotFound."""
        async with self.cache.changing() as connection:
            station = await table.require(connection, slug)
            await audit.note(connection, self.clock.now_ms(), by, "station.remove", slug, station=slug)
            await bots.remove_all(connection, station.id)
            await table.remove(connection, slug)

    async def new_key(
        self, slug: str, login: str | None, label: str, by: AuditActor = CONSOLE
    ) -> tuple[StreamKey, str]:
        """Create a stream key for a user, who becomes a host without a role there; return its record and the key.

        Without a login it is for the actor, or from the console for the owner. Raises NotFound, or Conflict for a
        member who may not go on air. The key itself is not kept.
        """
        key = new_key()
        async with self.cache.changing() as connection:
            station = await table.require(connection, slug)
            if login is None and by.id:
                user = await users.by_id(connection, by.id)
            else:
                login = login or await table.owner(connection, station.id)
                user = await users.by_login(connection, login) if login else None
            if user is None:
                raise NotFound(f"no user is called {login!r}" if login else f"{slug} has no owner: name a user's login")
            role = await table.role_at(connection, station.id, user.id)
            if role not in {None, *ON_AIR}:
                raise Conflict(f"{user.login} is a {role} here and cannot go on air: make them a host first")
            if role is None:
                await table.set_member(connection, station.id, user.id, "host")
            label = clean(label, NAME_BYTES)
            record = StreamKey(
                id=secrets.token_hex(6),
                slug=slug,
                user_id=user.id,
                host=user.name,
                login=user.login,
                label=label,
                sha256=token_hash(key),
                created_at=self.clock.now_ms(),
                revoked_at=None,
                role=role or "host",
            )
            await table.add_key(connection, station.id, record)
            detail = {"id": record.id, "label": label}
            await audit.note(
                connection, self.clock.now_ms(), by, "stream_key.add", user.login, station=slug, detail=detail
            )
        return record, key

    async def keys(self, slug: str) -> list[StreamKey]:
        """List a station's keys, revoked ones too."""
        async with reading(self.engine) as connection:
            await table.require(connection, slug)
            return await table.keys(connection, slug)

    async def revoke_key(self, key_id: str, slug: str | None = None, by: AuditActor = CONSOLE) -> None:
        """Revoke a key, of a station if one is named; the daemon cuts off an encoder that uses it. Raises NotFound."""
        async with self.cache.changing() as connection:
            key = await table.key(connection, key_id)
            known = key is not None and slug in {None, key.slug}
            if key is None or not known or not await table.revoke_key(connection, key_id, self.clock.now_ms()):
                raise NotFound(f"there is no stream key {key_id[:40]!r} in force")
            detail = {"id": key.id, "label": key.label}
            await audit.note(
                connection, self.clock.now_ms(), by, "stream_key.revoke", key.login, station=key.slug, detail=detail
            )

    async def lock_key(self, slug: str, key_id: str, host: str, seconds: int, by: AuditActor) -> int:
        """Have a station's key open nothing for some seconds; raise NotFound. Return until when, unix milliseconds."""
        until = self.clock.now_ms() + seconds * 1000
        async with self.cache.changing() as connection:
            key = await table.key(connection, key_id)
            if not key_id.startswith(BROWSER_KEY) and (key is None or key.slug != slug):
                raise NotFound(f"there is no stream key {key_id[:40]!r}")
            await table.lock_key(connection, key_id, until)
            who, label = (key.login, key.label) if key is not None else (host, "")
            detail = {"id": key_id, "label": label, "seconds": str(seconds)}
            await audit.note(connection, self.clock.now_ms(), by, "encoder.kick", who, station=slug, detail=detail)
        if key is None:
            self._locked[slug, key_id] = until
        return until

    def _is_locked(self, key: StreamKey) -> bool:
        return key.locked_until is not None and key.locked_until > self.clock.now_ms()

    def _is_in_force(self, key: StreamKey) -> bool:
        now = self.clock.now_ms()
        bans = [*self._bans.get((key.user_id, None), ()), *self._bans.get((key.user_id, key.slug), ())]
        banned = any(ban.until is None or ban.until > now for ban in bans)
        return key.revoked_at is None and key.role in ON_AIR and not banned
