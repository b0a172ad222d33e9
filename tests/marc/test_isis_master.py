"""`marc.isis_master`: bases of CDS/ISIS as they lie on the disk."""

import contextlib
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from foundation.errors import FormatError, LienThongError, LimitError
from marc import isis_suggestion, readers
from marc.cdsisis import IsisRecord, decoded
from marc.isis_master import raw_records, recognise
from tests.marc.isis_files import BASE, master
from tests.marc.samples import SHARED, Pipe, needs_data, zipped

MANY = [IsisRecord(at, ((24, f"Nhan đề {at} " + "x" * (at % 37)), (70, "Nguyễn Du"))) for at in range(1, 400)]
UPDATED = [*BASE, IsisRecord(2, ((24, "Truyện Kiều, bản mới"),))]
LATEST = [BASE[0], UPDATED[3], BASE[2]]


def found(mst: bytes, xrf: bytes | None = None) -> list[IsisRecord | None]:
    raw = raw_records(io.BytesIO(mst), io.BytesIO(xrf) if xrf is not None else None)
    return [reading.record for reading in decoded(raw, "utf-8")]


@pytest.mark.parametrize("slack", [False, True], ids=["packed", "slack"])
@pytest.mark.parametrize("pointers", [False, True], ids=["without xrf", "with xrf"])
@pytest.mark.parametrize("base", [BASE, MANY, []], ids=["three", "four hundred", "empty"])
def test_a_base_is_read_in_both_layouts(base: list[IsisRecord], slack: bool, pointers: bool) -> None:
    mst, xrf = master(base, slack=slack)
    assert found(mst, xrf if pointers else None) == base


@pytest.mark.parametrize("slack", [False, True], ids=["packed", "slack"])
@pytest.mark.parametrize("pointers", [False, True], ids=["without xrf", "with xrf"])
def test_the_last_copy_of_a_record_counts_and_a_deleted_one_is_gone(slack: bool, pointers: bool) -> None:
    mst, xrf = master(UPDATED, slack=slack)
    assert found(mst, xrf if pointers else None) == LATEST
    mst, xrf = master(UPDATED, slack=slack, deleted=(2,))
    assert found(mst, xrf if pointers else None) == [BASE[0], BASE[2]]


def test_a_locked_record_is_read() -> None:
    mst = bytearray(master(BASE)[0])
    length = int.from_bytes(mst[68:70], "little")
    mst[68:70] = (-length).to_bytes(2, "little", signed=True)
    assert found(bytes(mst)) == BASE


def test_a_broken_record_costs_no_other() -> None:
    mst, xrf = master(BASE)
    hurt = mst[:64] + b"\xff" * 18 + mst[82:]
    assert found(hurt) == BASE[1:]
    first, *rest = decoded(raw_records(io.BytesIO(hurt), io.BytesIO(xrf)), "utf-8")
    assert first.record is None
    assert (first.problems[0].code, first.problems[0].values["mfn"]) == ("marc.master_record", 1)
    assert [reading.record for reading in rest] == BASE[1:]


def test_a_field_that_points_outside_its_record_costs_the_record() -> None:
    mst = bytearray(master(BASE)[0])
    mst[64 + 18 + 4 : 64 + 18 + 6] = b"\xff\xff"
    [first, *rest] = found(bytes(mst))
    assert first is None
    assert rest == BASE[1:]


def test_a_file_that_breaks_off_gives_what_is_whole() -> None:
    mst, xrf = master(MANY)
    assert found(mst[: len(mst) // 2])[:100] == MANY[:100]
    assert found(mst[: len(mst) // 2], xrf)[:100] == MANY[:100]


@pytest.mark.parametrize("data", [b"", b"\0" * 10, b"not a master file" * 10, b"\0" * 600])
def test_another_file_is_refused(data: bytes) -> None:
    with pytest.raises(FormatError):
        found(data)
    assert not recognise(data)


def test_a_master_file_too_large_is_refused_by_the_name_of_the_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("marc.isis_master.ISIS_MASTER_BYTES", 1000)
    mst, _ = master(MANY)
    for stream in (io.BytesIO(mst), Pipe(mst)):
        with pytest.raises(LimitError) as raised:
            list(raw_records(stream))  # type: ignore[arg-type]
        assert "ISIS_MASTER_BYTES" in raised.value.text("en")


def test_the_room_reads_a_base_with_a_mapping_from_anywhere() -> None:
    mst, _ = master(BASE)
    assert readers.recognise(mst[:8192]) is readers.Format.ISIS_MASTER
    with pytest.raises(FormatError):
        list(readers.read(io.BytesIO(mst), "SACH.MST"))
    for data in (mst, zipped(sach=mst)):
        readings = list(readers.read(io.BytesIO(data), "SACH.MST", tags=isis_suggestion.CDS))
        assert [reading.record.control("001") for reading in readings if reading.record] == ["1", "2", "3"]


MST, XRF = master(UPDATED)


@given(
    st.tuples(st.integers(0, len(MST)), st.binary(max_size=12)).map(
        lambda change: MST[: change[0]] + change[1] + MST[change[0] + len(change[1]) :]
    )
    | st.binary(max_size=700),
    st.none() | st.just(XRF) | st.binary(max_size=600),
)
def test_any_bytes_give_records_or_our_error(mst: bytes, xrf: bytes | None) -> None:
    with contextlib.suppress(LienThongError):
        for raw in raw_records(io.BytesIO(mst), io.BytesIO(xrf) if xrf is not None else None):
            assert raw.fields is not None or raw.problems


@needs_data
def test_the_sample_base_of_unesco_comes_through_a_master_file() -> None:
    from marc import cdsisis  # noqa: PLC0415

    with (SHARED / "data/marc/nasty/isis2json__cds.iso").open("rb") as stream:
        records = [reading.record for reading in cdsisis.readings(stream, encoding="cp850")]
    base = [record for record in records if record is not None]
    for slack in (False, True):
        mst, xrf = master(base, slack=slack)
        assert found(mst) == found(mst, xrf) == base
