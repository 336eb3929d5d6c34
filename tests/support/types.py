"""Types of fixtures: of those that are functions (`open_socket`, `token_of`, `watch` and `encode`), and of headers."""

from collections.abc import Awaitable, Callable

from tests.support.encoder import Encoder
from tests.support.raw_socket import RawSocket
from tests.support.watcher import Watcher

Headers = dict[str, str]
OpenSocket = Callable[..., Awaitable[RawSocket]]
TokenOf = Callable[[str], Awaitable[str]]
Watch = Callable[..., Awaitable[Watcher]]
Encode = Callable[..., Encoder]
