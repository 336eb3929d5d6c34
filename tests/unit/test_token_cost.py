"""A token that cannot be good costs no more than one whose signature is wrong."""

import time
from contextlib import suppress
from pathlib import Path

import pytest

from controlplane.accounts.tokens import TokenMint
from controlplane.config import Settings
from controlplane.errors import Unauthenticated
from tests.instruments.tokens import BATTERY, good, sign

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


@pytest.mark.parametrize("name", [name for name in BATTERY if "levels" in name or "many" in name or "kB" in name])
def test_size_nesting_and_shape_cost_nothing_before_the_signature(mint: TokenMint, name: str) -> None:
    wrong = cost(mint, sign("x" * 64, good("guest:1", x="y" * 2500)))
    assert cost(mint, BATTERY[name]("x" * 64, "guest:1")) <= wrong * NOISE
    # Of the right key too, though only a platform of ours could sign it.
    assert cost(mint, BATTERY[name](mint.secrets.accepted()[0], "guest:1")) <= wrong * 2 * NOISE
