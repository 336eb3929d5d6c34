"""What a handler is to the web: a method, a path, a permission, and a body model. Without a permission it is none."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar

import orjson
from aiohttp import web
from pydantic import BaseModel, ValidationError

from controlplane.accounts.actor import Actor
from controlplane.accounts.rules import Claims
from controlplane.db.audit import By
from controlplane.errors import InvalidInput, TooSlow, Unauthenticated
from controlplane.permissions import Permission
from controlplane.quotas import Quota

API = "/api/v1"
BODY_LIMIT = 64 * 1024
NUMBER_DIGITS = 9

T = TypeVar("T", bound=BaseModel)
Body = BaseModel | dict[str, Any] | list[Any]
Answer = Body | web.StreamResponse


@dataclass(frozen=True, slots=True)
class Call:
    """One request, as a handler needs it. `claims` are those of its token, None without one."""

    actor: Actor
    claims: Claims | None
    address: str
    path: dict[str, str]
    query: dict[str, str]
    numbers: Mapping[str, int]
    request: web.Request
    within_s: float

    @property
    def slug(self) -> str:
        """The station in the path."""
        return self.path["slug"]

    @property
    def known(self) -> Claims:
        """What the request's token says; raise Unauthenticated without one."""
        if self.claims is None:
            raise Unauthenticated("a token is needed")
        return self.claims

    @property
    def by(self) -> By:
        """Who asks, for the record."""
        return By(self.actor.id, self.actor.name, self.address)

    async def body(self, model: type[T]) -> T:
        """Read the JSON body; raise InvalidInput naming what is wrong with it, or TooSlow."""
        if self.request.headers.get("Content-Encoding", "identity") != "identity":
            raise InvalidInput("the body must not be compressed")
        try:
            async with asyncio.timeout(self.within_s):
                raw = await self.request.read()
        except TimeoutError as error:
            raise TooSlow(f"the body did not come within {self.within_s:g} s") from error
        if raw and self.request.content_type != "application/json":
            raise InvalidInput("the body must be application/json")
        try:
            return model.model_validate(orjson.loads(raw) if raw else {})
        except orjson.JSONDecodeError as error:
            raise InvalidInput("the body is not JSON") from error
        except ValidationError as error:
            raise InvalidInput(explain(error)) from error

    def number(self, name: str, default: int) -> int:
        """Read a whole number that the route takes from the query; raise InvalidInput naming it."""
        text, most = self.query.get(name, str(default)), self.numbers[name]
        if not (text.isascii() and text.isdigit() and len(text) <= NUMBER_DIGITS and 1 <= int(text) <= most):
            raise InvalidInput(f"{name}: must be a whole number from 1 to {most}")
        return int(text)


Handler = Callable[[Call], Awaitable[Answer]]


@dataclass(frozen=True, slots=True)
class Route:
    """One route of the HTTP API.

    `takes` and `gives` are its bodies, `quota` what a request of it is counted as, and `numbers` the whole numbers that
    its query may have, from 1 to what is given. `media` is what the answer is in. `held` is one whose answer
    goes on and on, and so takes a place like a socket does.
    """

    method: str
    path: str
    permission: Permission
    handler: Handler
    takes: type[BaseModel] | None = None
    gives: type[BaseModel] | None = None
    quota: Quota = Quota.READ
    numbers: Mapping[str, int] = field(default_factory=dict)
    media: str = "application/json"
    held: bool = False


def explain(error: ValidationError) -> str:
    """Say in one line which fields are wrong, and how."""
    return "; ".join(f"{'.'.join(map(str, e['loc'])) or 'body'}: {e['msg']}" for e in error.errors()[:5])
