"""The answers of routes that fail, in the OpenAPI document."""

from dataclasses import dataclass

from controlplane.kernel.errors import (
    AwazError,
    Busy,
    ChecksumMismatch,
    Conflict,
    Forbidden,
    Internal,
    InvalidInput,
    NoSpace,
    NotFound,
    TooFast,
    TooLarge,
    TooSlow,
    Unauthenticated,
    WrongVersion,
)
from controlplane.protocol.endpoint import JSON, Endpoint
from controlplane.protocol.errors import ErrorAnswer, ErrorBody
from controlplane.protocol.reference.schemas import Schema, ref


@dataclass(frozen=True, slots=True)
class Failure:
    """The answer of one status: its name in the document, its meaning, and an error for the example."""

    name: str
    meaning: str
    example: AwazError


FAILURES = {
    failure.example.status: failure
    for failure in (
        Failure(
            "BadRequest",
            "The request is not what the route takes; the message says what is wrong.",
            InvalidInput("reason: use at most 200 characters"),
        ),
        Failure("Unauthorized", "No token, or one that is not valid.", Unauthenticated("the token has expired")),
        Failure(
            "Forbidden",
            "The permission is missing, or the person is banned.",
            Forbidden("Sara may not do that here"),
        ),
        Failure("NotFound", "It does not exist.", NotFound("there is no station 'awas'")),
        Failure("RequestTimeout", "The body did not come in time.", TooSlow("the body did not come within 10 s")),
        Failure(
            "Conflict",
            "It exists already, or the state does not allow it.",
            Conflict("the station is off air: no title can be set"),
        ),
        Failure("TooLarge", "The body is over its limit.", TooLarge("the body is over 65536 bytes")),
        Failure(
            "PreconditionFailed",
            "The request is of a version of tus that is not spoken here.",
            WrongVersion("Tus-Resumable: this server speaks 1.0.0"),
        ),
        Failure(
            "ChecksumMismatch",
            "What arrived is not what its checksum was made of; nothing of it was kept.",
            ChecksumMismatch("what arrived is not what the checksum was made of: send this part again"),
        ),
        Failure(
            "InsufficientStorage",
            "The library or the server's disk is full.",
            NoSpace("the library has room for 1.2 MB more, and the file has 5.8 MB"),
        ),
        Failure("TooManyRequests", "The quota is used up.", TooFast("too many attempts: try again in 2 seconds", 2)),
        Failure("InternalServerError", "A fault of the server; its log has the rest.", Internal()),
        Failure(
            "ServiceUnavailable",
            "The server is busy, or a part of it does not answer; nothing was changed.",
            Busy("the server is busy: try again in a moment", 2),
        ),
    )
}
ALWAYS = {Unauthenticated.status, Forbidden.status, TooFast.status, Internal.status, Busy.status}
WITH_A_BODY = {InvalidInput.status, TooSlow.status, TooLarge.status}
RETRY_AFTER: Schema = {
    "Retry-After": {"description": "Seconds after which trying again makes sense.", "schema": {"type": "integer"}}
}


def components() -> dict[str, Schema]:
    """Return every answer of a failure, by name."""
    return {failure.name: _response(failure) for failure in FAILURES.values()}


def of(route: Endpoint) -> dict[str, Schema]:
    """Return references to the failures that a route can answer with, by status."""
    statuses = ALWAYS | {error.status for error in route.errors}
    if route.body is not None or route.takes != JSON:
        statuses |= WITH_A_BODY
    if route.query is not None or route.headers is not None:
        statuses |= {InvalidInput.status}
    if "{" in route.path:
        statuses |= {NotFound.status}
    return {str(status): {"$ref": f"#/components/responses/{FAILURES[status].name}"} for status in sorted(statuses)}


def _response(failure: Failure) -> Schema:
    answer = ErrorAnswer(error=ErrorBody.of(failure.example)).wire()
    headers = {"headers": RETRY_AFTER} if failure.example.retry_after is not None else {}
    content = {JSON: {"schema": ref(ErrorAnswer.__name__), "example": answer}}
    return {"description": failure.meaning, "content": content, **headers}
