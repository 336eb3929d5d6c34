"""The list that a pipeline keeps of what it has played."""

from pathlib import Path

import pytest

from controlplane.features.playout import played
from controlplane.features.playout.played import Played
from controlplane.kernel.errors import Upstream


def test_lines_that_are_none_are_passed_over(tmp_path: Path) -> None:
    path = tmp_path / "played.log"
    path.write_bytes(b"1795757393.46 9fc1\n\xff\xfe\nx y\n1795757418. r-t1\n1795757420.5 half")
    entries = [(1795757393460, "9fc1"), (1795757418000, "r-t1"), (1795757420500, "half")]
    assert played.read(path) == Played(entries)
    assert not played.read(tmp_path / "none").entries


def test_a_long_list_is_put_aside_and_still_read(tmp_path: Path) -> None:
    path = tmp_path / "played.log"
    path.write_text("1795757393.46 9fc1\n" * 20_000)
    assert len(played.read(path).entries) == 20_000
    assert not path.exists()
    path.write_text("1795757394. a\n")
    assert [item for _, item in played.read(path).entries[-2:]] == ["9fc1", "a"]


def test_a_list_that_cannot_be_read_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(Upstream, match="cannot be read: Is a directory"):
        played.read(tmp_path)


def test_what_was_heard_since_an_item_begins_behind_its_last_time() -> None:
    entries = [(1, "b"), (2, "r-a"), (3, "r-b"), (4, "r-a"), (5, "c")]
    assert Played(entries).since("r-a") == [(5, "c")]
    assert Played(entries).since("b") == entries[1:]
    assert not Played(entries).since("c")
    assert not Played(entries).since("x")
