"""The package graph of docs/architecture.md matches the code and has no cycles."""

from tests.support.package_graph import DOCUMENT, arrows, drawn


def test_the_documented_package_graph_matches_the_code() -> None:
    document = DOCUMENT.read_text(encoding="utf-8")
    assert drawn(document) == document, "run `make docs`"


def test_no_two_packages_import_each_other() -> None:
    graph = arrows()
    assert [(a, b) for a, b in graph if (b, a) in graph] == []
