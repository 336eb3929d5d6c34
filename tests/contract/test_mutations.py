"""The deliberate faults are where they are said to be."""

from collections import Counter

import pytest

from tests.mutations.faults import FAULTS, Fault
from tests.support.paths import PROJECT


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.name)
def test_each_fault_changes_one_place(fault: Fault) -> None:
    text = (PROJECT / fault.file).read_text(encoding="utf-8")
    assert text.count(fault.before) == 1
    assert fault.before != fault.after
    assert [test for test in fault.tests if not (PROJECT / test).is_file()] == []


def test_each_fault_has_its_own_name() -> None:
    assert max(Counter(fault.name for fault in FAULTS).values()) == 1
    assert len(FAULTS) >= 20
