"""Harvesters that nobody here wrote carry every record away, and every answer they are given is valid."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from lxml import etree
from sqlalchemy import select

from catalogue.tables import DELETED, LIVE, UNION, record
from marc import iso2709
from marc.record import Field, Record
from tests.end_to_end.product import Product, database_of, get

PEERS = Path(__file__).resolve().parents[1] / "peers"
CLIENTS = {
    "sickle": ("sickle", "python", "harvest_sickle.py"),
    "oaipmh-scythe": ("scythe", "python", "harvest_scythe.py"),
    "oaipmh": ("oaipmh", "python", "harvest_oaipmh.py"),
    "oai-pmh": ("oai-js", "node", "harvest_oai_js.cjs"),
    "HTTP::OAI": ("libhttp-oai-perl", "perl", "harvest_http_oai.pl"),
    "Catmandu": ("libcatmandu-oai-perl", "perl", "harvest_catmandu.pl"),
}


SLOW = ("Catmandu", "oai_dc")


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def product(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Product]:
    """The demonstration province with one record withdrawn, on each database."""
    home = tmp_path_factory.mktemp("home")
    with database_of(request) as database:
        installed = Product(home, database)
        installed.run("demo", "--no-serve")
        gone = Record.build(
            "00000dam a2200000 a 4500", [Field("001", value="PN0001"), Field("245", "00", (("a", "x"),))]
        )
        (home / "gone.mrc").write_bytes(iso2709.write(gone))
        installed.run("import", str(home / "gone.mrc"), "--library", "bk02")
        installed.run("union", "follow")
        yield installed


@pytest.fixture(scope="module")
def address(product: Product) -> Iterator[str]:
    # Pages of 37 records, so that every harvest crosses pages.
    with product.serving(page_records="37", page_headers="37") as address:
        yield address


def stored(product: Product) -> list[str]:
    """`identifier state` of every union record."""
    store = product.store()
    states = {LIVE: "live", DELETED: "deleted"}
    with store.read() as connection:
        mine = select(record.c.identifier, record.c.status).where(record.c.source_id == UNION)
        rows = connection.execute(mine).all()
    store.close()
    return sorted(f"oai:lienthong.example.vn:{name} {states[status]}" for name, status in rows)


@pytest.mark.peer
@pytest.mark.parametrize(
    ("client", "prefix"),
    # Catmandu takes a quarter of a minute, and reads the records in one format as in the other.
    [(client, prefix) for client in CLIENTS for prefix in ("oai_dc", "marcxml") if (client, prefix) != SLOW],
)
def test_a_foreign_harvester_gets_every_record(
    client: str, prefix: str, product: Product, address: str, require_peer: Callable[[str, str], Path]
) -> None:
    name, program, script = CLIENTS[client]
    if client == "oaipmh" and prefix == "marcxml":
        prefix = "marc21"  # it also harvests under the alias
    done = subprocess.run(
        [require_peer(name, program), PEERS / script, f"{address}/oai", prefix],
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    assert sorted(done.stdout.splitlines()) == stored(product)
    assert len(stored(product)) > 400


@pytest.mark.parametrize("prefix", ["oai_dc", "marcxml"])
def test_every_page_is_valid_against_the_official_schemas(prefix: str, address: str, shared: Path) -> None:
    schema = etree.XMLSchema(etree.parse(str(shared / "schemas" / "all.xsd")))
    for verb in ("Identify", "ListMetadataFormats", "ListSets", f"ListIdentifiers&metadataPrefix={prefix}"):
        schema.assertValid(etree.fromstring(get(f"{address}/oai?verb={verb}")))
    request = f"verb=ListRecords&metadataPrefix={prefix}"
    pages = 0
    while request:
        page = get(f"{address}/oai?{request}")
        schema.assertValid(etree.fromstring(page))
        token = re.search(rb"<resumptionToken[^>]*>([^<]+)</resumptionToken>", page)
        request = f"verb=ListRecords&resumptionToken={token[1].decode()}" if token else ""
        pages += 1
    assert pages > 10


def test_each_library_is_a_repository_of_its_own(product: Product, address: str) -> None:
    libraries = product.json("library", "list")
    for library in libraries:
        page = etree.fromstring(get(f"{address}/oai/{library['code']}?verb=Identify"))
        assert page.findtext(".//{*}repositoryName") == library["name_vi"]
        assert page.findtext(".//{*}baseURL") == f"{address}/oai/{library['code']}"
        found, request = 0, "verb=ListIdentifiers&metadataPrefix=oai_dc"
        while request:
            page = etree.fromstring(get(f"{address}/oai/{library['code']}?{request}"))
            found += len(page.findall(".//{*}header"))
            token = page.findtext(".//{*}resumptionToken")
            request = f"verb=ListIdentifiers&resumptionToken={token}" if token else ""
        assert found == library["records"] + (library["code"] == "bk02")


@pytest.mark.parametrize("product", ["sqlite"], indirect=True)  # the key is a row like others
def test_tokens_outlive_the_server(product: Product) -> None:
    with product.serving(page_records="50", base_url="http://lienthong.example.vn") as address:
        page = get(f"{address}/oai?verb=ListRecords&metadataPrefix=oai_dc")
    token = re.search(rb"<resumptionToken[^>]*>([^<]+)<", page)
    assert token
    with product.serving(page_records="50", base_url="http://lienthong.example.vn") as address:
        again = get(f"{address}/oai?verb=ListRecords&resumptionToken={token[1].decode()}")
    assert again.count(b"<record>") == 50
    assert b'cursor="50"' in again
