"""The one frame of a broadcast."""

import pytest

from controlplane.live import engine, fanout


@pytest.mark.parametrize("size", [0, 1, 125, 126, 65535, 65536])
def test_a_frame_has_the_length_that_the_rfc_gives_it(size: int) -> None:
    frame = engine.text_frame(b"x" * size)
    header = 2 if size < 126 else 4 if size < 65536 else 10
    assert (frame[0], len(frame)) == (0x81, header + size)


def test_the_installed_libraries_have_all_that_the_fan_out_needs() -> None:
    assert fanout.missing() == []
