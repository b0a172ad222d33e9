"""`marc.stretches`: cut as they are, records are read as if each had asked when its turn came."""

import io

from hypothesis import given
from hypothesis import strategies as st

from marc import decoding, iso2709
from marc.framing import Frame, Kind, frames, is_filler
from marc.judgement import File
from marc.reading import Reading
from marc.stretches import shown, stretches
from tests.marc.samples import iso
from tests.marc.test_iso2709 import damaged
from vietnamese.encodings import encode

TITLES = ["Truyện Kiều và những lời bình", "Lịch sử Việt Nam từ nguồn gốc", "Đường phố Hà Nội xưa và nay"]


def titled(encoding: str, label: bytes) -> bytes:
    values = [title.encode() if encoding == "utf-8" else encode(title, encoding) for title in TITLES]
    return labelled(iso(("001", b"x"), *[("245", b"10\x1fa" + value) for value in values]), label)


def labelled(written: bytes, label: bytes) -> bytes:
    return written[:9] + label + written[10:]


MANY = [
    titled("utf-8", b"a"),
    titled("utf-8", b" "),
    titled("tcvn3", b" "),
    titled("cp1258", b"a"),
    iso(("001", b"x"), ("245", b"10\x1faplain")),
    labelled(iso(("001", b"x"), ("245", b"10\x1fa\x1b(N\x1b(B")), b" "),
    b"\r\n",
    b"junk",
]


def in_turn(data: bytes) -> list[tuple[int, object, list[str]]]:
    """Every reading, the file being asked record by record."""
    found: list[tuple[int, object, list[str]]] = []
    file: File[Frame] = File(frames(io.BytesIO(data)), shown)
    for frame in file:
        if frame.kind is Kind.JUNK:
            if not is_filler(frame.data):
                found.append((frame.offset, None, ["marc.junk"]))
            continue
        record, problems = iso2709.read(frame.data, verdict=file.judged(decoding.sample(frame.data)))
        found.append((frame.offset, record, [problem.code for problem in problems]))
    return found


def at_once(data: bytes) -> list[tuple[int, object, list[str]]]:
    def told(one: Reading) -> tuple[int, object, list[str]]:
        return one.offset, one.record, [problem.code for problem in one.problems if problem.code != "marc.filler"]

    return [told(one) for stretch in stretches(io.BytesIO(data)) for one in iso2709.of_stretch(stretch)]


@given(st.lists(st.tuples(st.sampled_from(MANY), st.integers(1, 12)), max_size=8))
def test_verdicts_come_where_the_records_ask(groups: list[tuple[bytes, int]]) -> None:
    data = b"".join(piece * count for piece, count in groups)
    assert at_once(data) == in_turn(data)


@given(st.lists(damaged() | st.sampled_from(MANY), max_size=12))
def test_damage_changes_nothing_of_that(pieces: list[bytes]) -> None:
    data = b"".join(pieces)
    assert at_once(data) == in_turn(data)


def test_a_second_verdict_looks_from_where_it_is_asked() -> None:
    utf8, tcvn, plain = MANY[0], MANY[2], MANY[4]
    data = plain * 300 + utf8 * 150 + tcvn * 300 + plain * 5
    assert at_once(data) == in_turn(data)
    verdicts = [stretch.verdict for stretch in stretches(io.BytesIO(data))]
    assert [(one.foreign is None, one.garbled is None) for one in dict.fromkeys(verdicts)] == [
        (True, True),
        (False, False),
    ]
