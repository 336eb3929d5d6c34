"""Lists that grow, a page at a time."""

from collections.abc import Callable
from typing import Annotated, Generic, TypeVar

from pydantic import BeforeValidator, Field
from pydantic_core import PydanticCustomError

from controlplane.protocol.base import Wire

MAX_LIMIT = 200
MAX_DIGITS = 9
MAX_SIZE_DIGITS = 15
NUMBER = "[0-9]{1,18}"
"""A whole number that every database can hold, in the pattern of a cursor."""

T = TypeVar("T", bound=Wire)
Row = TypeVar("Row")


def digits(value: object) -> object:
    """Refuse what Python reads as a number and the reference does not: signs, spaces, underscores, other scripts."""
    return _digits(value, MAX_DIGITS)


def many_digits(value: object) -> object:
    """Refuse the same of a number that may be a size in bytes."""
    return _digits(value, MAX_SIZE_DIGITS)


def _digits(value: object, longest: int) -> object:
    if isinstance(value, str) and not (value.isascii() and value.isdigit() and len(value) <= longest):
        raise PydanticCustomError("whole_number", "must be a whole number")
    return value


def cursor_of(*numbers: int) -> str:
    """Return the cursor of a place in a list that is ordered by numbers."""
    return ".".join(map(str, numbers))


def numbers_of(cursor: str) -> tuple[int, ...]:
    """Return the numbers of a cursor that matches its pattern."""
    return tuple(map(int, cursor.split(".")))


def page_of(rows: list[Row], limit: int, cursor: Callable[[Row], str]) -> tuple[list[Row], str | None]:
    """Return a page of `rows`, which has one row more than `limit` if there is a next page, and that page's cursor."""
    return rows[:limit], cursor(rows[limit - 1]) if len(rows) > limit else None


class Query(Wire):
    """The query of an address. Routes without one pass over what is in it: players add their own."""


class PageQuery(Query):
    """A page of a list."""

    limit: Annotated[int, Field(ge=1, le=MAX_LIMIT), BeforeValidator(digits)] = 50
    """The greatest number of items to return."""
    cursor: Annotated[str | None, Field(max_length=128)] = None
    """The `next` of the page before; the first page without it."""


class Page(Wire, Generic[T]):
    """A part of a list."""

    items: list[T]
    """The items."""
    next: str | None = None
    """The `cursor` of the next page; absent on the last one."""
