"""Bodies of requests: a null counts as left out."""

from collections.abc import Iterator

import pytest
from pydantic import ValidationError

from controlplane.protocol import accounts, moderation, onair, onair_views, stations
from controlplane.protocol.base import Body
from controlplane.protocol.reference.examples import example_of
from controlplane.protocol.reference.schemas import ref, schemas


def bodies(model: type[Body] = Body) -> Iterator[type[Body]]:
    """Return the bodies of the modules that declare them."""
    declared = {module.__name__ for module in (accounts, moderation, onair, onair_views, stations)}
    for each in model.__subclasses__():
        if each.__module__ in declared:
            yield each
        yield from bodies(each)


def example(model: type[Body]) -> dict[str, object]:
    shown: dict[str, object] = example_of(ref(model.__name__), schemas((), [model]))
    return shown


@pytest.mark.parametrize("model", [*bodies()])
def test_an_optional_field_that_is_null_counts_as_left_out(model: type[Body]) -> None:
    optional = [name for name, field in model.model_fields.items() if not field.is_required()]
    body = example(model)
    left_out = {name: value for name, value in body.items() if name not in optional}
    assert model.model_validate(body | dict.fromkeys(optional)) == model.model_validate(left_out)


@pytest.mark.parametrize("model", [*bodies()])
def test_a_required_field_that_is_null_is_missing(model: type[Body]) -> None:
    required = [name for name, field in model.model_fields.items() if field.is_required()]
    for name in required:
        with pytest.raises(ValidationError, match="Field required"):
            model.model_validate(example(model) | {name: None})
