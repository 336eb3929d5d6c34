"""People who like: `python -m bench.chat.likes <server's port> <changes>`.

Reads one token a line; the first of the people follows the station. All others like it and take that back in turns, as
fast as they are answered, and like it in the end. Prints a line of JSON: `{changes, seconds, count, between_s}`, where
`count` is the total that the follower was told in the end, and `between_s` the shortest time between two totals.
"""

import asyncio
import json
import re
import sys
import time
from itertools import pairwise

from bench.connect.clients import connect, text_frame

TARGET = {"kind": "station", "id": "awaz"}
COUNT = re.compile(rb'"interaction:likes",\{.*?"count":(\d+)')
CONCURRENCY = 50
SETTLED_S = 2.5
"""Until the last total has been told: one a second."""


def frames(changes: int) -> bytes:
    """Return likes and their undoing in turns, a like at the end."""
    undone = [(changes - number) % 2 == 0 for number in range(changes)]
    bodies = [{"station": "awaz", "target": TARGET, "undo": undo} for undo in undone]
    packets = (f"42{number}" + json.dumps(["interaction:like", body]) for number, body in enumerate(bodies))
    return b"".join(map(text_frame, packets))


async def like(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, changes: int) -> None:
    """Make changes, and wait until each is acknowledged."""
    writer.write(frames(changes))
    answered = 0
    while answered < changes:
        received = await reader.read(65536)
        if not received or b'"error"' in received:
            sys.exit(received.decode(errors="replace") or "a connection was closed")
        answered += received.count(b'"liked":')


async def follow(reader: asyncio.StreamReader, told: list[tuple[float, int]]) -> None:
    """Note the totals that a follower is told, and when."""
    while received := await reader.read(65536):
        told += [(time.monotonic(), int(count)) for count in COUNT.findall(received)]


async def main(port: int, changes: int, tokens: list[str]) -> None:
    """Run, and print what was measured."""
    gate = asyncio.Semaphore(CONCURRENCY)

    async def enter(number: int, token: str) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        async with gate:
            return await connect(port, token, f"10.{number // 250}.{number % 250}.1")

    (reader, writer), *people = await asyncio.gather(*(enter(*each) for each in enumerate(tokens)))
    writer.write(text_frame('420["stream:join",{"station":"awaz"}]'))
    told: list[tuple[float, int]] = []
    following = asyncio.create_task(follow(reader, told))
    began = time.monotonic()
    await asyncio.gather(*(like(*person, changes) for person in people))
    seconds = time.monotonic() - began
    await asyncio.sleep(SETTLED_S)
    following.cancel()
    between = min(after - before for (before, _), (after, _) in pairwise(told))
    done = {"changes": changes * len(people), "seconds": seconds, "count": told[-1][1], "between_s": between}
    print(json.dumps(done), flush=True)


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1]), int(sys.argv[2]), sys.stdin.read().split()))
