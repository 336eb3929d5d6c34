"""The schemas of the references: every field is described, nothing is noise, and every example is valid."""

import json
from collections.abc import Iterator
from typing import Any

import jsonschema_rs
import pytest

from tests.support.paths import PROJECT

REFERENCE = PROJECT / "docs/reference"
DOCUMENTS = {name: json.loads((REFERENCE / f"{name}.json").read_text()) for name in ("openapi", "asyncapi")}
COMPONENTS = [
    (name, component) for name, document in DOCUMENTS.items() for component in document["components"]["schemas"]
]


def walk(part: Any, path: str = "") -> Iterator[tuple[str, dict[str, Any]]]:
    """Return every object inside a document, with its path."""
    if isinstance(part, dict):
        yield path, part
    children = part.items() if isinstance(part, dict) else enumerate(part) if isinstance(part, list) else ()
    for name, child in children:
        yield from walk(child, f"{path}/{name}")


def examples(document: dict[str, Any]) -> list[tuple[str, dict[str, Any], Any]]:
    """Return the examples of a document: where they are, their schema, and the value."""
    found = [
        (path, part["schema"], part["example"]) for path, part in walk(document) if {"schema", "example"} <= part.keys()
    ]
    messages = [(path, part) for path, part in walk(document) if {"payload", "examples"} <= part.keys()]
    return found + [(path, part["payload"], each["payload"]) for path, part in messages for each in part["examples"]]


@pytest.mark.parametrize(("name", "component"), COMPONENTS)
def test_every_component_and_field_is_described(name: str, component: str) -> None:
    schema = DOCUMENTS[name]["components"]["schemas"][component]
    fields = schema.get("properties", {})
    # A field that is another component is described there.
    undescribed = [field for field, of in fields.items() if "description" not in of and "$ref" not in of]
    assert undescribed == []
    assert "description" in schema or component == "JsonValue"


@pytest.mark.parametrize(("name", "component"), COMPONENTS)
def test_every_plain_field_has_an_example(name: str, component: str) -> None:
    fields = DOCUMENTS[name]["components"]["schemas"][component].get("properties", {})
    clear = {"examples", "const", "enum", "default", "$ref", "items", "properties", "additionalProperties", "anyOf"}
    unclear = [field for field, of in fields.items() if not clear & of.keys() and of["type"] not in {"boolean", "null"}]
    assert unclear == []


@pytest.mark.parametrize("name", DOCUMENTS)
def test_schemas_have_no_titles_and_no_default_nulls(name: str) -> None:
    schemas = DOCUMENTS[name]["components"]["schemas"]
    # An example may well have a title.
    parts = [(path, part) for path, part in walk(schemas) if "/examples/" not in path]
    noise = [path for path, part in parts if part.get("default", "") is None or isinstance(part.get("title"), str)]
    assert noise == []


@pytest.mark.parametrize("name", DOCUMENTS)
def test_every_example_is_valid(name: str) -> None:
    document = DOCUMENTS[name]
    found = examples(document)
    assert len(found) > 20
    for path, schema, value in found:
        validator = jsonschema_rs.validator_for({**schema, "components": document["components"]})
        assert [f"{path}: {error.message}" for error in validator.iter_errors(value)] == []


def test_the_asyncapi_document_is_one_by_the_standards_own_schema() -> None:
    schema = json.loads((PROJECT / "ui/node_modules/@asyncapi/specs/schemas/3.0.0.json").read_text(encoding="utf-8"))
    errors = jsonschema_rs.validator_for(schema).iter_errors(DOCUMENTS["asyncapi"])
    assert [f"{error.instance_path}: {error.message[:200]}" for error in errors] == []


@pytest.mark.parametrize("path", ["/api/v1/stations/{slug}/history", "/api/v1/admin/users", "/api/v1/admin/audit"])
def test_the_example_of_the_next_page_is_a_cursor_of_its_list(path: str) -> None:
    route = DOCUMENTS["openapi"]["paths"][path]["get"]
    cursor = next(each["schema"] for each in route["parameters"] if each["name"] == "cursor")
    shown = route["responses"]["200"]["content"]["application/json"]["example"]["next"]
    assert jsonschema_rs.validator_for(cursor).is_valid(shown)


def test_every_operation_has_its_own_name() -> None:
    operations = [part["operationId"] for _, part in walk(DOCUMENTS["openapi"]) if "operationId" in part]
    assert len(operations) == len(set(operations))


def test_every_request_has_an_ack() -> None:
    operations = DOCUMENTS["asyncapi"]["operations"].values()
    received = [each for each in operations if each["action"] == "receive"]
    assert received
    assert [each for each in received if not each["reply"]["messages"]] == []


def test_disconnects_are_numbered_with_advice() -> None:
    disconnects = DOCUMENTS["asyncapi"]["channels"]["socket"]["x-disconnects"]
    ours = [each["code"] for each in disconnects if each["code"] >= 4000]
    assert len(ours) == len(set(ours)) > 10
    stop = {each["code"] for each in disconnects if each["advice"] == "stop"}
    assert stop == {code for code in ours if code >= 4500}
