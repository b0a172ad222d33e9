"""Records with a Search and by Present: which, in what syntax, how many fit."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from catalogue.export_forms import FORMS, Exported
from foundation.limits import Z3950_PRESENT_RECORDS
from marc import iso2709, iso2709_marc8
from tests.conftest import missing
from tests.z3950_bridge.asking import (
    DIA,
    OPTIONS,
    Talk,
    condition,
    init,
    negotiating,
    operand,
    present,
    records,
    search,
    surrogates,
)
from tests.z3950_bridge.listening import target
from tests.z3950_bridge.memory import MemoryCatalogue, province
from z3950_bridge import apdu, charsets
from z3950_bridge.apdu_parts import EXTERNAL, External, Specification
from z3950_bridge.apdu_search import (
    Composition,
    Range,
    Segment,
)
from z3950_bridge.initialisation import SEGMENTS_1, SEGMENTS_2
from z3950_bridge.records import GRS1, MARC21, OPAC, SUTRS, UNIMARC, XML, brief

# --- piggyback and Present ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("small", "large", "medium", "returned", "following"),
    [(0, 1, 10, 0, 1), (38, 39, 0, 38, 0), (37, 39, 5, 5, 6), (37, 38, 5, 0, 1), (0, 100, 0, 0, 1),
     (0, 100, 50, 38, 0), (2**31, 2**31, 0, 38, 0), (0, 100, -5, 0, 1)],
)  # fmt: skip
def test_records_come_with_the_search(
    talk: Talk, small: int, large: int, medium: int, returned: int, following: int
) -> None:
    answer = talk.ask(
        search(DIA, small_set_upper_bound=small, large_set_lower_bound=large, medium_set_present_number=medium)
    )
    assert (answer.hits, answer.returned, answer.next_position) == (38, returned, following)
    assert (answer.present_status == 0) if returned else (answer.present_status is None)


def test_elements_of_small_and_medium_sets(talk: Talk) -> None:
    names = {"small_elements": ("generic", "F"), "medium_elements": ("generic", "B")}
    small = talk.ask(search(DIA, small_set_upper_bound=50, large_set_lower_bound=51, **names))
    medium = talk.ask(search(DIA, large_set_lower_bound=51, medium_set_present_number=38, **names))
    for full, short in zip(records(small), records(medium), strict=True):
        assert len(full) > len(short)
        record, _ = iso2709.read(full)
        assert record is not None
        assert iso2709.write(brief(record)) == short


def test_a_search_with_impossible_elements_still_has_its_hits(talk: Talk) -> None:
    answer = talk.ask(search(DIA, small_set_upper_bound=50, large_set_lower_bound=51, small_elements=("generic", "X")))
    assert (answer.status, answer.hits, answer.present_status) == (True, 38, 5)
    assert condition(answer) == 25
    assert talk.ask(present()).status == 0


def test_marc21_is_what_export_writes(talk: Talk) -> None:
    talk.ask(search(operand(b"bac", 1016)))
    found = records(talk.ask(present(1, 200)))
    by_bytes = {FORMS["marc21"].write(_exported(record), record).data for _, record in province()}
    assert len(found) == 200
    assert set(found) <= by_bytes
    assert all(one[9:10] == b"a" for one in found)


def _exported(record: Any) -> Exported:
    return Exported("x", "bk00", "", "", "", 0, record)


def test_marc8_where_it_was_agreed_on() -> None:
    talk = Talk(target(), negotiating(charsets.proposal("marc-8", True)))
    talk.ask(search(charsets.encoded("địa", "marc-8")))
    [found] = records(talk.ask(present()))
    assert found[9:10] == b" "
    record, _ = iso2709.read(found)
    assert record is not None
    assert iso2709_marc8.write(record)[0] == found
    assert "ị" in record.text


@pytest.mark.parametrize(
    ("syntax", "elements", "start"),
    [
        (None, None, b"0"), (MARC21, "F", b"0"), (MARC21, "b", b"0"), (XML, "F", b"<record xmlns="),
        (XML, "B", b"<record xmlns="), (XML, "marcxml", b"<record xmlns="), (XML, "mods", b"<mods "),
        (XML, "MODS", b"<mods "), (XML, "dc", b"<oai_dc:dc "), (XML, "oai_dc", b"<oai_dc:dc "),
        (SUTRS, "F", b"\x1b"), (SUTRS, "B", b"\x1b"), (GRS1, "F", b"\x30"), (GRS1, "B", b"\x30"),
        (OPAC, "F", b"\x30"), (OPAC, "B", b"\x30"),
    ],
)  # fmt: skip
def test_syntaxes_and_elements(talk: Talk, syntax: str | None, elements: str | None, start: bytes) -> None:
    talk.ask(search(DIA))
    composition = ("simple", ("generic", elements)) if elements else None
    answer = talk.ask(present(1, 2, syntax=syntax, composition=composition))
    assert answer.status == 0
    assert all(one.record[1].direct_reference == (syntax or MARC21) for one in answer.records[1])
    assert all(one.startswith(start) for one in records(answer))


PRESENT_REFUSED: dict[str, tuple[dict[str, Any], int]] = {
    "UNIMARC, which we do not write": ({"syntax": UNIMARC}, 238),
    "an unknown syntax": ({"syntax": "1.2.840.10003.5.99"}, 239),
    "an unknown element set": ({"composition": ("simple", ("generic", "X"))}, 25),
    "mods as MARC": ({"syntax": MARC21, "composition": ("simple", ("generic", "mods"))}, 25),
    "an unknown schema": (
        {"syntax": XML, "composition": ("complex", Composition(False, Specification(("uri", "urn:x"))))}, 1066),
    "an element specification": (
        {"composition": ("complex", Composition(False, Specification(None, ("external", External("1.2.3")))))}, 244),
    "syntaxes none of which there is": (
        {"composition": ("complex", Composition(False, None, None, ("1.2.3", UNIMARC)))}, 238),
    "start 0": ({"start": 0}, 13),
    "start below 0": ({"start": -1}, 13),
    "a number below 0": ({"number": -1}, 13),
    "one too many": ({"start": 38, "number": 2}, 13),
    "2^31 records": ({"number": 2**31 - 1}, 13),
    "as far as numbers go": ({"start": 2**63 - 1, "number": 2**63 - 1}, 13),
    "a second range beyond": ({"additional_ranges": (Range(39, 1),)}, 13),
    "40 ranges": ({"additional_ranges": (Range(1, 1),) * 40}, 243),
    "an unknown set": ({"result_set": "none"}, 30),
}  # fmt: skip


@pytest.mark.parametrize(("changes", "wanted"), PRESENT_REFUSED.values(), ids=PRESENT_REFUSED)
def test_present_is_refused(talk: Talk, changes: dict[str, Any], wanted: int) -> None:
    talk.ask(search(DIA))
    answer = talk.ask(present()._replace(**changes))
    assert condition(answer) == wanted
    assert (answer.status, answer.returned) == (5, 0)


def test_a_schema_and_the_first_syntax_there_is(talk: Talk) -> None:
    talk.ask(search(DIA))
    wanted = Composition(False, Specification(("uri", "info:srw/schema/1/mods-v3.8")), None, ("1.2.3", XML))
    assert records(talk.ask(present(composition=("complex", wanted))))[0].startswith(b"<mods ")
    anything = Composition(True, None, None, ("1.2.3",))
    assert records(talk.ask(present(composition=("complex", anything))))[0].startswith(b"0")


def test_ranges_come_in_their_order(talk: Talk) -> None:
    talk.ask(search(DIA))
    every = records(talk.ask(present(1, 38)))
    answer = talk.ask(present(30, 2, additional_ranges=(Range(1, 3), Range(38, 1))))
    assert records(answer) == [*every[29:31], *every[0:3], every[37]]
    assert answer.next_position == 0


def test_next_position(talk: Talk) -> None:
    talk.ask(search(DIA))
    assert talk.ask(present(1, 10)).next_position == 11
    assert talk.ask(present(29, 10)).next_position == 0
    assert talk.ask(present(3, 0)).returned == 0


def test_present_is_capped(talk: Talk) -> None:
    talk.ask(search(operand(b"vie", 1016)))
    hits = talk.ask(search(operand(b"vie", 1016))).hits
    assert hits > Z3950_PRESENT_RECORDS
    answer = talk.ask(present(1, hits, syntax=MARC21, composition=("simple", ("generic", "B"))))
    assert (answer.returned, answer.status) == (Z3950_PRESENT_RECORDS, 4)
    assert answer.next_position == Z3950_PRESENT_RECORDS + 1


def test_what_does_not_fit_is_left_for_next_time() -> None:
    talk = Talk(target(), init(preferred_message_size=4000, exceptional_record_size=4000))
    talk.ask(search(DIA))
    seen: list[bytes] = []
    position = 1
    while position:
        raw = talk.raw(apdu.write(present(position, 39 - position))).data
        assert len(raw) <= 4000
        answer = apdu.read(raw)
        assert answer.status == (2 if answer.next_position else 0)
        seen += records(answer)
        position = answer.next_position
    whole = Talk(target())
    whole.ask(search(DIA))
    assert seen == records(whole.ask(present(1, 38)))


def test_records_that_are_too_large_have_diagnostics_in_their_places() -> None:
    talk = Talk(target(), init(preferred_message_size=1024, exceptional_record_size=1900))
    talk.ask(search(DIA))
    found: list[int] = []
    position = 1
    while position:
        answer = talk.ask(present(position, 39 - position, syntax=GRS1))
        found += surrogates(answer)
        position = answer.next_position
    assert set(found) == {16, 17}
    alone = [talk.ask(present(place, 1, syntax=GRS1)) for place in range(1, 39)]
    assert {code for one in alone for code in surrogates(one)} == {17}
    assert sum(one.records[1][0].record[0] == "record" for one in alone) == 38 - found.count(17)


def test_a_deleted_record_has_a_diagnostic_in_its_place(talk: Talk, catalogue: MemoryCatalogue) -> None:
    talk.ask(search(DIA))
    first = records(talk.ask(present(1, 3)))
    number = catalogue.rows.index(next(row for row in catalogue.rows if iso2709.write(row[1]) == first[1]))
    catalogue.deleted.add(number)
    assert surrogates(talk.ask(present(1, 3))) == []  # nothing was published since
    catalogue.changes += 1
    answer = talk.ask(present(1, 3))
    assert surrogates(answer) == [1028]
    assert answer.returned == 3


def test_segments_of_level_1_hold_whole_records() -> None:
    options = OPTIONS | SEGMENTS_1
    talk = Talk(target(), init(options=options, preferred_message_size=4000, exceptional_record_size=4000))
    talk.ask(search(DIA))
    *segments, last = talk.asks(present(1, 38))
    assert segments
    assert all(isinstance(one, Segment) for one in segments)
    assert (last.returned, last.status) == (38, 0)
    assert sum(one.returned for one in segments) + len(last.records[1]) == 38
    assert condition(talk.ask(present(1, 38, max_segment_count=2))) == 217
    assert talk.ask(present(1, 38, max_segment_count=1)).status == 2


def test_segments_of_level_2_cut_records() -> None:
    options = OPTIONS | SEGMENTS_1 | SEGMENTS_2
    talk = Talk(target(), init(options=options))
    talk.ask(search(DIA))
    whole = talk.ask(present(1, 2, syntax=XML)).records[1]
    *segments, last = talk.asks(present(1, 2, syntax=XML, max_segment_size=1000))
    pieces = [one.record for part in (*(one.records for one in segments), last.records[1]) for one in part]
    assert [kind for kind, _ in pieces if kind in ("starting", "final")] == ["starting", "final"] * 2
    joined = b"".join(value[1] for _, value in pieces)
    assert joined == b"".join(EXTERNAL.write(one.record[1]) for one in whole)
    assert condition(talk.ask(present(1, 2, max_segment_size=100))) == 242


@pytest.mark.peer
def test_yaz_reads_segments_of_level_2_as_they_are_meant(root: Path, require_peer: Callable[[str, str], Path]) -> None:
    """No client of others asks for them; the codec of YAZ knows them all the same."""
    python = require_peer("python", "python3")
    talk = Talk(target(), init(options=OPTIONS | SEGMENTS_1 | SEGMENTS_2))
    talk.ask(search(DIA))
    asked = present(1, 2, syntax=XML, max_segment_size=1000)
    *segments, last = talk.asks(asked)
    ours = [one.record for part in (*(one.records for one in segments), last.records[1]) for one in part]
    sent = talk.raw(apdu.write(asked)).data
    command = [python, root / "tests" / "peers" / "apdu_yaz.py"]
    done = subprocess.run(command, input=sent, capture_output=True, check=False)
    if done.returncode == 77:
        missing("libyaz is not installed: see .ci/run for Debian's packages")
    assert (done.returncode, done.stderr) == (0, b"")
    fragment = rb"(starting|intermediate|final)Fragment choice\s+notExternallyTagged OCTETSTRING\(len=([0-9]+)\)"
    theirs = [(kind.decode(), int(length)) for kind, length in re.findall(fragment, done.stdout)]
    assert theirs == [(kind, len(value[1])) for kind, value in ours]
    assert done.stdout.count(b"segmentRequest {") == len(segments)
