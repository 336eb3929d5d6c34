"""`awaz docs`: the references as files."""

import tempfile
from pathlib import Path

import httpx

from controlplane.app.compose import compose
from controlplane.db.engine import connect
from controlplane.protocol import reference
from controlplane.runtime.config import Settings

DIRECTORY = Path("docs/reference")


def references() -> dict[str, str]:
    """Return every reference by its file's name."""
    with tempfile.TemporaryDirectory() as scratch:
        settings = Settings(data_dir=Path(scratch))
        daemon = compose(settings, connect("sqlite+aiosqlite://"), httpx.AsyncClient())
    return {
        "asyncapi.json": reference.dumps(reference.asyncapi(daemon.events, daemon.requests)),
        "openapi.json": reference.dumps(reference.openapi(daemon.routes)),
        "configuration.md": reference.configuration(),
        "permissions.md": reference.permissions(daemon.routes, daemon.requests),
    }


def write() -> list[Path]:
    """Write the references and return their paths."""
    DIRECTORY.mkdir(parents=True, exist_ok=True)
    paths = []
    for name, text in references().items():
        paths.append(DIRECTORY / name)
        paths[-1].write_text(text, encoding="utf-8")
    return paths
