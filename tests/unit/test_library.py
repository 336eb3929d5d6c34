"""The hooks into python-socketio, and text frames."""

import pytest

from controlplane.live.sockets.connection import text_frame
from controlplane.live.sockets.library import missing_parts


@pytest.mark.parametrize("size", [0, 1, 125, 126, 65535, 65536])
def test_text_frames_have_the_header_of_rfc_6455(size: int) -> None:
    frame = text_frame(b"x" * size)
    header = 2 if size < 126 else 4 if size < 65536 else 10
    assert (frame[0], len(frame)) == (0x81, header + size)


def test_the_installed_libraries_have_every_hooked_part() -> None:
    assert missing_parts() == []
