"""The one shape of an error, and what is wrong with a body in words."""

from typing import Annotated, Literal

from pydantic import Field, ValidationError
from pydantic_core import ErrorDetails

from controlplane.kernel.errors import AwazError, BanTerms, ErrorCode
from controlplane.protocol.base import Wire, shown_as
from controlplane.protocol.stations import LANGUAGE, LINK_URL, TIMEZONE
from controlplane.protocol.types import SLUG

MAX_PROBLEMS = 5


class BanNotice(Wire):
    """Why somebody is banned, and until when."""

    reason: Annotated[str, Field(examples=["shouting"])]
    """In the moderator's words; may be empty."""
    until: Annotated[int | None, Field(ge=0, examples=[1781786096000])] = None
    """When the ban ends, in unix milliseconds; absent for one without an end. It may be lifted before."""

    @classmethod
    def of(cls, ban: BanTerms | None) -> "BanNotice | None":
        """Return a ban as it travels; None for none."""
        return cls(reason=ban.reason, until=ban.until) if ban else None


class ErrorBody(Wire):
    """What went wrong: in acks, in HTTP answers as `error`, and in the `data` of a refused handshake."""

    model_config = shown_as(
        {
            "code": "too_fast",
            "message": "too many attempts: try again in 3 seconds",
            "retryable": True,
            "retry_after": 2.5,
        }
    )

    code: ErrorCode
    """For programs. A client treats a code that it does not know by the HTTP status, or like `internal`."""
    message: Annotated[str, Field(examples=["station: must be lower-case letters, digits and hyphens"])]
    """For people, in English."""
    retryable: bool
    """Whether the same request may succeed later."""
    retry_after: Annotated[float | None, Field(ge=0, examples=[2.5])] = None
    """Seconds after which trying again makes sense, if that is known."""
    ban: BanNotice | None = None
    """With `banned`: the ban."""

    @classmethod
    def of(cls, error: AwazError) -> "ErrorBody":
        """Return an error as it travels."""
        after = error.retry_after
        return cls(
            code=error.code,
            message=str(error),
            retryable=error.retryable,
            retry_after=round(after, 1) if after is not None else None,
            ban=BanNotice.of(error.ban),
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


MESSAGES = {
    "model_type": "must be a JSON object",
    "dict_type": "must be a JSON object",
    "missing": "is required",
    "extra_forbidden": "is not a field of this request",
    "string_type": "must be text",
    "string_too_long": "use at most {max_length} characters",
    "string_too_short": "must not be empty",
}
"""By pydantic's type of error (https://docs.pydantic.dev/latest/errors/validation_errors/); others keep its message."""


PATTERNS = {
    SLUG: "use 1 to 40 of a-z, 0-9 and -",
    LANGUAGE: "use a language code such as ur",
    TIMEZONE: "use a name such as Asia/Karachi",
    LINK_URL: "must begin with https:// or http://, followed by a host in ASCII, and have no spaces",
}
"""Patterns in words."""


def _message(problem: ErrorDetails) -> str:
    """Say what is wrong without the names of our classes."""
    facts = problem.get("ctx", {})
    message = PATTERNS.get(facts.get("pattern", "")) or MESSAGES.get(problem["type"])
    return message.format(**facts) if message else problem["msg"]
