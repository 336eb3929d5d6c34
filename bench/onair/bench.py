"""Latency of encoder, listener and title changes to the last of a thousand sockets."""

import asyncio
import json
import sys
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import aiohttp
import httpx

from bench.onair import many_mounts, peer
from bench.onair.source import Source, tone
from bench.results_file import Result, percentile, result
from tests.support.paths import PROJECT
from tests.support.players import IcyPlayer
from tests.support.running_stack import RunningStack

SOCKETS = 1000
ROUNDS = 10
PEER_ROUNDS = 3
UNLIMITED = "1000000/second per address"
"""Unlimited, since all sockets connect from one machine."""
HOOKS = 500
HOOK_PAUSE_S = 0.01
ICY_BLOCK_MS = 1000.0
"""One metadata block: 16,000 bytes of audio at 128 kbit/s."""


@dataclass
class Sockets:
    """The process of a thousand sockets, and the messages that all of them received."""

    lines: list[dict[str, Any]] = field(default_factory=list)
    changed: asyncio.Condition = field(default_factory=asyncio.Condition)

    async def wait_for(self, name: str, since: float, when: Callable[[dict[str, Any]], bool]) -> list[float]:
        """Wait for a message received by all after `since`; return each socket's delay in milliseconds."""
        async with asyncio.timeout(30), self.changed:
            while True:
                for line in self.lines:
                    if line["name"] == name and line["first"] >= since and when(line["body"]):
                        return [(at - since) * 1000 for at in line["times"]]
                await self.changed.wait()


@asynccontextmanager
async def connect_sockets(stack: RunningStack) -> AsyncIterator[Sockets]:
    """Connect the sockets in their own process."""
    command = [sys.executable, "-m", "bench.onair.sockets", stack.url, "awaz", str(SOCKETS)]
    process = await asyncio.create_subprocess_exec(*command, cwd=PROJECT, stdout=asyncio.subprocess.PIPE, limit=2**22)
    sockets = Sockets()
    reader = process.stdout
    if reader is None:
        raise RuntimeError("the output of the sockets' process is not a pipe")

    async def read() -> None:
        while line := await reader.readline():
            async with sockets.changed:
                sockets.lines.append(json.loads(line))
                sockets.changed.notify_all()

    try:
        async with asyncio.timeout(60):
            if await reader.readline() != b"ready\n":
                raise RuntimeError("not all sockets have connected")
        task = asyncio.create_task(read())
        yield sockets
        task.cancel()
    finally:
        with suppress(ProcessLookupError):
            process.kill()
        await process.wait()


async def measure_stack() -> list[Result]:
    """Measure on a new stack."""
    limits = {f"AWAZ__LIMITS__{name}": UNLIMITED for name in ("HANDSHAKE", "JOIN")}
    stack = await asyncio.to_thread(
        lambda: RunningStack.start(AWAZ__ONAIR__GRACE_S="0.5", AWAZ__GATEWAY__HANDSHAKES_PER_S="100000", **limits)
    )
    try:
        async with connect_sockets(stack) as sockets:
            return [
                *await encoder(stack, sockets),
                *await listeners(stack, sockets),
                *await titles(stack, sockets),
                await hooks(stack),
            ]
    finally:
        await asyncio.to_thread(stack.stop)


async def run() -> list[Result]:
    """Run all measurements."""
    return [*await measure_stack(), *await asyncio.to_thread(many_mounts.measure)]


def _has_title(title: str, body: dict[str, Any]) -> bool:
    return bool(body["track"]["title"] == title)


def _contains(title: str, text: str) -> bool:
    return title in text


def _admin(stack: RunningStack) -> tuple[str, tuple[str, str]]:
    secret = (stack.data / "secrets" / "icecast-admin").read_text().strip()
    return f"http://127.0.0.1:{stack.icecast_port}/admin/stats", ("admin", secret)


async def encoder(stack: RunningStack, sockets: Sockets) -> list[Result]:
    """Measure from an encoder's acceptance by Icecast to `stream:started` at every socket."""
    audio, own, peers = tone(), list[float](), list[float]()
    for round_number in range(ROUNDS):
        key = stack.demo["encoder"]["key"]
        source = await Source.connect(stack.icecast_port, "/ingest/awaz", key, audio)
        own += await sockets.wait_for("stream:started", source.accepted, lambda body: body["kind"] == "live")
        if round_number < PEER_ROUNDS:
            peers += await peer.notice(*_admin(stack), lambda text: 'mount="/ingest/awaz"' in text, source.accepted)
        stopped = time.monotonic()
        await source.close()
        await sockets.wait_for("stream:stopped", stopped, lambda _body: True)
    name = f"encoder accepted -> stream:started at {SOCKETS} sockets"
    return [
        result(f"{name}, p50", "ms", percentile(own, 0.5), 300, peer=percentile(peers, 0.5), peer_name=peer.NAME),
        result(f"{name}, p99", "ms", percentile(own, 0.99), 300, peer=percentile(peers, 0.99), peer_name=peer.NAME),
    ]


async def listeners(stack: RunningStack, sockets: Sockets) -> list[Result]:
    """Measure from a listener's join or leave to the count at every socket."""
    own, peers = list[float](), list[float]()
    for round_number in range(ROUNDS):
        joined = time.monotonic()
        player = await asyncio.to_thread(IcyPlayer.open, stack.mount())
        own += await sockets.wait_for("stream:listeners", joined, lambda body: body["listeners"] == 1)
        if round_number < PEER_ROUNDS:
            peers += await peer.notice(*_admin(stack), lambda text: "<listeners>1</listeners>" in text, joined)
        await asyncio.sleep(1.2)
        left = time.monotonic()
        await asyncio.to_thread(player.close)
        own += await sockets.wait_for("stream:listeners", left, lambda body: body["listeners"] == 0)
        await asyncio.sleep(1.2)
    name = "listener joins or leaves -> count at the sockets, p99"
    return [result(name, "ms", percentile(own, 0.99), 1000, peer=percentile(peers, 0.99), peer_name=peer.NAME)]


async def titles(stack: RunningStack, sockets: Sockets) -> list[Result]:
    """Measure from a title override to every socket, and to the ICY block of a listener."""
    token, own, icy, peers = await asyncio.to_thread(stack.token), list[float](), list[float](), list[float]()
    # A live host, so that no AutoDJ track interferes.
    live = await Source.connect(stack.icecast_port, "/ingest/awaz", stack.demo["encoder"]["key"], tone())
    player = await asyncio.to_thread(IcyPlayer.open, stack.mount())
    await asyncio.sleep(5)  # until the burst for new listeners has passed
    url = f"{stack.url}/api/v1/stations/awaz/metadata"
    async with httpx.AsyncClient(headers={"Authorization": f"Bearer {token}"}, trust_env=False) as http:
        await http.get(stack.url + "/healthz")
        for round_number in range(ROUNDS):
            title = f"Title {round_number} {time.monotonic_ns()}"
            posted = time.monotonic()
            answer = await http.post(url, json={"title": title, "artist": "Bench"})
            answer.raise_for_status()
            own += await sockets.wait_for("stream:metadata", posted, partial(_has_title, title))
            icy.append((await asyncio.to_thread(player.wait_for, f"Bench - {title}") - posted) * 1000)
            if round_number < PEER_ROUNDS:
                peers += await peer.notice(*_admin(stack), partial(_contains, title), posted)
    await asyncio.to_thread(player.close)
    await live.close()
    return [
        result(
            f"title posted -> {SOCKETS} sockets, p99",
            "ms",
            percentile(own, 0.99),
            150,
            peer=percentile(peers, 0.99),
            peer_name=peer.NAME,
        ),
        result("title posted -> ICY block of a listener, worst", "ms", max(icy), 150 + ICY_BLOCK_MS),
    ]


async def hooks(stack: RunningStack) -> Result:
    """Measure the stream_auth hook while a thousand sockets are connected."""
    secret = (stack.data / "secrets" / "icecast-hook").read_text().strip()
    body = f"action=stream_auth&mount=%2fingest%2fawaz&user=source&pass={'0' * 40}&ip=127.0.0.1"
    headers = {
        "Content-Type": "application/x-www-form-urlencoded",
        "Authorization": aiohttp.encode_basic_auth("icecast", secret),
    }
    times = []
    async with aiohttp.ClientSession(headers=headers) as http:
        for _ in range(HOOKS):
            # One hook at a time: a queue of hooks would measure itself.
            await asyncio.sleep(HOOK_PAUSE_S)
            began = time.monotonic()
            async with http.post(f"{stack.hooks_url}/icecast", data=body) as answer:
                await answer.read()
            times.append((time.monotonic() - began) * 1000)
    return result("stream_auth hook answered, p99", "ms", percentile(times, 0.99), 5)
