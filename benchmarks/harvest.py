"""A full ListRecords harvest over loopback: ours against PyPI's oaipmh 4, the same records, in turn.

    python -m benchmarks.harvest [RECORDS]       0 or nothing: all 97,034

The client is the same for both: one kept connection, a search for the token, no parsing. Ours answers gzip and the
client inflates it; the peer knows no compression. Asked is the repository of the library that the file was imported
for, so that the records are the file's and not what the union makes of them. Ours is harvested twice: cold, row by row,
as in the minute after an import, and warm, when the server has made its segments. Then the time of page 900 is compared
with that of page 2.
"""

from __future__ import annotations

import http.client
import json
import os
import re
import socket
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from isal import igzip
from lxml import etree

from benchmarks import real

TIMES_PEER = 10.0
DEPTH = 1.3
PAGE = 100
OWN = "/oai/bk00"
ROOT = Path(__file__).resolve().parents[1]
TOKEN = re.compile(rb"<resumptionToken[^>]*>([^<]+)</resumptionToken>")


def main() -> None:
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 0
    peer_python = ROOT / ".peers" / "oaipmh" / "bin" / "python"
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder) / "home"
        environment = {
            **os.environ,
            "LIENTHONG_HOME": str(home),
            "LIENTHONG_LOG_LEVEL": "warning",
            "LIENTHONG_CLIENT_REQUESTS": "0",
        }
        command = [sys.executable, "-m", "cli.main"]
        silent = subprocess.DEVNULL
        subprocess.run(
            [*command, "library", "add", "bk00", "--name", "Thư viện"], env=environment, check=True, stdout=silent
        )
        path = str(real.file(Path(folder), count))
        subprocess.run(
            [*command, "import", path, "--library", "bk00", "-q"], env=environment, check=False, stdout=silent
        )
        # Otherwise the server would match records while it is measured.
        subprocess.run([*command, "union", "follow", "-q"], env=environment, check=True, stdout=silent)
        port, peer_port = free_port(), free_port()
        with running([*command, "serve", "--port", str(port)], environment, port):
            # The server has just started and makes no segments in its first seconds.
            cold = harvest(port, 0, OWN)
            print(f"ours, cold: {cold:,.0f} records/s")
            wait_for_segments(home)
            copied = copy_for_peer(port, Path(folder) / "peer.sqlite")
            with running(
                [str(peer_python), "tests/peers/serve_oaipmh.py", f"{folder}/peer.sqlite", str(peer_port), str(PAGE)],
                environment,
                peer_port,
            ):
                ours, theirs = [], []
                for _ in range(3):
                    theirs.append(harvest(peer_port, copied))
                    ours.append(harvest(port, copied, OWN))
                    print(f"ours {ours[-1]:,.0f} records/s, oaipmh 4 {theirs[-1]:,.0f} records/s")
        with running(
            [*command, "serve", "--port", str(port)], environment | {"LIENTHONG_PAGE_RECORDS": str(PAGE)}, port
        ):
            depth = compare_depth(port)
    ratio = statistics.median(a / b for a, b in zip(ours, theirs, strict=True))
    print(f"harvest_page_900_times_page_2: {depth:.2f} (target {DEPTH}) {'ok' if depth <= DEPTH else 'short'}")
    print(f"harvest_cold_times_oaipmh4: {cold / statistics.median(theirs):.1f}")
    print(f"harvest_times_oaipmh4: {ratio:.1f} (target {TIMES_PEER}) {'ok' if ratio >= TIMES_PEER else 'short'}")


class Client:
    """A harvester that does nothing but follow tokens."""

    def __init__(self, port: int, path: str = "/oai") -> None:
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=120)
        self.path = path

    def get(self, query: str) -> bytes:
        self.connection.request("GET", f"{self.path}?{query}", headers={"Accept-Encoding": "gzip"})
        answer = self.connection.getresponse()
        body = answer.read()
        return igzip.decompress(body) if answer.headers.get("Content-Encoding") == "gzip" else body

    def pages(self, query: str = "verb=ListRecords&metadataPrefix=oai_dc") -> Iterator[bytes]:
        while query:
            page = self.get(query)
            yield page
            token = TOKEN.search(page)
            query = f"verb=ListRecords&resumptionToken={token[1].decode()}" if token else ""


def harvest(port: int, expected: int, path: str = "/oai") -> float:
    """Records per second of a whole harvest, which must bring every record (`expected` 0: as many as there are)."""
    start, found = time.perf_counter(), 0
    for page in Client(port, path).pages():
        found += page.count(b"<record>")
    assert found == expected or (found and not expected), (found, expected)
    return found / (time.perf_counter() - start)


def wait_for_segments(home: Path) -> None:
    """Until the server has nothing left to do in the background; prints what that has cost."""
    database, start = home / "lienthong.sqlite", time.perf_counter()
    before = now = (0, 0)
    while now != before or not now[0]:
        assert time.perf_counter() - start < 1800, "the server makes no segments"
        before = now
        time.sleep(5)
        now = segments(database)
    records, size = now
    seconds = time.perf_counter() - start
    print(
        f"segments: {seconds:.0f} s, {size / max(1, records):.0f} bytes a record and list, {size / 1e6:.1f} MB in all"
    )


def segments(database: Path) -> tuple[int, int]:
    """Records in segments, once for every list they are in, and the bytes of the segments."""
    connection = sqlite3.connect(database)
    found = connection.execute("SELECT coalesce(sum(records), 0), coalesce(sum(length(bytes)), 0) FROM segment")
    records, size = found.fetchone()
    connection.close()
    return records, size


def compare_depth(port: int) -> float:
    """The median time of a page near the end of the list, as a multiple of that of the second page."""
    client = Client(port, OWN)
    tokens = [match[1].decode() for page in client.pages() if (match := TOKEN.search(page))]
    deep = tokens[min(898, len(tokens) - 2)]

    def cost(token: str) -> float:
        start = time.perf_counter()
        client.get(f"verb=ListRecords&resumptionToken={token}")
        return time.perf_counter() - start

    pairs = [(cost(tokens[0]), cost(deep)) for _ in range(40)]
    return statistics.median(b for _, b in pairs) / statistics.median(a for a, _ in pairs)


def copy_for_peer(port: int, path: Path) -> int:
    """The same Dublin Core as the peer's kind of table; returns the number of records."""
    connection = sqlite3.connect(path)
    connection.execute("CREATE TABLE record (identifier TEXT, stamp INTEGER, fields TEXT)")
    stamp = int(time.time())
    for page in Client(port, OWN).pages():
        rows = []
        for record in etree.fromstring(page).iterfind(".//{*}record"):
            fields: dict[str, list[str]] = {}
            for element in record.iterfind(".//{http://purl.org/dc/elements/1.1/}*"):
                fields.setdefault(etree.QName(element).localname, []).append(element.text or "")
            rows.append((record.findtext(".//{*}identifier"), stamp, json.dumps(fields)))
        connection.executemany("INSERT INTO record VALUES (?, ?, ?)", rows)
    connection.commit()
    count: int = connection.execute("SELECT count(*) FROM record").fetchone()[0]
    connection.close()
    return count


def free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
        return port


@contextmanager
def running(command: list[str], environment: dict[str, str], port: int) -> Iterator[None]:
    """A server, until it answers and while it is needed."""
    quiet = subprocess.DEVNULL
    process = subprocess.Popen(command, env=environment, cwd=ROOT, stdout=quiet, stderr=quiet)
    try:
        for _ in range(600):
            client = Client(port)
            try:
                client.get("verb=Identify")
                break
            except OSError:
                time.sleep(0.05)
            finally:
                client.connection.close()
        yield
    finally:
        process.terminate()
        process.wait(timeout=30)


if __name__ == "__main__":
    main()
