"""What a handler is to the web: a method, a path, a permission, and a body model. Without a permission it is none."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, TypeVar

import orjson
from aiohttp import web
from pydantic import BaseModel, ValidationError

from controlplane.accounts.service import Actor
from controlplane.errors import InvalidInput
from controlplane.permissions import Permission

API = "/api/v1"
BODY_LIMIT = 64 * 1024
NUMBER_DIGITS = 9

T = TypeVar("T", bound=BaseModel)
Answer = BaseModel | dict[str, Any] | list[Any]


@dataclass(frozen=True, slots=True)
class Call:
    """One request, as a handler needs it."""

    actor: Actor
    path: dict[str, str]
    query: dict[str, str]
    request: web.Request

    @property
    def slug(self) -> str:
        """The station in the path."""
        return self.path["slug"]

    async def body(self, model: type[T]) -> T:
        """Read the JSON body; raise InvalidInput naming what is wrong with it."""
        raw = await self.request.read()
        try:
            return model.model_validate(orjson.loads(raw) if raw else {})
        except orjson.JSONDecodeError as error:
            raise InvalidInput("the body is not JSON") from error
        except ValidationError as error:
            raise InvalidInput(explain(error)) from error

    def number(self, name: str, default: int, most: int) -> int:
        """Read a whole number from the query; raise InvalidInput naming it."""
        text = self.query.get(name, str(default))
        if not (text.isascii() and text.isdigit() and len(text) <= NUMBER_DIGITS and 1 <= int(text) <= most):
            raise InvalidInput(f"{name}: must be a whole number from 1 to {most}")
        return int(text)


Handler = Callable[[Call], Awaitable[Answer]]


@dataclass(frozen=True, slots=True)
class Route:
    """One route of the HTTP API. `takes` and `gives` are its bodies, for the reference."""

    method: str
    path: str
    permission: Permission
    handler: Handler
    takes: type[BaseModel] | None = None
    gives: type[BaseModel] | None = None


def explain(error: ValidationError) -> str:
    """Say in one line which fields are wrong, and how."""
    return "; ".join(f"{'.'.join(map(str, e['loc'])) or 'body'}: {e['msg']}" for e in error.errors()[:5])
