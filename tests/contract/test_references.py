"""The generated references match the code."""

from pathlib import Path

import pytest

from controlplane.cli.references import references
from controlplane.protocol import accounts, onair, sockets
from controlplane.runtime.config import Section, Settings

PROJECT = Path(__file__).parents[2]


@pytest.mark.parametrize("path", sorted(references()), ids=str)
def test_checked_in_references_match_the_code(path: Path) -> None:
    assert (PROJECT / path).read_text(encoding="utf-8") == references()[path], "run `make docs`"


def test_every_event_is_documented_and_named_noun_verb() -> None:
    events = {event.name: event.__doc__ for event in (*onair.EVENTS, *accounts.EVENTS, *sockets.EVENTS)}
    documented = events | {request.name: request.__doc__ for request in (*onair.REQUESTS, *accounts.REQUESTS)}
    assert all(documented.values())
    assert [name for name in documented if name.count(":") != 1] == []


def test_every_setting_has_a_description() -> None:
    sections = [field.default for field in Settings.model_fields.values() if isinstance(field.default, Section)]
    assert sections
    undescribed = [
        name for section in sections for name, field in type(section).model_fields.items() if not field.description
    ]
    assert undescribed == []
