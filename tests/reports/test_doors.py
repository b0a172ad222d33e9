"""Every door counts what it gives, once, under the library whose it is, and nothing that failed."""

from __future__ import annotations

import io
import urllib.parse
from collections.abc import Iterator
from contextlib import closing
from typing import Any

import pytest
from flask.testing import FlaskClient

from catalogue import libraries, uses
from catalogue.libraries import Library
from catalogue.parts import Parts
from catalogue.store import Store
from catalogue.uses import DOWNLOAD, OAI, RECORDS, ROBOT, SEARCH, SRU, VIEW, WEB, Z3950, Use
from cli.search import catch_up
from foundation.settings import Settings
from oaipmh.flow import Clients
from oaipmh.partners import Watch
from portal.app import create
from reports.doors import Doors
from reports.tally import Tally
from serving import web, z3950
from tests.catalogue.conftest import Time, put, record
from tests.oaipmh.test_partners import Partner
from tests.union.records import BOOK
from tests.union.records import record as described
from tests.z3950_bridge.asking import Talk, operand, present, search
from union import kin
from union.follower import Follower as Union

AGENT = {"User-Agent": "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"}
SITE = "https://thuvien.example.vn"
SETTINGS = Settings(page_records=4)


class World:
    """A store with an index, and its doors."""

    def __init__(self, store: Store, settings: Settings, clock: Any) -> None:
        self.store, self.settings = store, settings
        self.tally = Tally(store, now=clock, clock=clock)
        self.doors = Doors(self.tally, Parts(store))
        self.identifier = next(iter(_identifiers(store)))

    def counted(self) -> dict[Use, int]:
        self.tally.flush()
        return {one.use: one.times for one in uses.between(self.store, 0, 999_999)}


def _identifiers(store: Store) -> list[str]:
    with store.read() as connection:
        rows = connection.exec_driver_sql("SELECT identifier FROM record ORDER BY id")
        return [str(row[0]) for row in rows]


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Store, Settings]]:
    """Eleven records of two libraries, and their index."""
    settings = Settings(home=tmp_path_factory.mktemp("doors"), page_records=4)
    with closing(Store.open(settings)) as store:
        for code in ("bk01", "bk02"):
            libraries.add(store, Library(code, f"Thư viện {code}"))
        put(store, *(record(f"n{number}", f"Hồ Ba Bể {number}") for number in range(10)))
        put(store, record("m1", "Ba Bể"), library="bk02")
        catch_up(store, settings)
        yield store, settings


@pytest.fixture
def world(kept: tuple[Store, Settings], time: Time) -> World:
    store, settings = kept
    with store.write() as connection:
        connection.exec_driver_sql("DELETE FROM use_count")
    return World(store, settings, time)


@pytest.fixture
def client(world: World) -> FlaskClient:
    return create(world.store, world.settings, SITE, doors=world.doors).test_client()


def test_pages_and_downloads_are_counted_for_their_library(world: World, client: FlaskClient) -> None:
    assert client.get(f"/record/{world.identifier}.html", headers=AGENT).status_code == 200
    assert client.get(f"/record/{world.identifier}.mrc", headers=AGENT).status_code == 200
    assert client.get(f"/record/{world.identifier}.ris", headers=AGENT).status_code == 200
    assert world.counted() == {
        Use(WEB, VIEW, "bk01"): 1,
        Use(WEB, DOWNLOAD, "bk01", "mrc"): 1,
        Use(WEB, DOWNLOAD, "bk01", "ris"): 1,
    }


def test_a_union_record_is_counted_for_the_one_library_it_comes_from_and_else_for_all_together(
    book: Store, time: Time
) -> None:
    same = {f"t{tag}": text for tag, text in BOOK.items()}
    put(book, described(control="s1", **same), record("s2"))
    put(book, described(control="s3", **same), library="bk02")
    Union(book).follow()
    world = World(book, Settings(), time)
    shared, alone = (kin.of(book, name).union for name in _identifiers(book)[:2])
    assert len(kin.of(book, shared).contributors) == 2
    client = create(book, world.settings, SITE, doors=world.doors).test_client()
    for name in (shared, alone):
        assert client.get(f"/record/{name}.html", headers=AGENT).status_code == 200
    assert world.counted() == {Use(WEB, VIEW, "bk01"): 1, Use(WEB, VIEW): 1}


def test_a_page_that_the_browser_has_already_is_seen_too(world: World, client: FlaskClient, time: Time) -> None:
    tag = client.get(f"/record/{world.identifier}.html", headers=AGENT).headers["ETag"]
    time.pass_(60)
    again = client.get(f"/record/{world.identifier}.html", headers=AGENT | {"If-None-Match": tag})
    assert again.status_code == 304
    assert world.counted() == {Use(WEB, VIEW, "bk01"): 2}


@pytest.mark.parametrize(
    "ask",
    [
        lambda client, name: client.head(f"/record/{name}.html", headers=AGENT),
        lambda client, name: client.get("/record/none.html", headers=AGENT),
        lambda client, name: client.get(f"/record/{name}.nothing", headers=AGENT),
        lambda client, name: client.get(f"/record/{name}", headers=AGENT | {"Accept": "text/turtle"}),
        lambda client, name: client.get("/search", headers=AGENT),
        lambda client, name: client.get("/search?q=ba&page=2", headers=AGENT),
        lambda client, name: client.get("/search?q=ba&format=atom", headers=AGENT),
        lambda client, name: client.get("/search?q=%22", headers=AGENT | {"User-Agent": "Googlebot"}),
        lambda client, name: client.get("/browse", headers=AGENT),
        lambda client, name: client.get("/", headers=AGENT),
        lambda client, name: client.get("/healthz", headers=AGENT),
    ],
)
def test_what_is_no_use_is_not_counted(world: World, client: FlaskClient, ask: Any) -> None:
    ask(client, world.identifier)
    assert [use for use in world.counted() if use.kind != ROBOT] == []


@pytest.mark.parametrize(
    ("query", "library"),
    [
        ("q=ba", ""),
        ("q=ba&format=json", ""),
        ("q=ba&f=library:bk02", "bk02"),
        ("f=library:bk02&f=library:bk01", ""),
        ("q=ba&f=library:nobody", ""),
        ("q=ba&f=library:" + "x" * 500, ""),
    ],
)
def test_a_search_is_counted_for_the_library_it_is_narrowed_to(
    world: World, client: FlaskClient, query: str, library: str
) -> None:
    assert client.get(f"/search?{query}", headers=AGENT).status_code == 200
    assert world.counted() == {Use(WEB, SEARCH, library): 1}


def test_readers_behind_our_own_proxy_are_told_apart(world: World) -> None:
    for proxies, wanted in (((), 1), (("10.0.0.0/8",), 2)):
        tally = Tally(world.store, now=lambda: 0.0, clock=lambda: 0.0)
        doors = Doors(tally, Parts(world.store), Clients(proxies, ()))
        for reader in ("203.0.113.1", "203.0.113.2"):
            asked = {"REMOTE_ADDR": "10.0.0.1", "HTTP_X_FORWARDED_FOR": reader, "HTTP_USER_AGENT": AGENT["User-Agent"]}
            doors.web(VIEW, f"bk{len(proxies)}", "", "x", asked)
        tally.flush()
        assert world.counted()[Use(WEB, VIEW, f"bk{len(proxies)}")] == wanted


def test_robots_are_counted_as_left_out(world: World, client: FlaskClient) -> None:
    client.get(f"/record/{world.identifier}.mrc", headers={"User-Agent": "python-requests/2.32"})
    assert world.counted() == {Use(WEB, ROBOT): 1}


def test_the_answer_does_not_depend_on_counting(world: World, client: FlaskClient) -> None:
    plain = create(world.store, world.settings, SITE).test_client()
    for path in (f"/record/{world.identifier}.mrc", "/search?q=ba&format=json"):
        assert client.get(path, headers=AGENT).data == plain.get(path, headers=AGENT).data


def sru(world: World, path: str, **arguments: str) -> bytes:
    made = web.application(world.store, world.settings, doors=world.doors)
    environ: dict[str, Any] = {
        "REQUEST_METHOD": "GET", "PATH_INFO": path, "QUERY_STRING": urllib.parse.urlencode(arguments),
        "wsgi.input": io.BytesIO(), "SERVER_NAME": "x", "SERVER_PORT": "80", "wsgi.url_scheme": "http",
    }  # fmt: skip
    return b"".join(made(environ, lambda *_: None))


@pytest.mark.parametrize(
    ("path", "arguments", "wanted"),
    [
        ("/sru", {"query": "ba", "maximumRecords": "3"}, {Use(SRU, SEARCH): 1, Use(SRU, RECORDS): 3}),
        ("/sru/bk02", {"query": "ba"}, {Use(SRU, SEARCH, "bk02"): 1, Use(SRU, RECORDS, "bk02"): 1}),
        ("/sru", {"query": "ba", "startRecord": "4", "maximumRecords": "2"}, {Use(SRU, RECORDS): 2}),
        ("/sru", {"query": "khôngcó"}, {Use(SRU, SEARCH): 1}),
        ("/sru", {"query": "("}, {}),
        ("/sru", {}, {}),
        ("/sru", {"scanClause": "title=ba"}, {}),
        ("/sru/none", {"query": "ba"}, {}),
    ],
)
def test_sru(world: World, path: str, arguments: dict[str, str], wanted: dict[Use, int]) -> None:
    asked = {"operation": "scan" if "scanClause" in arguments else "searchRetrieve", "version": "1.1"}
    sru(world, path, **(asked | arguments if arguments else {}))
    assert world.counted() == wanted


def test_z3950(world: World) -> None:
    talk = Talk(z3950.target(world.store, world.settings, world.doors))
    talk.ask(search(operand(b"ba")))
    talk.ask(present(1, 3))
    talk.ask(search(operand(b"ba"), databases=("bk02",)))
    talk.ask(present(1, 1))
    talk.ask(present(50, 1))  # out of range
    talk.ask(search(operand(b"ba"), databases=("none",)))
    assert world.counted() == {
        Use(Z3950, SEARCH): 1,
        Use(Z3950, RECORDS): 3,
        Use(Z3950, SEARCH, "bk02"): 1,
        Use(Z3950, RECORDS, "bk02"): 1,
    }


def test_oai_counts_the_records_of_each_partner_page_by_page(store: Store, time: Time) -> None:
    put(store, *(record(f"n{number}") for number in range(10)))
    Union(store).follow()
    time.pass_()
    watch = Watch(store, 30, time)
    one = Partner(store, time, watch)
    one.harvest(verb="ListRecords", metadataPrefix="oai_dc")
    one.harvest(verb="ListRecords", metadataPrefix="oai_dc", set="library:bk01")
    one.harvest(verb="ListIdentifiers", metadataPrefix="oai_dc")
    one.harvest(pages=2, verb="ListRecords", metadataPrefix="marcxml")
    one.ask(path="/oai/bk01", verb="GetRecord", metadataPrefix="oai_dc", identifier=_first(store))
    one.ask(verb="GetRecord", metadataPrefix="oai_dc", identifier="oai:none")
    one.ask(verb="ListRecords", metadataPrefix="none")
    assert watch.flush() == 0
    name = "203.0.113.0/24 sickle"
    found = {counted.use: counted.times for counted in uses.between(store, 0, 999_999)}
    assert found == {Use(OAI, RECORDS, "", name): 10 + 8, Use(OAI, RECORDS, "bk01", name): 10 + 1}


def _first(store: Store) -> str:
    return f"oai:{SETTINGS.repository_domain}:{_identifiers(store)[0]}"
