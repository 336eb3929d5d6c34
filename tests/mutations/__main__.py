"""Make each fault in a copy of the code and run its tests, which must fail: `python -m tests.mutations`."""

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from tests.mutations.faults import FAULTS, Fault
from tests.support.paths import PROJECT

COPIED = ("controlplane",)
LINKED = ("tests", "docs", "deploy", "ui", "clients", "typings", "pyproject.toml", "CHANGELOG.md", "Makefile")
TIMEOUT_S = 300


def failures(directory: Path, tests: tuple[str, ...]) -> bool:
    """Say whether a test fails in a copy of the code; one that cannot be collected or set up, or hangs, does not."""
    command = [sys.executable, "-m", "pytest", "-x", "-q", "-n", "2", *tests]
    environment = {**os.environ, "PYTHONPATH": str(directory), "PYTHONDONTWRITEBYTECODE": "1"}
    try:
        done = subprocess.run(
            command, cwd=directory, env=environment, capture_output=True, timeout=TIMEOUT_S, check=False
        )
    except subprocess.TimeoutExpired:
        return False
    return b"\nFAILED " in done.stdout


def caught(fault: Fault, directory: Path) -> bool:
    """Say whether a test of a fault fails with it."""
    path = directory / fault.file
    original = path.read_text(encoding="utf-8")
    path.write_text(original.replace(fault.before, fault.after, 1), encoding="utf-8")
    try:
        return failures(directory, fault.tests)
    finally:
        path.write_text(original, encoding="utf-8")


def main() -> int:
    """Return the number of faults that no test noticed."""
    with tempfile.TemporaryDirectory(prefix="awaz-mutations-") as scratch:
        directory = Path(scratch)
        for name in COPIED:
            shutil.copytree(PROJECT / name, directory / name, ignore=shutil.ignore_patterns("__pycache__"))
        for name in LINKED:
            (directory / name).symlink_to(PROJECT / name)
        if failures(directory, tuple(sorted({test for fault in FAULTS for test in fault.tests}))):
            sys.exit("the tests fail without a fault")
        missed = 0
        for fault in FAULTS:
            found = caught(fault, directory)
            missed += not found
            print(f"{'caught' if found else 'MISSED'}  {fault.name}", flush=True)  # noqa: T201 - the program's own voice
    return missed


if __name__ == "__main__":
    sys.exit(main())
