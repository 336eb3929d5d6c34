"""What can go wrong, said once.

AwazError
├── InvalidInput      400
├── Unauthenticated   401
├── Forbidden         403
│   └── Banned            may not come back until allowed
├── NotFound          404
├── Conflict          409
├── TooLarge          413
├── TooFast           429  carries `retry_after`
├── TooSlow           408
├── Busy              503  carries `retry_after`
└── Upstream          503  Icecast, Liquidsoap or the database does not answer

Errors are translated for the outside in two places only: the HTTP middleware and the Socket.IO gateway.
"""

from typing import ClassVar


class ErrorBody(dict[str, object]):
    """`{"code", "message", "retryable", "retry_after"?}`: the one shape of an error over HTTP and in acks."""


class AwazError(Exception):
    """Base of every error that a caller may be shown. The message is written for that caller."""

    code: ClassVar[str] = "internal"
    status: ClassVar[int] = 500
    retryable: ClassVar[bool] = False

    retry_after: float | None = None
    """Seconds after which trying again makes sense, where that is known."""

    def body(self) -> ErrorBody:
        """Return the error as both HTTP answers and acks carry it."""
        body = ErrorBody(code=self.code, message=str(self), retryable=self.retryable)
        if self.retry_after is not None:
            body["retry_after"] = round(self.retry_after, 1)
        return body


class InvalidInput(AwazError):
    """The request is not what the operation takes; the message names the field."""

    code = "invalid_input"
    status = 400


class Unauthenticated(AwazError):
    """No token, or one that does not hold."""

    code = "unauthenticated"
    status = 401


class Forbidden(AwazError):
    """Known, but without the permission."""

    code = "forbidden"
    status = 403


class Banned(Forbidden):
    """Sent away by those who run the station or the platform."""

    code = "banned"


class NotFound(AwazError):
    """No such station, track, key or route."""

    code = "not_found"
    status = 404


class Conflict(AwazError):
    """It exists already, or the state does not allow it."""

    code = "conflict"
    status = 409


class TooLarge(AwazError):
    """The body is over its limit."""

    code = "too_large"
    status = 413


class TooSlow(AwazError):
    """The request or its answer took longer than anybody should have to wait for."""

    code = "timeout"
    status = 408
    retryable = True


class TooFast(AwazError):
    """A quota is used up; `retry_after` seconds later there is room again."""

    code = "too_fast"
    status = 429
    retryable = True

    def __init__(self, message: str, retry_after: float) -> None:
        super().__init__(message)
        self.retry_after = max(0.1, retry_after)


class Busy(AwazError):
    """There is no room now; `retry_after` seconds later there may be."""

    code = "busy"
    status = 503
    retryable = True

    def __init__(self, message: str, retry_after: float) -> None:
        super().__init__(message)
        self.retry_after = retry_after


class Upstream(AwazError):
    """Icecast, Liquidsoap or the database does not answer; nothing was changed."""

    code = "upstream"
    status = 503
    retryable = True
    retry_after = 2.0


BROKEN = ErrorBody(code="internal", message="something broke on our side", retryable=True)
"""What a caller is told of a fault of ours; the log has the rest."""


class ConfigError(Exception):
    """The configuration cannot be used; `problems` holds one line for each thing that is wrong."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems
