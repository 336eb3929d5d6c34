"""The running icecast.xml on disk."""

from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from controlplane.icecast.render import IcecastServer, IngestMount, PublicMount, StationMounts, icecast_xml
from controlplane.kernel.errors import ConfigError
from controlplane.kernel.mounts import (
    SLOTS,
    Format,
    Slot,
    burst_bytes,
    ingest_mount,
    mount_password,
    offair_mount,
    preview_mount,
    public_mount,
)
from controlplane.kernel.stations import StationRow
from controlplane.runtime.config import Settings
from controlplane.runtime.files import account, directory, write
from controlplane.runtime.paths import Paths
from controlplane.runtime.secrets import load_or_create

ICECAST_USER = "icecast2"


@dataclass(frozen=True, slots=True)
class IcecastConfig:
    """Writes the running configuration, made from the template and the stations."""

    settings: Settings
    paths: Paths
    template: Path

    def write(self, rows: list[StationRow]) -> bool:
        """Write it; say whether it changed. Raises ConfigError if the template is not valid."""
        user = account(ICECAST_USER)
        directory(self.paths.icecast, user)
        return write(self.paths.icecast_xml, self.content(rows), user)

    def template_mtime(self) -> float:
        """Return the modification time of the template, 0 if there is none."""
        return self.template.stat().st_mtime if self.template.exists() else 0.0

    def content(self, rows: list[StationRow]) -> bytes:
        """Return the running configuration as it should be; raises ConfigError if the template is not valid."""
        try:
            template = self.template.read_bytes()
        except OSError as error:
            raise ConfigError([f"icecast.template: {error}"]) from error
        return icecast_xml(template, self._stack(), [self._mounts(row) for row in rows])

    def _mounts(self, row: StationRow) -> StationMounts:
        public = tuple(self._public(row, audio) for audio in self.settings.formats)
        return StationMounts(tuple(self._ingest(row, slot) for slot in SLOTS), public)

    def _ingest(self, row: StationRow, slot: Slot) -> IngestMount:
        secret = load_or_create(self.paths.secrets, "mounts")
        preview = preview_mount(secret, row.slug, slot)
        return IngestMount(ingest_mount(row.slug, slot), preview, mount_password(secret, preview))

    def _public(self, row: StationRow, audio: Format) -> PublicMount:
        public, offair = public_mount(row.slug, audio), offair_mount(row.slug, audio)
        passwords = [mount_password(load_or_create(self.paths.secrets, "mounts"), mount) for mount in (public, offair)]
        burst = burst_bytes(audio, row.bitrate_kbps, self.settings.icecast.burst_s)
        return PublicMount(public, passwords[0], burst, offair, passwords[1])

    def _stack(self) -> IcecastServer:
        icecast, hooks, secrets = self.settings.icecast, self.settings.hooks, self.paths.secrets
        user = account(ICECAST_USER)
        return IcecastServer(
            bind=icecast.bind,
            port=icecast.port,
            directory=self.paths.icecast,
            admin_user=icecast.admin_user,
            admin_password=load_or_create(secrets, "icecast-admin"),
            source_password=load_or_create(secrets, "icecast-source"),
            hook_url=f"http://{hooks.host}:{hooks.port}/icecast",
            hook_password=load_or_create(secrets, "icecast-hook"),
            hostname=urlsplit(icecast.public_url).hostname or "",
            run_as=(user.user, user.group) if user is not None else None,
        )
