"""Every error that a caller may be shown.

AwazError
├── InvalidInput      400
│   ├── WrongVersion      412
│   └── ChecksumMismatch  460
├── Unauthenticated   401
├── Forbidden         403
│   ├── Banned            until the ban ends or is lifted
│   └── TimedOut          may not write in a chat for a while; carries `retry_after`
├── NotFound          404
│   └── UnknownEvent
├── Conflict          409
├── TooLarge          413
├── TooFast           429  carries `retry_after`
├── TooSlow           408
├── NoSpace           507
├── Busy              503  carries `retry_after`
├── Upstream          503  Icecast, Liquidsoap or the database does not answer
│   └── NotReady
└── Internal          500

Errors are translated for the outside in one place, `access.guard`.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import ClassVar

from controlplane.kernel.text import duration_text


class ErrorCode(StrEnum):
    """An error's code, with its HTTP status and meaning:

    * `invalid_input` (400): the request is not what the route or event takes; the message says what is wrong.
    * `unauthenticated` (401): there is no token, or it is not valid.
    * `forbidden` (403): the permission is missing.
    * `banned` (403): the person is banned, until the ban ends or is lifted.
    * `timed_out` (403): the person may not write in the chat; try again after `retry_after` seconds.
    * `not_found` (404): there is no such station, user or other thing, or nothing at that address.
    * `unknown_event` (404): there is no event of that name.
    * `timeout` (408): the request or its answer took too long.
    * `conflict` (409): it exists already, or the state does not allow it.
    * `too_large` (413): the body is over its limit.
    * `too_fast` (429): a quota is used up; try again after `retry_after` seconds.
    * `internal` (500): a fault of the server.
    * `busy` (503): the server is at its limit; try again after `retry_after` seconds.
    * `upstream` (503): Icecast, Liquidsoap or the database does not answer; nothing was changed.
    * `not_ready` (503): something that the server needs is missing.
    * `no_space` (507): the station's library or the server's disk is full.
    """

    INVALID_INPUT = "invalid_input"
    UNAUTHENTICATED = "unauthenticated"
    FORBIDDEN = "forbidden"
    BANNED = "banned"
    TIMED_OUT = "timed_out"
    NOT_FOUND = "not_found"
    UNKNOWN_EVENT = "unknown_event"
    CONFLICT = "conflict"
    TOO_LARGE = "too_large"
    TIMEOUT = "timeout"
    TOO_FAST = "too_fast"
    BUSY = "busy"
    UPSTREAM = "upstream"
    NOT_READY = "not_ready"
    NO_SPACE = "no_space"
    INTERNAL = "internal"


@dataclass(frozen=True, slots=True)
class BanTerms:
    """Why somebody is banned, and until when in unix milliseconds; without an end if that is None."""

    reason: str = ""
    until: int | None = None


class AwazError(Exception):
    """Base of every error that a caller may be shown. The message is written for that caller."""

    code: ClassVar[ErrorCode] = ErrorCode.INTERNAL
    status: ClassVar[int] = 500
    retryable: ClassVar[bool] = False

    retry_after: float | None = None
    """Seconds after which trying again makes sense, None if that is not known."""

    ban: BanTerms | None = None
    """The ban that is the reason, if one is."""


class InvalidInput(AwazError):
    """The request is not what the operation takes; the message says what is wrong."""

    code = ErrorCode.INVALID_INPUT
    status = 400


class WrongVersion(InvalidInput):
    """The request is of a protocol's version that is not spoken here."""

    status = 412


class ChecksumMismatch(InvalidInput):
    """The bytes that came do not match their checksum; none were kept. The status is that of https://tus.io."""

    status = 460


class Unauthenticated(AwazError):
    """No token, or one that is not valid."""

    code = ErrorCode.UNAUTHENTICATED
    status = 401


class Forbidden(AwazError):
    """The actor is known and lacks the permission."""

    code = ErrorCode.FORBIDDEN
    status = 403


class Banned(Forbidden):
    """Banned from a station, or from the platform, by those who run it."""

    code = ErrorCode.BANNED

    def __init__(self, ban: BanTerms, slug: str | None = None) -> None:
        where = " from this station" if slug else ""
        super().__init__(f"you are banned{where}{f': {ban.reason}' if ban.reason else ''}")
        self.ban = ban


class TimedOut(Forbidden):
    """Kept from writing in a station's chat for a while, by those who run it."""

    code = ErrorCode.TIMED_OUT

    def __init__(self, terms: BanTerms, seconds: float) -> None:
        super().__init__(
            f"you may write again in {duration_text(seconds)}{f': {terms.reason}' if terms.reason else ''}"
        )
        self.ban, self.retry_after = terms, seconds


class NotFound(AwazError):
    """No such station, track, key or route."""

    code = ErrorCode.NOT_FOUND
    status = 404


class UnknownEvent(NotFound):
    """No feature answers an event of that name."""

    code = ErrorCode.UNKNOWN_EVENT


class Conflict(AwazError):
    """It exists already, or the state does not allow it."""

    code = ErrorCode.CONFLICT
    status = 409


class TooLarge(AwazError):
    """The body is over its limit."""

    code = ErrorCode.TOO_LARGE
    status = 413


class NoSpace(AwazError):
    """The station's library or the server's disk is full."""

    code = ErrorCode.NO_SPACE
    status = 507


class TooSlow(AwazError):
    """The request or its answer took too long."""

    code = ErrorCode.TIMEOUT
    status = 408
    retryable = True


class TooFast(AwazError):
    """A quota is used up; trying again makes sense after `retry_after` seconds."""

    code = ErrorCode.TOO_FAST
    status = 429
    retryable = True

    def __init__(self, message: str, retry_after: float) -> None:
        super().__init__(message)
        self.retry_after = max(0.1, retry_after)


class Busy(AwazError):
    """The server is at its limit; trying again makes sense after `retry_after` seconds."""

    code = ErrorCode.BUSY
    status = 503
    retryable = True

    def __init__(self, message: str, retry_after: float) -> None:
        super().__init__(message)
        self.retry_after = retry_after


class Upstream(AwazError):
    """Icecast, Liquidsoap or the database does not answer; nothing was changed."""

    code = ErrorCode.UPSTREAM
    status = 503
    retryable = True
    retry_after = 2.0


class NotReady(Upstream):
    """Something that the daemon needs is missing."""

    code = ErrorCode.NOT_READY


class Internal(AwazError):
    """A fault of ours; the log has the rest."""

    retryable = True

    def __init__(self) -> None:
        super().__init__("the server failed: try again")


class ConfigError(Exception):
    """The configuration cannot be used; `problems` holds one line for each fault."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems
