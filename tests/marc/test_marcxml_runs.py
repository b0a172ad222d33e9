"""`marc.marcxml_runs`: many at once are the same bytes as one by one."""

import gzip
import io
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marc import iso2709, marcxml, marcxml_runs, repair
from marc.record import Field, Record
from tests.marc.samples import SHARED, needs_data, records, sample


def field(*subfields: tuple[str, str]) -> Field:
    return Field("500", "1 ", subfields)


@given(st.lists(records, max_size=8))
def test_many_at_once_are_what_each_is_by_itself(given: list[Record]) -> None:
    assert list(marcxml_runs.write_all(given)) == list(map(marcxml.write, given))


@pytest.mark.parametrize(
    "fields",
    [
        [],
        [Field("001", value="")],
        [Field("001", value="a&b<c>d")],
        [field(("a", ""))],
        [field(("a", "&"), ("b", "<>"), ("c", "&&x"))],
        [field(("&", "a")), field(("<", "b")), field((">", "c")), field(('"', "d"))],
        [field(("a", "x" * 31)), field(("a", "x" * 32)), field(("a", "x" * 33)), field(("a", "x" * 9_000))],
        [field(("a", "ấ" * 40), ("b", "Đường & phố"))],
        [field(("a", "before")), Field("001", value="a control field behind a data field")],
    ],
)
def test_what_is_rare_is_written_between_neighbours(fields: list[Field]) -> None:
    given = [sample("1"), Record.build(repair.LEADER_BLANK, fields), sample("2")]
    assert list(marcxml_runs.write_all(given)) == list(map(marcxml.write, given))


def test_no_records_are_no_bytes() -> None:
    assert list(marcxml_runs.write_all([])) == []


def test_records_are_asked_for_as_they_are_written() -> None:
    asked = []

    def endless() -> Iterator[Record]:
        while True:
            asked.append(1)
            yield sample("1")

    written = marcxml_runs.write_all(endless())
    assert next(written) == marcxml.write(sample("1"))
    assert len(asked) < 2_000


@needs_data
def test_real_records_are_the_same_at_once_and_one_by_one() -> None:
    data = gzip.decompress((SHARED / "data/marc/gpo/gpo_utf8_dev.mrc.gz").read_bytes())[:3_000_000]
    given = [reading.record for reading in iso2709.readings(io.BytesIO(data)) if reading.record]
    assert list(marcxml_runs.write_all(given)) == list(map(marcxml.write, given))
