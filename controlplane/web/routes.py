"""Routes: what a handler is to the web, and one request as the handler needs it."""

import asyncio
import inspect
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, TypeVar

import orjson
from aiohttp import web
from pydantic import BaseModel, ValidationError

from controlplane.access.claims import Claims
from controlplane.access.identity import Actor
from controlplane.kernel.audit import AuditActor
from controlplane.kernel.errors import InvalidInput, TooSlow, Unauthenticated
from controlplane.kernel.permissions import Permission
from controlplane.kernel.quotas import Quota
from controlplane.protocol.base import DeclarationError, Wire
from controlplane.protocol.endpoint import API, FORM, JSON, OCTETS, PICTURE, Endpoint
from controlplane.protocol.errors import explain

BODY_LIMIT = 64 * 1024
T = TypeVar("T", bound=Wire)
Result = BaseModel | web.StreamResponse

ANSWER_HEADERS = web.RequestKey("answer headers", dict[str, str])
"""Headers of a request's answer, whatever it is: a refusal has them too."""

__all__ = [
    "ANSWER_HEADERS",
    "API",
    "BODY_LIMIT",
    "FORM",
    "OCTETS",
    "PICTURE",
    "Call",
    "Handler",
    "Result",
    "Route",
    "delete",
    "get",
    "head",
    "options",
    "patch",
    "post",
    "put",
]


@dataclass(frozen=True, slots=True)
class Call:
    """One request, as a handler needs it. `claims` are those of its token, None without one."""

    actor: Actor
    claims: Claims | None
    address: str
    path: dict[str, str]
    request: web.Request
    body_timeout_s: float

    @property
    def slug(self) -> str:
        """The station in the path."""
        return self.path["slug"]

    @property
    def claims_or_401(self) -> Claims:
        """The claims of the request's token; raise Unauthenticated without one."""
        if self.claims is None:
            raise Unauthenticated("a token is needed")
        return self.claims

    @property
    def by(self) -> AuditActor:
        """The actor, for the audit log."""
        return AuditActor(self.actor.id, self.actor.name, self.address)

    async def body(self, model: type[T]) -> T:
        """Read the JSON body; raise InvalidInput naming what is wrong with it, or TooSlow."""
        if self.request.headers.get("Content-Encoding", "identity") != "identity":
            raise InvalidInput("the body must not be compressed")
        try:
            async with asyncio.timeout(self.body_timeout_s):
                raw = await self.request.read()
        except TimeoutError as error:
            raise TooSlow(f"the body did not come within {self.body_timeout_s:g} s") from error
        if raw and self.request.content_type != "application/json":
            raise InvalidInput("the body must be application/json")
        try:
            return model.model_validate(orjson.loads(raw) if raw else {})
        except orjson.JSONDecodeError as error:
            raise InvalidInput("the body is not JSON") from error
        except ValidationError as error:
            raise InvalidInput(explain(error)) from error

    def query(self, model: type[T]) -> T:
        """Read the query; raise InvalidInput naming what is wrong with it."""
        return _validated(model, dict(self.request.query))

    def headers(self, model: type[T]) -> T:
        """Read the headers that a model names; raise InvalidInput naming what is wrong with them."""
        names = [field.alias or name for name, field in model.model_fields.items()]
        found = self.request.headers
        return _validated(model, {name: found[name] for name in names if name in found})


def _validated(model: type[T], values: dict[str, str]) -> T:
    try:
        return model.model_validate(values)
    except ValidationError as error:
        raise InvalidInput(explain(error)) from error


Handler = Callable[[Call], Awaitable[Result]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Route(Endpoint):
    """One route of the HTTP API, and its handler, whose docstring is the route's documentation."""

    handler: Handler


def _route(method: str, path: str, handler: Handler, **declared: Any) -> Route:  # noqa: ANN401 - an endpoint's fields
    summary, operation = inspect.getdoc(handler) or "", getattr(handler, "__qualname__", "")
    operation = operation.replace("Routes.", "_").replace(".", "_").lower()
    declared = {"permission": None, "quota": None, **declared}
    route = Route(method=method, path=path, handler=handler, summary=summary, operation=operation, **declared)
    kinds = {"permission": Permission, "quota": Quota}
    missing = [name for name, kind in kinds.items() if not isinstance(getattr(route, name), kind)]
    if missing:
        raise DeclarationError(f"{method} {path} declares no {' and no '.join(missing)}")
    if route.answer is None and route.media == JSON:
        raise DeclarationError(f"{method} {path} declares no answer")
    if route.permission.at_station and "{slug}" not in path:
        raise DeclarationError(f"{method} {path} needs {route.permission} and has no {{slug}} in its path")
    return route


def get(path: str, handler: Handler, **declared: Any) -> Route:  # noqa: ANN401 - an endpoint's fields
    """Declare a GET route, with the fields of `Endpoint`; raise DeclarationError without a permission or quota."""
    return _route("GET", path, handler, **declared)


def post(path: str, handler: Handler, **declared: Any) -> Route:  # noqa: ANN401 - an endpoint's fields
    """Declare a POST route, as `get` does."""
    return _route("POST", path, handler, **declared)


def head(path: str, handler: Handler, **declared: Any) -> Route:  # noqa: ANN401 - an endpoint's fields
    """Declare a HEAD route that is more than a GET without its body, as `get` does."""
    return _route("HEAD", path, handler, **declared)


def options(path: str, handler: Handler, **declared: Any) -> Route:  # noqa: ANN401 - an endpoint's fields
    """Declare an OPTIONS route, as `get` does."""
    return _route("OPTIONS", path, handler, **declared)


def put(path: str, handler: Handler, **declared: Any) -> Route:  # noqa: ANN401 - an endpoint's fields
    """Declare a PUT route, as `get` does."""
    return _route("PUT", path, handler, **declared)


def patch(path: str, handler: Handler, **declared: Any) -> Route:  # noqa: ANN401 - an endpoint's fields
    """Declare a PATCH route, as `get` does."""
    return _route("PATCH", path, handler, **declared)


def delete(path: str, handler: Handler, **declared: Any) -> Route:  # noqa: ANN401 - an endpoint's fields
    """Declare a DELETE route, as `get` does."""
    return _route("DELETE", path, handler, **declared)
