"""Uploads: whole, in parts, interrupted, hostile, and over a limit."""

import asyncio
import base64
import hashlib
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from mutagen.flac import FLAC
from tusclient.client import TusClient

from controlplane.features.library.store import WRITE_BYTES
from tests.support.audio import CODECS, UNPLAYABLE, Sounds
from tests.support.loopback import bearer
from tests.support.running import Running
from tests.support.types import Headers, TokenOf
from tests.support.waiting import until

TRACKS, UPLOADS = "/stations/awaz/tracks", "/stations/awaz/uploads"
TUS = {"Tus-Resumable": "1.0.0"}
PART = TUS | {"Content-Type": "application/offset+octet-stream"}


def form(path: Path) -> dict[str, Any]:
    return {"file": (path.name, path.read_bytes())}


async def listed(http: httpx.AsyncClient, host: Headers) -> list[dict[str, Any]]:
    found = (await http.get(TRACKS, headers=host)).json()
    items: list[dict[str, Any]] = found["items"]
    return items


async def added(http: httpx.AsyncClient, host: Headers, path: Path) -> dict[str, Any]:
    answer = await http.post(TRACKS, headers=host, files=form(path))
    assert answer.status_code == 200, answer.text
    track: dict[str, Any] = answer.json()["track"]
    return track


def stored(running: Running) -> list[str]:
    """The files of the store, without those of nothing."""
    return [path.name for path in running.library.store.root.rglob("*") if path.is_file()]


async def begin(http: httpx.AsyncClient, host: Headers, size: int, name: str = "a.mp3") -> str:
    metadata = f"filename {base64.b64encode(name.encode()).decode()},relativePath"
    headers = host | TUS | {"Upload-Length": str(size), "Upload-Metadata": metadata}
    answer = await http.post(UPLOADS, headers=headers)
    assert answer.status_code == 201
    return str(answer.headers["Location"]).removeprefix("/api/v1")


async def send(
    http: httpx.AsyncClient, place: str, host: Headers, offset: int, data: bytes, **more: str
) -> httpx.Response:
    return await http.patch(
        place, headers=host | PART | {"Upload-Offset": str(offset)} | more, content=data, timeout=60
    )


async def arrived(http: httpx.AsyncClient, place: str, host: Headers) -> int:
    return int((await http.head(place, headers=host | TUS)).headers["Upload-Offset"])


async def resume(http: httpx.AsyncClient, place: str, host: Headers, data: bytes) -> httpx.Response:
    """Send the rest, as clients do: a conflict says that the server has not noticed the broken line yet."""
    async with asyncio.timeout(5):
        answer = httpx.Response(409)
        while answer.status_code == 409:
            offset = await arrived(http, place, host)
            assert offset >= WRITE_BYTES
            answer = await send(http, place, host, offset, data[offset:])
    return answer


@pytest.mark.parametrize("suffix", CODECS)
async def test_a_form_adds_a_track_of_every_format(
    http: httpx.AsyncClient, host: Headers, sounds: Sounds, suffix: str
) -> None:
    path = sounds.tone(suffix=suffix, title="شام", artist="The Lamps")
    track = await added(http, host, path)
    assert (track["format"], track["size"], track["measured"]) == (suffix, path.stat().st_size, "waiting")
    assert 2500 < track["duration_ms"] < 3500
    untagged = suffix == "aac"
    assert track["title"] == (
        path.stem[:159] + "…" if untagged and len(path.stem) > 160 else path.stem if untagged else "شام"
    )
    assert await listed(http, host) == [track]


async def test_the_file_and_the_picture_come_back(
    http: httpx.AsyncClient, host: Headers, sounds: Sounds, running: Running
) -> None:
    path = sounds.with_picture()
    track = await added(http, host, path)
    audio = await http.get(f"{TRACKS}/{track['id']}/audio", headers=host | {"Range": "bytes=0-99"})
    art = await http.get(track["art_url"].removeprefix("/api/v1"))
    assert (audio.status_code, audio.content) == (206, path.read_bytes()[:100])
    assert audio.headers["Content-Disposition"] == "attachment"
    assert (art.headers["Content-Type"], art.content[:3]) == ("image/jpeg", b"\xff\xd8\xff")
    await http.delete(f"{TRACKS}/{track['id']}", headers=host)
    assert stored(running) == []


async def test_the_same_file_is_the_same_track(http: httpx.AsyncClient, host: Headers, sounds: Sounds) -> None:
    answers = await asyncio.gather(*(http.post(TRACKS, headers=host, files=form(sounds.tone())) for _ in range(5)))
    assert len({answer.json()["track"]["id"] for answer in answers}) == 1
    assert len(await listed(http, host)) == 1


@pytest.mark.parametrize("name", UNPLAYABLE)
async def test_a_file_that_is_no_audio_is_refused_and_not_kept(
    http: httpx.AsyncClient, host: Headers, sounds: Sounds, running: Running, name: str
) -> None:
    answer = await http.post(TRACKS, headers=host, files=form(sounds.file(name, UNPLAYABLE[name])))
    assert answer.status_code == 400
    assert "file" in answer.json()["error"]["message"]
    assert await listed(http, host) == []
    assert stored(running) == []


async def test_a_picture_that_is_a_bomb_is_left_out(http: httpx.AsyncClient, host: Headers, sounds: Sounds) -> None:
    track = await added(http, host, sounds.with_picture(9000))
    assert "art_url" not in track


@pytest.mark.parametrize(
    "name", ["../../x.mp3", "/etc/passwd", "CON", "a\x00b.mp3", "x" * 300 + ".mp3", "\u202e3pm.exe", "شام.mp3", ""]
)
async def test_a_name_is_only_a_name(
    http: httpx.AsyncClient, host: Headers, sounds: Sounds, running: Running, name: str
) -> None:
    data = sounds.tone().read_bytes()
    answer = await send(http, await begin(http, host, len(data), name), host, 0, data)
    track = (await listed(http, host))[0]
    assert answer.headers["Awaz-Track"] == track["id"]
    assert track["file_name"].isprintable()
    assert len(track["file_name"].encode()) <= 255
    assert [len(each) for each in stored(running)] == [len(hashlib.sha256().hexdigest()) + len(".mp3")]


@pytest.mark.parametrize(
    "body",
    [
        {"data": {"file": "x"}},
        {"files": {"other": ("a.mp3", b"x")}},
        {"json": {}},
        {"content": b"--", "headers": {"Content-Type": "multipart/form-data; boundary=x"}},
        {"content": b"--", "headers": {"Content-Type": "multipart/form-data"}},
    ],
)
async def test_a_form_without_a_file_is_refused(http: httpx.AsyncClient, host: Headers, body: dict[str, Any]) -> None:
    body["headers"] = host | body.get("headers", {})
    assert (await http.post(TRACKS, **body)).status_code == 400


async def test_an_upload_goes_on_where_it_was_interrupted(
    http: httpx.AsyncClient, host: Headers, sounds: Sounds, running: Running
) -> None:
    data = sounds.tone(seconds=40, suffix="wav").read_bytes()
    place = await begin(http, host, len(data), "chirag.wav")
    half = len(data) // 2

    _, writer = await asyncio.open_connection("127.0.0.1", http.base_url.port)
    lines = [f"PATCH /api/v1{place} HTTP/1.1", "Host: x", f"Content-Length: {len(data)}", "Upload-Offset: 0"]
    lines += [f"{name}: {value}" for name, value in (host | PART).items()]
    writer.write("\r\n".join([*lines, "", ""]).encode() + data[:half])
    await writer.drain()
    file = running.library.store.upload(place.rpartition("/")[2])
    await until(lambda: file.stat().st_size > 0)
    writer.close()
    done = await resume(http, place, host, data)
    assert (done.status_code, done.headers["Upload-Offset"]) == (204, str(len(data)))
    assert (await listed(http, host))[0]["title"] == "chirag"
    assert (await http.head(place, headers=host | TUS)).headers["Awaz-Track"] == done.headers["Awaz-Track"]


async def test_a_whole_upload_that_was_not_finished_is_finished_when_it_is_asked_for(
    http: httpx.AsyncClient, host: Headers, sounds: Sounds, running: Running
) -> None:
    data = sounds.tone().read_bytes()
    place = await begin(http, host, len(data))
    running.library.store.upload(place.rpartition("/")[2]).write_bytes(data)
    answer = await http.head(place, headers=host | TUS)
    assert answer.headers["Awaz-Track"] == (await listed(http, host))[0]["id"]


async def test_a_foreign_client_uploads_in_parts(
    url: str, http: httpx.AsyncClient, host: Headers, sounds: Sounds
) -> None:
    path = sounds.tone(seconds=8)

    def upload() -> None:
        client = TusClient(f"{url}/api/v1{UPLOADS}", headers=host)
        with path.open("rb") as file:
            first = client.uploader(
                file_stream=file, chunk_size=20_000, metadata={"filename": path.name}, upload_checksum=True
            )
            first.upload(stop_at=40_000)
            again = client.uploader(file_stream=file, chunk_size=20_000, url=first.url)
            assert again.offset == 40_000
            again.upload()

    await asyncio.to_thread(upload)
    assert [track["size"] for track in await listed(http, host)] == [path.stat().st_size]


async def test_many_files_at_once_are_all_there(http: httpx.AsyncClient, host: Headers, sounds: Sounds) -> None:
    data = sounds.tone(seconds=1).read_bytes()

    async def upload(number: int) -> None:
        # Bytes behind the audio make each another file.
        each = data + b"%3d" % number
        await send(http, await begin(http, host, len(each), f"{number}.mp3"), host, 0, each)

    await asyncio.gather(*map(upload, range(30)))
    assert (await http.get(TRACKS, headers=host)).json()["total"] == 30


@pytest.mark.parametrize(("algorithm", "kept"), [("sha1", True), ("sha256", True), ("sha1", False)])
async def test_a_part_is_kept_if_its_checksum_is_right(
    http: httpx.AsyncClient, host: Headers, sounds: Sounds, algorithm: str, kept: bool
) -> None:
    data = sounds.tone().read_bytes()
    place = await begin(http, host, len(data))
    await send(http, place, host, 0, data[:100])
    right = hashlib.new(algorithm, data[100:200] if kept else b"other").digest()
    checksum = f"{algorithm} {base64.b64encode(right).decode()}"
    answer = await send(http, place, host, 100, data[100:200], **{"Upload-Checksum": checksum})
    assert answer.status_code == (204 if kept else 460)
    assert await arrived(http, place, host) == (200 if kept else 100)


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Upload-Offset": "5"}, 409),
        ({"Upload-Offset": "-1"}, 400),
        ({"Upload-Offset": "9" * 30}, 400),
        ({"Tus-Resumable": "0.2.2"}, 412),
        ({"Content-Type": "text/plain"}, 400),
        ({"Upload-Checksum": "md5 AAAA"}, 400),
    ],
)
async def test_a_part_that_does_not_fit_is_refused(
    http: httpx.AsyncClient, host: Headers, headers: Headers, status: int
) -> None:
    place = await begin(http, host, 100)
    answer = await http.patch(place, headers=host | PART | {"Upload-Offset": "0"} | headers, content=b"x")
    assert answer.status_code == status
    assert answer.headers["Tus-Resumable"] == "1.0.0"
    assert await arrived(http, place, host) == 0


async def test_more_than_was_announced_is_refused(http: httpx.AsyncClient, host: Headers) -> None:
    assert (await send(http, await begin(http, host, 10), host, 0, b"x" * 11)).status_code == 413


async def test_an_upload_is_nobody_elses(http: httpx.AsyncClient, host: Headers, token_of: TokenOf) -> None:
    place, other = await begin(http, host, 10), bearer(await token_of("owner"))
    answers = [
        await http.head(place, headers=other | TUS),
        await send(http, place, other, 0, b"x"),
        await http.delete(place, headers=other | TUS),
    ]
    assert [answer.status_code for answer in answers] == [404, 404, 404]


async def test_an_upload_that_is_given_up_leaves_nothing(
    http: httpx.AsyncClient, host: Headers, running: Running
) -> None:
    place = await begin(http, host, 10)
    await send(http, place, host, 0, b"x")
    assert (await http.delete(place, headers=host | TUS)).status_code == 204
    assert (await http.head(place, headers=host | TUS)).status_code == 404
    assert stored(running) == []


async def test_the_server_says_what_it_speaks(http: httpx.AsyncClient) -> None:
    answer = await http.options(UPLOADS)
    assert (answer.status_code, answer.headers["Tus-Version"]) == (204, "1.0.0")
    assert "checksum" in answer.headers["Tus-Extension"]


@pytest.mark.settings(library={"max_file_mb": 1})
async def test_a_file_over_the_limit_is_refused_before_it_is_sent(http: httpx.AsyncClient, host: Headers) -> None:
    headers = host | TUS | {"Upload-Length": "1000001"}
    assert (await http.post(UPLOADS, headers=headers)).status_code == 413


@pytest.mark.settings(library={"quota_gb": 0.000_05})
async def test_room_is_reserved_when_an_upload_begins(http: httpx.AsyncClient, host: Headers) -> None:
    place = await begin(http, host, 40_000)
    refused = await http.post(UPLOADS, headers=host | TUS | {"Upload-Length": "20000"})
    assert (refused.status_code, refused.json()["error"]["code"]) == (507, "no_space")
    await http.delete(place, headers=host | TUS)
    await begin(http, host, 20_000)


@pytest.mark.settings(library={"min_free_gb": 1_000_000})
async def test_a_full_disk_refuses_uploads(http: httpx.AsyncClient, host: Headers) -> None:
    answer = await http.post(UPLOADS, headers=host | TUS | {"Upload-Length": "10"})
    assert (answer.status_code, answer.json()["error"]["message"]) == (
        507,
        "the server's disk is full: nothing can be uploaded now",
    )


async def test_a_disk_that_fills_while_an_upload_comes_keeps_what_arrived(
    http: httpx.AsyncClient, host: Headers, running: Running
) -> None:
    place = await begin(http, host, 5000)
    file = running.library.store.upload(place.rpartition("/")[2])
    await send(http, place, host, 0, b"x" * 1000)
    kept = file.rename(file.with_suffix(".kept"))
    file.symlink_to("/dev/full")
    full = await send(http, place, host, 0, b"x" * 1000)
    kept.replace(file)
    assert full.status_code == 507
    assert await arrived(http, place, host) == 1000


async def test_an_upload_that_is_finished_by_many_requests_at_once_is_one_track(
    http: httpx.AsyncClient, host: Headers, sounds: Sounds
) -> None:
    data = sounds.tone().read_bytes()
    place = await begin(http, host, len(data))
    await send(http, place, host, 0, data[:-1])
    answers = await asyncio.gather(
        send(http, place, host, len(data) - 1, data[-1:]),
        *(http.head(place, headers=host | TUS, timeout=60) for _ in range(4)),
    )
    # A request that was taken over by a later one has to be sent again, as clients do.
    answers.append(await send(http, place, host, len(data) - 1, data[-1:]))
    [track] = await listed(http, host)
    finished = await http.head(place, headers=host | TUS)
    assert finished.headers["Awaz-Track"] == track["id"]
    assert {answer.status_code for answer in answers} <= {200, 204, 409}


async def test_a_request_that_hangs_is_taken_over_by_the_next_one(
    http: httpx.AsyncClient, host: Headers, sounds: Sounds
) -> None:
    data = sounds.tone().read_bytes()
    place, sent = await begin(http, host, len(data)), asyncio.Event()

    async def hanging() -> AsyncIterator[bytes]:
        yield data[:1000]
        sent.set()
        await asyncio.Future()

    headers = host | PART | {"Upload-Offset": "0", "Content-Length": str(len(data))}
    hung = asyncio.create_task(http.patch(place, headers=headers, content=hanging(), timeout=60))
    await sent.wait()
    offset = await arrived(http, place, host)
    assert (await send(http, place, host, offset, data[offset:])).status_code == 204
    assert len(await listed(http, host)) == 1
    hung.cancel()


async def test_a_file_that_claims_to_last_for_weeks_is_refused(
    http: httpx.AsyncClient, host: Headers, sounds: Sounds
) -> None:
    data = bytearray(sounds.tone(suffix="flac").read_bytes())
    # The number of samples in STREAMINFO (RFC 9639, section 8.2).
    data[21] |= 0x0F
    data[22:26] = b"\xff" * 4
    answer = await http.post(TRACKS, headers=host, files={"file": ("long.flac", bytes(data))})
    assert (answer.status_code, "24 hours" in answer.text) == (400, True)


async def test_a_tag_of_megabytes_is_cut(
    http: httpx.AsyncClient, host: Headers, sounds: Sounds, tmp_path: Path
) -> None:
    path = tmp_path / "long.flac"
    sounds.copy(sounds.tone(suffix="flac"), path)
    tagged = FLAC(path)  # type: ignore[no-untyped-call]  # mutagen types some of itself
    tagged["title"] = "}" * 9_000_000
    tagged.save()
    assert set((await added(http, host, path))["title"]) <= {"}", "…"}
