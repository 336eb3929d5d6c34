"""What we use of python-engineio 4, which ships no types."""

from collections.abc import Awaitable, Callable
from typing import Any, ClassVar

class _Reason:
    PING_TIMEOUT: str
    TRANSPORT_CLOSE: str

class AsyncServer:
    reason: ClassVar[type[_Reason]]
    ping_interval: float
    ping_timeout: float
    max_http_buffer_size: int
    sockets: dict[str, Any]
    handlers: dict[str, Callable[..., Awaitable[Any]]]
    cors_allowed_origins: Callable[[str | None, dict[str, Any]], bool]
    def generate_id(self) -> str: ...
    async def handle_request(self, request: Any) -> Any: ...
