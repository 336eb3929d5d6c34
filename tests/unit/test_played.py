"""The list that a pipeline keeps of what it has played."""

from pathlib import Path

from controlplane.features.playout import played


def test_lines_that_are_none_are_passed_over(tmp_path: Path) -> None:
    path = tmp_path / "played.log"
    path.write_bytes(b"1795757393.46 9fc1\n\xff\xfe\nx y\n1795757418. r-t1\n1795757420.5 half")
    assert played.entries(path) == [(1795757393460, "9fc1"), (1795757418000, "r-t1"), (1795757420500, "half")]
    assert played.entries(tmp_path / "none") == []


def test_a_long_list_is_put_aside(tmp_path: Path) -> None:
    path = tmp_path / "played.log"
    path.write_text("1795757393.46 9fc1\n" * 20_000)
    assert len(played.entries(path)) == 20_000
    assert not path.exists()
    assert (tmp_path / "played.old").exists()
