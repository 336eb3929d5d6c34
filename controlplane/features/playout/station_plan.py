"""A station's plan, and what its pipeline has said about it."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from controlplane.features.playout import rules
from controlplane.features.playout.played import Played
from controlplane.kernel.plan import Plan, PlanItem
from controlplane.kernel.stations import StationRow
from controlplane.liquidsoap.parse import PipelineState

MAX_GONE = 5000
"""While a library gets its first tracks, AutoDJ chooses anew for each; the pipeline may have begun an older choice."""


@dataclass(slots=True)
class StationPlan:
    """The plan of one station, which the lock is held to change."""

    station: StationRow
    plan: Plan
    counted: str = ""
    """The item that was counted as played last."""
    noted: Played = field(default_factory=Played)
    """The pipeline's own list of what was heard."""
    on_air: str = ""
    on_air_since_ms: int = 0
    decoding: str = ""
    waiting: str = ""
    applied: int | None = None
    """The version that the pipeline follows; None as long as it has said nothing."""
    written: int | None = None
    """The version in the pipeline's file; None as long as this process has not written it."""
    library: int | None = None
    """The version of the library that the plan was brought up to date with."""
    renew_from_s: float = 0.0
    """A large library is not gone through again and again while its tracks are being measured."""
    playlists: Mapping[str, str] = field(default_factory=dict)
    """The names of the playlists in rotation, by id."""
    broadcast: str | None = None
    """The broadcast on air; None as long as that is not known."""
    preparing: frozenset[str] = frozenset()
    """Broadcasts that are about to begin."""
    problem: str = ""
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    following: asyncio.Lock = field(default_factory=asyncio.Lock)
    """Two commands at once would each take back what the other one has made ready."""
    looking_ahead: asyncio.Lock = field(default_factory=asyncio.Lock)
    """A day is planned once at a time."""
    _heard: set[str] = field(default_factory=set)
    _gone: dict[str, PlanItem] = field(default_factory=dict)

    def item(self, item_id: str) -> PlanItem | None:
        """Return an item of the plan or its reserve, or one that left it lately."""
        there = (each for each in (*self.plan.items, *self.plan.reserve) if each.id == item_id)
        return next(there, None) or self._gone.get(item_id)

    @property
    def outlived(self) -> str:
        """The item on air whose broadcast is over, empty if it is not."""
        item = self.item(self.on_air)
        return self.on_air if item is not None and not self.keeps(item.broadcast) else ""

    def keeps(self, broadcast: str) -> bool:
        """Say whether items of a broadcast stay in the plan."""
        return not broadcast or self.broadcast in {None, broadcast} or broadcast in self.preparing

    @property
    def free(self) -> int:
        """The first place that can be changed."""
        return rules.first_free(self.plan, self.on_air, self.decoding)

    def seen(self, state: PipelineState, now_ms: int) -> bool:
        """Take note of what the pipeline says; say whether that is news."""
        before = self.on_air, self.decoding, self.waiting, self.applied
        if state.item != self.on_air:
            # At first, the pipeline knows better when it began.
            since_ms = self.noted.at.get(state.item, now_ms) if self.applied is None else now_ms
            self.on_air, self.on_air_since_ms = state.item, since_ms
            self._heard.add(state.item)
        self.decoding, self.waiting, self.applied = state.decoding, state.waiting, state.plan_version
        return (self.on_air, self.decoding, self.waiting, self.applied) != before

    def followed(self, version: int) -> None:
        """Take note of the version that the pipeline says it follows; what waits in it by now, it has yet to say."""
        self.applied, self.waiting = version, ""

    def advanced(self) -> rules.Advance:
        """Return the plan as far as the pipeline is."""
        # While nothing is decoded, what waits may be older than the plan, and nothing was passed over.
        waiting = self.waiting if self.decoding and self.applied == self.plan.version else ""
        heard = self._heard | self.noted.at.keys()
        return rules.advanced(self.plan, (self.on_air, self.decoding), heard, waiting)

    def replace(self, plan: Plan) -> None:
        """Take another plan; items that are not in it can still be asked for by their ids."""
        kept = {item.id for item in plan.items}
        self._gone |= {item.id: item for item in self.plan.items if item.id not in kept}
        for item_id in list(self._gone)[:-MAX_GONE]:
            del self._gone[item_id]
        self._heard &= kept | {self.on_air}
        self.plan = plan

    def uncounted(self) -> Sequence[tuple[int, PlanItem]]:
        """Return what the pipeline has noted since the last item that was counted, with its time."""
        found = ((at_ms, self.item(item_id)) for at_ms, item_id in self.noted.since(self.counted))
        return [(at_ms, item) for at_ms, item in found if item is not None]
