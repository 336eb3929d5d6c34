from typing import Any, ClassVar

CONNECT: int
DISCONNECT: int
EVENT: int
ACK: int
CONNECT_ERROR: int

class Packet:
    uses_binary_events: ClassVar[bool]
    json: ClassVar[Any]
    packet_type: int
    data: Any
    id: int | None
    namespace: str | None
    attachment_count: int
    def __init__(
        self,
        packet_type: int = ...,
        data: Any = None,
        namespace: str | None = None,
        id: int | None = None,
        binary: bool | None = None,
        encoded_packet: str | None = None,
    ) -> None: ...
    def encode(self) -> str: ...
