"""The one shape of an error, and what is wrong with a body in words."""

from typing import Annotated, Literal

from pydantic import Field, ValidationError
from pydantic_core import ErrorDetails

from controlplane.kernel.errors import AwazError, ErrorCode
from controlplane.protocol.base import Wire

MAX_PROBLEMS = 5


class ErrorBody(Wire):
    """What went wrong: in acks, in HTTP answers as `error`, and in the `data` of a refused handshake."""

    code: ErrorCode
    """For programs. A client treats a code that it does not know by the HTTP status, or like `internal`."""
    message: Annotated[str, Field(examples=["station: must be lower-case letters, digits and hyphens"])]
    """For people, in English."""
    retryable: bool
    """Whether the same request may succeed later."""
    retry_after: Annotated[float | None, Field(ge=0, examples=[2.5])] = None
    """Seconds after which trying again makes sense, if that is known."""

    @classmethod
    def of(cls, error: AwazError) -> "ErrorBody":
        """Return an error as it travels."""
        after = error.retry_after
        return cls(
            code=error.code,
            message=str(error),
            retryable=error.retryable,
            retry_after=round(after, 1) if after is not None else None,
        )


class ErrorAnswer(Wire):
    """The body of every HTTP answer that is not 2xx."""

    error: ErrorBody
    """What went wrong."""


class Refusal(Wire):
    """The ack of a request that failed."""

    ok: Literal[False] = False
    """Always false."""
    error: ErrorBody
    """What went wrong."""


def explain(error: ValidationError) -> str:
    """Say in one line which fields are wrong, and how."""
    problems = error.errors()[:MAX_PROBLEMS]
    return "; ".join(f"{'.'.join(map(str, each['loc'])) or 'body'}: {_message(each)}" for each in problems)


def _message(problem: ErrorDetails) -> str:
    """Say what is wrong without the names of our classes."""
    return "must be a JSON object" if problem["type"] in {"model_type", "dict_type"} else problem["msg"]
