"""What a new reference takes away from programs that were written to an older one. Pure.

A break is named by where it is, such as `GET /api/v1/stations.stations.name` or `stream:started.host`.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

Schema = dict[str, Any]
Document = dict[str, Any]

NOT_LESS = ("maximum", "maxLength", "maxItems")
NOT_MORE = ("minimum", "minLength", "minItems")


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two references, and whether the schemas that are compared are of what is accepted or of what is sent."""

    before: Document
    after: Document
    accepted: bool

    def breaks(self, at: str, before: Schema, after: Schema) -> Iterator[str]:
        """Name what a schema has lost."""
        before, after = _resolved(self.before, before), _resolved(self.after, after)
        smaller, larger = (before, after) if self.accepted else (after, before)
        if not _types(smaller) <= _types(larger):
            yield at
        if self.accepted and not _bounds_allow(before, after):
            yield at
        yield from self._fields(at, before, after)
        yield from self._choices(at, before, after)
        for name in ("items", "additionalProperties"):
            if isinstance(before.get(name), dict):
                yield from self.breaks(at, before[name], after.get(name) or {})

    def _fields(self, at: str, before: Schema, after: Schema) -> Iterator[str]:
        fields, others = before.get("properties", {}), after.get("properties", {})
        for name, field in fields.items():
            if name not in others:
                yield f"{at}.{name}"
            else:
                yield from self.breaks(f"{at}.{name}", field, others[name])
        needed, given = set(before.get("required", ())), set(after.get("required", ()))
        yield from (f"{at}.{name}" for name in sorted(given - needed if self.accepted else needed - given))

    def _choices(self, at: str, before: Schema, after: Schema) -> Iterator[str]:
        for name in ("oneOf", "anyOf"):
            others = {_key(self.after, each): each for each in after.get(name, ())}
            for choice in before.get(name, ()):
                key = _key(self.before, choice)
                if key not in others:
                    yield at
                else:
                    yield from self.breaks(at, choice, others[key])


def breaks(before: Document, after: Document) -> list[str]:
    """Name what an OpenAPI or AsyncAPI document has lost."""
    found = _routes(before, after) if "paths" in before else _messages(before, after)
    return list(dict.fromkeys(found))


def _routes(before: Document, after: Document) -> Iterator[str]:
    sent, accepted = Comparison(before, after, accepted=False), Comparison(before, after, accepted=True)
    for path, methods in before["paths"].items():
        for method, route in methods.items():
            at, other = f"{method.upper()} {path}", after["paths"].get(path, {}).get(method)
            if other is None:
                yield at
                continue
            yield from sent.breaks(at, *(_content(each["responses"]["200"]) for each in (route, other)))
            yield from accepted.breaks(at, *(_content(each.get("requestBody", {})) for each in (route, other)))
            yield from accepted.breaks(at, _parameters(route), _parameters(other))


def _messages(before: Document, after: Document) -> Iterator[str]:
    requests = {each["messages"][0]["$ref"] for each in before["operations"].values() if each["action"] == "receive"}
    others = after["channels"]["socket"]["messages"]
    for name, message in before["channels"]["socket"]["messages"].items():
        if name not in others:
            yield name
            continue
        accepted = f"#/channels/socket/messages/{name}" in requests
        yield from Comparison(before, after, accepted).breaks(name, message["payload"], others[name]["payload"])


def _content(body: Schema) -> Schema:
    contents: list[Schema] = list(body.get("content", {}).values())
    schema: Schema = contents[0].get("schema", {}) if contents else {}
    return schema


def _parameters(route: Schema) -> Schema:
    """Return the parameters of a route as the fields of an object."""
    found = route.get("parameters", ())
    return {
        "properties": {each["name"]: each["schema"] for each in found},
        "required": [each["name"] for each in found if each.get("required")],
    }


def _resolved(document: Document, schema: Schema) -> Schema:
    """Follow references, and put the parts of `allOf` together."""
    while "$ref" in schema:
        schema = document["components"]["schemas"][schema["$ref"].rpartition("/")[2]]
    parts = [_resolved(document, part) for part in schema.get("allOf", ())]
    if not parts:
        return schema
    return {
        "type": "object",
        "properties": {name: field for part in parts for name, field in part.get("properties", {}).items()},
        "required": [name for part in parts for name in part.get("required", ())],
    }


def _types(schema: Schema) -> set[str]:
    """Return what a schema allows, as far as types and constants tell."""
    if "enum" in schema or "const" in schema:
        return {f"={value}" for value in schema.get("enum", [schema.get("const")])}
    return {schema["type"]} if "type" in schema else set()


def _bounds_allow(before: Schema, after: Schema) -> bool:
    wider = all(after[name] >= before.get(name, float("inf")) for name in NOT_LESS if name in after)
    lower = all(after[name] <= before.get(name, float("-inf")) for name in NOT_MORE if name in after)
    return wider and lower and after.get("pattern") in {None, before.get("pattern")}


def _key(document: Document, schema: Schema) -> str:
    """Tell the choices of a schema apart: by a constant field, else by type."""
    fields = _resolved(document, schema).get("properties", {})
    constants = [f"{name}={field['const']}" for name, field in fields.items() if "const" in field]
    return " ".join(constants) or str(_types(_resolved(document, schema)))
