"""A reader of server-sent events."""

import asyncio
import json
from dataclasses import dataclass

import aiohttp

from tests.support import asyncapi


@dataclass
class StreamReader:
    """A reader of an open event stream."""

    answer: aiohttp.ClientResponse

    async def next(self, within_s: float = 5.0) -> dict[str, str]:
        """Return the fields of the next event, skipping comments."""
        fields: dict[str, str] = {}
        async with asyncio.timeout(within_s):
            while True:
                line = (await self.answer.content.readline()).decode()
                if not line:
                    raise ConnectionResetError("the stream has ended")
                name, _, value = line.rstrip("\n").partition(": ")
                if name:
                    fields[name] = value
                elif "event" in fields:
                    assert asyncapi.problems(fields["event"], json.loads(fields["data"])) == []
                    return fields
                else:
                    fields = {}

    async def names_until(self, name: str) -> list[str]:
        """Return the names of the next events, up to one of a name."""
        names: list[str] = []
        while name not in names:
            names.append((await self.next())["event"])
        return names

    async def wait_for(self, name: str) -> dict[str, str]:
        """Return the next event of a name, skipping others."""
        while (fields := await self.next())["event"] != name:
            pass
        return fields
