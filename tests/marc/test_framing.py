"""`marc.framing`: every byte comes out again, and a record is found whatever stands before it."""

import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from foundation import limits
from marc import framing, iso2709
from marc.framing import Kind, frames
from tests.marc.malformations import FLAWS
from tests.marc.samples import Pipe, sample

GOOD = iso2709.write(sample("good"))
PIECES = st.sampled_from(
    [GOOD, b"\x1d", b"\x1e", b"\r\n", b"00000", b"00026", b"99999", GOOD[:24], GOOD[:-1], b"nam a2200025 a 4500"]
    + [flaw.data for flaw in FLAWS]
)
STREAMS = st.lists(PIECES | st.binary(max_size=40), max_size=8).map(b"".join)


@given(STREAMS)
def test_the_frames_joined_are_the_stream(data: bytes) -> None:
    found = list(frames(io.BytesIO(data)))
    assert b"".join(frame.data for frame in found) == data
    assert all(data[frame.offset :].startswith(frame.data) and frame.data for frame in found)


@given(STREAMS, st.integers(1, 50))
def test_small_pieces_of_a_pipe_change_nothing(data: bytes, piece: int) -> None:
    assert list(frames(Pipe(data, piece))) == list(frames(io.BytesIO(data)))  # type: ignore[arg-type]


@given(STREAMS, STREAMS)
def test_a_good_record_behind_anything_is_found_or_its_bytes_are_not_lost(before: bytes, behind: bytes) -> None:
    found = list(frames(io.BytesIO(GOOD + before + b"\x1d" + GOOD + behind)))
    assert found[0].data == GOOD


@pytest.mark.parametrize("length", [b"00000", b"00001", b"12345", b"99999", b"     ", b"00026"])
def test_a_wrong_length_does_not_swallow_what_follows(length: bytes) -> None:
    wrong = length + GOOD[5:]
    assert [frame.data for frame in frames(io.BytesIO(GOOD + wrong + GOOD + wrong + GOOD))] == [
        GOOD, wrong, GOOD, wrong, GOOD,
    ]  # fmt: skip


def test_a_length_over_exactly_two_records_is_cut_at_the_leader_that_checks_out() -> None:
    two = b"%05d" % (2 * len(GOOD)) + GOOD[5:]
    assert [frame.data for frame in frames(io.BytesIO(two + GOOD))] == [two, GOOD]


def test_a_terminator_in_the_text_does_not_cut_when_the_length_is_right() -> None:
    data = b"%05d" % (len(GOOD) + 3) + GOOD[5:-2] + b"\x1d \x1d" + GOOD[-2:]
    assert [frame.data for frame in frames(io.BytesIO(data + GOOD))] == [data, GOOD]


def test_text_before_a_record_is_junk_and_the_record_is_whole() -> None:
    found = list(frames(io.BytesIO(b"MARC export 2024\n" + GOOD)))
    assert [(frame.kind, len(frame.data)) for frame in found] == [(Kind.JUNK, 17), (Kind.RECORD, len(GOOD))]


def test_records_across_chunks_are_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(framing, "READ_CHUNK", 100)
    assert [frame.data for frame in frames(io.BytesIO(GOOD * 50))] == [GOOD] * 50


def test_junk_of_many_pieces_is_one_frame() -> None:
    found = list(frames(io.BytesIO(b"\x1d\x1e" * 5_000 + b"text\r\n" + GOOD)))
    assert [frame.kind for frame in found] == [Kind.JUNK, Kind.RECORD]


class Endless:
    """A stream that never ends and never has a terminator; counts what was taken."""

    def __init__(self, size: int) -> None:
        self.left = size

    def read(self, size: int) -> bytes:
        size = min(size, self.left)
        self.left -= size
        return b"a" * size


def test_endless_junk_is_given_in_bounded_pieces() -> None:
    stream = Endless(3 * limits.MARC_RECORD_BYTES + 5)
    sizes = [len(frame.data) for frame in frames(stream)]  # type: ignore[arg-type]
    assert max(sizes) <= max(limits.MARC_RECORD_BYTES, limits.MARC_JUNK_BYTES)
    assert sum(sizes) == 3 * limits.MARC_RECORD_BYTES + 5
