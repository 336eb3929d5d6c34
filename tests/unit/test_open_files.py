"""The limit of open files, and its division between connections."""

import resource

import pytest

from controlplane.runtime import open_files


@pytest.fixture
def limit(monkeypatch: pytest.MonkeyPatch) -> dict[str, tuple[int, int]]:
    """A fake of the system's limit, so that the test process keeps its own."""
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
    shares = open_files.raise_limit(20_000)
    total = 1_000_000 if hard == resource.RLIM_INFINITY else hard
    remaining = total - shares.held - shares.pages - shares.hooks
    assert remaining >= open_files.OTHER_FILES * min(1.0, total / 2 / 3000) - 1
    assert min(shares.pages, shares.hooks) > 0
    assert shares.held >= min(20_000, total // 2)
