"""One of our servers harvests another over a line that breaks all the time, and is itself killed again and again.

In the end both show the same records, byte for byte.
"""

from __future__ import annotations

import random
import re
import signal
import subprocess
import sys
from pathlib import Path

from sqlalchemy import select

from catalogue import libraries, runs, sources
from catalogue.libraries import Library
from catalogue.store import Store
from catalogue.tables import LIVE, UNION, record, rendering
from foundation.settings import Settings
from harvesting.settings import OaiSettings
from marc import iso2709
from marc.record import Field, Record
from oaipmh.answers import read
from tests.end_to_end.conftest import made
from tests.end_to_end.product import ROOT, Product, get
from tests.line import Line

COUNT = 800
SOURCE = "xa"


def shown(product: Product, ours: bool) -> dict[str, tuple[bytes, ...]]:
    """OAI identifier → hash of each form of every live record; `ours`: of the repository that made the identifiers."""
    store = product.store()
    found: dict[str, list[bytes]] = {}
    named = record.c.identifier if ours else record.c.local_id
    joined = record.join(rendering, rendering.c.version_id == record.c.version_id)
    query = select(named, rendering.c.hash).select_from(joined)
    query = query.where(record.c.status == LIVE, record.c.source_id != UNION, rendering.c.format < 2)
    with store.read() as connection:
        for name, digest in connection.execute(query.order_by(rendering.c.format)):
            found.setdefault(name if not ours else f"oai:lienthong.example.vn:{name}", []).append(digest)
    store.close()
    return {name: tuple(digests) for name, digests in found.items()}


def served(address: str) -> list[bytes]:
    """The MARCXML of every live record that a repository gives, sorted."""

    found: list[bytes] = []
    query = "verb=ListRecords&metadataPrefix=marcxml"
    while query:
        page = get(f"{address}?{query}")
        found += [one.metadata for one in read(page).records if one.metadata is not None]
        token = re.search(rb"<resumptionToken[^>]*>([^<]+)<", page)
        query = f"verb=ListRecords&resumptionToken={token[1].decode()}" if token else ""
    return sorted(found)


def until_done(target: Product, chance: random.Random, most: int = 80) -> tuple[int, int]:
    """Harvest, with kills, until a run is done: (processes, how many of them were killed)."""
    killed = 0
    for attempt in range(1, most):
        command = [sys.executable, "-m", "tests.end_to_end.harvest_once", str(target.home), SOURCE]
        process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        try:
            out, err = process.communicate(timeout=chance.choice([1, 1.5, 2, 60]))
        except subprocess.TimeoutExpired:
            process.send_signal(signal.SIGKILL)
            process.communicate()
            killed += 1
            continue
        assert process.returncode == 0, err.decode()
        assert out.decode() in (runs.DONE, runs.CUT), (out, last(target).said)
        if out.decode() == runs.DONE:
            return attempt, killed
    raise AssertionError(f"not done after {most} processes: {last(target)}")


def last(target: Product) -> runs.Run:
    store = target.store()
    try:
        return runs.latest(store)[0]
    finally:
        store.close()


def test_a_harvest_over_a_toxic_line_with_kills_brings_every_record_as_it_is(tmp_path: Path) -> None:
    origin, target = Product(tmp_path / "origin"), Product(tmp_path / "target")
    origin.run("library", "add", "bk01", "--name", "Thư viện Ba Bể")
    put(origin, tmp_path, [made(number, "Hồ Ba Bể 胡 & <mộ> ") for number in range(COUNT)])
    with origin.serving(page_records="20", client_requests="0", base_url="http://lienthong.example.vn") as address:
        line = Line(int(address.rpartition(":")[2]), seed=5, most=20_000)
        store = Store.open(Settings(home=target.home))
        libraries.add(store, Library("tinh", "Thư viện tỉnh"))
        settings = OaiSettings(url=f"http://127.0.0.1:{line.port}/oai/bk01", allow=("127.0.0.0/8",), brake=100)
        sources.add(store, "tinh", SOURCE, "oai", settings.stored())
        store.close()
        chance = random.Random(8)
        _, killed = until_done(target, chance)
        assert shown(target, ours=False) == shown(origin, ours=True)
        changed = [made(number, "Sửa") for number in range(0, COUNT, 9)]
        gone = [
            Record.build("00000dam a2200000 a 4500", [Field("001", value=f"BK{number:06}"), *made(number).fields[1:]])
            for number in range(1, COUNT, 50)
        ]
        put(origin, tmp_path, changed + gone)
        _, more = until_done(target, chance)
        assert killed + more > 0, "it was killed while it was at work"
        assert sum(line.met[kind] for kind in line.met if kind not in ("clean", "late")) > 5, line.met
        assert shown(target, ours=False) == shown(origin, ours=True)
        assert len(shown(target, ours=False)) == COUNT - len(gone)
        with target.serving() as again:
            assert served(f"{again}/oai/tinh") == served(f"{address}/oai/bk01")
        line.close()
    target.run("doctor")


def put(product: Product, folder: Path, records: list[Record]) -> None:
    path = folder / "nap.mrc"
    path.write_bytes(b"".join(iso2709.write(one) for one in records))
    product.run("import", str(path), "--library", "bk01")
