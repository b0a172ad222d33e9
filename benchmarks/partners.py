"""What it costs a harvest that it is noted who harvests: the same WSGI application with and without the log, in turn.

    python -m benchmarks.partners

Whole harvests of made-up records from segments, the fastest way there is, so that the cost shows most. The server's
time alone is measured (CPU seconds of this process, the writing of the log included).
"""

from __future__ import annotations

import io
import re
import tempfile
import time
from pathlib import Path
from typing import Any

from catalogue import imports, libraries
from catalogue.libraries import Library
from catalogue.store import Store
from foundation.settings import Settings
from marc import iso2709
from marc.record import Field, Record
from oaipmh import repositories
from oaipmh.flow import Flow
from oaipmh.partners import Watch
from oaipmh.segments import Filler
from oaipmh.wsgi import OaiApplication

RECORDS = 20_000
ROUNDS = 7
HARVESTS = 12
"""Between two writings of the log. A server writes it every five seconds, in which it gives more than these pages."""
SHARE = 0.03
TOKEN = re.compile(rb"<resumptionToken[^>]*>([^<]+)</resumptionToken>")


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(home=Path(folder) / "home")
        store = Store.open(settings)
        libraries.add(store, Library("bk00", "Thư viện"))
        path = Path(folder) / "made.mrc"
        path.write_bytes(b"".join(iso2709.write(made(number)) for number in range(RECORDS)))
        imports.import_files(store, "bk00", [imports.of_path(path)])
        while not Filler(store, repositories.whole_repository(settings)).fill():
            pass
        watch = Watch(store, 30, lambda: int(time.time()))
        lookup = repositories.lookup(store, settings)
        free = Flow(Settings(client_requests=0, client_bytes=0))
        plain, noted = OaiApplication(lookup, free), OaiApplication(lookup, free, watch)
        harvest(plain), harvest(noted)
        turns = [(timed(plain, None), timed(noted, watch)) for _ in range(ROUNDS)]
        store.close()
    # The least that each took: what else the machine does only ever adds to it.
    share = min(noted for _, noted in turns) / min(plain for plain, _ in turns) - 1
    print(f"partner_log_share_of_harvest: {share:.3f} (target {SHARE}) {'ok' if share <= SHARE else 'short'}")


def made(number: int) -> Record:
    fields = [
        Field("001", value=f"BK{number:06}"),
        Field("245", "10", (("a", f"Hồ Ba Bể {number} :"), ("b", "khảo cứu"))),
    ]
    return Record.build("00000nam a2200000 a 4500", fields)


def timed(application: OaiApplication, watch: Watch | None) -> float:
    start = time.process_time()
    for _ in range(HARVESTS):
        harvest(application)
    if watch is not None:
        assert watch.flush() == 0
    return time.process_time() - start


def harvest(application: OaiApplication) -> None:
    query, found = "verb=ListRecords&metadataPrefix=marcxml", 0
    while query:
        environ: dict[str, Any] = {
            "REQUEST_METHOD": "GET",
            "PATH_INFO": "/oai",
            "QUERY_STRING": query,
            "REMOTE_ADDR": "203.0.113.7",
            "HTTP_USER_AGENT": "harvester/1",
            "wsgi.input": io.BytesIO(),
        }
        body = b"".join(application(environ, lambda *said: None))  # type: ignore[arg-type,misc]
        found += body.count(b"<header>")
        token = TOKEN.search(body[-600:])
        query = f"verb=ListRecords&resumptionToken={token[1].decode()}" if token else ""
    assert found == RECORDS, found


if __name__ == "__main__":
    main()
