"""Decisions of people about a station on air: an observation for the rules, with its audit entry."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from controlplane.features.onair.state import Observation, Station


def _accept(_after: Station) -> None:
    return


@dataclass(frozen=True, slots=True)
class Decision:
    """An observation with its audit entry; `check` raises where the station after it is not what was wanted."""

    seen: Observation
    action: str
    summary: str
    detail: Mapping[str, str | None] = field(default_factory=dict)
    check: Callable[[Station], None] = _accept
