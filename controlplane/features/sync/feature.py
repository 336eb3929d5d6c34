"""Puts the feature of heard-time together."""

from controlplane.features.onair.read_model import ReadModel
from controlplane.features.sync.alignment import Alignments
from controlplane.features.sync.http import SyncRoutes
from controlplane.features.sync.reports import Reports
from controlplane.features.sync.service import Sync
from controlplane.features.sync.taps import Taps, client
from controlplane.kit import Feature, Kit, Timer

ALIGNMENT_INTERVAL_S = 2.0


def build_sync(kit: Kit, read_model: ReadModel) -> Sync:
    """Return the service, which other features are given."""
    icecast = kit.settings.icecast
    taps = Taps(client(icecast.host, icecast.port), kit.settings.formats, kit.clock)
    return Sync(
        taps, Alignments(taps, kit.paths, kit.clock), read_model, Reports(kit.clock), icecast.burst_s, kit.clock
    )


def build(kit: Kit, sync: Sync) -> Feature:
    """Build the feature around its service."""
    kit.gateway.connected.on_disconnect(lambda socket: sync.reports.gone(socket.sid))
    return Feature(
        name="sync",
        service=sync,
        routes=SyncRoutes(sync).routes(),
        tasks=[sync.taps.run],
        timers=[Timer("alignment", ALIGNMENT_INTERVAL_S, sync.alignments.measure)],
    )
