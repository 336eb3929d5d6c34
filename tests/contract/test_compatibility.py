"""Programs that were written to the released references go on working, or the changelog says what is lost."""

import copy
import json
from collections.abc import Callable
from functools import reduce
from pathlib import Path
from typing import Any

import pytest

from tests.support.compatibility import breaks
from tests.support.paths import PROJECT

REFERENCE = PROJECT / "docs/reference"


def read(path: Path) -> dict[str, Any]:
    document: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return document


@pytest.mark.parametrize("name", ["openapi.json", "asyncapi.json"])
def test_what_was_released_is_kept_or_its_loss_is_in_the_changelog(name: str) -> None:
    changelog = (PROJECT / "CHANGELOG.md").read_text(encoding="utf-8").split("\n## ")[1]
    lost = breaks(read(REFERENCE / "released" / name), read(REFERENCE / name))
    unnamed = [f"`{each}`" for each in lost if f"`{each}`" not in changelog]
    assert not unnamed, f"put back what is lost, or name it under Unreleased in CHANGELOG.md: {', '.join(unnamed)}"


def at(*path: str) -> Callable[[dict[str, Any]], Any]:
    """Return a function that finds a part of a document."""
    return lambda document: reduce(lambda part, name: part[name], path, document)


SCHEMAS = at("components", "schemas")
INTEGER_OR_STRING = [{"type": "integer"}, {"type": "string"}]


@pytest.mark.parametrize(
    ("name", "change", "lost"),
    [
        ("openapi.json", lambda api: api["paths"].pop("/api/v1/stations"), ["GET /api/v1/stations"]),
        (
            "openapi.json",
            lambda api: SCHEMAS(api)["BanView"]["properties"].pop("name"),
            ["GET /api/v1/admin/bans.bans.name", "POST /api/v1/admin/bans.name"],
        ),
        (
            "openapi.json",
            lambda api: SCHEMAS(api)["BanRequest"]["properties"]["reason"].update(maxLength=100),
            ["POST /api/v1/admin/bans.reason"],
        ),
        (
            "openapi.json",
            lambda api: SCHEMAS(api)["BanRequest"]["required"].append("reason"),
            ["POST /api/v1/admin/bans.reason"],
        ),
        (
            "openapi.json",
            lambda api: at("paths", "/api/v1/admin/users", "get", "parameters")(api).pop(1),
            ["GET /api/v1/admin/users.cursor"],
        ),
        (
            "asyncapi.json",
            lambda api: at("channels", "socket", "messages")(api).pop("stream:stopped"),
            ["stream:stopped"],
        ),
        (
            "asyncapi.json",
            lambda api: SCHEMAS(api)["StreamMetadata"]["properties"].pop("host"),
            ["stream:metadata.host", "stream:join.ack.missed.data.host"],
        ),
        (
            "asyncapi.json",
            lambda api: SCHEMAS(api)["StreamStarted"]["required"].remove("broadcast_id"),
            ["stream:started.broadcast_id"],
        ),
        (
            "asyncapi.json",
            lambda api: SCHEMAS(api)["StreamJoin"]["properties"]["station"].update(pattern="^[a-z]+$"),
            ["stream:join.station"],
        ),
        (
            "asyncapi.json",
            lambda api: SCHEMAS(api)["StreamListeners"]["properties"].update(peak={"anyOf": INTEGER_OR_STRING}),
            ["stream:listeners.peak"],
        ),
        (
            "asyncapi.json",
            lambda api: SCHEMAS(api)["StreamListeners"]["properties"]["peak"].pop("type"),
            ["stream:listeners.peak"],
        ),
        (
            "asyncapi.json",
            lambda api: SCHEMAS(api)["StreamQuality"]["properties"]["reasons"].pop("items"),
            ["stream:quality.reasons"],
        ),
        (
            "asyncapi.json",
            lambda api: SCHEMAS(api)["HeartbeatAnswer"]["properties"]["seqs"]["patternProperties"].clear(),
            ["stream:heartbeat.ack.seqs"],
        ),
        (
            "asyncapi.json",
            lambda api: at("channels", "socket", "x-disconnects")(api)[2].update(advice="stop"),
            ["disconnect going_away"],
        ),
        (
            "asyncapi.json",
            lambda api: at("channels", "socket", "x-logs", "stream")(api).update(seconds=1),
            ["log stream"],
        ),
        (
            "asyncapi.json",
            lambda api: at("operations", "stream_join")(api).update({"x-permission": "account:see"}),
            ["stream_join x-permission"],
        ),
        (
            "openapi.json",
            lambda api: at("paths", "/api/v1/stations", "get")(api).update({"x-permission": "account:see"}),
            ["GET /api/v1/stations x-permission"],
        ),
        (
            "openapi.json",
            lambda api: at("paths", "/api/v1/stations", "get")(api).update(security=[{"token": []}]),
            ["GET /api/v1/stations security"],
        ),
        (
            "openapi.json",
            lambda api: at("paths", "/api/v1/stations", "get")(api).update(operationId="list"),
            ["GET /api/v1/stations operationId"],
        ),
        (
            "openapi.json",
            lambda api: at("paths", "/api/v1/me", "get", "responses")(api).pop("200"),
            ["GET /api/v1/me 200"],
        ),
        (
            "openapi.json",
            lambda api: at("paths", "/api/v1/me", "get", "responses", "200")(api).update(content={"text/plain": {}}),
            ["GET /api/v1/me 200"],
        ),
        (
            "openapi.json",
            lambda api: SCHEMAS(api)["ErrorBody"]["properties"].pop("retryable"),
            ["GET /api/v1/me 401.error.retryable"],
        ),
        (
            "openapi.json",
            lambda api: SCHEMAS(api)["BanRequest"]["properties"]["seconds"].update(exclusiveMaximum=10),
            ["POST /api/v1/admin/bans.seconds"],
        ),
        (
            "openapi.json",
            lambda api: SCHEMAS(api)["StationRole"]["enum"].remove("host"),
            ["POST /api/v1/stations/{slug}/invitations.role"],
        ),
        ("asyncapi.json", lambda api: SCHEMAS(api)["Connect"]["properties"].pop("token"), ["connect.auth.token"]),
        (
            "asyncapi.json",
            lambda api: SCHEMAS(api)["ConnectError"]["required"].remove("data"),
            ["connect.refused.data"],
        ),
        ("asyncapi.json", lambda api: at("channels", "socket")(api).update(address="/elsewhere/"), ["address"]),
        ("asyncapi.json", lambda api: at("operations", "stream_join")(api).pop("reply"), ["stream_join reply"]),
    ],
)
def test_a_loss_is_found_and_named(name: str, change: Callable[[dict[str, Any]], object], lost: list[str]) -> None:
    before = read(REFERENCE / name)
    after = copy.deepcopy(before)
    change(after)
    assert set(lost) <= set(breaks(before, after))


@pytest.mark.parametrize(
    ("name", "change"),
    [
        ("openapi.json", lambda api: api["paths"].update({"/api/v1/new": {}})),
        ("openapi.json", lambda api: SCHEMAS(api)["BanView"]["properties"].update(more={"type": "string"})),
        ("openapi.json", lambda api: SCHEMAS(api)["BanRequest"]["properties"].update(more={"type": "string"})),
        ("asyncapi.json", lambda api: SCHEMAS(api)["StreamStarted"]["required"].append("host")),
        ("asyncapi.json", lambda api: SCHEMAS(api)["StreamJoin"]["properties"]["epoch"].pop("maxLength")),
        ("asyncapi.json", lambda api: SCHEMAS(api)["StopReason"]["enum"].append("new")),
        ("openapi.json", lambda api: at("paths", "/api/v1/me", "get", "responses")(api).pop("403")),
    ],
)
def test_an_addition_is_no_loss(name: str, change: Callable[[dict[str, Any]], object]) -> None:
    before = read(REFERENCE / name)
    after = copy.deepcopy(before)
    change(after)
    assert breaks(before, after) == []
