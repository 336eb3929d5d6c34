"""A token that cannot be good costs no more than one whose signature is wrong."""

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
"""The quickest of many rounds, of things that take some ten microseconds, still differ by about half."""


@pytest.fixture
def mint(tmp_path: Path) -> TokenMint:
    return TokenMint.of(Settings(data_dir=tmp_path))


def cost(mint: TokenMint, token: object) -> float:
    """Return the processor time that refusing a token takes at best."""
    took = []
    for _ in range(ROUNDS):
        began = time.thread_time()
        with suppress(Unauthenticated):
            mint.read(token)
        took.append(time.thread_time() - began)
    return min(took)


@pytest.mark.parametrize("name", [name for name in BAD_TOKENS if "levels" in name or "many" in name or "kB" in name])
def test_large_and_nested_tokens_cost_no_more_than_a_bad_signature(mint: TokenMint, name: str) -> None:
    wrong = cost(mint, sign("x" * 64, good("guest:1", x="y" * 2500)))
    assert cost(mint, BAD_TOKENS[name]("x" * 64, "guest:1")) <= wrong * NOISE
    # Of the right key too, though only a platform of ours could sign it.
    assert cost(mint, BAD_TOKENS[name](mint.secrets.accepted()[0], "guest:1")) <= wrong * 2 * NOISE
