"""What can go wrong, said once.

AwazError
├── InvalidInput      400
├── Unauthenticated   401
├── Forbidden         403
├── NotFound          404
├── Conflict          409
├── TooLarge          413
└── Upstream          503  Icecast, Liquidsoap or the database does not answer

Errors are translated for the outside in two places only: the HTTP middleware and the Socket.IO gateway.
"""

from typing import ClassVar


class ErrorBody(dict[str, object]):
    """`{"code", "message", "retryable"}`: the one shape of an error over HTTP and in acks."""


class AwazError(Exception):
    """Base of every error that a caller may be shown. The message is written for that caller."""

    code: ClassVar[str] = "internal"
    status: ClassVar[int] = 500
    retryable: ClassVar[bool] = False

    def body(self) -> ErrorBody:
        """Return the error as both HTTP answers and acks carry it."""
        return ErrorBody(code=self.code, message=str(self), retryable=self.retryable)


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


class Upstream(AwazError):
    """Icecast, Liquidsoap or the database does not answer; nothing was changed."""

    code = "upstream"
    status = 503
    retryable = True


class ConfigError(Exception):
    """The configuration cannot be used; `problems` holds one line for each thing that is wrong."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems
