"""The HTTP API as an OpenAPI 3.1 document."""

import re
from collections.abc import Iterable, Mapping

from pydantic import BaseModel, TypeAdapter

from controlplane.kernel.permissions import Permission
from controlplane.kernel.quotas import Quota
from controlplane.protocol.endpoint import JSON, OCTETS, PICTURE, Endpoint
from controlplane.protocol.errors import ErrorAnswer
from controlplane.protocol.paging import Query
from controlplane.protocol.reference import responses
from controlplane.protocol.reference.examples import example_of
from controlplane.protocol.reference.schemas import TITLE, VERSION, Schema, ref, schemas, summary_of, use_of
from controlplane.protocol.types import Id, Slug

PATH_PARAMETERS: dict[str, Schema] = {
    "slug": {"description": "The station's slug.", "schema": TypeAdapter(Slug).json_schema()},
    "id": {"description": "The id, as an answer has it.", "schema": TypeAdapter(Id).json_schema()},
}
PARAMETER = re.compile(r"\{(\w+)\}")
EVENT_STREAM_MEDIA = "text/event-stream"
EVENT_STREAM = (
    "Server-sent events, with the schemas of the AsyncAPI document: first a `snapshot` with a `Snapshot`, or after a "
    "known `Last-Event-ID` the events that were missed; then each event of the station. The `id` of an event is its "
    "position, `<epoch>:<seq>`. The last one is `server:going_away`; its `retry` says when to connect again."
)
CONTENTS = {
    EVENT_STREAM_MEDIA: EVENT_STREAM,
    OCTETS: "A part of a file.",
    PICTURE: "A picture.",
    "audio/*": "A file.",
    "image/jpeg": "A JPEG.",
    "image/png": "A PNG.",
    "application/manifest+json": "A web app manifest (https://www.w3.org/TR/appmanifest/).",
    "audio/x-mpegurl": "An M3U playlist.",
    "audio/x-scpls": "A PLS playlist.",
}
"""The contents of answers that are not JSON, by media type."""
LAST_EVENT_ID: Schema = {
    "name": "Last-Event-ID",
    "in": "header",
    "description": "The `id` of the newest event that was seen. Browsers send it by themselves.",
    "schema": {"type": "string", "examples": ["9f86d081884c7d65:41"]},
}
INTRODUCTION = (
    "Requests and answers are JSON. Send an access token as `Authorization: Bearer <token>`; `POST /api/v1/auth/guest` "
    "gives one to anybody. An error has one shape, `ErrorAnswer`, and a fitting status. A field of a request that is "
    "null counts as left out. Ignore fields that you do not know: later versions may add some. What happens at a "
    "station is sent over Socket.IO, which the AsyncAPI document describes, or as server-sent events."
)


def openapi(routes: Iterable[Endpoint], rates: Mapping[Quota, str]) -> Schema:
    """Return the document, with the rates of the quotas."""
    routes = sorted(routes, key=lambda route: (route.path, route.method))
    sent = [route.answer for route in routes if route.answer is not None]
    components = schemas([*sent, ErrorAnswer], [route.body for route in routes if route.body is not None])
    paths: dict[str, Schema] = {}
    for route in routes:
        paths.setdefault(route.path, {})[route.method.lower()] = _operation(route, components, rates)
    return {
        "openapi": "3.1.0",
        "info": {"title": TITLE, "version": VERSION, "description": INTRODUCTION},
        "servers": [{"url": "/"}],
        "paths": paths,
        "components": {
            "schemas": components,
            "responses": responses.components(),
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"}},
        },
    }


def _operation(route: Endpoint, components: dict[str, Schema], rates: Mapping[Quota, str]) -> Schema:
    named = PARAMETER.findall(route.path)
    parameters: list[Schema] = [
        {"name": name, "in": "path", "required": True, **PATH_PARAMETERS[name]} for name in named
    ]
    if route.query is not None:
        parameters += _parameters(route.query, "query")
    if route.headers is not None:
        parameters += _parameters(route.headers, "header")
    if route.media == EVENT_STREAM_MEDIA:
        parameters.append(LAST_EVENT_ID)
    item: Schema = {
        "summary": route.summary.partition("\n")[0],
        "description": f"{route.summary}\n\n{use_of(route.permission, route.quota, rates)}",
        "operationId": route.operation,
        "tags": [route.operation.partition("_")[0]],
        "x-permission": route.permission.value,
        "x-quota": route.quota.value,
        "parameters": parameters,
        "responses": {
            str(route.status): _content(route.answer, route.media, components),
            **responses.of(route),
        },
        "security": [] if route.permission is Permission.PUBLIC else [{"token": []}],
    }
    if route.body is not None:
        needed = any(field.is_required() for field in route.body.model_fields.values())
        needed = needed or "minProperties" in components[route.body.__name__]
        item["requestBody"] = {**_content(route.body, route.takes, components), "required": needed}
    elif route.takes != JSON:
        # A request that begins an upload may have its first part.
        needed = route.takes != OCTETS
        item["requestBody"] = {"description": CONTENTS[route.takes], "content": {route.takes: {}}, "required": needed}
    return item


def _parameters(model: type[Query], place: str) -> list[Schema]:
    schema = schemas((), [model])[model.__name__]
    needed = schema.get("required", [])
    return [
        {
            "name": name,
            "in": place,
            **({"required": True} if name in needed else {}),
            "description": schema.get("description", ""),
            "schema": {key: value for key, value in schema.items() if key != "description"},
        }
        for name, schema in schema["properties"].items()
    ]


def _content(model: type[BaseModel] | None, media: str, components: dict[str, Schema]) -> Schema:
    if not media:
        return {"description": "It has no body."}
    if model is None:
        return {"description": CONTENTS.get(media, "Plain text."), "content": {media: {}}}
    schema = ref(model.__name__)
    shown = {"schema": schema, "example": example_of(schema, components)}
    return {"description": summary_of(model), "content": {media: shown}}
