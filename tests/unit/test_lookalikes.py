"""Names that look alike have the same key."""

import pytest

from controlplane.kernel.lookalikes import lookalike_key


@pytest.mark.parametrize(
    ("name", "other"),
    [
        ("Sara", "SARA"),
        ("Sara", "Sаrа"),
        ("Sara", "Ｓａｒａ"),
        ("Sara", "𝕊𝕒𝕣𝕒"),
        ("Sara", "S a r á"),
        ("Sara", "S.a.r.a"),
        ("Sara", "Sa\u200bra"),
        ("Bilal", "BiIaI"),
        ("Bilal", "BILAL"),
        ("Bilal", "Bi1a|"),
        ("Maryam", "rnaryarn"),
        ("Oscar", "0scar"),
        ("علی", "على"),
    ],
)
def test_names_that_look_alike_have_the_same_key(name: str, other: str) -> None:
    assert lookalike_key(name) == lookalike_key(other)


@pytest.mark.parametrize(
    ("name", "other"),
    [("Sara", "Sarah"), ("Nina", "Vina"), ("نور", "تور"), ("Ali", "Ala"), ("سارہ", "زارا"), ("❤", "🔥"), ("कल", "काल")],
)
def test_other_names_have_other_keys(name: str, other: str) -> None:
    assert lookalike_key(name) != lookalike_key(other)
