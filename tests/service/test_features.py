"""Features as plug-ins: complete declarations are served, incomplete ones keep the daemon from starting."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import httpx
import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from controlplane.app.compose import compose
from controlplane.app.features import build_features
from controlplane.features.onair.feature import OnAirParts
from controlplane.features.onair.read_model import ReadModel
from controlplane.features.onair.state import Mount, MountsSeen, PipelineSeen, Playing
from controlplane.kernel.errors import ConfigError
from controlplane.kernel.permissions import ALLOWED, Permission
from controlplane.kernel.quotas import Quota
from controlplane.kit import Feature, Kit, Timer
from controlplane.live.snapshots import SnapshotPart
from controlplane.live.sockets.rooms import Socket
from controlplane.protocol.base import Acknowledged, Answer, Event, Request, Wire
from controlplane.protocol.delivery import Audience, Delivery, Log
from controlplane.runtime.config import Settings
from controlplane.runtime.metrics import GaugeOf
from controlplane.web.health import Readiness
from controlplane.web.routes import Call, get
from tests.support import loopback
from tests.support.raw_socket import RawSocket
from tests.support.running import BuildFeatures, Running


class DedicateAnswer(Answer):
    """The person that the track is dedicated to now."""

    to: str


class DedicationView(Wire):
    """The newest dedication."""

    to: str


class DedicationPart(Wire):
    """A snapshot's field about dedications."""

    toy: str


class Dedicate(Request):
    """Dedicate the current track to a person."""

    name = "toy:dedicate"
    permission = Permission.STATION_LISTEN
    quota = Quota.WRITE
    answer = DedicateAnswer

    station: str
    to: str


class Dedicated(Event):
    """A listener dedicated the current track."""

    name = "toy:dedicated"
    delivery = Delivery.ORDERED
    audience = Audience.ROOM
    log = Log.STREAM

    to: str
    title: str


class Dedications:
    """The toy feature's service."""

    def __init__(self, kit: Kit, read_model: ReadModel) -> None:
        self.kit = kit
        self.read_model = read_model
        self.to = "nobody"
        self.ticked = asyncio.Event()

    async def make(self, _socket: Socket, request: Dedicate) -> DedicateAnswer:
        now = self.read_model.require(request.station).now
        self.to = request.to
        self.kit.hub.send(request.station, Dedicated(to=request.to, title=now.title.title if now else ""))
        return DedicateAnswer(to=request.to)

    async def newest(self, _call: Call) -> DedicationView:
        """Show the newest dedication."""
        return DedicationView(to=self.to)

    async def tick(self) -> None:
        self.ticked.set()

    async def ready(self) -> Readiness:
        return Readiness(stations={"toy": self.to})


def build(kit: Kit, read_model: ReadModel) -> Feature:
    """Build the toy feature, which lies in this module alone."""
    service = Dedications(kit, read_model)
    return Feature(
        name="toy",
        service=service,
        routes=[
            get("/api/v1/toy", service.newest, permission=Permission.PUBLIC, quota=Quota.READ, answer=DedicationView)
        ],
        requests=[(Dedicate, service.make)],
        events=[Dedicated],
        snapshot_parts=[
            SnapshotPart(DedicationPart, lambda _slug: service.to, lambda _slug: DedicationPart(toy=service.to))
        ],
        timers=[Timer("toy", 60.0, service.tick)],
        readiness=[service.ready],
        gauges=[GaugeOf("awaz_toy", "Dedications.", lambda: 1.0)],
    )


def with_toy(kit: Kit) -> Sequence[Feature]:
    features = build_features(kit)
    onair = next(feature.service for feature in features if isinstance(feature.service, OnAirParts))
    return (*features, build(kit, onair.read_model))


@pytest.fixture
def features() -> BuildFeatures:
    return with_toy


async def test_a_toy_feature_adds_a_route_an_event_and_a_snapshot_part(
    running: Running, http: httpx.AsyncClient, open_socket: Callable[..., Any], delivering: None
) -> None:
    for seen in (MountsSeen(None, Mount("p1")), PipelineSeen(Playing("auto", "Lamp"))):
        running.onair.observe("awaz", seen)
    client: RawSocket = await open_socket(running.accounts.guest("x").access_token)
    joined = await client.call("stream:join", {"station": "awaz"}, 1)
    assert joined["snapshot"]["toy"] == "nobody"

    assert await client.call("toy:dedicate", {"station": "awaz", "to": "Sara"}, 2) == {"ok": True, "to": "Sara"}

    dedicated = await client.until_event("toy:dedicated")
    assert (dedicated["to"], dedicated["title"]) == ("Sara", "Lamp")
    assert (await client.call("stream:join", {"station": "awaz"}, 3))["snapshot"]["toy"] == "Sara"
    assert (await http.get("/toy")).json() == {"to": "Sara"}
    assert "awaz_toy 1.0" in running.metrics.exposition().decode()
    described = await http.get("/asyncapi.json")
    assert "toy:dedicated" in described.json()["channels"]["socket"]["messages"]


async def test_feature_timers_run_with_the_daemon(running: Running) -> None:
    serving = asyncio.create_task(running.daemon.run())
    async with asyncio.timeout(10):
        await running.service(Dedications).ticked.wait()
    running.daemon.request_stop()
    await serving


class Unpermitted(Request):
    """A request that declares no permission."""

    name = "test:unpermitted"
    quota = Quota.CONTROL
    answer = Acknowledged


class Unquotaed(Request):
    """A request that declares no quota."""

    name = "test:unquotaed"
    permission = Permission.PUBLIC
    answer = Acknowledged


class Unanswered(Request):
    """A request that declares no answer."""

    name = "test:unanswered"
    permission = Permission.PUBLIC
    quota = Quota.CONTROL


class Homeless(Request):
    """A request that needs a permission at a station and names no station."""

    name = "test:homeless"
    permission = Permission.STATION_LISTEN
    quota = Quota.CONTROL
    answer = Acknowledged


class Undelivered(Event):
    """An event that declares no delivery."""

    name = "test:undelivered"
    audience = Audience.ROOM


class Unheard(Event):
    """An event that declares no audience."""

    name = "test:unheard"
    delivery = Delivery.TRANSIENT


class Dedicated2(Dedicated):
    """Another event of the same name."""


async def handler(*_arguments: object) -> Acknowledged:
    """Answer nothing."""
    return Acknowledged()


TOY = Feature(name="toy")


@pytest.mark.parametrize(
    ("build_toy", "problem"),
    [
        (lambda: replace(TOY, routes=[get("/x", handler, quota=Quota.READ)]), "GET /x declares no permission"),
        (lambda: replace(TOY, routes=[get("/x", handler, permission=Permission.PUBLIC)]), "GET /x declares no quota"),
        (lambda: replace(TOY, routes=[get("/x", handler)]), "GET /x declares no permission and no quota"),
        (lambda: replace(TOY, requests=[(Unpermitted, handler)]), "Unpermitted declares no permission"),
        (lambda: replace(TOY, requests=[(Unquotaed, handler)]), "Unquotaed declares no quota"),
        (lambda: replace(TOY, requests=[(Unanswered, handler)]), "Unanswered declares no answer"),
        (
            lambda: replace(TOY, routes=[get("/x", handler, permission=Permission.PUBLIC, quota=Quota.READ)]),
            "GET /x declares no answer",
        ),
        (
            lambda: replace(TOY, requests=[(Homeless, handler)]),
            "Homeless needs station:listen and has no field called station",
        ),
        (
            lambda: replace(
                TOY,
                routes=[
                    get("/x", handler, permission=Permission.STATION_LISTEN, quota=Quota.READ, answer=Acknowledged)
                ],
            ),
            "GET /x needs station:listen and has no {slug} in its path",
        ),
        (lambda: replace(TOY, events=[Undelivered]), "Undelivered declares no delivery"),
        (lambda: replace(TOY, events=[Unheard]), "Unheard declares no audience"),
        (
            lambda: replace(TOY, events=[Dedicated, Dedicated2]),
            "Dedicated2 and Dedicated are both called toy:dedicated",
        ),
    ],
)
async def test_incomplete_feature_declarations_are_refused(
    settings: Settings, engine: AsyncEngine, build_toy: Callable[[], Feature], problem: str
) -> None:
    async with loopback.AsyncClient() as http:
        with pytest.raises(ConfigError, match=problem):
            compose(settings, engine, http, features=lambda _kit: [build_toy()])


async def test_a_permission_without_roles_is_refused(
    settings: Settings, engine: AsyncEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delitem(ALLOWED, Permission.STATION_LISTEN)
    async with loopback.AsyncClient() as http:
        with pytest.raises(ConfigError, match="no roles are listed for station:listen"):
            compose(settings, engine, http)


async def test_a_failing_timer_stops_the_daemon(settings: Settings, engine: AsyncEngine) -> None:
    async def broken() -> None:
        raise RuntimeError("out of tea")

    async with loopback.AsyncClient() as http:
        toy = replace(TOY, timers=[Timer("tea", 60.0, broken)])
        daemon = compose(settings, engine, http, features=lambda _kit: [toy])
        with pytest.raises(ExceptionGroup) as ended:
            await daemon.run()
    assert ended.group_contains(RuntimeError, match="out of tea")
