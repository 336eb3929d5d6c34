"""Why a connection ended: numbered, with what a client should do next.

The number is the code of the WebSocket's close frame, where one can still be written. 4000 to 4499: come back.
4500 to 4999: coming back as before ends in the same way. RFC 6455 (7.4.2) leaves 4000 to 4999 to applications.
"""

from enum import Enum, StrEnum

from controlplane.protocol.sockets import EVENT_BYTES


class Advice(StrEnum):
    """What a client should do after its connection has ended."""

    NOTHING = "nothing"
    RECONNECT = "reconnect"
    WAIT = "wait"
    RENEW = "renew"
    STOP = "stop"


ADVICE = {
    Advice.NOTHING: "The client ended the connection itself.",
    Advice.RECONNECT: "Connect again after a random time that grows with each failure, and recover: join with the "
    "`epoch` and the `last_seq` that you saw.",
    Advice.WAIT: "Connect again after the `retry_after_ms` of `server:going_away`, and recover.",
    Advice.RENEW: "Get a new access token, which may need signing in again, and connect with it.",
    Advice.STOP: "Do not connect again: the person is not let in, or the program has to be corrected.",
}
"""The meaning of each advice, for client authors."""


class Disconnect(Enum):
    """A reason: its code, the advice, and its meaning. Its name in lower case is the label in the metrics."""

    BY_CLIENT = 1000, Advice.NOTHING, "the client closed the connection"
    DISCONNECTED = 1000, Advice.NOTHING, "the client sent DISCONNECT"
    GOING_AWAY = 4000, Advice.WAIT, "the server is stopping or restarting"
    SLOW_CLIENT = 4001, Advice.RECONNECT, "the client did not take what was sent to it"
    PING_TIMEOUT = 4002, Advice.RECONNECT, "the client did not answer a ping"
    NO_CONNECT = 4003, Advice.RECONNECT, "the client sent no CONNECT in time"
    TOKEN_EXPIRED = 4004, Advice.RENEW, "the access token expired and was not refreshed"
    SESSION_ENDED = 4005, Advice.RENEW, "the session or the account ended"
    STATION_BANNED = 4006, Advice.RECONNECT, "the person was banned from a station that the socket followed"
    ACCESS_ENDED = 4500, Advice.STOP, "the person was banned from the platform"
    STATION_REMOVED = 4501, Advice.STOP, "the station of an event stream was removed"
    TOO_MANY_CONNECTS = 4502, Advice.STOP, "too many CONNECT packets on one connection"
    TOO_MANY_FRAMES = 4503, Advice.STOP, "too many frames a second"
    BAD_FRAME = 4504, Advice.STOP, "a frame that is no text, or no Engine.IO packet"
    NO_PACKET = 4505, Advice.STOP, "a message without a Socket.IO packet"
    BAD_PACKET = 4506, Advice.STOP, "a Socket.IO packet that cannot be read, or is not expected"
    PACKET_OUT_OF_PLACE = 4507, Advice.STOP, "a packet before CONNECT, or of another namespace"
    PACKET_TOO_LARGE = 4508, Advice.STOP, f"a packet over {EVENT_BYTES // 1024} KiB other than an event"

    def __init__(self, code: int, advice: Advice, meaning: str) -> None:
        self.code = code
        self.advice = advice
        self.meaning = meaning

    @property
    def label(self) -> str:
        """The reason as the metrics, the log and the close frame name it."""
        return self.name.lower()
