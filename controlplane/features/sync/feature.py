"""Puts the feature of heard-time together."""

from collections.abc import Callable

from controlplane.features.onair.read_model import ReadModel
from controlplane.features.sync.alignment import Alignments
from controlplane.features.sync.chain import Chains
from controlplane.features.sync.http import SyncRoutes
from controlplane.features.sync.reports import Reports
from controlplane.features.sync.service import Sync
from controlplane.features.sync.taps import Taps, client
from controlplane.kernel.mounts import Slot
from controlplane.kit import Feature, Kit, Timer
from controlplane.runtime.secrets import load_or_create

ALIGNMENT_INTERVAL_S, CHAINS_INTERVAL_S = 2.0, 2.0


def build_sync(kit: Kit, read_model: ReadModel) -> Sync:
    """Return the service, which other features are given."""
    icecast = kit.settings.icecast
    taps = Taps(client(icecast.host, icecast.port), kit.settings.formats, kit.clock)
    return Sync(
        taps, Alignments(taps, kit.paths, kit.clock), read_model, Reports(kit.clock), icecast.burst_s, kit.clock
    )


def build(kit: Kit, sync: Sync, line_ms: Callable[[str, Slot], int | None]) -> Feature:
    """Build the feature around its service; `line_ms` returns how late a browser's microphone arrives."""
    icecast = kit.settings.icecast
    chains = Chains(
        sync.read_model,
        sync.taps,
        sync.alignments,
        kit.paths,
        f"http://{icecast.host}:{icecast.port}",
        load_or_create(kit.paths.secrets, "mounts"),
        kit.clock,
    )
    kit.gateway.connected.on_disconnect(lambda socket: sync.reports.gone(socket.sid))
    return Feature(
        name="sync",
        service=sync,
        routes=SyncRoutes(sync, chains, line_ms).routes(),
        tasks=[sync.taps.run],
        timers=[
            Timer("alignment", ALIGNMENT_INTERVAL_S, sync.alignments.measure),
            Timer("chains", CHAINS_INTERVAL_S, chains.measure),
        ],
    )
