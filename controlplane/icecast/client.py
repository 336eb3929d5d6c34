"""Icecast's admin API over httpx."""

import asyncio
from dataclasses import dataclass

import httpx

from controlplane.errors import Upstream
from controlplane.icecast import parse

STATS_LIMIT = 4 * 1024 * 1024
"""Bytes of /admin/stats we read; a thousand mounts make about one megabyte."""

AT_ONCE, CLIENTS_AT_ONCE = 200, 2000
"""Mounts, and clients, that are read before others have a turn on the loop: about a millisecond."""

TOTAL_S = 5.0
"""Seconds for a whole answer, however slowly it drips."""


class TitleRefused(Exception):
    """The mount does not take titles from outside (Ogg), or is not there."""


@dataclass(frozen=True, slots=True)
class IcecastClient:
    """The verbs of `/admin/…` that we use. Every method raises Upstream when Icecast does not answer as it should."""

    http: httpx.AsyncClient

    async def stats(self) -> parse.Stats:
        """Fetch the state of all mounts in one request."""
        document = await self._get("/admin/stats", {})
        try:
            texts = parse.pieces(document)
        except parse.Garbage as error:
            raise Upstream(str(error)) from error
        mounts, unreadable = {}, set[str]()
        for start in range(0, len(texts), AT_ONCE):
            part = parse.stats(texts[start : start + AT_ONCE])
            mounts.update(part.mounts)
            unreadable |= part.unreadable
            await asyncio.sleep(0)
        return parse.Stats(mounts, frozenset(unreadable))

    async def listeners(self, mount: str) -> tuple[int, int]:
        """Count a mount's connections, and the people among them: relays and our own probes are none."""
        document = await self._get("/admin/listclients", {"mount": mount}, refused=400)
        try:
            clients = parse.clients(document)
        except parse.Garbage as error:
            raise Upstream(str(error)) from error
        people = 0
        for start in range(0, len(clients), CLIENTS_AT_ONCE):
            people += sum(map(parse.is_listener, clients[start : start + CLIENTS_AT_ONCE]))
            await asyncio.sleep(0)
        return len(clients), people

    async def set_title(self, mount: str, icy: str) -> None:
        """Make `icy` the mount's title; raise TitleRefused if the mount does not take it."""
        query = {"mode": "updinfo", "mount": mount, "song": icy, "charset": "UTF-8"}
        answer = await self._get("/admin/metadata", query, refused=400)
        # An Ogg mount answers 200 and success, and says no in the text.
        if b"Metadata update successful" not in answer:
            raise TitleRefused(f"{mount} does not take titles from outside")

    async def kill_source(self, mount: str) -> None:
        """Cut the source of a mount off; nothing happens if there is none."""
        await self._get("/admin/killsource", {"mount": mount}, refused=400)

    async def _get(self, path: str, query: dict[str, str], refused: int | None = None) -> bytes:
        body = bytearray()
        try:
            async with asyncio.timeout(TOTAL_S), self.http.stream("GET", path, params=query) as answer:
                if answer.status_code not in {200, refused}:
                    raise Upstream(f"Icecast answered {path} with {answer.status_code}")
                async for piece in answer.aiter_raw():
                    body += piece
                    if len(body) > STATS_LIMIT:
                        raise Upstream(f"Icecast's answer to {path} is over {STATS_LIMIT} bytes")
        except (httpx.HTTPError, TimeoutError) as error:
            raise Upstream(f"Icecast does not answer {path}: {type(error).__name__}") from error
        return bytes(body)
