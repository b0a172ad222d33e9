"""The pages about the feed, the files it is proved by, and Atom, as a browser or a program gets them."""

from __future__ import annotations

import gzip
import hashlib
import json
from dataclasses import replace
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from lxml import etree

from catalogue import feed_checks, publishing
from catalogue.store import Store
from foundation.settings import Settings
from oaipmh import atom, manifests, own_check, partners
from oaipmh.nightly import FOLDER
from oaipmh.protocol import parse
from oaipmh.repositories import application, whole_repository
from oaipmh.signing import public_keys
from portal.app import create
from tests.catalogue.conftest import Time, readings, record, settings, stage, store, time
from tests.catalogue.follow import put_united as put

__all__ = ["settings", "store", "time"]

SITE = "https://thuvien.example.vn"
GONE = "00000dam a2200000 a 4500"
ATOM = "{http://www.w3.org/2005/Atom}"
TOMB = "{http://purl.org/atompub/tombstones/1.0}deleted-entry"


@pytest.fixture
def used(settings: Settings) -> Settings:
    return replace(settings, base_url=SITE)


@pytest.fixture
def client(store: Store, time: Time, used: Settings) -> FlaskClient:
    put(store, *(record(f"n{number}", f"Hồ Ba Bể {number} & <b>") for number in range(3)))
    time.pass_()
    put(store, record("m1", "Ba Bể"), library="bk02")
    put(store, record("n2", leader=GONE))
    time.pass_()
    return create(store, used, SITE).test_client()


def make(store: Store, used: Settings) -> None:
    manifests.make(store, whole_repository(used), Path(used.home) / FOLDER, SITE)


def test_the_page_says_that_nothing_was_checked_yet(client: FlaskClient) -> None:
    page = client.get("/feed").text
    assert "lienthong feed check" in page
    assert "lienthong feed manifest" in page


@pytest.mark.parametrize(("language", "word"), [("vi", "không có lỗi"), ("en", "sound")])
def test_the_page_shows_the_last_check(
    client: FlaskClient, store: Store, used: Settings, language: str, word: str
) -> None:
    make(store, used)
    own_check.check_own(store, application(store, used), whole_repository(used), sleep=lambda seconds: None)
    page = client.get(f"/feed?lang={language}").text
    assert word in page
    assert "/feed/manifest/marcxml/library:bk01.gz" in page


def test_findings_are_shown_and_what_they_quote_is_text(client: FlaskClient, store: Store) -> None:
    number = feed_checks.begin(store, f"{SITE}/oai")
    finding = {"rule": "F30", "section": "store", "vi": "thiếu", "en": "missing", "count": 1, "examples": ["<script>"]}
    feed_checks.end(store, number, feed_checks.FAULTY, {"records": 1}, [finding])
    page = client.get("/feed").text
    assert "F30" in page
    assert "&lt;script&gt;" in page
    assert client.get("/feed.json").json["checks"][0]["findings"] == [finding]


def test_a_manifest_can_be_fetched_and_fetched_again(client: FlaskClient, store: Store, used: Settings) -> None:
    assert client.get("/feed/manifest/marcxml/all.gz").status_code == 404
    make(store, used)
    [listed] = [
        one
        for one in client.get("/feed/manifests.json").json["manifests"]
        if one["format"] == "oai_dc" and not one["set_spec"]
    ]
    answer = client.get(listed["url"].removeprefix(SITE), buffered=True)
    assert gzip.decompress(answer.data).startswith(b"lienthong-manifest 1\n")
    assert hashlib.sha256(answer.data).hexdigest() == listed["sha256"]
    assert "Last-Modified" in answer.headers
    same = client.get(
        listed["url"].removeprefix(SITE), buffered=True, headers={"If-None-Match": answer.headers["ETag"]}
    )
    assert same.status_code == 304


@pytest.mark.parametrize("path", ["nothing/all.gz", "marcxml/nothing.gz", "marcxml/..%2Fx.gz"])
def test_there_are_no_other_manifests(client: FlaskClient, store: Store, used: Settings, path: str) -> None:
    make(store, used)
    assert client.get(f"/feed/manifest/{path}", buffered=True).status_code == 404


def test_the_public_key_is_one(client: FlaskClient) -> None:
    assert len(public_keys(client.get("/feed/key.pem").data)) == 1


def test_resource_lists_are_the_same_with_and_without_gzip(client: FlaskClient, store: Store, used: Settings) -> None:
    assert client.get("/resourcesync/resourcelist.xml", buffered=True).status_code == 404
    make(store, used)
    plain = client.get("/resourcesync/resourcelist.xml", buffered=True)
    packed = client.get("/resourcesync/resourcelist.xml", buffered=True, headers={"Accept-Encoding": "gzip"})
    assert gzip.decompress(packed.data) == plain.data
    assert packed.headers["ETag"] != plain.headers["ETag"]
    assert etree.fromstring(plain.data).tag == "{http://www.sitemaps.org/schemas/sitemap/0.9}urlset"


def test_the_capability_list_names_what_is_there_and_nothing_else(
    client: FlaskClient, store: Store, used: Settings
) -> None:
    def named() -> dict[str, int]:
        urls = etree.fromstring(client.get("/resourcesync/capabilitylist.xml").data).findall("{*}url")
        places = [url.findtext("{*}loc", "").removeprefix(SITE) for url in urls]
        return {place: client.get(place, buffered=True).status_code for place in places}

    assert named() == {"/resourcesync/changelist.xml": 200}
    make(store, used)
    assert named() == {f"/resourcesync/{name}.xml": 200 for name in ("resourcelist", "resourcedump", "changelist")}


def test_the_hashes_of_a_resource_list_are_those_of_what_is_served(
    client: FlaskClient, store: Store, used: Settings
) -> None:
    make(store, used)
    urls = etree.fromstring(client.get("/resourcesync/resourcelist.xml", buffered=True).data).findall("{*}url")
    assert len(urls) == 3
    for url in urls:
        served = client.get(url.findtext("{*}loc", "").removeprefix(SITE))
        md = url.find("{*}md")
        assert md is not None
        assert f"sha-256:{hashlib.sha256(served.data).hexdigest()}" in md.get("hash", "")
        assert (md.get("length"), md.get("type")) == (str(len(served.data)), served.content_type)


def test_partners_are_shown_only_where_the_operator_wants_it(
    client: FlaskClient, store: Store, used: Settings, time: Time
) -> None:
    assert client.get("/feed/partners").status_code == 404
    watch = partners.Watch(store, 30, time)
    from catalogue import partners as kept  # noqa: PLC0415

    kept.name(store, "Thư viện Quốc gia", "203.0.113.0/24", "", "")
    for address in ("203.0.113.9", "198.51.100.9"):
        watch({"REMOTE_ADDR": address}, "", parse(b"verb=ListRecords&metadataPrefix=oai_dc"), [b"<record>"], 10)
    watch.flush()
    page = create(store, replace(used, partner_page=1), SITE).test_client().get("/feed/partners").text
    assert "Thư viện Quốc gia" in page
    assert "198.51.100" not in page
    assert "203.0.113" not in page


# --- Atom -------------------------------------------------------------------------------------------------------


def entries(data: bytes) -> list[tuple[str, str]]:
    """(local name, identifier) of the entries of a feed."""
    return [
        (one.tag.rpartition("}")[2], one.get("ref") or one.findtext(f"{ATOM}id") or "")
        for one in etree.fromstring(data)
        if one.tag in (f"{ATOM}entry", TOMB)
    ]


def link(data: bytes, rel: str) -> str:
    found = etree.fromstring(data).find(f"{ATOM}link[@rel='{rel}']")
    return "" if found is None else str(found.get("href")).removeprefix(SITE)


def test_the_newest_changes_come_first_and_deletions_are_told(client: FlaskClient) -> None:
    data = client.get("/feed/atom.xml").data
    found = entries(data)
    assert [kind for kind, _ in found] == ["deleted-entry", "entry", "entry", "entry"]
    assert etree.fromstring(data).findtext(f"{ATOM}entry/{ATOM}title") == "Ba Bể"


def test_a_library_has_a_feed_of_its_own(client: FlaskClient) -> None:
    assert len(entries(client.get("/feed/library/bk02/atom.xml").data)) == 1
    assert len(entries(client.get("/feed/library/bk01/atom.xml").data)) == 3
    assert client.get("/feed/library/none/atom.xml").status_code == 404
    assert client.get("/feed/library/bk01/atom.xml?before=x").status_code == 404


def test_archives_lead_back_to_the_beginning_and_never_change(
    client: FlaskClient, store: Store, time: Time, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(atom, "WINDOW", 2)
    data = client.get("/feed/atom.xml").data
    seen = [name for _, name in entries(data)]
    archives = []
    while path := link(data, "prev-archive"):
        data = client.get(path).data
        archives.append((path, entries(data)))
        seen += [name for _, name in entries(data)]
        assert etree.fromstring(data).find("{http://purl.org/syndication/history/1.0}archive") is not None
    assert len(set(seen)) == 4
    time.pass_()
    put(store, record("n1", "khác"), record("n9"))
    assert [(path, entries(client.get(path).data)) for path, _ in archives] == archives
    assert client.get("/feed/atom/99.xml").status_code == 404


def test_a_library_s_pages_lead_to_its_first_change(client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(atom, "WINDOW", 1)
    path, pages = "/feed/library/bk01/atom.xml", 0
    while path:
        data = client.get(path).data
        assert len(entries(data)) == 1
        path, pages = link(data, "next"), pages + 1
    assert pages == 4


def test_a_silent_change_is_no_news(client: FlaskClient, store: Store, time: Time) -> None:
    before = client.get("/feed/atom.xml").data
    publishing.publish(store, stage(store, readings(record("n1", "khác"))), silent=True)
    assert client.get("/feed/atom.xml").data == before


def test_an_empty_store_has_a_feed(store: Store, used: Settings) -> None:
    answer = create(store, used, SITE).test_client().get("/feed/atom.xml")
    assert entries(answer.data) == []


def test_healthz_says_nothing_of_it(client: FlaskClient, store: Store) -> None:
    feed_checks.end(store, feed_checks.begin(store, f"{SITE}/oai"), feed_checks.FAULTY, {}, [])
    assert client.get("/healthz").text == "ok\n"
    assert json.loads(client.get("/feed.json").text)["checks"][0]["state"] == "faulty"
