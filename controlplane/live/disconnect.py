"""Why a connection ended, as the metrics count it."""

from enum import StrEnum


class Disconnect(StrEnum):
    """A reason; clients come back by themselves after each of them but `ACCESS_ENDED`."""

    BY_CLIENT = "client"
    SLOW_CLIENT = "slow client"
    PING_TIMEOUT = "no answer to a ping"
    NO_CONNECT = "no CONNECT in time"
    TOO_MANY_CONNECTS = "too many CONNECTs"
    TOO_MANY_FRAMES = "too many frames"
    BAD_FRAME = "binary or unknown frame"
    NO_PACKET = "no packet"
    BAD_PACKET = "bad packet"
    PACKET_OUT_OF_PLACE = "packet out of place"
    PACKET_TOO_LARGE = "packet too large"
    DISCONNECTED = "disconnected"
    TOKEN_EXPIRED = "token expired"  # noqa: S105 - a reason, no secret
    ACCESS_ENDED = "access ended"
    GOING_AWAY = "going away"
    STATION_REMOVED = "station removed"
