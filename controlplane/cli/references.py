"""`awaz docs`: the references as files."""

import tempfile
from pathlib import Path

import httpx

from controlplane import docs
from controlplane.app import compose
from controlplane.config import Settings
from controlplane.db.engine import connect

DIRECTORY = Path("docs/reference")


def references() -> dict[str, str]:
    """Return every reference by its file's name."""
    with tempfile.TemporaryDirectory() as scratch:
        settings = Settings(data_dir=Path(scratch))
        daemon = compose(settings, connect("sqlite+aiosqlite://"), httpx.AsyncClient())
    return {
        "asyncapi.json": docs.dumps(docs.asyncapi()),
        "openapi.json": docs.dumps(docs.openapi(daemon.routes)),
        "configuration.md": docs.configuration(),
        "permissions.md": docs.permissions(daemon.routes),
    }


def write() -> list[Path]:
    """Write the references and return their paths."""
    DIRECTORY.mkdir(parents=True, exist_ok=True)
    paths = []
    for name, text in references().items():
        paths.append(DIRECTORY / name)
        paths[-1].write_text(text, encoding="utf-8")
    return paths
