"""Several catalogues at once: SRU servers among them, dead ones, slow ones, and somebody who stops listening."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import parse_qs, urlsplit
from wsgiref.simple_server import WSGIRequestHandler, make_server

import pytest

from foundation.errors import FormatError, InputError, LimitError, PeerError
from search import box
from tests.wire import answer, wire
from tests.z3950_bridge import foreign
from tests.z3950_bridge.listening import listening, target
from tests.z3950_bridge.memory_catalogue import MemoryCatalogue, province
from z3950_bridge import sru_answers, sru_client, together
from z3950_bridge.asking import SaidError, Stop
from z3950_bridge.origin import Given, Said
from z3950_bridge.peer import Peer, peer
from z3950_bridge.peer_records import Taken
from z3950_bridge.sru_port import Database
from z3950_bridge.sru_wsgi import SruApplication
from z3950_bridge.together import Counted, Ended

QUERY = box.parse("title:dia")


class Quiet(WSGIRequestHandler):
    def log_message(self, *args: Any) -> None:
        pass


@pytest.fixture(scope="module", name="sru")
def _sru() -> Iterator[str]:
    with serving() as address:
        yield address


@contextmanager
def serving() -> Iterator[str]:
    """The address of an SRU server of ours with the province in it."""
    database = Database(MemoryCatalogue(province()), "http://127.0.0.1/sru", "Kho", "Store", "")
    server = make_server(
        "127.0.0.1", 0, SruApplication(lambda code: database if not code else None), handler_class=Quiet
    )
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/sru"
    server.shutdown()
    thread.join()
    server.server_close()


def over_http(url: str, name: str = "web", **settings: object) -> Peer:
    return peer(name, "sru", {"url": url, "allow": ["127.0.0.1"], "timeout": 5, **settings})


def events(peers: list[Peer], limit: int = 5) -> tuple[dict[str, int], dict[str, list[Taken]], dict[str, Ended]]:
    counts: dict[str, int] = {}
    rows: dict[str, list[Taken]] = {one.name: [] for one in peers}
    ends: dict[str, Ended] = {}
    for event in together.search(peers, QUERY, limit):
        if isinstance(event, Counted):
            counts[event.peer] = event.hits
        elif isinstance(event, Taken):
            rows[event.peer].append(event)
        else:
            ends[event.peer] = event
    return counts, rows, ends


# --- SRU ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("version", ["1.1", "1.2", "2.0"])
def test_every_version_gives_all_pages(sru: str, version: str) -> None:
    counts, rows, ends = events([over_http(sru, sru_version=version, chunk=7)], 30)
    assert ends["web"].problem is None
    assert counts["web"] == 38
    assert [row.position for row in rows["web"]] == list(range(1, 31))
    assert all(row.record is not None for row in rows["web"])


@pytest.mark.parametrize("schema", ["marcxml", "dc", "mods"])
def test_every_schema_becomes_marc(sru: str, schema: str) -> None:
    _, rows, _ = events([over_http(sru, schema=schema)], 1)
    record = rows["web"][0].record
    assert record is not None
    assert "ịa" in next(record.select("245")).get("a") or "dia" in next(record.select("245")).get("a")


def test_records_that_were_sent_as_strings_are_read(sru: str) -> None:
    _, rows, _ = events([over_http(sru, parameters={"recordPacking": "string"})], 2)
    assert [row.record is not None for row in rows["web"]] == [True, True]


def test_explain_says_version_indexes_and_schemas(sru: str) -> None:
    found = sru_client.explain(over_http(sru, sru_version="1.2"), Stop("web", 5))
    assert found.version
    assert {"dc.title", "cql.anywhere"} <= set(found.indexes)
    assert {"marcxml", "mods", "dc"} <= set(found.schemas)
    assert found.records > 0


def test_a_refused_query_is_the_servers_own_diagnostic(sru: str) -> None:
    chosen = over_http(sru, indexes={"title": "no.such"})
    with pytest.raises(SaidError) as refused:
        list(together.fetch(chosen, QUERY, 1, 1, Stop("web", 5)))
    assert refused.value.said.condition == 15
    assert "Unsupported context set" in refused.value.text("en")


NOTHING = b"<searchRetrieveResponse><numberOfRecords>0</numberOfRecords></searchRetrieveResponse>"
FAULTS: list[tuple[str, bytes, type[Exception]]] = [
    ("a page for people", answer(b"<html><body>hello</body></html>"), FormatError),
    ("no XML", answer(b"%PDF-1.4"), FormatError),
    ("a bomb of entities", answer(b'<!DOCTYPE x [<!ENTITY a "b">]><x>&a;</x>'), FormatError),
    ("404", answer(b"not here", "404 Not Found"), PeerError),
    ("breaks off", b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n<a", PeerError),
    ("hits without records", answer(NOTHING.replace(b">0<", b">9<")), PeerError),
    ("two gigabytes", b"HTTP/1.1 200 OK\r\nContent-Length: 2147483647\r\n\r\n" + b" " * (34 << 20), LimitError),
]  # fmt: skip


@pytest.mark.parametrize(("said", "error"), [row[1:] for row in FAULTS], ids=[row[0] for row in FAULTS])
def test_what_a_server_does_wrong_is_our_error(said: bytes, error: type[Exception]) -> None:
    with wire(said) as server, pytest.raises(error):
        list(together.fetch(over_http(server.url), QUERY, 1, 5, Stop("web", 5)))


def test_a_diagnostic_behind_an_error_status_is_heard() -> None:
    body = (
        b'<searchRetrieveResponse xmlns="http://www.loc.gov/zing/srw/"><numberOfRecords>0</numberOfRecords><diagnostics>'
        b'<diagnostic xmlns="http://www.loc.gov/zing/srw/diagnostic/"><uri>info:srw/diagnostic/1/16</uri>'
        b"<details>bath.isbn</details></diagnostic></diagnostics></searchRetrieveResponse>"
    )
    with wire(answer(body, "400 Bad Request")) as server, pytest.raises(SaidError) as refused:
        list(together.fetch(over_http(server.url), QUERY, 1, 5, Stop("web", 5)))
    assert refused.value.said == Said(16, "bath.isbn", "info:srw/diagnostic/1/")


def test_requests_say_what_their_version_wants() -> None:
    nothing = answer(NOTHING)
    asked = {}
    for version in ("1.1", "2.0"):
        with wire(nothing) as server:
            chosen = over_http(server.url + "/db?key=1", sru_version=version, schema="", parameters={"x-info": "2"})
            list(together.fetch(chosen, QUERY, 1, 5, Stop("web", 5)))
            asked[version] = parse_qs(urlsplit(server.requests[0].split(b" ")[1].decode()).query)
    assert asked["1.1"] == {
        "key": ["1"], "version": ["1.1"], "operation": ["searchRetrieve"], "query": ['dc.title = "dia"'],
        "startRecord": ["1"], "maximumRecords": ["5"], "x-info": ["2"],
    }  # fmt: skip
    assert "operation" not in asked["2.0"]


def test_an_escaped_record_and_a_surrogate_diagnostic() -> None:
    body = (
        b"<searchRetrieveResponse><numberOfRecords>2</numberOfRecords><records><record><recordData>&lt;record/&gt;"
        b"</recordData></record><record><recordData><diagnostic><uri>info:srw/diagnostic/1/64</uri></diagnostic>"
        b"</recordData></record></records></searchRetrieveResponse>"
    )
    records = sru_answers.retrieved(body).records
    assert records == (Given("xml", b"<record/>"), Said(64, "", "info:srw/diagnostic/1/"))


@pytest.mark.parametrize("data", [b"", b"<a/>", b"\xff\xfe", b"<searchRetrieveResponse>"])
def test_what_is_no_answer_is_said_so(data: bytes) -> None:
    with pytest.raises(InputError):
        sru_answers.retrieved(data)


# --- together -------------------------------------------------------------------------------------------------------


def test_a_dead_target_beside_two_live_ones_delays_nobody(sru: str) -> None:
    with listening(target()) as port, foreign.foreign(lambda _, __: b"") as silent:
        peers = [foreign.at(port, "own"), over_http(sru), foreign.at(silent, "dead", timeout=2)]
        began = time.monotonic()
        seen: dict[str, float] = {}
        ends: dict[str, Ended] = {}
        for event in together.search(peers, QUERY, 5):
            if isinstance(event, Ended):
                ends[event.peer] = event
                seen[event.peer] = time.monotonic() - began
    assert ends["own"].problem is None
    assert ends["web"].problem is None
    assert max(seen["own"], seen["web"]) < 1.5
    problem = ends["dead"].problem
    assert problem is not None
    assert problem.code == "peer.too_late"
    assert 1.5 < seen["dead"] < 4


def test_results_come_while_others_are_still_asked() -> None:
    with foreign.foreign(foreign.shelf(*foreign.books(3))) as quick, foreign.foreign(lambda _, __: b"") as silent:
        found = together.search([foreign.at(silent, "slow"), foreign.at(quick, "quick")], QUERY, 3)
        began = time.monotonic()
        first = [next(found) for _ in range(4)]
        assert time.monotonic() - began < 2
        assert [one.peer for one in first] == ["quick"] * 4
        found.close()  # type: ignore[attr-defined]


def test_who_stops_listening_ends_every_conversation() -> None:
    gone = threading.Event()

    def script(line: Any, request: object) -> bytes | None:
        said = foreign.shelf(*foreign.books(2), hits=2)(line, request)
        if type(request).__name__ == "PresentRequest":
            line.sendall(said)
            while line.recv(4096):  # the next request may be on its way already
                pass
            gone.set()
            return None
        return said

    with foreign.foreign(script) as port:
        found = together.search([foreign.at(port, chunk=1, timeout=30)], QUERY, 2)
        assert isinstance(next(found), Counted)
        assert isinstance(next(found), Taken)
        found.close()  # type: ignore[attr-defined]
        assert gone.wait(60)


def test_memory_is_bounded_while_nobody_takes_the_records() -> None:
    asked = []

    def script(_: Any, request: object) -> bytes | None:
        if type(request).__name__ == "PresentRequest":
            asked.append(request)
            return foreign.presented(*map(foreign.marc, foreign.books(50)))
        return foreign.shelf(hits=500)(_, request)

    with foreign.foreign(script) as port:
        found = together.search([foreign.at(port, chunk=50, maximum=500, timeout=10)], QUERY, 500)
        next(found)
        time.sleep(1)
        waiting = len(asked)
        rest = [one for one in found if isinstance(one, Taken)]
    assert waiting <= 6  # PEER_WAITING is 200
    assert len(rest) == 500


def test_a_failure_of_our_own_is_told_and_costs_only_one(monkeypatch: pytest.MonkeyPatch) -> None:
    real = together.ask

    def broken(chosen: Peer, *rest: Any) -> Any:
        if chosen.name == "bad":
            raise RuntimeError("ours")
        return real(chosen, *rest)

    monkeypatch.setattr(together, "ask", broken)
    with foreign.foreign(foreign.shelf(*foreign.books(1))) as port:
        _, rows, ends = events([foreign.at(port, "bad"), foreign.at(port, "good")])
    assert len(rows["good"]) == 1
    problem = ends["bad"].problem
    assert problem is not None
    assert problem.code == "peer.failed"
