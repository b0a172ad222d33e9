"""A server as it is started, with something of everything in its store, and a client that checks every answer."""

from __future__ import annotations

import gzip
import http.client
import re
import socket
import sqlite3
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urlsplit

from lxml import etree

from catalogue import followers, libraries, publishing
from catalogue.followers import Follower
from catalogue.libraries import Library
from catalogue.provenance import Provenance
from catalogue.store import Store, iso
from foundation.settings import Settings
from marc.record import Field, Record
from tests.catalogue.conftest import put, readings, record, stage
from tests.catalogue.follow import unite
from tests.end_to_end.product import Product, united, wait_until
from tests.oaipmh.world import OAI, check

FORM = {"Content-Type": "application/x-www-form-urlencoded"}
PLAIN = 41
"""Records without any peculiarity, P00 … P40."""
SPECIAL = "\U0002070e \u200d \u200f \u2067 ]]> & < > \" '"
HTML = '<p class="x">Một <b>đoạn</b></p>'
UNITED = """(SELECT united.id FROM record AS united
    JOIN union_member ON united.source_id = 0 AND united.local_id = CAST(union_member.cluster AS TEXT)
    JOIN record AS given ON given.id = union_member.record_id WHERE given.local_id = ?)"""
"""The number of the union record that a control number is in, in SQL."""
GONE = "00000dam a2200000 a 4500"
LICENCE = "https://creativecommons.org/publicdomain/zero/1.0/"
ORIGIN = Provenance(
    "https://kho.example.vn/oai", "oai:kho.example.vn:1", "2026-01-02", "http://www.loc.gov/MARC21/slim",
    "2026-02-03T04:05:06Z", False,
)  # fmt: skip
SETTINGS = {
    "page_records": "10",
    "page_headers": "20",
    "licence": LICENCE,
    "friends": "https://kho.example.vn/oai https://thuvien.example.vn/oai?x=1&y=2",
    "icon_url": "https://thuvien.example.vn/88x31.png",
}


@dataclass
class Reply:
    """What came back."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def text(self) -> bytes:
        return gzip.decompress(self.body) if self.headers.get("content-encoding") == "gzip" else self.body

    @property
    def root(self) -> Any:
        return etree.fromstring(self.text)

    @property
    def codes(self) -> list[str]:
        return [found.get("code") for found in self.root.iterfind(f"{OAI}error")]

    @property
    def request(self) -> dict[str, str]:
        return dict(self.root.find(f"{OAI}request").attrib)

    @property
    def headers_listed(self) -> list[Any]:
        return list(self.root.iter(f"{OAI}header"))

    @property
    def identifiers(self) -> list[str]:
        return [found.findtext(f"{OAI}identifier") for found in self.headers_listed]

    @property
    def token(self) -> Any:
        """The resumptionToken element, or None. There is never more than one."""
        found = list(self.root.iter(f"{OAI}resumptionToken"))
        assert len(found) <= 1
        return found[0] if found else None


def send(address: str, query: str | bytes, path: str = "/oai", method: str = "GET", **headers: str) -> Reply:
    """One request; of a POST the query is the body. XML that comes back is valid."""
    raw = query if isinstance(query, str) else query.decode("latin-1")
    where = urlsplit(address)
    connection = http.client.HTTPConnection(str(where.hostname), where.port, timeout=30)
    sent = {name.replace("_", "-"): value for name, value in headers.items()}
    if method == "POST":
        connection.request(method, path, raw.encode("latin-1"), FORM | sent)
    else:
        connection.request(method, f"{path}?{raw}" if raw else path, headers=sent)
    answer = connection.getresponse()
    reply = Reply(answer.status, {name.lower(): value for name, value in answer.getheaders()}, answer.read())
    connection.close()
    if reply.status == 200 and method != "HEAD" and "xml" in reply.headers["content-type"]:
        check(reply.text)
    return reply


@dataclass
class Site:
    """One store and the servers before it."""

    product: Product
    stack: ExitStack
    address: str = ""
    names: dict[str, str] = field(default_factory=dict)
    """Control number → OAI identifier of the union record, which stands in `/oai`."""
    contributed: dict[str, str] = field(default_factory=dict)
    """The same of what the library gave, which stands in `/oai/<library>`."""
    _others: dict[str, str] = field(default_factory=dict)

    @property
    def store(self) -> Store:
        """The store itself, to change it while it is served."""
        opened = self.product.store()
        self.stack.callback(opened.close)
        return opened

    def other(self, **settings: str) -> str:
        """The address of another server of the same store."""
        key = urlencode(settings)
        if key not in self._others:
            self._others[key] = self.stack.enter_context(self.product.serving(**(SETTINGS | settings)))
        return self._others[key]

    def ask(self, query: str | bytes, path: str = "/oai", method: str = "GET", **headers: str) -> Reply:
        return send(self.address, query, path, method, **headers)

    def get(self, verb: str, path: str = "/oai", **arguments: str) -> Reply:
        """`from_` is the argument `from`."""
        return self.ask(urlencode({"verb": verb} | {name.rstrip("_"): text for name, text in arguments.items()}), path)

    def pages(self, verb: str, path: str = "/oai", **arguments: str) -> Iterator[Reply]:
        """A whole list, page by page."""
        page = self.get(verb, path, **arguments)
        yield page
        while page.token is not None and page.token.text:
            page = self.get(verb, path, resumptionToken=page.token.text)
            yield page

    def states(self, verb: str = "ListIdentifiers", path: str = "/oai", **arguments: str) -> dict[str, tuple[str, str]]:
        """Identifier → (datestamp, status) of a whole list."""
        chosen = {"metadataPrefix": "oai_dc"} | arguments
        return {
            found.findtext(f"{OAI}identifier"): (found.findtext(f"{OAI}datestamp"), found.get("status", ""))
            for page in self.pages(verb, path, **chosen)
            for found in page.headers_listed
        }

    def record(self, control_number: str, prefix: str = "oai_dc") -> Reply:
        return self.get("GetRecord", metadataPrefix=prefix, identifier=self.names[control_number])

    def raw(self, request: bytes, until: bytes = b"") -> bytes:
        """Bytes over a socket, and what comes back until the server closes (or `until` came)."""
        where = urlsplit(self.address)
        with socket.create_connection((str(where.hostname), int(where.port or 0)), timeout=10) as connection:
            connection.sendall(request)
            found = b""
            while part := connection.recv(65536):
                found += part
                if until and until in found:
                    break
            return found

    def put(self, *records: Record, library: str = "bk01") -> None:
        """Publish, and wait until the union has followed: from then on `/oai` shows it."""
        put(self.store, *records, library=library)
        wait_until(lambda: united(self.address))

    def sql(self, statement: str, *values: Any) -> None:
        """What no command does: damage, and states that other rooms will bring about."""
        connection = sqlite3.connect(self.product.home / "lienthong.sqlite", timeout=30)
        with connection:
            connection.execute(statement, values)
        connection.close()


def described(number: str, title: str, *fields: Field) -> Record:
    return Record.build("00000nam a2200000 a 4500", [
        Field("001", value=number), Field("245", "00", (("a", title),)), *fields,
    ])  # fmt: skip


def build(home: Path, stack: ExitStack) -> Site:
    """The store: two libraries, forty-odd plain records over two seconds, and one of each peculiarity."""
    product = Product(home)
    site = Site(product, stack)
    store = site.store
    for code in ("bk01", "bk02", "bk03", "bk04"):
        libraries.add(store, Library(code, f"Thư viện {code} & <cũ>", f"Library {code} & <old>"))
    put(store, *(record(f"P{number:02}", f"Truyện Kiều {number}") for number in range(PLAIN)))
    put(store, *(record(name) for name in ("DEAD", "BACK", "LEFT", "DCONLY", "NOFORMAT", "DAMAGED")), library="bk02")
    put(
        store,
        described("SPECIAL", f"Bắc Kạn {SPECIAL}"),
        described("NFD", "Ba\u0306\u0301c Ka\u0323n"),
        described("CONTROL", "a\x01b\ufffec\x0bd"),
        described("HTML", "HTML", Field("520", "  ", (("a", HTML),))),
        library="bk02",
    )
    harvested = [found._replace(provenance=ORIGIN.pack()) for found in readings(record("HARVESTED"))]
    publishing.publish(store, stage(store, harvested, "bk02"))
    unite(store)
    # The server would give the records below the formats again that are taken from them.
    assert Follower(store, followers.Site.of(Settings())).follow()
    with sqlite3.connect(home / "lienthong.sqlite") as connection:
        given = dict(connection.execute("SELECT local_id, identifier FROM record WHERE source_id <> 0"))
        site.contributed = {local: f"oai:lienthong.example.vn:{name}" for local, name in given.items()}
        for local in given:
            [(name,)] = connection.execute(f"SELECT identifier FROM record WHERE id = {UNITED}", (local,))
            site.names[local] = f"oai:lienthong.example.vn:{name}"
        connection.execute(f"UPDATE feed SET formats = formats & 1 WHERE record_id = {UNITED}", ("DCONLY",))
        connection.execute(f"UPDATE feed SET formats = 0 WHERE record_id = {UNITED}", ("NOFORMAT",))
        version = f"(SELECT version_id FROM record WHERE id = {UNITED})"
        connection.execute(f"UPDATE rendering SET bytes = x'00' WHERE version_id = {version}", ("DAMAGED",))
        # LEFT was in the set of bk01 and is no longer.
        rows = connection.execute(f"SELECT max(datestamp), record_id FROM feed WHERE record_id = {UNITED}", ("LEFT",))
        connection.execute("INSERT INTO feed (set_id, datestamp, record_id, status, formats) VALUES (1, ?, ?, 3, 3)",
                           rows.fetchone())  # fmt: skip
    put(store, record("DEAD", leader=GONE), record("BACK", leader=GONE), library="bk02")
    unite(store)
    site.address = stack.enter_context(product.serving(**SETTINGS))
    return site


def stamp(seconds: int) -> str:
    return iso(seconds)


def is_token(text: str) -> bool:
    return re.fullmatch(r"[A-Za-z0-9_-]+", text) is not None
