"""An example of every message, put together from those of its fields."""

from typing import Any

from controlplane.protocol.reference.schemas import Schema

SCALARS: dict[str, Any] = {"boolean": False, "integer": 0, "number": 0.0, "string": "", "null": None}


def example_of(schema: Schema, components: dict[str, Schema]) -> Any:  # noqa: ANN401 - any JSON value
    """Return a value that a schema allows: its own example, or one made of those of its parts."""
    while "$ref" in schema and "examples" not in schema:
        schema = components[schema["$ref"].rpartition("/")[2]]
    given = [schema[name] for name in ("const", "default") if name in schema]
    given += [schema[name][0] for name in ("examples", "enum") if name in schema]
    return given[0] if given else _composed(schema, components)


def _composed(schema: Schema, components: dict[str, Schema]) -> Any:  # noqa: ANN401 - any JSON value
    match schema:
        case {"allOf": parts}:
            return {key: value for part in parts for key, value in example_of(part, components).items()}
        case {"oneOf": choices} | {"anyOf": choices}:
            return example_of(choices[0], components)
        case {"type": "array", "items": items}:
            return [example_of(items, components)]
        case {"type": "object"}:
            return _object(schema, components)
    return SCALARS.get(schema.get("type", ""))


def _object(schema: Schema, components: dict[str, Schema]) -> dict[str, Any]:
    return {name: example_of(field, components) for name, field in schema.get("properties", {}).items()}
