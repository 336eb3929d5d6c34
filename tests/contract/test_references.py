"""What the references say is what the code is."""

from pathlib import Path

import pytest

from controlplane.cli.references import DIRECTORY, references
from controlplane.config import Section, Settings
from controlplane.events import REQUESTS, STATION_EVENTS

PROJECT = Path(__file__).parents[2]


@pytest.mark.parametrize("name", ["asyncapi.json", "openapi.json", "configuration.md", "permissions.md"])
def test_the_checked_in_reference_is_what_the_code_makes(name: str) -> None:
    assert (PROJECT / DIRECTORY / name).read_text(encoding="utf-8") == references()[name], "run `make docs`"


def test_every_event_is_documented_and_named_noun_verb() -> None:
    named = {model.name: model.__doc__ for model in STATION_EVENTS} | {model.name: model.__doc__ for model in REQUESTS}
    assert all(named.values())
    assert [name for name in named if name.count(":") != 1] == []


def test_every_setting_says_what_it_is() -> None:
    sections = [field.default for field in Settings.model_fields.values() if isinstance(field.default, Section)]
    assert sections
    undescribed = [
        name for section in sections for name, field in type(section).model_fields.items() if not field.description
    ]
    assert undescribed == []
