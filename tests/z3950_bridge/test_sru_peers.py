"""SRU asked by programs nobody here wrote: zoomsh and yaz-client, Perl ZOOM (which Koha searches with), sruthi."""

from __future__ import annotations

import json
import re
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.conftest import missing
from tests.z3950_bridge.world import World, serving

pytestmark = pytest.mark.peer
Require = Callable[[str, str], Path]
QUERY = 'dc.title = "ba be"'


@pytest.fixture(scope="module")
def world() -> World:
    return World()


@pytest.fixture(scope="module")
def address(world: World) -> Iterator[str]:
    with serving(world) as found:
        yield found


def run(command: list[str | Path], text: str = "") -> str:
    done = subprocess.run(command, input=text.encode(), capture_output=True, timeout=60, check=False)
    return done.stdout.decode() + done.stderr.decode()


@pytest.mark.parametrize("version", ["1.1", "1.2", "2.0"])
@pytest.mark.parametrize("method", ["get", "post"])
def test_zoomsh(world: World, address: str, require_peer: Require, version: str, method: str) -> None:
    zoomsh = require_peer("yaz", "zoomsh")
    commands = [
        f"set sru {method}",
        f"set sru_version {version}",
        "set schema marcxml",
        f"connect http://{address}/sru",
    ]
    shown = run([zoomsh, *commands, f"search cql:{QUERY.replace(' = ', '=')}", "show 0 12", "quit"])
    total = world.ask(query=QUERY, maximumRecords=0).total
    assert re.search(rf"{total} hits", shown), shown
    assert shown.count("<leader>") == min(total, 12), shown


def test_zoomsh_is_told_what_is_wrong(address: str, require_peer: Require) -> None:
    zoomsh = require_peer("yaz", "zoomsh")
    shown = run([zoomsh, "set sru get", f"connect http://{address}/sru", "search cql:nosuch=a", "quit"])
    assert re.search(r"info:srw/diagnostic/1:16|Unsupported index", shown), shown


@pytest.mark.parametrize("version", ["1.1", "1.2", "2.0"])
def test_yaz_client(world: World, address: str, require_peer: Require, version: str) -> None:
    client = require_peer("yaz", "yaz-client")
    commands = [f"sru get {version}", f"open http://{address}/sru", "querytype cql", "schema marcxml", f"find {QUERY}"]
    shown = run([client], "\n".join([*commands, "show 1+2", "scan dc.title=ba", "quit"]) + "\n")
    total = world.ask(query=QUERY, maximumRecords=0).total
    assert f"Number of hits: {total}" in shown, shown
    assert shown.count("<leader>") >= 2, shown
    assert "Ba Bể" in shown


@pytest.mark.parametrize("version", ["1.1", "1.2"])
def test_perl_zoom_as_koha_asks(world: World, address: str, root: Path, require_peer: Require, version: str) -> None:
    perl = require_peer("perl", "perl")
    if subprocess.run([perl, "-MZOOM", "-e", "1"], capture_output=True, check=False).returncode:
        missing("Perl ZOOM is not installed: see .ci/run for Debian's packages")
    script = root / "tests" / "peers" / "search_zoom.pl"
    lines = run([perl, script, address, version, QUERY]).splitlines()
    total = world.ask(query=QUERY, maximumRecords=0).total
    assert int(lines[0]) == total
    assert len(lines) == 1 + min(total, 12)
    # The row of the Library of Congress in Koha's sample servers: sru_fields, each joined with `and`.
    for query in ('dc.title="ba be" and dc.author="nong"', 'bath.isbn="9786047744039"', 'cql.anywhere="bac kan"'):
        lines = run([perl, script, address, version, query]).splitlines()
        assert int(lines[0]) == world.ask(query=query, maximumRecords=0).total > 0, query
    assert run([perl, script, address, version, "nosuch=a"]).split()[:2] == ["error", "16"]


@pytest.mark.parametrize("version", ["1.1", "1.2"])
def test_sruthi(world: World, address: str, root: Path, require_peer: Require, version: str) -> None:
    python = require_peer("sruthi", "python")
    script = root / "tests" / "peers" / "search_sruthi.py"
    found = json.loads(run([python, script, f"http://{address}/sru", version, QUERY]))
    total = world.ask(query=QUERY, maximumRecords=0).total
    assert found["count"] == total
    assert found["got"] == min(total, 20)
    assert found["schemas"] == ["info:srw/schema/1/marcxml-v1.1"]
    assert "Ba Bể" in found["record"]
    assert found["schema_names"] == ["dc", "marcxml", "mods", "oai_dc"]
    refused = json.loads(run([python, script, f"http://{address}/sru", version, "nosuch=a"]))
    assert "diagnostic/1/16" in refused["error"]
