"""The types of a Python client, made from the references: `python -m tests.support.python_types`."""

import json
import subprocess
import sys
import tempfile
from pathlib import Path

from tests.support.paths import PROJECT

REFERENCE = PROJECT / "docs/reference"
TARGET = PROJECT / "clients/python/awaz_client/wire.py"
HEAD = '"""Made by `make docs` from docs/reference/openapi.json and asyncapi.json."""'
OPTIONS = [
    "--input-file-type=openapi",
    "--openapi-scopes=schemas",
    "--output-model-type=typing.TypedDict",
    "--target-python-version=3.11",
    "--use-schema-description",
    "--use-field-description",
    "--use-standard-collections",
    "--use-union-operator",
    "--disable-timestamp",
    "--formatters=builtin",
    f"--custom-file-header={HEAD}",
]


def python_types() -> str:
    """Return the module."""
    http, socket = (json.loads((REFERENCE / name).read_text()) for name in ("openapi.json", "asyncapi.json"))
    # What both have is the same: one program writes them from the same models.
    http["components"]["schemas"] |= socket["components"]["schemas"]
    with tempfile.TemporaryDirectory() as scratch:
        source, made = Path(scratch) / "wire.json", Path(scratch) / "wire.py"
        source.write_text(json.dumps(http), encoding="utf-8")
        command = [
            str(Path(sys.executable).with_name("datamodel-codegen")),
            f"--input={source}",
            f"--output={made}",
            *OPTIONS,
        ]
        subprocess.run(command, check=True, capture_output=True, text=True)
        return made.read_text(encoding="utf-8")


if __name__ == "__main__":
    TARGET.write_text(python_types(), encoding="utf-8")
