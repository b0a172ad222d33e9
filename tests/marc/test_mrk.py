"""`marc.mrk` and `marc.mnemonics`."""

import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marc import mnemonics, mrk, repair
from marc.record import Field, Record
from tests.marc.samples import records, sample

TEXT = """=LDR  00000nam\\a2200000\\a\\4500
=001  bk1
=008  960221s1955\\\\\\\\vm
=245  10$aGiá 5{dollar} :$bTruyện Kiều
=650  \\4$aTh{hooka}{ohorn} {lcub}x{rcub} {bsol}
"""
RECORD = Record.build(
    repair.LEADER_BLANK,
    [
        Field("001", value="bk1"),
        Field("008", value="960221s1955    vm"),
        Field("245", "10", (("a", "Giá 5$ :"), ("b", "Truyện Kiều"))),
        Field("650", " 4", (("a", "Thở {x} \\"),)),
    ],
)


def test_a_record_is_read_from_its_lines() -> None:
    assert mrk.read(TEXT.encode()) == (RECORD, ())


@given(st.lists(records, max_size=4), st.sampled_from(["\n", "\r\n"]), st.sampled_from(["", "\ufeff"]))
def test_what_is_written_is_read_again(written: list[Record], end: str, mark: str) -> None:
    text = mark + end.join(mrk.write(record).decode().replace("\n", end) for record in written)
    readings = list(mrk.readings(io.BytesIO(text.encode())))
    assert [reading.record for reading in readings] == written
    assert {problem.code for reading in readings for problem in reading.problems} <= {"marc.tag_mended"}


def test_a_leader_begins_a_record_even_without_an_empty_line() -> None:
    data = mrk.write(sample("one")) + mrk.write(sample("two"))
    one, two = mrk.readings(io.BytesIO(data))
    assert (one.record, two.record) == (sample("one"), sample("two"))
    assert (two.line, two.offset) == (7, len(mrk.write(sample("one"))))
    assert one.original + two.original == data


def test_a_line_that_is_no_field_costs_its_record_and_is_named() -> None:
    bad = b"=LDR  00000nam a2200000 a 4500\n=001  x\nTitle\n\n"
    one, broken, two = mrk.readings(io.BytesIO(mrk.write(sample("one")) + b"\n" + bad + mrk.write(sample("two"))))
    assert (one.record, two.record) == (sample("one"), sample("two"))
    assert broken.record is None
    last = broken.problems[-1]
    assert (last.code, last.place.line, last.place.control_number) == ("marc.mrk_line", 10, "x")


def test_a_record_without_leader_gets_one_and_it_is_told() -> None:
    record, problems = mrk.read(b"=245  00$ax\n")
    assert record is not None
    assert record.leader == repair.LEADER_BLANK
    assert [problem.code for problem in problems] == ["marc.leader"]


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("{acute}e", "e\u0301"),
        ("{dotb}{circ}E", "E\u0302\u0323"),
        ("{acute}{ohorn}", "ơ\u0301"),
        ("{dstrok}{aelig}{copy}", "đæ©"),
        ("{lcub}acute{rcub}", "{acute}"),
        ("{acute}{lcub}", "{\u0301"),
        ("{} {x y} {", "{} {x y} {"),
    ],
)
def test_names_stand_for_characters(written: str, read: str) -> None:
    assert mnemonics.read(written) == (read, [])


def test_an_unknown_name_stays_and_is_told() -> None:
    record, problems = mrk.read(b"=LDR  00000nam a2200000 a 4500\n=245  00$a{klingon}\n")
    assert record is not None
    assert record.fields[0].get("a") == "{klingon}"
    assert [(problem.code, problem.values["names"]) for problem in problems] == [("marc.mrk_names", "{klingon}")]


@given(st.text(max_size=40))
def test_names_that_are_written_are_read_again(text: str) -> None:
    assert mnemonics.read(mnemonics.write(text)) == (text, [])


LINES = st.sampled_from(
    [b"=LDR  x", b"=001  a", b"=245  10$ax", b"=245", b"", b"=", b"$a", b"=24", b"\xff", b"=650  $$a$"]
)


@given(st.lists(LINES | st.binary(max_size=20), max_size=8).map(b"\n".join))
def test_any_bytes_give_records_or_a_reason(data: bytes) -> None:
    for reading in mrk.readings(io.BytesIO(data)):
        assert data[reading.offset :].startswith(reading.original)
        assert reading.problems if reading.record is None else not repair.check(reading.record)
