"""A merge, a split and an undo, followed through the doors of an installed server by those who harvest it."""

from __future__ import annotations

import json
import re
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from lxml import etree

from marc import iso2709
from marc.record import Record
from tests.end_to_end.product import Product, database_of, get, united, wait_until
from tests.union.records import BOOK, record

PEERS = Path(__file__).resolve().parents[1] / "peers"
OAI = "{http://www.openarchives.org/OAI/2.0/}"
DC = "{http://purl.org/dc/elements/1.1/}"


def book(control: str, **changes: str) -> Record:
    fields: dict[str, str | list[str]] = {f"t{tag}": text for tag, text in BOOK.items()}
    return record(control=control, **fields | changes)


@pytest.fixture(params=["sqlite", "postgresql"])
def product(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Product]:
    with database_of(request) as database:
        installed = Product(tmp_path / "home", database)
        for code in ("bk01", "bk02"):
            installed.run("library", "add", code, "--name", f"Thư viện {code}")
        yield installed


def bring(product: Product, library: str, *records: Record) -> int:
    """Import records; the number of the change set."""
    path = product.home / "nhap.mrc"
    path.write_bytes(b"".join(iso2709.write(one) for one in records))
    said = product.run("import", str(path), "--library", library).stdout
    found = re.search(r"\d+", said)
    assert found is not None, said
    return int(product.json("import", "--list")[0]["number"])


class Copy:
    """What an incremental harvester holds: `from` is the responseDate of its last answer."""

    def __init__(self, base: str) -> None:
        self.base, self.since = base, ""
        self.records: dict[str, bytes] = {}
        self.told: list[set[str]] = []
        """For each page with changes: what it told."""

    def visit(self) -> None:
        query = "verb=ListRecords&metadataPrefix=marcxml" + (f"&from={self.since}" if self.since else "")
        first = ""
        while query:
            root = etree.fromstring(get(f"{self.base}?{query}"))
            first = first or root.findtext(f"{OAI}responseDate") or ""
            for one in root.iter(f"{OAI}record"):
                header = one.find(f"{OAI}header")
                assert header is not None
                name = header.findtext(f"{OAI}identifier") or ""
                if header.get("status") == "deleted":
                    self.records.pop(name, None)
                else:
                    self.records[name] = etree.tostring(one.find(f"{OAI}metadata")[0], method="c14n")  # type: ignore[index]
            token = root.findtext(f".//{OAI}resumptionToken")
            query = f"verb=ListRecords&resumptionToken={token}" if token else ""
        self.since = first


def fresh(base: str) -> dict[str, bytes]:
    copy = Copy(base)
    copy.visit()
    return copy.records


def settled(address: str) -> None:
    """Wait until the union has looked at everything."""
    wait_until(lambda: united(address), 60)


class Unfollowed(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *arguments: object) -> None:  # type: ignore[override]
        return None


def asked(address: str) -> tuple[int, str, str]:
    """Status, Location and body, redirects not followed."""
    try:
        with urllib.request.build_opener(Unfollowed).open(address, timeout=30) as answer:
            return answer.status, "", answer.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.headers.get("Location", ""), error.read().decode()


def sickle(require_peer: Callable[[str, str], Path], address: str, path: Path) -> dict[str, str]:
    done = subprocess.run(
        [require_peer("sickle", "python"), PEERS / "follow_sickle.py", f"{address}/oai", path],
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    found: dict[str, str] = json.loads(path.read_text())["records"]
    return found


@pytest.mark.peer
def test_a_merge_a_split_and_an_undo_are_followed(
    product: Product, require_peer: Callable[[str, str], Path], tmp_path: Path
) -> None:
    other = book("7", t245="$aTruyện cổ Nùng /$cHoàng Văn Bình", t100="$aHoàng Văn Bình", t300="$a99 tr.")
    with product.serving() as address:
        base, kept = f"{address}/oai", tmp_path / "sickle.json"
        bring(product, "bk01", book("1"))
        bring(product, "bk02", other)
        settled(address)
        copy = Copy(base)
        copy.visit()
        assert len(copy.records) == 2
        sickle(require_peer, address, kept)
        apart = dict(copy.records)

        def follow() -> None:
            settled(address)
            time.sleep(1.1)  # a harvest within the second of a change may be given it again, and holds it once
            copy.visit()
            assert copy.records == fresh(base)
            assert sickle(require_peer, address, kept).keys() == copy.records.keys()

        # A merge: the second library corrects its record, which now describes the same edition.
        merged = bring(product, "bk02", book("7"))
        follow()
        ((survivor, whole),) = copy.records.items()
        assert whole.count(b"(bk01)1") == whole.count(b"(bk02)7") == 1
        (retired,) = apart.keys() - copy.records.keys()
        old, new = (name.rpartition(":")[2] for name in (retired, survivor))
        assert asked(f"{address}/record/{old}")[:2] == (301, f"/record/{new}")
        assert asked(f"{address}/record/{old}.mrc")[:2] == (301, f"/record/{new}.mrc")
        held = etree.fromstring(get(f"{base}?verb=GetRecord&metadataPrefix=marcxml&identifier={retired}"))
        assert held.find(f".//{OAI}header").get("status") == "deleted"  # type: ignore[union-attr]
        # The undo takes them apart again: the old number names both.
        product.run("import", "--undo", str(merged))
        follow()
        assert len(copy.records) == 2
        assert survivor in copy.records
        status, _, page = asked(f"{address}/record/{old}")
        assert status == 410
        assert all(name.rpartition(":")[2] in page for name in copy.records)
        # A decision joins them all the same, and its withdrawal splits them.
        product.run("union", "decide", "bk01/1", "bk02/7", "same")
        follow()
        assert len(copy.records) == 1
        product.run("union", "undo", "1")
        follow()
        assert len(copy.records) == 2
        # What the libraries contributed was never touched.
        assert [len(fresh(f"{base}/{code}")) for code in ("bk01", "bk02")] == [1, 1]


def test_every_door_shows_the_union_and_those_of_libraries_what_they_contributed(product: Product) -> None:
    bring(product, "bk01", book("1", t852="$aK1$jA1"))
    bring(product, "bk02", book("7", t852="$aK2$jB2"), book("8", t245="$aKhác /$cAi", t100="$aAi"))
    with product.serving() as address:
        settled(address)
        (shared,) = [
            name for name, data in fresh(f"{address}/oai").items() if b"(bk01)1" in data and b"(bk02)7" in data
        ]
        name = shared.rpartition(":")[2]
        for prefix in ("oai_dc", "marcxml", "mods", "qdc", "dim", "marc21_withholdings"):
            query = f"{address}/oai?verb=GetRecord&metadataPrefix={prefix}&identifier={shared}"
            wait_until(lambda query=query: b"<metadata>" in get(query))
            assert "Truyện cổ Tày".encode() in get(query), prefix
        for suffix in ("mrc", "xml", "mods", "dc", "json", "ris", "bib", "ttl", "jsonld"):
            assert get(f"{address}/record/{name}.{suffix}"), suffix
        page = asked(f"{address}/record/{name}")[2]
        assert "Thư viện bk01" in page
        assert "Thư viện bk02" in page
        assert "A1" in page
        assert "B2" in page
        for spec in ("library:bk01", "library:bk02", "material:book"):
            assert shared in get(f"{address}/oai?verb=ListIdentifiers&metadataPrefix=marcxml&set={spec}").decode(), spec
        own = [sorted(fresh(f"{address}/oai/{code}")) for code in ("bk01", "bk02")]
        assert [len(one) for one in own] == [1, 2]
        assert shared not in [*own[0], *own[1]]

        def hits(database: str, query: str) -> int:
            asking = "operation=searchRetrieve&version=1.1&maximumRecords=0"
            status, _, said = asked(f"{address}/sru{database}?{asking}&query={query}")
            if status == 503:  # the index is being made
                return -1
            return int(etree.fromstring(said.encode()).findtext("{*}numberOfRecords") or -1)

        wait_until(lambda: (hits("", "t%C3%A0y"), hits("/bk02", "t%C3%A0y")) == (1, 1), 120)
        assert hits("", "dc.title=kh%C3%A1c") == 1
        found = json.loads(get(f"{address}/search?format=json&q=t%C3%A0y"))
        assert [one["libraries"] for one in found["records"]] == [["bk01", "bk02"]]
