"""A real Postgres server on a free port, with databases of its own for each test."""

import asyncio
import itertools
import os
import pwd
import shutil
import subprocess
import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import asyncpg

from controlplane.db.engine import migrate
from tests.support.running_stack import free_port

BLANK = "blank"


def program_directory() -> Path:
    """Return the directory of the Postgres programs."""
    found = shutil.which("initdb")
    return Path(found).parent if found else max(Path("/usr/lib/postgresql").glob("*/bin"))


@dataclass
class Postgres:
    """A running server; its files are gone after `stop`."""

    directory: Path
    port: int
    account: dict[str, Any]
    """Whose processes they are: Postgres refuses to run as root."""
    _numbers: "itertools.count[int]" = field(default_factory=itertools.count)

    @classmethod
    def start(cls) -> "Postgres":
        """Start a server, and wait until it answers."""
        directory = Path(tempfile.mkdtemp(prefix="awaz-pg-", dir="/tmp"))
        user = pwd.getpwnam("postgres") if os.geteuid() == 0 else None
        if user is not None:
            os.chown(directory, user.pw_uid, user.pw_gid)
        account = {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []} if user else {}
        server = cls(directory, free_port(), account)
        server._run("initdb", "-U", "awaz", "-A", "trust", "-E", "UTF8", "--locale", "C.UTF-8")
        options = f"-p {server.port} -k {directory} -c listen_addresses=127.0.0.1 -c fsync=off"
        server._run("pg_ctl", "-w", "-l", str(directory / "log"), "-o", options, "start")
        return server

    def url(self, database: str) -> str:
        """Return a database's URL."""
        return f"postgresql+asyncpg://awaz@127.0.0.1:{self.port}/{database}"

    def create(self, name: str, template: str = "template1") -> str:
        """Create a database, as a copy of another, and return its URL; not to be called within an event loop."""
        asyncio.run(self._create(name, template))
        return self.url(name)

    def create_blank(self) -> None:
        """Create the migrated database that `fresh` copies."""
        migrate(self.create(BLANK))

    def fresh(self) -> str:
        """Create a database with empty tables, and return its URL."""
        return self.create(f"test_{next(self._numbers)}", BLANK)

    def stop(self) -> None:
        """Stop the server and remove its files."""
        self._run("pg_ctl", "-w", "-m", "immediate", "stop")
        shutil.rmtree(self.directory)

    async def _create(self, name: str, template: str) -> None:
        connection = await asyncpg.connect(host="127.0.0.1", port=self.port, user="awaz", database="postgres")
        await connection.execute(f"CREATE DATABASE {name} TEMPLATE {template}")
        await connection.close()

    def _run(self, program: str, *words: str) -> None:
        command = [str(program_directory() / program), "-D", str(self.directory / "d"), *words]
        subprocess.run(command, check=True, capture_output=True, **self.account)
