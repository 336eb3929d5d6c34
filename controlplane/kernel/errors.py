"""Every error that a caller may be shown.

AwazError
├── InvalidInput      400
├── Unauthenticated   401
├── Forbidden         403
│   └── Banned            until the ban ends or is lifted
├── NotFound          404
├── Conflict          409
├── TooLarge          413
├── TooFast           429  carries `retry_after`
├── TooSlow           408
├── Busy              503  carries `retry_after`
├── Upstream          503  Icecast, Liquidsoap or the database does not answer
└── Internal          500

Errors are translated for the outside in one place, `access.guard`.
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
    """Seconds after which trying again makes sense, None if that is not known."""

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
    """No token, or one that is not valid."""

    code = "unauthenticated"
    status = 401


class Forbidden(AwazError):
    """The actor is known and lacks the permission."""

    code = "forbidden"
    status = 403


class Banned(Forbidden):
    """Banned from the station or the platform by those who run it."""

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
    """The request or its answer took too long."""

    code = "timeout"
    status = 408
    retryable = True


class TooFast(AwazError):
    """A quota is used up; trying again makes sense after `retry_after` seconds."""

    code = "too_fast"
    status = 429
    retryable = True

    def __init__(self, message: str, retry_after: float) -> None:
        super().__init__(message)
        self.retry_after = max(0.1, retry_after)


class Busy(AwazError):
    """The server is at its limit; trying again makes sense after `retry_after` seconds."""

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
