"""What fixtures give to tests, by the name of the fixture."""

from collections.abc import Awaitable, Callable

from tests.support.encoder import Encoder
from tests.support.raw_socket import RawSocket
from tests.support.watcher import Watcher

OpenSocket = Callable[..., Awaitable[RawSocket]]
TokenOf = Callable[[str], Awaitable[str]]
Watch = Callable[..., Awaitable[Watcher]]
Encode = Callable[..., Encoder]
