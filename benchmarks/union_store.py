"""How fast the union follows: changes a second on a store that has records, and what matching adds to an import.

    python -m benchmarks.union_store [RECORDS]       in the store before; 10,000 unless said

Seconds are those of the processor, for matching has no wait of its own and the machine may have other work; but who
waits for an import waits by the clock, so that is told too: with the union's own process beside it, as a server has it,
until every record is in its union record. The import is of real records when they are beside the repository.
"""

from __future__ import annotations

import multiprocessing
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import closing
from itertools import islice
from multiprocessing.synchronize import Event
from pathlib import Path
from typing import cast

from benchmarks import real
from catalogue import imports, libraries
from catalogue.libraries import Library
from catalogue.store import Store
from fixtures.generator import generate
from foundation.settings import Settings
from marc import iso2709
from marc.reading import Reading
from marc.record import Field, Record
from union import running, standing
from union.follower import Follower

COUNT = 10_000
CHANGED = 2_000
UPSERTS = 1_000
TIMES_IMPORT = 1.6


def main() -> None:
    """Both measurements, one line each."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else COUNT
    with tempfile.TemporaryDirectory() as folder:
        store = opened(Path(folder) / "upserts")
        contribute(store, generate(count, seed=1))
        filled = followed(store)
        print(f"{count:,} records from nothing: {count / filled:,.0f} a second")
        contribute(store, islice(generate(count + CHANGED, seed=2), count - CHANGED // 2, count + CHANGED // 2))
        rate = CHANGED / followed(store)
        store.close()
        print(f"union_upserts_per_second: {rate:,.0f} (target {UPSERTS:,}) {'ok' if rate >= UPSERTS else 'short'}")
        ratio = imported(Path(folder), count)
        print(f"union_import_ratio: {ratio:.2f} (target {TIMES_IMPORT}) {'ok' if ratio <= TIMES_IMPORT else 'short'}")


def opened(home: Path) -> Store:
    """An empty store with one library."""
    store = Store.open(Settings(home=home))
    libraries.add(store, Library("bk00", "Thư viện"))
    return store


def contribute(store: Store, records: Iterator[Record]) -> None:
    """Import records under their places as control numbers; half of a second import changes what is there."""

    def readings() -> Iterator[Reading]:
        for number, one in enumerate(records, 1):
            rest = [field for field in one.fields if field.tag != "001"]
            made = Record.build(one.leader, [Field("001", value=str(number)), *rest])
            yield Reading(number, number, iso2709.write(made), made).placed("made.mrc")

    imports.import_readings(store, "bk00", "made", readings())


def followed(store: Store) -> float:
    """Seconds until the union has everything."""
    start = time.process_time()
    Follower(store).follow()
    return time.process_time() - start


def imported(folder: Path, count: int) -> float:
    """Import and matching, as a multiple of the import alone."""
    try:
        file = real.file(folder, count)
    except (OSError, SystemExit):
        file = folder / "made.mrc"
        file.write_bytes(b"".join(map(iso2709.write, generate(count, seed=3))))
    store = opened(folder / "import")
    start, begun = time.process_time(), time.monotonic()
    imports.import_files(store, "bk00", [imports.of_path(file)])
    alone, waited = time.process_time() - start, time.monotonic() - begun
    matching = followed(store)
    store.close()
    print(f"import {alone:.1f} s, matching behind it {matching:.1f} s: {matching / count * 1e3:.2f} ms a record")
    both = beside(folder / "beside", file)
    print(f"by the clock: import {waited:.1f} s, until the union is complete {both:.1f} s: {both / waited:.2f} times")
    return (alone + matching) / alone


def beside(home: Path, file: Path) -> float:
    """Seconds by the clock until a file is imported and all of it matched, the union's process running beside it."""
    store = opened(home)
    spawn = multiprocessing.get_context("spawn")
    ready, stop = spawn.Event(), spawn.Event()
    union = spawn.Process(target=_follow, args=(home, ready, stop))
    union.start()
    try:
        ready.wait(60)
        begun = time.monotonic()
        imports.import_files(store, "bk00", [imports.of_path(file)])
        while standing.behind(store):
            time.sleep(0.05)
        return time.monotonic() - begun
    finally:
        stop.set()
        union.join()
        store.close()


def _follow(home: Path, ready: Event, stop: Event) -> None:
    """The union's process, as a server starts it."""
    settings = Settings(home=home)
    with closing(Store.open(settings)) as store:
        ready.set()
        running.work(store, settings, cast(threading.Event, stop))


if __name__ == "__main__":
    main()
