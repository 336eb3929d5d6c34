"""The daemon's web server: routes gathered from the handlers, errors translated, pages served."""

import math
import random
from collections.abc import Awaitable, Callable, Iterable, Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field
from http import HTTPStatus
from pathlib import Path

import orjson
import structlog
from aiohttp import HttpVersion10, HttpVersion11, web
from pydantic import BaseModel

from controlplane.accounts.actor import NOBODY, Actor
from controlplane.accounts.rules import Claims
from controlplane.accounts.service import Accounts
from controlplane.errors import (
    BROKEN,
    AwazError,
    Busy,
    InvalidInput,
    NotFound,
    TooFast,
    TooLarge,
    TooSlow,
    Unauthenticated,
)
from controlplane.live.admission import Admission
from controlplane.permissions import Permission
from controlplane.quotas import Quota
from controlplane.ratelimit import RateLimiter
from controlplane.refusals import Refusals
from controlplane.web.connections import SERVER, hold
from controlplane.web.peers import ADDRESS, Peers
from controlplane.web.routes import BODY_LIMIT, Body, Call, Route

log = structlog.get_logger()

STATIC = Path(__file__).parent / "static"
PAGES = {"/": "index.html", "/s/{slug}": "index.html", "/studio": "studio.html", "/admin": "admin.html"}
SOCKET_PATH = "/socket.io/"
EVENT_STREAM = "text/event-stream"
COME_BACK_SPREAD_S = 10.0
PLAYERS_PATH = "/api/nowplaying"
"""Players on any page read this, as they do AzuraCast's."""
VERSIONS = (HttpVersion10, HttpVersion11)
SECURITY_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Content-Security-Policy": (
        "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; media-src *; "
        "connect-src 'self' ws: wss:; base-uri 'none'; form-action 'self'; frame-ancestors 'self'"
    ),
}

Next = Callable[[web.Request], Awaitable[web.StreamResponse]]


@dataclass(frozen=True, slots=True)
class Site:
    """Builds the application."""

    accounts: Accounts
    origins: frozenset[str]
    limiter: RateLimiter
    peers: Peers
    admission: Admission
    refusals: Refusals
    _own: set[object] = field(default_factory=set)
    """What answers a route of ours, and counts it as what it is."""

    def app(self, routes: Iterable[Route]) -> web.Application:
        """Return the application with these routes and the pages; raise TypeError for a route without a permission."""
        app = web.Application(client_max_size=BODY_LIMIT, middlewares=[self._translate, self._admit])
        app.on_response_prepare.append(self._dress)
        for route in routes:
            if (type(route.permission), type(route.quota)) != (Permission, Quota):
                raise TypeError(f"{route.method} {route.path} names no permission or no quota")
            answer = self._answering(route)
            self._own.add(answer)
            app.router.add_route(route.method, route.path, answer)
            if route.method == "GET" and not route.held:
                app.router.add_route("HEAD", route.path, answer)
        app.router.add_options("/api/{rest:.*}", self._preflight)
        for path, file in PAGES.items():
            app.router.add_get(path, _page(STATIC / file))
        if (STATIC / "assets").is_dir():
            app.router.add_static("/assets", STATIC / "assets")
        return app

    @web.middleware
    async def _translate(self, request: web.Request, handler: Next) -> web.StreamResponse:
        try:
            response = await handler(request)
        except AwazError as error:
            response = _refusal(error)
            # It holds the frames that it went through, and one of them holds it: a crowd that is refused would leave
            # that much for the garbage collector.
            error.__traceback__ = error.__context__ = None
        except web.HTTPException as error:
            response = _translated(request, error)
            # It hangs on the request, and so would all that it went through.
            error.__traceback__ = None
        except ConnectionError:
            # The client has gone; nobody reads the answer.
            self.refusals.note("request not finished", request.get(ADDRESS, ""))
            response = _refusal(TooSlow("the request did not come whole"))
        except Exception as error:  # noqa: BLE001 - the one place that turns our own faults into answers
            self.refusals.fault("request failed", type(error).__name__, method=request.method, exc_info=True)
            response = _json({"error": BROKEN}, 500)
        return response

    async def _dress(self, request: web.Request, response: web.StreamResponse) -> None:
        response.headers["Server"] = SERVER
        if request.path.startswith("/api/"):
            # Tokens, members, keys; and what is public is out of date a second later.
            response.headers.setdefault("Cache-Control", "no-store")
        # Nobody but the browser's own script sees what a WebSocket's handshake says.
        if not request.path.startswith(SOCKET_PATH) or response.status != HTTPStatus.SWITCHING_PROTOCOLS:
            response.headers.update(SECURITY_HEADERS)
            response.headers.update(self._shared_with(request))

    def _shared_with(self, request: web.Request) -> dict[str, str]:
        if request.path.startswith(PLAYERS_PATH):
            return {"Access-Control-Allow-Origin": "*"}
        origin = request.headers.get("Origin", "")
        if origin not in self.origins:
            return {}
        return {
            "Access-Control-Allow-Origin": origin,
            "Access-Control-Allow-Headers": "Authorization, Content-Type",
            "Access-Control-Allow-Methods": "GET, POST, PUT, PATCH, DELETE",
            "Vary": "Origin",
        }

    async def _preflight(self, _request: web.Request) -> web.StreamResponse:
        return web.Response(status=204)

    @web.middleware
    async def _admit(self, request: web.Request, handler: Next) -> web.StreamResponse:
        request[ADDRESS] = self.peers.address(request)
        if request.version not in VERSIONS:
            raise InvalidInput("this server speaks HTTP/1.1")
        if "\\" in request.path:
            raise _nothing(request)
        if not request.path.startswith(SOCKET_PATH):
            if request.match_info.handler not in self._own:
                await self.limiter.spend(Quota.READ, address=request[ADDRESS])
            return await handler(request)
        if request.query.get("transport") != "websocket":
            raise InvalidInput('this server speaks WebSocket only: connect with transports: ["websocket"]')
        await self.limiter.spend(Quota.HANDSHAKE, address=request[ADDRESS])
        with self._held(request):
            return await handler(request)

    def _answering(self, route: Route) -> Next:
        async def answer(request: web.Request) -> web.StreamResponse:
            # Counted before anything is looked at, so that wrong tokens and bodies cost as much as right ones.
            await self.limiter.spend(route.quota, address=request[ADDRESS])
            actor, claims = await self._who(request)
            slug = request.match_info.get("slug")
            if not all(part.isprintable() for part in request.match_info.values()):
                raise NotFound("there is nothing of that name")
            actor.must(route.permission, slug)
            who = {"user": actor.id} if actor.id else {}
            await self.limiter.spend(route.quota, **who, **({"station": slug} if slug else {}))
            call = Call(
                actor=actor,
                claims=claims,
                address=request[ADDRESS],
                path=dict(request.match_info),
                query=dict(request.query),
                numbers=route.numbers,
                request=request,
                within_s=self.peers.settings.request_within_s,
            )
            with self._held(request) if route.held else nullcontext():
                given = await route.handler(call)
            return given if isinstance(given, web.StreamResponse) else _json(given)

        return _patient(answer) if route.held else answer

    @contextmanager
    def _held(self, request: web.Request) -> Iterator[None]:
        with self.admission.place(request[ADDRESS]):
            hold(request)
            yield

    async def _who(self, request: web.Request) -> tuple[Actor, Claims | None]:
        header = request.headers.get("Authorization")
        if header is None:
            return NOBODY, None
        scheme, _, token = header.partition(" ")
        if scheme.lower() != "bearer":
            raise Unauthenticated("the Authorization header must be: Bearer <token>")
        claims = await self.accounts.claims(token)
        return await self.accounts.standing.actor(claims, request[ADDRESS]), claims


def _patient(answer: Next) -> Next:
    """Ask browsers to come back later: an EventSource that hears any other status than 200 never does."""

    async def patient(request: web.Request) -> web.StreamResponse:
        try:
            return await answer(request)
        except (Busy, TooFast) as error:
            if EVENT_STREAM not in request.headers.get("Accept", ""):
                raise
            after_s = (error.retry_after or 0.0) + random.uniform(0.0, COME_BACK_SPREAD_S)  # noqa: S311 - no secret
            response = web.Response(text=f": {error}\nretry: {after_s * 1000:.0f}\n\n", content_type=EVENT_STREAM)
            response.force_close()
            return response

    return patient


def _page(file: Path) -> Next:
    built = file.is_file()

    async def page(_request: web.Request) -> web.StreamResponse:
        if not built:
            raise NotFound("the pages are not built: run `make web`, then start again")
        return web.FileResponse(file, headers={"Cache-Control": "no-cache"})

    return page


def _translated(request: web.Request, error: web.HTTPException) -> web.Response:
    match error:
        case web.HTTPRequestEntityTooLarge():
            return _refusal(TooLarge(f"the body is over {BODY_LIMIT} bytes"))
        case web.HTTPMethodNotAllowed():
            return _wrong_method(request, error)
        case web.HTTPNotFound():
            return _refusal(_nothing(request))
    refusal = InvalidInput(f"{request.method} {request.path[:200]}: {error.reason}")
    return _json({"error": refusal.body()}, error.status)


def _nothing(request: web.Request) -> AwazError:
    return NotFound(f"there is nothing at {request.path[:200]}")


def _wrong_method(request: web.Request, error: web.HTTPMethodNotAllowed) -> web.Response:
    # The preflight's own route matches every path of the API.
    if error.allowed_methods == {"OPTIONS"}:
        return _refusal(_nothing(request))
    refusal = InvalidInput(f"{request.method} {request.path[:200]}: {error.reason}")
    return _json({"error": refusal.body()}, error.status, {"Allow": error.headers["Allow"]})


def _refusal(error: AwazError) -> web.Response:
    headers = {"WWW-Authenticate": "Bearer"} if isinstance(error, Unauthenticated) else {}
    if error.retry_after is not None:
        headers["Retry-After"] = str(math.ceil(error.retry_after))
    response = _json({"error": error.body()}, error.status, headers)
    if isinstance(error, TooFast | TooSlow):
        # Not where we are busy ourselves: whoever comes again over the same connection costs less.
        response.force_close()
    return response


def _json(answer: Body, status: int = 200, headers: dict[str, str] | None = None) -> web.Response:
    body = answer.model_dump(mode="json", exclude_none=True) if isinstance(answer, BaseModel) else answer
    return web.Response(
        body=orjson.dumps(body), status=status, content_type="application/json", charset="utf-8", headers=headers
    )
