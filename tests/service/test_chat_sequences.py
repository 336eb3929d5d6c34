"""Any sequence of moderators' actions: who is blocked cannot write, who is not can, and undo restores exactly."""

from typing import Any

from hypothesis import HealthCheck, example, given
from hypothesis import settings as bounds
from hypothesis import strategies as st

from tests.support.moderated import Moderated
from tests.support.running import Running

PEOPLE = st.sampled_from([0, 0, 0, 1])
STEPS = st.one_of(
    st.tuples(st.just("time_out"), PEOPLE, st.sampled_from([60, 600])),
    st.tuples(st.just("ban"), PEOPLE, st.sampled_from([None, 60])),
    st.tuples(st.just("unban"), PEOPLE),
    st.tuples(st.just("delete"), PEOPLE),
    st.tuples(st.just("delete_all"), PEOPLE),
    st.tuples(st.just("undo"), st.sampled_from([0, 0, 0, 1, 2])),
    st.tuples(st.just("undo"), st.just(0)),
    st.tuples(st.just("wait"), st.sampled_from([2, 10, 100, 700])),
)


@bounds(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=st.lists(STEPS, min_size=2, max_size=8))
@example(steps=[("time_out", 0, 600), ("ban", 0, 60), ("unban", 0), ("undo", 0), ("wait", 100)])
@example(steps=[("delete", 0), ("delete_all", 0), ("undo", 0), ("undo", 0)])
async def test_no_sequence_lets_a_blocked_person_write_or_keeps_another_one_from_it(
    running: Running, delivering: None, steps: list[tuple[Any, ...]]
) -> None:
    moderated = await Moderated.begin(running)
    for name, *arguments in steps:
        await getattr(moderated, name)(*arguments)
        await moderated.check()
