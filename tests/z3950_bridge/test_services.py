"""Scan, Sort, Delete, Close, and the services that are refused."""

from __future__ import annotations

from typing import Any

import pytest

from foundation.limits import Z3950_SCAN_TERMS
from marc import iso2709, marcxml
from tests.z3950_bridge.asking import (
    DIA,
    V2,
    Talk,
    condition,
    init,
    negotiating,
    operand,
    present,
    records,
    scan,
    search,
)
from tests.z3950_bridge.listening import target
from z3950_bridge import apdu, charsets, rpn
from z3950_bridge.apdu_lists import SortAttributes, SortKeySpecification, SortRequest
from z3950_bridge.apdu_parts import DIAGNOSTIC
from z3950_bridge.apdu_search import (
    DeleteResultSetRequest,
)
from z3950_bridge.apdu_session import (
    Close,
    ExtendedServicesRequest,
    ResourceControlResponse,
    ResourceReportRequest,
    TriggerResourceControlRequest,
)
from z3950_bridge.records import SUTRS, XML
from z3950_bridge.rpn_ber import Attribute, AttributesPlusTerm, written_operand
from z3950_bridge.target import Reason

# --- Scan, Sort, Delete, Close and the rest -------------------------------------------------------------------


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
