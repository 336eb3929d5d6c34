"""Icecast's admin API over httpx."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

import httpx

from controlplane.icecast import parse
from controlplane.kernel.errors import Upstream

MAX_ANSWER_BYTES = 4 * 1024 * 1024
"""The longest answer that is read; a thousand mounts make about one megabyte."""

MOUNTS_PER_SLICE, CLIENTS_PER_SLICE = 200, 2000
"""Mounts, and clients, that are read before other tasks have a turn: about a millisecond."""

ANSWER_TIMEOUT_S = 5.0
"""For a whole answer, however slowly it comes."""


class TitleRefused(Exception):
    """The mount takes no titles through the admin API (Ogg), or does not exist."""


@dataclass(frozen=True, slots=True)
class IcecastClient:
    """The requests of `/admin/…` that we use. Each raises Upstream when Icecast does not answer as it should."""

    http: httpx.AsyncClient
    timeout_s: float = ANSWER_TIMEOUT_S

    async def stats(self) -> parse.Stats:
        """Fetch the state of all mounts in one request."""
        document = await self._get("/admin/stats", {})
        try:
            texts = parse.pieces(document)
        except parse.Malformed as error:
            raise Upstream(str(error)) from error
        mounts, unreadable = {}, set[str]()
        for start in range(0, len(texts), MOUNTS_PER_SLICE):
            part = parse.stats(texts[start : start + MOUNTS_PER_SLICE])
            mounts.update(part.mounts)
            unreadable |= part.unreadable
            await asyncio.sleep(0)
        return parse.Stats(mounts, frozenset(unreadable))

    async def listeners(self, mount: str) -> tuple[int, int]:
        """Count a mount's connections without the daemon's own, and the listeners among them: no relays or probes."""
        document = await self._get("/admin/listclients", {"mount": mount}, refused=400)
        try:
            clients = parse.clients(document)
        except parse.Malformed as error:
            raise Upstream(str(error)) from error
        connections = people = 0
        for start in range(0, len(clients), CLIENTS_PER_SLICE):
            some = [client for client in clients[start : start + CLIENTS_PER_SLICE] if not parse.is_tap(client)]
            connections += len(some)
            people += sum(map(parse.is_listener, some))
            await asyncio.sleep(0)
        return connections, people

    async def set_title(self, mount: str, icy: str) -> None:
        """Make `icy` the mount's title; raise TitleRefused if the mount does not take it."""
        query = {"mode": "updinfo", "mount": mount, "song": icy, "charset": "UTF-8"}
        answer = await self._get("/admin/metadata", query, refused=400)
        # An Ogg mount answers 200 and success, and says no in the text.
        if b"Metadata update successful" not in answer:
            raise TitleRefused(f"{mount} takes no titles through the admin API")

    async def kill_source(self, mount: str) -> None:
        """Disconnect the source of a mount, if it has one."""
        await self._get("/admin/killsource", {"mount": mount}, refused=400)

    @asynccontextmanager
    async def hear(self, mount: str) -> AsyncIterator[tuple[str, AsyncIterator[bytes]]]:
        """Give the media type and the bytes of a mount's audio, for as long as it has a source; raise Upstream."""
        try:
            answer = await self.http.send(self.http.build_request("GET", mount), stream=True, auth=None)
        except httpx.HTTPError as error:
            raise Upstream(f"Icecast does not answer: {type(error).__name__}") from error
        try:
            if answer.status_code != httpx.codes.OK:
                raise Upstream("nothing arrives there at this moment")
            yield answer.headers.get("Content-Type", "application/octet-stream"), _audio(answer)
        finally:
            await answer.aclose()

    async def _get(self, path: str, query: dict[str, str], refused: int | None = None) -> bytes:
        body = bytearray()
        try:
            async with asyncio.timeout(self.timeout_s), self.http.stream("GET", path, params=query) as answer:
                if answer.status_code not in {200, refused}:
                    raise Upstream(f"Icecast answered {path} with {answer.status_code}")
                async for piece in answer.aiter_raw():
                    body += piece
                    if len(body) > MAX_ANSWER_BYTES:
                        raise Upstream(f"Icecast's answer to {path} is over {MAX_ANSWER_BYTES} bytes")
        except (httpx.HTTPError, TimeoutError) as error:
            raise Upstream(f"Icecast does not answer {path}: {type(error).__name__}") from error
        return bytes(body)


async def _audio(answer: httpx.Response) -> AsyncIterator[bytes]:
    try:
        async for piece in answer.aiter_raw():
            yield piece
    except httpx.HTTPError:
        # The encoder has gone, or Icecast: that is the end of what can be heard.
        return
