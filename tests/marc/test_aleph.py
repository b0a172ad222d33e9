"""`marc.aleph`."""

import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from foundation.errors import InputError
from marc import aleph, readers, repair
from marc.reading import Reading
from marc.record import Field, Record
from tests.marc.samples import Pipe
from vietnamese.encodings import encode

TEXT = """000000228 LDR   L ^^^^^nam^a2200289^i^4500
000000228 FMT   L BK
000000228 008   L 880715s1988^^^^vm^a^^^^b^^^^001^0^vie^d
000000228 24510 L $$aTruyện Kiều :$$bthơ /$$cNguyễn Du
000000228 650 4 L $$aThơ$$zViệt Nam
000000229 001   L bk229
000000229 24500 L $$aGiá 5$ một cuốn
"""
FIRST = Record.build(
    "00000nam a2200000 i 4500",
    [
        Field("001", value="000000228"),
        Field("FMT", "  ", (("a", "BK"),)),
        Field("008", value="880715s1988    vm a    b    001 0 vie d"),
        Field("245", "10", (("a", "Truyện Kiều :"), ("b", "thơ /"), ("c", "Nguyễn Du"))),
        Field("650", " 4", (("a", "Thơ"), ("z", "Việt Nam"))),
    ],
)


def found(text: str | bytes) -> list[Reading]:
    return list(aleph.readings(io.BytesIO(text.encode() if isinstance(text, str) else text)))


@pytest.mark.parametrize("end", ["\n", "\r\n"])
@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_records_are_read_from_their_lines(end: str, mark: str) -> None:
    data = (mark + TEXT.replace("\n", end)).encode()
    first, second = aleph.readings(Pipe(data, 11))  # type: ignore[arg-type]
    assert (first.record, first.problems) == (FIRST, ())
    assert second.record is not None
    assert second.record.fields[1] == Field("245", "00", (("a", "Giá 5$ một cuốn"),))
    assert second.record.control("001") == "bk229"
    assert (second.line, second.offset) == (6, data.index(b"000000229"))
    assert first.original + second.original == data


def test_a_value_with_a_line_end_in_it_is_joined_and_told() -> None:
    [reading] = found("000000001 24500 L $$aTruyện\nKiều$$cNguyễn Du\n000000001 500   L $$ax\n")
    assert reading.record is not None
    assert [field.subfields for field in reading.record.select("245")] == [(("a", "Truyện Kiều"), ("c", "Nguyễn Du"))]
    assert (reading.problems[0].code, reading.problems[0].values["count"]) == ("marc.aleph_continued", 1)


def test_a_deleted_record_says_so_in_its_leader() -> None:
    [reading] = found("000000001 DEL   L $$aY\n")
    assert reading.record is not None
    assert reading.record.leader[5] == "d"


@pytest.mark.parametrize(
    ("line", "code"),
    [
        ("000000001 245## L $$aKiều", "marc.indicators"),
        ("000000001 24500 L Kiều", "marc.aleph_undivided"),
        ("000000001 24500 L $$éKiều", "marc.subfield_code"),
        ("000000001 abc   L $$aKiều", "marc.tag_mended"),
    ],
)
def test_a_flaw_in_a_line_is_mended_or_told(line: str, code: str) -> None:
    [reading] = found("000000001 001   L 1\n" + line + "\n")
    assert reading.record is not None
    assert repair.check(reading.record) == []
    assert code in [problem.code for problem in reading.problems]


def test_a_record_that_cannot_be_read_costs_no_other() -> None:
    data = b"000000001 24500 L $$aKi\xffu\n000000002 24500 L $$aKieu\n"
    broken, whole = found(data)
    assert broken.record is None
    assert broken.problems[-1].code == "marc.not_utf8"
    assert broken.problems[-1].place.control_number == "000000001"
    assert whole.record is not None


def test_text_before_the_first_number_is_set_aside() -> None:
    readings = found("Export of 2010\n" + TEXT)
    assert [reading.record is None for reading in readings] == [True, False, False]
    assert readings[0].problems[-1].code == "marc.aleph_line"


def test_it_is_recognised_and_read_by_the_room() -> None:
    data = TEXT.encode()
    assert readers.recognise(data) is readers.Format.ALEPH
    assert next(readers.read(io.BytesIO(data), "x.seq")).record == FIRST


def test_an_unknown_encoding_is_refused() -> None:
    with pytest.raises(InputError):
        list(aleph.readings(io.BytesIO(), encoding="klingon"))


@given(
    st.binary(max_size=200)
    | st.tuples(st.integers(0, len(TEXT.encode())), st.binary(max_size=8)).map(
        lambda change: TEXT.encode()[: change[0]] + change[1] + TEXT.encode()[change[0] + 2 :]
    )
)
def test_any_bytes_give_readings(data: bytes) -> None:
    for reading in found(data):
        assert reading.problems if reading.record is None else not repair.check(reading.record)
        assert all(problem.text("vi") and problem.text("en") for problem in reading.problems)


def test_what_was_noticed_of_the_encoding_is_told_once_and_with_the_record() -> None:
    """Lines in TCVN3: the guess is told, and no field's own problem stands twice."""
    titles = ["Truyện cổ dân gian các dân tộc thiểu số", "Lịch sử Đảng bộ huyện Ba Bể", "Địa chí tỉnh Bắc Kạn"]
    rows = []
    for number in range(60):
        title = encode(f"{titles[number % 3]} tập {number}", "tcvn3")
        rows.append(b"%09d LDR   L ^^^^^nam^a2200000^a^4500\n" % number)
        rows.append(b"%09d 24500 L $$a%b$$b\n" % (number, title))
    found = list(aleph.readings(io.BytesIO(b"".join(rows))))
    assert all(reading.record is not None for reading in found)
    for reading in found:
        codes = [problem.code for problem in reading.problems]
        assert "marc.guessed" in codes
        assert len(codes) == len(set(codes))
