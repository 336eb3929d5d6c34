"""The running icecast.xml on disk."""

from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from controlplane.config import Settings
from controlplane.db.stations import StationRow
from controlplane.errors import ConfigError
from controlplane.files import account, directory, write
from controlplane.icecast.render import PublicMount, Stack, icecast_xml
from controlplane.paths import Paths
from controlplane.stations.rules import ingest_mount, mount_password, offair_mount, public_mount
from controlplane.vault import secret

ICECAST_USER = "icecast2"


@dataclass(frozen=True, slots=True)
class IcecastConfig:
    """Makes the running configuration from the template and the stations."""

    settings: Settings
    paths: Paths
    template: Path

    def write(self, rows: list[StationRow]) -> bool:
        """Write it; say whether it changed. Raises ConfigError if the template is not sound."""
        user = account(ICECAST_USER)
        directory(self.paths.icecast, user)
        return write(self.paths.icecast_xml, self.content(rows), user)

    def stamp(self) -> float:
        """Return when the template was last edited, 0 if it is not there."""
        return self.template.stat().st_mtime if self.template.exists() else 0.0

    def content(self, rows: list[StationRow]) -> bytes:
        """Return what the running configuration should be; raises ConfigError if the template is not sound."""
        try:
            template = self.template.read_bytes()
        except OSError as error:
            raise ConfigError([f"icecast.template: {error}"]) from error
        return icecast_xml(template, self._stack(), [self._mount(row) for row in rows])

    def _mount(self, row: StationRow) -> PublicMount:
        public, offair = public_mount(row.slug), offair_mount(row.slug)
        passwords = [mount_password(secret(self.paths.secrets, "mounts"), mount) for mount in (public, offair)]
        return PublicMount(public, passwords[0], row.bitrate_kbps, offair, passwords[1], ingest_mount(row.slug))

    def _stack(self) -> Stack:
        icecast, hooks, vault = self.settings.icecast, self.settings.hooks, self.paths.secrets
        user = account(ICECAST_USER)
        return Stack(
            bind=icecast.bind,
            port=icecast.port,
            directory=self.paths.icecast,
            admin_user=icecast.admin_user,
            admin_password=secret(vault, "icecast-admin"),
            source_password=secret(vault, "icecast-source"),
            hook_url=f"http://{hooks.host}:{hooks.port}/icecast",
            hook_password=secret(vault, "icecast-hook"),
            hostname=urlsplit(icecast.public_url).hostname or "",
            burst_s=icecast.burst_s,
            run_as=(user.user, user.group) if user is not None else None,
        )
