"""Stations, observations and events that several tests begin with."""

from typing import Any

from controlplane.features.onair.document import document, encode
from controlplane.features.onair.state import (
    EncoderAuthorised,
    EncoderConnected,
    Mount,
    MountsSeen,
    PipelineSeen,
    Playing,
    Station,
)
from controlplane.kernel.audit import AuditActor
from controlplane.kernel.stations import StationRow
from controlplane.protocol.onair import StreamStopped
from tests.support.running import Running

ON = MountsSeen(None, Mount("p1"))
LIVE = MountsSeen(Mount("i1"), Mount("p1"))
SARA = AuditActor("u1", "Sara")
PASSWORD = "correct horse battery"
HARD_TEXT = 'آواز ☕ 👩\u200d🚀 "quoted" \\ \n\t/,[]{}-42'
"""Text that a careless protocol would break on."""


def go_live(running: Running, key_id: str = "k1") -> None:
    """Have Sara go live at the demo station, which played a track before."""
    for seen in (
        ON,
        PipelineSeen(Playing("auto", "Lamp", "Band")),
        EncoderAuthorised(key_id, "Sara"),
        EncoderConnected(),
        LIVE,
        PipelineSeen(Playing("live", "Sara - Song")),
    ):
        running.onair.observe("awaz", seen)


def station_document(slug: str) -> bytes:
    """Return the document of a station that has seen nothing yet."""
    return encode(document(StationRow(slug, slug, slug.title(), "", 128, True), Station(slug, slug.title()), ()))


def stopped(number: int) -> StreamStopped:
    """Return an ordered event that tells by its broadcast's id which one it is."""
    return StreamStopped(broadcast_id=str(number), reason="finished", then="autodj")


def has_title(title: str, event: dict[str, Any]) -> bool:
    """Say whether a `stream:metadata` has a title."""
    return bool(event["track"]["title"] == title)
