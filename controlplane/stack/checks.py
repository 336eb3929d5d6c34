"""Checks before and while the stack runs; each problem is one sentence."""

import shutil

import httpx
from redis.asyncio import Redis
from redis.exceptions import RedisError

from controlplane.db import stations
from controlplane.db.engine import connect, reading
from controlplane.icecast.client import IcecastClient
from controlplane.icecast.config import IcecastConfig
from controlplane.kernel.errors import ConfigError, Upstream
from controlplane.liquidsoap.client import PipelineClient
from controlplane.runtime.config import Settings
from controlplane.runtime.paths import Paths
from controlplane.runtime.secrets import load_or_create
from controlplane.web.listen import bind

ICECAST = "icecast2"

REDIS_TIMEOUT_S = 2.0


def programs(settings: Settings) -> list[str]:
    """Return a sentence for each missing program."""
    wanted = {ICECAST: ICECAST, settings.pipeline.program: "liquidsoap", "ffmpeg": "ffmpeg"}
    return [
        f"{program} is not installed: `make run` installs it, or `apt-get install {package}`"
        for program, package in wanted.items()
        if shutil.which(program) is None
    ]


def ports(settings: Settings) -> list[str]:
    """Return a sentence for each port that cannot be used."""
    wanted = [
        ("AWAZ__HTTP__PORT", settings.http.host, settings.http.port, "the web pages and the API"),
        ("AWAZ__ICECAST__PORT", settings.icecast.bind, settings.icecast.port, "Icecast"),
        ("AWAZ__HOOKS__PORT", settings.hooks.host, settings.hooks.port, "the hooks"),
    ]
    taken = []
    for variable, host, port, what in wanted:
        try:
            bind(host, port).close()
        except OSError as error:
            taken.append(f"port {port} for {what} cannot be used ({error.strerror}): free it, or set {variable}")
    numbers = [port for _, _, port, _ in wanted]
    if len(set(numbers)) < len(numbers):
        taken.append("the ports of the web pages, Icecast and the hooks must differ")
    return taken


def template(settings: Settings) -> list[str]:
    """Return a sentence for each fault of icecast.xml."""
    try:
        IcecastConfig(settings, Paths.of(settings), settings.icecast.template).content([])
    except ConfigError as error:
        return error.problems
    return []


async def reachable(settings: Settings) -> list[str]:
    """Return a sentence for each part of the running stack that does not answer."""
    problems = []
    engine = connect(settings.database_url)
    try:
        async with reading(engine) as connection:
            rows = await stations.everything(connection)
    except Upstream as error:
        return [f"database.url: {error}"]
    finally:
        await engine.dispose()
    paths = Paths.of(settings)
    address = f"http://{settings.icecast.host}:{settings.icecast.port}"
    login = (settings.icecast.admin_user, load_or_create(paths.secrets, "icecast-admin"))
    async with httpx.AsyncClient(base_url=address, auth=login, timeout=5.0, trust_env=False) as http:
        try:
            await IcecastClient(http).stats()
        except Upstream as error:
            problems.append(f"icecast at {address}: {error}")
    for row in rows:
        try:
            await PipelineClient(paths.pipeline_socket(row.slug)).status()
        except Upstream as error:
            problems.append(str(error))
    return problems + await _redis(settings.limits.redis_url)


async def _redis(url: str) -> list[str]:
    if not url:
        return []
    client = Redis.from_url(url, socket_timeout=REDIS_TIMEOUT_S, socket_connect_timeout=REDIS_TIMEOUT_S)
    try:
        await client.ping()
    except (RedisError, OSError) as error:
        return [f"limits.redis_url: Redis does not answer: {error}"]
    finally:
        await client.aclose()
    return []
