"""Settings and database for every command."""

import asyncio
import os
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TypeVar

from rich.console import Console
from sqlalchemy.ext.asyncio import AsyncEngine

from controlplane.access.authenticator import Authenticator
from controlplane.access.cache import AccessCache
from controlplane.db.engine import connect, migrate
from controlplane.features.accounts.service import Accounts
from controlplane.features.stations.service import Stations
from controlplane.runtime import config
from controlplane.runtime.config import Settings
from controlplane.runtime.data_dir import create_data_dir

T = TypeVar("T")

out = Console(highlight=False, soft_wrap=True)
_chosen: list[Path] = []


def choose_config(file: Path | None) -> None:
    """Remember the file named with --config."""
    _chosen[:] = [] if file is None else [file.absolute()]


def config_file() -> Path | None:
    """Return the file named with --config."""
    return _chosen[0] if _chosen else None


def settings() -> Settings:
    """Read the settings and create the data directory; raises ConfigError."""
    chosen = config.load(os.environ, config_file())
    create_data_dir(chosen.data_dir)
    return chosen


def with_database(work: Callable[[AsyncEngine], Awaitable[T]], *, up_to_date: bool = True) -> T:
    """Run work on the database, brought up to date first unless it is to be taken as it is."""
    url = settings().database_url
    if up_to_date:
        migrate(url)

    async def run() -> T:
        engine = connect(url)
        try:
            return await work(engine)
        finally:
            await engine.dispose()

    return asyncio.run(run())


def with_stations(work: Callable[[Stations], Awaitable[T]]) -> T:
    """Run work on the stations."""
    return with_database(lambda engine: work(Stations(engine, AccessCache(engine))))


def with_accounts(work: Callable[[Accounts], Awaitable[T]], *, up_to_date: bool = True) -> T:
    """Run work on the accounts."""
    return with_database(
        lambda engine: work(Accounts.build(settings(), Authenticator.build(settings(), engine))), up_to_date=up_to_date
    )
