"""The pages do not compile against another protocol than the one that they were written for."""

import json
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.support.npm_client import NODE
from tests.support.paths import PROJECT

WITHIN_S = 60


@pytest.fixture
def ui(tmp_path: Path) -> Path:
    """A copy of the pages beside a copy of the references."""
    shutil.copytree(PROJECT / "docs/reference", tmp_path / "docs/reference")
    shutil.copytree(PROJECT / "ui", tmp_path / "ui", ignore=shutil.ignore_patterns("node_modules"))
    (tmp_path / "ui/node_modules").symlink_to(PROJECT / "ui/node_modules")
    return tmp_path / "ui"


def node(ui: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [str(NODE), *arguments], cwd=ui, capture_output=True, text=True, timeout=WITHIN_S, check=False
    )


@pytest.mark.parametrize(
    ("document_name", "schema", "field"),
    [
        ("asyncapi", "StreamStarted", "host"),
        ("asyncapi", "StreamListeners", "stale"),
        ("asyncapi", "StreamJoin", "last_seq"),
        ("openapi", "KeyView", "label"),
        ("openapi", "RoleRequest", "role"),
    ],
)
def test_a_field_that_is_renamed_in_python_only_does_not_compile(
    ui: Path, document_name: str, schema: str, field: str
) -> None:
    reference = ui.parent / f"docs/reference/{document_name}.json"
    document = json.loads(reference.read_text(encoding="utf-8"))
    fields = document["components"]["schemas"][schema]["properties"]
    fields["renamed"] = fields.pop(field)
    reference.write_text(json.dumps(document), encoding="utf-8")
    assert node(ui, "scripts/wire.mjs").returncode == 0
    compiled = node(ui, "node_modules/typescript/bin/tsc", "--noEmit")
    assert compiled.returncode != 0
    assert f"'{field}'" in compiled.stdout
