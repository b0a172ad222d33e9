"""What is promised for each way to break a record: nobody beside it is lost, and it is repaired or set aside aloud."""

import io

import pytest

from foundation.errors import Problem
from marc import iso2709, repair
from marc.reading import Reading
from tests.marc.malformations import CUT, FLAWS, Flaw
from tests.marc.samples import sample

BEFORE, BEHIND = sample("before"), sample("behind")


def between(flaw: Flaw) -> list[Reading]:
    data = iso2709.write(BEFORE) + flaw.data + iso2709.write(BEHIND)
    return list(iso2709.readings(io.BytesIO(data)))


@pytest.mark.parametrize("flaw", FLAWS, ids=lambda flaw: flaw.name)
def test_no_neighbour_is_lost(flaw: Flaw) -> None:
    first, *_, last = between(flaw)
    assert (first.record, first.problems) == (BEFORE, ())
    assert last.record == BEHIND


@pytest.mark.parametrize("flaw", FLAWS, ids=lambda flaw: flaw.name)
def test_the_flaw_is_mended_or_set_aside_as_promised_and_told(flaw: Flaw) -> None:
    _, middle, *rest = between(flaw)
    assert len(rest) == 1
    codes = [problem.code for problem in middle.problems]
    assert any(code.startswith(flaw.code) for code in codes), codes
    assert (middle.record is not None) == flaw.kept
    if middle.record is None:
        assert codes[-1].startswith(flaw.code)
        return
    assert repair.check(middle.record) == []
    if flaw.text.startswith("-"):
        assert flaw.text[1:] not in middle.record.text
    else:
        assert flaw.text in middle.record.text


@pytest.mark.parametrize("flaw", FLAWS, ids=lambda flaw: flaw.name)
def test_the_original_bytes_are_kept(flaw: Flaw) -> None:
    _, middle, _ = between(flaw)
    assert middle.original.strip(b"\r\n\0\xef\xbb\xbf") == flaw.data.strip(b"\r\n\0\xef\xbb\xbf")


def test_a_file_that_breaks_off_loses_its_last_record_only() -> None:
    first, last = iso2709.readings(io.BytesIO(iso2709.write(BEFORE) + CUT.data))
    assert first.record == BEFORE
    assert last.record is None
    assert last.original == CUT.data


def test_there_are_as_many_flaws_as_the_list_has() -> None:
    assert len({flaw.name for flaw in FLAWS}) == len(FLAWS) >= 60


@pytest.mark.parametrize("flaw", FLAWS, ids=lambda flaw: flaw.name)
def test_every_problem_can_be_said_in_both_languages(flaw: Flaw) -> None:
    problems: list[Problem] = [problem for reading in between(flaw) for problem in reading.placed("tệp.mrc").problems]
    for problem in problems:
        assert "tệp.mrc, biểu ghi thứ 2" in problem.text("vi") or "biểu ghi thứ 3" in problem.text("vi")
        assert "record" in problem.text("en")
