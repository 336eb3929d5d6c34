"""Every setting, with its default and its reason; read once, at start.

Order, later wins: defaults, `awaz.toml`, environment `AWAZ__SECTION__FIELD`, files named by
`AWAZ__SECTION__FIELD_FILE`.
"""

import tomllib
from collections.abc import Mapping
from difflib import get_close_matches
from pathlib import Path
from typing import Any, get_origin
from urllib.parse import urlsplit

from pydantic import Field, ValidationError

from controlplane.kernel.errors import ConfigError
from controlplane.kernel.mounts import FORMATS, Format
from controlplane.runtime.sections import (
    AccountsSettings,
    DatabaseSettings,
    ExternalIssuerSettings,
    GatewaySettings,
    HooksSettings,
    HttpSettings,
    IcecastSettings,
    LibrarySettings,
    LimitsSettings,
    LogSettings,
    OnAirSettings,
    PipelineSettings,
    PushSettings,
    Section,
    StationsSettings,
    TokensSettings,
)

ENV_PREFIX = "AWAZ__"
FILE_SUFFIX = "_FILE"


class Settings(Section):
    """All settings."""

    data_dir: Path = Field(Path("var"), description="Directory of all state.")
    http: HttpSettings = HttpSettings()
    icecast: IcecastSettings = IcecastSettings()
    hooks: HooksSettings = HooksSettings()
    database: DatabaseSettings = DatabaseSettings()
    onair: OnAirSettings = OnAirSettings()
    push: PushSettings = PushSettings()
    stations: StationsSettings = StationsSettings()
    library: LibrarySettings = LibrarySettings()
    pipeline: PipelineSettings = PipelineSettings()
    tokens: TokensSettings = TokensSettings()
    external_issuer: ExternalIssuerSettings = ExternalIssuerSettings()
    accounts: AccountsSettings = AccountsSettings()
    gateway: GatewaySettings = GatewaySettings()
    limits: LimitsSettings = LimitsSettings()
    log: LogSettings = LogSettings()

    @property
    def database_url(self) -> str:
        """The database's SQLAlchemy URL, SQLite in the data directory unless set."""
        return self.database.url or f"sqlite+aiosqlite:///{self.data_dir / 'awaz.db'}"

    @property
    def formats(self) -> tuple[Format, ...]:
        """The formats of every station's public mounts."""
        return FORMATS if self.icecast.aac else ("mp3",)

    @property
    def site_url(self) -> str:
        """Our pages' base address, without a trailing slash."""
        return (self.http.public_url or f"http://127.0.0.1:{self.http.port}").rstrip("/")

    @property
    def audio_url(self) -> str:
        """Icecast's base address for listeners, without a trailing slash."""
        return (self.icecast.public_url or f"http://127.0.0.1:{self.icecast.port}").rstrip("/")

    @property
    def encoder_address(self) -> tuple[str, int]:
        """The host and port that encoders connect to: Icecast's own port where listeners come by HTTPS, by a proxy."""
        address = urlsplit(self.audio_url)
        port = self.icecast.port if address.scheme == "https" else address.port or 80
        return address.hostname or "127.0.0.1", port


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
        problems += [_problem(each["type"], tuple(map(str, each["loc"])), each["msg"]) for each in error.errors()]
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
    tree[field] = value.split(",") if _is_list(sections, field) else value


def _is_list(sections: list[str], field: str) -> bool:
    section = _section(tuple(sections))
    known = section.model_fields.get(field) if section is not None else None
    return known is not None and get_origin(known.annotation) is list


def _section(path: tuple[str, ...]) -> type[Section] | None:
    """Return the class of a section, of all settings for an empty path; None if there is no such section."""
    found: type[Section] = Settings
    for name in path:
        known = found.model_fields.get(name)
        if known is None or not isinstance(known.annotation, type) or not issubclass(known.annotation, Section):
            return None
        found = known.annotation
    return found


RENAMED = {
    "elsewhere": "external_issuer",
    "http.request_within_s": "http.request_timeout_s",
    "gateway.connect_within_s": "gateway.connect_timeout_s",
    "gateway.answer_within_s": "gateway.answer_timeout_s",
    "limits.strikes": "limits.penalty_after",
}
"""Settings by the names that they had before."""


def _problem(kind: str, path: tuple[str, ...], message: str) -> str:
    name = ".".join(path)
    if kind != "extra_forbidden":
        return f"{name}: {message}"
    if name in RENAMED:
        return f"{name}: is called {RENAMED[name]} now"
    section = _section(path[:-1])
    near = get_close_matches(path[-1], section.model_fields if section is not None else (), n=1)
    where = "".join(f"{each}." for each in path[:-1])
    return f"{name}: there is no such setting" + (f"; did you mean {where}{near[0]}?" if near else "")
