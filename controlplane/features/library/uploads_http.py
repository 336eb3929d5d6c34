"""Uploads over HTTP: tus 1.0 (https://tus.io/protocols/resumable-upload), and a form for everything else."""

import asyncio
import base64
import binascii
from collections.abc import AsyncIterator
from dataclasses import dataclass
from email.utils import formatdate
from typing import TypeVar

from aiohttp import BodyPartReader, web
from aiohttp.http_exceptions import BadHttpMessage

from controlplane.features.library import views
from controlplane.features.library.service import Library
from controlplane.features.library.uploads import Uploads
from controlplane.features.stations.service import Stations
from controlplane.kernel.errors import (
    ChecksumMismatch,
    Conflict,
    InvalidInput,
    NoSpace,
    TooLarge,
    TooSlow,
    WrongVersion,
)
from controlplane.kernel.permissions import Permission
from controlplane.kernel.quotas import Quota
from controlplane.kernel.stations import StationRow
from controlplane.protocol.library import (
    TUS_VERSION,
    ChunkHeaders,
    TrackAnswer,
    TusHeaders,
    UploadForm,
    UploadHeaders,
)
from controlplane.web.connections import hold
from controlplane.web.routes import ANSWER_HEADERS, API, FORM, OCTETS, Call, Route, delete, head, options, patch, post

TUS_EXTENSIONS = "creation,creation-with-upload,termination,expiration,checksum"
CHUNK_BYTES = 65536
RECEIVED = (Conflict, InvalidInput, TooLarge, TooSlow, NoSpace)
"""Errors of every request that brings a part of a file, or makes a track of what was brought."""
T = TypeVar("T", bound=TusHeaders)


@dataclass(frozen=True, slots=True)
class UploadRoutes:
    """Routes by which files come in."""

    stations: Stations
    library: Library
    uploads: Uploads

    def routes(self) -> list[Route]:
        """List the routes."""
        return [*self._into_a_station(), *self._of_one()]

    def _into_a_station(self) -> list[Route]:
        tracks, uploads = f"{API}/stations/{{slug}}/tracks", f"{API}/stations/{{slug}}/uploads"
        edit, quota = Permission.STATION_EDIT_LIBRARY, Quota.UPLOAD
        return [
            post(
                tracks,
                self.add,
                permission=edit,
                quota=quota,
                body=UploadForm,
                takes=FORM,
                answer=TrackAnswer,
                errors=RECEIVED,
            ),
            options(uploads, self.offer, permission=Permission.PUBLIC, quota=Quota.READ, status=204, media=""),
            post(
                uploads,
                self.create,
                permission=edit,
                quota=quota,
                headers=UploadHeaders,
                takes=OCTETS,
                status=201,
                media="",
                errors=(*RECEIVED, WrongVersion),
            ),
        ]

    def _of_one(self) -> list[Route]:
        one, mine, quota = f"{API}/uploads/{{id}}", Permission.ACCOUNT_MANAGE, Quota.UPLOAD
        return [
            head(
                one,
                self.offset,
                permission=mine,
                quota=quota,
                headers=TusHeaders,
                media="",
                errors=(*RECEIVED, WrongVersion),
            ),
            patch(
                one,
                self.write,
                permission=mine,
                quota=quota,
                headers=ChunkHeaders,
                takes=OCTETS,
                status=204,
                media="",
                errors=(*RECEIVED, WrongVersion, ChecksumMismatch),
            ),
            delete(
                one,
                self.remove,
                permission=mine,
                quota=quota,
                headers=TusHeaders,
                status=204,
                media="",
                errors=(WrongVersion,),
            ),
        ]

    async def add(self, call: Call) -> TrackAnswer:
        """Add a track from a form with a `file`. It can be played at once."""
        if call.request.content_type != FORM:
            raise InvalidInput(f"the body must be {FORM} with a file")
        station = self.stations.get(call.slug)
        try:
            async with asyncio.timeout(call.body_timeout_s):
                part = await _file_of(call.request)
        except TimeoutError as error:
            raise TooSlow(f"the file did not begin within {call.body_timeout_s:g} s") from error
        hold(call.request)
        size = min(call.request.content_length or self.uploads.limits.max_bytes, self.uploads.limits.max_bytes)
        upload = await self.uploads.create(station, call.actor.id, size, part.filename or "")
        try:
            await self.uploads.write(upload, 0, _chunks(part))
            track = await self.uploads.finish(station, upload, call.by)
        finally:
            await self.uploads.remove(upload)
        return TrackAnswer(track=views.track(call.slug, track))

    async def offer(self, call: Call) -> web.Response:
        """Say which version and extensions of tus are spoken, and the size of the largest file."""
        self.stations.get(call.slug)
        return web.Response(
            status=204,
            headers={
                "Tus-Version": TUS_VERSION,
                "Tus-Extension": TUS_EXTENSIONS,
                "Tus-Max-Size": str(self.uploads.limits.max_bytes),
                "Tus-Checksum-Algorithm": "sha1,sha256",
            },
        )

    async def create(self, call: Call) -> web.Response:
        """Begin an upload; `Location` is where its parts are sent. The body may be the first of them."""
        asked = _spoken(call, UploadHeaders)
        station = self.stations.get(call.slug)
        upload = await self.uploads.create(station, call.actor.id, asked.length, _file_name(asked.metadata))
        headers = {"Location": f"{API}/uploads/{upload.id}"}
        if call.request.can_read_body and call.request.content_type == OCTETS:
            hold(call.request)
            offset = await self.uploads.write(upload, 0, call.request.content.iter_any())
            headers |= await self._after(call, station, upload.id, offset)
        return _answer(201, headers)

    async def offset(self, call: Call) -> web.Response:
        """Say in `Upload-Offset` how many bytes have arrived. `Awaz-Track` is the track of a whole upload."""
        _spoken(call, TusHeaders)
        upload = await self.uploads.get(call.path["id"], call.actor.id)
        station = self._station(call, upload.station_id)
        await self.uploads.interrupt(upload)
        offset = await self.uploads.offset(upload)
        headers = await self._after(call, station, upload.id, offset)
        return _answer(200, {**headers, "Upload-Length": str(upload.size), "Cache-Control": "no-store"})

    async def write(self, call: Call) -> web.Response:
        """Send a part of an upload. The answer to the last one has the id of the new track in `Awaz-Track`."""
        asked = _spoken(call, ChunkHeaders)
        if call.request.content_type != OCTETS:
            raise InvalidInput(f"the body must be {OCTETS}")
        upload = await self.uploads.get(call.path["id"], call.actor.id)
        station = self._station(call, upload.station_id)
        hold(call.request)
        offset = await self.uploads.write(upload, asked.offset, call.request.content.iter_any(), asked.checksum)
        return _answer(204, await self._after(call, station, upload.id, offset))

    async def remove(self, call: Call) -> web.Response:
        """Give an upload up. A track that it has become stays."""
        _spoken(call, TusHeaders)
        await self.uploads.remove(await self.uploads.get(call.path["id"], call.actor.id))
        return _answer(204, {})

    async def _after(self, call: Call, station: StationRow, upload_id: str, offset: int) -> dict[str, str]:
        upload = await self.uploads.get(upload_id, call.actor.id)
        headers = {"Upload-Offset": str(offset), "Upload-Expires": formatdate(upload.expires_at / 1000, usegmt=True)}
        if offset == upload.size:
            headers["Awaz-Track"] = (await self.uploads.finish(station, upload, call.by)).id
        return headers

    def _station(self, call: Call, station_id: str) -> StationRow:
        station = self.stations.by_id(station_id)
        call.actor.must(Permission.STATION_EDIT_LIBRARY, station.slug)
        return station


def _spoken(call: Call, model: type[T]) -> T:
    """Read the headers of a request of tus; raise WrongVersion or InvalidInput."""
    call.request[ANSWER_HEADERS] = {"Tus-Resumable": TUS_VERSION, "Tus-Version": TUS_VERSION}
    asked = call.headers(model)
    if asked.resumable != TUS_VERSION:
        raise WrongVersion(f"Tus-Resumable: this server speaks {TUS_VERSION}")
    return asked


def _answer(status: int, headers: dict[str, str]) -> web.Response:
    return web.Response(status=status, headers=headers)


def _file_name(metadata: str) -> str:
    for pair in metadata.split(","):
        name, _, encoded = pair.strip().partition(" ")
        if name == "filename":
            try:
                return base64.b64decode(encoded, validate=True).decode()
            except (binascii.Error, UnicodeDecodeError) as error:
                raise InvalidInput("Upload-Metadata: filename must be UTF-8 in base64") from error
    return ""


async def _file_of(request: web.Request) -> BodyPartReader:
    try:
        async for part in await request.multipart():
            if isinstance(part, BodyPartReader) and part.name == "file":
                return part
    except (ValueError, AssertionError, BadHttpMessage) as error:
        raise InvalidInput("the form cannot be read") from error
    raise InvalidInput("file: it is missing from the form")


async def _chunks(part: BodyPartReader) -> AsyncIterator[bytes]:
    while chunk := await part.read_chunk(CHUNK_BYTES):
        yield chunk
