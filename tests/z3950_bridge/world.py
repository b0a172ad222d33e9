"""A server of SRU to ask: the province behind the WSGI application, in this process or on a port."""

from __future__ import annotations

import gzip
import io
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from socketserver import ThreadingMixIn
from typing import Any
from urllib.parse import urlencode
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

from lxml import etree

from tests.z3950_bridge.memory_catalogue import MemoryCatalogue, province
from z3950_bridge.sru_port import Database
from z3950_bridge.sru_wsgi import SruApplication

SRW = "{http://www.loc.gov/zing/srw/}"
SRU = "{http://docs.oasis-open.org/ns/search-ws/sruResponse}"
SCAN = "{http://docs.oasis-open.org/ns/search-ws/scan}"
MARC = "{http://www.loc.gov/MARC21/slim}"
ZEEREX = "{http://explain.z3950.org/dtd/2.0/}"
FACETS = "{http://docs.oasis-open.org/ns/search-ws/facetedResults}"


@dataclass(frozen=True)
class Reply:
    """One HTTP answer."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def xml(self) -> etree._Element:
        assert self.status == 200, self.body
        return etree.fromstring(self.body)

    @property
    def total(self) -> int:
        return int(self.xml.findtext("{*}numberOfRecords") or -1)

    @property
    def diagnostics(self) -> list[tuple[int, str]]:
        """Number and details of every diagnostic of the answer, surrogates not among them."""
        found = self.xml.iterfind("{*}diagnostics/{*}diagnostic")
        return [
            (int((one.findtext("{*}uri") or "").rpartition("/")[2]), one.findtext("{*}details") or "") for one in found
        ]

    def texts(self, path: str) -> list[str]:
        return [one.text or "" for one in self.xml.iterfind(path)]


class World:
    """`/sru` with everything, `/sru/bk01` with one library."""

    def __init__(self, base: str = "http://catalogue.example/sru") -> None:
        self.catalogue = MemoryCatalogue(province())
        self.base = base
        self.application = SruApplication(self.lookup)

    def lookup(self, code: str) -> Database | None:
        rows = [row for row in province() if not code or row.library == code]
        if not rows:
            return None
        catalogue = MemoryCatalogue(rows) if code else self.catalogue
        base = f"{self.base}/{code}" if code else self.base
        return Database(catalogue, base, "Mục lục tỉnh", "Provincial catalogue", "a@example.vn", "/record/")

    def ask(self, path: str = "/sru", method: str = "GET", body: bytes = b"", raw: str = "", **arguments: Any) -> Reply:
        """A request; arguments whose names begin with `http_` are headers."""
        headers = {name.upper(): value for name, value in arguments.items() if name.startswith(("http_", "content_"))}
        query = raw or urlencode({name: value for name, value in arguments.items() if name.upper() not in headers})
        environ = {
            "REQUEST_METHOD": method,
            "PATH_INFO": path,
            "QUERY_STRING": query,
            "CONTENT_LENGTH": str(len(body)) if body else "",
            "wsgi.input": io.BytesIO(body),
            **headers,
        }
        seen: list[Any] = []
        content = b"".join(self.application(environ, lambda status, found: seen.extend((status, found))))  # type: ignore[arg-type, func-returns-value]
        replied = dict(seen[1])
        if replied.get("Content-Encoding") == "gzip":
            content = gzip.decompress(content)
        return Reply(int(seen[0].split()[0]), replied, content)


class _Quiet(WSGIRequestHandler):
    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the standard library's name
        pass


class _Server(ThreadingMixIn, WSGIServer):
    daemon_threads = True


@contextmanager
def serving(world: World) -> Iterator[str]:
    """The address of the world on a port of this machine."""
    with make_server("127.0.0.1", 0, world.application, _Server, _Quiet) as server:  # type: ignore[arg-type]
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        try:
            yield f"127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
            thread.join()
