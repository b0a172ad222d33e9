"""Rules 92-115: records, what is said about them, and the transport."""

from __future__ import annotations

import gzip
import os
import re
import struct
import threading
import time
import zlib
from contextlib import suppress
from pathlib import Path
from typing import Any

from lxml import etree

from tests.catalogue.conftest import record
from tests.oaipmh.conformance.rules import proves
from tests.oaipmh.conformance.site import GONE, HTML, LICENCE, ORIGIN, SPECIAL, Site, send
from tests.oaipmh.world import DC, OAI, check

XSI = "{http://www.w3.org/2001/XMLSchema-instance}schemaLocation"
PREFIXES = ("oai_dc", "marcxml", "marc21")


def whole(site: Site, prefix: str = "oai_dc", path: str = "/oai") -> dict[str, Any]:
    """Identifier → record element of a complete harvest."""
    found = {}
    for page in site.pages("ListRecords", path, metadataPrefix=prefix):
        for each in page.root.iter(f"{OAI}record"):
            found[each.findtext(f"{OAI}header/{OAI}identifier")] = each
    return found


@proves(92)
def headers(site: Site) -> None:
    for prefix in PREFIXES:
        for page in site.pages("ListIdentifiers", metadataPrefix=prefix):
            for found in page.headers_listed:
                names = [etree.QName(child).localname for child in found]
                assert names[:2] == ["identifier", "datestamp"]
                assert set(names[2:]) == {"setSpec"}
                assert re.fullmatch(r"oai:[a-z.]+:\S+", found[0].text)
    same = [site.record("P05", prefix).identifiers for prefix in PREFIXES]
    assert same == [[site.names["P05"]]] * len(PREFIXES)


@proves(93, 94, 95, 97)
def tombstones(site: Site) -> None:
    for prefix in PREFIXES:
        [header] = site.record("DEAD", prefix).headers_listed
        listed = whole(site, prefix)[site.names["DEAD"]]
        named = [each for page in site.pages("ListIdentifiers", metadataPrefix=prefix) for each in page.headers_listed]
        [one] = [each for each in named if each.findtext(f"{OAI}identifier") == site.names["DEAD"]]
        assert [each.get("status") for each in (header, listed[0], one)] == ["deleted"] * 3
        assert [len(listed), len(header.getparent())] == [1, 1]
    assert site.get("Identify").root.findtext(f".//{OAI}deletedRecord") == "persistent"
    for never in ("oai:lienthong.example.vn:never", "oai:elsewhere.vn:1", "never"):
        assert site.get("GetRecord", metadataPrefix="oai_dc", identifier=never).codes == ["idDoesNotExist"]


@proves(96)
def a_record_that_comes_back(site: Site) -> None:
    name = site.names["BACK"]
    before, status = site.states()[name]
    assert status == "deleted"
    time.sleep(1.1)
    site.put(record("BACK"), library="bk02")
    after, status = site.states()[name]
    assert (status, after > before) == ("", True)
    site.put(record("BACK", leader=GONE), library="bk02")


@proves(98, 99, 100)
def metadata(site: Site) -> None:
    # Valid against oai_dc.xsd and MARC21slim.xsd: `check` saw every page.
    spaces = {"oai_dc": "http://www.openarchives.org/OAI/2.0/oai_dc/"} | dict.fromkeys(
        PREFIXES[1:], "http://www.loc.gov/MARC21/slim"
    )
    for prefix in PREFIXES:
        for found in whole(site, prefix).values():
            for each in found.iterfind(f"{OAI}metadata"):
                [root] = each
                assert etree.QName(root).namespace == spaces[prefix]
                assert root.get(XSI).split()[0] == spaces[prefix]
                assert len(etree.tostring(root)) > 100


@proves(101, 102)
def about(site: Site) -> None:
    harvested = site.contributed["HARVESTED"]
    found = whole(site, "marcxml", "/oai/bk02")
    for name, each in (found | whole(site, "marcxml")).items():
        told = [etree.QName(inside[0]).localname for inside in each.iterfind(f"{OAI}about")]
        alive = each.find(f"{OAI}metadata") is not None
        assert told == ["rights"] * alive + ["provenance"] * (name == harvested)
    ours = found[harvested]
    assert {each.get("ref") for each in ours.iter("{*}rightsReference")} == {LICENCE}
    [step] = ours.iter("{*}originDescription")
    assert (step.get("harvestDate"), step.get("altered")) == (ORIGIN.harvested, "false")
    assert [child.text for child in step] == [ORIGIN.base_url, ORIGIN.identifier, ORIGIN.datestamp, ORIGIN.namespace]
    assert ORIGIN.identifier not in found


@proves(103)
def forbidden_characters(site: Site) -> None:
    for prefix in PREFIXES:
        text = site.record("CONTROL", prefix).text.decode()
        assert re.search("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]|&#(x0*)?(0?[0-8bcef]|1[0-9a-f]);", text) is None


@proves(104, 105)
def characters_that_are_allowed(site: Site) -> None:
    for prefix in PREFIXES:
        root = site.record("SPECIAL", prefix).root
        values = {text for each in root.iter() for text in [each.text or ""]}
        assert any(SPECIAL in text for text in values)
        text = site.record("SPECIAL", prefix).text
        assert b"]]>" not in text
        assert b"\r" not in text
        assert "Ba\u0306\u0301c Ka\u0323n" in site.record("NFD", prefix).text.decode()


@proves(106)
def markup_in_a_value(site: Site) -> None:
    root = site.record("HTML").root
    assert HTML in [each.text for each in root.iter(f"{DC}description")]
    assert root.find(".//{*}b") is None


@proves(107)
def a_damaged_record(site: Site) -> None:
    for prefix in PREFIXES:
        found = whole(site, prefix)
        assert site.names["DAMAGED"] not in found
        assert {site.names[name] for name in ("LEFT", "SPECIAL", "HARVESTED", "P40")} <= found.keys()
        assert site.record("DAMAGED", prefix).codes == ["cannotDisseminateFormat"]


# --- transport ---


@proves(108)
def codings(site: Site) -> None:
    query = "verb=ListRecords&metadataPrefix=marcxml"
    for field, expected in (
        ("gzip", "gzip"),
        ("gzip;q=0", None),
        ("identity", None),
        ("", None),
        ("deflate", None),
        ("deflate, br", None),
        ("*", "gzip"),
        ("gzip;q=0.5, identity;q=0.8", None),
        ("identity;q=0, gzip;q=0.1", "gzip"),
        ("identity;q=0", None),
        ("x-gzip", "gzip"),
    ):
        reply = site.ask(query, Accept_Encoding=field)
        assert (reply.status, reply.headers.get("content-encoding")) == (200, expected), field
        assert "Accept-Encoding" in reply.headers["vary"]
        assert len(list(reply.root.iter(f"{OAI}record"))) == 10


@proves(109)
def one_gzip_member(site: Site) -> None:
    body = site.ask("verb=ListRecords&metadataPrefix=marcxml", Accept_Encoding="gzip").body
    inside = zlib.decompressobj(zlib.MAX_WBITS | 16)
    text = inside.decompress(body)
    assert inside.eof
    assert inside.unused_data == b""
    assert struct.unpack("<II", body[-8:]) == (zlib.crc32(text), len(text))
    assert gzip.decompress(body) == text


@proves(110, 111)
def budgets(site: Site) -> None:
    strict = site.other(client_requests="3")
    replies = [send(strict, "verb=ListSets") for _ in range(4)]
    assert [reply.status for reply in replies] == [200, 200, 200, 503]
    assert 0 < int(replies[-1].headers["retry-after"]) <= 20
    kind = site.other(client_requests="3", partners="quocgia=127.0.0.0/8")
    assert {send(kind, "verb=ListSets").status for _ in range(12)} == {200}
    proxied = site.other(client_requests="3", trusted_proxies="127.0.0.1")
    assert {send(proxied, "verb=ListSets", X_Forwarded_For=f"192.0.2.{n}").status for n in range(9)} == {200}
    statuses = [send(strict, "verb=ListSets", X_Forwarded_For=f"192.0.2.{n}").status for n in range(9)]
    assert statuses.count(200) <= 1


@proves(112)
def pages_have_bounds_in_bytes(site: Site) -> None:
    narrow = site.other(page_bytes="6000", page_records="100")
    query, sizes, names = "verb=ListRecords&metadataPrefix=marcxml", [], []
    while query:
        reply = send(narrow, query)
        sizes.append(sum(len(etree.tostring(each[0])) for each in reply.root.iter(f"{OAI}metadata")))
        names += reply.identifiers
        query = f"verb=ListRecords&resumptionToken={reply.token.text}" if reply.token.text else ""
    assert len(sizes) > 3
    assert max(sizes) < 6000 * 1.5
    assert names == list(whole(site, "marcxml"))


@proves(113)
def ten_harvests_at_once(site: Site) -> None:
    expected = [name for page in site.pages("ListRecords", metadataPrefix="marcxml") for name in page.identifiers]
    lists: list[list[str]] = []

    def harvest() -> None:
        lists.append(
            [name for page in site.pages("ListRecords", metadataPrefix="marcxml") for name in page.identifiers]
        )

    before = resident()
    threads = [threading.Thread(target=harvest) for _ in range(10)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert lists == [expected] * 10
    assert resident() - before < 100 * 1024 * 1024


def resident() -> int:
    """Bytes in memory of every process below this one: those of the servers it started."""
    parents: dict[int, tuple[int, int]] = {}
    for path in Path("/proc").glob("[0-9]*/status"):
        with suppress(OSError):  # it may have ended meanwhile
            said = dict(re.findall(r"^(PPid|VmRSS):\s+(\d+)", path.read_text(errors="replace"), re.MULTILINE))
            parents[int(path.parent.name)] = int(said["PPid"]), int(said.get("VmRSS", 0)) * 1024
    below = {os.getpid()}
    while grown := {one for one, (parent, _) in parents.items() if parent in below} - below:
        below |= grown
    return sum(parents[one][1] for one in below - {os.getpid()})


@proves(114)
def no_gateway(site: Site) -> None:
    for path in (
        "/oai/gateway",
        "/oai/http://a.example.vn/static.xml",
        "/oai/gateway?initiate=http://a.example.vn/s.xml",
    ):
        assert site.ask("", path).status == 404


@proves(115)
def what_is_for_browsers(site: Site) -> None:
    for query in ("verb=Identify", "verb=ListRecords&metadataPrefix=oai_dc"):
        for accept in ("*/*", "text/xml", "text/html, image/gif, image/jpeg, *; q=.2, */*; q=.2"):
            reply = site.ask(query, Accept=accept)
            assert reply.headers["content-type"] == "text/xml; charset=utf-8"
            assert b"xml-stylesheet" not in reply.text
        page = site.ask(query, Accept="text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8")
        assert page.headers["content-type"] == "text/html; charset=utf-8"
        check(site.ask(query, method="POST", Accept="text/html,application/xhtml+xml").text)
