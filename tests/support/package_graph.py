"""The graph of packages, drawn into docs/architecture.md: `python -m tests.support.package_graph`."""

import ast
from collections.abc import Iterator
from pathlib import Path

from tests.support.paths import PROJECT

DOCUMENT = PROJECT / "docs" / "architecture.md"
BEGIN, END = "<!-- package graph: written by make docs -->\n", "<!-- end of package graph -->\n"
ROOT = "controlplane"
NESTED = "features"
"""A package that is drawn as its subpackages."""


def package_of(module: str) -> str:
    """Return the package of a module as named in the graph, empty for root modules without imports."""
    parts = module.split(".")[1:]
    depth = 2 if parts[:1] == [NESTED] and len(parts) > 1 else 1
    return "/".join(parts[:depth])


def imports(path: Path) -> Iterator[str]:
    """Return the own modules that a file imports."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module and node.module.split(".")[0] == ROOT:
            # `from controlplane.db import audit` imports a module of the package.
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def arrows(root: Path = PROJECT / ROOT) -> set[tuple[str, str]]:
    """Return the imports between packages."""
    found = set()
    for path in root.rglob("*.py"):
        module = ".".join(path.relative_to(root.parent).with_suffix("").parts)
        for imported in imports(path):
            found.add((package_of(module), package_of(imported)))
    return {(importer, imported) for importer, imported in found if importer != imported}


def reduced(graph: set[tuple[str, str]]) -> set[tuple[str, str]]:
    """Return the transitive reduction of a graph."""
    return {
        (a, c) for a, c in graph if not any((a, b) in graph and _reaches(graph, b, c) for b in _all(graph) - {a, c})
    }


def _all(graph: set[tuple[str, str]]) -> set[str]:
    return {package for arrow in graph for package in arrow}


def _reaches(graph: set[tuple[str, str]], start: str, end: str) -> bool:
    seen, left = set[str](), [start]
    while left:
        at = left.pop()
        if at == end:
            return True
        seen.add(at)
        left += [imported for importer, imported in graph if importer == at and imported not in seen]
    return False


def mermaid(graph: set[tuple[str, str]]) -> str:
    """Return a graph as a Mermaid flowchart."""
    lines = [f"    {_name(a)}[{a}] --> {_name(b)}[{b}]" for a, b in sorted(graph)]
    return "\n".join(["```mermaid", "flowchart TD", *lines, "```", ""])


def _name(package: str) -> str:
    return package.replace("/", "_").replace("__main__", "main")


def drawn(document: str) -> str:
    """Return the document with the current graph; raise ValueError if it has no place for one."""
    before, begin, rest = document.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end:
        raise ValueError(f"{DOCUMENT} has no place for the package graph")
    return f"{before}{BEGIN}{mermaid(reduced(arrows()))}{END}{after}"


if __name__ == "__main__":
    DOCUMENT.write_text(drawn(DOCUMENT.read_text(encoding="utf-8")), encoding="utf-8")
