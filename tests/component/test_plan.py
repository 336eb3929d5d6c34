"""A pipeline and its plan: what is played, in which order, however the plan changes and whoever dies."""

from collections.abc import Iterator
from pathlib import Path
from random import Random
from string import ascii_letters, ascii_lowercase

import pytest

from tests.support.audio import Sounds
from tests.support.pipeline import Pipeline
from tests.support.waiting import wait_until


@pytest.fixture(scope="module")
def tracks(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    sounds = Sounds(tmp_path_factory.mktemp("tracks"))
    return {name: sounds.tone(200 + 30 * number, 20) for number, name in enumerate("abcdexrst")}


@pytest.fixture
def pipeline(tmp_path: Path, tracks: dict[str, Path]) -> Iterator[Pipeline]:
    started = Pipeline(tmp_path, dict(tracks))
    started.plan(1, "abcd", "RST")
    started.start()
    yield started
    started.kill()


def played(pipeline: Pipeline, count: int) -> str:
    """Skip through what follows, and return its names."""
    return "".join(pipeline.skip() for _ in range(count))


def follows(pipeline: Pipeline, version: int, items: str) -> None:
    pipeline.plan(version, items, "RST")
    assert pipeline.ask("st.plan") == f"OK {version}"


def test_a_plan_is_played_to_its_end_and_then_the_reserve_round_and_round(pipeline: Pipeline) -> None:
    assert pipeline.status()["decoding"] == "a"
    assert played(pipeline, 7) == "bcdRSTR"


def test_a_new_plan_ends_the_reserve(pipeline: Pipeline) -> None:
    assert played(pipeline, 4) == "bcdR"
    follows(pipeline, 2, "xe")
    order = played(pipeline, 3)
    assert order[:2] == "xe"
    assert order[2] in "RST"


@pytest.mark.parametrize(
    ("changed", "order"),
    [
        ("axbcd", "xcd"),
        ("acd", "cdR"),
        ("acbd", "cdR"),
        ("bdca", "dcR"),
        ("cd", "cdR"),
        ("xe", "xeR"),
    ],
)
def test_a_change_that_comes_when_the_next_track_has_begun_loses_and_repeats_nothing(
    pipeline: Pipeline, changed: str, order: str
) -> None:
    assert played(pipeline, 1) == "b"
    follows(pipeline, 2, changed)
    wait_until(lambda: pipeline.status()["waiting"] == [order[0]], 5)
    assert played(pipeline, 3) == order


def test_what_waits_already_is_taken_back(pipeline: Pipeline) -> None:
    wait_until(lambda: pipeline.status()["waiting"] == ["b"], 5)
    follows(pipeline, 2, "axcbd")
    assert pipeline.status()["waiting"] == ["x"]
    assert played(pipeline, 4) == "xcbd"


def test_a_file_that_is_gone_or_broken_is_passed_over(pipeline: Pipeline, tmp_path: Path) -> None:
    broken = tmp_path / "broken.mp3"
    broken.write_bytes(b"no music" * 100)
    pipeline.tracks |= {"x": tmp_path / "gone.mp3", "e": broken}
    follows(pipeline, 2, "axebcd")
    wait_until(lambda: pipeline.status()["waiting"] == ["b"], 10, pipeline.status)
    assert played(pipeline, 2) == "bc"


def test_what_is_behind_many_files_that_are_gone_is_found(pipeline: Pipeline, tmp_path: Path) -> None:
    pipeline.tracks |= dict.fromkeys("efgh", tmp_path / "gone.mp3")
    pipeline.plan(2, "aefghxbcd", "RST")
    wait_until(lambda: pipeline.ask("st.plan") == "OK 2", 10)
    wait_until(lambda: pipeline.status()["waiting"] == ["x"], 10, pipeline.status)
    assert played(pipeline, 2) == "xb"


def test_a_full_disk_ends_nothing(pipeline: Pipeline) -> None:
    has_heard(pipeline, "a")
    for name in ("cursor", "played.log"):
        (pipeline.directory / name).unlink()
        (pipeline.directory / name).symlink_to("/dev/full")
    assert played(pipeline, 2) == "bc"
    wait_until(lambda: pipeline.status()["item"] == "c", 5)
    assert b"not noted" in pipeline.log.read_bytes()


def test_the_tags_of_a_file_do_not_count(pipeline: Pipeline, tmp_path: Path) -> None:
    evil = {"title": "Evil", "liq_cue_in": "9", "liq_cue_out": "10", "awaz_item": "d"}
    pipeline.tracks["x"] = Sounds(tmp_path).tone(1000, 20, "flac", **evil)
    follows(pipeline, 2, "axbc")
    has_heard(pipeline, "a")
    assert played(pipeline, 1) == "x"
    has_heard(pipeline, "ax")
    heard = pipeline.status()
    assert (heard["item"], heard["title"]) == ("x", "")
    assert heard["remaining_s"] > 15


def test_after_its_death_a_pipeline_goes_on_behind_what_was_heard(pipeline: Pipeline) -> None:
    has_heard(pipeline, "a")
    assert played(pipeline, 1) == "b"
    has_heard(pipeline, "ab")
    pipeline.kill()
    pipeline.plan(2, "axbcd", "RST")
    pipeline.start()
    assert pipeline.status()["decoding"] == "x"
    assert played(pipeline, 2) == "cd"


def test_a_plan_that_cannot_be_read_changes_nothing(pipeline: Pipeline) -> None:
    (pipeline.directory / "plan.json").write_text("{")
    assert pipeline.ask("st.plan").startswith("ERR")
    assert played(pipeline, 3) == "bcd"


def has_heard(pipeline: Pipeline, names: str) -> None:
    wait_until(lambda: pipeline.heard() == names, 10, pipeline.heard)


def edited(queue: str, new: Iterator[str], chance: Random) -> str:
    """Insert, move or remove one item of a queue."""
    place = chance.randrange(len(queue) + 1)
    kind = chance.choice(["insert", "move", "remove"]) if len(queue) > 2 else "insert"
    rest = queue if kind == "insert" else queue.replace(chance.choice(queue), "")
    added = next(new) if kind == "insert" else "".join(set(queue) - set(rest)) * (kind == "move")
    return rest[:place] + added + rest[place:]


def test_after_fifty_edits_at_random_while_it_plays_the_queue_is_what_was_heard(
    pipeline: Pipeline, tracks: dict[str, Path]
) -> None:
    files = list(tracks.values())
    pipeline.tracks |= {name: files[number % len(files)] for number, name in enumerate(ascii_lowercase)}
    new = iter([name for name in ascii_letters if name not in "abcdRST"])
    chance, playing, queue, expected, version = Random(4), "a", "bcd", "a", 1
    for _ in range(10):
        has_heard(pipeline, expected)
        for _ in range(5):
            queue, version = edited(queue, new, chance), version + 1
            follows(pipeline, version, playing + queue)
        playing, queue = queue[0], queue[1:]
        assert pipeline.skip() == playing
        expected += playing
    has_heard(pipeline, expected)
