"""SRU and everything wrong: arguments, queries, HTTP. Each fault has its diagnostic, and every answer is XML."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from foundation.errors import InputError, LimitError, Message, RefusedError
from foundation.limits import QUERY_CHARACTERS, SRU_ARGUMENTS, SRU_BODY_BYTES, SRU_QUERY_BYTES, SRU_RECORDS
from tests.z3950_bridge.world import World
from z3950_bridge.sru_diagnostics import DIAGNOSTICS

WORLD = World()


@pytest.mark.parametrize(
    ("arguments", "number", "details"),
    [
        ({"version": "3.0", "query": "a"}, 5, "2.0"),
        ({"version": "", "query": "a"}, 5, "2.0"),
        ({"operation": "delete", "version": "1.2"}, 4, "delete"),
        ({"operation": "searchRetrieve", "version": "1.2"}, 7, "query"),
        ({"query": "  "}, 7, "query"),
        ({"operation": "scan", "version": "1.1"}, 7, "scanClause"),
        ({"query": "a", "startRecord": "0"}, 6, "startRecord=0"),
        ({"query": "a", "startRecord": "-1"}, 6, "startRecord=-1"),
        ({"query": "a", "startRecord": "1.5"}, 6, "startRecord=1.5"),
        ({"query": "a", "startRecord": ""}, 6, "startRecord="),
        ({"query": "a", "startRecord": "٣"}, 6, "startRecord=٣"),
        ({"query": "a", "startRecord": "9" * 30}, 6, "startRecord=" + "9" * 30),
        ({"query": "a", "startRecord": "999999"}, 61, "startRecord > 50000"),
        ({"query": "dc.title = kieu", "startRecord": "9000"}, 61, "9000"),
        ({"query": "a", "maximumRecords": "-1"}, 6, "maximumRecords=-1"),
        ({"query": "a", "maximumRecords": "ten"}, 6, "maximumRecords=ten"),
        ({"query": "a", "recordSchema": "nosuch"}, 66, "nosuch"),
        ({"query": "a", "recordXMLEscaping": "foo"}, 71, "foo"),
        ({"query": "a", "version": "1.1", "recordPacking": "foo"}, 71, "foo"),
        ({"query": "a", "recordPacking": "foo"}, 6, "recordPacking=foo"),
        ({"query": "a", "recordXPath": "/a"}, 72, "/a"),
        ({"query": "a", "queryType": "sql"}, 11, "sql"),
        ({"query": "a", "resultSetTTL": "x"}, 6, "resultSetTTL=x"),
        ({"query": "a", "httpAccept": "image/png"}, 6, "httpAccept=image/png"),
        ({"query": "a", "renderedBy": "me"}, 6, "renderedBy=me"),
        ({"query": "a", "nosuch": "1"}, 8, "nosuch"),
        ({"query": "a", "version": "1.2", "facetLimit": "3"}, 8, "facetLimit"),
        ({"query": "a", "facetLimit": "x"}, 6, "facetLimit=x"),
        ({"query": "a", "facetLimit": "3:dc.title"}, 6, "facetLimit=dc.title"),
        ({"query": "a", "facetLimit": "3:nosuch"}, 16, "nosuch"),
        ({"query": "a", "facetLimit": "3", "facetSort": "colour"}, 6, "facetSort=colour"),
        (
            {"query": "a", "facetLimit": ",".join(["1:dc.date", *(f"1:x{at}" for at in range(20))])},
            6,
            "facetLimit: 21 > 10",
        ),
        ({"query": "a", "sortKeys": "isbn"}, 88, "isbn"),
        ({"query": "a", "sortKeys": "title,dc,2"}, 90, "title,dc,2"),
        ({"query": "a", "sortKeys": "title,dc,1,1"}, 91, "1"),
        ({"query": "a", "sortKeys": "title,dc,1,0,abort"}, 92, "abort"),
        ({"query": "a", "sortKeys": "title dc.title"}, 85, ""),
        ({"query": "a", "sortKeys": "title " * 9}, 84, "9"),
        ({"query": "a sortBy dc.title", "sortKeys": "title"}, 95, ""),
        ({"scanClause": "a and", "maximumTerms": "0"}, 6, "maximumTerms=0"),
        ({"scanClause": "a", "responsePosition": "-1"}, 6, "responsePosition=-1"),
        ({"scanClause": "a", "maximumTerms": "5", "responsePosition": "7"}, 120, "7"),
        ({"scanClause": "a and b"}, 10, "a and b"),
        ({"scanClause": "nosuch = b"}, 16, "nosuch"),
        ({"scanClause": "dc.title < 5"}, 19, "<"),
        ({"scanClause": "dc.language = v"}, 16, "scan: dc.language"),
        # Queries.
        ({"query": "nosuch = a"}, 16, "nosuch"),
        ({"query": "dc.nosuch = a"}, 16, "dc.nosuch"),
        ({"query": "no.title = a"}, 15, "no"),
        ({"query": '>dc="http://no.example/" dc.title = a'}, 15, "http://no.example/"),
        ({"query": "dc.title near a"}, 19, "near"),
        ({"query": "dc.date encloses 1990"}, 22, "encloses"),
        ({"query": "dc.title < a"}, 22, "dc.title <"),
        ({"query": "dc.title =/stem a"}, 20, "stem"),
        ({"query": "dc.title =/fuzzy a"}, 20, "fuzzy"),
        ({"query": "dc.title =/regexp a"}, 20, "regexp"),
        ({"query": "dc.title =/respectCase a"}, 20, "respectCase"),
        ({"query": "dc.title =/ignoreAccents/respectAccents a"}, 21, "ignoreaccents/respectaccents"),
        ({"query": 'dc.title = ""'}, 27, "dc.title"),
        ({"query": "dc.title = " + "a" * 1001}, 23, "1001"),
        ({"query": "dc.title = a*"}, 29, "a*"),
        ({"query": "dc.title = *"}, 29, "*"),
        ({"query": "dc.title = a?b?c?d?e?f?g?h?i?j"}, 30, "a?b?c?d?e?f?g?h?i?j"),
        ({"query": 'dc.title = "a ^b"'}, 32, "a ^b"),
        ({"query": 'dc.title = "a^"'}, 32, "a^"),
        ({"query": 'dc.title all "^a b"'}, 32, "^a b"),
        ({"query": "dc.date > abc"}, 36, "abc"),
        ({"query": "dc.date within 1990"}, 36, "1990"),
        ({"query": "dc.title =/number abc"}, 36, "abc"),
        ({"query": "a and/x b"}, 46, "x"),
        ({"query": "a prox/unit=sentence b"}, 42, "sentence"),
        ({"query": "a prox/distance>3 b"}, 40, ">3"),
        ({"query": "a prox/distance=0 b"}, 40, "=0"),
        ({"query": "a prox/distance<=17 b"}, 41, "17"),
        ({"query": "a prox/colour=red b"}, 46, "colour"),
        ({"query": "dc.title = a prox dc.subject = b"}, 18, "dc.title prox dc.subject"),
        ({"query": "a prox ab* "}, 33, "ab*"),
        ({"query": "a prox ^b"}, 34, "^b"),
        ({"query": "cql.resultSetId = 1"}, 50, "1"),
        ({"query": "a sortBy dc.title/sort.respectCase"}, 91, "sort.respectCase"),
        ({"query": "a sortBy dc.title/sort.missingFail"}, 92, "sort.missingFail"),
        ({"query": "a sortBy dc.title/x"}, 20, "x"),
        ({"query": "a sortBy isbn"}, 88, "isbn"),
    ],
)
def test_fault_has_its_diagnostic(arguments: dict[str, Any], number: int, details: str) -> None:
    assert (number, details) in WORLD.ask(**arguments).diagnostics


@pytest.mark.parametrize(
    ("query", "number"),
    [("(", 10), ("(a", 13), ("a)", 13), ('"a', 14), ("a b", 10), ("a and", 10), ("a" * (QUERY_CHARACTERS + 1), 12),
     ("(" * 60 + "a" + ")" * 60, 13), ("a" + " or a" * 501, 38), (" or ".join(["a and b"] * 200), 38)],
)  # fmt: skip
def test_query_that_cannot_be_read(query: str, number: int) -> None:
    ((found, details),) = WORLD.ask(query=query).diagnostics
    assert found == number
    assert details


def test_faults_give_no_records() -> None:
    found = WORLD.ask(query="cql.allRecords=1", startRecord="0")
    assert found.total == 0 or found.xml.findtext("{*}numberOfRecords") == "0"
    assert found.xml.find("{*}records") is None


def test_argument_given_twice() -> None:
    assert (6, "query: given twice") in WORLD.ask(raw="query=a&query=b").diagnostics


def test_too_many_arguments() -> None:
    raw = "&".join(f"a{at}=1" for at in range(SRU_ARGUMENTS + 1))
    assert WORLD.ask(raw=raw).diagnostics[0][0] == 8


def test_records_are_capped_and_said_to_go_on() -> None:
    found = WORLD.ask(query="cql.allRecords=1", maximumRecords=10**8, recordSchema="oai_dc")
    assert len(found.texts("{*}records/{*}record")) == SRU_RECORDS
    assert found.xml.findtext("{*}nextRecordPosition") == str(SRU_RECORDS + 1)


@pytest.mark.parametrize(
    "raw", ["query=%ff%fe", "query=dc.title+%3D+%e9t%e9", "query=%00", "%ff=%ff", "&&&", "=", "query", "a=%"]
)
def test_bytes_that_are_no_text(raw: str) -> None:
    assert WORLD.ask(raw=raw).xml is not None


@pytest.mark.parametrize(
    ("asked", "status"),
    [
        ({"method": "PUT"}, 405),
        ({"method": "DELETE"}, 405),
        ({"method": "POST", "body": b"a" * (SRU_BODY_BYTES + 1)}, 413),
        ({"method": "POST", "body": b"{}", "content_type": "application/json"}, 415),
        ({"raw": "query=" + "a" * SRU_QUERY_BYTES}, 414),
        ({"path": "/sru/a/b"}, 404),
        ({"path": "/srux"}, 404),
        ({"path": "/sru/" + "a" * 65}, 404),
    ],
)
def test_http_refusals(asked: dict[str, Any], status: int) -> None:
    reply = WORLD.ask(**asked)
    assert reply.status == status
    assert len(reply.body.decode().splitlines()) == 2
    assert ("Allow" in reply.headers) == (status == 405)


def test_head_is_get_without_the_body() -> None:
    got, head = WORLD.ask(query="dc.title = ba"), WORLD.ask(query="dc.title = ba", method="HEAD")
    assert head.body == b""
    assert head.headers["Content-Length"] == str(len(got.body))


def test_gzip_only_for_those_who_take_it() -> None:
    asked = {"query": "dc.title = ba"}
    plain, packed = WORLD.ask(**asked), WORLD.ask(http_accept_encoding="gzip, deflate", **asked)
    assert packed.headers["Content-Encoding"] == "gzip"
    assert packed.body == plain.body
    assert "Content-Encoding" not in plain.headers
    assert "Content-Encoding" not in WORLD.ask(http_accept_encoding="gzip;q=0", **asked).headers


def test_catalogue_away_is_503() -> None:
    world = World()
    world.catalogue.broken = True
    for arguments in ({"query": "a"}, {}):
        reply = world.ask(**arguments)
        assert reply.status == 503
        assert reply.headers["Retry-After"] == "60"


WIDE = Message("search.mask_wide", "khớp quá nhiều từ", "too many words")
LONG = Message("search.limit", "vượt {limit}: {seen}, {allowed}", "beyond {limit}: {seen}, {allowed}")
OTHER = Message("search.other", "không được", "not so")


@pytest.mark.parametrize(
    ("refusal", "number", "status"),
    [
        (LimitError(WIDE, limit="X", seen=1, allowed=0), 29, 200),
        (LimitError(LONG, limit="SEARCH_WORDS", seen=501, allowed=500), 38, 200),
        (InputError(OTHER), 48, 200),
        (RefusedError(OTHER), 0, 503),
    ],
)
def test_what_the_index_refuses_is_told(refusal: Exception, number: int, status: int) -> None:
    world = World()
    world.catalogue.refusal = refusal
    reply = world.ask(query="a")
    assert reply.status == status
    if status == 200:
        ((found, details),) = reply.diagnostics
        assert found == number
        assert details


def test_every_diagnostic_has_both_languages() -> None:
    for number, (english, vietnamese) in DIAGNOSTICS.items():
        assert number
        assert english
        assert vietnamese != english


SCRAPS = st.sampled_from([
    "dc.title", "nosuch", "=", "==", "<", "any", "within", "and", "not", "prox/distance<3", "(", ")", '"', '"ba be"',
    "^a", "b*", "1990", "sortBy", "/x", ">", "cql.allRecords", "cql.resultSetId", "\x00", "\ud800", "<x>&", "ạ",
])  # fmt: skip


@settings(max_examples=150)
@given(
    st.lists(SCRAPS, max_size=12).map(" ".join) | st.text(max_size=60),
    st.sampled_from(["1.1", "1.2", "2.0"]),
    st.sampled_from(["query", "scanClause"]),
    st.sampled_from(["", "text/html"]),
)
def test_any_query_has_an_answer(query: str, version: str, argument: str, accept: str) -> None:
    operation = "scan" if argument == "scanClause" else "searchRetrieve"
    asked = {argument: query.encode("utf-8", "surrogatepass"), "version": version, "operation": operation}
    reply = WORLD.ask("/sru/bk05", **asked, **({"httpAccept": accept} if accept else {}), maximumRecords=3)
    assert reply.status == 200
    assert len(reply.body) < 200_000
    if not accept:
        assert reply.xml.findtext("{*}version") == version
    else:
        assert etree.HTML(reply.body) is not None


NAMES = st.sampled_from([
    "query", "version", "operation", "startRecord", "maximumRecords", "recordSchema", "recordPacking", "sortKeys",
    "facetLimit", "facetStart", "facetSort", "httpAccept", "stylesheet", "scanClause", "responsePosition",
    "queryType", "maximumTerms", "x-a",
])  # fmt: skip
VALUES = st.sampled_from(
    ["", "a", "1", "0", "-1", "2.0", "1.1", "scan", "10:dc.date", "\x00", "<", "title,dc,1", "1,2,3,4,5,6,7"]
)


@given(st.dictionaries(NAMES, VALUES))
def test_any_arguments_have_an_answer(arguments: dict[str, str]) -> None:
    reply = WORLD.ask(**arguments)
    assert reply.status == 200
    assert reply.body
