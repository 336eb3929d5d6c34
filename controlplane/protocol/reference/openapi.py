"""The HTTP API as an OpenAPI 3.1 document."""

from collections.abc import Iterable
from http import HTTPStatus

from pydantic import BaseModel

from controlplane.kernel.permissions import Permission
from controlplane.protocol.endpoint import JSON, Endpoint
from controlplane.protocol.errors import ErrorAnswer
from controlplane.protocol.paging import Query
from controlplane.protocol.reference.examples import example_of
from controlplane.protocol.reference.schemas import TITLE, VERSION, Schema, ref, schemas, summary_of, without_null

PATH_PARAMETERS: dict[str, Schema] = {
    "slug": {"description": "The station's slug.", "example": "awaz", "schema": {"type": "string"}},
    "id": {"description": "An id, as an answer has it.", "example": "4f1b0c9d2e7a5f38", "schema": {"type": "string"}},
}
EVENT_STREAM_MEDIA = "text/event-stream"
EVENT_STREAM = (
    "Server-sent events, with the schemas of the AsyncAPI document: first a `snapshot` with a `Snapshot`, or after a "
    "known `Last-Event-ID` the events that were missed; then each event of the station. The `id` of an event is its "
    "position, `<epoch>:<seq>`. The last one is `server:going_away`; its `retry` says when to connect again."
)
LAST_EVENT_ID: Schema = {
    "name": "Last-Event-ID",
    "in": "header",
    "description": "The `id` of the newest event that was seen. Browsers send it by themselves.",
    "schema": {"type": "string", "examples": ["9f86d081884c7d65:41"]},
}
RETRY_AFTER: Schema = {
    "Retry-After": {"description": "Seconds after which trying again makes sense.", "schema": {"type": "integer"}}
}
REFUSALS = {
    HTTPStatus.BAD_REQUEST: "The request is not what the operation takes.",
    HTTPStatus.UNAUTHORIZED: "No token, or one that is not valid.",
    HTTPStatus.FORBIDDEN: "The permission is missing, or the person is banned.",
    HTTPStatus.NOT_FOUND: "There is no such thing.",
    HTTPStatus.TOO_MANY_REQUESTS: "The quota is used up.",
    HTTPStatus.SERVICE_UNAVAILABLE: "The server is busy, or a part of it does not answer; nothing was changed.",
}


def openapi(routes: Iterable[Endpoint]) -> Schema:
    """Return the document."""
    routes = sorted(routes, key=lambda route: (route.path, route.method))
    sent = [route.answer for route in routes if route.answer is not None]
    components = schemas([*sent, ErrorAnswer], [route.body for route in routes if route.body is not None])
    paths: dict[str, Schema] = {}
    for route in routes:
        paths.setdefault(route.path, {})[route.method.lower()] = _operation(route, components)
    return {
        "openapi": "3.1.0",
        "info": {"title": TITLE, "version": VERSION},
        "servers": [{"url": "/"}],
        "paths": paths,
        "components": {
            "schemas": components,
            "responses": {**{_name(status): _refusal(status) for status in REFUSALS}, "Failed": _refusal(None)},
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"}},
        },
    }


def _operation(route: Endpoint, components: dict[str, Schema]) -> Schema:
    named = [part.strip("{}") for part in route.path.split("/") if part.startswith("{")]
    parameters: list[Schema] = [
        {"name": name, "in": "path", "required": True, **PATH_PARAMETERS[name]} for name in named
    ]
    if route.query is not None:
        parameters += _query_parameters(route.query)
    if route.media == EVENT_STREAM_MEDIA:
        parameters.append(LAST_EVENT_ID)
    item: Schema = {
        "summary": route.summary.partition("\n")[0],
        "description": route.summary,
        "operationId": route.operation,
        "tags": [route.operation.partition("_")[0]],
        "x-permission": route.permission.value,
        "x-quota": route.quota.value,
        "parameters": parameters,
        "responses": {
            "200": _content(route.answer, route.media, components),
            **{str(int(status)): _response(_name(status)) for status in _refusals(route)},
            "default": _response("Failed"),
        },
        "security": [] if route.permission is Permission.PUBLIC else [{"token": []}],
    }
    if route.body is not None:
        needed = any(field.is_required() for field in route.body.model_fields.values())
        item["requestBody"] = {**_content(route.body, JSON, components), "required": needed}
    return item


def _query_parameters(query: type[Query]) -> list[Schema]:
    found = schemas((), [query])[query.__name__]["properties"]
    return [
        {
            "name": name,
            "in": "query",
            "description": schema.get("description", ""),
            "schema": {key: value for key, value in without_null(schema).items() if key != "description"},
        }
        for name, schema in found.items()
    ]


def _content(model: type[BaseModel] | None, media: str, components: dict[str, Schema]) -> Schema:
    if model is None:
        return {"description": EVENT_STREAM if media == EVENT_STREAM_MEDIA else "The text.", "content": {media: {}}}
    schema = ref(model.__name__)
    shown = {"schema": schema, "example": example_of(schema, components)}
    return {"description": summary_of(model), "content": {media: shown}}


def _refusals(route: Endpoint) -> list[HTTPStatus]:
    """List the refusals of a route that clients must be ready for."""
    asked = route.body is not None or route.query is not None
    found = {
        HTTPStatus.BAD_REQUEST: asked,
        HTTPStatus.UNAUTHORIZED: True,
        HTTPStatus.FORBIDDEN: True,
        HTTPStatus.NOT_FOUND: "{" in route.path,
        HTTPStatus.TOO_MANY_REQUESTS: True,
        HTTPStatus.SERVICE_UNAVAILABLE: True,
    }
    return [status for status, may in found.items() if may]


def _name(status: HTTPStatus) -> str:
    return status.phrase.replace(" ", "")


def _response(name: str) -> Schema:
    return {"$ref": f"#/components/responses/{name}"}


def _refusal(status: HTTPStatus | None) -> Schema:
    retried = status in {HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.SERVICE_UNAVAILABLE}
    return {
        "description": REFUSALS[status] if status is not None else "The request failed.",
        "content": {JSON: {"schema": ref(ErrorAnswer.__name__)}},
        **({"headers": RETRY_AFTER} if retried else {}),
    }
