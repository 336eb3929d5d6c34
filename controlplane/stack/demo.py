"""The demo station: its users, its stream key, and the file that lists them."""

import secrets
from dataclasses import dataclass
from typing import Any

import orjson
from sqlalchemy.ext.asyncio import AsyncEngine

from controlplane.access.authenticator import Authenticator
from controlplane.db import stations as table
from controlplane.db import users
from controlplane.db.engine import connect, reading
from controlplane.features.accounts.service import Accounts
from controlplane.features.stations.encoder import encoder_view
from controlplane.features.stations.service import Stations
from controlplane.kernel.errors import Conflict
from controlplane.kernel.mounts import public_mount
from controlplane.kernel.stations import NewStation
from controlplane.kernel.tokens import token_hash
from controlplane.runtime.config import Settings
from controlplane.runtime.files import write
from controlplane.runtime.paths import Paths

SLUG = "awaz"
DESCRIPTION = "The demo station. Point OBS or butt at it and you are on air."
KEY_LABEL = "demo"


@dataclass(frozen=True, slots=True)
class Demo:
    """Sets the demo station up; a second time it changes nothing."""

    settings: Settings
    paths: Paths

    @property
    def first_start(self) -> bool:
        """Whether the demo station has not been set up before."""
        return not self._known()

    async def prepare(self) -> dict[str, Any]:
        """Return the contents of var/demo.json, brought up to date."""
        engine = connect(self.settings.database_url)
        try:
            return await self._prepare(engine)
        finally:
            await engine.dispose()

    async def _prepare(self, engine: AsyncEngine) -> dict[str, Any]:
        known = self._known()
        accounts = Accounts.build(self.settings, Authenticator.build(self.settings, engine))
        people = {}
        for login, name, role in (("owner", "Demo Owner", "user"), ("admin", "Admin", "admin")):
            people[login] = known.get(login) or {"login": login, "password": secrets.token_urlsafe(12)}
            if login not in known:
                await self._add_user(accounts, login, name, role, people[login]["password"])
            elif not await self._is_valid(accounts, engine, people[login]):
                people[login]["password"] = ""  # they chose another, and that is theirs
        stations = Stations(engine, accounts.cache)
        async with reading(engine) as connection:
            station = await table.by_slug(connection, SLUG)
            keys = await table.keys(connection, SLUG)
        if station is None:
            await stations.add(NewStation(slug=SLUG, name="Awaz", description=DESCRIPTION), "owner")
        key = known.get("encoder", {}).get("key", "")
        if token_hash(key) not in {entry.sha256 for entry in keys if entry.revoked_at is None}:
            for entry in keys:
                if entry.label == KEY_LABEL and entry.revoked_at is None:
                    await stations.revoke_key(entry.id)
            _, key = await stations.new_key(SLUG, "owner", KEY_LABEL)
        contents = self._contents(key, people)
        write(self.paths.demo, orjson.dumps(contents, option=orjson.OPT_INDENT_2))
        return contents

    @staticmethod
    async def _is_valid(accounts: Accounts, engine: AsyncEngine, who: dict[str, str]) -> bool:
        async with reading(engine) as connection:
            user = await users.by_login(connection, who["login"])
        return user is None or await accounts.passwords.verify(user.password_hash, who["password"])

    @staticmethod
    async def _add_user(accounts: Accounts, login: str, name: str, role: str, password: str) -> None:
        try:
            await accounts.add_user(login, name, role, password)
        except Conflict:
            # The file was lost, and with it the password.
            await accounts.set_password(login, password)

    def _known(self) -> dict[str, Any]:
        try:
            known = orjson.loads(self.paths.demo.read_bytes())
        except (OSError, orjson.JSONDecodeError):
            return {}
        return known if isinstance(known, dict) else {}

    def _contents(self, key: str, people: dict[str, Any]) -> dict[str, Any]:
        site, audio = self.settings.site_url, self.settings.audio_url
        view = encoder_view(SLUG, self.settings.encoder_address, key)
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
