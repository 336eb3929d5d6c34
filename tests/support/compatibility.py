"""What a new reference takes away from programs that were written to an older one. Pure.

A break is named by where it is, such as `GET /api/v1/stations.stations.name` or `stream:started.host`.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

Schema = dict[str, Any]
Document = dict[str, Any]

NOT_LESS = ("maximum", "exclusiveMaximum", "maxLength", "maxItems", "maxProperties")
NOT_MORE = ("minimum", "exclusiveMinimum", "minLength", "minItems", "minProperties")
NOTHING: Schema = {"not": {}}
TYPE_OF = {str: "string", bool: "boolean", int: "integer", float: "number", type(None): "null"}
ROUTE_RULES = ("operationId", "security", "x-permission")
OPERATION_RULES = ("reply", "x-permission", "x-delivery", "x-audience", "x-log")


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two references, and whether the schemas that are compared are of what is accepted or of what is sent."""

    before: Document
    after: Document
    accepted: bool

    def breaks(self, at: str, before: Schema, after: Schema) -> Iterator[str]:
        """Name what a schema has lost."""
        before, after = self._read(self.before, before), self._read(self.after, after)
        was, is_now = self._allowed(self.before, before), self._allowed(self.after, after)
        if not (_covers(is_now, was) if self.accepted else _covers(was, is_now)):
            yield at
        if self.accepted and not _bounds_allow(before, after):
            yield at
        yield from self._fields(at, before, after)
        yield from self._choices(at, before, after)
        for name in ("items", "additionalProperties"):
            if isinstance(before.get(name), dict) or isinstance(after.get(name), dict):
                yield from self.breaks(at, *(_schema(each.get(name, True)) for each in (before, after)))
        patterns = after.get("patternProperties", {})
        for pattern, values in before.get("patternProperties", {}).items():
            # Without its pattern, nothing like it is accepted any more; and what is sent may be anything.
            yield from self.breaks(at, values, patterns.get(pattern, NOTHING if self.accepted else {}))

    def _allowed(self, document: Document, schema: Schema) -> frozenset[str] | None:
        """Return the types of a schema; a new value of an enumeration that is sent is no loss."""
        return frozenset({"string"}) if not self.accepted and "enum" in schema else _types(document, schema)

    def _read(self, document: Document, schema: Schema) -> Schema:
        """Resolve a schema; where it is accepted, a null counts as left out."""
        schema = _resolved(document, schema)
        return _resolved(document, _without_null(schema)) if self.accepted else schema

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
            yield from _answers(sent, at, route, other)
            yield from accepted.breaks(at, *(_content(each.get("requestBody", {})) for each in (route, other)))
            yield from accepted.breaks(at, _parameters(route), _parameters(other))
            yield from (f"{at} {rule}" for rule in ROUTE_RULES if other.get(rule) != route.get(rule))


def _answers(sent: Comparison, at: str, route: Schema, other: Schema) -> Iterator[str]:
    """Name what the answers of a route have lost. That it fails in fewer ways is no loss."""
    was, is_now = _responses(sent.before, route), _responses(sent.after, other)
    yield from (f"{at} {status}" for status in sorted(was.keys() - is_now.keys()) if status.startswith("2"))
    for status in sorted(was.keys() & is_now.keys()):
        if not was[status].get("content", {}).keys() <= is_now[status].get("content", {}).keys():
            yield f"{at} {status}"
        where = at if status.startswith("2") else f"{at} {status}"
        yield from sent.breaks(where, _content(was[status]), _content(is_now[status]))


def _responses(document: Document, route: Schema) -> dict[str, Schema]:
    named = document["components"].get("responses", {})
    return {
        status: named[found["$ref"].rpartition("/")[2]] if "$ref" in found else found
        for status, found in route["responses"].items()
    }


def _messages(before: Document, after: Document) -> Iterator[str]:
    yield from _connection(before, after)
    for name, operation in before["operations"].items():
        other = after["operations"].get(name, operation)
        yield from (f"{name} {rule}" for rule in OPERATION_RULES if other.get(rule) != operation.get(rule))
    requests = {each["messages"][0]["$ref"] for each in before["operations"].values() if each["action"] == "receive"}
    others = after["channels"]["socket"]["messages"]
    for name, message in before["channels"]["socket"]["messages"].items():
        if name not in others:
            yield name
            continue
        accepted = f"#/channels/socket/messages/{name}" in requests
        yield from Comparison(before, after, accepted).breaks(name, message["payload"], others[name]["payload"])


def _connection(old: Document, new: Document) -> Iterator[str]:
    """Name what the channel has lost: how to connect, disconnects with code and advice, and the logs' retention."""
    before, after = old["channels"]["socket"], new["channels"]["socket"]
    if before["address"] != after["address"]:
        yield "address"
    for name, schema in before.get("x-connect", {}).items():
        yield from Comparison(old, new, name == "auth").breaks(f"connect.{name}", schema, after["x-connect"][name])
    disconnects = {each["reason"]: (each["code"], each["advice"]) for each in after["x-disconnects"]}
    for each in before["x-disconnects"]:
        if disconnects.get(each["reason"]) != (each["code"], each["advice"]):
            yield f"disconnect {each['reason']}"
    for log, kept in before["x-logs"].items():
        now = after["x-logs"].get(log, {"events": 0, "seconds": 0})
        if now["events"] < kept["events"] or now["seconds"] < kept["seconds"]:
            yield f"log {log}"


def _content(body: Schema) -> Schema:
    contents: list[Schema] = list(body.get("content", {}).values())
    schema: Schema = contents[0].get("schema", {}) if contents else {}
    return schema


def _parameters(route: Schema) -> Schema:
    """Return the parameters of a route as the fields of an object."""
    found = route.get("parameters", ())
    return {
        # A value that does not match the pattern of a path never reached the route: it was not found.
        "properties": {each["name"]: each["schema"] if each["in"] != "path" else {} for each in found},
        "required": [each["name"] for each in found if each.get("required")],
    }


def _without_null(schema: Schema) -> Schema:
    choices = [each for each in schema.get("anyOf", ()) if each != {"type": "null"}]
    return {**schema, **choices[0], "anyOf": []} if len(choices) == 1 else schema


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


def _schema(found: Schema | bool) -> Schema:
    """Return a schema for what may stand there as a boolean: true allows everything, false nothing."""
    if isinstance(found, dict):
        return found
    return {} if found else NOTHING


def _types(document: Document, schema: Schema) -> frozenset[str] | None:
    """Return what a schema allows, as far as types and constants tell; None if they do not."""
    schema = _resolved(document, schema)
    if schema == NOTHING:
        return frozenset()
    if "enum" in schema or "const" in schema:
        values = schema.get("enum", [schema.get("const")])
        return frozenset(f"{TYPE_OF[type(value)]}={value}" for value in values)
    choices = [_types(document, each) for name in ("oneOf", "anyOf") for each in schema.get(name, ())]
    if choices:
        known = [each for each in choices if each is not None]
        return frozenset().union(*known) if len(known) == len(choices) else None
    types = schema.get("type")
    return frozenset(types if isinstance(types, list) else [types]) if types is not None else None


def _covers(larger: frozenset[str] | None, smaller: frozenset[str] | None) -> bool:
    """Say whether all that `smaller` allows is allowed by `larger`."""
    if larger is None or smaller is None:
        return larger is None
    wider = larger | ({"integer"} if "number" in larger else set())
    return all(each in wider or each.partition("=")[0] in wider for each in smaller)


def _bounds_allow(before: Schema, after: Schema) -> bool:
    wider = all(after[name] >= before.get(name, float("inf")) for name in NOT_LESS if name in after)
    lower = all(after[name] <= before.get(name, float("-inf")) for name in NOT_MORE if name in after)
    return wider and lower and after.get("pattern") in {None, before.get("pattern")}


def _key(document: Document, schema: Schema) -> str:
    """Tell the choices of a schema apart: by a constant field, else by type."""
    fields = _resolved(document, schema).get("properties", {})
    constants = [f"{name}={field['const']}" for name, field in fields.items() if "const" in field]
    return " ".join(constants) or str(sorted(_types(document, schema) or ()))
