"""The HTTP API and the socket gateway of a daemon without Icecast and pipelines."""

import asyncio
import re
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import socketio
from aiohttp.test_utils import TestClient, TestServer

from controlplane.access.client_address import ClientAddresses
from controlplane.features.onair.sources import pipelines as watch
from controlplane.features.onair.state import Mount, MountsSeen, PipelineSeen, Playing
from controlplane.kernel.stations import NewStation
from controlplane.web.app import WebApp
from controlplane.web.pages import Pages
from tests.support.loopback import bearer
from tests.support.running import Running
from tests.support.scripted_icecast import ScriptedIcecast
from tests.support.types import OpenSocket
from tests.support.watcher import Watcher

METADATA = "/api/v1/stations/awaz/metadata"


async def test_every_route_answers_without_a_fault(client: TestClient[Any, Any], running: Running) -> None:
    for route in running.daemon.routes:
        answer = await client.request(route.method, route.path.replace("{slug}", "awaz").replace("{id}", "1"))
        assert answer.status in {200, 204, 400, 401, 404, 503}, route
        assert answer.headers["X-Content-Type-Options"] == "nosniff"


async def test_writes_need_a_token_and_a_permission(client: TestClient[Any, Any], running: Running) -> None:
    token = (await (await client.post("/api/v1/auth/guest", json={"name": "Ali"})).json())["access_token"]
    anonymous = await client.post(METADATA, json={"title": "x"})
    as_guest = await client.post(METADATA, json={"title": "x"}, headers=bearer(token))
    forged = await client.post(METADATA, json={"title": "x"}, headers={"Authorization": "Bearer a.b.c"})
    assert [anonymous.status, as_guest.status, forged.status] == [401, 403, 401]
    assert (await as_guest.json())["error"]["code"] == "forbidden"


@pytest.fixture
async def owner(running: Running) -> dict[str, str]:
    user = await running.accounts.add_user("root", "Root", "admin", "pw")
    return bearer(await running.accounts.token_for(user.login, 60))


@pytest.mark.parametrize(
    ("body", "status", "message"),
    [
        (b"", 400, "at least one of"),
        (b"not json", 400, "not JSON"),
        (b'{"titel": "x"}', 400, "titel"),
        (b'{"title": 5}', 400, "title"),
        (b'{"title": "\\u0000\\u200b"}', 400, "visible character"),
        (b'{"title": "' + b"x" * 501 + b'"}', 400, "title"),
        (b"x" * 70_000, 413, "65536 bytes"),
    ],
)
async def test_invalid_bodies_are_refused_with_the_reason(
    client: TestClient[Any, Any], running: Running, owner: dict[str, str], body: bytes, status: int, message: str
) -> None:
    running.onair.observe("awaz", MountsSeen(None, Mount("p")))
    running.onair.observe("awaz", PipelineSeen(Playing("auto", "Lamp")))
    answer = await client.post(METADATA, data=body, headers=owner | {"Content-Type": "application/json"})
    assert answer.status == status
    assert message in (await answer.json())["error"]["message"]


async def test_a_title_for_an_off_air_station_is_a_conflict(
    client: TestClient[Any, Any], owner: dict[str, str]
) -> None:
    answer = await client.post(METADATA, json={"title": "x"}, headers=owner)
    assert (answer.status, (await answer.json())["error"]["code"]) == (409, "conflict")


async def test_an_artist_for_a_stand_in_title_is_a_conflict(
    client: TestClient[Any, Any], running: Running, owner: dict[str, str]
) -> None:
    for seen in (MountsSeen(None, Mount("p")), PipelineSeen(Playing("auto", ""))):
        running.onair.observe("awaz", seen)
    before = running.onair.get("awaz")
    answer = await client.post(METADATA, json={"artist": "The Lamps"}, headers=owner)
    assert (answer.status, (await answer.json())["error"]["code"]) == (409, "conflict")
    assert running.onair.get("awaz") == before


async def test_unknown_logins_and_wrong_passwords_get_the_same_answer(
    client: TestClient[Any, Any], owner: dict[str, str]
) -> None:
    right = await client.post("/api/v1/auth/login", json={"login": "root", "password": "pw"})
    wrong = await client.post("/api/v1/auth/login", json={"login": "root", "password": "px"})
    unknown_login = await client.post("/api/v1/auth/login", json={"login": "nobody", "password": "pw"})
    assert [right.status, wrong.status, unknown_login.status] == [200, 401, 401]
    assert (await right.json())["user"]["role"] == "admin"
    assert await wrong.json() == await unknown_login.json()


async def test_readyz_names_missing_dependencies(client: TestClient[Any, Any], running: Running) -> None:
    answer = await client.get("/readyz")
    assert answer.status == 503
    assert (await answer.json())["error"]["message"] == "not ready: Icecast"
    assert (await client.get("/healthz")).status == 200


async def test_a_pipeline_in_trouble_is_listed_and_does_not_affect_readiness(
    client: TestClient[Any, Any], running: Running, icecast: ScriptedIcecast
) -> None:
    await running.parts.poller.poll()
    await running.parts.pipelines.poll()
    running.clock.advance(watch.TROUBLE_AFTER_S)
    await running.parts.pipelines.poll()
    answer = await client.get("/readyz")
    assert answer.status == 200
    assert list((await answer.json())["stations"]) == ["awaz"]
    assert 'awaz_pipeline_trouble{station="awaz"} 1.0' in await (await client.get("/metrics")).text()


@pytest.mark.parametrize(("suffix", "media"), [("m3u", "audio/x-mpegurl"), ("pls", "audio/x-scpls")])
async def test_a_playlist_has_the_stream_at_the_host_that_was_asked(
    client: TestClient[Any, Any], suffix: str, media: str
) -> None:
    answer = await client.get(f"/s/awaz.{suffix}", headers={"Host": "radio.local:8080"})
    assert (answer.status, answer.content_type) == (200, media)
    assert answer.headers["Content-Disposition"] == f'attachment; filename="awaz.{suffix}"'
    assert re.search(r"http://radio\.local(:\d+)?/awaz\.mp3$", await answer.text(), re.MULTILINE)
    assert (await client.get(f"/s/nowhere.{suffix}")).status == 404


async def test_nowplaying_has_the_shape_of_azuracast(client: TestClient[Any, Any], running: Running) -> None:
    running.onair.observe("awaz", MountsSeen(Mount("i"), Mount("p", 4)))
    running.onair.observe("awaz", PipelineSeen(Playing("live", "Sara - Song")))
    now_playing = await (await client.get("/api/nowplaying/awaz")).json()
    assert now_playing["station"]["shortcode"] == "awaz"
    assert now_playing["listeners"] == {"total": 4, "unique": 4, "current": 4}
    assert now_playing["live"]["is_live"] is True
    assert now_playing["now_playing"]["song"]["text"] == "Sara - Song"
    assert now_playing["is_online"] is True
    assert [now_playing] == await (await client.get("/api/nowplaying")).json()


async def test_cors_admits_configured_origins_only(client: TestClient[Any, Any]) -> None:
    allowed = await client.get("/api/v1/stations", headers={"Origin": "https://friend.example"})
    denied = await client.get("/api/v1/stations", headers={"Origin": "https://other.example"})
    assert allowed.headers["Access-Control-Allow-Origin"] == "https://friend.example"
    assert "Access-Control-Allow-Origin" not in denied.headers
    preflight = await client.options(
        METADATA, headers={"Origin": "https://friend.example", "Access-Control-Request-Method": "POST"}
    )
    assert (preflight.status, "Authorization" in preflight.headers["Access-Control-Allow-Headers"]) == (204, True)


@pytest.fixture
async def watcher(client: TestClient[Any, Any]) -> AsyncIterator[Watcher]:
    created = await Watcher.open(str(client.make_url("")).rstrip("/"))
    yield created
    await created.close()


@pytest.mark.parametrize("token", [None, "", "a.b.c", 5, {"x": 1}, "x" * 5000])
async def test_sockets_with_invalid_tokens_are_refused_with_a_code(client: TestClient[Any, Any], token: object) -> None:
    refused: list[Any] = []
    socket = socketio.AsyncClient(reconnection=False)
    socket.on("connect_error", refused.append)
    with pytest.raises(socketio.exceptions.ConnectionError):
        await socket.connect(str(client.make_url("")), auth={"token": token}, transports=["websocket"], wait_timeout=10)
    assert refused[0]["data"]["code"] == "unauthenticated"


@pytest.mark.parametrize(
    ("event", "body", "code"),
    [
        ("stream:join", {"station": "nowhere"}, "not_found"),
        ("stream:join", {}, "invalid_input"),
        ("stream:join", {"station": "awaz", "extra": 1}, "invalid_input"),
        ("stream:join", "awaz", "invalid_input"),
        ("stream:heartbeat", {"t": "now"}, "invalid_input"),
        ("stream:started", {"station": "awaz"}, "unknown_event"),
        ("connect", {}, "unknown_event"),
        ("disconnect", {}, "unknown_event"),
    ],
)
async def test_invalid_events_get_an_error(watcher: Watcher, event: str, body: Any, code: str) -> None:
    answer = await watcher.call(event, body)
    assert (answer["ok"], answer["error"]["code"]) == (False, code)
    assert (await watcher.call("stream:heartbeat", {"t": 7.5}))["t"] == 7.5


async def test_a_heartbeat_returns_server_time_and_newest_seq(watcher: Watcher, running: Running) -> None:
    sending = asyncio.create_task(running.hub.run())
    running.onair.observe("awaz", MountsSeen(None, Mount("p")))
    await watcher.wait_for("stream:started")
    await running.hub.drain()
    answer = await watcher.call("stream:heartbeat", {"t": 1.0})
    assert answer["seqs"] == {"awaz": running.position("awaz")[1]}
    assert answer["server_time"] > 1_600_000_000_000
    sending.cancel()


async def test_missed_events_come_with_the_next_join(client: TestClient[Any, Any], running: Running) -> None:
    url = str(client.make_url("")).rstrip("/")
    first = await Watcher.open(url)
    seen = {"epoch": first.snapshot["epoch"], "last_seq": first.snapshot["seq"]}
    await first.close()
    running.onair.observe("awaz", MountsSeen(None, Mount("p")))
    running.onair.observe("awaz", PipelineSeen(Playing("auto", "Lamp")))
    second = await Watcher.open(url, station=None)
    answer = await second.call("stream:join", {"station": "awaz", **seen})
    unrecovered = await second.call("stream:join", {"station": "awaz", "epoch": "other", "last_seq": 0})
    await second.close()
    assert answer["recovered"] is True
    assert [entry["event"] for entry in answer["missed"]] == ["stream:started", "stream:metadata"]
    assert (unrecovered["recovered"], unrecovered["missed"]) == (False, [])


async def test_a_socket_follows_at_most_eight_stations(
    client: TestClient[Any, Any], running: Running, watcher: Watcher
) -> None:
    for number in range(8):
        await running.stations.add(NewStation(slug=f"s{number}"))
    await running.load_stations()
    answers = [await watcher.call("stream:join", {"station": f"s{number}"}) for number in range(8)]
    assert [answer["ok"] for answer in answers] == [True] * 7 + [False]


async def test_packets_with_invalid_names_or_arguments_are_harmless(running: Running, open_socket: OpenSocket) -> None:
    client = await open_socket(running.accounts.guest("x").access_token)
    for packet in ('["stream:heartbeat",{"t":1.0},2,3]', '[["stream:join"],{}]'):
        await client.send(f"42{packet}")
    assert (await client.call("stream:heartbeat", {"t": 2.0}))["t"] == 2.0


@pytest.mark.parametrize("limit", ["0", "201", "x", "-1", "1.0", " 1", "1_0", "9" * 4400])
async def test_invalid_history_limits_are_refused(client: TestClient[Any, Any], limit: str) -> None:
    assert (await client.get(f"/api/v1/stations/awaz/history?limit={limit}")).status == 400


async def test_a_recreated_station_starts_without_old_state(running: Running) -> None:
    running.onair.observe("awaz", MountsSeen(None, Mount("p")))
    stations = running.stations
    await stations.remove("awaz")
    await stations.add(NewStation(slug="awaz", name="x';StreamUrl='http://evil"))
    sending = asyncio.create_task(running.hub.run())
    await running.load_stations()
    sending.cancel()
    found = running.onair.get("awaz")
    assert found is not None
    assert (found[1].autodj, found[0].name) == (None, "x\u2019;StreamUrl='http://evil")


async def test_followers_are_counted_on_join_leave_and_disconnect(
    client: TestClient[Any, Any], running: Running, watcher: Watcher
) -> None:
    other = await Watcher.open(str(client.make_url("")).rstrip("/"))
    await other.call("stream:join", {"station": "awaz"})
    assert running.hub.followers("awaz") == 2
    await watcher.call("stream:leave", {"station": "awaz"})
    await watcher.call("stream:leave", {"station": "awaz"})
    assert running.hub.followers("awaz") == 1
    await other.close()
    await watcher.call("stream:heartbeat", {"t": 0})
    assert running.hub.followers("awaz") == 0


@pytest.mark.settings(limits={"read": "10/minute per address"})
@pytest.mark.parametrize("path", ["/nothing", "/studio", "/api/v1/nothing", "/api/v1/stations", "/assets/nothing"])
async def test_every_path_counts_against_the_read_quota(client: TestClient[Any, Any], path: str) -> None:
    statuses = [(await client.get(path)).status for _ in range(12)]
    assert statuses[10:] == [429, 429]
    assert 429 not in statuses[:10]


async def test_unknown_paths_get_404_and_wrong_methods_405(
    client: TestClient[Any, Any],
) -> None:
    unknown, wrong = await client.get("/api/v1/nothing"), await client.delete("/api/v1/stations")
    assert (unknown.status, wrong.status, "GET" in wrong.headers["Allow"]) == (404, 405, True)


async def test_long_polling_is_refused_with_the_setting_to_use(client: TestClient[Any, Any]) -> None:
    answer = await client.get("/socket.io/?EIO=4&transport=polling")
    assert answer.status == 400
    assert 'transports: ["websocket"]' in (await answer.json())["error"]["message"]


@pytest.mark.parametrize("path", ["/about", "/studio/awaz/nothing", "/admin/nothing", "/s/awaz/x", "//example.org/"])
async def test_a_browser_gets_a_page_for_an_unknown_address(running: Running, tmp_path: Path, path: str) -> None:
    (tmp_path / "not-found.html").write_text("<h1>Page not found</h1>")
    addresses = ClientAddresses(running.settings.http)
    built = WebApp(running.kit.guard, running.kit.admission, addresses, frozenset(), Pages("", tmp_path))
    async with TestClient(TestServer(built.app([]))) as client:
        address = f"{client.make_url('/')}{path[1:]}"
        answer = await client.session.get(address, headers={"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"})
        assert (answer.status, answer.content_type) == (404, "text/html")
        assert "Page not found" in await answer.text()
        assert "default-src 'self'" in answer.headers["Content-Security-Policy"]


@pytest.mark.parametrize(
    ("path", "accept"), [("/about", "*/*"), ("/about", "application/json"), ("/api/v1/x", "text/html")]
)
async def test_a_program_gets_json_for_an_unknown_address(client: TestClient[Any, Any], path: str, accept: str) -> None:
    answer = await client.get(path, headers={"Accept": accept})
    assert answer.status == 404
    assert (await answer.json())["error"]["code"] == "not_found"
