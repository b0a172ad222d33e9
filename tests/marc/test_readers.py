"""`marc.readers`: any file is recognised by what is in it and read, or named for what it is."""

import contextlib
import io
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from foundation.errors import FormatError, InputError, LienThongError
from marc import iso2709, marcxml, mrk, readers, repair
from marc.readers import Format, read, recognise
from marc.record import Record
from tests.marc.malformations import FLAWS
from tests.marc.samples import SHARED, Pipe, gzipped, needs_data, sample, zipped

RECORDS = [sample("one"), sample("two"), sample("three")]
ISO = b"".join(map(iso2709.write, RECORDS))
XML = b"<collection>" + b"".join(map(marcxml.write, RECORDS)) + b"</collection>"
MRK = b"\n".join(map(mrk.write, RECORDS))
FORMS = {Format.ISO2709: ISO, Format.MARCXML: XML, Format.MRK: MRK}


def found(data: bytes, name: str = "sent.dat", **options: str) -> list[Record | None]:
    return [reading.record for reading in read(io.BytesIO(data), name, **options)]  # type: ignore[arg-type]


@pytest.mark.parametrize("form", FORMS)
def test_a_form_is_recognised_by_its_content(form: Format) -> None:
    assert recognise(FORMS[form]) is form
    assert recognise(b"\xef\xbb\xbf\r\n" + FORMS[form]) is form


@pytest.mark.parametrize("form", FORMS)
def test_every_form_is_read_plain_and_packed(form: Format) -> None:
    data = FORMS[form]
    assert found(data) == found(gzipped(data)) == found(zipped(a=data)) == found(zipped(a=gzipped(data))) == RECORDS
    assert found(zipped(a=data, b=data)) == RECORDS * 2


@pytest.mark.parametrize("form", FORMS)
def test_standard_input_will_do(form: Format) -> None:
    assert [reading.record for reading in read(Pipe(FORMS[form], 97), "-")] == RECORDS  # type: ignore[arg-type]


def test_utf16_marcxml_is_read() -> None:
    assert found(XML.decode().encode("utf-16")) == RECORDS


@pytest.mark.parametrize(
    ("data", "seems"),
    [
        (b'[{"title":"x"}]', "JSON"),
        (b"id,title\n1,Kieu\n2,Kieu\n", "CSV"),
        (b"id\ttitle\n1\tKieu\n", "CSV"),
        (b"%PDF-1.7", "PDF"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "Excel"),
        (b"<!DOCTYPE html><html></html>", "HTML"),
        (b"<mods><titleInfo/></mods>", "XML <mods>"),
        (b"<?xml version='1.0'?><!-- x --><oai:dc xmlns:oai='x'/>", "XML <dc>"),
        (b"004330000000001210004500044000780000\r\n", "CDS/ISIS"),
        (b"Truyen Kieu is a poem.", "plain text"),
        (b"\xff\xd8\xff\xe0" + bytes(range(256)) * 40, "JPEG"),
        (b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 40, "PNG"),
        (b"\x07" + bytes(range(256)) * 40, "binary data"),  # with ends of fields, as any noise has them
        (zipped(**{"[Content_Types].xml": b"<Types/>", "xl/workbook.xml": b"<workbook/>"}), "Excel"),
    ],
)
def test_another_format_is_named(data: bytes, seems: str) -> None:
    with pytest.raises(FormatError) as raised:
        list(read(io.BytesIO(data), "catalogue.mrc"))
    assert seems in raised.value.text("en")


@pytest.mark.parametrize("data", [b"Truyen Kieu is a poem.", b"\x07" + bytes(range(256)) * 40])
def test_each_sentence_keeps_to_its_language(data: bytes) -> None:
    with pytest.raises(FormatError) as raised:
        list(read(io.BytesIO(data), "catalogue.mrc"))
    assert not re.search("văn bản|nhị phân", raised.value.text("en"))
    assert not re.search("plain text|binary", raised.value.text("vi"))


def test_damage_at_the_beginning_does_not_make_a_file_another() -> None:
    damaged = b"\x01\x02" + ISO[2:]
    assert recognise(damaged + ISO) is Format.ISO2709
    assert RECORDS[0] in found(damaged + ISO)


def test_an_empty_file_has_no_records() -> None:
    assert found(b"") == found(b"\r\n\x1a") == found(gzipped(b"")) == []
    with pytest.raises(FormatError) as raised:
        recognise(b"")
    assert "0 biểu ghi" in raised.value.text("vi")


def test_a_foreign_file_in_an_archive_costs_no_other() -> None:
    assert found(zipped(readme=b"Read me.", data=ISO)) == [None, *RECORDS]


def test_a_file_that_breaks_off_in_its_compression_gives_what_it_had() -> None:
    many = ISO * 2_000
    records = found(gzipped(many)[:-20])
    assert records[0] == RECORDS[0]
    assert records[-1] is None


def test_an_unknown_encoding_is_refused() -> None:
    with pytest.raises(InputError):
        found(ISO, encoding="klingon")


def test_problems_know_file_record_offset_control_number_and_field() -> None:
    bad = next(flaw.data for flaw in FLAWS if flaw.name == "three indicators")
    first, second = read(io.BytesIO(zipped(**{"district.mrc": ISO[: len(ISO) // 3] + bad})), "all.zip")
    # The three sample records have different lengths; only the first is whole here.
    assert first.record == RECORDS[0]
    place = second.problems[-1].place
    assert (place.file, place.record, place.tag) == ("all.zip/district.mrc", second.number, "245")
    assert place.offset == second.offset
    assert place.control_number == "flawed"


@given(
    st.binary(max_size=300)
    | st.sampled_from([ISO, XML, MRK]).flatmap(
        lambda data: st.tuples(st.integers(0, len(data)), st.binary(max_size=8)).map(
            lambda change: data[: change[0]] + change[1] + data[change[0] + 3 :]
        )
    )
)
def test_any_bytes_give_readings_or_our_error(data: bytes) -> None:
    with contextlib.suppress(LienThongError):
        for reading in read(io.BytesIO(data), "x"):
            assert reading.problems if reading.record is None else not repair.check(reading.record)
            assert all(problem.text("vi") and problem.text("en") for problem in reading.problems)


@needs_data
def test_the_nasty_files_raise_nothing_but_our_errors() -> None:
    kept, refused = 0, set()
    for path in sorted((SHARED / "data/marc/nasty").iterdir()):
        with path.open("rb") as stream:
            try:
                for reading in readers.read(stream, path.name):
                    kept += reading.record is not None
                    assert reading.problems if reading.record is None else not repair.check(reading.record)
            except FormatError as error:
                refused.add(error.problem.code)
    assert refused == {"marc.isis_needs_mapping", "marc.other_format"}
    assert kept > 800
