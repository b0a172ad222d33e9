"""`marc.marcxml_straight`: the bytes that reading and writing give, and what is odd is left to who reads."""

import gzip
import io
import unicodedata
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marc import iso2709, marcxml, marcxml_straight, readers
from marc.framing import Run
from marc.framing import runs as framed
from marc.reading import Reading
from marc.record import Record
from marc.stretches import stretches
from tests.marc.samples import SHARED, iso, needs_data, records
from tests.marc.test_iso2709 import damaged

GOOD = iso(("001", b"x1"), ("245", "10\x1faNhan đề & <b>\x1fb/ c".encode()), ("650", b" 0\x1fax"))


def run_of(*written: bytes) -> Run:
    bounds = [0]
    for one in written:
        bounds.append(bounds[-1] + len(one))
    return Run(b"".join(written), 0, bounds)


def expected(data: bytes) -> bytes | None:
    """What a record gives by itself; None where there is anything to say of it, or it is UNIMARC."""
    record, problems = iso2709.read(data)
    if record is None or problems or readers.unimarc.recognise(record):
        return None
    return marcxml.write(record) + b"\n"


def straight(run: Run) -> list[bytes | None]:
    pieces, bounds, odd = marcxml_straight.write(run)
    whole = b"".join(pieces)
    assert len(whole) == bounds[-1]
    return [None if left else whole[begin:end] for left, (begin, end) in zip(odd, pairwise(bounds), strict=True)]


@given(st.lists(damaged() | records.map(iso2709.write), min_size=1, max_size=6))
def test_a_record_gives_what_reading_and_writing_give(pieces: list[bytes]) -> None:
    for piece in framed(io.BytesIO(b"".join(pieces))):
        if isinstance(piece, Run):
            for found, (begin, end) in zip(straight(piece), pairwise(piece.bounds), strict=True):
                assert found is None or found == expected(piece.data[begin:end])


@given(st.lists(records, min_size=1, max_size=6))
def test_few_good_records_are_odd(written: list[Record]) -> None:
    """A good record is odd only for codes that are markup, letters in tags, the order of its fields, or a stroke."""
    data = [iso2709.write(record) for record in written]
    for record, found in zip(written, straight(run_of(*data)), strict=True):
        tags = [part[:3] for part in record.parts()]
        rare = (
            any(f"\x1f{sign}" in record.text for sign in '&<>"')
            or "\u0338" in record.text
            or not all(map(str.isdigit, tags))
            or [tag[:2] != "00" for tag in tags] != sorted(tag[:2] != "00" for tag in tags)
            or not tags
        )
        assert (found is not None) or rare or expected(iso2709.write(record)) is None


@pytest.mark.parametrize(
    "odd",
    [
        iso(("001", b"x2"), ("245", b"10\x1fa\xe1\xbb")),
        iso(("001", b"x2"), ("245", b"10\x1fa\xc2\x85")),
        iso(("001", b"x2"), ("245", b"10\x1fa\x1bb")),
        iso(("001", b"x2"), ("245", b"10\x1faa\x7fb")),
        iso(("001", b"x2"), ("245", b'10\x1f"b')),
        iso(("001", b"x2"), ("245", b"10\x1fab\x1f&c")),
        iso(("001", b"x2"), ("245", "10\x1fa\u0338xe\u0301".encode())),
        iso(("001", b"x2"), ("245", "10\x1fa\u0111a\u0302\u0323\u0313".encode())),
        iso(("245", b"10\x1fab"), ("001", b"x2")),
        iso(("001", b"x2"), ("200", b"10\x1faUNIMARC")),
        iso(("001", b"x2"), ("24x", b"10\x1fab")),
        iso(("001", b"x2"), ("245", b"1\x1fab")),
        GOOD[:10] + b"  " + GOOD[12:],
        GOOD[:9] + b" " + GOOD[10:],
        GOOD[:20] + b"45  " + GOOD[24:],
        GOOD[:6] + b" " + GOOD[7:],
        GOOD[:5] + b"&" + GOOD[6:],
        iso(),
    ],
)
def test_what_is_odd_is_left_and_keeps_its_neighbours(odd: bytes) -> None:
    assert straight(run_of(GOOD, odd, GOOD)) == [expected(GOOD), None, expected(GOOD)]
    assert straight(run_of(odd)) == [None]


@pytest.mark.parametrize(
    "value",
    [
        b"",
        b"a&b<c>d&&",
        b"x" * 31,
        b"x" * 32,
        b"x" * 33,
        b"x" * 64,
        b"x" * 3_000,
        "ấ&".encode() * 40,
        unicodedata.normalize("NFD", "Việt Nam & Đường phố").encode(),
        "\u0323x".encode(),
    ],
)
def test_values_of_any_kind_stand_between_neighbours(value: bytes) -> None:
    rare = iso(("001", b"x2"), ("003", value), ("245", b"10\x1fa" + value + b"\x1fb" + value))
    found = straight(run_of(GOOD, rare, GOOD))
    assert found == [expected(GOOD), expected(rare), expected(GOOD)]
    assert found[1] is not None


def test_a_stretch_gives_readings_for_the_odd_ones_in_their_places() -> None:
    odd = iso(("001", b"x2"), ("245", b"1\x1fab"))
    data = b"\r\n" + GOOD * 9 + odd + GOOD * 3 + odd + b"junk" + GOOD * 10
    found = [one for stretch in stretches(io.BytesIO(data)) for one in marcxml_straight.of_stretch(stretch)]
    told = [one for one in found if isinstance(one, Reading)]
    assert [(one.number, [problem.code for problem in one.problems]) for one in told] == [
        (1, ["marc.filler"]),
        (10, ["marc.indicators"]),
        (14, ["marc.indicators"]),
        (15, ["marc.junk"]),
    ]
    assert [one.original for one in told] == [GOOD, odd, odd, b"junk"]
    assert [one.records for one in found if not isinstance(one, Reading)] == [8, 3, 10]


@needs_data
def test_real_records_are_the_same_straight_and_through_records() -> None:
    data = gzip.decompress((SHARED / "data/marc/gpo/gpo_utf8_dev.mrc.gz").read_bytes())[:3_000_000]
    left = 0
    for run in framed(io.BytesIO(data)):
        if isinstance(run, Run):
            for found, (begin, end) in zip(straight(run), pairwise(run.bounds), strict=True):
                left += found is None
                assert found is None or found == expected(run.data[begin:end])
    assert left < 20
