"""A daemon process whose station plays, as an Icecast and a pipeline that are fakes tell it."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass

from tests.support.daemon_process import DaemonProcess
from tests.support.fake_icecast import FakeIcecast

STATION = "awaz"


@dataclass(frozen=True)
class DaemonOnAir:
    """The daemon, what it polls, and the passwords of its users."""

    daemon: DaemonProcess
    icecast: FakeIcecast
    passwords: dict[str, str]

    def report_track(self, title: str) -> None:
        """Report a track of the station, as its pipeline does."""
        self.icecast.report_track(self.daemon, STATION, title)


@contextmanager
def daemon_on_air(owner: str | None = None, **settings: str) -> Iterator[DaemonOnAir]:
    """Run a daemon with the station `awaz` on air, owned by a new user if one is named, until the block ends."""
    with ExitStack() as exit_stack:
        icecast = FakeIcecast.start()
        exit_stack.callback(icecast.stop)
        icecast.put_on_air(STATION)
        daemon = DaemonProcess.start(None, AWAZ__ICECAST__PORT=str(icecast.port), **settings)
        exit_stack.callback(daemon.stop)
        passwords = {}
        if owner is not None:
            passwords[owner] = daemon.awaz("user", "add", owner).rpartition(" ")[2].strip()
        daemon.awaz("station", "add", STATION, *(["--owner", owner] if owner is not None else []), "--no-wait")
        daemon.wait_until_on_air(STATION)
        yield DaemonOnAir(daemon, icecast, passwords)
