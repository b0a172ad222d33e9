"""Whole records in MARC-8: read again as they were."""

from __future__ import annotations

import pytest

from foundation.errors import LimitError, Problem
from marc import charset, iso2709, iso2709_marc8
from marc.record import Field, Record

LEADER = "00000nam a2200000 a 4500"
TITLES = ["Truyện Kiều", "Đường, ơ ư Ơ Ư ợ ự", "plain", "Война и мир", "漢字", "a\u0301\u0323 b"]


def decode(data: bytes) -> tuple[str, tuple[Problem, ...]]:
    found = charset.decode(data)
    return found.text, found.problems


def titled(title: str) -> Record:
    title_field = Field("245", "10", (("a", title), ("c", "Nguyễn Du")))
    return Record.build(LEADER, [Field("001", value="a1"), title_field, Field("653", "  ", (("a", "x"),))])


@pytest.mark.parametrize("title", TITLES)
def test_a_record_in_marc_8_is_read_again(title: str) -> None:
    data, problems = iso2709_marc8.write(titled(title))
    assert problems == ()
    assert data[9:10] == b" "
    assert int(data[:5]) == len(data)
    record, _ = iso2709.read(data, encoding="marc-8", decoders={"marc-8": decode})
    assert record is not None
    assert record.fields == iso2709.read(iso2709.write(titled(title)))[0].fields  # type: ignore[union-attr]


def test_what_marc_8_lacks_becomes_a_reference_that_is_told() -> None:
    data, problems = iso2709_marc8.write(titled("chữ 𡨸 𡨸"))
    assert data.count(b"&#x21A38;") == 2
    assert [problem.values["count"] for problem in problems] == [2]


def test_a_record_that_grows_too_long_is_refused() -> None:
    with pytest.raises(LimitError):
        iso2709_marc8.write(titled("ự" * 6000))
