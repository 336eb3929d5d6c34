"""Limits on the size of modules and functions, and the help of make targets."""

import ast
import re
from pathlib import Path

import pytest

from tests.support.paths import PROJECT

PACKAGES = ("controlplane", "bench", "tests")
MODULE_LINES = 400
FUNCTION_LINES = 50


def sources() -> list[Path]:
    found = [path for package in PACKAGES for path in (PROJECT / package).rglob("*.py")]
    return [path for path in found if "versions" not in path.parts]


@pytest.mark.parametrize("path", sources(), ids=lambda path: str(path.relative_to(PROJECT)))
def test_modules_and_functions_stay_small(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert len(text.splitlines()) <= MODULE_LINES
    functions = [node for node in ast.walk(ast.parse(text)) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]
    long = [node.name for node in functions if (node.end_lineno or 0) - node.lineno >= FUNCTION_LINES]
    assert long == []


def test_every_make_target_has_a_help_text() -> None:
    lines = (PROJECT / "Makefile").read_text().splitlines()
    targets = [line for line in lines if line and line[0].islower() and ":" in line and "/" not in line.split(":")[0]]
    assert targets
    assert [line for line in targets if "## " not in line] == []


def test_no_module_imports_a_test() -> None:
    trees = [ast.parse(path.read_text(encoding="utf-8")) for path in sources()]
    imports = [node.module or "" for tree in trees for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)]
    assert [name for name in imports if re.match(r"tests\..*\.test_", name)] == []
