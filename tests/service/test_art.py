"""Pictures that people give to tracks."""

import io
from pathlib import Path

import httpx
import pytest
from PIL import Image

from controlplane.db import onair
from controlplane.db.engine import reading
from controlplane.features.library.picture import MAX_PICTURE_BYTES
from controlplane.features.onair.state import Mount, MountsSeen, PipelineSeen, Playing
from controlplane.kernel.audit import CONSOLE
from controlplane.kernel.tracks import ART_SIDES
from tests.support.audio import Sounds
from tests.support.loopback import bearer
from tests.support.running import Running
from tests.support.types import Headers, TokenOf

TRACKS = "/stations/awaz/tracks"


@pytest.fixture
async def tracks(running: Running, sounds: Sounds, host: Headers) -> list[str]:
    station = running.stations.get("awaz")
    files = [sounds.tone(hertz=300 + number, seconds=5, title=f"T{number}") for number in range(2)]
    return [(await running.library.add_copy(station, path, CONSOLE)).id for path in files]


def picture(colour: str, kind: str = "PNG", size: tuple[int, int] = (1200, 800)) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", size, colour).save(out, kind)
    return out.getvalue()


def kept(running: Running) -> list[Path]:
    return sorted((running.library.store.root / "art").rglob("*.jpg"))


async def give(http: httpx.AsyncClient, host: Headers, track: str, content: bytes) -> httpx.Response:
    return await http.put(f"{TRACKS}/{track}/art", headers={**host, "Content-Type": "image/png"}, content=content)


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP", "GIF"])
async def test_a_track_gets_a_picture_in_every_size(
    http: httpx.AsyncClient, host: Headers, tracks: list[str], kind: str
) -> None:
    answer = await give(http, host, tracks[0], picture("navy", kind))
    art = answer.json()["track"]["art_url"].removeprefix("/api/v1")
    for side in ART_SIDES:
        shown = Image.open(io.BytesIO((await http.get(f"{art}&size={side}")).content))
        assert shown.format == "JPEG"
        assert max(shown.size) == side


async def test_another_picture_takes_its_place_and_the_old_one_goes_unless_another_track_has_it(
    running: Running, http: httpx.AsyncClient, host: Headers, tracks: list[str]
) -> None:
    for track in tracks:
        await give(http, host, track, picture("navy"))
    assert len(kept(running)) == len(ART_SIDES)
    await give(http, host, tracks[0], picture("maroon"))
    assert len(kept(running)) == 2 * len(ART_SIDES)
    await give(http, host, tracks[1], picture("maroon"))
    assert len(kept(running)) == len(ART_SIDES)


async def test_a_picture_is_taken_away(
    running: Running, http: httpx.AsyncClient, host: Headers, tracks: list[str]
) -> None:
    await give(http, host, tracks[0], picture("navy"))
    answer = await http.delete(f"{TRACKS}/{tracks[0]}/art", headers=host)
    assert "art_url" not in answer.json()["track"]
    assert kept(running) == []
    assert (await http.get(f"{TRACKS}/{tracks[0]}/art")).status_code == 404


@pytest.mark.parametrize(
    ("content", "status", "reason"),
    [
        (b"", 400, "the body is empty"),
        (b"dear radio", 400, "it isn't a JPEG, PNG, WebP or GIF"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", 400, "it isn't a JPEG, PNG, WebP or GIF"),
        (picture("navy")[:300], 400, "it is damaged"),
        (picture("navy", size=(9000, 9000)), 400, "it has more than 40 million pixels"),
        (bytes(MAX_PICTURE_BYTES + 1), 413, "larger than the 8.4 MB"),
    ],
)
async def test_what_is_no_picture_is_refused_and_the_old_one_stays(
    running: Running,
    http: httpx.AsyncClient,
    host: Headers,
    tracks: list[str],
    content: bytes,
    status: int,
    reason: str,
) -> None:
    before = (await give(http, host, tracks[0], picture("navy"))).json()["track"]["art_url"]
    answer = await give(http, host, tracks[0], content)
    assert answer.status_code == status
    assert reason in answer.json()["error"]["message"]
    assert (await http.get(f"{TRACKS}/{tracks[0]}", headers=host)).json()["track"]["art_url"] == before
    assert list(running.library.store.uploads.iterdir()) == []


async def test_a_picture_has_no_metadata_of_the_one_it_was_made_from(
    http: httpx.AsyncClient, host: Headers, tracks: list[str]
) -> None:
    out = io.BytesIO()
    exif = Image.Exif()
    exif[0x010E] = "taken at home"
    Image.new("RGB", (400, 400), "navy").save(out, "JPEG", exif=exif)
    art = (await give(http, host, tracks[0], out.getvalue())).json()["track"]["art_url"].removeprefix("/api/v1")
    assert b"taken at home" not in (await http.get(art)).content


async def test_a_picture_for_a_track_that_is_not_there_is_not_kept(
    running: Running, http: httpx.AsyncClient, host: Headers
) -> None:
    assert (await give(http, host, "nothing", picture("navy"))).status_code == 404
    assert list(running.library.store.uploads.iterdir()) == []


async def test_a_moderator_gives_no_picture(http: httpx.AsyncClient, token_of: TokenOf, tracks: list[str]) -> None:
    moderator = bearer(await token_of("moderator"))
    assert (await give(http, moderator, tracks[0], picture("navy"))).status_code == 403
    assert (await http.delete(f"{TRACKS}/{tracks[0]}/art", headers=moderator)).status_code == 403


async def test_what_is_on_air_has_the_picture_of_its_track_after_a_restart_of_the_daemon_too(
    running: Running, http: httpx.AsyncClient, host: Headers, tracks: list[str]
) -> None:
    art = (await give(http, host, tracks[0], picture("navy"))).json()["track"]["art_url"]
    row = await running.library.get(running.stations.get("awaz"), tracks[0])
    running.onair.observe("awaz", MountsSeen(None, Mount("p1")))
    running.onair.observe("awaz", PipelineSeen(Playing("auto", "T0", "", "", row.id, "i1", row.art)))
    playing = (await http.get("/stations/awaz/now-playing")).json()
    assert playing["metadata"]["track"]["art_url"] == art
    await running.parts.journal.flush()
    async with reading(running.kit.engine) as connection:
        [newest] = await onair.history(connection, running.stations.get("awaz").id, 1)
    assert newest.art == row.art


async def test_a_station_gets_a_picture_which_everybody_is_told_of(
    running: Running, http: httpx.AsyncClient, host: Headers, admin: Headers
) -> None:
    assert (await http.put("/stations/awaz/art", headers=host, content=picture("navy"))).status_code == 403
    given = await http.put("/stations/awaz/art", headers=admin, content=picture("navy"))
    art = given.json()["art_url"]
    assert Image.open(io.BytesIO((await http.get(art.removeprefix("/api/v1"))).content)).format == "JPEG"
    assert (await http.get("/stations/awaz/settings", headers=admin)).json()["art_url"] == art
    await running.load_stations()
    assert (await http.get("/stations/awaz")).json()["art_url"] == art
    assert (await http.get("/stations")).json()["stations"][0]["art_url"] == art
    await running.library.sweep()
    assert len(kept(running)) == len(ART_SIDES)


async def test_the_picture_of_a_station_stays_until_nothing_has_it(
    running: Running, http: httpx.AsyncClient, host: Headers, admin: Headers, tracks: list[str]
) -> None:
    await give(http, host, tracks[0], picture("navy"))
    await http.put("/stations/awaz/art", headers=admin, content=picture("navy"))
    await http.delete(f"{TRACKS}/{tracks[0]}/art", headers=host)
    assert len(kept(running)) == len(ART_SIDES)
    assert (await http.delete("/stations/awaz/art", headers=admin)).json() == {}
    assert kept(running) == []
    assert (await http.get("/stations/awaz/art")).status_code == 404
