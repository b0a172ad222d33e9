"""`marc.iso2709`: what is written is read again, the quick way reads what the careful way reads, limits are named."""

import gzip
import io
import unicodedata
from itertools import islice

import pytest
from hypothesis import given
from hypothesis import strategies as st

from foundation.errors import FormatError, InputError, LimitError, Problem
from foundation.limits import MARC_FIELDS, MARC_SUBFIELDS
from marc import decoding, iso2709, repair
from marc.judgement import UNJUDGED
from marc.record import Field, Record
from tests.marc.samples import SHARED, iso, needs_data, records, sample

RAW = st.tuples(
    st.sampled_from(["001", "245", "650", "9ab", "24x"]),
    st.binary(max_size=12) | st.text(max_size=6).map(lambda text: b"10\x1fa" + text.encode("utf-8", "replace")),
)
RAW_RECORDS = st.builds(lambda fields: iso(*fields), st.lists(RAW, min_size=1, max_size=5))


@st.composite
def damaged(draw: st.DrawFn) -> bytes:
    """A record with a few bytes changed."""
    data = bytearray(draw(RAW_RECORDS | records.map(iso2709.write)))
    for _ in range(draw(st.integers(0, 3))):
        data[draw(st.integers(0, len(data) - 1))] = draw(st.sampled_from(b"\x00\x1d\x1e\x1f 019az\xc3\xa9\xff"))
    return bytes(data)


@given(records)
def test_what_is_written_is_read_again(record: Record) -> None:
    assert repair.check(record) == []
    again, problems = iso2709.read(iso2709.write(record))
    assert again == record
    assert {problem.code for problem in problems} <= {"marc.tag_mended"}


@given(damaged() | st.binary(max_size=200))
def test_any_bytes_give_a_record_that_holds_its_promise_or_a_reason(data: bytes) -> None:
    for reading in iso2709.readings(io.BytesIO(data)):
        if reading.record is None:
            assert reading.problems
        else:
            assert repair.check(reading.record) == []
            assert iso2709.read(iso2709.write(reading.record))[0] == reading.record


@given(damaged())
def test_the_quick_way_reads_what_the_careful_way_reads(data: bytes) -> None:
    text = iso2709._quick(data)
    if text is not None:
        record, problems = iso2709._careful(data, decoding.AUTO, {}, UNJUDGED)
        assert record is not None
        assert record.text[24:] == text[24:]
        assert {problem.code for problem in problems} <= {"marc.encoding_label", "marc.leader"}


@given(damaged(), st.frozensets(st.sampled_from([b"001", b"245", b"650", b"9ab"])))
def test_selected_fields_are_those_of_the_record(data: bytes, tags: frozenset[bytes]) -> None:
    record, _ = iso2709.read(data)
    if record is not None:
        assert iso2709.select(data, tags) == [part for part in record.parts() if part[:3].encode() in tags]
    elif iso2709._quick_select(data, tags) is None:  # else nothing is wrong with the fields asked for
        with pytest.raises(InputError):
            iso2709.select(data, tags)


def test_values_become_nfc_without_touching_code_or_indicators() -> None:
    data = iso(("245", "10\x1faViê\u0323t\x1fe\u0301x".encode()), leader=b"nam a22")
    record, problems = iso2709.read(data)
    assert record is not None
    assert record.fields[0].subfields == (("a", "Việt"), ("e", "\u0301x"))
    assert problems == ()


def test_the_leader_of_a_record_does_not_know_the_lengths_of_its_bytes() -> None:
    record, _ = iso2709.read(iso2709.write(sample("x")))
    assert record is not None
    assert record.leader == repair.LEADER_BLANK


def test_fields_in_another_order_than_the_directory_are_read_by_the_directory() -> None:
    data = iso(("245", b"10\x1fatitle"), ("001", b"x"))
    swapped = data[:24] + data[36:48] + data[24:36] + data[48:]
    record, problems = iso2709.read(swapped)
    assert record is not None
    assert [field.tag for field in record.fields] == ["001", "245"]
    assert problems == ()


@pytest.mark.parametrize(("size", "fits"), [(9_994, True), (9_995, False)])
def test_a_field_over_9999_bytes_cannot_be_written(size: int, fits: bool) -> None:
    record = Record.build(repair.LEADER_BLANK, [Field("500", "  ", (("a", "x" * size),))])
    if fits:
        assert iso2709.read(iso2709.write(record)) == (record, ())
        return
    with pytest.raises(LimitError) as raised:
        iso2709.write(record)
    assert raised.value.problem.values["limit"] == "ISO2709_FIELD_BYTES"


def test_a_record_over_99999_bytes_cannot_be_written() -> None:
    record = Record.build(repair.LEADER_BLANK, [Field("500", "  ", (("a", "x" * 9_000),))] * 12)
    with pytest.raises(LimitError) as raised:
        iso2709.write(record)
    assert raised.value.problem.values["limit"] == "ISO2709_RECORD_BYTES"


def test_a_record_over_99999_bytes_as_others_write_it_is_read() -> None:
    fields = [("500", b"  \x1fa" + b"x" * 9_000)] * 12
    entries = b"".join(b"500%04d%05d" % (9_005, min(99_999, 9_005 * number)) for number in range(12))
    data = b"00000nam a2200169 a 4500" + entries + b"\x1e" + b"".join(text + b"\x1e" for _, text in fields) + b"\x1d"
    good = iso2709.write(sample("good"))
    first, second = iso2709.readings(io.BytesIO(data + good))
    assert first.record is not None
    assert len(first.record.parts()) == 12
    assert {problem.code for problem in first.problems} == {"marc.length", "marc.directory"}
    assert second.record == sample("good")


def test_more_fields_than_the_limit_are_refused() -> None:
    count = MARC_FIELDS + 1
    data = b"00000nam a2200000 a 4500" + b"500000100000" * count + b"\x1e" + b"\x1e" * count + b"\x1d"
    record, problems = iso2709.read(data)
    assert record is None
    assert problems[-1].values["limit"] == "MARC_FIELDS"


def test_more_subfields_than_the_limit_are_refused_where_they_have_to_be_looked_at() -> None:
    subfields = b"\x1fa" * (MARC_SUBFIELDS + 1)
    data = b"00000nam a2200037 a 4500" + b"245000000000" + b"\x1e10" + subfields + b"\x1e\x1d"
    record, problems = iso2709.read(data)
    assert record is None
    assert (problems[-1].values["limit"], problems[-1].place.tag) == ("MARC_SUBFIELDS", "245")


def shout(data: bytes) -> tuple[str, tuple[Problem, ...]]:
    """A legacy encoding of the tests: Latin-1, louder; two bytes of it are delimiters elsewhere."""
    if b"?" in data:
        raise UnicodeError("?")
    return data.decode("latin-1").upper().replace("\x1e", "Ỵ"), ()


LEGACY = iso(("001", b"x"), ("245", b"10\x1fa\xe9t\x1e\xe9"), leader=b"nam  22")


def test_a_chosen_encoding_decodes_each_value_and_lengths_lead_over_terminators() -> None:
    record, problems = iso2709.read(LEGACY, encoding="shout", decoders={"shout": shout})
    assert record is not None
    assert record.control("001") == "X"
    assert record.fields[1].subfields == (("a", "ÉTỴÉ"),)
    assert problems == ()


def test_utf8_stays_utf8_whatever_was_chosen() -> None:
    record = sample("x")
    assert iso2709.read(iso2709.write(record), encoding="shout", decoders={"shout": shout})[0] == record


def test_marc8_is_used_where_the_leader_says_so_and_somebody_can() -> None:
    data = iso(("245", b"10\x1fa\xe9t"), leader=b"nam  22")
    record, problems = iso2709.read(data, decoders={"marc-8": shout})
    assert record is not None
    assert problems == ()


def test_what_nobody_can_decode_names_field_byte_and_choices() -> None:
    record, problems = iso2709.read(LEGACY, decoders={"shout": shout})
    assert record is None
    last = problems[-1]
    assert (last.code, last.place.tag, last.place.control_number) == ("marc.not_utf8", "245", "x")
    assert last.values == {"byte": "0xE9", "encodings": "shout"}


def test_a_decoder_that_cannot_go_on_costs_the_record_only() -> None:
    data = iso(("245", b"10\x1fa\xe9?"), leader=b"nam  22")
    record, problems = iso2709.read(data, encoding="shout", decoders={"shout": shout})
    assert record is None
    assert problems[-1].code == "marc.undecoded"


def test_an_unknown_encoding_is_refused_with_the_choices() -> None:
    with pytest.raises(InputError) as raised:
        list(iso2709.readings(io.BytesIO(b""), encoding="klingon"))
    assert "auto, utf-8" in str(raised.value)


def test_select_says_why_a_record_cannot_be_read() -> None:
    with pytest.raises(FormatError):
        iso2709.select(iso(("001", b"x"), ("245", b"10\x1fa\xe9t"), leader=b"nam a22"), frozenset([b"245"]))


@needs_data
def test_real_records_are_read_as_pymarc_reads_them() -> None:
    pymarc = pytest.importorskip("pymarc")
    with gzip.open(SHARED / "data/marc/gpo/gpo_utf8_dev.mrc.gz") as stream:
        for reading in islice(iso2709.readings(stream), 2_000):  # type: ignore[arg-type]
            theirs = pymarc.Record(reading.original, force_utf8=True)
            assert reading.record is not None
            if reading.problems:
                continue
            ours = reading.record.fields
            assert [field.tag for field in ours] == [field.tag for field in theirs.fields]
            for mine, other in zip(ours, theirs.fields, strict=True):
                if mine.tag < "010":
                    assert mine.value == unicodedata.normalize("NFC", other.data)
                    continue
                assert mine.indicators == "".join(other.indicators)
                assert list(mine.subfields) == [
                    (subfield.code, unicodedata.normalize("NFC", subfield.value)) for subfield in other.subfields
                ]


@needs_data
def test_real_records_are_written_as_they_were() -> None:
    with gzip.open(SHARED / "data/marc/gpo/gpo_utf8_dev.mrc.gz") as stream:
        for reading in islice(iso2709.readings(stream), 1_000):  # type: ignore[arg-type]
            if reading.record is not None and not reading.problems:
                composed = unicodedata.is_normalized("NFC", reading.original.decode())
                assert not composed or iso2709.write(reading.record) == reading.original
