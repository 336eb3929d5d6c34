"""Every setting, with its default and its reason; read once, at start.

Order, later wins: defaults, `awaz.toml`, environment `AWAZ__SECTION__FIELD`, files named by
`AWAZ__SECTION__FIELD_FILE`.
"""

import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from controlplane.errors import ConfigError

ENV_PREFIX = "AWAZ__"
FILE_SUFFIX = "_FILE"


class Section(BaseModel):
    """A frozen group of settings that refuses unknown keys."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Http(Section):
    """The daemon's own web server: pages, HTTP API, Socket.IO."""

    host: str = Field("0.0.0.0", description="Address to listen on.")  # noqa: S104 - listeners come from outside
    port: int = Field(8080, ge=1, le=65535, description="Port to listen on.")
    public_url: str = Field("", description="Address that listeners type; empty: http://127.0.0.1:<port>.")
    origins: list[str] = Field(
        default_factory=list,
        description="Other web origins whose pages may use the API and the socket; our own always may.",
    )


class Icecast(Section):
    """The Icecast server that carries the audio."""

    host: str = Field("127.0.0.1", description="Where the daemon and the pipelines reach Icecast.")
    port: int = Field(8000, ge=1, le=65535, description="Icecast's port.")
    bind: str = Field("0.0.0.0", description="Address Icecast listens on.")  # noqa: S104 - encoders and listeners come from outside
    public_url: str = Field("", description="Icecast as listeners and encoders see it; empty: http://127.0.0.1:<port>.")
    admin_user: str = Field("admin", description="User of Icecast's admin API.")
    template: Path = Field(Path("deploy/icecast.xml"), description="The Icecast configuration that ops edit.")
    poll_interval_s: float = Field(5.0, gt=0, description="Seconds between two polls of /admin/stats.")
    burst_s: float = Field(4.0, ge=0, le=30, description="Seconds of audio a new listener is sent at once.")


class Hooks(Section):
    """The loopback listener for Icecast's and Liquidsoap's callbacks."""

    host: str = Field("127.0.0.1", description="Address to listen on; keep it on loopback.")
    port: int = Field(8090, ge=1, le=65535, description="Port to listen on.")


class Database(Section):
    """Where what must survive is kept."""

    url: str = Field("", description="SQLAlchemy async URL; empty: SQLite in the data directory.")


class OnAir(Section):
    """How the daemon judges what a station is doing."""

    grace_s: float = Field(
        10.0, ge=0, description="Seconds a dropped encoder may take to come back to the same broadcast."
    )
    upload_grace_s: float = Field(1.0, ge=0, description="Seconds between two uploads of one broadcast.")


class Pipeline(Section):
    """The Liquidsoap processes, one a station."""

    manager: Literal["supervisord", "none"] = Field("supervisord", description="Who starts and stops the pipelines.")
    program: str = Field("liquidsoap", description="The Liquidsoap program.")
    user: str = Field("liquidsoap", description="Unprivileged user of the pipelines when we run as root.")


class Tokens(Section):
    """Access tokens (HS256 JWT)."""

    issuer: str = Field("awaz", description="The `iss` claim of our tokens.")
    audience: str = Field("awaz-pulse", description="The `aud` claim of our tokens.")
    lifetime_s: int = Field(900, ge=10, le=86400, description="Seconds an access token lives.")


class Log(Section):
    """What the daemon writes to its standard error."""

    level: Literal["debug", "info", "warning", "error"] = Field("info", description="Least severe level written.")
    format: Literal["text", "json"] = Field("text", description="Lines for people or for machines.")


class Settings(Section):
    """All settings."""

    data_dir: Path = Field(Path("var"), description="Directory of all state.")
    http: Http = Http()
    icecast: Icecast = Icecast()
    hooks: Hooks = Hooks()
    database: Database = Database()
    onair: OnAir = OnAir()
    pipeline: Pipeline = Pipeline()
    tokens: Tokens = Tokens()
    log: Log = Log()

    @property
    def database_url(self) -> str:
        """The database's SQLAlchemy URL, SQLite in the data directory unless set."""
        return self.database.url or f"sqlite+aiosqlite:///{self.data_dir / 'awaz.db'}"

    @property
    def site_url(self) -> str:
        """Our pages' base address, without a trailing slash."""
        return (self.http.public_url or f"http://127.0.0.1:{self.http.port}").rstrip("/")

    @property
    def audio_url(self) -> str:
        """Icecast's base address for listeners, without a trailing slash."""
        return (self.icecast.public_url or f"http://127.0.0.1:{self.icecast.port}").rstrip("/")


def load(environ: Mapping[str, str], file: Path | None = None) -> Settings:
    """Read the settings; raise ConfigError with every problem at once."""
    problems: list[str] = []
    tree: dict[str, Any] = {}
    path = file or (Path(environ["AWAZ_CONFIG"]) if environ.get("AWAZ_CONFIG") else None)
    if path is None and Path("awaz.toml").exists():
        path = Path("awaz.toml")
    if path is not None:
        try:
            tree = tomllib.loads(path.read_text(encoding="utf-8"))
        except (OSError, ValueError) as error:
            problems.append(f"{path}: {error}")
    for name in sorted(environ):
        if name.startswith(ENV_PREFIX):
            _overlay(tree, name, environ[name], problems)
    settings: Settings | None
    try:
        settings = Settings.model_validate(tree)
    except ValidationError as error:
        problems += [f"{'.'.join(map(str, e['loc']))}: {e['msg']}" for e in error.errors()]
        settings = None
    if problems or settings is None:
        raise ConfigError(problems)
    return settings.model_copy(update={"data_dir": settings.data_dir.absolute()})


def _overlay(tree: dict[str, Any], name: str, value: str, problems: list[str]) -> None:
    *sections, field = name.removeprefix(ENV_PREFIX).lower().split("__")
    if name.endswith(FILE_SUFFIX):
        try:
            value = Path(value).read_text(encoding="utf-8").rstrip("\n")
        except OSError as error:
            problems.append(f"{name}: {error}")
            return
        field = field.removesuffix(FILE_SUFFIX.lower())
    for section in sections:
        child = tree.setdefault(section, {})
        if not isinstance(child, dict):
            problems.append(f"{name}: {section} is not a section")
            return
        tree = child
    tree[field] = value.split(",") if field == "origins" else value
