"""A repository to ask: a store in memory behind the WSGI application, and every answer checked against the XSDs."""

from __future__ import annotations

import gzip
import io
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from lxml import etree

from foundation.settings import Settings
from oaipmh.compression import plain
from oaipmh.protocol import parse
from oaipmh.provider import Provider
from oaipmh.repository import MetadataFormat, Repository
from oaipmh.wsgi import OaiApplication
from tests.oaipmh.memory_feed import MemoryStore

OAI = "{http://www.openarchives.org/OAI/2.0/}"
DC = "{http://purl.org/dc/elements/1.1/}"
XSD = "{http://www.w3.org/2001/XMLSchema}"
CONTAINERS = {"provenance": "provenance", "rights": "rights/", "friends": "friends/", "branding": "branding/"}
KEY = b"a key of the tests, 32 bytes long"
SCHEMA = Path(__file__).resolve().parents[2].parent / "shared" / "schemas" / "all.xsd"

FORMATS = (
    MetadataFormat(
        "oai_dc", "http://www.openarchives.org/OAI/2.0/oai_dc.xsd", "http://www.openarchives.org/OAI/2.0/oai_dc/"
    ),
    MetadataFormat(
        "marcxml", "http://www.loc.gov/standards/marcxml/schema/MARC21slim.xsd", "http://www.loc.gov/MARC21/slim"
    ),
)
ALIASES = {"marc21": "marcxml", "marc-xml": "marcxml"}


def oai_dc(title: str) -> bytes:
    return (
        '<oai_dc:dc xmlns:oai_dc="http://www.openarchives.org/OAI/2.0/oai_dc/" '
        'xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" '
        'xsi:schemaLocation="http://www.openarchives.org/OAI/2.0/oai_dc/ '
        f'http://www.openarchives.org/OAI/2.0/oai_dc.xsd"><dc:title>{title}</dc:title></oai_dc:dc>'
    ).encode()


def marcxml(title: str) -> bytes:
    return (
        '<record xmlns="http://www.loc.gov/MARC21/slim" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" '
        'xsi:schemaLocation="http://www.loc.gov/MARC21/slim '
        'http://www.loc.gov/standards/marcxml/schema/MARC21slim.xsd"><leader>00000nam a2200000 a 4500</leader>'
        f'<datafield tag="245" ind1="0" ind2="0"><subfield code="a">{title}</subfield></datafield></record>'
    ).encode()


def renderings(title: str) -> dict[str, bytes | None]:
    return {"oai_dc": oai_dc(title), "marcxml": marcxml(title)}


@lru_cache
def schema() -> etree.XMLSchema | None:
    """The official schemas, None where they are not laid beside the repository.

    Of the containers that the guidelines define there are none to lay there: those in `schemas` follow the guidelines.
    """
    if not SCHEMA.exists():
        return None
    whole = etree.parse(SCHEMA)
    for name, namespace in CONTAINERS.items():
        place = str(Path(__file__).with_name("schemas") / f"{name}.xsd")
        etree.SubElement(whole.getroot(), f"{XSD}import", namespace=OAI[1:-1] + namespace, schemaLocation=place)
    return etree.XMLSchema(whole)


@dataclass
class Answer:
    status: str
    headers: dict[str, str]
    body: bytes

    @property
    def text(self) -> bytes:
        return gzip.decompress(self.body) if self.headers.get("Content-Encoding") == "gzip" else self.body

    @property
    def root(self) -> Any:
        return etree.fromstring(self.text)

    @property
    def codes(self) -> list[str]:
        return [error.get("code") for error in self.root.findall(f"{OAI}error")]

    @property
    def request(self) -> Any:
        return self.root.find(f"{OAI}request")

    @property
    def token(self) -> str | None:
        """None: no resumptionToken element."""
        element = self.root.find(f".//{OAI}resumptionToken")
        return None if element is None else element.text or ""

    def texts(self, path: str) -> list[str]:
        """Text of the elements at `path`, each step an element name of the OAI namespace."""
        steps = "/".join(OAI + step for step in path.split("/"))
        return [element.text for element in self.root.iterfind(f".//{steps}")]

    @property
    def identifiers(self) -> list[str]:
        return self.texts("header/identifier")


@dataclass
class World:
    """`/oai` over everything and `/oai/bk` over the set of one library."""

    store: MemoryStore = field(default_factory=MemoryStore)
    settings: Settings = field(default_factory=Settings)
    keys: tuple[bytes, ...] = (KEY,)
    base_url: str = "https://thuvien.example.vn/oai"
    has_sets: bool = True

    @property
    def app(self) -> OaiApplication:
        union = Repository(
            name="Mục lục liên hợp Bắc Kạn & các huyện",
            base_url=self.base_url,
            domain="thuvien.example.vn",
            admin_emails=("thuvien@example.vn",),
            formats=FORMATS,
            aliases=ALIASES,
            has_sets=self.has_sets,
        )
        library = Repository(
            name="Thư viện tỉnh",
            base_url=self.base_url + "/bk",
            domain="thuvien.example.vn",
            admin_emails=("bk@example.vn",),
            formats=FORMATS,
            has_sets=False,
        )
        providers = {
            "": Provider(union, self.store.feed, self.keys, self.settings, lambda: self.store.now),
            "bk": Provider(library, self.store.within("lib:bk"), self.keys, self.settings, lambda: self.store.now),
        }
        return OaiApplication(providers.get)

    def ask(self, query: str | bytes = b"", path: str = "/oai", method: str = "GET", **environ: Any) -> Answer:
        """One request; `query` goes into the body of a POST. An XML answer must be valid."""
        raw = query.encode() if isinstance(query, str) else query
        values: dict[str, Any] = {"REQUEST_METHOD": method, "PATH_INFO": path, "QUERY_STRING": raw.decode("latin-1")}
        if method == "POST":
            values |= {"QUERY_STRING": "", "CONTENT_LENGTH": str(len(raw)), "wsgi.input": io.BytesIO(raw)}
        seen: list[Any] = []
        parts = self.app(values | environ, lambda *start: seen.extend(start))
        answer = Answer(seen[0], dict(seen[1]), b"".join(parts))
        if answer.status == "200 OK" and method != "HEAD":
            check(answer.text)
        return answer

    def get(self, verb: str, path: str = "/oai", **arguments: str) -> Answer:
        """A GET request; `from_` is the argument `from`."""
        pairs = {"verb": verb} | {name.rstrip("_"): value for name, value in arguments.items()}
        return self.ask(urlencode(pairs), path)

    def pages(self, verb: str, path: str = "/oai", **arguments: str) -> list[Answer]:
        """A whole list, following its tokens."""
        pages = [self.get(verb, path, **arguments)]
        while token := pages[-1].token:
            pages.append(self.get(verb, path, resumptionToken=token))
        return pages


def responded(provider: Provider, query: str) -> bytes:
    """The answer to a query string."""
    return plain(provider.pieces(parse(query.encode())))


def check(xml: bytes) -> None:
    """Well formed, and valid where the schemas are at hand."""
    tree = etree.fromstring(xml)
    grammar = schema()
    if grammar is not None:
        grammar.assertValid(tree)


def library(records: int = 5, **options: Any) -> World:
    """A world with `records` items w1, w2, … a second apart, in the sets of two libraries and one collection."""
    world = World(**options)
    store = world.store
    store.describe("lib", "Thư viện", "Libraries")
    store.describe("lib:bk", "Thư viện tỉnh Bắc Kạn", "Bắc Kạn provincial library")
    store.describe("lib:cd", "Thư viện Chợ Đồn <cũ>")
    store.describe("diachi", "Địa chí", "Local history & geography")
    for number in range(1, records + 1):
        sets = ("lib:bk", "diachi") if number % 2 else ("lib:cd",)
        store.publish(f"w{number}", renderings(f"Truyện Kiều {number}"), sets)
        store.tick()
    return world
