"""Anchors of a mount, and where on it what is said to be heard begins."""

from zlib import crc32

import httpx
import pytest
from structlog.testing import capture_logs

from controlplane.features.onair.sources.pipelines import seen
from controlplane.features.sync.alignment import ENOUGH_S, Alignment
from controlplane.features.sync.service import Sync
from controlplane.features.sync.stream import Stream
from controlplane.features.sync.timeline import SETTLE_S
from controlplane.kernel.mounts import Format
from controlplane.liquidsoap.parse import PipelineState
from tests.support.builders import ON
from tests.support.chat import EnterChat, Talker
from tests.support.running import Running
from tests.support.types import Headers
from tests.support.waiting import until

FRAME_S = 1152 / 44100
AAC_FRAME_S = 1024 / 44100
HEADERS = {"mp3": b"\xff\xfb\x90\x64", "aac": bytes.fromhex("fff15080343ffc")}
SIZES = {"mp3": 417, "aac": 417}
SILENT = 7
"""The number of a frame that comes again and again."""

pytestmark = pytest.mark.settings(limits={"read": "100000/minute per address"})


def frame(audio: Format, number: int) -> bytes:
    header = HEADERS[audio]
    return header + number.to_bytes(SIZES[audio] - len(header), "big")


def hear(running: Running, audio: Format = "mp3", since_s: float = 0.0, until_s: float = SETTLE_S + 2) -> Stream:
    """Have a mount of the station heard, for some seconds from the test's beginning on."""
    tap = next(each for each in running.service(Sync).taps.of("awaz") if each.audio == audio)
    tap.stream = stream = tap.stream or Stream(tap.mount, audio)
    began = running.clock.steady_s()
    frame_s = FRAME_S if audio == "mp3" else AAC_FRAME_S
    for number in range(int(since_s / frame_s), int(until_s / frame_s)):
        stream.feed(frame(audio, SILENT if 50 <= number < 60 else 1000 + number), began + number * frame_s)
    return stream


def state(title: str, heard_frame: int, instance: str = "run-1") -> PipelineState:
    return PipelineState(
        instance=instance,
        seq=heard_frame,
        source="auto",
        title=title,
        artist="Band",
        album="",
        item="",
        plan_version=0,
        decoding="",
        waiting="",
        duration_s=0.0,
        slot=None,
        wanted_slot=None,
        encoders=(),
        remaining_s=0.0,
        rms=0.1,
        heard_frame=heard_frame,
    )


def align(running: Running, **lags: float) -> None:
    """Have it known how far the mounts are from the pipeline, in seconds."""
    sync = running.service(Sync)
    streams = sync.taps.streams("awaz")
    by_mount = {f"/awaz.{audio}": lag for audio, lag in lags.items()}
    epochs = {mount: stream.epoch for mount, stream in streams.items()}
    sync.alignments._found["awaz"] = Alignment("run-1", 0.04, epochs, by_mount)  # noqa: SLF001 - as if measured


async def anchors(url: str, **query: str) -> httpx.Response:
    async with httpx.AsyncClient(base_url=url) as http:
        return await http.get("/api/v1/stations/awaz/anchors", params=query)


async def test_anchors_name_each_frame_by_its_checksum_and_when_it_is_heard(running: Running, url: str) -> None:
    began = running.clock.steady_s()
    stream = hear(running)
    answer = await anchors(url)
    body = answer.json()
    assert answer.headers["Cache-Control"] == "public, max-age=1"
    assert body.items() >= {"mount": "/awaz.mp3", "stream_epoch": stream.epoch, "n0": 0, "target_s": 3.0}.items()
    assert body["crc"][20:23] == [crc32(frame("mp3", 1000 + number)) for number in range(20, 23)]
    # A frame arrives with the header of the next one.
    assert body["t0"] == pytest.approx(began + FRAME_S, abs=0.002)
    assert body["frame_s"] == pytest.approx(FRAME_S)
    assert body["server_time"] == pytest.approx(running.clock.steady_s(), abs=0.1)


async def test_what_begins_anew_on_the_mounts_is_searched_without_the_pause_of_the_searches_before(
    running: Running,
) -> None:
    sync = running.service(Sync)

    async def searches() -> int:
        with capture_logs() as logs:
            await sync.alignments.measure()  # there is no pipeline to ask
        return [entry["event"] for entry in logs].count("pipeline_not_aligned")

    hear(running, until_s=SETTLE_S + ENOUGH_S)
    counts = [await searches(), await searches()]
    sync.taps.of("awaz")[0].stream = None  # as when Icecast ends
    hear(running, until_s=SETTLE_S + ENOUGH_S)
    counts += [await searches(), await searches()]
    sync.heard_at("awaz", state("Song", 1, instance="run-1"))
    sync.heard_at("awaz", state("Song", 1, instance="run-2"))
    counts += [await searches(), await searches()]
    assert counts == [1, 0, 1, 0, 1, 0]


async def test_frames_that_repeat_themselves_are_no_anchors(running: Running, url: str) -> None:
    hear(running)
    assert (await anchors(url)).json()["crc"][48:62] == [
        *(crc32(frame("mp3", 1000 + number)) for number in (48, 49)),
        *[None] * 10,
        *(crc32(frame("mp3", 1000 + number)) for number in (60, 61)),
    ]


async def test_the_same_anchors_are_answered_for_a_second_and_not_sent_twice(running: Running, url: str) -> None:
    hear(running)
    first = await anchors(url)
    hear(running, since_s=SETTLE_S + 2, until_s=SETTLE_S + 3)
    async with httpx.AsyncClient(base_url=url) as http:
        again = await http.get("/api/v1/stations/awaz/anchors", headers={"If-None-Match": first.headers["ETag"]})
        assert (again.status_code, again.content) == (304, b"")
        assert again.headers["Cache-Control"] == "public, max-age=1"
        running.clock.advance(1)
        newer = await http.get("/api/v1/stations/awaz/anchors", headers={"If-None-Match": first.headers["ETag"]})
    assert newer.status_code == 200
    assert newer.headers["ETag"] != first.headers["ETag"]


@pytest.mark.parametrize(
    ("path", "status", "code"),
    [
        ("stations/awaz/anchors", 503, "not_ready"),
        ("stations/awaz/anchors?mount=/other.mp3", 404, "not_found"),
        ("stations/none/anchors", 404, "not_found"),
    ],
)
async def test_what_is_not_heard_has_no_anchors(url: str, path: str, status: int, code: str) -> None:
    async with httpx.AsyncClient(base_url=url) as http:
        answer = await http.get(f"/api/v1/{path}")
    assert (answer.status_code, answer.json()["error"]["code"]) == (status, code)
    assert answer.headers["Cache-Control"] == "no-store"


async def test_a_mount_is_told_so_that_it_is_heard_together_with_the_first(running: Running, url: str) -> None:
    hear(running)
    hear(running, "aac")
    first, alone = (await anchors(url)).json(), (await anchors(url, mount="/awaz.aac")).json()
    assert alone["t0"] == pytest.approx(first["t0"] + AAC_FRAME_S - FRAME_S, abs=0.001)
    align(running, mp3=-0.030, aac=-0.070)
    running.clock.advance(1)
    together = (await anchors(url, mount="/awaz.aac")).json()
    assert together["t0"] == pytest.approx(first["t0"] + 0.040, abs=0.001)


async def test_the_servers_clock_is_told(running: Running, url: str) -> None:
    async with httpx.AsyncClient(base_url=url) as http:
        answer = await http.get("/api/v1/time")
    assert answer.json()["server_time"] == pytest.approx(running.clock.steady_s())
    assert answer.headers["Cache-Control"] == "no-store"


async def test_a_track_is_told_with_the_frame_at_which_it_is_heard(running: Running) -> None:
    stream = hear(running)
    hear(running, "aac")
    align(running, mp3=0.5, aac=0.4)
    running.onair.observe("awaz", ON)
    running.parts.pipelines.take("awaz", state("Lamp", 40))
    running.parts.pipelines.take("awaz", state("Sky", 100))
    now = running.parts.read_model.require("awaz").now
    marks = stream.marks()
    assert now is not None
    assert now.position is not None
    assert marks is not None
    assert (now.title.title, now.position.mount, now.position.epoch) == ("Sky", "/awaz.mp3", stream.epoch)
    assert now.position.frame == int((100 * 0.04 + 0.5) / FRAME_S)
    assert now.position.at == pytest.approx(marks.t0 + 4.5)


async def test_another_run_of_the_pipeline_has_to_be_measured_anew(running: Running) -> None:
    hear(running)
    hear(running, "aac")
    align(running, mp3=0.5, aac=0.4)
    sync = running.service(Sync)
    assert sync.heard_at("awaz", state("Lamp", 40)) is not None
    assert sync.heard_at("awaz", state("Lamp", 40, instance="run-2")) is None
    assert sync.heard_at("awaz", state("Lamp", 40)) is None


async def test_the_daemons_own_connections_are_not_listeners(running: Running) -> None:
    hear(running)
    hear(running, "aac")
    taps = running.service(Sync).taps
    assert taps.connections("awaz") == 2
    assert taps.connections("none") == 0


async def report(listener: Talker, **fields: object) -> None:
    assert (await listener.ask_plain("stream:heartbeat", t=0, **fields))["ok"]


async def test_owners_see_how_exactly_their_listeners_hear_the_same_moment(
    running: Running, enter: EnterChat, url: str, owner: Headers
) -> None:
    listeners = [await enter(name=f"Listener {number}") for number in range(4)]
    for number, each in enumerate(listeners[:3]):
        await report(each, station="awaz", mode="synced", sync_error_ms=-4 * number, latency_ms=3000 + number)
    await report(listeners[3], station="awaz", mode="approximate", latency_ms=4700)
    async with httpx.AsyncClient(base_url=url, headers=owner) as http:
        seen = (await http.get("/api/v1/stations/awaz/sync")).json()
        assert seen == {
            "pages": 4,
            "synced": 3,
            "approximate": 1,
            "error_ms": {"p50": 4.0, "p95": 8.0, "max": 8.0},
            "latency_ms": {"p50": 3002.0, "p95": 4700.0, "max": 4700.0},
        }
        await listeners[3].socket.close()
        await until(lambda: running.service(Sync).reports.of("awaz").pages == 3)
        running.clock.advance(61)
        assert (await http.get("/api/v1/stations/awaz/sync")).json() == {"pages": 0, "synced": 0, "approximate": 0}


async def test_nobody_reports_of_a_station_that_they_do_not_follow(running: Running, enter: EnterChat) -> None:
    listener = await enter(name="Listener")
    await report(listener, station="other", mode="synced")
    await report(listener, station="awaz", mode="<b>synced</b>")
    reports = running.service(Sync).reports
    assert (reports.of("other").pages, reports.of("awaz").pages, reports.of("awaz").synced) == (0, 1, 0)


async def test_a_track_that_began_before_the_mount_was_heard_is_of_no_known_place(running: Running) -> None:
    hear(running)
    hear(running, "aac")
    align(running, mp3=-20.0, aac=-20.0)
    running.onair.observe("awaz", ON)
    running.parts.pipelines.take("awaz", state("Lamp", 40))
    running.parts.pipelines.take("awaz", state("Sky", 100))
    now = running.parts.read_model.require("awaz").now
    assert now is not None
    assert (now.title.title, now.position) == ("Sky", None)


async def test_a_mount_that_seems_to_be_seconds_off_is_told_as_it_was_heard(running: Running, url: str) -> None:
    hear(running)
    hear(running, "aac")
    align(running, mp3=-0.030, aac=-4.070)
    first, other = (await anchors(url)).json(), (await anchors(url, mount="/awaz.aac")).json()
    assert other["t0"] == pytest.approx(first["t0"] + AAC_FRAME_S - FRAME_S, abs=0.001)


async def test_what_no_player_can_be_is_not_in_the_hosts_figures(
    running: Running, enter: EnterChat, url: str, owner: Headers
) -> None:
    await report(await enter(name="Ali"), station="awaz", mode="synced", sync_error_ms=1e9, latency_ms=1e9)
    async with httpx.AsyncClient(base_url=url, headers=owner) as http:
        seen = (await http.get("/api/v1/stations/awaz/sync")).json()
    assert seen == {"pages": 1, "synced": 1, "approximate": 0}


async def test_a_page_that_plays_no_more_is_not_in_the_hosts_figures(running: Running, enter: EnterChat) -> None:
    ali = await enter(name="Ali")
    await report(ali, station="awaz", mode="synced")
    await report(ali)
    assert running.service(Sync).reports.of("awaz").pages == 0


def test_a_state_without_a_frame_is_of_no_known_place() -> None:
    assert seen(state("Lamp", 0), None).playing.position is None


async def test_a_message_and_a_like_have_the_frame_that_was_heard(
    running: Running, enter: EnterChat, url: str, owner: Headers
) -> None:
    stream = hear(running)
    running.clock.advance(SETTLE_S + 2)
    ali = await enter(name="Ali")
    await ali.say("this solo!", lag_ms=3000)
    written = await ali.read()
    await ali.ask("interaction:like", target={"kind": "station", "id": "awaz"}, lag_ms=3000)
    counted = await ali.until("interaction:likes")
    marks = stream.marks()
    assert marks is not None
    assert written["position"].items() >= {"mount": "/awaz.mp3", "stream_epoch": stream.epoch}.items()
    assert written["position"]["at"] / 1000 == pytest.approx(running.clock.steady_s() - 3, abs=0.05)
    expected = (written["position"]["at"] / 1000 - marks.t0) / FRAME_S
    assert written["position"]["frame"] == pytest.approx(expected, abs=1)
    assert counted["position"]["frame"] == pytest.approx(expected, abs=3)
    async with httpx.AsyncClient(base_url=url, headers=owner) as http:
        history = (await http.get("/api/v1/stations/awaz/chat")).json()["items"]
    assert history[0]["position"] == written["position"]


async def test_a_message_of_somebody_who_does_not_listen_has_no_frame(running: Running, enter: EnterChat) -> None:
    hear(running)
    ali = await enter(name="Ali")
    await ali.say("hello")
    assert "position" not in await ali.read()
    assert (await ali.say("far away", lag_ms=60_001))["error"]["code"] == "invalid_input"
