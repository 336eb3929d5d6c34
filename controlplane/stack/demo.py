"""The demo station: its people, its key, its tracks, and the note that tells of them."""

import secrets
from dataclasses import dataclass
from typing import Any

import orjson
from sqlalchemy.ext.asyncio import AsyncEngine

from controlplane.accounts.service import Accounts
from controlplane.config import Settings
from controlplane.db import stations as table
from controlplane.db import users
from controlplane.db.engine import connect, reading
from controlplane.errors import Conflict
from controlplane.files import write
from controlplane.paths import Paths
from controlplane.stations.handlers import encoder_view
from controlplane.stations.rules import key_hash, public_mount
from controlplane.stations.service import Stations

SLUG = "awaz"
DESCRIPTION = "The demo station. Point OBS or butt at it and you are on air."
KEY_LABEL = "demo"


@dataclass(frozen=True, slots=True)
class Demo:
    """Sets the demo station up once; a second time finds everything there."""

    settings: Settings
    paths: Paths

    @property
    def first_start(self) -> bool:
        """Whether nobody has been told about the demo station yet."""
        return not self._known()

    async def prepare(self) -> dict[str, Any]:
        """Return what var/demo.json says, made new where it is not true any more."""
        engine = connect(self.settings.database_url)
        try:
            return await self._prepare(engine)
        finally:
            await engine.dispose()

    async def _prepare(self, engine: AsyncEngine) -> dict[str, Any]:
        known = self._known()
        accounts = Accounts.of(self.settings, engine)
        people = {}
        for login, name, role in (("owner", "Demo Owner", "user"), ("admin", "Admin", "admin")):
            people[login] = known.get(login) or {"login": login, "password": secrets.token_urlsafe(12)}
            if login not in known:
                await self._admit(accounts, login, name, role, people[login]["password"])
            elif not await self._holds(accounts, engine, people[login]):
                people[login]["password"] = ""  # they chose another, and that is theirs
        stations = Stations(engine)
        async with reading(engine) as connection:
            station = await table.by_slug(connection, SLUG)
            keys = await table.keys(connection, SLUG)
        if station is None:
            await stations.add(SLUG, "Awaz", DESCRIPTION, 128, "owner")
        key = known.get("encoder", {}).get("key", "")
        if key_hash(key) not in {entry.sha256 for entry in keys if entry.revoked_at is None}:
            for entry in keys:
                if entry.label == KEY_LABEL and entry.revoked_at is None:
                    await stations.revoke_key(entry.id)
            _, key = await stations.new_key(SLUG, "owner", KEY_LABEL)
        told = self._told(key, people)
        write(self.paths.demo, orjson.dumps(told, option=orjson.OPT_INDENT_2))
        return told

    @staticmethod
    async def _holds(accounts: Accounts, engine: AsyncEngine, who: dict[str, str]) -> bool:
        async with reading(engine) as connection:
            user = await users.by_login(connection, who["login"])
        return user is None or await accounts.passwords.verify(user.password_hash, who["password"])

    @staticmethod
    async def _admit(accounts: Accounts, login: str, name: str, role: str, password: str) -> None:
        try:
            await accounts.add_user(login, name, role, password)
        except Conflict:
            # The note was lost, and only it knew the password.
            await accounts.set_password(login, password)

    def _known(self) -> dict[str, Any]:
        try:
            known = orjson.loads(self.paths.demo.read_bytes())
        except (OSError, orjson.JSONDecodeError):
            return {}
        return known if isinstance(known, dict) else {}

    def _told(self, key: str, people: dict[str, Any]) -> dict[str, Any]:
        site, audio = self.settings.site_url, self.settings.audio_url
        view = encoder_view(SLUG, audio, key)
        return {
            "listener_url": f"{site}/",
            "studio_url": f"{site}/studio",
            "mount_url": audio + public_mount(SLUG),
            "api_url": f"{site}/api/v1",
            "encoder": {
                "host": view.host,
                "port": view.port,
                "mount": view.mount,
                "user": view.user,
                "key": key,
                "url": view.url,
            },
            **people,
        }
