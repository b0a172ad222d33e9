"""`marc.marcjson` and `marc.json_frames`."""

import io
import json

import pymarc
import pytest
from hypothesis import given
from hypothesis import strategies as st

from foundation import limits
from marc import iso2709, marcjson, repair
from marc.json_frames import frames
from marc.reading import Reading
from marc.record import Field, Record
from tests.marc.samples import Pipe, records, sample

RECORDS = [sample("one"), sample("two"), sample("three")]
LINES = [marcjson.write(record) for record in RECORDS]
PRETTY = json.dumps([json.loads(line) for line in LINES], indent=2, ensure_ascii=False).encode()


def found(data: bytes) -> list[Reading]:
    return list(marcjson.readings(io.BytesIO(data)))


def one(text: str) -> tuple[Record | None, list[str]]:
    record, problems = marcjson.read(text.encode())
    return record, [problem.code for problem in problems]


@pytest.mark.parametrize(
    "data",
    [
        b"\n".join(LINES),
        b"\r\n".join(LINES) + b"\r\n",
        b"\xef\xbb\xbf" + b"\n".join(LINES),
        b"".join(LINES),
        b"[" + b",".join(LINES) + b"]",
        b"[\n" + b",\n".join(LINES) + b"\n]\n",
        PRETTY,
        b"".join(b"\x1e" + line + b"\n" for line in LINES),
        b'{"count": 3, "next": null, "records": [' + b", ".join(LINES) + b"]}",
        b"\n".join(b'{"_id": "x", "_source": ' + line + b"}" for line in LINES),
    ],
    ids=["lines", "CR LF", "BOM", "no ends", "array", "array of lines", "indented", "RFC 7464", "answer", "index"],
)
def test_every_way_to_write_many_records_is_read(data: bytes) -> None:
    for stream in (io.BytesIO(data), Pipe(data, 97)):
        readings = list(marcjson.readings(stream))  # type: ignore[arg-type]
        assert [reading.record for reading in readings] == RECORDS
        assert all(not reading.problems for reading in readings)
        assert all(data[at.offset : at.offset + len(at.original)] == at.original for at in readings)
        assert all(at.line == data.count(b"\n", 0, at.offset) + 1 for at in readings)


@given(st.lists(records, max_size=4), st.sampled_from([b"\n", b"", b",", b" ,\r\n"]))
def test_what_is_written_is_read_again(written: list[Record], between: bytes) -> None:
    data = between.join(map(marcjson.write, written))
    assert [reading.record for reading in found(data)] == written


@given(records)
def test_a_record_is_one_line_of_plain_json(record: Record) -> None:
    line = marcjson.write(record)
    assert b"\n" not in line
    value = json.loads(line)
    assert value["leader"] == record.leader
    assert [next(iter(field)) for field in value["fields"]] == [field.tag for field in record.fields]


def test_pymarc_reads_what_is_written_and_writes_what_is_read() -> None:
    [theirs] = pymarc.JSONReader(LINES[0].decode())
    assert [field.tag for field in theirs] == [field.tag for field in RECORDS[0].fields]
    assert str(theirs["245"]["a"]) == RECORDS[0].fields[3].get("a")
    record, problems = marcjson.read(theirs.as_json().encode())
    assert (record, problems) == (RECORDS[0], ())


def test_control_characters_and_delimiters_in_a_value_are_removed_and_told() -> None:
    record, codes = one(
        '{"leader":"","fields":[{"245":{"ind1":"1","ind2":"0","subfields":[{"a":"x\\u001fb\\u001ey"}]}}]}'
    )
    assert record is not None
    assert record.fields == [Field("245", "10", (("a", "xby"),))]
    assert codes == ["marc.control_characters", "marc.leader"]


@pytest.mark.parametrize(
    ("fields", "expected", "code"),
    [
        ('{"1": "bk1"}', Field("001", value="bk1"), "marc.tag_mended"),
        ('{"001": 17}', Field("001", value="17"), "marc.json_not_text"),
        (
            '{"245": {"ind1": "12", "ind2": "0", "subfields": [{"a": "x"}]}}',
            Field("245", " 0", (("a", "x"),)),
            "marc.ind",
        ),
        ('{"245": {"subfields": [{"a": "x", "b": "y"}]}}', Field("245", "  ", (("a", "x"), ("b", "y"))), ""),
        (
            '{"245": {"ind1": null, "ind2": "0", "subfields": [{"a": "\\ud83d"}]}}',
            Field("245", " 0", (("a", ""),)),
            "marc.con",
        ),
        (
            '{"245": {"ind1": "0", "ind2": "0", "subfields": [{"a": null}]}}',
            Field("245", "00", (("a", ""),)),
            "marc.json_not",
        ),
        ('{"24510": "x"}', None, "marc.tag_left_out"),
        ('{"245": {"ind1": "0", "ind2": "0", "subfields": [{"ab": "x"}]}}', None, "marc.subfield_code"),
        ('{"245": "Kiều"}', None, "marc.no_subfields"),
        ('{"245": {"ind1": "0", "ind2": "0", "subfields": ["x"]}}', None, "marc.subfield_code"),
        ('"x"', None, "marc.tag_left_out"),
    ],
)
def test_a_flaw_in_a_field_is_mended_or_costs_the_field(fields: str, expected: Field | None, code: str) -> None:
    record, codes = one(f'{{"leader": "{repair.LEADER_BLANK}", "fields": [{{"003": "VN"}}, {fields}]}}')
    assert record is not None
    assert repair.check(record) == []
    assert record.fields[1:] == ([expected] if expected else [])
    assert any(found.startswith(code) for found in codes) if code else codes == []


@pytest.mark.parametrize(
    ("broken", "code"),
    [
        (b'{"leader": "00000nam", "fields": [{"001": "x]}', "marc.json_broken"),
        (b'{"leader": "00000nam" "fields": []}', "marc.json_broken"),
        (b'{"leader": "00000nam", "fields": {}}', "marc.json_shape"),
        (b'{"leader": "00000nam", "fields": []}', "marc.empty_record"),
        (b'{"leader": "\xff", "fields": [{"001": "x"}]}', "marc.json_broken"),
        (b'{"leader": "x", "fields": ' + b"[" * 5_000 + b"]" * 5_000 + b"}", "marc.json_deep"),
        (b'{"leader": "x", "fields": ' + b"[" * 40 + b"]" * 40 + b"}", "marc.json_deep"),
        (b'{"leader": "x", "fields": [' + b'{"500": "x"},' * 20_001 + b'{"001": "y"}]}', "marc.fields_limit"),
        (b"Truyen Kieu", "marc.json_broken"),
    ],
)
@pytest.mark.parametrize("between", [b"\n", b",", b""], ids=["lines", "array", "nothing"])
def test_a_broken_record_costs_no_neighbour(broken: bytes, code: str, between: bytes) -> None:
    first, middle, last = found(between.join([LINES[0], broken, LINES[1]]))
    assert (first.record, last.record) == (RECORDS[0], RECORDS[1])
    assert middle.record is None
    assert middle.problems[-1].code == code
    assert middle.original == broken


def test_one_quotation_mark_too_many_costs_one_record() -> None:
    hurt = LINES[1].replace('"Nguyễn'.encode(), '""Nguyễn'.encode(), 1)
    for between in (b"\n", b","):
        readings = found(between.join([LINES[0], hurt, LINES[2], LINES[0]]))
        assert [reading.record for reading in readings] == [RECORDS[0], None, RECORDS[2], RECORDS[0]]


def test_an_object_without_end_is_cut_at_the_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("marc.json_frames.MARC_RECORD_BYTES", 10_000)
    monkeypatch.setattr("marc.json_frames.READ_CHUNK", 1_000)
    data = b'{"leader": "' + b"x" * 25_000
    pieces = list(frames(Pipe(data, 700)))  # type: ignore[arg-type]
    assert [len(piece.data) for piece in pieces] == [10_000, 10_000, 5_012]
    assert limits.JSON_DEPTH > 6


WHOLE = b"[" + b",\n".join(LINES) + b"]"


@given(
    st.binary(max_size=200)
    | st.text('{}[]",:\\ \n0a', max_size=200).map(str.encode)
    | st.tuples(st.integers(0, len(WHOLE)), st.binary(max_size=8)).map(
        lambda change: WHOLE[: change[0]] + change[1] + WHOLE[change[0] + 3 :]
    )
)
def test_any_bytes_give_readings(data: bytes) -> None:
    for reading in found(data):
        assert reading.problems if reading.record is None else not repair.check(reading.record)
        assert all(problem.text("vi") and problem.text("en") for problem in reading.problems)


@given(st.lists(records, min_size=1, max_size=3))
def test_iso2709_and_json_give_the_same_record(written: list[Record]) -> None:
    for record in written:
        through, _ = iso2709.read(iso2709.write(record))
        again, _ = marcjson.read(marcjson.write(record))
        assert through == again == record
