"""Databases for tests: files of SQLite, or databases of a Postgres server."""

import itertools
import shutil
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from controlplane.db.engine import migrate
from controlplane.runtime.config import Settings
from tests.support.postgres import Postgres


class Databases(Protocol):
    """Creates databases, and returns their URLs."""

    def fresh(self, settings: Settings) -> str:
        """Create a database with empty tables."""

    def empty(self, settings: Settings) -> str:
        """Create a database without tables."""


class SqliteFiles:
    """Databases as files, copied from a migrated one, since migrating takes longer than most tests."""

    def __init__(self, directory: Path) -> None:
        self.blank = directory / "awaz.db"
        migrate(f"sqlite+aiosqlite:///{self.blank}")

    def fresh(self, settings: Settings) -> str:
        shutil.copy(self.blank, settings.data_dir / "awaz.db")
        return settings.database_url

    def empty(self, settings: Settings) -> str:
        return settings.database_url


@dataclass
class PostgresDatabases:
    """Databases of a running server."""

    server: Postgres
    _numbers: "itertools.count[int]" = field(default_factory=itertools.count)

    def fresh(self, _settings: Settings) -> str:
        return self.server.fresh()

    def empty(self, _settings: Settings) -> str:
        return self.server.create(f"empty_{next(self._numbers)}")
