"""Room for as many open files as there may be connections."""

import resource

import pytest

from controlplane.runtime import open_files


@pytest.fixture
def limit(monkeypatch: pytest.MonkeyPatch) -> dict[str, tuple[int, int]]:
    """The system's limits, without changing those of the tests."""
    limits = {"now": (1024, 4096)}
    monkeypatch.setattr(resource, "getrlimit", lambda _which: limits["now"])
    monkeypatch.setattr(resource, "setrlimit", lambda _which, wanted: limits.update(now=wanted))
    return limits


@pytest.mark.parametrize(
    ("before", "connections", "after"),
    [
        ((1024, 100_000), 20_000, (23_000, 100_000)),
        ((1024, 4096), 20_000, (4096, 4096)),
        ((50_000, 100_000), 20_000, (50_000, 100_000)),
        ((1024, resource.RLIM_INFINITY), 20_000, (23_000, resource.RLIM_INFINITY)),
        ((resource.RLIM_INFINITY, resource.RLIM_INFINITY), 20_000, (resource.RLIM_INFINITY, resource.RLIM_INFINITY)),
    ],
)
def test_the_limit_is_raised_as_far_as_needed_and_allowed(
    limit: dict[str, tuple[int, int]], before: tuple[int, int], connections: int, after: tuple[int, int]
) -> None:
    limit["now"] = before
    open_files.raise_limit(connections)
    assert limit["now"] == after


def test_an_insufficient_limit_is_logged(limit: dict[str, tuple[int, int]], capsys: pytest.CaptureFixture[str]) -> None:
    open_files.raise_limit(20_000)
    assert "LimitNOFILE" in capsys.readouterr().out


@pytest.mark.parametrize("hard", [100_000, resource.RLIM_INFINITY, 20_000, 5999, 4096, 1024, 256])
def test_pages_hooks_and_files_keep_a_share_of_a_low_limit(limit: dict[str, tuple[int, int]], hard: int) -> None:
    limit["now"] = (256, hard)
    room = open_files.raise_limit(20_000)
    most = 1_000_000 if hard == resource.RLIM_INFINITY else hard
    rest = most - room.held - room.pages - room.hooks
    assert rest >= open_files.OTHER_FILES * min(1.0, most / 2 / 3000) - 1
    assert min(room.pages, room.hooks) > 0
    assert room.held >= min(20_000, most // 2)
