"""The list of a station's tracks, and what is measured of them."""

import asyncio
import base64
import os
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import pytest

from controlplane.features.library import reading as library_reading
from controlplane.features.library.inbox import Inbox
from controlplane.features.library.measuring import Measuring
from controlplane.features.library.reading import Measurement
from controlplane.kernel.audit import CONSOLE
from controlplane.kernel.errors import Upstream
from controlplane.kernel.stations import NewStation
from controlplane.runtime.files import Account
from tests.support.audio import Sounds
from tests.support.loopback import bearer
from tests.support.running import Running
from tests.support.types import Headers, TokenOf

TRACKS = "/stations/awaz/tracks"


async def add(running: Running, *paths: Path) -> list[str]:
    station = running.stations.get("awaz")
    added = []
    for path in paths:
        running.clock.advance(1)
        added.append((await running.library.add_copy(station, path, CONSOLE)).id)
    return added


async def measure_all(running: Running) -> None:
    measuring = Measuring(running.library)
    while await measuring.measure_next():
        pass


async def page(http: httpx.AsyncClient, host: Headers, **query: str | int) -> dict[str, Any]:
    answer = await http.get(TRACKS, headers=host, params=query)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def titles(http: httpx.AsyncClient, host: Headers, **query: str | int) -> list[str]:
    return [track["title"] for track in (await page(http, host, **query))["items"]]


async def test_an_empty_library_says_how_much_it_may_hold(http: httpx.AsyncClient, host: Headers) -> None:
    assert await page(http, host) == {
        "items": [],
        "total": 0,
        "measuring": 0,
        "used_bytes": 0,
        "quota_bytes": 50_000_000_000,
    }


async def test_a_track_is_levelled_and_trimmed_once_it_is_measured(
    running: Running, http: httpx.AsyncClient, host: Headers, sounds: Sounds
) -> None:
    silent_ends = "adelay=2000,apad=pad_dur=3,volume=-10dB"
    [track_id] = await add(running, sounds.tone(seconds=4, filters=silent_ends, title="Quiet"))
    assert (await page(http, host))["measuring"] == 1
    await measure_all(running)
    track = (await http.get(f"{TRACKS}/{track_id}", headers=host)).json()["track"]
    assert track["measured"] == "done"
    assert 8900 < track["duration_ms"] < 9200
    assert -35 < track["loudness_lufs"] < -30
    assert track["gain_db"] == 12
    assert 1800 < track["cue_in_ms"] < 2050
    assert 6000 < track["cue_out_ms"] < 6200
    peaks = (await http.get(f"{TRACKS}/{track_id}/peaks", headers=host)).json()
    heights = base64.b64decode(peaks["peaks"])
    assert abs(len(heights) - track["duration_ms"] / 1000 * peaks["peaks_per_s"]) <= 1
    assert (max(heights[:35]), max(heights[-50:])) == (0, 0)
    assert max(heights) > 5


async def test_what_somebody_has_set_is_not_measured_away(
    running: Running, http: httpx.AsyncClient, host: Headers, sounds: Sounds
) -> None:
    [track_id] = await add(running, sounds.tone(seconds=4, filters="adelay=2000"))
    await http.patch(f"{TRACKS}/{track_id}", headers=host, json={"gain_db": -3, "cue_in_ms": 500})
    await measure_all(running)
    track = (await http.get(f"{TRACKS}/{track_id}", headers=host)).json()["track"]
    assert (track["gain_db"], track["cue_in_ms"], track["measured"]) == (-3, 500, "done")


async def test_what_somebody_sets_while_a_track_is_measured_stays(
    running: Running, http: httpx.AsyncClient, host: Headers, sounds: Sounds, monkeypatch: pytest.MonkeyPatch
) -> None:
    [track_id] = await add(running, sounds.tone(seconds=4, filters="adelay=2000"))
    measure = library_reading.measure

    async def measured_late(path: Path, account: Account | None) -> Measurement:
        found = await measure(path, account)
        await http.patch(f"{TRACKS}/{track_id}", headers=host, json={"gain_db": -3, "cue_in_ms": 500})
        return found

    monkeypatch.setattr(library_reading, "measure", measured_late)
    await measure_all(running)
    track = (await http.get(f"{TRACKS}/{track_id}", headers=host)).json()["track"]
    assert (track["gain_db"], track["cue_in_ms"], track["measured"]) == (-3, 500, "done")


async def test_measuring_outlives_a_station_that_is_removed_meanwhile(
    running: Running, sounds: Sounds, monkeypatch: pytest.MonkeyPatch
) -> None:
    running.library.store.prepare()
    await running.stations.add(NewStation(slug="two", name="Two"))
    await running.library.add_copy(running.stations.get("two"), sounds.tone(), CONSOLE)
    measure = library_reading.measure

    async def measured_late(path: Path, account: Account | None) -> Measurement:
        found = await measure(path, account)
        await running.stations.remove("two")
        return found

    monkeypatch.setattr(library_reading, "measure", measured_late)
    await measure_all(running)


async def test_a_track_that_could_not_be_measured_is_given_up_in_the_end(
    running: Running, http: httpx.AsyncClient, host: Headers, sounds: Sounds, monkeypatch: pytest.MonkeyPatch
) -> None:
    await add(running, sounds.tone())
    path = os.environ["PATH"]
    monkeypatch.setenv("PATH", "/nowhere")
    measuring = Measuring(running.library)
    for _ in range(2):
        with pytest.raises(Upstream):
            await measuring.measure_next()
    monkeypatch.setenv("PATH", path)
    assert await measuring.measure_next()
    [track] = (await page(http, host))["items"]
    assert track["measured"] == "done"


async def test_a_track_whose_file_is_missing_is_reported_and_mended_by_its_upload(
    running: Running, http: httpx.AsyncClient, host: Headers, sounds: Sounds
) -> None:
    path = sounds.tone(title="Lost")
    [track_id] = await add(running, path)
    station = running.stations.get("awaz")
    row = await running.library.get(station, track_id)
    running.library.store.audio(row.sha256, row.format).unlink()
    await running.library.could_not_be_played(station, track_id)
    [track] = (await page(http, host, view="unplayable"))["items"]
    assert "missing" in track["problem"]
    assert await add(running, path) == [track_id]
    assert await titles(http, host, view="unplayable") == []
    assert (await http.get(f"{TRACKS}/{track_id}/audio", headers=host)).status_code == 200


async def test_the_same_recording_in_another_format_is_pointed_out(
    running: Running, http: httpx.AsyncClient, host: Headers, sounds: Sounds
) -> None:
    ids = await add(running, sounds.music(0, "mp3"), sounds.music(0, "ogg"), sounds.music(1, "mp3"))
    await measure_all(running)
    duplicates = (await page(http, host, view="duplicates"))["items"]
    assert [(track["id"], track["duplicate_of"]) for track in duplicates] == [(ids[1], ids[0])]
    await http.delete(f"{TRACKS}/{ids[0]}", headers=host)
    assert (await page(http, host, view="duplicates"))["total"] == 0


async def test_a_file_that_turns_out_to_be_broken_is_shown_as_unplayable(
    running: Running, http: httpx.AsyncClient, host: Headers, sounds: Sounds
) -> None:
    [track_id] = await add(running, sounds.tone())
    station = running.stations.get("awaz")
    row = await running.library.get(station, track_id)
    running.library.store.audio(row.sha256, row.format).write_bytes(b"rotten")
    await measure_all(running)
    [track] = (await page(http, host, view="unplayable"))["items"]
    assert (track["id"], track["measured"]) == (track_id, "failed")
    assert track["problem"]


async def test_tracks_are_searched_sorted_and_paged(
    running: Running, http: httpx.AsyncClient, host: Headers, sounds: Sounds
) -> None:
    named = [("Łódź", "Zed"), ("Chirag", "The Lamps"), ("شامِ غزل", "Abida"), ("Chirag (live)", "The Lamps")]
    await add(running, *(sounds.tone(hertz=100 + n, seconds=1, title=t, artist=a) for n, (t, a) in enumerate(named)))
    assert await titles(http, host) == ["Chirag (live)", "شامِ غزل", "Chirag", "Łódź"]
    assert await titles(http, host, sort="title") == ["Chirag", "Chirag (live)", "Łódź", "شامِ غزل"]
    assert await titles(http, host, sort="artist") == ["شامِ غزل", "Chirag", "Chirag (live)", "Łódź"]
    assert await titles(http, host, search="lamps CHIRAG") == ["Chirag (live)", "Chirag"]
    assert await titles(http, host, search="lodz") == ["Łódź"]
    assert await titles(http, host, search="%") == await titles(http, host)
    first = await page(http, host, limit=3, sort="title")
    rest = await page(http, host, limit=3, sort="title", cursor=first["next"])
    assert [len(first["items"]), len(rest["items"]), rest.get("next"), first["total"]] == [3, 1, None, 4]


@pytest.mark.parametrize("sort", ["added", "title", "artist"])
async def test_a_list_goes_on_where_it_was_though_the_track_there_is_gone(
    running: Running, http: httpx.AsyncClient, host: Headers, sounds: Sounds, sort: str
) -> None:
    await add(running, *(sounds.tone(hertz=100 + n, seconds=1, title=f"T{n}", artist="A") for n in range(4)))
    first = await page(http, host, limit=2, sort=sort)
    await http.delete(f"{TRACKS}/{first['items'][1]['id']}", headers=host)
    whole = await titles(http, host, sort=sort)
    assert await titles(http, host, limit=2, sort=sort, cursor=first["next"]) == whole[1:]
    wrong = await http.get(TRACKS, headers=host, params={"sort": sort, "cursor": "nonsense"})
    assert wrong.json()["error"]["message"] == "cursor: it is not the `next` of a page of this list"


async def test_tracks_without_an_artist_and_new_ones_have_views(
    running: Running, http: httpx.AsyncClient, host: Headers, sounds: Sounds, token_of: TokenOf
) -> None:
    await add(running, sounds.tone(title="Tagged", artist="Somebody"), sounds.tone(title="Untagged"))
    assert await titles(http, host, view="untagged") == ["Untagged"]
    assert await titles(http, host, view="new") == ["Untagged", "Tagged"]
    running.clock.advance(8 * 86_400)
    assert await titles(http, bearer(await token_of("owner")), view="new") == []


async def test_a_track_is_changed_and_found_by_its_new_name(
    running: Running, http: httpx.AsyncClient, host: Headers, sounds: Sounds
) -> None:
    [track_id] = await add(running, sounds.tone(title="Old"))
    answer = await http.patch(f"{TRACKS}/{track_id}", headers=host, json={"title": "شام", "year": 1974})
    assert answer.json()["track"]["year"] == 1974
    assert await titles(http, host, search="شام") == ["شام"]
    assert (await http.patch(f"{TRACKS}/nosuch", headers=host, json={"title": "x"})).status_code == 404


async def test_a_track_shorter_than_a_second_can_be_renamed(
    running: Running, http: httpx.AsyncClient, host: Headers, sounds: Sounds
) -> None:
    [track_id] = await add(running, sounds.tone(seconds=0.5))
    answer = await http.patch(f"{TRACKS}/{track_id}", headers=host, json={"title": "Gong"})
    assert answer.json()["track"]["title"] == "Gong"


async def test_a_track_that_two_people_change_at_once_is_found_by_both_texts(
    http: httpx.AsyncClient, host: Headers, running: Running, sounds: Sounds
) -> None:
    track = await running.library.add_copy(running.stations.get("awaz"), sounds.tone(title="Old"), CONSOLE)
    changes = ({"title": "Chirag"}, {"artist": "Abida"}, {"album": "Ghazals"})
    await asyncio.gather(*(http.patch(f"{TRACKS}/{track.id}", headers=host, json=each) for each in changes))
    assert await titles(http, host, search="chirag abida ghazals") == ["Chirag"]


async def test_several_tracks_are_changed_at_once_or_none(
    running: Running, http: httpx.AsyncClient, host: Headers, sounds: Sounds
) -> None:
    ids = await add(running, sounds.tone(title="One", artist="A"), sounds.tone(title="Two", artist="B"))
    change = {"artist": "Abida", "year": 1974}
    answer = await http.patch(TRACKS, headers=host, json={"ids": [*ids, "nosuch"], "change": change})
    assert sorted(answer.json()["ids"]) == sorted(ids)
    assert await titles(http, host, search="abida") == ["Two", "One"]
    assert (await http.patch(TRACKS, headers=host, json={"ids": ids, "change": {}})).status_code == 400
    assert (await http.patch(TRACKS, headers=host, json={"ids": [], "change": change})).status_code == 400


async def test_several_tracks_are_removed_with_their_files(
    running: Running, http: httpx.AsyncClient, host: Headers, sounds: Sounds
) -> None:
    ids = await add(running, *(sounds.tone(title=title) for title in ("One", "Two", "Three")))
    row = await running.library.get(running.stations.get("awaz"), ids[0])
    answer = await http.post(f"{TRACKS}/remove", headers=host, json={"ids": [*ids[:2], "nosuch"]})
    assert sorted(answer.json()["ids"]) == sorted(ids[:2])
    assert await titles(http, host) == ["Three"]
    assert not running.library.store.audio(row.sha256, row.format).exists()


async def test_a_player_hears_a_track_by_its_preview_address_for_an_hour(
    running: Running, http: httpx.AsyncClient, host: Headers, sounds: Sounds
) -> None:
    one, two = await add(running, sounds.tone(title="One"), sounds.tone(title="Two"))
    preview = (await http.post(f"{TRACKS}/{one}/preview", headers=host)).json()
    address = preview["url"].removeprefix("/api/v1")
    part = await http.get(address, headers={"Range": "bytes=0-99"})
    assert (part.status_code, len(part.content), part.headers["Content-Type"]) == (206, 100, "audio/mpeg")
    assert (await http.get(address.replace(one, two))).status_code == 401
    assert (await http.get(f"{TRACKS}/{one}/preview", params={"key": host["Authorization"][7:]})).status_code == 401
    running.clock.advance(preview["expires_in"] + 1)
    assert (await http.get(address)).status_code == 401


async def test_listeners_see_no_library(http: httpx.AsyncClient, token_of: TokenOf, host: Headers) -> None:
    moderator = bearer(await token_of("moderator"))
    assert (await http.get(TRACKS, headers=moderator)).status_code == 403
    assert (await http.post(f"{TRACKS}/nosuch/preview", headers=moderator)).status_code == 403
    assert (await http.get(TRACKS)).status_code == 401


async def test_files_in_the_folder_are_imported_once(
    running: Running, http: httpx.AsyncClient, host: Headers, sounds: Sounds, tmp_path: Path
) -> None:
    inbox = Inbox(running.stations, running.library, running.kit.paths)
    folder = running.kit.paths.tracks("awaz")
    (folder / "albums").mkdir(parents=True, exist_ok=True)
    sounds.copy(sounds.tone(title="One"), folder / "one.mp3")
    sounds.copy(sounds.tone(title="Two"), folder / "albums" / "two.mp3")
    (folder / "notes.txt").write_text("no music")
    secret = tmp_path / "secret.mp3"
    sounds.copy(sounds.tone(title="Secret"), secret)
    (folder / "link.mp3").symlink_to(secret)
    running.clock.advance(10)
    await inbox.look()
    assert sorted(await titles(http, host)) == ["One", "Two"]
    one = next(track for track in (await page(http, host))["items"] if track["title"] == "One")
    await http.delete(f"{TRACKS}/{one['id']}", headers=host)
    await inbox.look()
    assert await titles(http, host) == ["Two"]
    assert (folder / "one.mp3").exists()


async def test_a_file_without_room_and_one_that_goes_keep_no_other_out(
    running: Running, http: httpx.AsyncClient, host: Headers, sounds: Sounds
) -> None:
    inbox = Inbox(running.stations, running.library, running.kit.paths)
    folder = running.kit.paths.tracks("awaz")
    folder.mkdir(parents=True, exist_ok=True)
    sounds.copy(sounds.tone(title="One"), folder / "one.mp3")
    sounds.copy(sounds.tone(title="Two"), folder / "a.mp3")
    os.truncate(folder / "a.mp3", running.library.quota_bytes + 1)
    os.utime(folder / "a.mp3", (time.time() - 60,) * 2)
    running.clock.advance(10)
    await inbox.look()
    assert await titles(http, host) == ["One"]


async def test_the_files_of_a_removed_station_are_deleted_in_time(running: Running, sounds: Sounds) -> None:
    running.library.store.prepare()
    await running.stations.add(NewStation(slug="two", name="Two"))
    await running.load_stations()
    kept = await running.library.add_copy(running.stations.get("awaz"), sounds.tone(hertz=900), CONSOLE)
    await running.library.add_copy(running.stations.get("two"), sounds.with_picture(), CONSOLE)
    await running.stations.remove("two")
    await running.library.sweep()
    store = replace(running.library.store, stray_s=-1)
    assert len(list(store.root.rglob("*.*"))) == 5
    await replace(running.library, store=store).sweep()
    assert [path.name for path in store.root.rglob("*.*")] == [store.audio(kept.sha256, kept.format).name]


async def test_a_track_that_two_stations_have_keeps_its_file_until_both_have_removed_it(
    running: Running, sounds: Sounds, host: Headers
) -> None:
    await running.stations.add(NewStation(slug="two", name="Two"))
    await running.load_stations()
    stations = [running.stations.get(slug) for slug in ("awaz", "two")]
    rows = [await running.library.add_copy(station, sounds.tone(), CONSOLE) for station in stations]
    file = running.library.store.audio(rows[0].sha256, rows[0].format)
    await running.library.remove(stations[0], [rows[0].id], CONSOLE)
    assert file.exists()
    await running.library.remove(stations[1], [rows[1].id], CONSOLE)
    assert not file.exists()
