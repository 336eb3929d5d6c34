"""Why a connection ended, as the metrics count it."""

from enum import StrEnum, auto


class Disconnect(StrEnum):
    """A reason; clients come back by themselves after each of them but `ACCESS_ENDED`."""

    BY_CLIENT = auto()
    SLOW_CLIENT = auto()
    PING_TIMEOUT = auto()
    NO_CONNECT = auto()
    TOO_MANY_CONNECTS = auto()
    TOO_MANY_FRAMES = auto()
    BAD_FRAME = auto()
    NO_PACKET = auto()
    BAD_PACKET = auto()
    PACKET_OUT_OF_PLACE = auto()
    PACKET_TOO_LARGE = auto()
    DISCONNECTED = auto()
    TOKEN_EXPIRED = auto()
    ACCESS_ENDED = auto()
    GOING_AWAY = auto()
    STATION_REMOVED = auto()
