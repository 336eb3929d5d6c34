"""Parsing of a pipeline's state document, which may hold hostile text."""

import json

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from controlplane.features.onair.sources.pipelines import seen
from controlplane.features.onair.state import PipelineSeen, Playing
from controlplane.kernel.plan import PlanItem, PlanTrack
from controlplane.liquidsoap import parse
from controlplane.liquidsoap.parse import EncoderLevel, Malformed


def document(**fields: object) -> bytes:
    return orjson.dumps({"source": "auto", "instance": "i", "seq": 4, **fields})


def test_a_state_document_is_parsed() -> None:
    state = parse.state(document(title="T", artist="A", album="L", item="x", plan=7, decoding="y"))
    assert seen(state, None) == PipelineSeen(Playing("auto", "T", "A", "L", item="x"))
    assert (state.instance, state.seq, state.item, state.decoding, state.plan_version) == ("i", 4, "x", "y", 7)


def test_the_levels_of_the_encoders_are_parsed() -> None:
    a = {"slot": "a", "connected": True, "silent_s": 7.5, "peak_left": 0.5, "peak_right": 1, "lufs": -23.4}
    b = {"slot": "b", "connected": True, "silent_s": 0, "peak_left": "x", "peak_right": None, "lufs": -100}
    state = parse.state(document(encoders=[b, a], slot="a", wanted_slot="b"))
    assert state.encoders == (
        EncoderLevel("a", True, 7.5, (0.5, 1.0), -23.4),
        EncoderLevel("b", True, 0.0, (0.0, 0.0), None),
    )
    assert (state.slot, state.wanted_slot) == ("a", "b")
    assert seen(state, None) == PipelineSeen(Playing("auto", slot="a"), frozenset({"a", "b"}), frozenset({"a"}))


def test_an_item_of_the_plan_is_named_as_the_library_names_it() -> None:
    track = PlanTrack("t", "Chirag", "The Lamps", "", "a1", "", "mp3", 60_000, cue_in_ms=1000)
    item = PlanItem("x", track, broadcast="b1")
    state = parse.state(document(title="chirag_FINAL", item="x"))
    assert seen(state, item).playing == Playing("auto", "Chirag", "The Lamps", "", "t", "x", "a1", "b1")
    assert seen(state, item).playing.duration_s == 59


def test_fields_of_the_wrong_type_count_as_absent() -> None:
    state = parse.state(document(title=5, seq="x", duration_s=True, rms=-3, encoders=[1, {"slot": "c"}]))
    assert seen(state, None) == PipelineSeen(Playing("auto"))
    assert (state.seq, state.rms) == (0, 0.0)


@pytest.mark.parametrize("title", [b"\xed\xa0\x80x", b"\xff\xfe", b"\x00\x01\x1b\n", b"\\ud800", b"\\u0000"])
def test_invalid_title_bytes_do_not_break_the_document(title: bytes) -> None:
    state = parse.state(b'{"source":"live","artist":"A","seq":9,"title":"' + title + b'"}')
    assert (state.source, state.artist, state.seq) == ("live", "A", 9)
    state.title.encode()


@pytest.mark.parametrize(
    "raw", [b"", b"[]", b"{}", b'{"source":"mars"}', b'{"source":["auto"]}', b"\xff", b"NaN", b"[" * 8000]
)
def test_malformed_state_documents_are_rejected(raw: bytes) -> None:
    with pytest.raises(Malformed):
        parse.state(raw)


@given(
    st.dictionaries(
        st.text(max_size=12),
        st.one_of(st.none(), st.text(), st.integers(), st.floats(allow_nan=False, allow_infinity=False)),
    )
)
def test_any_object_with_a_source_is_parsed(fields: dict[str, object]) -> None:
    raw = json.dumps({**fields, "source": "live"}).encode()
    assert parse.state(raw).source == "live"
