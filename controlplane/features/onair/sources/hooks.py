"""The hooks, on a loopback port with secrets of its own: Icecast's URL authentication and Liquidsoap's callbacks.

Everything is answered from memory: Icecast has one thread for all hooks, and waits.
"""

import base64
import hmac
from dataclasses import dataclass, field
from functools import partial

import structlog
from aiohttp import web

from controlplane.db import stations as station_table
from controlplane.features.onair.service import OnAir
from controlplane.features.onair.sources.pipelines import PipelineWatch
from controlplane.features.onair.sources.poller import Poller
from controlplane.features.onair.state import EncoderAuthorised, EncoderConnected, EncoderGone
from controlplane.features.stations.rules import Verdict
from controlplane.features.stations.service import Stations
from controlplane.icecast import parse as icecast
from controlplane.kernel.clock import Clock
from controlplane.kernel.mounts import of_ingest
from controlplane.kernel.text import duration_text
from controlplane.liquidsoap import parse as liquidsoap
from controlplane.runtime.refusals import Refusals

log = structlog.get_logger()

BODY_LIMIT = 8 * 1024
ICECAST_USER = "icecast"
PIPELINE_USER = "pipeline"
WRONG_KEY_QUIET_S = 60.0


@dataclass(frozen=True, slots=True, repr=False)
class Hooks:
    """The private application that Icecast and the pipelines call; answers come from memory."""

    stations: Stations
    onair: OnAir
    poller: Poller
    pipelines: PipelineWatch
    refusals: Refusals
    clock: Clock
    icecast_secret: str
    pipeline_secret: str
    _quiet_until_s: dict[tuple[str, str], float] = field(default_factory=dict)
    """Until when a station's people are not told again of a refused encoder, by slug and host."""

    def app(self) -> web.Application:
        """Return the application to serve on loopback."""
        app = web.Application(client_max_size=BODY_LIMIT)
        app.router.add_post("/icecast", self._icecast)
        app.router.add_post("/liquidsoap/{slug}", self._liquidsoap)
        return app

    async def _icecast(self, request: web.Request) -> web.Response:
        if not _is_authorised(request, ICECAST_USER, self.icecast_secret):
            self.refusals.note("hook_unauthorised", request.remote or "")
            return web.Response(status=401)
        try:
            hook = icecast.hook(await request.read())
        except icecast.Malformed as error:
            self.refusals.note("hook_malformed", request.path[:100], reason=str(error))
            return web.Response(status=400)
        known = of_ingest(hook.mount)
        if hook.action == "stream_auth":
            return self._authorise(hook, known[0] if known is not None else None)
        if known is not None:
            slug, slot = known
            self.onair.observe(slug, EncoderConnected(slot) if hook.action == "mount_add" else EncoderGone(slot))
            self.poller.ask()
        return web.Response()

    def _authorise(self, hook: icecast.Hook, slug: str | None) -> web.Response:
        verdict = self.stations.authorise_encoder(hook.mount, hook.key)
        if not verdict.allowed or slug is None:
            # The user is left out of the log: some people type the key there.
            self.refusals.note("encoder_refused", hook.ip, mount=hook.mount, reason=verdict.reason)
            if slug is not None and not hook.metadata:
                self._tell_of_refusal(slug, verdict, hook.ip)
            return web.Response(headers={"icecast-auth-message": "refused"})
        if not hook.metadata:
            log.info("encoder_accepted", mount=hook.mount, host=verdict.host, ip=hook.ip)
            self.onair.observe(slug, EncoderAuthorised(verdict.key_id, verdict.host, verdict.slot))
            use = partial(station_table.use_key, key_id=verdict.key_id, at_ms=self.clock.now_ms())
            self.onair.journal.put(use)
        return web.Response(headers={"icecast-auth-user": "1"})

    def _tell_of_refusal(self, slug: str, verdict: Verdict, address: str) -> None:
        now, subject = self.clock.monotonic_s(), (slug, verdict.host)
        # An encoder tries again and again.
        if now < self._quiet_until_s.get(subject, 0.0) or self.onair.get(slug) is None:
            return
        if verdict.locked_until is None:
            quiet_s = WRONG_KEY_QUIET_S
            message = "An encoder was refused: its key is wrong, revoked, or not for this station."
            self.onair.incident(slug, "wrong_key", message, address or None)
        else:
            quiet_s = (verdict.locked_until - self.clock.now_ms()) / 1000
            message = f"{verdict.host}'s encoder was refused: its key works again in {duration_text(quiet_s)}."
            self.onair.incident(slug, "locked_key", message, address or None)
        self._quiet_until_s[subject] = now + quiet_s

    async def _liquidsoap(self, request: web.Request) -> web.Response:
        if not _is_authorised(request, PIPELINE_USER, self.pipeline_secret):
            self.refusals.note("hook_unauthorised", request.remote or "")
            return web.Response(status=401)
        try:
            state = liquidsoap.state(await request.read())
        except liquidsoap.Malformed as error:
            self.refusals.note("hook_malformed", request.path[:100], reason=str(error))
            return web.Response(status=400)
        self.pipelines.take(request.match_info["slug"], state)
        return web.Response()


def _is_authorised(request: web.Request, user: str, secret: str) -> bool:
    given = request.headers.get("Authorization", "")
    token = base64.b64encode(f"{user}:{secret}".encode()).decode()
    return hmac.compare_digest(given.encode(), f"Basic {token}".encode())
