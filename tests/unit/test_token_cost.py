"""The CPU cost of refusing a token: no more than that of a wrong signature."""

import time
from contextlib import suppress
from pathlib import Path

import pytest

from controlplane.access.tokens import TokenMint
from controlplane.kernel.errors import Unauthenticated
from controlplane.runtime.config import Settings
from tests.support.tokens import BAD_TOKENS, good, sign

ROUNDS = 30
NOISE = 3.0
"""Tolerance: even the fastest of many rounds of some ten microseconds vary by about half."""


@pytest.fixture
def mint(tmp_path: Path) -> TokenMint:
    return TokenMint.of(Settings(data_dir=tmp_path))


def cost(mint: TokenMint, token: object) -> float:
    """Return the minimum CPU time that refusing a token takes."""
    times = []
    for _ in range(ROUNDS):
        start = time.thread_time()
        with suppress(Unauthenticated):
            mint.read(token)
        times.append(time.thread_time() - start)
    return min(times)


@pytest.mark.parametrize("name", [name for name in BAD_TOKENS if "levels" in name or "many" in name or "kB" in name])
def test_large_and_nested_tokens_cost_no_more_than_a_bad_signature(mint: TokenMint, name: str) -> None:
    reference = cost(mint, sign("x" * 64, good("guest:1", x="y" * 2500)))
    assert cost(mint, BAD_TOKENS[name]("x" * 64, "guest:1")) <= reference * NOISE
    # Also with a valid signature, though only the platform could make one.
    assert cost(mint, BAD_TOKENS[name](mint.secrets.accepted()[0], "guest:1")) <= reference * 2 * NOISE
