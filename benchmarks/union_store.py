"""How fast the union follows: changes a second on a store that has records, and what matching adds to an import.

    python -m benchmarks.union_store [RECORDS [FOLDER]]       in the store before; 10,000 unless said

The store is filled by an import and the follower; with FOLDER it is kept there, and measured again without filling it.
Then changes are followed, each kind from a copy of the store: seconds by the clock, and of the processor. Records are
edited as people edit them; or become quite other books, which changes two union records each; or half are new.

Matching has no wait of its own and the machine may have other work, so the rate is told of the processor too; but who
waits for an import waits by the clock. So an import is timed alone, and with the union's own process beside it, as a
server has it: how long the import itself took, and until every record was in its union record. It is of real records
when they are beside the repository.
"""

from __future__ import annotations

import multiprocessing
import os
import shutil
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import closing
from itertools import count as count_from
from itertools import islice
from multiprocessing.synchronize import Event
from pathlib import Path
from typing import NamedTuple, cast

from benchmarks import real
from catalogue import background, imports, libraries
from catalogue.libraries import Library
from catalogue.store import Store
from fixtures.generator import generate
from foundation.settings import Settings
from marc import iso2709
from marc.reading import Reading
from marc.record import Field, Record
from union import running, screening, standing  # noqa: F401 - a server's process has read it long before
from union.follower import Follower

COUNT = 10_000
CHANGED = 4_000
UPSERTS = 1_000
IMPORTED = 97_034
"""All real records that there are."""
TIMES_IMPORT = 1.6
FILLED = "filled"


class Spent(NamedTuple):
    """Seconds by the clock and of the processor."""

    clock: float
    processor: float


def main() -> None:
    """All measurements, one line each."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else COUNT
    with tempfile.TemporaryDirectory() as scratch:
        kept = Path(sys.argv[2]) if len(sys.argv) > 2 else Path(scratch)
        if not (kept / FILLED).exists():
            fill(kept, count)
        upserts(Path(scratch), kept / FILLED, count)
        imported(Path(scratch), min(count, IMPORTED))


def fill(folder: Path, count: int) -> None:
    """A store of so many records and their union, which is there when it is whole."""
    store = opened(folder / "filling")
    contribute(store, generate(count, seed=1))
    spent = followed(store)
    store.close()
    (folder / "filling").rename(folder / FILLED)
    print(f"{count:,} records from nothing, {told(count, spent)}")


def upserts(scratch: Path, filled: Path, count: int) -> None:
    """Changes into the store: records edited, records that become others, then half of them new."""
    rate = 0.0
    for kind, first in (("edited", 1), ("replaced by others", 1), ("replaced and new", count - CHANGED // 2 + 1)):
        shutil.copytree(filled, scratch / "upserts")
        store = Store.open(Settings(home=scratch / "upserts"))
        some = (
            map(edited, count_from(0), generate(count, seed=1)) if kind == "edited" else generate(3 * CHANGED, seed=2)
        )
        contribute(store, islice(some, CHANGED), first)
        spent = followed(store)
        store.close()
        shutil.rmtree(scratch / "upserts")
        print(f"{CHANGED:,} records {kind} among {count:,}: {told(CHANGED, spent)}")
        rate = CHANGED / spent.processor
    print(f"union_upserts_per_second: {rate:,.0f} (target {UPSERTS:,}) {'ok' if rate >= UPSERTS else 'short'}")


def edited(number: int, one: Record) -> Record:
    """A record as its cataloguer leaves it: a word more in its title, its pages counted again, or another subject."""
    if number % 3 == 2:
        return Record.build(one.leader, [*one.fields, Field("650", " 4", (("a", f"Chủ đề {number % 50}"),))])
    tag, more = [("245", ("b", "sửa lại")), ("300", ("c", f"{20 + number % 10} cm"))][number % 3]
    return Record.build(
        one.leader,
        [entry._replace(subfields=(*entry.subfields, more)) if entry.tag == tag else entry for entry in one.fields],
    )


def told(count: int, spent: Spent) -> str:
    """Both rates."""
    by_clock, by_processor = count / spent.clock, count / spent.processor
    return f"{by_clock:,.0f} a second by the clock, {by_processor:,.0f} a second of the processor"


def opened(home: Path) -> Store:
    """An empty store with one library."""
    store = Store.open(Settings(home=home))
    libraries.add(store, Library("bk00", "Thư viện"))
    return store


def contribute(store: Store, records: Iterator[Record], first: int = 1) -> None:
    """Import records under their places from `first` on as control numbers; one that is there is replaced."""

    def readings() -> Iterator[Reading]:
        for number, one in enumerate(records, first):
            rest = [field for field in one.fields if field.tag != "001"]
            made = Record.build(one.leader, [Field("001", value=str(number)), *rest])
            yield Reading(number, number, iso2709.write(made), made).placed("made.mrc")

    imports.import_readings(store, "bk00", "made", readings())


def followed(store: Store) -> Spent:
    """What it took until the union had everything."""
    begun, before = time.monotonic(), time.process_time()
    Follower(store).follow()
    return Spent(time.monotonic() - begun, time.process_time() - before)


def imported(folder: Path, count: int) -> None:
    """What matching adds to an import, by the processor and by the clock."""
    try:
        file = real.file(folder, count)
    except (OSError, SystemExit):
        file = folder / "made.mrc"
        file.write_bytes(b"".join(map(iso2709.write, generate(count, seed=3))))
    store = opened(folder / "import")
    start, begun = time.process_time(), time.monotonic()
    imports.import_files(store, "bk00", [imports.of_path(file)])
    alone, waited = time.process_time() - start, time.monotonic() - begun
    matching = followed(store).processor
    store.close()
    print(f"import {alone:.1f} s, matching behind it {matching:.1f} s: {matching / count * 1e3:.2f} ms a record")
    own, both = beside(folder / "beside", file)
    print(f"by the clock: import {waited:.1f} s, until the union is complete {both:.1f} s: {both / waited:.2f} times")
    verdict("union_import_by_the_clock", own / waited)
    verdict("union_complete_by_the_clock", both / waited)
    verdict("union_import_ratio", (alone + matching) / alone)


def verdict(name: str, ratio: float) -> None:
    print(f"{name}: {ratio:.2f} (target {TIMES_IMPORT}) {'ok' if ratio <= TIMES_IMPORT else 'short'}")


def beside(home: Path, file: Path) -> tuple[float, float]:
    """Seconds by the clock until a file is imported, and until all of it is matched, the union's process beside it."""
    store = opened(home)
    spawn = multiprocessing.get_context("spawn")
    ready, stop = spawn.Event(), spawn.Event()
    union = spawn.Process(target=_follow, args=(home, ready, stop))
    union.start()
    try:
        ready.wait(60)
        begun = time.monotonic()
        imports.import_files(store, "bk00", [imports.of_path(file)])
        own = time.monotonic() - begun
        while standing.behind(store):
            time.sleep(0.05)
        return own, time.monotonic() - begun
    finally:
        stop.set()
        union.join()
        store.close()


def _follow(home: Path, ready: Event, stop: Event) -> None:
    """The union's process, as a server starts it."""
    if hasattr(os, "nice"):
        os.nice(background.PATIENCE)
    settings = Settings(home=home)
    with closing(Store.open(settings)) as store:
        ready.set()
        running.work(store, settings, cast(threading.Event, stop))


if __name__ == "__main__":
    main()
