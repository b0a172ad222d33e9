"""Sessions: what each service grants, answers and refuses, request by request."""

from __future__ import annotations

from typing import Any

import pytest

from catalogue.export_forms import FORMS, Exported
from foundation.limits import RPN_DEPTH, Z3950_PRESENT_RECORDS, Z3950_RESULT_SETS, Z3950_SCAN_TERMS
from marc import iso2709, iso2709_marc8, marcxml
from tests.z3950_bridge.asking import (
    OPTIONS,
    V2,
    Talk,
    init,
    negotiating,
    operand,
    present,
    search,
    type_1,
)
from tests.z3950_bridge.listening import target
from tests.z3950_bridge.memory import MemoryCatalogue, province
from z3950_bridge import apdu, charsets, rpn
from z3950_bridge.apdu_lists import ScanRequest, ScanResponse, SortAttributes, SortKeySpecification, SortRequest
from z3950_bridge.apdu_parts import DIAGNOSTIC, EXTERNAL, External, Specification
from z3950_bridge.apdu_search import (
    Composition,
    DeleteResultSetRequest,
    PresentResponse,
    Range,
    SearchResponse,
    Segment,
)
from z3950_bridge.apdu_session import (
    Close,
    ExtendedServicesRequest,
    Password,
    ResourceControlResponse,
    ResourceReportRequest,
    TriggerResourceControlRequest,
)
from z3950_bridge.asn1 import STRING, decode
from z3950_bridge.initialisation import NEGOTIATION, RESULT_COUNT, SEGMENTS_1, SEGMENTS_2
from z3950_bridge.records import GRS1, MARC21, OPAC, SUTRS, UNIMARC, XML, brief
from z3950_bridge.rpn_ber import Attribute, AttributesPlusTerm, written_operand
from z3950_bridge.searching import CQL_QUERY
from z3950_bridge.target import Reason, Session

DIA = b"\xc4\x91\xe1\xbb\x8ba"
"""địa, which 38 titles have."""


def condition(answer: Any) -> int:
    """The diagnostic of a failed answer."""
    if isinstance(answer, SearchResponse | PresentResponse):
        assert answer.records is not None
        assert answer.records[0] == "diagnostic"
        return int(answer.records[1].condition)
    found = answer.entries.diagnostics if isinstance(answer, ScanResponse) else answer.diagnostics
    return int(found[0][1].condition)


def records(answer: Any) -> list[bytes]:
    """The contents of each record of an answer."""
    assert answer.records[0] == "records"
    return [one.record[1].encoding[1] for one in answer.records[1]]


def surrogates(answer: Any) -> list[int]:
    """The diagnostics that stand for records."""
    return [one.record[1][1].condition for one in answer.records[1] if one.record[0] == "diagnostic"]


# --- Init -----------------------------------------------------------------------------------------------------


def test_only_what_is_supported_is_granted(talk: Talk) -> None:
    everything = Talk(target(), init(options=(1 << 22) - 1))
    assert everything.begun.options == OPTIONS | SEGMENTS_1 | SEGMENTS_2
    assert talk.begun.options == OPTIONS
    assert talk.begun.result


@pytest.mark.parametrize(
    ("asked", "granted"), [(0, 1 << 20), (-5, 1 << 20), (10, 1024), (5000, 5000), (1 << 30, 1 << 20)]
)
def test_message_sizes_are_bounded(asked: int, granted: int) -> None:
    assert Talk(target(), init(preferred_message_size=asked)).begun.preferred_message_size == granted


def test_no_version_in_common_is_a_rejection() -> None:
    talk = Talk(target(), init(version=0))
    assert talk.begun.result is False
    assert talk.session.terms is None


def test_version_2_has_no_version_3_options() -> None:
    begun = Talk(target(), init(version=V2, options=(1 << 22) - 1)).begun
    assert begun.version == V2
    assert not begun.options & (SEGMENTS_1 | SEGMENTS_2 | RESULT_COUNT)


@pytest.mark.parametrize(
    "who", [None, ("anonymous", True), ("open", "koha/bí mật"), ("password", Password(None, "koha", "bí mật"))]
)
def test_who_may_come_in(who: Any, catalogue: MemoryCatalogue) -> None:
    assert Talk(target(catalogue), init(authentication=who)).begun.result


@pytest.mark.parametrize(
    "who",
    [("open", "koha/sai"), ("password", Password(None, "koha", "sai")), ("password", Password("nhóm", "ai", None)),
     ("other", External("1.2.3", None, None, ("octets", b"")))],
)  # fmt: skip
def test_who_may_not_come_in(who: Any, catalogue: MemoryCatalogue) -> None:
    session = Session(target(catalogue))
    answer = session.answer(apdu.write(init(authentication=who)))
    assert answer.close
    assert answer.refused
    said = apdu.read(answer.data)
    assert said.result is False
    assert said.user_information.direct_reference == "1.2.840.10003.10.3"
    assert b"\x02\x02\x03\xf3" in said.user_information.encoding[1]  # 1011
    assert session.terms is None


def test_a_request_before_init_ends_the_session(catalogue: MemoryCatalogue) -> None:
    session = Session(target(catalogue))
    answer = session.answer(apdu.write(search(b"a")))
    assert answer.close
    assert apdu.read(answer.data).reason == Reason.PROTOCOL_ERROR
    assert catalogue.searches == 0


def test_a_second_init_ends_the_session(talk: Talk) -> None:
    assert talk.ask(init()).reason == Reason.PROTOCOL_ERROR


def test_version_2_is_never_sent_a_close() -> None:
    talk = Talk(target(), init(version=V2))
    answer = talk.raw(apdu.write(init()))
    assert answer.close
    assert not answer.data


@pytest.mark.parametrize(
    ("charset", "asked", "in_records"),
    [("utf-8", True, True), ("utf-8", False, False), ("iso-8859-1", True, False), ("marc-8", True, True)],
)
def test_letters_are_agreed_on(charset: str, asked: bool, in_records: bool) -> None:
    talk = Talk(target(), negotiating(charsets.proposal(charset, asked)))
    assert talk.begun.options & NEGOTIATION
    assert talk.session.terms is not None
    assert (talk.session.terms.charset, talk.session.terms.in_records) == (charset, in_records)
    name, response = decode(charsets._RECORD, talk.begun.other_info[0].information[1].encoding[1])
    assert name == "response"
    assert response.chosen[0] in ("iso10646", "private")
    assert response.in_records == in_records


def test_letters_that_nobody_speaks_are_answered_with_none() -> None:
    talk = Talk(target(), negotiating(charsets.proposal("ebcdic", True)))
    assert talk.begun.result
    assert talk.session.terms is not None
    assert talk.session.terms.charset == charsets.UNSAID
    assert decode(charsets._RECORD, talk.begun.other_info[0].information[1].encoding[1])[1].chosen == ("none", True)


# --- Search ---------------------------------------------------------------------------------------------------


def test_search_counts(talk: Talk) -> None:
    answer = talk.ask(search(DIA, reference=b"ref"))
    assert (answer.status, answer.hits, answer.returned, answer.reference) == (True, 38, 0, b"ref")
    assert answer.records is None


def test_no_hits_are_no_failure(talk: Talk) -> None:
    answer = talk.ask(search(b"zzz"))
    assert (answer.status, answer.hits, answer.records) == (True, 0, None)


def deep(levels: int) -> rpn.Structure:
    tree: rpn.Structure = operand(b"a")
    for _ in range(levels):
        tree = rpn.Operation(rpn.Operator.OR, tree, operand(b"b"))
    return tree


def wide(operands: int) -> rpn.Structure:
    """A balanced tree: many operands, few levels."""
    if operands == 1:
        return operand(b"a")
    return rpn.Operation(rpn.Operator.OR, wide(operands // 2), wide(operands - operands // 2))


REFUSED: dict[str, tuple[Any, int]] = {
    "unknown database": (search(b"a", databases=("nowhere",)), 235),
    "no database": (search(b"a", databases=()), 235),
    "a database denied": (search(b"a", databases=("Default", "CLOSED")), 236),
    "33 databases": (search(b"a", databases=("Default",) * 33), 111),
    "10,000 databases": (search(b"a", databases=("Default",) * 10_000), 111),
    "Explain": (search(b"a", databases=("IR-Explain-1",)), 1007),
    "unknown Use": (search(operand(b"a", 9999)), 114),
    "unknown result set": (search(rpn.ResultSet("none")), 30),
    "type 0": (search(("type_0", b"")), 107),
    "type 102": (search(("type_102", b"")), 107),
    "type 104 that is no CQL": (search(("type_104", External("1.2.3", None, None, ("octets", b"a")))), 107),
    "malformed": (search(("type_1", b"\x06\x01")), 108),
    "a restriction": (search(("type_1", b"\x06\x02\x2a\x03\xa0\x05\xbf\x81\x56\x01\x00")), 245),
    "empty set name": (search(b"a", result_set=""), 128),
    "long set name": (search(b"a", result_set="x" * 257), 128),
    "long term": (search(b"a" * 5000), 11),
    "long query": (search(("type_2", b"a" * 5000)), 11),
    "33 attributes": (search(rpn.Operand((rpn.Attribute(1, 4),) * 33, b"a")), 123),
    "deep": (search(deep(RPN_DEPTH)), 6),
    "wide": (search(wide(201)), 6),
    "explosion": (search(b"explode"), 2),
}


@pytest.mark.parametrize(("request_", "wanted"), REFUSED.values(), ids=REFUSED)
def test_search_is_refused(talk: Talk, request_: Any, wanted: int) -> None:
    answer = talk.ask(request_)
    assert condition(answer) == wanted
    assert (answer.status, answer.hits, answer.result_set_status) == (False, 0, 3)
    assert talk.ask(search(DIA)).hits == 38


def test_as_deep_and_as_wide_as_allowed(talk: Talk) -> None:
    assert talk.ask(search(deep(RPN_DEPTH - 1))).status
    assert talk.ask(search(wide(200))).status


@pytest.mark.parametrize("database", ["Default", "DEFAULT", "lienthong"])
def test_the_union_has_every_library(talk: Talk, database: str) -> None:
    assert (
        talk.ask(search(operand(b"bac", 1016), databases=(database,))).hits
        == talk.ask(search(operand(b"bac", 1016), databases=tuple({library for library, _ in province()}))).hits
    )


def test_a_library_has_its_own(talk: Talk) -> None:
    one, two = (talk.ask(search(b"bac", databases=(name,))).hits for name in ("bk00", "bk01"))
    assert 0 < one < 166
    assert talk.ask(search(b"bac", databases=("bk00", "bk01", "BK00"))).hits == one + two


def test_an_existing_set_is_not_replaced_unasked(talk: Talk) -> None:
    talk.ask(search(DIA))
    assert condition(talk.ask(search(b"bac", replace=False))) == 21
    assert talk.ask(present(38)).status == 0


def test_a_search_that_fails_takes_the_set_it_replaces(talk: Talk) -> None:
    talk.ask(search(DIA))
    talk.ask(search(operand(b"a", 9999)))
    assert condition(talk.ask(present())) == 30


def test_sets_are_operands(talk: Talk) -> None:
    talk.ask(search(DIA, result_set="1"))
    both = rpn.Operation(rpn.Operator.AND, rpn.ResultSet("1"), operand(b"kan"))
    assert 0 < talk.ask(search(both, result_set="2")).hits < 38
    assert talk.ask(search(rpn.Operation(rpn.Operator.AND_NOT, rpn.ResultSet("1"), rpn.ResultSet("1")))).hits == 0


def test_a_set_is_replaced_by_a_search_in_itself(talk: Talk) -> None:
    talk.ask(search(DIA))
    narrower = rpn.Operation(rpn.Operator.AND, rpn.ResultSet("default"), operand(b"kan"))
    first = talk.ask(search(narrower)).hits
    assert talk.ask(search(rpn.ResultSet("default"))).hits == first < 38


def test_sets_are_bounded(talk: Talk) -> None:
    for number in range(Z3950_RESULT_SETS):
        assert talk.ask(search(b"zzz", result_set=f"{number}")).status
    assert condition(talk.ask(search(b"zzz", result_set="more"))) == 112
    assert talk.ask(search(b"zzz", result_set="0")).status
    talk.ask(DeleteResultSetRequest(None, 0, ("1",)))
    assert talk.ask(search(b"zzz", result_set="more")).status


@pytest.mark.parametrize(
    "query",
    [("type_2", b"title=\xc4\x91\xe1\xbb\x8ba"),
     ("type_104", External(CQL_QUERY, None, None, ("octets", b"title=dia"))),
     ("type_104", External(CQL_QUERY, None, None, ("single", STRING.write("title=địa")))),
     ("type_101", type_1(operand(DIA))[1])],
    ids=["CCL", "CQL", "CQL as a string", "type 101"],
)  # fmt: skip
def test_other_query_types(talk: Talk, query: Any) -> None:
    assert talk.ask(search(query)).hits == 38


@pytest.mark.parametrize(
    ("charset", "term"),
    [("", DIA), ("utf-8", DIA), ("marc-8", charsets.encoded("địa", "marc-8")), ("", "ñ".encode("latin-1")),
     ("iso-8859-1", "ñ".encode("latin-1"))],
)  # fmt: skip
def test_terms_are_read_in_the_letters_agreed_on(charset: str, term: bytes) -> None:
    talk = Talk(target(), negotiating(charsets.proposal(charset, False)) if charset else init())
    assert talk.ask(search(term)).hits == (38 if b"\xf1" not in term else 0)
    if b"\xf1" in term:
        assert charsets.spoken(term, charset) == "ñ".encode()


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


# --- Scan, Sort, Delete, Close and the rest -------------------------------------------------------------------


def scan(term: bytes, number: int = 5, position: int | None = 1, **changes: Any) -> ScanRequest:
    asked = ScanRequest(None, ("Default",), rpn.BIB1, written_operand(operand(term)), 0, number, position)
    return asked._replace(**changes)


def terms(answer: Any) -> list[tuple[str, int]]:
    return [(one.term[1].decode(), one.occurrences) for _, one in answer.entries.entries]


def test_scan_lists_terms_with_their_counts(talk: Talk) -> None:
    answer = talk.ask(scan(b"bac"))
    assert terms(answer) == [("bac", 166), ("bach", 7), ("bai", 6), ("ban", 63), ("bang", 9)]
    assert (answer.status, answer.returned, answer.position) == (0, 5, 1)
    assert all(talk.ask(search(term.encode())).hits == count for term, count in terms(answer))


@pytest.mark.parametrize(
    ("position", "first", "shown"), [(1, "bac", 1), (3, "ba", 3), (None, "bac", 1), (0, "bach", 0), (6, "ao", 6)]
)
def test_the_start_term_stands_where_it_is_wanted(talk: Talk, position: int | None, first: str, shown: int) -> None:
    answer = talk.ask(scan(b"bac", position=position))
    assert answer.position == shown
    assert len(terms(answer)) == 5
    if position in (0, 1, None):
        assert terms(answer)[0][0] == first
    else:
        assert "bac" in [term for term, _ in terms(answer)] or position == 6


def test_the_end_of_the_list(talk: Talk) -> None:
    answer = talk.ask(scan(b"\xf0\x9f\x98\x80"))
    assert (answer.status, answer.returned, answer.entries) == (5, 0, None)


@pytest.mark.parametrize("number", [10_000, 2**31 - 1, 2**62])
def test_scan_is_capped(talk: Talk, number: int) -> None:
    answer = talk.ask(scan(b"a", number))
    assert (answer.status, answer.returned) == (4, Z3950_SCAN_TERMS)


SCAN_REFUSED: dict[str, tuple[dict[str, Any], int]] = {
    "step size": ({"step_size": 5}, 205),
    "no terms": ({"number": 0}, 228),
    "fewer than no terms": ({"number": -1}, 228),
    "position beyond": ({"position": 7}, 233),
    "position below": ({"position": -1}, 233),
    "unknown Use": ({"term": written_operand(operand(b"a", 9999))}, 114),
    "a term that is a date": ({"term": AttributesPlusTerm((), ("time", "2026"))}, 229),
    "unknown database": ({"databases": ("nowhere",)}, 235),
}


@pytest.mark.parametrize(("changes", "wanted"), SCAN_REFUSED.values(), ids=SCAN_REFUSED)
def test_scan_is_refused(talk: Talk, changes: dict[str, Any], wanted: int) -> None:
    answer = talk.ask(scan(b"bac")._replace(**changes))
    assert (condition(answer), answer.status) == (wanted, 6)


def key(element: Any = ("generic", ("field", "title")), relation: int = 0, case: int = 1, missing: Any = None) -> Any:
    return SortKeySpecification(element, relation, case, missing)


BY_TITLE = ("generic", ("attributes", SortAttributes(rpn.BIB1, (Attribute(None, 1, ("numeric", 4)),))))


def test_sort_and_sort_backwards(talk: Talk) -> None:
    talk.ask(search(b"bac"))
    assert talk.ask(SortRequest(None, ("default",), "up", (key(BY_TITLE),))).hits == 166
    talk.ask(SortRequest(None, ("up",), "down", (key(relation=1),)))
    up = records(talk.ask(present(1, 166, result_set="up")))
    down = records(talk.ask(present(1, 166, result_set="down")))
    assert sorted(up) == sorted(down)
    titles = [iso2709.select(one, frozenset((b"245",))) for one in (up[0], down[0])]
    assert titles[0] < titles[1]


def test_a_set_is_sorted_into_itself(talk: Talk) -> None:
    talk.ask(search(b"bac"))
    assert talk.ask(SortRequest(None, ("default",), "default", (key(),))).status == 0
    assert talk.ask(present(166)).status == 0


SORT_REFUSED: dict[str, tuple[Any, int]] = {
    "no set": (SortRequest(None, (), "o", (key(),)), 208),
    "two sets": (SortRequest(None, ("default", "default"), "o", (key(),)), 230),
    "unknown set": (SortRequest(None, ("none",), "o", (key(),)), 30),
    "no key": (SortRequest(None, ("default",), "o", ()), 207),
    "nine keys": (SortRequest(None, ("default",), "o", (key(),) * 9), 211),
    "unknown field": (SortRequest(None, ("default",), "o", (key(("generic", ("field", "colour"))),)), 207),
    "unknown Use": (
        SortRequest(None, ("default",), "o", (key(("generic", ("attributes", SortAttributes(rpn.BIB1,
            (Attribute(None, 1, ("numeric", 9999)),))))),)), 207),
    "by frequency": (SortRequest(None, ("default",), "o", (key(relation=3),)), 214),
    "a third case": (SortRequest(None, ("default",), "o", (key(case=2),)), 215),
    "abort where missing": (SortRequest(None, ("default",), "o", (key(missing=("abort", True)),)), 213),
    "no name": (SortRequest(None, ("default",), "", (key(),)), 128),
}  # fmt: skip


@pytest.mark.parametrize(("request_", "wanted"), SORT_REFUSED.values(), ids=SORT_REFUSED)
def test_sort_is_refused(talk: Talk, request_: Any, wanted: int) -> None:
    talk.ask(search(b"bac"))
    answer = talk.ask(request_)
    assert (condition(answer), answer.status) == (wanted, 2)


@pytest.mark.parametrize(
    ("function", "names", "status", "statuses"),
    [(0, ("1",), 0, [0]), (0, ("none",), 1, [1]), (0, ("1", "none"), 9, [0, 1]), (1, None, 0, None)],
)
def test_delete(talk: Talk, function: int, names: Any, status: int, statuses: list[int] | None) -> None:
    talk.ask(search(DIA, result_set="1"))
    talk.ask(search(DIA, result_set="2"))
    answer = talk.ask(DeleteResultSetRequest(None, function, names))
    assert answer.status == status
    assert [one.status for one in answer.list_statuses or ()] == (statuses or [])
    gone = condition(talk.ask(present(result_set="1"))) if "1" in (names or "1") else 30
    assert gone == 30
    assert (talk.ask(present(result_set="2")).status == 0) is (function == 0)


def test_close_is_answered(talk: Talk) -> None:
    answer = talk.raw(apdu.write(Close(b"r", 0)))
    assert answer.close
    assert apdu.read(answer.data) == Close(b"r", 0)


def test_extended_services_are_refused(talk: Talk) -> None:
    answer = talk.ask(ExtendedServicesRequest(None, 1, "1.2.840.10003.9.5"))
    assert (answer.status, condition_of(answer)) == (3, 221)


def condition_of(answer: Any) -> int:
    return int(answer.diagnostics[0][1].condition)


def test_a_trigger_is_ignored_and_a_report_not_had(talk: Talk) -> None:
    assert talk.asks(TriggerResourceControlRequest(None, 1)) == []
    assert talk.ask(ResourceReportRequest(b"r")).status == 2


def test_what_only_a_server_sends_ends_the_session(talk: Talk) -> None:
    assert talk.ask(ResourceControlResponse(None, True)).reason == Reason.PROTOCOL_ERROR


def test_words_of_a_refusal_are_not_long(talk: Talk) -> None:
    answer = talk.ask(search(b"a", databases=("x" * 100_000 + "\n",)))
    assert len(answer.records[1].addinfo[1]) == 200
    assert len(DIAGNOSTIC.write(answer.records[1])) < 300


def test_version_2_is_refused_in_visible_strings() -> None:
    talk = Talk(target(), init(version=V2))
    assert talk.ask(search(b"a", databases=("kho sách",))).records[1].addinfo == ("v2", "kho s?ch")


@pytest.mark.parametrize("charset", ["iso-8859-1", "marc-8"])
def test_text_goes_out_in_the_letters_agreed_on(charset: str) -> None:
    talk = Talk(target(), negotiating(charsets.proposal(charset, True)))
    talk.ask(search(b"dia"))
    [text] = records(talk.ask(present(syntax=SUTRS)))
    title = "Địa chí" if charset == "marc-8" else "Dia chí"
    assert charsets.encoded(title, charset) in text


def test_records_are_rendered_once(talk: Talk, monkeypatch: pytest.MonkeyPatch) -> None:
    made = []
    write = marcxml.write
    monkeypatch.setattr(marcxml, "write", lambda record: made.append(1) or write(record))
    talk.ask(search(DIA))
    once = talk.ask(present(1, 38, syntax=XML))
    assert talk.ask(present(1, 38, syntax=XML)) == once
    assert len(made) == 38
