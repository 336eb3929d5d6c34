"""The daemon's web application: routes answered past the guard, errors translated, pages served."""

import math
import random
from collections.abc import Awaitable, Callable, Iterable, Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field
from http import HTTPStatus

from aiohttp import HttpVersion10, HttpVersion11, web
from pydantic import BaseModel

from controlplane.access.admission import Admission
from controlplane.access.claims import Claims
from controlplane.access.client_address import ADDRESS, ClientAddresses
from controlplane.access.guard import Guard
from controlplane.access.identity import ANONYMOUS_ACTOR, Actor
from controlplane.kernel.errors import (
    AwazError,
    Busy,
    InvalidInput,
    NotFound,
    TooFast,
    TooLarge,
    TooSlow,
    Unauthenticated,
)
from controlplane.kernel.quotas import Quota
from controlplane.protocol.base import Wire
from controlplane.protocol.errors import ErrorAnswer, ErrorBody
from controlplane.web import policy
from controlplane.web.connections import SERVER, hold
from controlplane.web.pages import ASSETS, KEPT, REVALIDATED, SDK, SDK_PARTS, LivePage, Pages
from controlplane.web.routes import ANSWER_HEADERS, BODY_LIMIT, Call, Route

SOCKET_PATH = "/socket.io/"
EVENT_STREAM = "text/event-stream"
RETRY_SPREAD_S = 10.0
PLAYERS_PATH = "/api/nowplaying"
"""Players on any page read this, as they do AzuraCast's."""
FOUND = (HTTPStatus.OK, HTTPStatus.PARTIAL_CONTENT, HTTPStatus.NOT_MODIFIED)
VERSIONS = (HttpVersion10, HttpVersion11)
SECURITY_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Content-Security-Policy": policy.PLAIN,
}

Next = Callable[[web.Request], Awaitable[web.StreamResponse]]


@dataclass(frozen=True, slots=True)
class WebApp:
    """Builds the application."""

    guard: Guard
    admission: Admission
    addresses: ClientAddresses
    origins: frozenset[str]
    pages: Pages
    _route_handlers: set[object] = field(default_factory=set)
    """The handlers of declared routes, which count a request by its route's quota."""

    def app(self, routes: Iterable[Route], live: Iterable[LivePage] = ()) -> web.Application:
        """Return the application with routes and pages."""
        app = web.Application(client_max_size=BODY_LIMIT, middlewares=[self._translate, self._admit])
        app.on_response_prepare.append(self._add_headers)
        for route in routes:
            answer = self._handler(route)
            self._route_handlers.add(answer)
            app.router.add_route(route.method, route.path, answer)
            if route.method == "GET" and not route.held:
                app.router.add_route("HEAD", route.path, answer)
        app.router.add_options("/api/{rest:.*}", self._preflight)
        self.pages.add_to(app.router, live)
        return app

    @web.middleware
    async def _translate(self, request: web.Request, handler: Next) -> web.StreamResponse:
        try:
            response = await handler(request)
        except AwazError as error:
            response = _refusal(error)
            # It holds the frames that it went through, and one of them holds it: a refused crowd would leave that much
            # for the garbage collector.
            error.__traceback__ = error.__context__ = None
        except web.HTTPException as error:
            response = _translated(request, error, self.pages)
            # The request keeps it, and with it all the frames that it went through.
            error.__traceback__ = None
        except ConnectionError:
            # The client has gone; nobody reads the answer.
            self.guard.refusals.note("request_not_finished", request.get(ADDRESS, ""))
            response = _refusal(TooSlow("the request did not come whole"))
        except Exception as error:  # noqa: BLE001 - the guard turns our own faults into answers
            response = _refusal(self.guard.refusal(error, "request"))
        return response

    async def _add_headers(self, request: web.Request, response: web.StreamResponse) -> None:
        response.headers["Server"] = SERVER
        response.headers.update(request.get(ANSWER_HEADERS, {}))
        if request.path.startswith("/api/"):
            # Answers hold tokens, members and keys; and public ones are out of date a second later.
            response.headers.setdefault("Cache-Control", "no-store")
        else:
            _vary(response, "Accept-Encoding")
            if request.path.startswith((ASSETS, SDK_PARTS)) and response.status in FOUND:
                response.headers.update(KEPT)
            elif request.path.startswith(SDK):
                response.headers.update(REVALIDATED)
        # Browsers do not apply these headers to the answer of a WebSocket handshake.
        if not request.path.startswith(SOCKET_PATH) or response.status != HTTPStatus.SWITCHING_PROTOCOLS:
            for name, value in SECURITY_HEADERS.items():
                response.headers.setdefault(name, value)
            cors = self._cors_headers(request)
            response.headers.update(cors)
            if "Access-Control-Allow-Methods" in cors:
                _vary(response, "Origin")

    def _cors_headers(self, request: web.Request) -> dict[str, str]:
        if request.path.startswith((PLAYERS_PATH, SDK)):
            return {"Access-Control-Allow-Origin": "*"}
        origin = request.headers.get("Origin", "")
        if origin not in self.origins:
            return {}
        return {
            "Access-Control-Allow-Origin": origin,
            "Access-Control-Allow-Headers": "Authorization, Content-Type",
            "Access-Control-Allow-Methods": "GET, POST, PUT, PATCH, DELETE",
        }

    async def _preflight(self, _request: web.Request) -> web.StreamResponse:
        return web.Response(status=204)

    @web.middleware
    async def _admit(self, request: web.Request, handler: Next) -> web.StreamResponse:
        request[ADDRESS] = self.addresses.of(request)
        if request.version not in VERSIONS:
            raise InvalidInput("this server speaks HTTP/1.1")
        if "\\" in request.path:
            raise _no_route(request)
        if not request.path.startswith(SOCKET_PATH):
            if request.match_info.handler not in self._route_handlers:
                await self.guard.count(Quota.READ, address=request[ADDRESS])
            return await handler(request)
        if request.query.get("transport") != "websocket":
            raise InvalidInput('this server speaks WebSocket only: connect with transports: ["websocket"]')
        await self.guard.count(Quota.HANDSHAKE, address=request[ADDRESS])
        with self._held(request):
            return await handler(request)

    def _handler(self, route: Route) -> Next:
        async def answer(request: web.Request) -> web.StreamResponse:
            # Counted before anything else is done, so that wrong tokens and bodies cost as much as right ones.
            await self.guard.count(route.quota, address=request[ADDRESS])
            actor, claims = await self._authenticate(request)
            if not all(part.isprintable() for part in request.match_info.values()):
                raise NotFound("no such name exists: it has characters that cannot be printed")
            await self.guard.count(route.quota, user=actor.id)
            await self.guard.permit(actor, route.permission, route.quota, request.match_info.get("slug"))
            call = Call(
                actor=actor,
                claims=claims,
                address=request[ADDRESS],
                path=dict(request.match_info),
                request=request,
                body_timeout_s=self.addresses.settings.request_timeout_s,
            )
            with self._held(request) if route.held else nullcontext():
                given = await route.handler(call)
            return given if isinstance(given, web.StreamResponse) else _json(given)

        return _retry_for_eventsource(answer) if route.held else answer

    @contextmanager
    def _held(self, request: web.Request) -> Iterator[None]:
        with self.admission.connection(request[ADDRESS]):
            hold(request)
            yield

    async def _authenticate(self, request: web.Request) -> tuple[Actor, Claims | None]:
        header = request.headers.get("Authorization")
        if header is None:
            return ANONYMOUS_ACTOR, None
        scheme, _, token = header.partition(" ")
        if scheme.lower() != "bearer":
            raise Unauthenticated("the Authorization header must be: Bearer <token>")
        return await self.guard.authenticator.authenticate(token, request[ADDRESS])


def _vary(response: web.StreamResponse, name: str) -> None:
    """Say that an answer depends on a header of the request, beside those that are named already."""
    named = [each.strip() for each in response.headers.get("Vary", "").split(",") if each.strip()]
    if name not in named:
        response.headers["Vary"] = ", ".join([*named, name])


def _retry_for_eventsource(answer: Next) -> Next:
    """Ask browsers to come back later: an EventSource never does after any other status than 200."""

    async def retried(request: web.Request) -> web.StreamResponse:
        try:
            return await answer(request)
        except (Busy, TooFast) as error:
            if EVENT_STREAM not in request.headers.get("Accept", ""):
                raise
            after_s = (error.retry_after or 0.0) + random.uniform(0.0, RETRY_SPREAD_S)  # noqa: S311 - no secret
            response = web.Response(text=f": {error}\nretry: {after_s * 1000:.0f}\n\n", content_type=EVENT_STREAM)
            response.force_close()
            return response

    return retried


def _translated(request: web.Request, error: web.HTTPException, pages: Pages) -> web.StreamResponse:
    match error:
        case web.HTTPRequestEntityTooLarge():
            return _refusal(TooLarge(f"the body is over {BODY_LIMIT} bytes"))
        case web.HTTPMethodNotAllowed():
            return _wrong_method(request, error)
        case web.HTTPNotFound():
            return pages.not_found(request) or _refusal(_no_route(request))
    refusal = InvalidInput(f"{request.method} {request.path[:200]}: {error.reason}")
    return _error(refusal, error.status)


def _no_route(request: web.Request) -> AwazError:
    return NotFound(f"not found: {request.path[:200]}")


def _wrong_method(request: web.Request, error: web.HTTPMethodNotAllowed) -> web.Response:
    # The route for preflights matches every path of the API.
    if error.allowed_methods == {"OPTIONS"}:
        return _refusal(_no_route(request))
    refusal = InvalidInput(f"{request.method} {request.path[:200]}: {error.reason}")
    return _error(refusal, error.status, {"Allow": error.headers["Allow"]})


def _refusal(error: AwazError) -> web.Response:
    headers = {"WWW-Authenticate": "Bearer"} if isinstance(error, Unauthenticated) else {}
    if error.retry_after is not None:
        headers["Retry-After"] = str(math.ceil(error.retry_after))
    response = _error(error, error.status, headers)
    if isinstance(error, TooFast | TooSlow):
        # Not where we are busy ourselves: a client that comes again over the same connection costs less.
        response.force_close()
    return response


def _error(error: AwazError, status: int, headers: dict[str, str] | None = None) -> web.Response:
    return _json(ErrorAnswer(error=ErrorBody.of(error)), status, headers)


def _json(answer: BaseModel, status: int = 200, headers: dict[str, str] | None = None) -> web.Response:
    # A body in a foreign shape keeps its nulls.
    body = answer.encoded() if isinstance(answer, Wire) else answer.__pydantic_serializer__.to_json(answer)
    return web.Response(body=body, status=status, content_type="application/json", charset="utf-8", headers=headers)
