"""The guard, which HTTP and sockets share: quotas of a station, and faults of ours that say nothing of themselves."""

from collections.abc import Awaitable
from typing import NoReturn

import httpx
import pytest

from controlplane.app.features import build_features
from controlplane.kernel.permissions import Permission
from controlplane.kernel.quotas import Quota
from controlplane.kernel.stations import NewStation
from controlplane.kit import Feature
from controlplane.live.sockets.rooms import Socket
from controlplane.protocol.base import Acknowledged, Request
from controlplane.web.routes import Call, get
from tests.support.chat import EnterChat
from tests.support.loopback import bearer
from tests.support.running import BuildFeatures, Running
from tests.support.types import OpenSocket, TokenOf


class Break(Request):
    """A request whose handler fails."""

    name = "test:break"
    permission = Permission.ACCOUNT_SEE
    quota = Quota.CONTROL
    answer = Acknowledged


async def fail_socket(_socket: Socket, _request: Break) -> NoReturn:
    raise RuntimeError("a detail of ours")


async def fail_route(_call: Call) -> NoReturn:
    """Fail."""
    raise RuntimeError("a detail of ours")


BROKEN = Feature(
    name="broken",
    routes=[get("/api/v1/broken", fail_route, permission=Permission.PUBLIC, quota=Quota.READ, answer=Acknowledged)],
    requests=[(Break, fail_socket)],
)


pytestmark = pytest.mark.settings(
    limits={"write": "100/minute per user, 3/minute per station", "chat": "100/minute per user, 3/minute per station"}
)


@pytest.fixture
def features() -> BuildFeatures:
    return lambda kit: [*build_features(kit), BROKEN]


@pytest.fixture
async def jazz(running: Running) -> None:
    """Another station."""
    await running.stations.add(NewStation(slug="jazz", name="Jazz"))
    await running.load_stations()


async def test_a_stations_quota_is_shared_by_all_its_hosts(http: httpx.AsyncClient, token_of: TokenOf) -> None:
    hosts = [bearer(await token_of(role)) for role in ("owner", "host", "admin")]

    def post(slug: str, host: int) -> Awaitable[httpx.Response]:
        return http.post(f"/stations/{slug}/metadata", headers=hosts[host], json={"title": "Lamp"})

    answers = [await post("awaz", host) for host in (0, 1, 0, 1)]
    elsewhere = await post("jazz", 2)
    assert [answer.status_code == 429 for answer in answers] == [False, False, False, True]
    assert elsewhere.status_code != 429


async def test_a_crowd_that_writes_keeps_no_moderator_from_it(enter: EnterChat) -> None:
    moderator, *crowd = await enter("moderator"), *[await enter(name=f"Guest {number}") for number in range(4)]
    answers = [await each.say("hello") for each in crowd]
    assert [answer["ok"] for answer in answers] == [True, True, True, False]
    assert (await moderator.say("Slowly, please"))["ok"]


async def test_our_own_faults_are_logged_and_not_shown(
    running: Running,
    http: httpx.AsyncClient,
    open_socket: OpenSocket,
    capsys: pytest.CaptureFixture[str],
) -> None:
    client = await open_socket(running.accounts.guest("x").access_token)
    expected = {"code": "internal", "message": "the server failed: try again", "retryable": True}

    answer = await http.get("/broken")
    ack = await client.call("test:break", {})

    assert (answer.status_code, answer.json()["error"], ack["error"]) == (500, expected, expected)
    logged = capsys.readouterr().out
    assert [logged.count(f"{what}_failed") for what in ("request", "event")] == [1, 1]
    assert "a detail of ours" in logged
