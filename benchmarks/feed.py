"""Harvests of a large store beside three peers in turn: PyPI's oaipmh 4, PyPI's oai-repo, and the floor.

    python -m benchmarks.feed [RECORDS [DATABASE]]       100,000 unless said; DATABASE: the URL of an empty PostgreSQL

The records are generated; ninety-nine in a hundred are of one library, the rest of another. The list is what the first
library contributed, in oai_dc, with the segments that the server makes in the background already made. Every peer has
the same Dublin Core in a table of its own in SQLite; the floor (benchmarks/feed_floor.py) sends the very bytes of our
records, written beforehand, and speaks no gzip. Peers that count to where they are would need hours for the end of a
long list: of more than 200,000 records they are asked for a hundred pages spread evenly over it.

Then page 1,000 is compared with page 1, and the last full page of a set of one record in a hundred with the first page
of everything, both over the union; that part is left out beyond 200,000 records, whose union would take an hour.
"""

from __future__ import annotations

import base64
import json
import os
import re
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from urllib.parse import quote, unquote

from lxml import etree

from benchmarks import processor
from benchmarks.feed_floor import PAGE as FLOOR_PAGE
from benchmarks.harvest import OWN, TOKEN, Client, free_port, running
from catalogue.store import Store
from fixtures.generator import generate
from foundation.settings import load
from marc import iso2709
from oaipmh.repositories import whole_repository
from oaipmh.segments import Filler

TARGETS = {"oaipmh 4": 15.0, "oai-repo": 10.0, "floor": 0.7}
DEPTH = 1.2
PAGE = 100
WHOLE = 200_000
SAMPLES = 100
ROUNDS = 3
ROOT = Path(__file__).resolve().parents[1]
RECORD = re.compile(rb"<record>.*?</record>", re.S)


def main() -> None:
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
    database = sys.argv[2] if len(sys.argv) > 2 else ""
    with tempfile.TemporaryDirectory() as folder, ExitStack() as stack:
        environment = {
            **os.environ,
            "LIENTHONG_HOME": f"{folder}/home",
            "LIENTHONG_DATABASE": database,
            "LIENTHONG_LOG_LEVEL": "warning",
            "LIENTHONG_CLIENT_REQUESTS": "0",
            "LIENTHONG_Z3950_PORT": "0",
        }
        os.environ |= environment
        command = [sys.executable, "-m", "cli.main"]
        load_store(command, Path(folder), count)
        port = free_port()
        # Nothing goes on behind the doors: what is measured is harvesting.
        stack.enter_context(running([*command, "serve", "--only", "web", "--port", str(port)], environment, port))
        written = Path(folder) / "written.sqlite"
        copied = copy(port, written)
        print(f"{copied:,} records in the list")
        ports = {name: free_port() for name in TARGETS}
        for name, server, variables in (
            ("oaipmh 4", [peer("oaipmh"), "tests/peers/serve_oaipmh.py"], {}),
            ("oai-repo", [peer("oai_repo"), "tests/peers/serve_oai_repo.py"], {}),
            ("floor", floor(ports["floor"]), {"FLOOR_DATABASE": str(written)}),
        ):
            arguments = [] if name == "floor" else [str(written), str(ports[name]), str(PAGE)]
            stack.enter_context(running([*server, *arguments], environment | variables, ports[name]))
        rates: dict[str, list[float]] = {name: [] for name in ("ours", *TARGETS)}
        for _ in range(ROUNDS if count <= WHOLE else 1):
            for name in ("oaipmh 4", "ours", "oai-repo", "ours", "floor", "ours"):
                rates[name].append(rate(name, ports.get(name, port), copied))
                print(f"{name}: {rates[name][-1]:,.0f} records/s", flush=True)
        deep = depth(environment, command) if count <= WHOLE else {}
    for name, most in deep.items():
        print(f"feed_{name}: {most:.2f} (target {DEPTH}) {'ok' if most <= DEPTH else 'short'}")
    ours = statistics.median(rates["ours"])
    for name, target in TARGETS.items():
        times = ours / statistics.median(rates[name])
        said = name.replace(" ", "").replace("-", "_")
        print(f"feed_{count}_times_{said}: {times:.2f} (target {target}) {'ok' if times >= target else 'short'}")


def peer(name: str) -> str:
    path = ROOT / ".peers" / name / "bin" / "python"
    assert path.exists(), f"make .peers/{name}/.installed"
    return str(path)


def floor(port: int) -> list[str]:
    served = ["--interface", "wsgi", "--host", "127.0.0.1", "--port", str(port), "--no-ws"]
    return [sys.executable, "-m", "granian", *served, "benchmarks.feed_floor:application"]


def load_store(command: list[str], folder: Path, count: int) -> None:
    """Import the records, make their union unless they are too many, and write the segments of the lists."""
    silent = subprocess.DEVNULL
    start = time.perf_counter()
    for code, share, seed in (("bk00", 0.99, 1), ("bk01", 0.01, 2)):
        path = folder / "records.mrc"
        with path.open("wb") as out:
            for record in generate(round(count * share), seed, code):
                out.write(iso2709.write(record))
        subprocess.run([*command, "library", "add", code, "--name", code], check=True, stdout=silent)
        subprocess.run([*command, "import", str(path), "--library", code, "-q"], check=True, stdout=silent)
        path.unlink()
    print(f"imported after {time.perf_counter() - start:.0f} s", flush=True)
    if count <= WHOLE:
        subprocess.run([*command, "union", "follow", "-q"], check=True, stdout=silent)
        print(f"united after {time.perf_counter() - start:.0f} s", flush=True)
    settings = load()
    store = Store.open(settings)
    filler = Filler(store, whole_repository(settings))
    while not filler.fill():
        pass
    store.close()
    print(f"segments made after {time.perf_counter() - start:.0f} s", flush=True)


def copy(port: int, path: Path) -> int:
    """Our list as the tables that the peers read; returns the number of records."""
    connection = sqlite3.connect(path)
    connection.execute("CREATE TABLE record (identifier TEXT, stamp INTEGER, fields TEXT)")
    connection.execute("CREATE TABLE written (identifier TEXT, stamp INTEGER, metadata TEXT)")
    connection.execute("CREATE TABLE whole (record BLOB)")
    stamp = int(time.time())
    for page in Client(port, OWN).pages():
        listed, texts, records = [], [], []
        for record, written in zip(etree.fromstring(page).iterfind(".//{*}record"), RECORD.findall(page), strict=True):
            fields: dict[str, list[str]] = {}
            for element in record.iterfind(".//{http://purl.org/dc/elements/1.1/}*"):
                fields.setdefault(etree.QName(element).localname, []).append(element.text or "")
            identifier = record.findtext(".//{*}identifier")
            metadata = etree.tostring(record.find(".//{*}metadata")[0], encoding="unicode")  # type: ignore[index]
            listed.append((identifier, stamp, json.dumps(fields)))
            texts.append((identifier, stamp, metadata))
            records.append((written,))
        connection.executemany("INSERT INTO record VALUES (?, ?, ?)", listed)
        connection.executemany("INSERT INTO written VALUES (?, ?, ?)", texts)
        connection.executemany("INSERT INTO whole VALUES (?)", records)
    connection.commit()
    found: int = connection.execute("SELECT count(*) FROM record").fetchone()[0]
    connection.close()
    return found


def rate(name: str, port: int, count: int) -> float:
    """Records per second of a harvest of all `count` records, or of pages spread over them."""
    if name in SPREAD and count > WHOLE:
        return spread(SPREAD[name], port, count)
    client, found, start = Client(port, OWN if name == "ours" else "/oai"), 0, time.perf_counter()
    for page in client.pages():
        found += page.count(b"<record>")
    seconds = time.perf_counter() - start
    assert found == count or (name == "floor" and count % FLOOR_PAGE == 0), (name, found, count)
    return found / seconds


def spread(at: Callable[[str, int], str], port: int, count: int) -> float:
    client = Client(port)
    first = TOKEN.search(client.get("verb=ListRecords&metadataPrefix=oai_dc"))
    assert first
    found, start = 0, time.perf_counter()
    for number in range(SAMPLES):
        token = at(first[1].decode(), count * number // SAMPLES // PAGE * PAGE)
        found += client.get(f"verb=ListRecords&resumptionToken={quote(token)}").count(b"<record>")
    assert found == SAMPLES * PAGE, found
    return found / (time.perf_counter() - start)


def oaipmh_at(token: str, cursor: int) -> str:
    """The token of the page that begins behind `cursor` records; nobody signs them."""
    return re.sub(r"cursor=\d+", f"cursor={cursor}", unquote(token.replace("&amp;", "&")))


def oai_repo_at(token: str, cursor: int) -> str:
    text = base64.b64decode(token).decode()
    return base64.b64encode(re.sub(r"(^|&)c=\d+", rf"\g<1>c={cursor}", text).encode()).decode()


SPREAD = {"oaipmh 4": oaipmh_at, "oai-repo": oai_repo_at}


def depth(environment: dict[str, str], command: list[str]) -> dict[str, float]:
    """How many times page 1 the others cost, with pages of a hundred."""
    port = free_port()
    with running(
        [*command, "serve", "--only", "web", "--port", str(port)],
        environment | {"LIENTHONG_PAGE_RECORDS": str(PAGE)},
        port,
    ):
        own, whole = Client(port, OWN), Client(port)
        first = "verb=ListRecords&metadataPrefix=oai_dc"
        told = processor.seconds(environment["LIENTHONG_HOME"])
        pages = [TOKEN.search(page) for page in own.pages()]
        spent = processor.seconds(environment["LIENTHONG_HOME"]) - told
        print(
            f"a page of {PAGE} from segments: {spent * 1000 / len(pages):.2f} ms of the server's CPU time", flush=True
        )
        last = [token(match[1]) for match in pages if match][-2]
        small = f"{first}&set=library:bk01"
        in_set = [token(match[1]) for page in whole.pages(small) if (match := TOKEN.search(page))][-2]
        return {
            "page_1000_times_page_1": compare(own, first, last),
            "first_page_of_a_set_times_page_1": compare(whole, first, small),
            "last_page_of_a_set_times_page_1": compare(whole, first, in_set),
        }


def token(found: bytes) -> str:
    return f"verb=ListRecords&resumptionToken={found.decode()}"


def compare(client: Client, one: str, other: str) -> float:
    def cost(query: str) -> float:
        start = time.perf_counter()
        client.get(query)
        return time.perf_counter() - start

    pairs = [(cost(one), cost(other)) for _ in range(60)]
    return statistics.median(b for _, b in pairs) / statistics.median(a for a, _ in pairs)


if __name__ == "__main__":
    main()
