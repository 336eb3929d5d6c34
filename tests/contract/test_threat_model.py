"""The threat model names existing tests, one at least in every row."""

import re

from tests.support.paths import PROJECT


def test_every_test_named_in_the_threat_model_exists() -> None:
    named = set(re.findall(r"`(test_\w+)`", (PROJECT / "THREAT_MODEL.md").read_text(encoding="utf-8")))
    written = "\n".join(path.read_text(encoding="utf-8") for path in (PROJECT / "tests").rglob("test_*.py"))
    assert len(named) > 30
    assert [name for name in sorted(named) if f"def {name}(" not in written] == []


def test_every_defence_names_a_test() -> None:
    text = (PROJECT / "THREAT_MODEL.md").read_text(encoding="utf-8")
    rows = [line for line in text.splitlines() if line.startswith("| ") and not line.startswith("| abuse")]
    assert [row for row in rows if "`test_" not in row] == []
