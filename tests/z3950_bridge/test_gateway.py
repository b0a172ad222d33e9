"""The gateway: databases of others at our own doors."""

from __future__ import annotations

import re
import socket
import subprocess
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import parse_qsl
from urllib.request import urlopen

import pytest

from dublin_core.xml import OAI_DC
from search import box
from tests.z3950_bridge import foreign
from tests.z3950_bridge.asking import Talk
from tests.z3950_bridge.listening import listening, target
from tests.z3950_bridge.memory import MemoryCatalogue
from tests.z3950_bridge.test_together import over_http, serving
from z3950_bridge import sru, sru_request, together
from z3950_bridge.apdu_parts import Diagnostic
from z3950_bridge.apdu_search import PresentRequest
from z3950_bridge.asking import Count, Stop
from z3950_bridge.diagnostics import BIB1_DIAGNOSTICS
from z3950_bridge.gateway import FIRST_NUMBER, Gateway, Shelf
from z3950_bridge.gateway_sru import lookup
from z3950_bridge.gateway_target import GatewayCatalogue
from z3950_bridge.peer import Peer, peer
from z3950_bridge.peer_records import Taken
from z3950_bridge.port import Catalogue
from z3950_bridge.target import Target

LT = {name: f"lt.{name}" for name in ("date", "subject", "author", "genre", "language")}
"""Indexes of ours, which an SRU server of ours has."""


def through(peers: Sequence[Peer], seconds: float = 5) -> tuple[Gateway, Catalogue]:
    outside = Gateway(lambda: peers, seconds)
    return outside, GatewayCatalogue(MemoryCatalogue(), outside)


def with_gateway(peers: Sequence[Peer]) -> Target:
    return target()._replace(catalogue=through(peers)[1])


@contextmanager
def two() -> Iterator[list[Peer]]:
    """A shelf of 30 books, one of 5."""
    with (
        foreign.foreign(foreign.shelf(*foreign.books(30, "Một"))) as one,
        foreign.foreign(foreign.shelf(*foreign.books(5, "Hai"))) as other,
    ):
        yield [foreign.at(one, "a-mot"), foreign.at(other, "b-hai")]


def found(database: str, peers: Sequence[Peer], place: slice = slice(0, 100)) -> tuple[int, list[str]]:
    """Hits and titles of a search by a client of ours, whose own codec is the origin's."""
    with listening(with_gateway(peers)) as port:
        chosen = foreign.at(port, database=database, timeout=10)
        rows = list(
            together.fetch(chosen, box.parse("title:x"), place.start + 1, place.stop - place.start, Stop("x", 10))
        )
    hits = next(row.hits for row in rows if isinstance(row, Count))
    records = [row.record for row in rows if isinstance(row, Taken) and row.record is not None]
    return hits, [next(record.select("245")).get("a") for record in records]


def test_one_target_behind_our_port() -> None:
    with two() as peers:
        hits, titles = found("gateway/a-mot", peers)
    assert (hits, titles[0], titles[-1], len(titles)) == (30, "Một 1", "Một 30", 30)


def test_all_targets_one_behind_the_other() -> None:
    with two() as peers:
        hits, titles = found("gateway", peers)
    assert hits == 35
    assert titles[29:31] == ["Một 30", "Hai 1"]


def test_a_page_in_the_middle_is_fetched_when_it_is_asked_for() -> None:
    with two() as peers:
        _, titles = found("Gateway", peers, slice(24, 33))
    assert titles == ["Một 25", "Một 26", "Một 27", "Một 28", "Một 29", "Một 30", "Hai 1", "Hai 2", "Hai 3"]


def test_a_dead_target_is_left_out_of_all() -> None:
    with two() as peers, foreign.foreign(lambda _, __: None) as dead:
        hits, _ = found("gateway", [*peers, foreign.at(dead, "dead", timeout=1)], slice(0, 1))
    assert hits == 35


@pytest.mark.parametrize(
    ("database", "query", "condition", "addinfo"),
    [
        ("gateway/nobody", "@attr 1=4 x", 235, "gateway/nobody"),
        ("gateway/dead", "@attr 1=4 x", 109, "dead"),
        ("gateway/strict", "@attr 1=4 x", 114, "strict: 9999"),
        ("gateway/a", "@attr 1=4 a?b", 120, "a cannot be asked with a mask"),
    ],
)  # fmt: skip
def test_diagnostics_come_through(
    require_peer: Callable[[str, str], Path], database: str, query: str, condition: int, addinfo: str
) -> None:
    program = require_peer("yaz", "yaz-client")
    with foreign.foreign(lambda _, __: None) as dead, listening(target()) as strict:
        peers = [
            foreign.at(dead, "dead"),
            foreign.at(strict, "strict", attributes={"title": "1=9999"}),
            foreign.at(strict, "a"),
        ]
        with listening(with_gateway(peers)) as port:
            script = f"open localhost:{port}/{database}\nfind {query}\nquit\n"
            done = subprocess.run([program], input=script.encode(), capture_output=True, timeout=60, check=False)
    said = done.stdout.decode("utf-8", "replace")
    assert f"[{condition}]" in said
    assert addinfo in said


def test_yaz_client_copies_through_the_gateway(require_peer: Callable[[str, str], Path]) -> None:
    program = require_peer("yaz", "yaz-client")
    with two() as peers, listening(with_gateway(peers)) as port:
        script = f"open localhost:{port}/gateway/b-hai\nfind @attr 1=4 x\nshow 5\nformat xml\nshow 2\nquit\n"
        done = subprocess.run([program], input=script.encode(), capture_output=True, timeout=60, check=False)
    said = done.stdout.decode("utf-8", "replace")
    assert "Number of hits: 5" in said
    assert "$a Hai 5" in said
    assert '<subfield code="a">Hai 2</subfield>' in said


def test_our_own_databases_answer_as_before() -> None:
    assert Talk(with_gateway([])) is not None
    hits, _ = found("Default", [])
    assert hits == 0


@pytest.mark.parametrize(("databases", "condition"), [(["", "gateway/a"], 23)])
def test_ours_and_theirs_are_not_searched_together(databases: list[str], condition: int) -> None:
    _, catalogue = through([foreign.at(1, "a")])
    answer = catalogue.search(databases, box.parse("x"), ())
    assert answer.condition == condition  # type: ignore[union-attr]


def test_a_target_that_wants_a_user_name_is_not_everybodys() -> None:
    assert foreign.at(1).open_to_all
    assert not foreign.at(1, user="koha").open_to_all
    assert foreign.at(1, user="koha", gateway="yes").open_to_all
    assert not foreign.at(1, gateway="no").open_to_all


def test_the_shelf_is_bounded_and_a_record_given_up_is_fetched_again() -> None:
    with two() as peers:
        outside, catalogue = through(peers)
        outside.shelf = Shelf(most_bytes=12_000)
        hits = catalogue.search(["gateway"], box.parse("title:x"), ())
        for _ in range(2):
            for place in range(35):
                record = catalogue.records(hits.page(place, place + 1))[0]  # type: ignore[union-attr]
                assert record is not None
        assert len(outside.shelf._records) < 35


# --- SRU --------------------------------------------------------------------------------------------------------------


def asked(outside: Gateway, code: str, **arguments: str) -> str:
    database = lookup(outside, "http://localhost/sru", "")(code)
    assert database is not None
    text = "&".join(f"{name}={value}" for name, value in arguments.items())
    return sru.answer(database, sru_request.parse(text.encode())).body.decode()


def test_sru_pages_through_the_gateway() -> None:
    with two() as peers:
        outside, _ = through(peers)
        said = asked(outside, "gateway", query="dc.title=x", startRecord="30", maximumRecords="2", version="1.2")
    assert "<zs:numberOfRecords>35<" in said
    assert said.index("Một 30") < said.index("Hai 1")
    assert "<zs:nextRecordPosition>32<" in said


def test_sru_gives_every_schema() -> None:
    with two() as peers:
        outside, _ = through(peers)
        said = asked(outside, "gateway/a-mot", query="dc.title=x", maximumRecords="1", recordSchema="oai_dc")
    assert OAI_DC in said
    assert "Một 1" in said


@pytest.mark.parametrize(
    ("arguments", "number"),
    [
        ({"query": "dc.title=x"}, 2),
        ({"query": "dc.title=x sortBy dc.title"}, 80),
        ({"query": "lt.collection=x"}, 16),
        ({"query": "cql.allRecords=1"}, 16),
        ({"query": "dc.title=k?u*"}, 28),
        ({"query": "dc.title=/respectAccents x"}, 20),
        ({"query": "dc.title=x", "recordSchema": "nothing"}, 66),
    ],
)
def test_sru_says_why_there_is_nothing(arguments: dict[str, str], number: int) -> None:
    with foreign.foreign(lambda _, __: None) as dead:
        outside, _ = through([foreign.at(dead, "dead")])
        said = asked(outside, "gateway/dead", **{name: value.replace(" ", "+") for name, value in arguments.items()})
    assert f"info:srw/diagnostic/1/{number}<" in said


@pytest.mark.parametrize(("said", "number"), [(238, 67), (239, 66), (114, 16), (120, 28), (109, 2), (1005, 48)])
def test_what_a_target_says_of_its_records_is_said_in_the_numbers_of_sru(said: int, number: int) -> None:
    def answer(line: socket.socket, request: object) -> bytes | None:
        if isinstance(request, PresentRequest):
            why = "diagnostic", Diagnostic(BIB1_DIAGNOSTICS, said, ("v3", ""))
            return foreign.presented(records=why)
        return foreign.shelf(*foreign.books(3))(line, request)

    with foreign.foreign(answer) as port:
        outside, _ = through([foreign.at(port, "a")])
        said_by_us = asked(outside, "gateway/a", query="dc.title=x", version="1.2")
    assert f"info:srw/diagnostic/1/{number}<" in said_by_us


def test_a_record_in_a_form_that_cannot_be_read_is_not_available_in_the_schema() -> None:
    with foreign.foreign(foreign.shelf(b"no record at all")) as port:
        outside, _ = through([foreign.at(port, "a")])
        said = asked(outside, "gateway/a", query="dc.title=x", version="1.2")
    assert "<zs:numberOfRecords>1<" in said
    assert "info:srw/diagnostic/1/67<" in said


def test_facets_are_not_left_out_without_a_word() -> None:
    with two() as peers:
        outside, _ = through(peers)
        said = asked(outside, "gateway", query="dc.title=x", version="2.0", facetLimit="5:dc.subject")
    assert "numberOfRecords>35<" in said
    assert "info:srw/diagnostic/1/8<" in said
    assert ">facetLimit<" in said


@pytest.mark.parametrize("limits", ["3:dc.subject,2:dc.date", "2"])
@pytest.mark.parametrize("sort", ["", "&facetSort=alphanumeric", "&facetSort=ascending"])
def test_a_target_of_sru_2_counts_the_facets(limits: str, sort: str) -> None:
    with serving() as address:
        outside, _ = through([over_http(address, "a", sru_version="2.0", indexes=LT)])
        query = f"http://x/?version=2.0&query=dc.title=dia&maximumRecords=1&facetLimit={limits}{sort}"
        said = asked(outside, "gateway/a", **dict(parse_qsl(query.partition("?")[2])))
        own = urlopen(address + query.removeprefix("http://x/")).read().decode()
    facets = re.compile("<fr:facet>.*?</fr:facet>")
    assert "diagnostic" not in said
    assert facets.findall(said)
    if limits != "2":
        assert facets.findall(said) == facets.findall(own)


def test_explain_says_only_what_the_targets_can_be_asked() -> None:
    z3950 = foreign.at(1, "a")
    other = peer("b", "sru", {"url": "http://127.0.0.1:1/", "allow": ["127.0.0.1"], "indexes": {"dewey": "own.dewey"}})
    outside, _ = through([z3950, other])
    a, b = (asked(outside, f"gateway/{name}", operation="explain", version="1.2") for name in ("a", "b"))
    for said in (a, b):
        assert 'scan="true"' not in said
        assert 'sort="true"' not in said
        assert 'supports type="sort' not in said
        assert 'supports type="scan' not in said
        assert "numRecs" not in said
        assert ">collection<" not in said
        assert '<name set="dc">title</name>' in said
    assert '<name set="lt">call_number</name>' in a
    assert '<name set="lt">call_number</name>' not in b
    assert '<name set="lt">dewey</name>' in b
    assert "allRecords" not in a
    assert "allRecords" in b


def test_no_sru_database_without_its_target() -> None:
    assert lookup(through([])[0], "http://localhost/sru", "")("gateway") is None
    assert FIRST_NUMBER > 10**12
