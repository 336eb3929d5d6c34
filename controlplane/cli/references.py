"""`awaz docs`: what is generated from the code's declarations, as files."""

from pathlib import Path

from controlplane.cli.composed import compose_only
from controlplane.protocol import reference
from controlplane.runtime.config import Settings

DOCS = Path("docs/reference")
CLIENT = Path("ui/src/client")


def references() -> dict[Path, str]:
    """Return every generated file, by its path below the project."""
    daemon = compose_only(Settings())
    return {
        DOCS / "asyncapi.json": reference.dumps(reference.asyncapi(daemon.events, daemon.requests)),
        DOCS / "openapi.json": reference.dumps(reference.openapi(daemon.routes)),
        DOCS / "configuration.md": reference.configuration(),
        DOCS / "permissions.md": reference.permissions(daemon.routes, daemon.requests),
        CLIENT / "deliveries.ts": reference.deliveries(daemon.events),
    }


def write() -> list[Path]:
    """Write the files and return their paths."""
    files = references()
    for path, text in files.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return list(files)
