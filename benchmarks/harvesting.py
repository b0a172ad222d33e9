"""Our whole harvest (fetch, parse, check, store, publish in both formats) against what foreign harvesters need to fetch
and parse alone, in CPU time, the same MARCXML from the same server, in turn.

    python -m benchmarks.harvesting [RECORDS [ROUNDS]]       10,000 records and 3 rounds unless said

The provider is a bare server of pages made beforehand, so that nearly all the time is the harvesters'. Then everything
is harvested a second time, unchanged. Every harvester is a process of its own; its start and its imports do not count.
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from catalogue import libraries, sources
from catalogue.libraries import Library
from catalogue.store import Store
from fixtures.generator import generate
from foundation.settings import Settings
from harvesting.settings import OaiSettings
from marc import marcxml
from marc.record import Field, Record

ROOT = Path(__file__).resolve().parents[1]
FIRST, SECOND, MEMORY = 0.8, 4.0, 200.0
PAGE = 500
HEAD = (
    '<?xml version="1.0" encoding="UTF-8"?><OAI-PMH xmlns="http://www.openarchives.org/OAI/2.0/" '
    'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:schemaLocation="http://www.openarchives.org/OAI/2.0/ '
    'http://www.openarchives.org/OAI/2.0/OAI-PMH.xsd"><responseDate>2026-01-01T00:00:00Z</responseDate>'
    '<request verb="{verb}">http://127.0.0.1/oai</request>'
)
IDENTIFY = (
    "<Identify><repositoryName>x</repositoryName><baseURL>http://127.0.0.1/oai</baseURL><protocolVersion>2.0"
    "</protocolVersion><adminEmail>a@example.org</adminEmail><earliestDatestamp>2020-01-01T00:00:00Z</earliestDatestamp>"
    "<deletedRecord>persistent</deletedRecord><granularity>YYYY-MM-DDThh:mm:ssZ</granularity></Identify></OAI-PMH>"
)
PEERS = {
    "sickle": (
        "from sickle import Sickle\nharvest = lambda url: Sickle(url).ListRecords(metadataPrefix='marcxml')",
        "sickle",
    ),
    "scythe": (
        "from oaipmh_scythe import Scythe\n"
        "harvest = lambda url: Scythe(url).list_records(metadata_prefix='marcxml', ignore_deleted=False)",
        "scythe",
    ),
}
MEASURE = """
import sys, time
{harvest}
start, count = time.process_time(), 0
for record in harvest(sys.argv[1]):
    count += bool(record.metadata)
print(count, time.process_time() - start)
"""


def main() -> None:
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 10_000
    rounds = int(sys.argv[2]) if len(sys.argv) > 2 else 3
    with serving(pages(count)) as url:
        found: dict[str, list[float]] = {}
        memory = []
        for _ in range(rounds):
            for name, (harvest, folder) in PEERS.items():
                python = ROOT / ".peers" / folder / "bin" / "python"
                command = [str(python), "-c", MEASURE.format(harvest=harvest), url]
                done = subprocess.run(command, capture_output=True, text=True, check=True)
                got, seconds = done.stdout.split()
                assert int(got) == count, done.stdout
                found.setdefault(name, []).append(count / float(seconds))
            with tempfile.TemporaryDirectory() as home:
                for name in ("first", "second"):
                    ours = harvest_ours(Path(home), url, name == "first")
                    assert ours["new" if name == "first" else "unchanged"] == count, ours
                    found.setdefault(name, []).append(count / ours["cpu"])
                    memory.append(ours["memory"])
            print(", ".join(f"{name} {values[-1]:,.0f}" for name, values in found.items()), "records per CPU-second")
    best = [max(values) for values in zip(*(found[name] for name in PEERS), strict=True)]
    first, second = (
        statistics.median(ours / peer for ours, peer in zip(found[name], best, strict=True))
        for name in ("first", "second")
    )
    report("harvesting_memory_mb", max(memory), MEMORY, max(memory) <= MEMORY)
    report("harvesting_again_times_best_peer", second, SECOND, second >= SECOND)
    report("harvesting_times_best_peer", first, FIRST, first >= FIRST)


def report(name: str, value: float, target: float, good: bool) -> None:
    print(f"{name}: {value:.2f} (target {target:g}) {'ok' if good else 'short'}")


def harvest_ours(home: Path, url: str, fresh: bool) -> dict[str, Any]:
    """Counts, CPU seconds and megabytes of a full harvest in a process of its own."""
    if fresh:
        store = Store.open(Settings(home=home))
        libraries.add(store, Library("tinh", "Thư viện tỉnh"))
        settings = OaiSettings(url=url, allow=("127.0.0.0/8",))
        sources.add(store, "tinh", "x", "oai", settings.stored())
        store.close()
    command = [sys.executable, "-m", "benchmarks.harvesting_ours", str(home)]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=True)
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def pages(count: int) -> list[bytes]:
    """The list of `count` generated records, page by page."""
    made, records = [], generate(count, library="bk00")
    for start in range(0, count, PAGE):
        parts = []
        for number in range(start, min(count, start + PAGE)):
            one = next(records)
            fields = [Field("001", value=f"G{number:07}"), *(field for field in one.fields if field.tag != "001")]
            data = marcxml.write(Record.build(one.leader, fields)).decode()
            parts.append(
                f"<record><header><identifier>oai:x.vn:{number:07}</identifier><datestamp>2025-06-01T00:00:00Z"
                f"</datestamp><setSpec>a</setSpec></header><metadata>{data}</metadata></record>"
            )
        more = str(start + PAGE) if start + PAGE < count else ""
        token = f'<resumptionToken completeListSize="{count}" cursor="{start}">{more}</resumptionToken>'
        body = HEAD.format(verb="ListRecords") + f"<ListRecords>{''.join(parts)}{token}</ListRecords></OAI-PMH>"
        made.append(body.encode())
    return made


@contextmanager
def serving(made: list[bytes]) -> Iterator[str]:
    """The address of a server of these pages, as they are: plain, for then nobody's time goes into unpacking."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            if "verb=Identify" in self.path:
                body = (HEAD.format(verb="Identify") + IDENTIFY).encode()
            else:
                token = self.path.partition("resumptionToken=")[2].partition("&")[0]
                body = made[int(token or 0) // PAGE]
            self.send_response(200)
            self.send_header("Content-Type", "text/xml; charset=utf-8")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}/oai"
    finally:
        server.shutdown()
        server.server_close()


if __name__ == "__main__":
    main()
