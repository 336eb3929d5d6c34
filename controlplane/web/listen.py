"""Listening sockets of both address families, and the applications behind them."""

import asyncio
import errno
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from aiohttp import web

from controlplane.web.connections import Connection, Connections

ANY_IPV6, ANY_IPV4 = "::", "0.0.0.0"  # noqa: S104 - listeners come from outside
KERNEL_BACKLOG = 1024
"""Connections that the kernel queues: a returning crowd arrives within a second."""
ACCEPTS_PER_TURN = 16
"""Connections accepted in one turn of the loop; each costs about half a millisecond until it is answered."""
NO_IPV6 = {errno.EAFNOSUPPORT, errno.EADDRNOTAVAIL}


def bind(host: str, port: int) -> socket.socket:
    """Return a socket bound to an address, `::` for all of both families; raise OSError."""
    try:
        return _bound(host, port)
    except OSError as error:
        if host != ANY_IPV6 or error.errno not in NO_IPV6:
            raise
        return _bound(ANY_IPV4, port)


def _bound(host: str, port: int) -> socket.socket:
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    # A name of both families, such as localhost, means the IPv4 address: the programs beside us connect there.
    family, kind, protocol, _, address = min(found, key=lambda each: each[0] != socket.AF_INET)
    made = socket.socket(family, kind, protocol)
    try:
        made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if family == socket.AF_INET6:
            made.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, int(host != ANY_IPV6))
        made.bind(address)
    except OSError:
        made.close()
        raise
    return made


@asynccontextmanager
async def serving(
    app: web.Application, listener: socket.socket, connections: Connections, shutdown_s: float
) -> AsyncIterator[None]:
    """Serve an application on a bound socket."""
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=shutdown_s)
    await runner.setup()
    server = runner.server
    if server is None:
        raise RuntimeError("the application was not set up")
    loop = asyncio.get_running_loop()
    accepting = await loop.create_server(
        lambda: Connection(connections, server), sock=listener, backlog=ACCEPTS_PER_TURN
    )
    # asyncio accepts as many in one turn as its backlog; the kernel's queue is set apart from that.
    listener.listen(KERNEL_BACKLOG)
    try:
        yield
    finally:
        accepting.close()
        await runner.cleanup()
