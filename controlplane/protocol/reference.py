"""The references, made from what the code declares. Pure; the output is sorted, so that drift shows as a diff."""

import inspect
import json
from collections.abc import Iterable
from typing import Any

from pydantic import BaseModel
from pydantic.fields import FieldInfo
from pydantic.json_schema import models_json_schema

from controlplane.kernel.permissions import ANONYMOUS, PLATFORM_ROLES, STATION_ROLES, Permission, allows
from controlplane.kernel.quotas import Quota
from controlplane.protocol.base import Event, Request
from controlplane.protocol.delivery import Audience
from controlplane.protocol.endpoint import Endpoint
from controlplane.runtime.config import ENV_PREFIX, Section, Settings

TITLE = "Awaz Pulse"
VERSION = "0.1.0"


def asyncapi(events: Iterable[type[Event]], requests: Iterable[type[Request]]) -> dict[str, Any]:
    """Return the Socket.IO events, both ways, as an AsyncAPI 3 document."""
    models: tuple[type[Any], ...] = (*events, *requests)
    messages = {
        model.name: {
            "name": model.name,
            "summary": _first_line(model),
            "description": _text(model),
            "payload": {"$ref": f"#/components/schemas/{model.__name__}"},
        }
        for model in models
    }
    channel = {"$ref": "#/channels/socket"}
    operations = {
        _operation(model): {
            "action": "receive" if issubclass(model, Request) else "send",
            "channel": channel,
            "messages": [{"$ref": f"#/channels/socket/messages/{model.name}"}],
            **_declared(model),
        }
        for model in models
    }
    return {
        "asyncapi": "3.0.0",
        "info": {"title": TITLE, "version": VERSION, "description": inspect.getdoc(inspect.getmodule(Event))},
        "channels": {"socket": {"address": "/socket.io/", "messages": messages}},
        "operations": operations,
        "components": {"schemas": _schemas(models, "#/components/schemas/{model}")},
    }


def openapi(routes: Iterable[Endpoint]) -> dict[str, Any]:
    """Return the HTTP API as an OpenAPI 3.1 document."""
    routes = sorted(routes, key=lambda route: (route.path, route.method))
    bodies = {model for route in routes for model in (route.body, route.answer) if model is not None}
    paths: dict[str, dict[str, Any]] = {}
    for route in routes:
        paths.setdefault(route.path, {})[route.method.lower()] = _path_item(route)
    schemas = _schemas(sorted(bodies, key=lambda model: model.__name__), "#/components/schemas/{model}")
    return {
        "openapi": "3.1.0",
        "info": {"title": TITLE, "version": VERSION},
        "paths": paths,
        "components": {
            "schemas": schemas,
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"}},
        },
    }


def deliveries(events: Iterable[type[Event]]) -> str:
    """Return a TypeScript module of how each event is delivered, for the client library."""
    lines = [f'  "{event.name}": "{event.delivery.value}",' for event in sorted(events, key=lambda each: each.name)]
    return "\n".join(
        [
            "// Made by `awaz docs` from controlplane/protocol.",
            "",
            "/** How each event is delivered: numbered and recovered, only the newest value, or once. */",
            "export const DELIVERY: Readonly<Record<string, Delivery>> = {",
            *lines,
            "};",
            "",
            'export type Delivery = "ordered" | "latest" | "transient";',
            "",
        ]
    )


def configuration() -> str:
    """Return the page of all settings as Markdown."""
    lines = [
        "# Configuration",
        "",
        "Made by `awaz docs` from `controlplane/runtime/config.py`. Later wins: default, `awaz.toml`, environment,",
        "a file named by the variable with `_FILE` at its end.",
        "",
        "| setting | variable | default | what it is |",
        "| --- | --- | --- | --- |",
    ]
    for name, field in Settings.model_fields.items():
        section = field.annotation
        if isinstance(section, type) and issubclass(section, Section):
            lines += [_setting((name, inner), about) for inner, about in section.model_fields.items()]
        else:
            lines.append(_setting((name,), field))
    return "\n".join(lines) + "\n"


ALL_ROLES = (*PLATFORM_ROLES, *STATION_ROLES, ANONYMOUS)


def permissions(routes: Iterable[Endpoint], requests: Iterable[type[Request]]) -> str:
    """Return the permission and quota of every route and request, and the roles that have it, as Markdown."""
    asked: list[tuple[str, Permission, Quota]] = [
        *((f"`{route.method} {route.path}`", route.permission, route.quota) for route in routes),
        *((f"`{request.name}`", request.permission, request.quota) for request in requests),
    ]
    lines = [
        "# Permissions",
        "",
        "Made by `awaz docs` from `controlplane/kernel/permissions.py`, the routes and the events. Roles come from the",
        "database; owner, host, moderator and listener are roles at one station, and count there only. How often, by",
        "quota, is set under `limits` in [configuration.md](configuration.md). Taking a role away",
        "(`DELETE …/members/{id}`) is for oneself; another's needs `station:manage_members`.",
        "",
        f"| route or event | permission | quota | {' | '.join(ALL_ROLES)} |",
        f"| --- | --- | --- |{' --- |' * len(ALL_ROLES)}",
    ]
    for name, permission, quota in sorted(asked):
        may = " | ".join("yes" if _holds(role, permission) else "" for role in ALL_ROLES)
        lines.append(f"| {name} | `{permission}` | `{quota}` | {may} |")
    return "\n".join(lines) + "\n"


def _holds(role: str, permission: Permission) -> bool:
    # Whoever has a role at a station is a user, too.
    return allows(frozenset({role, "user"} if role in STATION_ROLES else {role}), permission)


def dumps(document: dict[str, Any]) -> str:
    """Return a document as it is checked in."""
    return json.dumps(document, indent=2, ensure_ascii=False, sort_keys=True) + "\n"


def _setting(path: tuple[str, ...], field: FieldInfo) -> str:
    variable = ENV_PREFIX + "__".join(path).upper()
    default = field.get_default(call_default_factory=True, validated_data={})
    shown = "" if default in ("", []) else f"`{default}`"
    return f"| `{'.'.join(path)}` | `{variable}` | {shown} | {field.description or ''} |"


def _path_item(route: Endpoint) -> dict[str, Any]:
    named = [part.strip("{}") for part in route.path.split("/") if part.startswith("{")]
    item: dict[str, Any] = {
        "summary": route.summary,
        "operationId": route.operation,
        "x-permission": route.permission.value,
        "parameters": [
            *({"name": name, "in": "path", "required": True, "schema": {"type": "string"}} for name in named),
            *(
                {"name": name, "in": "query", "schema": {"type": "integer", "minimum": 1, "maximum": largest}}
                for name, largest in route.numbers.items()
            ),
        ],
        "responses": {
            "200": _body(route.answer, "what was asked for", route.media),
            "default": {"description": "`{error: {code, message, retryable}}`"},
        },
        "security": [] if route.permission.value == "public" else [{"token": []}],
    }
    if route.body is not None:
        needed = any(field.is_required() for field in route.body.model_fields.values())
        item["requestBody"] = {**_body(route.body, "the body"), "required": needed}
    return item


def _body(model: type[BaseModel] | None, description: str, media: str = "application/json") -> dict[str, Any]:
    schema = {"$ref": f"#/components/schemas/{model.__name__}"} if model is not None else {}
    return {"description": description, "content": {media: {"schema": schema}}}


def _schemas(models: Iterable[type[BaseModel]], reference: str) -> dict[str, Any]:
    _, schema = models_json_schema([(model, "validation") for model in models], ref_template=reference)
    definitions: dict[str, Any] = schema.get("$defs", {})
    return definitions


def _declared(model: type[Any]) -> dict[str, Any]:
    if issubclass(model, Request):
        return {"x-permission": model.permission.value}
    audience = [each.name.lower() for each in Audience if each in model.audience and each.name]
    return {"x-delivery": model.delivery.value, "x-audience": audience}


def _operation(model: type[Any]) -> str:
    return str(model.name).replace(":", "_")


def _text(model: type[Any]) -> str:
    return inspect.getdoc(model) or ""


def _first_line(model: type[Any]) -> str:
    return _text(model).partition("\n")[0]
