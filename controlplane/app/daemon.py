"""The daemon: how it starts, runs and stops, in this order."""

import asyncio
import signal
from collections.abc import Callable, Coroutine, Iterable, Sequence
from contextlib import AsyncExitStack, suppress
from dataclasses import dataclass, field
from itertools import chain
from typing import Any

import structlog
from aiohttp import web

from controlplane.app.periodic import every, run_calendar
from controlplane.kernel.errors import ConfigError
from controlplane.kit import Feature, Kit, Timer
from controlplane.protocol.sockets import SocketProtocol
from controlplane.runtime.gc_policy import GcPolicy
from controlplane.web.connections import Connections
from controlplane.web.listen import bind, serving
from controlplane.web.routes import Route

log = structlog.get_logger()

DRAIN_TIMEOUT_S = 1.5
"""For delivering what was sent, and for ending the requests that are being answered."""
GC_INTERVAL_S = 60.0
SWEEP_INTERVAL_S = 0.25


@dataclass(slots=True, repr=False)
class Daemon:
    """Everything that runs. `app` is the public application, `private_connections` those of the private listeners."""

    kit: Kit
    features: Sequence[Feature]
    routes: Sequence[Route]
    app: web.Application
    connections: Connections
    private_connections: Connections
    protocol: SocketProtocol
    gc: GcPolicy
    url: str = ""
    """Where it listens, once it does."""
    private_ports: dict[str, int] = field(default_factory=dict)
    """The ports of the features' private listeners, by name."""
    _servers: AsyncExitStack = field(default_factory=AsyncExitStack)
    _stop_requested: asyncio.Event = field(default_factory=asyncio.Event)

    async def prepare(self) -> None:
        """Bring every feature in line with the database and the programs beside us; nobody is let in yet."""
        for feature in self.features:
            for prepare in feature.prepare:
                await prepare()

    async def listen(self, port: int | None = None) -> None:
        """Begin to accept connections, the public ones on `port` if it is given; raises ConfigError if one is taken."""
        http = self.kit.settings.http
        public = http.port if port is None else port
        bound = await self._listen("http", self.app, http.host, public, self.connections)
        self.url = f"http://127.0.0.1:{bound}"
        for feature in self.features:
            for each in feature.private_servers:
                private = each.port if port is None else 0
                bound = await self._listen(each.name, each.app, each.host, private, self.private_connections)
                self.private_ports[each.name] = bound

    async def run(self) -> None:
        """Run until `request_stop` is called; raises what any task died of."""
        await self.prepare()
        async with self._servers:
            await self.listen()
            await self._work()

    async def _work(self) -> None:
        async with asyncio.TaskGroup() as group:
            delivery = [group.create_task(task(), name=name) for name, task in self._delivery()]
            work = [group.create_task(every(each.seconds, each.job), name=each.name) for each in self._timers()]
            work += [group.create_task(task(), name=each.name) for each in self.features for task in each.tasks]
            calendar = [job for feature in self.features for job in feature.calendar]
            work.append(group.create_task(run_calendar(calendar), name="calendar"))
            log.info("ready", url=self.kit.settings.site_url)
            await self._stop_requested.wait()
            await self.stop(work)
            _cancel(delivery)

    def request_stop(self) -> None:
        """Have `run` stop in order and return."""
        self._stop_requested.set()

    async def stop(self, work: Sequence[asyncio.Task[None]] = ()) -> None:
        """Tell clients when to reconnect, close everything, and leave what the next daemon goes on with.

        `work` are the tasks of the features: they end after the last hook was answered, and before `finish`.
        """
        with suppress(TimeoutError):
            async with asyncio.timeout(DRAIN_TIMEOUT_S):
                await self.kit.hub.drain()
        retry_after_ms = self.kit.admission.close()
        self.kit.event_streams.close(retry_after_ms)
        await self.kit.gateway.connected.announce_shutdown(retry_after_ms)
        await self.kit.gateway.close()
        await self._servers.aclose()
        # Hooks were answered until now, and what they reported is still delivered and written. From here on nothing is
        # published: a position that is given to an event now would be given to another one by the next daemon.
        _cancel(work)
        if work:
            await asyncio.wait(work)
        for feature in self.features:
            for finish in feature.finish:
                await finish()
        await self.kit.guard.limiter.close()

    async def _listen(self, name: str, app: web.Application, host: str, port: int, held: Connections) -> int:
        try:
            listener = bind(host, port)
        except OSError as error:
            problem = f"{name}.port: cannot listen on {host}:{port}: {error.strerror or error}"
            raise ConfigError([problem]) from error
        await self._servers.enter_async_context(serving(app, listener, held, DRAIN_TIMEOUT_S))
        return int(listener.getsockname()[1])

    def _delivery(self) -> list[tuple[str, Callable[[], Coroutine[Any, Any, None]]]]:
        return [
            ("hub", self.kit.hub.run),
            ("hub latest", self.kit.hub.run_latest),
            ("event streams", self.kit.event_streams.run),
            ("loop lag", self.kit.metrics.measure_lag),
        ]

    def _timers(self) -> list[Timer]:
        own = [Timer("connection sweep", SWEEP_INTERVAL_S, self._sweep), Timer("gc", GC_INTERVAL_S, self._collect)]
        return [*own, *chain.from_iterable(feature.timers for feature in self.features)]

    async def _sweep(self) -> None:
        self.connections.sweep()
        self.private_connections.sweep()

    async def _collect(self) -> None:
        self.gc.collect_if_due(self.kit.admission.ended)


def _cancel(tasks: Iterable[asyncio.Task[None]]) -> None:
    for task in tasks:
        task.cancel()


def stop_on_signals(daemon: Daemon) -> None:
    """Have SIGTERM and SIGINT stop a daemon."""
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, daemon.request_stop)
