"""Paths below the data directory."""

from dataclasses import dataclass
from pathlib import Path

from controlplane.kernel.mounts import Format
from controlplane.runtime.config import Settings


def audio_file(library: Path, sha256: str, suffix: str) -> Path:
    """Return the place of a track's audio in the library's directory."""
    return library / "tracks" / sha256[:2] / f"{sha256}.{suffix}"


@dataclass(frozen=True, slots=True)
class Paths:
    """The data directory's layout."""

    root: Path

    @classmethod
    def of(cls, settings: Settings) -> "Paths":
        """Return the layout of the settings' data directory, with links followed."""
        return cls(settings.data_dir.resolve())

    @property
    def secrets(self) -> Path:
        """Secrets made on first start; readable by us alone."""
        return self.root / "secrets"

    @property
    def icecast(self) -> Path:
        """Icecast's running configuration and logs."""
        return self.root / "icecast"

    @property
    def icecast_xml(self) -> Path:
        """The running configuration."""
        return self.icecast / "icecast.xml"

    @property
    def liquidsoap(self) -> Path:
        """Copies of the scripts, where the pipelines' user can read them."""
        return self.root / "liquidsoap"

    @property
    def programs(self) -> Path:
        """supervisord's snippets, one a pipeline."""
        return self.root / "programs"

    @property
    def supervisord_conf(self) -> Path:
        """supervisord's configuration."""
        return self.root / "supervisord.conf"

    @property
    def supervisord_socket(self) -> Path:
        """supervisord's control socket."""
        return self.root / "run" / "supervisord.sock"

    @property
    def logs(self) -> Path:
        """The programs' output."""
        return self.root / "log"

    @property
    def demo(self) -> Path:
        """The demo station's addresses and logins, as `make run` prints them."""
        return self.root / "demo.json"

    @property
    def sockets(self) -> Path:
        """The pipelines' control sockets; their user writes here."""
        return self.root / "run" / "pipelines"

    @property
    def pipeline_cache(self) -> Path:
        """Liquidsoap's compiled scripts; the pipelines' user writes here."""
        return self.sockets / "cache"

    def pipeline_socket(self, slug: str) -> Path:
        """A pipeline's control socket."""
        return self.sockets / f"{slug}.sock"

    def pipeline_file(self, slug: str) -> Path:
        """A pipeline's values."""
        return self.liquidsoap / f"{slug}.json"

    def plan(self, slug: str) -> Path:
        """The plan that a pipeline follows."""
        return self.liquidsoap / f"{slug}.plan.json"

    def air(self, slug: str) -> Path:
        """Which ingest mount a pipeline plays."""
        return self.liquidsoap / f"{slug}.air.json"

    def playout(self, slug: str) -> Path:
        """A pipeline's place in its plan, and its list of what was heard; the pipelines' user writes here."""
        return self.root / "stations" / slug / "playout"

    def played_log(self, slug: str) -> Path:
        """The items that a pipeline has played, with times."""
        return self.playout(slug) / "played.log"

    def tracks(self, slug: str) -> Path:
        """A station's folder for files to import."""
        return self.root / "stations" / slug / "tracks"

    def track(self, sha256: str, suffix: str) -> Path:
        """The audio of a track."""
        return audio_file(self.library, sha256, suffix)

    @property
    def library(self) -> Path:
        """The audio and pictures of all tracks, by what is in them, and uploads that are not whole yet."""
        return self.root / "library"

    @property
    def offair_file(self) -> Path:
        """The list of off-air mounts, for the process that feeds them."""
        return self.root / "offair.json"

    def offair_track(self, audio: Format) -> Path:
        """The audio of a format's off-air mounts."""
        return self.root / "stations" / f"offair.{audio}"

    @property
    def safe_track(self) -> Path:
        """What a pipeline plays when it has nothing else."""
        return self.root / "stations" / "safe.mp3"
