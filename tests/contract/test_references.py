"""The generated references match the code."""

import json
from pathlib import Path

import pytest

from controlplane.cli.references import DOCS, references
from controlplane.runtime.config import Settings
from controlplane.runtime.sections import Section
from tests.support.paths import PROJECT
from tests.support.python_types import TARGET, python_types


@pytest.mark.parametrize("path", sorted(references()), ids=str)
def test_checked_in_references_match_the_code(path: Path) -> None:
    assert (PROJECT / path).read_text(encoding="utf-8") == references()[path], "run `make docs`"


def test_checked_in_python_types_match_the_references() -> None:
    assert TARGET.read_text(encoding="utf-8") == python_types(), "run `make docs`"


def test_every_event_is_documented_and_named_noun_verb() -> None:
    messages = json.loads(references()[DOCS / "asyncapi.json"])["channels"]["socket"]["messages"]
    assert len(messages) > 1
    assert [name for name, message in messages.items() if not message["description"]] == []
    assert [name for name in messages if name.count(":") != 1] == []


def test_every_setting_has_a_description() -> None:
    sections = [field.default for field in Settings.model_fields.values() if isinstance(field.default, Section)]
    assert sections
    undescribed = [
        name for section in sections for name, field in type(section).model_fields.items() if not field.description
    ]
    assert undescribed == []
