"""The microphone's WebSocket: a browser's recording in numbered slices, each of which is acknowledged.

The client sends `MicrophoneHello` as JSON, and then each slice as a binary message: its number in four bytes, big
endian, from 1 on; if it says so, the time of its recording in four bytes; and what MediaRecorder gave. The server
answers with JSON: `MicrophoneReady` once, and `MicrophoneAck` after each slice. A client that was cut off says hello
again with the same session, and sends what was not acknowledged. It may send `MicrophoneNote`, as JSON, after it was
told to be ready. The text `done` ends the recording.

Slices with a time that come late are passed on as fast as they were recorded: the pipeline keeps no more than three
seconds of a source.
"""

from typing import Annotated, Literal

from pydantic import Field

from controlplane.protocol.base import Body, Wire
from controlplane.protocol.errors import ErrorBody
from controlplane.protocol.going_live import SourceId
from controlplane.protocol.types import INTEGRAL, MAX_WHOLE

NUMBER_BYTES, TIME_BYTES = 4, 4
MAX_SLICE_BYTES = 512 * 1024
"""Of one slice: 250 ms are 4 KB at 128 kbit/s; a page that was frozen sends more at once."""
SESSION = Field(pattern="^[0-9a-f-]{8,64}$", examples=["6f1e2d3c-8a9b-4c5d-9e8f-7a6b5c4d3e2f"])
Have = Annotated[int, Field(ge=0, examples=[120])]


class MicrophoneHello(Body):
    """The first message."""

    token: Annotated[str, Field(max_length=4096, examples=["eyJhbGciOi…"])]
    """An access token."""
    mime: Annotated[str, Field(max_length=100, examples=["audio/webm;codecs=opus"])]
    """The recording's media type, as MediaRecorder names it."""
    session: Annotated[str, SESSION]
    """The recording: the same for each connection that goes on with it."""
    replaces: Annotated[str | None, SESSION] = None
    """The recording of the same page before this one, which is ended if the server still has it."""
    have: Annotated[int, Field(ge=0, le=MAX_WHOLE, examples=[0]), INTEGRAL] = 0
    """The newest slice that was acknowledged."""
    timed: Annotated[bool, Field(examples=[True])] = False
    """Whether each slice has the time at which it was recorded: milliseconds of any clock, modulo 2³²."""


class MicrophoneNote(Body):
    """The client's own measurements of its slices."""

    lead_ms: Annotated[int | None, Field(ge=0, le=10_000, examples=[2000]), INTEGRAL] = None
    """Before the first slice of a recording that goes on after a break: the silence at its beginning, in milliseconds.
    The pipeline needs it to find the source, so that nothing of what follows is lost."""
    delay_ms: Annotated[int | None, Field(ge=0, le=MAX_WHOLE, examples=[180]), INTEGRAL] = None
    """Now and then: how long the oldest slice waits for its acknowledgement, in milliseconds. Hosts see it."""


class MicrophoneReady(Wire):
    """Slices may be sent, from `have` + 1 on."""

    type: Literal["ready"] = "ready"
    """`ready`."""
    have: Have
    """The newest slice that has arrived."""
    source: SourceId
    """The source that the microphone is."""
    awaited: Annotated[bool, Field(examples=[False])]
    """Whether listeners wait for it: it is the source of a broadcast that was cut off. Otherwise nobody misses what was
    said meanwhile."""


class MicrophoneAck(Wire):
    """A slice has arrived."""

    type: Literal["ack"] = "ack"
    """`ack`."""
    have: Have
    """The newest slice that has arrived; what was sent beyond it has to be sent again."""


class MicrophoneError(Wire):
    """The last message: nothing more is taken."""

    type: Literal["error"] = "error"
    """`error`."""
    error: ErrorBody
    """Why. With the code `not_found`, a new recording has to begin."""
