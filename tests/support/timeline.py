"""A station on air that takes in observations, one after the other."""

from controlplane.features.onair import rules
from controlplane.features.onair.state import (
    Change,
    GracePeriods,
    Mount,
    MountsSeen,
    Observation,
    PipelineSeen,
    Playing,
    Started,
    Station,
    Stopped,
)

GRACE_PERIODS = GracePeriods(encoder_s=10, pipeline_s=10)
PUBLIC = Mount("p1")
AUTO = PipelineSeen(Playing("auto", "Lamp", "Band"))
LIVE = PipelineSeen(Playing("live"))
ON = MountsSeen(None, PUBLIC)


def live(instance: str = "i1") -> MountsSeen:
    return MountsSeen(Mount(instance), PUBLIC)


class Timeline:
    """A station with all events that its observations caused."""

    def __init__(self, *steps: tuple[float, Observation]) -> None:
        self.station = Station("awaz", "Awaz")
        self.changes: list[Change] = []
        for at, observation in steps:
            self.observe(at, observation)

    def observe(self, at: float, observation: Observation) -> tuple[Change, ...]:
        self.station, changes = rules.observe(self.station, observation, at, GRACE_PERIODS)
        self.changes += changes
        return changes

    @property
    def broadcasts(self) -> list[str]:
        describe = {Started: lambda e: f"+{e.broadcast.kind}", Stopped: lambda e: f"-{e.broadcast.kind} {e.reason}"}
        return [describe[type(event)](event) for event in self.changes if type(event) in describe]
