"""`awaz docs`: what is generated from the code's declarations, as files."""

from pathlib import Path

from controlplane.access.ratelimit import rates
from controlplane.cli.composed import compose_only
from controlplane.protocol.reference import markdown, typescript
from controlplane.protocol.reference.asyncapi import asyncapi
from controlplane.protocol.reference.openapi import openapi
from controlplane.protocol.reference.schemas import dumps
from controlplane.runtime.config import Settings

DOCS = Path("docs/reference")
WIRE = Path("ui/src/wire")


def references() -> dict[Path, str]:
    """Return every generated file, by its path below the project."""
    settings = Settings()
    daemon, quotas = compose_only(settings), rates(settings.limits)
    return {
        DOCS / "asyncapi.json": dumps(asyncapi(daemon.protocol, quotas)),
        DOCS / "openapi.json": dumps(openapi(daemon.routes, quotas)),
        DOCS / "configuration.md": markdown.configuration(),
        DOCS / "permissions.md": markdown.permissions(daemon.routes, daemon.protocol.requests),
        WIRE / "events.ts": typescript.events(daemon.protocol),
        WIRE / "permissions.ts": typescript.permissions(),
    }


def stale() -> list[Path]:
    """Return the paths of files that are missing or not what `write` would write."""
    files = references()
    return [path for path, text in files.items() if not path.exists() or path.read_text(encoding="utf-8") != text]


def write() -> list[Path]:
    """Write the files and return their paths."""
    files = references()
    for path, text in files.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return list(files)
