"""The queue over HTTP, and a plan that its pipeline reports on."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any

import httpx
import orjson
import pytest

from controlplane.db.engine import reading
from controlplane.db.plans import load
from controlplane.features.playout import autodj, rules, service
from controlplane.kernel.audit import CONSOLE
from controlplane.kernel.stations import NewStation
from controlplane.liquidsoap import parse
from tests.support.audio import Sounds
from tests.support.loopback import bearer
from tests.support.running import Running
from tests.support.types import Headers, TokenOf
from tests.support.waiting import until

QUEUE = "/stations/awaz/queue"


@pytest.fixture
async def tracks(running: Running, sounds: Sounds) -> list[str]:
    """Three tracks, planned."""
    running.library.store.prepare()
    station = running.stations.get("awaz")
    files = [sounds.tone(hertz=300 + number, seconds=30, title=f"T{number}") for number in range(3)]
    added = [(await running.library.add_copy(station, path, CONSOLE)).id for path in files]
    await running.playout.settle()
    return added


def says(running: Running, item: str = "", decoding: str = "", version: int | None = None, waiting: str = "") -> None:
    """Have the pipeline say what it plays."""
    known = running.playout.get("awaz")
    version = known.plan.version if version is None else version
    running.clock.advance(1)
    seq = int(running.clock.monotonic_s())
    fields = {"source": "auto", "instance": "i", "seq": seq, "item": item, "decoding": decoding, "plan": version}
    fields |= {"waiting": [waiting] if waiting else []}
    running.parts.pipelines.take("awaz", parse.state(orjson.dumps(fields)))


async def queue(http: httpx.AsyncClient, host: Headers) -> dict[str, Any]:
    found: dict[str, Any] = (await http.get(QUEUE, headers=host)).json()
    return found


def planned(running: Running) -> dict[str, Any]:
    found: dict[str, Any] = orjson.loads(running.kit.paths.plan("awaz").read_bytes())
    return found


@asynccontextmanager
async def pipeline(running: Running, *answers: str, slug: str = "awaz") -> AsyncIterator[list[str]]:
    """A pipeline's socket that notes commands and gives answers, one after the other."""
    asked: list[str] = []
    waiting = list(answers)

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        asked.append((await reader.readline()).decode().strip())
        writer.write(f"{waiting.pop(0)}\nEND\n".encode())
        await writer.drain()
        writer.close()

    path = running.kit.paths.pipeline_socket(slug)
    path.parent.mkdir(parents=True, exist_ok=True)
    async with await asyncio.start_unix_server(answer, path):
        yield asked


@asynccontextmanager
async def hanging_pipeline(running: Running, slug: str) -> AsyncIterator[asyncio.Event]:
    """A pipeline's socket that answers nothing, until this ends."""
    asked, ended = asyncio.Event(), asyncio.Event()

    async def hang(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        asked.set()
        await ended.wait()
        writer.close()

    path = running.kit.paths.pipeline_socket(slug)
    path.parent.mkdir(parents=True, exist_ok=True)
    async with await asyncio.start_unix_server(hang, path):
        yield asked
        ended.set()


async def test_an_empty_library_has_an_empty_queue(running: Running, http: httpx.AsyncClient, host: Headers) -> None:
    found = await queue(http, host)
    assert (found["applied"], found["items"]) == (False, [])


async def test_autodj_fills_the_queue_and_the_file_of_the_pipeline(
    running: Running, http: httpx.AsyncClient, host: Headers, tracks: list[str]
) -> None:
    found = await queue(http, host)
    assert {item["track"]["id"] for item in found["items"][:3]} == set(tracks)
    assert {item["why"]["kind"] for item in found["items"]} == {"autodj"}
    plan = planned(running)
    assert [item["id"] for item in plan["items"]] == [item["id"] for item in found["items"]]
    assert {item["id"] for item in plan["reserve"]} == {f"r-{track}" for track in tracks}
    assert plan["version"] == found["version"]


async def test_a_placed_track_follows_what_is_on_air_and_says_who_placed_it(
    running: Running, http: httpx.AsyncClient, host: Headers, tracks: list[str]
) -> None:
    first = (await queue(http, host))["items"][0]
    says(running, first["id"], first["id"])
    await running.playout.settle()
    body = {"track_id": tracks[2], "place": "next"}
    found = (await http.post(QUEUE, headers=host, json=body)).json()
    assert (found["now"]["id"], found["now"]["fixed"]) == (first["id"], True)
    assert found["items"][0]["track"]["id"] == tracks[2]
    assert found["items"][0]["id"] == found["item"]
    assert found["items"][0]["why"] == {"kind": "placed", "by": "Host"}
    heard_ms = found["now"]["track"]["duration_ms"] - rules.CROSSING_MS
    assert found["items"][0]["starts_at"] == found["now"]["starts_at"] + heard_ms
    assert planned(running)["version"] == found["version"]


async def test_what_was_acknowledged_is_planned_after_a_restart(
    running: Running, http: httpx.AsyncClient, host: Headers, tracks: list[str]
) -> None:
    item = (await http.post(QUEUE, headers=host, json={"track_id": tracks[0], "place": "next"})).json()["items"][0]
    async with reading(running.engine) as connection:
        plan, _ = await load(connection, running.stations.get("awaz").id)
    assert (plan.items[0].id, plan.items[0].placed_by) == (item["id"], "Host")
    assert plan.version == running.playout.get("awaz").plan.version


async def test_items_are_moved_and_removed(
    running: Running, http: httpx.AsyncClient, host: Headers, tracks: list[str]
) -> None:
    one, two, three = [item["id"] for item in (await queue(http, host))["items"][:3]]
    moved = (await http.patch(f"{QUEUE}/{three}", headers=host, json={"before": one})).json()
    assert [item["id"] for item in moved["items"][:3]] == [three, one, two]
    removed = (await http.delete(f"{QUEUE}/{one}", headers=host)).json()
    assert [item["id"] for item in removed["items"][:2]] == [three, two]


async def test_an_edit_that_comes_too_late_says_so(
    running: Running, http: httpx.AsyncClient, host: Headers, tracks: list[str]
) -> None:
    one, two = [item["id"] for item in (await queue(http, host))["items"][:2]]
    says(running, one, two)
    answers = [
        await http.delete(f"{QUEUE}/{one}", headers=host),
        await http.patch(f"{QUEUE}/{two}", headers=host, json={}),
        await http.delete(f"{QUEUE}/nosuch", headers=host),
        await http.post(QUEUE, headers=host, json={"track_id": "nosuch"}),
        await http.post(f"{QUEUE}/skip", headers=host, json={"item": two}),
    ]
    assert [answer.status_code for answer in answers] == [409, 409, 404, 404, 409]


async def test_a_pipeline_is_told_until_it_follows(
    running: Running, http: httpx.AsyncClient, host: Headers, tracks: list[str]
) -> None:
    says(running, version=0)
    version = running.playout.get("awaz").plan.version
    async with pipeline(running, "ERR the plan cannot be read", f"OK {version}") as asked:
        await running.playout.settle()
        assert (await queue(http, host))["applied"] is False
        await running.playout.settle()
    assert asked == ["st.plan", "st.plan"]
    assert (await queue(http, host))["applied"] is True


async def test_playing_now_skips_what_is_on_air_once_the_pipeline_knows_what_follows(
    running: Running, http: httpx.AsyncClient, host: Headers, tracks: list[str]
) -> None:
    first = (await queue(http, host))["items"][0]["id"]
    says(running, first, first)
    version = running.playout.get("awaz").plan.version
    async with pipeline(running, f"OK {version + 1}", "OK") as asked:
        await http.post(QUEUE, headers=host, json={"track_id": tracks[1], "place": "now"})
    assert asked == ["st.plan", f"st.skip {first}"]


async def test_a_play_is_counted_once(
    running: Running, http: httpx.AsyncClient, host: Headers, tracks: list[str]
) -> None:
    first, second = (await queue(http, host))["items"][:2]
    for item in (first, first, second, second):
        says(running, item["id"], item["id"])
        await running.playout.settle()
    listed = (await http.get("/stations/awaz/tracks", headers=host)).json()["items"]
    assert {track["id"]: track["plays"] for track in listed} == dict.fromkeys(tracks, 0) | {
        first["track"]["id"]: 1,
        second["track"]["id"]: 1,
    }
    now = (await http.get("/stations/awaz/now-playing")).json()
    assert (await queue(http, host))["now"]["id"] == second["id"]
    assert now["on_air"] == "offair"


async def test_a_removed_track_leaves_the_queue_unless_it_is_on_air(
    running: Running, http: httpx.AsyncClient, host: Headers, tracks: list[str]
) -> None:
    first = (await queue(http, host))["items"][0]
    says(running, first["id"], first["id"])
    await running.playout.settle()
    await http.delete(f"/stations/awaz/tracks/{first['track']['id']}", headers=host)
    await running.playout.settle()
    found = await queue(http, host)
    assert found["now"]["id"] == first["id"]
    assert first["track"]["id"] not in {item["track"]["id"] for item in found["items"]}


async def test_a_track_that_was_placed_too_late_is_heard_behind_the_one_that_had_begun(
    running: Running, http: httpx.AsyncClient, host: Headers, tracks: list[str]
) -> None:
    items = (await queue(http, host))["items"]
    one, two = [item["id"] for item in items[:2]]
    other = next(track for track in tracks if track != items[1]["track"]["id"])
    says(running, one, one)
    placed = (await http.post(QUEUE, headers=host, json={"track_id": other, "place": "next"})).json()["item"]
    says(running, one, two, waiting=placed)
    await running.playout.settle()
    found = await queue(http, host)
    assert [item["id"] for item in found["items"][:2]] == [two, placed]
    assert [item["fixed"] for item in found["items"][:2]] == [True, False]


async def test_a_track_that_the_pipeline_passes_over_is_reported(
    running: Running, http: httpx.AsyncClient, host: Headers, tracks: list[str]
) -> None:
    one, two, three = (await queue(http, host))["items"][:3]
    station = running.stations.get("awaz")
    row = await running.library.get(station, two["track"]["id"])
    running.library.store.audio(row.sha256, row.format).unlink()
    says(running, one["id"], one["id"], waiting=three["id"])
    await running.playout.settle()
    await running.playout.settle()
    listed = (await http.get("/stations/awaz/tracks", headers=host, params={"view": "unplayable"})).json()["items"]
    assert [track["id"] for track in listed] == [row.id]
    assert row.id not in {item["track"]["id"] for item in (await queue(http, host))["items"]}


async def test_while_a_host_is_live_the_queue_goes_on_behind_what_was_cut(
    running: Running, http: httpx.AsyncClient, host: Headers, tracks: list[str]
) -> None:
    one, two = [item["id"] for item in (await queue(http, host))["items"][:2]]
    says(running, one, one)
    says(running, "", two)
    found = await queue(http, host)
    assert "now" not in found
    assert found["items"][0]["id"] == two


async def test_what_was_heard_while_the_daemon_was_down_is_counted(
    running: Running, http: httpx.AsyncClient, host: Headers, tracks: list[str]
) -> None:
    items = (await queue(http, host))["items"][:3]
    says(running, items[0]["id"], items[0]["id"])
    await running.playout.settle()
    log = running.kit.paths.played_log("awaz")
    log.parent.mkdir(parents=True, exist_ok=True)
    log.write_text("".join(f"{1000 + place}.5 {item['id']}\n" for place, item in enumerate(items)))
    await replace(running.playout, _plans={}).settle()
    listed = (await http.get("/stations/awaz/tracks", headers=host)).json()["items"]
    assert {track["id"]: track["plays"] for track in listed} == dict.fromkeys(tracks, 1)


async def test_a_plan_that_could_not_be_written_is_written_again(
    running: Running, http: httpx.AsyncClient, host: Headers, tracks: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> bool:
        raise OSError("no space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(service, "write", full)
        placed = await http.post(QUEUE, headers=host, json={"track_id": tracks[1], "place": "next"})
    assert placed.status_code == 200
    assert planned(running)["version"] < placed.json()["version"]
    await running.playout.settle()
    assert planned(running)["items"][0]["id"] == placed.json()["item"]


async def test_a_new_station_with_an_old_slug_does_not_play_what_the_old_one_had(
    running: Running, sounds: Sounds
) -> None:
    running.library.store.prepare()
    await running.stations.add(NewStation(slug="two", name="Two"))
    await running.library.add_copy(running.stations.get("two"), sounds.tone(seconds=30), CONSOLE)
    await running.playout.settle()
    path = running.kit.paths.plan("two")
    before = orjson.loads(path.read_bytes())
    await running.stations.remove("two")
    await running.stations.add(NewStation(slug="two", name="Two"))
    running.clock.advance(1)
    await running.playout.settle()
    after = orjson.loads(path.read_bytes())
    assert (len(before["items"]) > 0, after["items"]) == (True, [])
    assert after["version"] > before["version"]


async def test_a_pipeline_that_hangs_holds_up_no_other_station(running: Running, sounds: Sounds) -> None:
    running.library.store.prepare()
    await running.stations.add(NewStation(slug="two", name="Two"))
    for slug in ("awaz", "two"):
        await running.library.add_copy(running.stations.get(slug), sounds.tone(seconds=30), CONSOLE)
    task = asyncio.create_task(running.playout.run())
    await until(running.kit.paths.plan("two").exists)
    async with hanging_pipeline(running, "awaz") as asked:
        says(running, version=1)
        await asked.wait()
        known = running.playout.get("two")
        known.seen(replace(parse.state(b'{"source": "auto"}'), plan_version=1), 0)
        async with pipeline(running, f"OK {known.plan.version}", slug="two") as commands:
            running.playout.library_changed("")
            await until(lambda: commands)
    task.cancel()
    await asyncio.wait([task])


async def test_a_pipeline_is_told_of_a_plan_by_one_command_at_a_time(running: Running, tracks: list[str]) -> None:
    known = running.playout.get("awaz")
    item = known.plan.items[0].id
    says(running, item, item, version=known.plan.version - 1)
    async with pipeline(running, f"OK {known.plan.version}", "OK", "OK") as commands:
        await asyncio.gather(*(running.playout.skip("awaz", item) for _ in range(2)))
        assert commands == ["st.plan", f"st.skip {item}", f"st.skip {item}"]


async def test_a_plan_that_runs_short_is_filled(running: Running, tracks: list[str]) -> None:
    known = running.playout.get("awaz")
    late = known.plan.items[-2].id
    says(running, late, late)
    await running.playout.settle()
    assert known.plan.items[0].id == late
    assert len(known.plan.items) == autodj.MAX_ITEMS


async def test_a_moderator_edits_no_queue(http: httpx.AsyncClient, token_of: TokenOf) -> None:
    moderator = bearer(await token_of("moderator"))
    assert (await http.get(QUEUE, headers=moderator)).status_code == 403
    assert (await http.post(QUEUE, headers=moderator, json={"track_id": "x"})).status_code == 403
