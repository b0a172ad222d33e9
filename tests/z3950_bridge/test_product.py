"""The whole way: files imported by the command line, found by a client of Z39.50, equal to what is exported."""

from __future__ import annotations

import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from catalogue.store import Store
from cli.search import catch_up
from fixtures import province_files
from foundation.settings import Settings
from marc import iso2709
from serving import z3950
from tests.end_to_end.product import ROOT, Product
from tests.z3950_bridge.asking import Client, Talk, condition, operand, present, records, scan, search
from z3950_bridge import rpn
from z3950_bridge.apdu_lists import SortAttributes, SortKeySpecification, SortRequest
from z3950_bridge.apdu_parts import External
from z3950_bridge.rpn_ber import Attribute
from z3950_bridge.searching import CQL_QUERY


@dataclass
class World:
    """Two libraries in a store, and their index."""

    product: Product
    settings: Settings
    store: Store

    def talk(self) -> Talk:
        return Talk(z3950.target(self.store, self.settings))


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    product = Product(tmp_path_factory.mktemp("z3950"))
    for code, path in province_files()[:2]:
        product.run("library", "add", code, "--name", f"Thư viện {code}")
        product.run("import", str(path), "--library", code, "-q", check=None)
    settings = Settings(home=product.home)
    with closing(Store.open(settings)) as store:
        catch_up(store, settings)
        yield World(product, settings, store)


def test_what_is_found_is_what_is_exported(world: World, tmp_path: Path) -> None:
    world.product.run("export", "--format", "marc21", "--output", str(tmp_path / "all.mrc"))
    with (tmp_path / "all.mrc").open("rb") as file:
        exported = {reading.original for reading in iso2709.readings(file)}
    talk = world.talk()
    hits = talk.ask(search(operand("bắc kạn".encode(), 1016))).hits
    assert 20 < hits < 500
    found = records(talk.ask(present(1, hits)))
    assert len(found) == hits
    assert set(found) <= exported


def test_libraries_are_databases(world: World) -> None:
    talk = world.talk()
    both, one, two = (
        talk.ask(search(operand(b"bac", 1016), databases=names)).hits
        for names in (("lienthong",), ("BK00",), ("bk01",))
    )
    assert both < one + two, "a union record is of both"
    assert min(one, two) > 0
    assert talk.ask(search(operand(b"bac", 1016), databases=("bk00", "bk01"))).hits == one + two
    assert condition(talk.ask(search(b"bac", databases=("bk08",)))) == 235


@pytest.mark.parametrize(
    "query",
    [("type_104", External(CQL_QUERY, None, None, ("octets", 'dc.title = "địa chí"'.encode()))),
     ("type_2", b'ti="dia chi"')],
    ids=["CQL", "CCL"],
)  # fmt: skip
def test_other_languages_find(world: World, query: Any) -> None:
    assert world.talk().ask(search(query)).hits > 0


@pytest.mark.parametrize(
    ("query", "wanted"),
    [
        (("type_104", External(CQL_QUERY, None, None, ("octets", b'dc.title = "dia'))), 108),
        (("type_104", External(CQL_QUERY, None, None, ("octets", b"colour = red"))), 114),
        (("type_2", b"ti=((dia"), 108),
        (operand(b"a", 9999), 114),
        (rpn.Operand((rpn.Attribute(1, 4), rpn.Attribute(2, 77)), b"a"), 117),
    ],
)
def test_what_the_languages_refuse(world: World, query: Any, wanted: int) -> None:
    assert condition(world.talk().ask(search(query))) == wanted


def test_sets_are_operands_and_are_sorted(world: World) -> None:
    talk = world.talk()
    talk.ask(search(b"bac"))
    narrower = rpn.Operation(rpn.Operator.AND, rpn.ResultSet("default"), operand(b"kan"))
    assert talk.ask(search(narrower, result_set="2")).hits > 0
    by_title = ("generic", ("attributes", SortAttributes(rpn.BIB1, (Attribute(None, 1, ("numeric", 4)),))))
    asked = SortRequest(None, ("2",), "2", (SortKeySpecification(by_title, 0, 1),))
    assert talk.ask(asked).status == 0
    assert talk.ask(present(result_set="2")).status == 0
    by_colour = ("generic", ("attributes", SortAttributes(rpn.BIB1, (Attribute(None, 1, ("numeric", 7)),))))
    assert condition(talk.ask(asked._replace(keys=(SortKeySpecification(by_colour, 0, 1),)))) == 207


def test_scan_lists_headings(world: World) -> None:
    answer = world.talk().ask(scan("Bắc".encode(), 5, 2))
    entries = [one.term[1].decode() for _, one in answer.entries.entries]
    assert answer.returned == 5
    assert answer.position == 2
    assert entries[1].startswith("Bắc")


def test_scan_of_a_library_counts_its_own_records(world: World) -> None:
    def counts(name: str) -> dict[str, int]:
        answer = world.talk().ask(scan(b"", 200)._replace(databases=(name,)))
        return {one.term[1].decode(): one.occurrences for _, one in answer.entries.entries}

    both, one, two = counts("lienthong"), counts("bk00"), counts("bk01")
    assert set(one) != set(two)
    # What the longer list reaches; those of the libraries go further in the alphabet.
    for heading, times in both.items():
        assert max(one.get(heading, 0), two.get(heading, 0)) <= times <= one.get(heading, 0) + two.get(heading, 0), (
            heading
        )


def test_every_page_is_within_reach(world: World) -> None:
    talk = world.talk()
    hits = talk.ask(search(operand(b"van", 1016))).hits
    assert hits > 150
    last = talk.ask(present(hits))
    assert last.status == 0
    assert condition(talk.ask(present(hits + 1))) == 13


def test_serve_only_z3950(world: World) -> None:
    command = [sys.executable, "-m", "cli.main", "serve", "--only", "z3950", "--z3950-port"]
    port = _free_port()
    process = subprocess.Popen(
        [*command, str(port)],
        cwd=ROOT,
        env=world.product.environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    )
    try:
        assert process.stdout is not None
        assert process.stdout.readline() == f"ready tcp:127.0.0.1:{port}\n".encode()
        with Client(port) as client:
            assert client.ask(search(operand(b"bac", 1016))).hits > 0
            process.terminate()
            assert client.receive().reason == 1  # shutdown
        assert process.wait(timeout=20) == 0
    finally:
        process.kill()
        process.wait()
        assert process.stdout is not None
        process.stdout.close()


def _free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
        return port
