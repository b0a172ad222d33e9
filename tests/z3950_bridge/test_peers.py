"""Clients and a server that nobody here wrote: yaz-client, zoomsh, Perl's ZOOM and Zebra."""

from __future__ import annotations

import re
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from catalogue.export_forms import FORMS, Exported
from marc import iso2709
from tests.conftest import ROOT, missing
from tests.z3950_bridge.asking import Client, present, search
from tests.z3950_bridge.listening import listening, target
from tests.z3950_bridge.memory import MemoryCatalogue, province
from z3950_bridge.records import MARC21

pytestmark = pytest.mark.peer
Peer = Callable[[str, str], Path]


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    with listening(target(MemoryCatalogue({"koha": "bimat"}))) as number:
        yield number


def yaz(require_peer: Peer, port: int, script: str, *options: str) -> str:
    """What yaz-client prints while it does what `script` says."""
    program = require_peer("yaz", "yaz-client")
    done = subprocess.run(
        [program, *options],
        input=f"open localhost:{port}\n{script}\nclose\nquit\n".encode(),
        capture_output=True,
        timeout=60,
        check=False,
    )
    return done.stdout.decode("utf-8", "replace")


@pytest.mark.parametrize(
    ("script", "said"),
    [
        ("find @attr 1=4 địa", "Number of hits: 38"),
        ("find @attr 1=4 dia\nshow 1", "245 10 $a Địa chí Bắc Kạn"),
        ("find @attr 1=4 dia\nformat xml\nelements mods\nshow 1", "<title>Địa chí Bắc Kạn</title>"),
        ("find @attr 1=4 dia\nformat xml\nshow 1", '<controlfield tag="001">BKT000020</controlfield>'),
        ("find @attr 1=4 dia\nformat opac\nshow 1", "callNumber: 915.9713 UY-K"),
        ("find @attr 1=4 dia\nformat grs-1\nshow 1", "(2,1) Địa chí Bắc Kạn"),
        ("find @attr 1=4 dia\nformat sutrs\nshow 1", "Record type: SUTRS"),
        ("find @attr 1=4 dia\nformat unimarc\nshow 1", "[238]"),
        ("find @attr 1=4 dia\nelements X\nshow 1", "[25]"),
        ("find @attr 1=4 dia\nshow 39", "[13]"),
        ("find @attr 1=9999 dia", "[114]"),
        ("base nowhere\nfind x", "[235]"),
        ("base IR-Explain-1\nfind x", "[1007]"),
        ("scan @attr 1=4 bac", "* bac (166)"),
        ("find @attr 1=4 dia\nsort 1=4 <\nshow 1", "Bạch Thông châu Dương Quang"),
        ("find @attr 1=4 dia\nfind @and @set 1 @attr 1=4 kan", "Number of hits: 23"),
        ("find @attr 1=4 dia\ndelete 1", "Got deleteResultSetResponse status=0"),
        ("querytype cql\nfind title=dia", "Number of hits: 38"),
        ("querytype ccl\nfind title=dia", "Number of hits: 38"),
        ("ssub 50\nlslb 60\nfind @attr 1=4 dia", "records returned: 38"),
    ],
)
def test_yaz_client(require_peer: Peer, port: int, script: str, said: str) -> None:
    assert said in yaz(require_peer, port, script)


def test_yaz_client_agrees_on_utf_8(require_peer: Peer, port: int) -> None:
    program = require_peer("yaz", "yaz-client")
    script = f"negcharset utf-8\nopen localhost:{port}\nfind @attr 1=4 dia\nformat sutrs\nshow 1\nquit\n"
    done = subprocess.run([program], input=script.encode(), capture_output=True, timeout=60, check=False)
    said = done.stdout.decode("utf-8", "replace")
    assert re.search(r"Accepted character set *: *utf-8", said, re.IGNORECASE), said
    assert "Number of hits: 38" in said


@pytest.mark.parametrize(("password", "accepted"), [("bimat", True), ("sai", False)])
def test_yaz_client_signs_on(require_peer: Peer, port: int, password: str, accepted: bool) -> None:
    program = require_peer("yaz", "yaz-client")
    script = f"auth koha {password}\nopen localhost:{port}\nquit\n"
    done = subprocess.run([program], input=script.encode(), capture_output=True, timeout=60, check=False)
    assert (b"Connection accepted" in done.stdout) is accepted


@pytest.mark.parametrize(
    ("commands", "said"),
    [
        (["search @attr 1=4 dia", "show 0 1"], "245 10 $a Địa chí Bắc Kạn"),
        (["set preferredRecordSyntax xml", "set elementSetName dc", "search @attr 1=4 dia", "show 0 1"],
         "<dc:title>Địa chí Bắc Kạn</dc:title>"),
        (["set presentChunk 7", "search @attr 1=4 dia", "show 0 38"], "37 "),
    ],
)  # fmt: skip
def test_zoomsh(require_peer: Peer, port: int, commands: list[str], said: str) -> None:
    program = require_peer("zoomsh", "zoomsh")
    done = subprocess.run(
        [program, f"connect localhost:{port}", *commands, "quit"], capture_output=True, timeout=60, check=True
    )
    assert said in done.stdout.decode("utf-8", "replace")


KOHA = [
    '@attr 1=7 @attr 5=1 "9786045708378"',
    '@attr 1=4 "địa chí"',
    '@attr 1=1003 "Uỷ ban"',
    '@attr 1=21 "Bắc Kạn"',
    '@attr 1=1016 "Bắc Kạn"',
    '@attr 1=12 "BKT000020"',
    '@attr 1=31 "2019"',
    '@and @attr 1=4 "địa chí" @attr 1=1003 "uỷ ban"',
    '@attr 1=4 "không có nhan đề này"',
    '@attr 1=9999 "x"',
    '@and @attr 1=1003 "Uỷ ban" @attr 1=4 "Địa chí Bắc Kạn"',
]
"""As Koha writes them: each field in quotation marks, several joined by @and."""


def test_koha_imports_what_export_writes(require_peer: Peer, port: int, tmp_path: Path) -> None:
    perl = require_peer("perl", "perl")
    if subprocess.run([perl, "-MZOOM", "-e1"], capture_output=True, check=False).returncode:
        missing("Perl's ZOOM is not installed: libnet-z3950-zoom-perl, see .ci/run")
    script = ROOT / "tests" / "peers" / "koha_zoom.pl"
    done = subprocess.run(
        [perl, script, f"localhost:{port}", "lienthong", tmp_path, *KOHA],
        capture_output=True, timeout=60, check=True,
    )  # fmt: skip
    lines = done.stdout.decode().splitlines()
    hits = [int(line.split(" ")[0]) for line in lines]
    codes = [int(line.split(" ")[1]) for line in lines]
    assert len(lines) == len(KOHA)
    assert codes == [114 if "9999" in query else 0 for query in KOHA]
    assert all(found > 0 for found in (*hits[:8], hits[10]))
    assert hits[8:10] == [0, 0]
    exported = {FORMS["marc21"].write(Exported("x", "", "", "", "", 0, one), one).data for _, one in province()}
    imported = [path.read_bytes() for path in sorted(tmp_path.iterdir())]
    assert len(imported) == min(20, hits[10])
    assert set(imported) <= exported


# --- the other way round: our codec against a server of theirs -------------------------------------------------

ZEBRA = """\
profilePath: /usr/share/idzebra-2.0/tab
modulePath: /usr/lib/x86_64-linux-gnu/idzebra-2.0/modules:/usr/lib/idzebra-2.0/modules
attset: bib1.att
attset: explain.att
recordType: grs.marcxml.marc21
encoding: utf-8
register: {folder}/register:1G
lockDir: {folder}/register
"""


@pytest.fixture(scope="module")
def zebra(require_peer: Peer, tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    """Zebra with the province in it."""
    server, indexer = require_peer("zebra", "zebrasrv"), require_peer("zebra", "zebraidx")
    folder = tmp_path_factory.mktemp("zebra")
    (folder / "register").mkdir()
    (folder / "records").mkdir()
    (folder / "zebra.cfg").write_text(ZEBRA.format(folder=folder))
    with (folder / "records" / "province.mrc").open("wb") as out:
        out.writelines(iso2709.write(record) for _, record in province())
    for command in (["init"], ["update", "records"]):
        subprocess.run([indexer, "-c", "zebra.cfg", *command], cwd=folder, check=True, capture_output=True, timeout=60)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        number: int = free.getsockname()[1]
    process = subprocess.Popen(
        [server, "-c", "zebra.cfg", f"tcp:@:{number}"], cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        for _ in range(100):
            try:
                Client(number).socket.close()
                break
            except OSError:
                time.sleep(0.1)
        yield number
    finally:
        process.terminate()
        process.wait(timeout=10)


@pytest.mark.parametrize("word", ["phong", "kinh", "minh", "trong", "sinh"])
def test_zebra_finds_what_we_find(zebra: int, port: int, word: str) -> None:
    """A word of ASCII in the title itself: Zebra folds no diacritics, and looks into more titles than 245."""
    with Client(zebra) as theirs, Client(port) as ours:
        mine, other = ours.ask(search(word.encode())).hits, theirs.ask(search(word.encode())).hits
        exact = {key for key, title in _records(ours, mine) if re.search(rf"\b{word}\b", title, re.IGNORECASE)}
        assert exact
        assert exact <= {key for key, _ in _records(theirs, other)}


def _records(client: Client, hits: int) -> list[tuple[str, str]]:
    """Control number with the date of the last change, and title, of each record."""
    answer = client.ask(present(1, hits, syntax=MARC21))
    found = []
    for one in answer.records[1]:
        record, _ = iso2709.read(one.record[1].encoding[1])
        assert record is not None
        title = " ".join(text for field in record.select("245") for _, text in field.subfields)
        found.append((record.control("001") + record.control("005"), title))
    return found
