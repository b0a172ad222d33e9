"""`marc.cdsisis`: exports of CDS/ISIS."""

import io
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from foundation.errors import FormatError, InputError
from marc import cdsisis, isis_suggestion, readers
from marc.cdsisis import IsisRecord
from tests.marc.isis_files import BASE, export, wrapped
from tests.marc.samples import SHARED, Pipe, needs_data
from vietnamese import encodings

WHOLE = export(BASE)


def found(data: bytes, encoding: str = "auto") -> list[IsisRecord | None]:
    return [reading.record for reading in cdsisis.readings(io.BytesIO(data), encoding=encoding)]


@pytest.mark.parametrize(
    "data",
    [
        b"".join(WHOLE),
        b"\r\n".join(WHOLE) + b"\r\n\x1a",
        b"".join(map(wrapped, WHOLE)),
        b"".join(wrapped(record, b"\n") for record in WHOLE),
        b"".join(map(wrapped, export(BASE, mark=b"#", end=b"#"))),
        b"".join(export(BASE, mark=b"#", end=b"#")),
    ],
    ids=["one piece", "one to a line", "80 columns", "80 columns LF", "hash", "hash in one piece"],
)
def test_every_way_to_write_an_export_is_read(data: bytes) -> None:
    for stream in (io.BytesIO(data), Pipe(data, 61)):
        readings = list(cdsisis.readings(stream))  # type: ignore[arg-type]
        assert [reading.record for reading in readings] == BASE
        assert not any(reading.problems for reading in readings)
        assert all(data[at.offset : at.offset + len(at.original)] == at.original for at in readings)


@pytest.mark.parametrize("encoding", ["tcvn3", "vni", "viscii", "cp1258"])
def test_a_vietnamese_encoding_is_recognised_and_told_once(encoding: str) -> None:
    records = [
        IsisRecord(at + 1, ((24, f"Lịch sử đấu tranh của nhân dân các dân tộc, tập {at}"), (26, "^aHà Nội^bVăn hóa")))
        for at in range(20)
    ]
    data = [
        IsisRecord(
            record.mfn, tuple((tag, encodings.encode(text, encoding).decode("latin-1")) for tag, text in record.fields)
        )
        for record in records
    ]
    readings = list(cdsisis.readings(io.BytesIO(b"".join(map(wrapped, export(data, "latin-1"))))))
    assert [reading.record for reading in readings] == records
    assert [[problem.code for problem in reading.problems] for reading in readings] == [
        ["marc.isis_guessed"],
        *[[]] * 19,
    ]


def test_what_nobody_recognises_is_refused_with_the_choices() -> None:
    data = b"".join(export([IsisRecord(1, ((24, "Slavík"),)), IsisRecord(2, ((24, "Slavik"),))], "cp850"))
    assert found(data) == [None, IsisRecord(2, ((24, "Slavik"),))]
    [reading, _] = cdsisis.readings(io.BytesIO(data))
    assert "cp850" in reading.problems[-1].text("vi")
    assert found(data, "cp850")[0] == IsisRecord(1, ((24, "Slavík"),))


def test_an_unknown_encoding_is_refused() -> None:
    with pytest.raises(InputError):
        found(b"", "klingon")


def test_blanks_lost_at_the_ends_of_lines_come_back() -> None:
    record = IsisRecord(1, ((24, "x" * 43 + "blank then word " * 20),))
    lines = wrapped(export([record])[0])
    lost = b"\r\n".join(line.rstrip(b" ") for line in lines.split(b"\r\n"))
    assert lost != lines
    [reading] = cdsisis.readings(io.BytesIO(lost))
    assert reading.record == record
    assert [problem.code for problem in reading.problems] == ["marc.isis_lines"]


@pytest.mark.parametrize(
    ("broken", "kept"),
    [
        (b"00099" + WHOLE[1][5:], True),
        (WHOLE[1].replace("Truyện".encode(), b"Truyen", 1), True),
        (WHOLE[1][:30] + b"x" + WHOLE[1][31:], False),
        (WHOLE[1][:100], False),
        (b"99999" + WHOLE[1][5:12] + b"99999" + WHOLE[1][17:], False),
        (b"\r\nDatabase of 1995", False),
    ],
    ids=["length", "lengths of fields", "directory", "cut", "base", "text"],
)
def test_a_broken_record_costs_no_neighbour(broken: bytes, kept: bool) -> None:
    data = b"\r\n".join([WHOLE[0], broken, WHOLE[2]])
    readings = list(cdsisis.readings(io.BytesIO(data)))
    assert (readings[0].record, readings[-1].record) == (BASE[0], BASE[2]._replace(mfn=len(readings)))
    assert len(readings) == 3
    assert (readings[1].record is not None) == kept
    assert readings[1].problems


@given(
    st.binary(max_size=300)
    | st.text("0123456789#^a\r\n\x1d\x1e", max_size=300).map(str.encode)
    | st.tuples(st.integers(0, 600), st.binary(max_size=8)).map(
        lambda change: wrapped(WHOLE[0])[: change[0]] + change[1] + wrapped(WHOLE[0])[change[0] + 2 :] + WHOLE[1]
    )
)
def test_any_bytes_give_readings_and_all_bytes_stay(data: bytes) -> None:
    joined = b"".join(frame for _, frame in cdsisis._frames(io.BytesIO(data)))
    assert joined == data
    for reading in cdsisis.readings(io.BytesIO(data)):
        assert reading.record is not None or reading.problems
        assert all(problem.text("vi") and problem.text("en") for problem in reading.problems)


def test_the_room_asks_for_a_mapping_and_reads_with_one() -> None:
    data = b"".join(map(wrapped, WHOLE))
    assert readers.recognise(data) is readers.Format.ISIS
    with pytest.raises(FormatError) as raised:
        list(readers.read(io.BytesIO(data), "sach.iso"))
    assert "CDS/ISIS" in raised.value.text("vi")
    [first, *_] = readers.read(io.BytesIO(data), "sach.iso", tags=isis_suggestion.CDS)
    assert first.record is not None
    assert first.record.fields[-1].get("a") == "Đào Duy Anh"
    assert first.file == "sach.iso"


@needs_data
@pytest.mark.parametrize("name", ["cds", "cds-var"])
def test_a_real_export_equals_its_json_twin(name: str) -> None:
    twins = json.loads((SHARED / "data/formats/isis2json__cds.json").read_text(encoding="utf-8"))
    with (SHARED / f"data/marc/nasty/isis2json__{name}.iso").open("rb") as stream:
        records = [reading.record for reading in cdsisis.readings(stream, encoding="cp850")]
    assert len(records) == len(twins) == 150
    for record, twin in zip(records, twins, strict=True):
        assert record is not None
        ours: dict[str, list[str]] = {}
        for tag, value in record.fields:
            ours.setdefault(str(tag), []).append(value)
        # the twin's text was read as Latin-1 and written as UTF-8 twice over
        theirs = {
            key: [value.encode("latin-1").decode("utf-8").encode("latin-1").decode("cp850") for value in values]
            for key, values in twin.items()
            if key != "mfn"
        }
        assert (ours, record.mfn) == (theirs, twin["mfn"])


@needs_data
@pytest.mark.parametrize(("name", "count"), [("lilacs30", 30), ("LILACS1", 1)])
def test_real_exports_with_other_line_ends_are_read_whole(name: str, count: int) -> None:
    with (SHARED / f"data/marc/nasty/isis2json__{name}.iso").open("rb") as stream:
        readings = list(cdsisis.readings(stream, encoding="cp1252"))
    assert len(readings) == count
    assert all(reading.record is not None and not reading.problems for reading in readings)
