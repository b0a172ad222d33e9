"""Exports to a file: records per CPU second for each form, from a SQLite store of its own, and by the clock beside it.

    python -m benchmarks.export [RECORDS]

The records are those of the demonstration province, as often as needed, each time under other numbers. Importing is
not measured; reading the store, writing, waiting for the disk and the manifest are.
"""

from __future__ import annotations

import itertools
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from catalogue import changesets, libraries, publishing
from catalogue.export_files import export
from catalogue.exporting import settle
from catalogue.ingest import Staging
from catalogue.libraries import Library
from catalogue.store import Store
from cli.export import NAMES, form_named
from foundation.settings import Settings
from marc import mrk
from marc.reading import Reading
from marc.record import Field, Record

PROVINCE = Path(__file__).resolve().parents[1] / "fixtures" / "province"
TARGETS = {"marc21": 10_000, "marcxml": 10_000, "oai_dc": 8_000, "csv": 2_000, "nt": 100}
"""Records per CPU second below which a dump of a province (100,000 records) takes longer than people wait for it."""
DEFAULT_TARGET = 1_000


def readings(count: int) -> Iterator[Reading]:
    """Records with numbers of their own."""
    found: list[Record] = []
    for path in sorted(PROVINCE.glob("*.mrk")):
        with path.open("rb") as stream:
            found += [one.record for one in mrk.readings(stream) if one.record is not None]
    for number, record in zip(range(1, count + 1), itertools.cycle(found), strict=False):
        rest = [field for field in record.fields if field.tag != "001"]
        named = Record.build(record.leader, [Field("001", value=f"r{number}"), *rest])
        yield Reading(number, 0, named.text.encode(), named)


def fill(store: Store, count: int) -> None:
    libraries.add(store, Library("bk00", "Thư viện tỉnh"))
    with store.write() as connection:
        source = libraries.uploads(connection, "bk00")
        number = changesets.create(connection, store.now(connection), source, "import", "đo")
    Staging(store, number).stage(readings(count), lambda counts: None)
    publishing.publish(store, number)


def main() -> int:
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 3000
    short = 0
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(home=Path(folder))
        store = Store.open(settings)
        fill(store, count)
        for name in NAMES:
            form = form_named(name, settings)
            clock, start = time.perf_counter(), time.process_time()
            target = Path(folder) / f"dump.{name}"
            export(store, form, settle(store), target, progress=lambda done: None)
            rate, seconds = count / (time.process_time() - start), time.perf_counter() - clock
            wanted = TARGETS.get(name, DEFAULT_TARGET)
            size = target.stat().st_size / 1e6
            print(f"{name}: {count} records, {size:.1f} MB, {count / seconds:.0f} a second by the clock")
            verdict = "ok" if rate >= wanted else "short"
            print(f"export_{name}_records_per_cpu_second: {rate:.0f} (target {wanted}) {verdict}")
            short += rate < wanted
        store.close()
    return 1 if short else 0


if __name__ == "__main__":
    sys.exit(main())
