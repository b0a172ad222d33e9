"""One record, four forms: ISO 2709, MARCXML, MARC-in-JSON and mrk say the same, each alone and one behind the other."""

from __future__ import annotations

import gzip
import io
from collections.abc import Callable, Iterator
from itertools import islice
from typing import BinaryIO, cast

import pytest

from fixtures import province_files
from foundation.errors import Problem
from marc import iso2709, marcjson, marcxml, mrk, readers
from marc.reading import Reading
from marc.record import Record
from tests.marc.samples import SHARED, needs_data

Form = tuple[
    Callable[[Record], bytes],
    Callable[[bytes], tuple[Record | None, tuple[Problem, ...]]],
    Callable[[BinaryIO], Iterator[Reading]],
]
FORMS: dict[str, Form] = {
    "iso2709": (iso2709.write, iso2709.read, iso2709.readings),
    "marcxml": (marcxml.write, marcxml.read, marcxml.readings),
    "json": (marcjson.write, marcjson.read, marcjson.readings),
    "mrk": (mrk.write, mrk.read, mrk.readings),
}
WHOLE = {"iso2709": b"%b", "marcxml": b"<collection>%b</collection>", "json": b"[%b]", "mrk": b"%b"}
BETWEEN = {"iso2709": b"", "marcxml": b"\n", "json": b",\n", "mrk": b"\n"}
GPO = SHARED / "data" / "marc" / "gpo" / "gpo_utf8_dev.mrc.gz"


def province() -> list[Record]:
    found = []
    for _, path in province_files():
        with path.open("rb") as stream:
            found += [reading.record for reading in mrk.readings(stream) if reading.record is not None]
    return found


def gpo() -> list[Record]:
    with cast(BinaryIO, gzip.open(GPO)) as stream:
        return [reading.record for reading in islice(iso2709.readings(stream), 1_000) if reading.record is not None]


SETS = [pytest.param(province, id="province"), pytest.param(gpo, id="gpo", marks=needs_data)]


@pytest.mark.parametrize("records", SETS)
@pytest.mark.parametrize("form", FORMS)
def test_a_form_gives_back_what_was_written_in_it(records: Callable[[], list[Record]], form: str) -> None:
    write, read, _ = FORMS[form]
    known = records()
    assert len(known) > 800
    for record in known:
        assert read(write(record)) == (record, ())


@pytest.mark.parametrize("records", SETS)
def test_a_record_goes_through_all_forms_one_behind_the_other(records: Callable[[], list[Record]]) -> None:
    for record in records():
        found: Record | None = record
        for write, read, _ in FORMS.values():
            assert found is not None
            found, problems = read(write(found))
            assert problems == ()
        assert found == record


@pytest.mark.parametrize("form", FORMS)
def test_a_file_of_a_form_is_recognised_and_holds_the_same_records(form: str) -> None:
    write, _, readings = FORMS[form]
    known = province()
    data = WHOLE[form] % BETWEEN[form].join(map(write, known))
    assert [reading.record for reading in readings(io.BytesIO(data))] == known
    assert [reading.record for reading in readers.read(io.BytesIO(data), "x")] == known
