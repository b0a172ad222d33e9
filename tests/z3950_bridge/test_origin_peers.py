"""The origin and the gateway against targets that nobody here wrote: yaz-ztest, Zebra and Perl's SimpleServer."""

from __future__ import annotations

import re
import socket
import subprocess
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import pytest

from foundation.errors import PeerError
from marc import iso2709
from search import box
from tests.conftest import ROOT, missing
from tests.z3950_bridge import foreign
from tests.z3950_bridge.listening import listening
from tests.z3950_bridge.memory import province
from tests.z3950_bridge.test_gateway import with_gateway
from tests.z3950_bridge.test_peers import zebra  # noqa: F401 - a fixture
from z3950_bridge import together
from z3950_bridge.asking import Count, SaidError, Stop
from z3950_bridge.origin_line import greet
from z3950_bridge.peer import Peer, peer
from z3950_bridge.peer_records import Taken
from z3950_bridge.together import Counted, Ended

pytestmark = pytest.mark.peer
Require = Callable[[str, str], Path]


@contextmanager
def running(command: Sequence[str | Path]) -> Iterator[int]:
    """The port of a server that is started with `tcp:127.0.0.1:PORT` as its last argument."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
    process = subprocess.Popen(
        [*command, f"tcp:127.0.0.1:{port}"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        for _ in range(100):
            try:
                socket.create_connection(("127.0.0.1", port), 1).close()
                break
            except OSError:
                time.sleep(0.1)
        yield port
    finally:
        process.terminate()
        process.wait(timeout=10)


@pytest.fixture(scope="module")
def ztest(require_peer: Require) -> Iterator[int]:
    with running([require_peer("yaz", "yaz-ztest"), "-v", "none"]) as port:
        yield port


@pytest.fixture(scope="module")
def simpleserver(require_peer: Require, tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    """Perl's SimpleServer with the province in it."""
    perl = require_peer("perl", "perl")
    if subprocess.run([perl, "-MNet::Z3950::SimpleServer", "-e1"], capture_output=True, check=False).returncode:
        missing("Perl's SimpleServer is not installed: libnet-z3950-simpleserver-perl, see .ci/run")
    file = tmp_path_factory.mktemp("simpleserver") / "province.mrc"
    with file.open("wb") as out:
        out.writelines(iso2709.write(record) for _, record in province())
    with running([perl, ROOT / "tests" / "peers" / "simpleserver.pl", file]) as port:
        yield port


def fetched(chosen: Peer, text: str, number: int = 10) -> tuple[int, list[Taken]]:
    rows = list(together.fetch(chosen, box.parse(text), 1, number, Stop(chosen.name, 10)))
    hits = next(one.hits for one in rows if isinstance(one, Count))
    return hits, [one for one in rows if isinstance(one, Taken)]


def titles(rows: list[Taken]) -> list[str]:
    return [next(row.record.select("245")).get("a") for row in rows if row.record is not None]


# --- yaz-ztest ----------------------------------------------------------------------------------------------------


def test_ztest_opens_a_session(ztest: int) -> None:
    assert "YAZ" in greet(foreign.at(ztest), Stop("there", 10))


@pytest.mark.parametrize("syntax", ["usmarc", "unimarc", "opac"])
def test_ztest_in_every_syntax(ztest: int, syntax: str) -> None:
    """Its answers have indefinite lengths, its hits are made up, its records are real."""
    hits, rows = fetched(foreign.at(ztest, syntax=syntax, chunk=3), "title:computer", 5)
    assert len(rows) == min(hits, 5) > 0
    assert titles(rows)[0].startswith("How to program a computer")


def test_records_that_are_no_marc_are_told_so(ztest: int) -> None:
    _, rows = fetched(foreign.at(ztest, syntax="sutrs"), "title:computer", 1)
    assert [(row.record, row.problems[-1].code) for row in rows] == [(None, "peer.record_unread")]


def test_ztest_over_sru(ztest: int) -> None:
    url = f"http://127.0.0.1:{ztest}/Default"
    chosen = peer("ztest", "sru", {"url": url, "allow": ["127.0.0.1"], "chunk": 2, "timeout": 10})
    hits, rows = fetched(chosen, "title:computer", 5)
    assert len(rows) == min(hits, 5) > 0
    assert titles(rows)[0].startswith("How to program a computer")


def test_ztest_with_agreed_letters(ztest: int) -> None:
    hits, rows = fetched(foreign.at(ztest, negotiate=True, query_charset="iso-8859-1"), "title:computér", 2)
    assert len(rows) == min(hits, 2)


# --- Zebra ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("word", ["phong", "kinh", "minh"])
def test_zebra_gives_all_it_finds(zebra: int, word: str) -> None:  # noqa: F811
    hits, rows = fetched(foreign.at(zebra, maximum=500, chunk=50), f"title:{word}", 500)
    assert hits == len(rows) > 0
    expected = {
        record.control("001")
        for _, record in province()
        if re.search(rf"\b{word}\b", " ".join(next(record.select("245")).all("abnp")), re.IGNORECASE)
    }
    assert expected <= {row.record.control("001") for row in rows if row.record is not None}


def test_zebra_says_why_it_refuses(zebra: int) -> None:  # noqa: F811
    with pytest.raises(SaidError) as refused:
        fetched(foreign.at(zebra, attributes={"title": "1=9999"}), "title:phong")
    assert refused.value.said.condition == 114


def test_zebra_behind_the_gateway(zebra: int, require_peer: Require) -> None:  # noqa: F811
    program = require_peer("zoomsh", "zoomsh")
    direct, _ = fetched(foreign.at(zebra), "title:kinh")
    with listening(with_gateway([foreign.at(zebra, "zebra")])) as port:
        commands = [f"connect localhost:{port}/gateway/zebra", "search @attr 1=4 kinh", "show 0 2", "quit"]
        done = subprocess.run([program, *commands], capture_output=True, timeout=60, check=True)
    said = done.stdout.decode("utf-8", "replace")
    assert f"{direct} hits" in said
    assert said.count("245 ") == 2


# --- SimpleServer -----------------------------------------------------------------------------------------------------


def test_simpleserver_gives_our_records_back(simpleserver: int) -> None:
    hits, rows = fetched(foreign.at(simpleserver, database="books", chunk=4), "title:kinh", 10)
    assert hits >= len(rows) > 0
    ours = {record.control("001"): record for _, record in province()}
    assert all(row.record is not None and row.record.control("001") in ours for row in rows)
    assert any(row.record in ours.values() for row in rows)


@pytest.mark.parametrize(("password", "opens"), [("bimat", True), ("sai", False)])
def test_simpleserver_asks_for_a_password(simpleserver: int, password: str, opens: bool) -> None:
    chosen = foreign.at(simpleserver, database="books", user="koha", password=password)
    if opens:
        assert greet(chosen, Stop("there", 10))
        return
    with pytest.raises(PeerError) as refused:
        greet(chosen, Stop("there", 10))
    assert refused.value.problem.code == "peer.rejected"


@pytest.mark.parametrize(("settings", "condition"), [
    ({"database": "nowhere"}, 109),
    ({"database": "books", "attributes": {"title": "1=9999"}}, 114),
])  # fmt: skip
def test_simpleservers_diagnostics(simpleserver: int, settings: dict[str, object], condition: int) -> None:
    with pytest.raises(SaidError) as refused:
        fetched(foreign.at(simpleserver, **settings), "title:kinh")
    assert refused.value.said.condition == condition


def test_all_peers_at_once_and_a_dead_one(zebra: int, ztest: int, simpleserver: int) -> None:  # noqa: F811
    with foreign.foreign(lambda _, __: b"") as silent:
        peers = [
            foreign.at(zebra, "zebra", timeout=20),
            foreign.at(ztest, "ztest", timeout=20),
            foreign.at(simpleserver, "simple", database="books", timeout=20),
            foreign.at(silent, "dead", timeout=2),
        ]
        began = time.monotonic()
        events = list(together.search(peers, box.parse("title:kinh"), 3))
    ends = {one.peer: one for one in events if isinstance(one, Ended)}
    assert {one.peer for one in events if isinstance(one, Counted)} == {"zebra", "ztest", "simple"}
    assert [name for name, one in ends.items() if one.problem is not None] == ["dead"]
    assert time.monotonic() - began < 10
