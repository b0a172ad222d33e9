"""The origin: what it makes of honest targets, of strange ones and of hostile ones."""

from __future__ import annotations

import socket
import threading
import time
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given as any_of
from hypothesis import strategies

from foundation.errors import FormatError, InputError, LienThongError, LimitError, PeerError, RefusedError
from marc import iso2709_marc8
from search import box
from search.query import Everything, Field, Match, Near, Or, Range, Term
from tests.z3950_bridge import foreign
from tests.z3950_bridge.listening import listening, target
from tests.z3950_bridge.memory import MemoryCatalogue
from vietnamese.encodings import encode
from z3950_bridge import ber, peer_query, pqf, together
from z3950_bridge.apdu import write
from z3950_bridge.apdu_parts import Diagnostic, External, NamedRecord
from z3950_bridge.apdu_search import PresentRequest, SearchRequest
from z3950_bridge.apdu_session import Close, InitRequest
from z3950_bridge.asking import Count, SaidError, Stop
from z3950_bridge.asn1 import OCTETS
from z3950_bridge.diagnostics import BIB1_DIAGNOSTICS
from z3950_bridge.origin import Account, Origin, given
from z3950_bridge.origin_line import greet
from z3950_bridge.peer import Peer, peer, typed
from z3950_bridge.peer_records import Taken
from z3950_bridge.records import UNIMARC, XML
from z3950_bridge.rpn import Operand

QUERY = box.parse("title:dia")


def fetched(chosen: Peer, number: int = 20, seconds: float = 5) -> tuple[int, list[Taken]]:
    """Hits, and the records."""
    hits, *rows = together.fetch(chosen, QUERY, 1, number, Stop(chosen.name, seconds))
    assert isinstance(hits, Count)
    return hits.hits, [row for row in rows if isinstance(row, Taken)]


def titles(rows: list[Taken]) -> list[str]:
    return [next(one.record.select("245")).get("a") if one.record else "" for one in rows]


def diagnosed(condition: int, addinfo: str = "") -> Any:
    return "diagnostic", Diagnostic(BIB1_DIAGNOSTICS, condition, ("v3", addinfo))


# --- honest -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("chunk", [1, 7, 50])
def test_our_own_target_gives_the_same_in_any_chunks(chunk: int) -> None:
    with listening(target()) as port:
        hits, rows = fetched(foreign.at(port, chunk=chunk), 38)
    assert hits == 38
    assert [row.position for row in rows] == list(range(1, 39))
    assert titles(rows)[0] == "Địa chí Bắc Kạn /"


@pytest.mark.parametrize("syntax", ["usmarc", "xml", "opac"])
def test_records_of_every_syntax_become_the_same(syntax: str) -> None:
    with listening(target()) as port:
        assert titles(fetched(foreign.at(port, syntax=syntax), 1)[1]) == ["Địa chí Bắc Kạn /"]


def test_marc8_that_was_agreed_on_is_read() -> None:
    settings = {"negotiate": True, "query_charset": "marc-8"}
    with listening(target()) as port:
        hits, rows = fetched(foreign.at(port, **settings), 1)
    assert (hits, titles(rows)) == (38, ["Địa chí Bắc Kạn /"])


@pytest.mark.parametrize(("password", "opens"), [("bimat", True), ("sai", False)])
def test_password(password: str, opens: bool) -> None:
    with listening(target(MemoryCatalogue({"koha": "bimat"}))) as port:
        chosen = foreign.at(port, user="koha", password=password)
        if opens:
            assert greet(chosen, Stop("there", 5)).startswith("Lien Thong")
            return
        with pytest.raises(PeerError) as refused:
            greet(chosen, Stop("there", 5))
    assert refused.value.problem.code == "peer.rejected"
    assert "mật khẩu" in refused.value.text("vi")


def test_a_syntax_that_is_not_there_is_asked_for_in_another() -> None:
    with listening(target()) as port:
        assert titles(fetched(foreign.at(port, syntax="unimarc"), 2)[1])[0] == "Địa chí Bắc Kạn /"


def test_an_element_set_that_is_not_there_is_left_out() -> None:
    with listening(target()) as port:
        assert len(fetched(foreign.at(port, elements="FULL"), 3)[1]) == 3


def test_unimarc_becomes_marc21() -> None:
    leader = "00000nam  2200000   450 "
    record = foreign.Record(
        f"{leader}\x1e001u1\x1e100  \x1fa20200101d2020    m  y0vie50      ba\x1e2001 \x1faTruyện Kiều\x1ffNguyễn Du"
    )
    data = foreign.iso2709.write(record)

    def script(_: socket.socket, request: object) -> bytes | None:
        if isinstance(request, PresentRequest):
            assert request.syntax == UNIMARC
            return foreign.presented(foreign.marc(data, UNIMARC))
        return foreign.shelf(data)(_, request)

    with foreign.foreign(script) as port:
        _, rows = fetched(foreign.at(port, syntax="unimarc"))
    assert titles(rows) == ["Truyện Kiều /"]


def test_a_refused_search_is_the_targets_own_diagnostic() -> None:
    with listening(target()) as port, pytest.raises(SaidError) as refused:
        fetched(foreign.at(port, attributes={"title": "1=9999"}))
    assert refused.value.said.condition == 114
    assert "9999" in refused.value.said.addinfo
    assert "Unsupported Use attribute" in refused.value.text("en")


def test_a_diagnostic_in_the_place_of_a_record_costs_only_that() -> None:
    gone = NamedRecord("Default", ("diagnostic", ("default", Diagnostic(BIB1_DIAGNOSTICS, 14, ("v3", "")))))

    def script(_: socket.socket, request: object) -> bytes | None:
        if isinstance(request, PresentRequest):
            return foreign.presented(foreign.marc(foreign.books(1)[0]), gone)
        return foreign.shelf(b"", b"")(_, request)

    with foreign.foreign(script) as port:
        _, rows = fetched(foreign.at(port))
    assert [row.record is not None for row in rows] == [True, False]
    assert rows[1].problems[0].values["condition"] == 14


def test_an_address_of_our_own_network_needs_to_be_allowed() -> None:
    with foreign.foreign(foreign.shelf()) as port, pytest.raises(RefusedError):
        fetched(foreign.at(port, allow=[]))


def test_broken_bytes_become_a_problem_and_not_an_exception() -> None:
    good = foreign.books(1)[0]
    with foreign.foreign(foreign.shelf(good, b"not MARC at all", b"", good)) as port:
        _, rows = fetched(foreign.at(port))
    assert [row.record is not None for row in rows] == [True, False, False, True]
    assert all(row.problems for row in rows if row.record is None)


# --- letters ------------------------------------------------------------------------------------------------------

TITLES = [
    "Lịch sử Đảng bộ huyện Chợ Đồn",
    "Truyện cổ tích các dân tộc thiểu số",
    "Những người con của bản làng vùng cao",
]


def in_encoding(encoding: str, title: str) -> bytes:
    record = foreign.book(1, title)
    if encoding == "marc-8":
        return iso2709_marc8.write(record)[0]
    body = encode(title, encoding)
    plain = foreign.iso2709.write(foreign.book(1, "X" * len(body)))
    return plain.replace(b"X" * len(body), body).replace(b"nam a22", b"nam  22", 1)


@pytest.mark.parametrize("told", [True, False])
@pytest.mark.parametrize("encoding", ["marc-8", "tcvn3", "cp1258", "vni"])
def test_records_are_read_in_the_letters_they_came_in(encoding: str, told: bool) -> None:
    """Named in the settings, or found by what the records of one answer show together."""
    data = [in_encoding(encoding, title) for title in TITLES * 4]
    with foreign.foreign(foreign.shelf(*data)) as port:
        _, rows = fetched(foreign.at(port, charset=encoding if told else "auto"))
    assert titles(rows) == TITLES * 4


def test_the_wrong_charset_is_told_and_stops_nothing() -> None:
    data = [in_encoding("tcvn3", TITLES[0]), foreign.books(1, "Toán")[0]]
    with foreign.foreign(foreign.shelf(*data)) as port:
        _, rows = fetched(foreign.at(port, charset="utf-8"))
    assert [row.record is not None for row in rows] == [False, True]
    assert "UTF-8" in rows[0].problems[-1].text("en")


# --- hostile ------------------------------------------------------------------------------------------------------


def on(kind: type, said: bytes | None) -> foreign.Script:
    """Honest but for one request."""
    honest = foreign.shelf(*foreign.books(3))
    return lambda line, request: said if isinstance(request, kind) else honest(line, request)


HUGE = b"\xb9\x84\x7f\xff\xff\xff"
GARBAGE = b"\xde\xad\xbe\xef" * 20
HOSTILE: list[tuple[str, type, bytes | None, type[LienThongError]]] = [
    ("a record of two gigabytes", PresentRequest, HUGE, LimitError),
    ("an Init of two gigabytes", InitRequest, HUGE.replace(b"\xb9", b"\xb5"), LimitError),
    ("no BER", InitRequest, GARBAGE, InputError),
    ("no BER instead of records", PresentRequest, GARBAGE, InputError),
    ("HTTP", InitRequest, b"HTTP/1.1 400 Bad Request\r\n\r\n", InputError),
    ("nested for ever", SearchRequest, b"\xb7\x80" + b"\x30\x80" * 5000, LimitError),
    ("an empty Present", PresentRequest, foreign.presented(), PeerError),
    ("another answer", PresentRequest, foreign.found(3), FormatError),
    ("a request", SearchRequest, write(PresentRequest(None, "1", 1, 1)), FormatError),
    ("Close", SearchRequest, write(Close(None, 2, "bảo trì")), PeerError),
    ("hangs up", SearchRequest, None, PeerError),
    ("half a PDU", SearchRequest, foreign.found(3)[:-2], PeerError),
    ("no session", InitRequest, foreign.accepted(result=False), PeerError),
    ("hits without records", PresentRequest, foreign.presented(records=diagnosed(14)), SaidError),
]


@pytest.mark.parametrize(("kind", "said", "error"), [row[1:] for row in HOSTILE], ids=[row[0] for row in HOSTILE])
def test_hostile_answers_are_our_errors_in_time(kind: type, said: bytes | None, error: type[LienThongError]) -> None:
    began = time.monotonic()
    with foreign.foreign(on(kind, said)) as port, pytest.raises(error):
        fetched(foreign.at(port), seconds=1)
    assert time.monotonic() - began < 3


def test_a_target_that_says_nothing_is_given_up_in_its_time() -> None:
    with foreign.foreign(lambda _, __: b"") as port, pytest.raises(PeerError) as late:
        fetched(foreign.at(port), seconds=0.5)
    assert late.value.problem.code == "peer.too_late"


def test_a_target_that_drips_is_given_up_in_its_time() -> None:
    def drip(line: socket.socket, _: object) -> bytes | None:
        with suppress(OSError):
            for octet in foreign.accepted():
                line.sendall(bytes((octet,)))
                time.sleep(0.05)
        return None

    began = time.monotonic()
    with foreign.foreign(drip) as port, pytest.raises(PeerError):
        fetched(foreign.at(port), seconds=0.5)
    assert time.monotonic() - began < 2


def test_records_without_end_are_cut_at_what_was_asked_for() -> None:
    many = [foreign.marc(data) for data in foreign.books(400)]
    presents = []

    def script(_: socket.socket, request: object) -> bytes | None:
        if isinstance(request, PresentRequest):
            presents.append(request)
            return foreign.presented(*many)
        return foreign.shelf(hits=2**31 - 1)(_, request)

    with foreign.foreign(script) as port:
        hits, rows = fetched(foreign.at(port, chunk=10, maximum=25), 1000)
    assert (hits, len(rows), len(presents)) == (2**31 - 1, 25, 3)


def test_a_record_too_large_is_left_out_and_told() -> None:
    data = [b"0" * (2 * 1024 * 1024 + 1), *foreign.books(1)]
    with foreign.foreign(foreign.shelf(*data)) as port:
        _, rows = fetched(foreign.at(port))
    assert [row.record is not None for row in rows] == [False, True]
    assert rows[0].problems[0].values["limit"] == "PEER_RECORD_BYTES"


def test_stopping_ends_a_conversation_at_once() -> None:
    stop = Stop("there", 30)
    with foreign.foreign(lambda _, __: b"") as port:
        threading.Timer(0.2, stop.stop).start()
        began = time.monotonic()
        with pytest.raises(PeerError) as stopped:
            list(together.fetch(foreign.at(port, timeout=30), QUERY, 1, 1, stop))
    assert stopped.value.problem.code == "peer.stopped"
    assert time.monotonic() - began < 2


@any_of(strategies.binary(max_size=300))
def test_any_bytes_are_an_answer_or_our_error(data: bytes) -> None:
    for start in (b"", b"\xb5", b"\xb7", b"\xb9"):
        octets = start + (ber.length_octets(len(data)) if start else b"") + data
        with suppress(InputError):
            Origin(Account(), "utf-8").answer(octets)


def test_external_with_the_octets_inside_a_string() -> None:
    record = given(External(XML, None, None, ("single", OCTETS.write(b"<a/>"))), "")
    assert (record.kind, record.data) == ("xml", b"<a/>")


# --- queries ------------------------------------------------------------------------------------------------------

PEER = peer("there", "z3950", {"host": "x.example"})
ASKED = [
    ({}, Term(Field.TITLE, "truyện"), "@attr 1=4 truyện", 'dc.title = "truyện"'),
    ({"folded": True}, Term(Field.TITLE, "Truyện"), "@attr 1=4 truyen", 'dc.title = "truyen"'),
    ({}, Term(Field.TITLE, "a b"), "@and @attr 1=4 a @attr 1=4 b", 'dc.title = "a" and dc.title = "b"'),
    ({"words": "list"}, Term(Field.TITLE, "a b"), '@attr 1=4 @attr 4=6 "a b"', 'dc.title all "a b"'),
    ({"words": "plain"}, Term(Field.TITLE, "a b"), '@attr 1=4 "a b"', 'dc.title = "a b"'),
    ({}, Term(Field.TITLE, "a b", Match.PHRASE), '@attr 1=4 @attr 4=1 "a b"', 'dc.title = "a b"'),
    ({}, Term(Field.TITLE, "a b", Match.SOME), "@or @attr 1=4 a @attr 1=4 b", 'dc.title = "a" or dc.title = "b"'),
    ({}, Term(Field.TITLE, "a b", Match.WHOLE), '@attr 1=4 @attr 3=1 @attr 4=1 @attr 6=3 "a b"', 'dc.title == "a b"'),
    ({}, Term(Field.TITLE, "việ*"), "@attr 1=4 @attr 5=1 việ", 'dc.title = "việ*"'),
    ({}, Term(Field.TITLE, "a\\*"), '@attr 1=4 a*', 'dc.title = "a\\*"'),
    ({}, Term(Field.ISBN, "978-604-57-0837-8"), "@attr 1=7 9786045708378", 'bath.isbn = "9786045708378"'),
    ({"every": "2=3 6=1"}, Term(Field.ANY, "x"), "@attr 1=1016 @attr 2=3 @attr 6=1 x", 'cql.anywhere = "x"'),
    ({"attributes": {"nhan-đề": "1=5 4=1"}}, Term(Field.TITLE, "x"), "@attr 1=5 @attr 4=1 x", 'dc.title = "x"'),
    ({"indexes": {"title": "bib.title"}}, Term(Field.TITLE, "x"), "@attr 1=4 x", 'bib.title = "x"'),
    ({}, Range(Field.DATE, "1990", "1999"), "@and @attr 1=31 @attr 2=4 1990 @attr 1=31 @attr 2=2 1999",
     'dc.date >= "1990" and dc.date <= "1999"'),
    ({}, Or((Term(Field.ANY, "a"), Term(Field.AUTHOR, "b"))), "@or @attr 1=1016 a @attr 1=1003 b",
     '(cql.anywhere = "a") or (dc.creator = "b")'),
    ({}, Near(Term(Field.TITLE, "a"), Term(Field.TITLE, "b"), 3), "@prox void 3 0 2 known 2 @attr 1=4 a @attr 1=4 b",
     '(dc.title = "a") prox/distance<=3/unit=word/unordered (dc.title = "b")'),
]  # fmt: skip


@pytest.mark.parametrize(("settings", "query", "rpn", "cql"), ASKED)
def test_what_a_target_is_asked(settings: dict[str, Any], query: Any, rpn: str, cql: str) -> None:
    chosen = peer("there", "z3950", {"host": "x.example", **settings})
    assert pqf.text(peer_query.rpn_query(chosen, query)) == rpn
    assert peer_query.cql_query(chosen, query) == cql


def test_terms_in_the_letters_of_the_target() -> None:
    chosen = peer("there", "z3950", {"host": "x.example", "query_charset": "tcvn3"})
    structure = peer_query.rpn_query(chosen, Term(Field.TITLE, "Bắc Kạn", Match.PHRASE)).structure
    assert isinstance(structure, Operand)
    assert structure.term == b"B\xbec K\xb9n"


@pytest.mark.parametrize(
    ("query", "code"),
    [
        (Term(Field.TITLE, "a?b"), "peer.no_mask"),
        (Term(Field.TITLE, ""), "peer.not_askable"),
        (Everything(), "peer.no_field"),
        (Term(Field.COLLECTION, "x"), "peer.no_field"),
        (Term(Field.TITLE, "bạc", exact=True), "peer.no_marks"),
    ],
)
def test_what_cannot_be_asked_is_refused_and_not_left_out(query: Any, code: str) -> None:
    with pytest.raises(InputError) as refused:
        peer_query.rpn_query(PEER, query)
    assert refused.value.problem.code == code


@pytest.mark.parametrize(
    ("term", "cql"),
    [
        (Term(Field.TITLE, "bạc", exact=True), 'dc.title =/respectAccents "bạc"'),
        (Term(Field.TITLE, "bạc", Match.WHOLE, True), 'dc.title ==/respectAccents "bạc"'),
        (Term(Field.TITLE, "a b", exact=True), 'dc.title =/respectAccents "a" and dc.title =/respectAccents "b"'),
    ],
)
def test_diacritics_that_matter_here_matter_at_an_sru_server(term: Term, cql: str) -> None:
    assert peer_query.cql_query(PEER, term) == cql
    with pytest.raises(InputError) as refused:
        peer_query.cql_query(peer("there", "z3950", {"host": "x.example", "folded": True}), term)
    assert refused.value.problem.code == "peer.no_marks"


WRONG = [
    ({"host": "x.example", "color": "red"}, "color"),
    ({"host": "x.example", "port": 0}, "port"),
    ({"host": "x.example", "timeout": 1000}, "timeout"),
    ({"host": "a b"}, "host"),
    ({"host": "x.example", "charset": "ebcdic"}, "ebcdic"),
    ({"host": "x.example", "syntax": "pdf"}, "syntax"),
    ({"host": "x.example", "attributes": {"colour": "1=4"}}, "colour"),
    ({"host": "x.example", "every": "@and"}, ""),
    ({"host": "x.example", "folded": "yes"}, "folded"),
]


@pytest.mark.parametrize(("values", "named"), WRONG)
def test_a_wrong_setting_is_named(values: dict[str, Any], named: str) -> None:
    with pytest.raises(InputError) as refused:
        peer("there", "z3950", values)
    assert named in refused.value.text("vi")


def test_settings_come_back_as_they_were_stored() -> None:
    values = {"host": "x.example", "folded": True, "attributes": {"title": "1=5"}, "allow": ["10.0.0.0/8"], "chunk": 5}
    made = peer("there", "z3950", values)
    assert made.stored() == values
    assert peer("there", "z3950", made.stored()) == made


@pytest.mark.parametrize(
    ("key", "text", "value"),
    [("port", "7090", 7090), ("folded", "true", True), ("attributes", "title:1=4 4=1;author:1=1",
     {"title": "1=4 4=1", "author": "1=1"}), ("allow", "10.0.0.0/8, ::1", ("10.0.0.0/8", "::1")), ("port", "x", "x")],
)  # fmt: skip
def test_typed_settings(key: str, text: str, value: object) -> None:
    assert typed(key, text) == value
