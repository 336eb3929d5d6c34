"""A plan that people edit while a pipeline plays it, answers get lost, and either of the two dies."""

from dataclasses import replace
from random import Random
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from controlplane.features.playout import autodj, rules
from controlplane.features.playout.autodj import Music
from controlplane.features.playout.played import Played
from controlplane.features.playout.station_plan import StationPlan
from controlplane.kernel.plan import Plan, PlanItem
from controlplane.kernel.stations import StationRow
from controlplane.liquidsoap import parse
from tests.support.plans import track

ROW = StationRow("s1", "awaz", "Awaz", "", 128, True)
MUSIC = Music([(track(number), None) for number in range(12)])
STATE = parse.state(b'{"source": "auto"}')
PLACES = st.integers(0, 11)


class FakePipeline:
    """The rules by which station.liq follows a plan."""

    def __init__(self) -> None:
        self.plan = Plan()
        self.handed_out: list[str] = []
        self.heard: list[str] = []
        self.played: list[str] = []
        self.waiting: list[str] = []
        self.decoding = self.on_air = self.last_reserve = ""
        self.stands_still = False

    def start(self, plan: Plan) -> None:
        """Begin after its death, with what it has noted as heard."""
        self.plan, self.handed_out, self.waiting, self.stands_still = plan, list(self.heard), [], False
        self.decoding = self.on_air = ""
        self.begin()

    def following(self) -> list[str]:
        """Return what comes next: what was not handed out, else the reserve, round and round."""
        rest = [item.id for item in self.plan.items if item.id not in self.handed_out]
        reserve = [item.id for item in self.plan.reserve]
        place = reserve.index(self.last_reserve) + 1 if self.last_reserve in reserve else 0
        return rest or reserve[place:] or reserve

    def hand_out(self, item: str) -> None:
        if item in {each.id for each in self.plan.reserve}:
            self.last_reserve = item
        else:
            known = {each.id for each in self.plan.items}
            self.handed_out = [item, *(each for each in self.handed_out if each in known)]

    def fetch(self) -> None:
        if not self.waiting and self.following():
            self.waiting = self.following()[:1]
            self.hand_out(self.waiting[0])

    def look_again(self, plan: Plan) -> int:
        """Follow another plan; what waits is taken back if that says otherwise."""
        self.plan = plan
        before = self.waiting
        self.handed_out = [each for each in self.handed_out if each not in before]
        can_replace = self.decoding or self.stands_still
        self.waiting = self.following()[:1] if can_replace and self.following() else before
        for item in self.waiting:
            self.hand_out(item)
        return plan.version

    def begin(self) -> None:
        """Decode the next item, unless a crossing is under way."""
        self.stands_still = False
        if self.decoding == self.on_air:
            self.fetch()
            self.decoding = self.waiting.pop(0) if self.waiting else ""
            self.fetch()

    def go_live(self) -> None:
        """Let an encoder be heard: what is decoded ends, and the next item waits."""
        if self.decoding:
            self.hear()
            self.fetch()
            self.decoding = self.on_air = ""
            self.stands_still = True

    def hear(self) -> None:
        """Let what is decoded be heard."""
        if self.decoding not in {"", self.on_air}:
            self.on_air = self.decoding
            known = {each.id for each in self.plan.items}
            self.heard = [self.on_air, *(each for each in self.heard if each in known)]
            self.played.append(self.on_air)


class PlanMachine(RuleBasedStateMachine):
    """The daemon's part is the code; its service, which saves, writes and sends, is here in a few lines."""

    def __init__(self) -> None:
        super().__init__()
        self.chance, self.names = Random(1), iter(range(100_000))
        self.waited_for: set[str] = set()
        self.pipeline = FakePipeline()
        self.known = StationPlan(ROW, Plan(version=1, reserve=autodj.reserve_of(MUSIC, Random(0))))
        self.file = self.known.plan
        self.settle()
        self.pipeline.start(self.file)
        self.tell()

    def save(self, plan: Plan) -> None:
        if plan is not self.known.plan:
            self.known.replace(plan)
            self.file = plan

    def settle(self) -> None:
        self.save(autodj.filled(self.known.advanced().plan, MUSIC, 0, self.chance, lasts_ms=30 * 60_000))

    @rule()
    def tell(self) -> None:
        """The pipeline's state arrives."""
        there = self.pipeline
        fields: dict[str, Any] = {"item": there.on_air, "decoding": there.decoding, "plan_version": there.plan.version}
        self.known.seen(replace(STATE, waiting="".join(there.waiting[:1]), **fields), 0)
        self.known.noted = Played([(0, item) for item in there.played])
        self.settle()

    @rule()
    def look_by_itself(self) -> None:
        """The daemon looks again, without news of the pipeline."""
        self.settle()

    @rule()
    def follow(self) -> None:
        """The pipeline is told of the plan, and answers."""
        self.known.followed(self.pipeline.look_again(self.file))

    @rule()
    def follow_without_an_answer(self) -> None:
        """The pipeline is told of the plan, and its answer is lost."""
        self.pipeline.look_again(self.file)

    @rule(number=PLACES, where=st.sampled_from(["next", "end"]))
    def place(self, number: int, where: str) -> None:
        item = PlanItem(f"placed-{next(self.names)}", track(number), "Sara")
        place = rules.place_of(self.known.plan, where, self.known.free)
        self.save(rules.inserted(self.known.plan, item, place))
        self.waited_for.add(item.id)

    @rule(place=PLACES)
    def remove(self, place: int) -> None:
        free = self.known.plan.items[self.known.free :]
        for item in free[place : place + 1]:
            self.save(rules.removed(self.known.plan, item.id, self.known.free))
            self.waited_for.discard(item.id)

    @rule(place=PLACES, before=PLACES)
    def move(self, place: int, before: int) -> None:
        free = [item.id for item in self.known.plan.items[self.known.free :]]
        for item, other in zip(free[place : place + 1], free[before : before + 1], strict=False):
            self.save(rules.moved(self.known.plan, item, other, "Sara", self.known.free))

    @rule()
    def next_begins(self) -> None:
        self.pipeline.begin()

    @rule()
    def next_is_heard(self) -> None:
        self.pipeline.hear()

    @rule()
    def a_host_goes_live(self) -> None:
        self.pipeline.go_live()

    @rule()
    def pipeline_dies(self) -> None:
        self.pipeline.start(self.file)

    @rule()
    def daemon_dies(self) -> None:
        """The daemon starts again with the saved plan and the pipeline's list of items that were heard."""
        noted = Played([(0, item) for item in self.pipeline.played])
        self.known = StationPlan(ROW, self.known.plan, noted=noted)

    @rule()
    def what_is_shown_is_heard(self) -> None:
        """Once everybody knows of everything, the queue is what is heard, in its order."""
        self.pipeline.begin()
        self.pipeline.hear()
        for _ in range(3):
            self.tell()
            self.follow()
        shown = [item.id for item in self.known.advanced().plan.items if item.id != self.known.on_air][:4]
        for expected in shown:
            self.pipeline.begin()
            self.pipeline.hear()
            assert self.pipeline.on_air == expected

    @invariant()
    def nothing_that_was_placed_is_lost(self) -> None:
        planned = {item.id for item in self.known.plan.items}
        assert self.waited_for <= planned.union(self.pipeline.played)

    @invariant()
    def nothing_is_heard_twice(self) -> None:
        own = [item for item in self.pipeline.played if not item.startswith(autodj.RESERVE_PREFIX)]
        assert len(set(own)) == len(own)


TestPlanMachine = PlanMachine.TestCase
TestPlanMachine.settings = settings(max_examples=200, stateful_step_count=40, deadline=None)
