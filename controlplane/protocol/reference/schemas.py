"""JSON schemas of messages and bodies, for both documents.

What is sent is described as it is serialised, and may gain fields; what is accepted, as it is validated.
"""

import inspect
import json
from collections.abc import Iterable, Mapping
from typing import Any, Literal

from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from controlplane.kernel.permissions import ALL_ROLES, ALLOWED, Permission
from controlplane.kernel.quotas import Quota
from controlplane.protocol.base import KEEPS_NULLS

Schema = dict[str, Any]
Mode = Literal["serialization", "validation"]

TITLE = "Awaz Pulse"
VERSION = "0.1.0"
TEMPLATE = "#/components/schemas/{model}"


class Conflicting(ValueError):
    """Two different schemas have one name."""


def ref(name: str) -> Schema:
    """Return a reference to a schema of the document."""
    return {"$ref": TEMPLATE.format(model=name)}


def schemas(sent: Iterable[type[BaseModel]], accepted: Iterable[type[BaseModel]]) -> dict[str, Schema]:
    """Return the schemas of models and all that they refer to, by name; raise Conflicting."""
    found: dict[str, Schema] = {}
    for definitions in (_definitions(sent, "serialization"), _definitions(accepted, "validation")):
        for name, schema in definitions.items():
            if found.setdefault(name, schema) != schema:
                raise Conflicting(f"{name} is another one when it is sent than when it is accepted")
    return dict(sorted(found.items()))


def dumps(document: Schema) -> str:
    """Return a document as it is checked in."""
    return json.dumps(document, indent=2, ensure_ascii=False, sort_keys=True) + "\n"


def text_of(model: type[Any]) -> str:
    """Return a model's documentation."""
    return inspect.getdoc(model) or ""


def summary_of(model: type[Any]) -> str:
    """Return the first line of a model's documentation."""
    return text_of(model).partition("\n")[0]


def use_of(permission: Permission, quota: Quota, rates: Mapping[Quota, str]) -> str:
    """Say who may use a route or send a request, and how often."""
    roles = sorted(ALLOWED[permission], key=ALL_ROLES.index)
    return f"Permission `{permission.value}`: {', '.join(roles)}. Quota `{quota.value}`: {rates[quota]}."


def _definitions(models: Iterable[type[BaseModel]], mode: Mode) -> dict[str, Schema]:
    ordered = sorted(set(models), key=lambda model: model.__name__)
    _, schema = models_json_schema([(model, mode) for model in ordered], ref_template=TEMPLATE)
    definitions: dict[str, Schema] = schema.get("$defs", {})
    return {name: _definition(found, mode) for name, found in definitions.items()}


def _definition(schema: Schema, mode: Mode) -> Schema:
    # Nulls travel in foreign shapes only: ours never send one, and take one as left out.
    keeps_nulls = schema.pop(KEEPS_NULLS, False)
    cleaned = _cleaned(schema, keeps_nulls=keeps_nulls)
    if mode == "serialization":
        # A client must let fields pass that are new to it.
        cleaned.pop("additionalProperties", None)
        if not keeps_nulls and "required" in cleaned:
            absent = {name for name, field in schema["properties"].items() if _is_nullable(field)}
            cleaned["required"] = [name for name in cleaned["required"] if name not in absent]
    return cleaned


def _cleaned(schema: Schema, *, keeps_nulls: bool) -> Schema:
    """Return a schema without titles that repeat names, and without the nulls that never travel."""
    if component := schema.get("x-component"):
        return ref(component) | {name: value for name, value in schema.items() if name == "description"}
    kept = {name: value for name, value in schema.items() if name != "title" and (name, value) != ("default", None)}
    if not keeps_nulls:
        kept = _without_null(kept)

    def clean(part: Any) -> Any:  # noqa: ANN401 - a schema, or what stands for one
        return _cleaned(part, keeps_nulls=keeps_nulls) if isinstance(part, dict) else part

    if "properties" in kept:
        kept["properties"] = {name: clean(field) for name, field in kept["properties"].items()}
    single: Schema = {name: clean(kept[name]) for name in ("items", "additionalProperties") if name in kept}
    several: Schema = {name: [*map(clean, kept[name])] for name in ("anyOf", "oneOf", "allOf") if name in kept}
    return {**kept, **single, **several}


def _without_null(schema: Schema) -> Schema:
    """Return a schema that allows what another one does, but for null."""
    if not _is_nullable(schema):
        return schema
    others = [each for each in schema["anyOf"] if each != {"type": "null"}]
    rest = {name: value for name, value in schema.items() if name != "anyOf"}
    return {**(others[0] if len(others) == 1 else {"anyOf": others}), **rest}


def _is_nullable(schema: Schema) -> bool:
    return {"type": "null"} in schema.get("anyOf", ())
