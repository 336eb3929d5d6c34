"""A daemon that is composed and never run, for what can be known without running it."""

import tempfile
from pathlib import Path

import httpx

from controlplane.app.compose import compose
from controlplane.app.daemon import Daemon
from controlplane.db.engine import connect
from controlplane.runtime.config import Settings


def compose_only(settings: Settings) -> Daemon:
    """Compose a daemon away from the data directory and the database; raise ConfigError as `awaz serve` would."""
    with tempfile.TemporaryDirectory() as scratch:
        aside = settings.model_copy(update={"data_dir": Path(scratch)})
        return compose(aside, connect("sqlite+aiosqlite://"), httpx.AsyncClient())
