"""Playlists over HTTP, and AutoDJ that plays from them."""

import asyncio
from typing import Any

import httpx
import pytest

from controlplane.features.playlists import service
from controlplane.kernel.audit import CONSOLE
from controlplane.kernel.stations import NewStation
from tests.support.audio import Sounds
from tests.support.loopback import bearer
from tests.support.running import Running
from tests.support.types import Headers, OpenSocket, TokenOf

pytestmark = pytest.mark.both_databases

PLAYLISTS, QUEUE = "/stations/awaz/playlists", "/stations/awaz/queue"


@pytest.fixture
async def tracks(running: Running, sounds: Sounds, host: Headers) -> list[str]:
    """Five tracks, T0 to T4."""
    station = running.stations.get("awaz")
    files = [sounds.tone(hertz=300 + number, seconds=30, title=f"T{number}") for number in range(5)]
    return [(await running.library.add_copy(station, path, CONSOLE)).id for path in files]


async def made(http: httpx.AsyncClient, host: Headers, *ids: str, **asked: str | int) -> str:
    """Make a playlist with tracks; return its id."""
    answer = await http.post(PLAYLISTS, headers=host, json={"name": "Evenings", **asked})
    assert answer.status_code == 200, answer.text
    playlist_id = str(answer.json()["playlist"]["id"])
    if ids:
        await http.post(f"{PLAYLISTS}/{playlist_id}/tracks", headers=host, json={"ids": ids})
    return playlist_id


async def titles(http: httpx.AsyncClient, host: Headers, playlist_id: str) -> str:
    """Return the titles of a playlist's tracks, read two at a time."""
    found, more = "", {"limit": "2"}
    while more:
        answer = (await http.get(f"{PLAYLISTS}/{playlist_id}/tracks", headers=host, params=more)).json()
        found += "".join(track["title"][1:] for track in answer["items"])
        more = {"limit": "2", "cursor": answer["next"]} if "next" in answer else {}
    return found


async def queue(http: httpx.AsyncClient, host: Headers, part: str = "") -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = (await http.get(f"{QUEUE}{part}", headers=host)).json()["items"]
    return items


async def test_a_playlist_is_made_changed_and_removed(
    http: httpx.AsyncClient, host: Headers, tracks: list[str]
) -> None:
    playlist_id = await made(http, host, *tracks[:3], name="  Evenings  ", weight=3)
    [one] = (await http.get(PLAYLISTS, headers=host)).json()["items"]
    assert one["name"] == "Evenings"
    assert (one["order"], one["weight"], one["tracks"]) == ("shuffle", 3, 3)
    assert one["duration_ms"] == pytest.approx(90_000, abs=300)
    changed = await http.patch(f"{PLAYLISTS}/{playlist_id}", headers=host, json={"order": "sequence", "weight": 0})
    assert changed.json()["playlist"] == {**one, "order": "sequence", "weight": 0}
    assert (await http.get(f"{PLAYLISTS}/{playlist_id}", headers=host)).json() == changed.json()
    await http.delete(f"{PLAYLISTS}/{playlist_id}", headers=host)
    assert (await http.get(PLAYLISTS, headers=host)).json() == {"items": []}
    assert (await http.get("/stations/awaz/tracks", headers=host)).json()["total"] == 5


async def test_tracks_of_a_playlist_are_added_once_moved_and_taken_out(
    http: httpx.AsyncClient, host: Headers, tracks: list[str]
) -> None:
    playlist_id = await made(http, host, *tracks[:3])
    content = f"{PLAYLISTS}/{playlist_id}/tracks"
    added = await http.post(content, headers=host, json={"ids": [tracks[4], tracks[0], "nothing", tracks[4]]})
    assert added.json()["ids"] == [tracks[4]]
    assert added.json()["playlist"]["tracks"] == 4
    assert await titles(http, host, playlist_id) == "0124"
    await http.patch(content, headers=host, json={"ids": [tracks[4], tracks[2]], "before": tracks[0]})
    assert await titles(http, host, playlist_id) == "2401"
    await http.patch(content, headers=host, json={"ids": [tracks[2], tracks[4]], "before": tracks[4]})
    assert await titles(http, host, playlist_id) == "2401"
    await http.patch(content, headers=host, json={"ids": [tracks[2]]})
    assert await titles(http, host, playlist_id) == "4012"
    taken = await http.post(f"{content}/remove", headers=host, json={"ids": [tracks[0], tracks[3]]})
    assert taken.json()["ids"] == [tracks[0]]
    assert taken.json()["playlist"]["tracks"] == 3
    assert await titles(http, host, playlist_id) == "412"


@pytest.mark.usefixtures("delivering")
async def test_the_station_s_people_are_told_of_changed_tracks_and_playlists(
    running: Running, sounds: Sounds, http: httpx.AsyncClient, host: Headers, open_socket: OpenSocket, token_of: TokenOf
) -> None:
    owner = await open_socket(await token_of("owner"))
    await owner.call("stream:join", {"station": "awaz"})
    track = await running.library.add_copy(running.stations.get("awaz"), sounds.tone(title="New"), CONSOLE)
    assert (await owner.until_event("library:changed"))["what"] == "tracks"
    playlist_id = await made(http, host)
    assert (await owner.until_event("library:changed"))["what"] == "playlists"
    await http.post(f"{PLAYLISTS}/{playlist_id}/tracks", headers=host, json={"ids": [track.id]})
    assert (await owner.until_event("library:changed"))["what"] == "playlists"


async def test_a_removed_track_leaves_its_playlists(
    running: Running, http: httpx.AsyncClient, host: Headers, tracks: list[str]
) -> None:
    playlist_id = await made(http, host, *tracks)
    await http.delete(f"/stations/awaz/tracks/{tracks[1]}", headers=host)
    assert await titles(http, host, playlist_id) == "0234"


async def test_bad_requests_are_refused_by_what_is_wrong(
    http: httpx.AsyncClient, host: Headers, tracks: list[str]
) -> None:
    playlist_id = await made(http, host, tracks[0])
    same = await http.post(PLAYLISTS, headers=host, json={"name": "EVENINGS"})
    assert same.status_code == 409
    assert "'Evenings'" in same.json()["error"]["message"]
    assert (await http.post(PLAYLISTS, headers=host, json={"name": "\u200b "})).status_code == 400
    assert (await http.post(PLAYLISTS, headers=host, json={"name": "x", "weight": 11})).status_code == 400
    assert (await http.patch(f"{PLAYLISTS}/{playlist_id}", headers=host, json={})).status_code == 400
    assert (await http.patch(f"{PLAYLISTS}/nothing", headers=host, json={"weight": 2})).status_code == 404
    moved = {"ids": [tracks[0]], "before": tracks[3]}
    assert (await http.patch(f"{PLAYLISTS}/{playlist_id}/tracks", headers=host, json=moved)).status_code == 404
    gone = {"ids": [tracks[3]]}
    assert (await http.patch(f"{PLAYLISTS}/{playlist_id}/tracks", headers=host, json=gone)).status_code == 404
    assert (await http.get(f"{PLAYLISTS}/nothing/tracks", headers=host)).status_code == 404


async def test_names_of_symbols_and_long_ones_in_any_script_are_kept_as_they_are(
    http: httpx.AsyncClient, host: Headers
) -> None:
    names = ["🎸", "🎹", "C", "C++", "شام " * 19 + "شام"]
    for name in names:
        await made(http, host, name=name)
    found = (await http.get(PLAYLISTS, headers=host)).json()["items"]
    assert sorted(each["name"] for each in found) == sorted(names)


async def test_edits_of_a_playlist_are_in_the_record(
    http: httpx.AsyncClient, host: Headers, tracks: list[str], token_of: TokenOf
) -> None:
    await made(http, host, tracks[0])
    audit = (await http.get("/stations/awaz/audit", headers=bearer(await token_of("admin")))).json()["items"]
    assert [entry["action"] for entry in audit[:2]] == ["playlist.order", "playlist.add"]


async def test_a_sequence_goes_on_in_front_of_a_track_that_was_deleted(
    running: Running, http: httpx.AsyncClient, host: Headers, tracks: list[str]
) -> None:
    await made(http, host, *tracks, order="sequence")
    await running.playout.settle()
    known = running.playout.get("awaz")
    known.on_air = known.plan.items[2].id
    await running.playout.settle()
    await http.delete(f"/stations/awaz/tracks/{tracks[2]}", headers=host)
    await running.playout.settle()
    assert [item["track"]["title"] for item in (await queue(http, host))[:3]] == ["T3", "T4", "T0"]


async def test_tracks_are_deleted_while_people_order_a_playlist(
    running: Running, http: httpx.AsyncClient, host: Headers, tracks: list[str]
) -> None:
    playlist_id = await made(http, host, *tracks)
    content = f"{PLAYLISTS}/{playlist_id}/tracks"
    requests = [http.patch(content, headers=host, json={"ids": [tracks[0]], "before": tracks[4]}) for _ in range(8)]
    requests += [http.delete(f"/stations/awaz/tracks/{track}", headers=host) for track in tracks[1:4]]
    answers = await asyncio.gather(*requests)
    assert {answer.status_code for answer in answers} == {200}
    assert await titles(http, host, playlist_id) == "04"


async def test_renaming_a_playlist_to_its_own_name_in_other_letters_is_allowed(
    http: httpx.AsyncClient, host: Headers
) -> None:
    playlist_id = await made(http, host)
    answer = await http.patch(f"{PLAYLISTS}/{playlist_id}", headers=host, json={"name": "evenings"})
    assert answer.json()["playlist"]["name"] == "evenings"


async def test_a_playlist_is_of_one_station_alone(
    running: Running, http: httpx.AsyncClient, host: Headers, tracks: list[str], token_of: TokenOf
) -> None:
    await running.stations.add(NewStation(slug="two", name="Two"))
    playlist_id = await made(http, host, *tracks)
    admin = bearer(await token_of("admin"))
    other = f"/stations/two/playlists/{playlist_id}"
    assert (await http.get(other, headers=admin)).status_code == 404
    assert (await http.delete(other, headers=admin)).status_code == 404
    theirs = (await http.post("/stations/two/playlists", headers=admin, json={"name": "Theirs"})).json()["playlist"][
        "id"
    ]
    put = await http.post(f"/stations/two/playlists/{theirs}/tracks", headers=admin, json={"ids": tracks})
    assert put.json()["ids"] == []
    await running.stations.remove("two", CONSOLE)
    assert await titles(http, host, playlist_id) == "01234"


async def test_a_station_has_a_limit_of_playlists(
    http: httpx.AsyncClient, host: Headers, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(service, "MAX_PLAYLISTS", 1)
    await made(http, host)
    answer = await http.post(PLAYLISTS, headers=host, json={"name": "Mornings"})
    assert answer.status_code == 409
    assert "1 playlists at most" in answer.json()["error"]["message"]


async def test_autodj_plays_from_the_playlists_in_rotation_and_says_which(
    running: Running, http: httpx.AsyncClient, host: Headers, tracks: list[str]
) -> None:
    await running.playout.settle()
    await made(http, host, tracks[3], tracks[1], order="sequence")
    await running.playout.settle()
    items = await queue(http, host)
    assert [item["track"]["title"] for item in items[:4]] == ["T3", "T1", "T3", "T1"]
    assert items[0]["why"] == {"kind": "playlist", "playlist": "Evenings"}
    assert items[2]["why"]["last_played_at"] > 0


async def test_a_sequence_goes_on_where_it_was_heard_even_without_the_track_that_was_last(
    running: Running, http: httpx.AsyncClient, host: Headers, tracks: list[str]
) -> None:
    playlist_id = await made(http, host, *tracks, order="sequence")
    await running.playout.settle()
    known = running.playout.get("awaz")
    known.on_air = known.plan.items[2].id
    await running.playout.settle()
    await http.post(f"{PLAYLISTS}/{playlist_id}/tracks/remove", headers=host, json={"ids": [tracks[2]]})
    # The station plays something else meanwhile.
    placed = await http.post(QUEUE, headers=host, json={"track_id": tracks[0], "place": "next"})
    known.on_air = placed.json()["item"]
    await running.playout.settle()
    assert [item["track"]["title"] for item in (await queue(http, host))[:3]] == ["T3", "T4", "T0"]


async def test_the_forecast_is_the_queue_and_how_it_goes_on_for_a_day(
    running: Running, http: httpx.AsyncClient, host: Headers, tracks: list[str]
) -> None:
    await made(http, host, *tracks, weight=2)
    await running.playout.settle()
    answer = (await http.get(f"{QUEUE}/forecast", headers=host)).json()
    planned = await queue(http, host)
    assert answer["items"][: answer["planned"]] == planned
    assert len(answer["items"]) > len(planned)
    assert (await http.get(f"{QUEUE}/forecast", headers=host)).json()["items"][-1]["track"] == answer["items"][-1][
        "track"
    ]
    assert (await queue(http, host)) == planned


async def test_a_moderator_sees_no_playlists_and_changes_none(http: httpx.AsyncClient, token_of: TokenOf) -> None:
    moderator = bearer(await token_of("moderator"))
    assert (await http.get(PLAYLISTS, headers=moderator)).status_code == 403
    assert (await http.post(PLAYLISTS, headers=moderator, json={"name": "x"})).status_code == 403
