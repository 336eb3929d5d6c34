"""The checked-in AsyncAPI document, and whether what travels is as it says."""

import json
from collections.abc import Callable
from functools import cache
from typing import Any

import jsonschema_rs
from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from tests.support.paths import PROJECT

SNAPSHOT, CHAT_SNAPSHOT = "snapshot", "chat:snapshot"
"""What an event stream begins with: all, or the chat where the rest was recovered."""
FLOATS = st.floats(allow_nan=False, allow_infinity=False)
SCALARS = st.none() | st.booleans() | st.integers(-(2**53), 2**53) | FLOATS | st.text(max_size=20)
ANYTHING: SearchStrategy[Any] = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=5,
)
"""Any JSON value."""


@cache
def document() -> dict[str, Any]:
    """Return the document."""
    found: dict[str, Any] = json.loads((PROJECT / "docs/reference/asyncapi.json").read_text(encoding="utf-8"))
    return found


def messages() -> dict[str, dict[str, Any]]:
    """Return the messages by name; the ack of a request has `.ack` at its end."""
    found: dict[str, dict[str, Any]] = document()["channels"]["socket"]["messages"]
    return found


def requests() -> list[str]:
    """Return the names of the requests that the server takes."""
    operations = document()["operations"].values()
    return sorted(each["messages"][0]["$ref"].rpartition("/")[2] for each in operations if each["action"] == "receive")


def example(message: str) -> dict[str, Any]:
    """Return the document's example of a message."""
    found: dict[str, Any] = messages()[message]["examples"][0]["payload"]
    return found


def problems(message: str, value: object) -> list[str]:
    """Return how a value differs from what the document says of a message; nothing for those of tests alone."""
    if message.startswith(("test:", "toy:")):
        return []
    if message == SNAPSHOT:
        return problems_of_schema("Snapshot", value)
    if message == CHAT_SNAPSHOT and isinstance(value, dict):
        return problems_of_schema("ChatState", value["chat"])
    if message not in messages():
        return [f"{message}: not in the document"]
    return problems_of_schema(_schema_name(message), value)


def problems_of_schema(name: str, value: object) -> list[str]:
    """Return how a value differs from a schema of the document."""
    return [f"{name} {error.instance_path}: {error.message}" for error in _validator(name).iter_errors(value)]


def valid_bodies(request: str) -> SearchStrategy[Any]:
    """Return a strategy of bodies that the document allows."""
    return _values(_schema(request)).filter(lambda body: problems(request, body) == [])


def invalid_bodies(request: str) -> SearchStrategy[Any]:
    """Return a strategy of bodies that the document does not allow."""
    fields = st.sampled_from([*_schema(request).get("properties", {}), "unknown"])
    changed = st.tuples(valid_bodies(request), fields, ANYTHING).map(lambda drawn: {**drawn[0], drawn[1]: drawn[2]})
    # No body is an empty one.
    bodies = st.one_of(changed, ANYTHING.filter(lambda body: body is not None))
    return bodies.filter(lambda body: problems(request, _without_nulls(body)) != [])


def _without_nulls(body: object) -> object:
    """Leave out the fields that are null, as the server does before it looks at the rest."""
    return {name: value for name, value in body.items() if value is not None} if isinstance(body, dict) else body


def _schema(request: str) -> dict[str, Any]:
    name = _schema_name(request)
    found: dict[str, Any] = document()["components"]["schemas"][name]
    return found


def _values(schema: dict[str, Any]) -> SearchStrategy[Any]:
    if "$ref" in schema:
        return _values(document()["components"]["schemas"][schema["$ref"].rpartition("/")[2]])
    if "anyOf" in schema:
        return st.one_of(*map(_values, schema["anyOf"]))
    if "enum" in schema:
        return st.sampled_from(schema["enum"])
    return OF_TYPE[schema["type"]](schema)


def _objects(schema: dict[str, Any]) -> SearchStrategy[Any]:
    fields = {name: _values(field) for name, field in schema.get("properties", {}).items()}
    required = {name: fields.pop(name) for name in schema.get("required", ())}
    return st.fixed_dictionaries(required, optional=fields)


def _texts(schema: dict[str, Any]) -> SearchStrategy[str]:
    if "pattern" in schema:
        return st.from_regex(schema["pattern"], fullmatch=True)
    return st.text(max_size=schema.get("maxLength", 20))


OF_TYPE: dict[str, Callable[[dict[str, Any]], SearchStrategy[Any]]] = {
    "object": _objects,
    "string": _texts,
    "integer": lambda schema: st.integers(schema.get("minimum"), schema.get("maximum", 2**53)),
    "number": lambda schema: st.floats(schema.get("minimum"), allow_nan=False, allow_infinity=False),
    "boolean": lambda _schema: st.booleans(),
    "null": lambda _schema: st.none(),
}


@cache
def _validator(name: str) -> Any:
    schema = {"$ref": f"#/components/schemas/{name}", "components": document()["components"]}
    return jsonschema_rs.validator_for(schema)


def _schema_name(message: str) -> str:
    name: str = messages()[message]["payload"]["$ref"].rpartition("/")[2]
    return name
