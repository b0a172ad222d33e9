"""`marc.runs`: many records at once give what each gives by itself, and a sick one keeps its neighbours."""

import gzip
import io
import unicodedata
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from foundation.errors import InputError
from foundation.limits import MARC_RECORD_BYTES
from marc import iso2709, runs
from marc.framing import Frame, Kind, Run, frames, is_filler
from marc.framing import runs as framed
from marc.record import Record
from tests.marc.samples import SHARED, iso, needs_data, records
from tests.marc.test_iso2709 import damaged

TAGS = frozenset([b"001", b"245", b"650", b"9ab"])
GOOD = iso(("001", b"x1"), ("245", "10\x1faNhan đề".encode()), ("650", b" 0\x1fax"))


def one_by_one(data: bytes, tags: frozenset[bytes]) -> list[iso2709.Selection]:
    found = []
    for frame in frames(io.BytesIO(data)):
        if frame.kind is Kind.JUNK:
            if not is_filler(frame.data):
                found.append(iso2709.Selection(frame.offset, [], iso2709._unread(frame)))
            continue
        try:
            found.append(iso2709.Selection(frame.offset, iso2709.select(frame.data, tags)))
        except InputError as error:
            found.append(iso2709.Selection(frame.offset, [], error.problem))
    return found


@given(
    st.lists(damaged() | records.map(iso2709.write) | st.binary(max_size=40), max_size=6),
    st.frozensets(st.sampled_from(sorted(TAGS))),
)
def test_many_at_once_are_what_each_is_by_itself(pieces: list[bytes], tags: frozenset[bytes]) -> None:
    data = b"".join(pieces)
    assert list(iso2709.selections(io.BytesIO(data), tags)) == one_by_one(data, tags)


@given(st.lists(records, min_size=1, max_size=6))
def test_fields_are_those_of_the_records(written: list[Record]) -> None:
    data = b"".join(map(iso2709.write, written))
    found = [selection.parts for selection in iso2709.selections(io.BytesIO(data), TAGS)]
    assert found == [[part for part in record.parts() if part[:3].encode() in TAGS] for record in written]


@pytest.mark.parametrize(
    "sick",
    [
        iso(("001", b"x2"), ("245", b"10\x1fa\xe1\xbb")),
        iso(("001", b"x2"), ("245", b"10\x1fa\xc2\x85")),
        iso(("001", b"x2"), ("245", b"10\x1faa\x7fb")),
        iso(("001", b"x2"), ("245", b"10\x1faa\x0bb")),
        iso(("001", b"x2"), ("245", b"10\x1f\xc4\x91b")),
        iso(("001", b"x2"), ("245", b"10\x1f@b")),
        iso(("001", b"x2"), ("245", b"1A\x1fab")),
        iso(("001", b"x2"), ("245", b"1\x1fab")),
        iso(("001", b"x2"), ("245", b"")),
        iso(("001", b"x2"), ("245", "10\x1fa\u0111a\u0302\u0323\u0313".encode())),
        iso(("001", b"x2\x1fa"), ("245", b"10\x1fab")),
        iso(("001", b"x2"), ("000", b"10\x1fab")),
        iso(("001", b"x2"), ("24x", b"10\x1fab")),
        iso(("001", b"x2"), ("245", b"10\x1fab")).replace(b"245000600003", b"245000500004"),
        iso(("001", b"x2"), ("245", b"10\x1fab")).replace(b"245000600003", b"245000600004"),
        iso(("001", b"x2"), ("245", b"10\x1fab")).replace(b"245000600003", b"24500060000:"),
        iso(("001", b"x2"), ("245", b"10\x1fab"))[:12] + b"00037" + iso(("001", b"x2"), ("245", b"10\x1fab"))[17:],
        iso(("001", b"x2"), ("245", b"10\x1fab"))[:12] + b"0004 " + iso(("001", b"x2"), ("245", b"10\x1fab"))[17:],
        iso(("001", b"x2"), ("245", b"10\x1fab"))[:-2] + b" \x1d",
        iso(),
    ],
)
def test_what_is_out_of_order_is_looked_at_by_itself(sick: bytes) -> None:
    run = Run(GOOD + sick + GOOD, 0, [0, len(GOOD), len(GOOD + sick), len(GOOD + sick + GOOD)])
    good = ["001x1", "24510\x1faNhan đề", "650 0\x1fax"]
    assert runs.parts(run, runs.wanted(TAGS)) == [good, None, good]
    assert list(iso2709.selections(io.BytesIO(run.data), TAGS)) == one_by_one(run.data, TAGS)


def test_text_becomes_nfc() -> None:
    data = iso(("245", unicodedata.normalize("NFD", "10\x1faViệt Nam\x1fb").encode() + "\u0323x".encode()))
    assert [one.parts for one in iso2709.selections(io.BytesIO(GOOD + data), TAGS)][1] == [
        "24510\x1faViệt Nam\x1fb\u0323x"
    ]


def test_places_are_those_in_the_stream() -> None:
    data = b"\r\n" + GOOD + b"\r\n" + GOOD + b"no MARC at all" + GOOD
    found = list(iso2709.selections(io.BytesIO(data), TAGS))
    assert [(one.offset, one.problem and one.problem.code) for one in found] == [
        (2, None),
        (4 + len(GOOD), None),
        (4 + 2 * len(GOOD), "marc.junk"),
        (18 + 2 * len(GOOD), None),
    ]


def test_a_record_beyond_the_limit_is_told() -> None:
    found = list(iso2709.selections(io.BytesIO(b"00000nam a22" + b"x" * MARC_RECORD_BYTES), TAGS))
    assert found[0].problem is not None
    assert found[0].problem.values["limit"] == "MARC_RECORD_BYTES"


def test_runs_and_frames_are_the_stream() -> None:
    data = GOOD * 8000 + b"junk" + GOOD
    pieces = list(framed(io.BytesIO(data)))
    assert b"".join(piece.data for piece in pieces) == data
    assert [piece.offset for piece in pieces] == [
        sum(len(piece.data) for piece in pieces[:place]) for place in range(len(pieces))
    ]
    assert sum(isinstance(piece, Frame) for piece in pieces) == 1
    assert max(len(piece.data) for piece in pieces) < 600_000


@needs_data
def test_real_records_are_the_same_at_once_and_one_by_one() -> None:
    data = gzip.decompress((SHARED / "data/marc/gpo/gpo_utf8_dev.mrc.gz").read_bytes())[:3_000_000]
    tags = frozenset([b"001", b"245", b"650", b"700"])
    assert list(iso2709.selections(io.BytesIO(data), tags)) == one_by_one(data, tags)


@given(st.lists(damaged() | records.map(iso2709.write), min_size=1, max_size=5))
def test_whole_records_are_those_of_the_quick_way(pieces: list[bytes]) -> None:
    for piece in framed(io.BytesIO(b"".join(pieces))):
        if isinstance(piece, Run):
            for text, (begin, end) in zip(runs.texts(piece), pairwise(piece.bounds), strict=True):
                assert text is None or text == iso2709._quick(piece.data[begin:end])
