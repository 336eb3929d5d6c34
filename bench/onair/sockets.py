"""A process of a thousand sockets: `python -m bench.onair.sockets <url> <station> <count>`.

Joins a station with a minimum of Socket.IO over aiohttp's WebSocket client. Prints `ready` when all have joined, and
then a line of JSON for each message that all of them received, `{name, body, first, last, times}`, in monotonic
seconds.
"""

import asyncio
import json
import sys
import time
from collections import defaultdict

import aiohttp

CONCURRENCY = 50
SOCKETS_PER_GUEST = 20
"""Sockets of one guest: `gateway.connections_per_user` by default."""
MESSAGE = "42"


async def _guest(http: aiohttp.ClientSession, url: str) -> str:
    async with http.post(f"{url}/api/v1/auth/guest", json={}) as answer:
        answer.raise_for_status()
        return str((await answer.json())["access_token"])


async def _join(http: aiohttp.ClientSession, url: str, token: str, station: str) -> aiohttp.ClientWebSocketResponse:
    socket = await http.ws_connect(f"{url}/socket.io/?EIO=4&transport=websocket", max_msg_size=0)
    await socket.receive_str()
    await socket.send_str("40" + json.dumps({"token": token}))
    answer = await socket.receive_str()
    if not answer.startswith("40"):
        raise RuntimeError(f"refused: {answer}")
    await socket.send_str("420" + json.dumps(["stream:join", {"station": station}]))
    while not (await socket.receive_str()).startswith("430"):
        pass
    return socket


def _record(times: dict[str, list[float]], data: str, count: int) -> None:
    arrived = times[data]
    arrived.append(time.monotonic())
    if len(arrived) == count:
        name, body = json.loads(data[len(MESSAGE) :])
        line = {"name": name, "body": body, "first": arrived[0], "last": arrived[-1], "times": arrived}
        print(json.dumps(line), flush=True)
        del times[data]


async def main(url: str, station: str, count: int) -> None:
    """Connect all sockets and report until killed."""
    times: dict[str, list[float]] = defaultdict(list)
    slots = asyncio.Semaphore(CONCURRENCY)
    ready = 0
    all_joined = asyncio.Event()
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0)) as http:
        tokens = [await _guest(http, url) for _ in range(0, count, SOCKETS_PER_GUEST)]

        async def listen(number: int) -> None:
            nonlocal ready
            async with slots:
                socket = await _join(http, url, tokens[number // SOCKETS_PER_GUEST], station)
            ready += 1
            if ready == count:
                all_joined.set()
            async for message in socket:
                if message.data == "2":
                    await socket.send_str("3")
                elif message.data.startswith(MESSAGE):
                    _record(times, message.data, count)

        async with asyncio.TaskGroup() as group:
            for number in range(count):
                group.create_task(listen(number))
            await all_joined.wait()
            times.clear()
            print("ready", flush=True)


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], sys.argv[2], int(sys.argv[3])))
