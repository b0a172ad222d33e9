"""Init and Search: what is granted, found and refused, request by request."""

from __future__ import annotations

from typing import Any

import pytest

from foundation.limits import RPN_DEPTH, Z3950_RESULT_SETS
from tests.z3950_bridge.asking import (
    DIA,
    OPTIONS,
    V2,
    Talk,
    condition,
    deep,
    init,
    negotiating,
    operand,
    present,
    search,
    type_1,
    wide,
)
from tests.z3950_bridge.listening import target
from tests.z3950_bridge.memory import MemoryCatalogue, province
from z3950_bridge import apdu, charsets, rpn
from z3950_bridge.apdu_parts import External
from z3950_bridge.apdu_search import (
    DeleteResultSetRequest,
)
from z3950_bridge.apdu_session import (
    Password,
)
from z3950_bridge.asn1 import STRING, decode
from z3950_bridge.initialisation import NEGOTIATION, RESULT_COUNT, SEGMENTS_1, SEGMENTS_2
from z3950_bridge.searching import CQL_QUERY
from z3950_bridge.target import Reason, Session

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
