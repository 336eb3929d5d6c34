"""The read model, fed by a broker."""

import pytest

from controlplane.features.onair.read_model import DOCUMENT, ReadModel
from controlplane.kernel.errors import NotFound
from controlplane.live.broker import LogId, MemoryBroker, ValueKey
from controlplane.protocol.onair import StreamListeners, StreamQuality
from tests.support.builders import station_document


@pytest.fixture
def broker() -> MemoryBroker:
    return MemoryBroker()


@pytest.fixture
def read_model(broker: MemoryBroker) -> ReadModel:
    created = ReadModel()
    broker.attach(created)
    return created


async def test_a_document_is_taken_from_the_event_that_it_belongs_to(
    broker: MemoryBroker, read_model: ReadModel
) -> None:
    await broker.publish(LogId("awaz"), "stream:started", b"{}", once="1", state=station_document("awaz"))
    assert read_model.require("awaz").row.name == "Awaz"
    await broker.publish(LogId("awaz"), "stream:stopped", b"{}", once="2")
    assert read_model.version("awaz") == 1


def test_counts_and_quality_change_a_document_and_its_version(broker: MemoryBroker, read_model: ReadModel) -> None:
    broker.say(ValueKey("awaz", DOCUMENT), station_document("awaz"))
    counts = StreamListeners(listeners=7, peak=9, sockets=3, stale=True)
    quality = StreamQuality(state="degraded", reasons=["silence"], bitrate_kbps=96)
    for event in (counts, counts, quality, quality):
        broker.say(ValueKey("awaz", event.name), event.encoded())
    known = read_model.require("awaz")
    assert (known.listeners, known.peak, known.stale) == (7, 9, True)
    assert (known.quality, known.reasons, known.bitrate_kbps) == ("degraded", ("silence",), 96)
    assert read_model.version("awaz") == 3


def test_values_of_an_unknown_station_are_ignored(broker: MemoryBroker, read_model: ReadModel) -> None:
    broker.say(ValueKey("jazz", StreamListeners.name), b'{"listeners":1,"peak":1,"sockets":1,"stale":false}')
    assert list(read_model.slugs()) == []


def test_a_removed_station_is_forgotten(broker: MemoryBroker, read_model: ReadModel) -> None:
    broker.say(ValueKey("awaz", DOCUMENT), station_document("awaz"))
    broker.say(ValueKey("awaz", DOCUMENT), b"null")
    assert read_model.get("awaz") is None
    with pytest.raises(NotFound, match="awaz"):
        read_model.require("awaz")
