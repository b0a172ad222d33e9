"""Z39.50 and SRU over the real store and index, asked by programs nobody here wrote, and compared with Zebra."""

from __future__ import annotations

import json
import re
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import replace
from io import BytesIO
from pathlib import Path
from threading import Thread
from typing import Any
from urllib.parse import urlencode
from wsgiref.simple_server import make_server

import pytest

from catalogue.feed import Selection
from catalogue.renderings import BY_NAME
from catalogue.snapshot import Feed
from catalogue.store import iso
from fixtures import libraries
from marc import iso2709
from serving import web, z3950
from tests.conftest import ROOT, missing
from tests.province import Province, province
from tests.z3950_bridge.asking import Client, operand, present, records, search
from tests.z3950_bridge.listening import listening
from tests.z3950_bridge.test_peers import KOHA, zebra
from tests.z3950_bridge.world import FACETS, SRU, Reply, _Quiet, _Server
from z3950_bridge import sru_schemas
from z3950_bridge.records import MARC21
from z3950_bridge.sru_schemas import find

__all__ = ["province", "zebra"]
Require = Callable[[str, str], Path]
QUERIES = ("bac kan", "Bắc Kạn", "dia chi", "ho ba be", "dan toc tay")


class Door:
    """SRU of the province, in this process."""

    def __init__(self, world: Province) -> None:
        self.application = web.application(world.store, world.settings)

    def ask(self, path: str = "/sru", **arguments: Any) -> Reply:
        said: list[Any] = []
        environ = {
            "REQUEST_METHOD": "GET", "PATH_INFO": path, "QUERY_STRING": urlencode(arguments), "wsgi.input": BytesIO(),
        }  # fmt: skip
        body = b"".join(self.application(environ, lambda status, headers: said.extend((status, headers))))
        return Reply(int(said[0].split()[0]), dict(said[1]), body)


@pytest.fixture(scope="module")
def door(province: Province) -> Door:
    return Door(province)


@pytest.fixture(scope="module")
def port(province: Province) -> Iterator[int]:
    settings = replace(province.settings, host="127.0.0.1", z3950_port=0)
    with listening(z3950.target(province.store, province.settings), settings) as number:
        yield number


@pytest.fixture(scope="module")
def address(door: Door) -> Iterator[str]:
    with make_server("127.0.0.1", 0, door.application, _Server, _Quiet) as running:
        thread = Thread(target=running.serve_forever, daemon=True)
        thread.start()
        yield f"127.0.0.1:{running.server_port}"
        running.shutdown()
        thread.join()


def hits(port: int, words: str, use: int = 1016, database: str = "lienthong") -> int:
    with Client(port) as client:
        found: int = client.ask(search(operand(words.encode(), use), databases=(database,))).hits
        return found


# --- both doors say the same -----------------------------------------------------------------------------------


@pytest.mark.parametrize("words", QUERIES)
@pytest.mark.parametrize("database", ["", "bk00", "BK03", "dia-chi"])
def test_both_protocols_find_the_same(port: int, door: Door, words: str, database: str) -> None:
    over_sru = door.ask(f"/sru/{database}".rstrip("/"), query=f'cql.anywhere all "{words}"', maximumRecords=0).total
    assert hits(port, words, database=database or "lienthong") == over_sru


def test_diacritics_are_not_needed_and_count_when_asked_for(door: Door) -> None:
    def total(query: str) -> int:
        return door.ask(query=query, maximumRecords=0).total

    assert total('dc.title all "bac kan"') == total('dc.title all "Bắc Kạn"') > 50
    exact, other = total("dc.title =/respectAccents Bắc"), total("dc.title =/respectAccents bạc")
    assert 0 < exact < total("dc.title = bac")
    assert exact != other


def test_databases_are_parts_of_the_whole(port: int, province: Province) -> None:
    whole = hits(port, "bac")
    contributed = [hits(port, "bac", database=f"bk0{number}") for number in range(9)]
    assert max(contributed) < whole < sum(contributed), "a union record is of several"
    assert 0 < hits(port, "bac", database="dia-chi") < whole
    assert hits(port, "bac", database="Default") == whole


@pytest.mark.parametrize(
    ("path", "home", "spec"),
    [("/sru", "", ""), ("/sru/bk00", "library:bk00", ""), ("/sru/BK06", "library:bk06", ""),
     ("/sru/dia-chi", "", "collection:dia-chi")],
)  # fmt: skip
def test_explain_says_when_a_database_changed_last(
    door: Door, province: Province, path: str, home: str, spec: str
) -> None:
    said = re.search(rb'lastUpdate="([^"]+)"', door.ask(path).body)
    with Feed(province.store, home).snapshot() as snapshot:
        page = snapshot.page(Selection("marcxml", spec), None, 100_000, 1 << 30, metadata=False)
    assert said
    assert said[1].decode() == iso(max(entry.datestamp for entry in page))


def test_a_database_that_there_is_not(door: Door) -> None:
    assert door.ask("/sru/nowhere", query="a").status == 404


@pytest.mark.parametrize("schema", ["marcxml", "dc", "oai_dc", "mods"])
def test_sru_gives_the_bytes_that_are_stored(province: Province, door: Door, schema: str) -> None:
    """As OAI-PMH shows them. Nothing has made MODS of this store yet, so it is made for the answer."""
    known = find(schema)
    assert known is not None
    answer = door.ask(query="dc.title = bac", maximumRecords=20, recordSchema=schema, version="2.0")
    shown = re.findall(rb"<zs:recordData>(.*?)</zs:recordData><zs:recordIdentifier>([^<]+)<", answer.body, re.DOTALL)
    assert len(shown) == 20
    if BY_NAME[known.format_name].followed:
        assert all(b"<titleInfo" in data for data, _ in shown)
        return
    for data, identifier in shown:
        name = f"oai:{province.settings.repository_domain}:{identifier.decode()}"
        body = door.ask("/oai", verb="GetRecord", metadataPrefix=known.format_name, identifier=name).body
        (told,) = re.findall(rb"<metadata>(.*?)</metadata>", body, re.DOTALL)
        assert data == sru_schemas.data(known, told)


def test_scan_and_facets_count_what_searching_finds(door: Door) -> None:
    tree = door.ask(operation="scan", scanClause="dc.subject = dan", maximumTerms=10, version="2.0").xml
    terms = [(one.findtext("{*}value"), one.findtext("{*}numberOfRecords")) for one in tree.iter("{*}term")]
    assert len(terms) == 10
    for text, number in terms:
        exact = door.ask(query=f'dc.subject ==/respectAccents "{text}"', maximumRecords=0).total
        assert exact >= int(number or 0)
    answer = door.ask(query="dc.title = bac", maximumRecords=0, facetLimit="5:lt.library", version="2.0").xml
    counts = {one.findtext("{*}actualTerm"): int(one.findtext("{*}count") or 0) for one in answer.iter(f"{FACETS}term")}
    assert len(counts) == 5
    for code, number_found in counts.items():
        assert door.ask(query=f"dc.title = bac and lt.library = {code}", maximumRecords=0).total == number_found
    assert answer.tag.startswith(SRU)


def test_the_first_and_the_last_of_a_list_are_told(door: Door) -> None:
    for path in ("/sru", "/sru/bk05"):
        tree = door.ask(path, operation="scan", scanClause='dc.title = ""', maximumTerms=3, version="2.0").xml
        assert [one.findtext("{*}whereInList") for one in tree.iter("{*}term")] == ["first", None, None], path


# --- programs nobody here wrote ---------------------------------------------------------------------------------


def run(command: list[Any], text: str = "") -> str:
    done = subprocess.run(command, input=text.encode(), capture_output=True, timeout=60, check=False)
    return done.stdout.decode("utf-8", "replace")


@pytest.mark.peer
def test_yaz_client(require_peer: Require, port: int) -> None:
    script = f'open localhost:{port}\nbase dia-chi\nfind @attr 1=1016 "bac kan"\nshow 1\nscan @attr 1=21 dan\nquit\n'
    said = run([require_peer("yaz", "yaz-client")], script)
    assert f"Number of hits: {hits(port, 'bac kan', database='dia-chi')}" in said
    assert "Bắc Kạn" in said
    assert "* D" in said


@pytest.mark.peer
def test_zoomsh(require_peer: Require, port: int, address: str) -> None:
    zoomsh = require_peer("zoomsh", "zoomsh")
    said = run([zoomsh, f"connect localhost:{port}/lienthong", 'search @attr 1=4 "bac kan"', "show 0 1", "quit"])
    assert f"{hits(port, 'bac kan', 4)} hits" in said
    over_sru = run([zoomsh, "set sru get", "set schema marcxml", f"connect http://{address}/sru/bk00",
                    'search cql:dc.title="bac kan"', "show 0 1", "quit"])  # fmt: skip
    assert f"{hits(port, 'bac kan', 4, 'bk00')} hits" in over_sru
    assert over_sru.count("<leader>") == 1


@pytest.mark.peer
def test_koha_imports_what_export_writes(require_peer: Require, province: Province, port: int, tmp_path: Path) -> None:
    perl = require_peer("perl", "perl")
    if subprocess.run([perl, "-MZOOM", "-e1"], capture_output=True, check=False).returncode:
        missing("Perl's ZOOM is not installed: libnet-z3950-zoom-perl, see .ci/run")
    script = ROOT / "tests" / "peers" / "koha_zoom.pl"
    lines = run([perl, script, f"localhost:{port}", "lienthong", tmp_path, *KOHA]).splitlines()
    assert [int(line.split(" ")[1]) for line in lines] == [114 if "9999" in query else 0 for query in KOHA]
    assert all(int(line.split(" ")[0]) for line in (*lines[:8], lines[10]))
    with Client(port) as client:
        found = client.ask(search(operand("bắc kạn".encode(), 1016)))
        ours = set(records(client.ask(present(1, found.hits))))
    imported = {path.read_bytes() for path in sorted(tmp_path.iterdir())}
    assert imported
    assert imported <= ours


@pytest.mark.peer
@pytest.mark.parametrize("version", ["1.1", "1.2"])
def test_perl_zoom_and_sruthi_over_sru(require_peer: Require, door: Door, address: str, version: str) -> None:
    query = 'dc.title = "ba be"'
    total = door.ask(query=query, maximumRecords=0).total
    perl = require_peer("perl", "perl")
    if subprocess.run([perl, "-MZOOM", "-e1"], capture_output=True, check=False).returncode:
        missing("Perl's ZOOM is not installed: libnet-z3950-zoom-perl, see .ci/run")
    lines = run([perl, ROOT / "tests" / "peers" / "search_zoom.pl", address, version, query]).splitlines()
    assert int(lines[0]) == total
    python = require_peer("sruthi", "python")
    script = ROOT / "tests" / "peers" / "search_sruthi.py"
    found = json.loads(run([python, script, f"http://{address}/sru", version, query]))
    assert found["count"] == total > 0
    assert "Ba Bể" in found["record"]


@pytest.mark.peer
@pytest.mark.parametrize("word", ["phong", "kinh", "minh", "trong", "sinh", "van", "nam"])
def test_words_of_ascii_are_found_as_zebra_finds_them(zebra: int, port: int, word: str) -> None:
    """Zebra folds nothing, so of what we find only the titles with just this word are looked for there; and what it
    finds more than that stands in other titles than 245, or in its statement of responsibility ($c)."""

    def keys(client: Client, count: int) -> dict[str, str]:
        made = {}
        for start in range(1, count + 1, 100):
            for data in records(client.ask(present(start, min(100, count - start + 1), syntax=MARC21))):
                record, _ = iso2709.read(data)
                assert record is not None
                title = " ".join(" ".join(field.all("abfgknps")) for field in record.select("245"))
                made[record.control("001") + record.control("005")] = title
        return made

    with Client(zebra) as theirs, Client(port) as ours:
        contributed = tuple(row.code for row in libraries())  # as they were loaded there, under their own numbers
        mine = keys(ours, ours.ask(search(word.encode(), databases=contributed)).hits)
        other = keys(theirs, theirs.ask(search(word.encode())).hits)
    just = re.compile(rf"(?<!\w){word}(?!\w)", re.IGNORECASE)
    assert {key for key, title in mine.items() if just.search(title)} == {
        key for key, title in other.items() if just.search(title)
    }
